import { createTransport } from 'nodemailer'
import { expect } from 'chai'
import { startSandbox } from '../../sandbox/server.js'

describe('The inbox', () => {
  it('makes a link of a whole address, also of one that asks for several things', async () => {
    const sandbox = await startSandbox({ port: 0, smtpPort: 0, appUrl: 'http://localhost:3000' })
    const mail = createTransport(sandbox.smtpUrl)
    const text = 'お問い合わせ: https://help.example/contact?from=app&lang=ja （ https://help.example/terms ）'
    await mail.sendMail({ from: 'a@renkei.example', to: 'b@midori.example', subject: '結果', text })
    mail.close()
    const html = await (await fetch(`${sandbox.url}/inbox/1`)).text()
    await sandbox.close()

    const links = [...html.matchAll(/<a href="(https:[^"]+)">([^<]+)<\/a>/g)].map(([, href, label]) => [href, label])
    const whole = 'https://help.example/contact?from=app&#38;lang=ja'
    expect(links).to.deep.equal([
      [whole, whole],
      ['https://help.example/terms', 'https://help.example/terms'],
    ])
  })
})
