import { expect } from 'chai'
import { connectors } from '../../server/connectors/registry.js'
import type { About } from '../../server/contract/about.js'
import { finalMail, noticeMail } from '../../server/housekeeping/company-mail.view.js'
import { RULE, type Written } from '../../server/mail/letter.js'
import { expiryMail } from '../../server/mail/expiry-mail.view.js'
import { heldBackMail } from '../../server/mail/held-back-mail.view.js'
import { publicationMail } from '../../server/mail/publication-mail.view.js'
import { resultMail, type ResultMailInput } from '../../server/mail/result-mail.view.js'
import { deleteCrew, mailOf, toDialog } from '../helpers/payslips.js'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { words } from '../views/markup.js'

const URL = 'https://renkei.example/runs/1'
const about: About = { supportUrl: null, supportMail: null, privacyUrl: null, termsUrl: null }
const failure = (value: string, reason: string) => ({ label: '従業員番号', value, reason })

type Told = Partial<Omit<ResultMailInput, 'run'>> & { run?: Partial<ResultMailInput['run']> }

const mailAbout = (connectorId: string, flowId: string, told: Told = {}): Written => {
  const connector = connectors.find(({ id }) => id === connectorId)
  const flow = connector?.flows.find(({ id }) => id === flowId)
  if (!connector || !flow) throw new Error(`no flow ${connectorId} ${flowId}`)
  return (flow.kind === 'publication' ? publicationMail : resultMail)({
    about,
    connector,
    flow,
    company: '株式会社みどり商会',
    failures: [failure('1020', '入社日を入力してください。'), failure('1021', '性別を選択してください。')],
    reportUrl: URL,
    ...told,
    run: {
      state: 'partly_failed',
      selectedCount: 62,
      succeededCount: 60,
      failedCount: 2,
      failure: null,
      automatic: false,
      adminName: '須磨 英子（001）',
      ...told.run,
    },
  })
}

/** A run by one click that waits for somebody to look at it. */
const heldBack = (): Written => {
  const flow = connectors.flatMap(({ flows }) => flows).find(({ kind }) => kind === 'sync')
  if (!flow) throw new Error('no flow')
  const sentences = ['登録済みの内容が、多くの従業員で空白になります（部署：24名）。']
  return heldBackMail({ flow, run: { fetchedAt: new Date(0) }, asks: true, sentences, url: URL })
}

const perAdmin = connectors.find(({ auth }) => auth.perAdmin)

/** Every mail there is. */
const mails = (): [string, Written][] => [
  ...connectors.flatMap(({ id, flows }) =>
    flows.map((flow): [string, Written] => [`${id} ${flow.id}`, mailAbout(id, flow.id)]),
  ),
  [
    'the end of a connection',
    perAdmin?.auth.perAdmin
      ? expiryMail({ connector: perAdmin, auth: perAdmin.auth.perAdmin, left: 3, until: new Date(0), url: URL })
      : mailAbout('', ''),
  ],
  ['a run that is held back', heldBack()],
  ['a company that has left', noticeMail({ company: 'みどり商会', dueAt: new Date(0), url: URL })],
  [
    'a company that is gone',
    finalMail({
      company: 'みどり商会',
      counts: { admins: 1, connections: 1, runs: 1, people: 1, links: 1, tokens: 1, events: 1 },
    }),
  ],
]

const plain = (text: string) => text.replace(/\s+/g, '')

describe('The HTML part of a mail', () => {
  for (const [name, { text, html }] of mails()) {
    it(`says what the text says: ${name}`, () => {
      const shown = plain(words(html('')))
      for (const line of text.split('\n')) {
        const cells = /^(.+): 【(.+)】$/.exec(line)
        const said = cells
          ? [`${cells[1] ?? ''}: ${cells[2] ?? ''}`]
          : line.startsWith('失敗理由: ')
            ? line.split(': ').slice(1)
            : [line]
        for (const part of said) if (line !== RULE) expect(shown).to.include(plain(part))
      }
    })

    it(`fetches nothing, runs nothing, and has colours for a dark screen: ${name}`, () => {
      const page = html('')

      expect(page).not.to.match(/<(img|link|script|iframe|object|video|form)|\ssrc=|url\(|@import|@font-face|\son\w+=/i)
      expect(page)
        .to.include('<meta name="color-scheme" content="light dark">')
        .and.include('prefers-color-scheme:dark')
    })
  }

  it('has the failures as a table and the report behind a button', () => {
    const html = mailAbout('freee', 'employees-from-smarthr').html('')
    const rows = [...html.matchAll(/<tr><td class="key">(.*?)<\/td><td>(.*?)<\/td><\/tr>/g)].map(row => row.slice(1))

    expect(rows).to.deep.equal([
      ['従業員番号: 1020', '入社日を入力してください。'],
      ['従業員番号: 1021', '性別を選択してください。'],
    ])
    expect(html).to.match(/<a class="button" href="https:\/\/renkei\.example\/runs\/1">同期の結果を確認<\/a>/)
  })

  it('shows what a service or a company wrote as text, never as markup', () => {
    const evil = '<img src=x onerror=alert(1)>&"\''
    const html = mailAbout('freee', 'employees-from-smarthr', {
      company: evil,
      failures: [failure(evil, evil)],
      run: { failedCount: 1 },
    }).html(evil)

    expect(html).not.to.include('<img')
    expect(html.split('&#60;img src=x onerror=alert(1)&#62;&#38;&#34;&#39;')).to.have.length.greaterThan(3)
  })

  it('ends as the text does, with whom to ask', () => {
    const html = mailAbout('freee', 'employees-from-smarthr').html(
      '\n\nお問い合わせ: https://help.example/renkei?a=1&b=2',
    )

    expect(html).to.include('お問い合わせ: <a href="https://help.example/renkei?a=1&#38;b=2">')
  })
})

describe('The words of a result mail', () => {
  it('are those that freee’s help prints', () => {
    const { text } = mailAbout('freee', 'employees-from-smarthr')
    expect(text).to.include('SmartHRからfreee人事労務に従業員データの取り込み結果が出ました。')
  })

  it('speak of trying again only where something has failed', () => {
    const ok = { failures: [], run: { state: 'succeeded', failedCount: 0, succeededCount: 62 } } as const
    for (const { text } of [heldBack(), mailAbout('freee', 'employees-from-smarthr', ok)])
      expect(text).not.to.include('再試行')
    expect(mailAbout('pca', 'employees-from-smarthr').text).to.include(
      'SmartHR Plusのアプリページの「お問い合わせ先」にお問い合わせください。',
    )
  })

  it('name no people below that are not there', () => {
    const run = { state: 'failed', succeededCount: 0, failedCount: 0, failure: '接続できませんでした。' } as const
    expect(mailAbout('freee', 'salary-payslips', { failures: [], run }).text).not.to.include('下記の従業員')
  })

  it('stand between single rules, whatever sections there are', () => {
    const lines = [failure('1', '理由。')]
    const { text } = mailAbout('mikiwame', 'employees-from-smarthr', {
      unconfirmed: lines,
      left: lines,
      leftTotal: 1,
      run: { unconfirmedCount: 1 },
    })

    expect(text.split('\n').filter(line => line === RULE)).to.have.length(4)
    expect(text).not.to.match(new RegExp(`${RULE}\\s*${RULE}`))
  })
})

describe('A mail that was sent', () => {
  const world = useWorld({ environment: { SUPPORT_URL: 'https://help.example/renkei' } })

  it('has both parts, and the mailbox of the sandbox shows either', async () => {
    const visitor = await world.connected()
    const runId = await toDialog(visitor, '2026-10', ['001002'])
    await deleteCrew(world, '001002')
    await visitor.press('取り込み')
    await reportOf(visitor, runId)
    await mailOf(world, runId)
    const mail = (await world.mails()).at(-1)

    expect(mail?.html).to.include(`/runs/${runId}"`).and.include('<table>').and.include('https://help.example/renkei')
    expect(plain(words(mail?.html ?? ''))).to.include('従業員番号:001002')
    const inbox = `${world.sandboxUrl}/inbox/${String(mail?.id)}`
    expect(await (await fetch(inbox)).text()).to.include(`/inbox/${String(mail?.id)}/html`)
    const shown = await fetch(`${inbox}/html`)
    expect(await shown.text()).to.equal(mail?.html)
    expect(shown.headers.get('content-security-policy')).to.include("default-src 'none'")
  })
})
