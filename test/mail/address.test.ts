import { expect } from 'chai'
import { startSandbox } from '../../sandbox/server.js'
import { mailbox } from '../../server/platform/mailbox.js'
import { createSmtp } from '../../server/mail/smtp.js'

describe('a mail by SMTP', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  let smtp: ReturnType<typeof createSmtp>
  before(async () => {
    sandbox = await startSandbox({ port: 0, smtpPort: 0, appUrl: 'http://localhost' })
    smtp = createSmtp({ url: sandbox.smtpUrl, from: 'renkei@renkei.example' })
  })
  after(async () => {
    smtp.close()
    await sandbox.close()
  })

  const send = (to: string) =>
    smtp.send({
      to,
      subject: '件名',
      text: '本文',
      html: () => '<p>本文</p>',
      messageId: `<${Math.random()}@x.example>`,
    })
  const received = async () =>
    ((await (await fetch(`${sandbox.url}/_control/mails`)).json()) as { to: string[] }[]).map(mail => mail.to)

  it('goes to an address with two dots in a row, quoted, as mail servers take it', async () => {
    await send(mailbox('hanako..mori@docomo.example') ?? '')

    expect(await received()).to.deep.equal([['"hanako..mori"@docomo.example']])
  })

  it('goes to one recipient, whatever the address looks like', async () => {
    await send(mailbox('a,b@midori.example') ?? '')

    expect((await received()).at(-1)).to.deep.equal(['"a,b"@midori.example'])
    const before = (await received()).length
    const failure = await send('a@midori.example, b@aozora.example').then(
      () => null,
      (error: unknown) => error,
    )
    expect(failure).to.be.instanceOf(Error)
    expect(await received()).to.have.length(before)
  })
})
