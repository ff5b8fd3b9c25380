import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { projectRoot } from '../../server/platform/root.js'
import { NOON } from '../helpers/attendance.js'
import { issueToken } from '../helpers/connecting.js'
import { payrollsIn, toDialog as toPayslips } from '../helpers/payslips.js'
import { fieldsOf, type Visitor } from '../helpers/visitor.js'
import { eventually, reportOf, whenRead } from '../helpers/waiting.js'
import { chooseEverybody, countAsked, firstOptions, syncEverybody, toSelection } from '../helpers/walking.js'
import { ADMIN, useWorld } from '../helpers/world.js'
import { DEPARTMENTS, EMPLOYEES } from '../mikiwame/mikiwame.world.js'
import { approvalsOf, JIRO, mailTo, rule, send, stateOf } from './asking.js'

const SERVICES = ['smarthr', 'freee', 'king-of-time', 'pca', 'mikiwame', 'money-forward']

/** What signs in, reads, or ends a session at a service is no write. */
const READS = /oauth|token|authenticate|logon|logoff|login|logout|\/(find|search|list)\b/i

describe('承認: with 常に承認 no way begins a write', () => {
  const world = useWorld({ at: NOON, limitsOff: SERVICES })

  const written = async () => {
    const calls = await Promise.all(SERVICES.map(service => world.calls(service)))
    return calls
      .flat()
      .filter(({ method, path, status }) => method !== 'GET' && status < 400 && !READS.test(path))
      .map(({ service, method, path }) => `${service} ${method} ${path}`)
  }

  /** What is written while `work` is done. */
  const writtenBy = async (work: () => Promise<unknown>) => {
    const before = (await written()).length
    await work()
    return (await written()).slice(before)
  }

  /** No job waits: whatever was begun has ended. */
  const still = () =>
    eventually('the end of all jobs', async () => {
      const { rows } = await world.container.ownerPool.query<{ n: number }>(
        `select count(*)::int as n from runs where state in ('fetching', 'queued', 'running') and published_at is null`,
      )
      return rows[0]?.n === 0
    })

  const runAt = (visitor: Visitor) => /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''

  /** At an open dialog: what its button sends, without a word of asking, and then as it is. */
  async function pressesInVain(visitor: Visitor) {
    const runId = runAt(visitor)
    expect(visitor.page().url).to.match(/\/confirm/)
    expect(visitor.page().html, 'the button').to.include('>承認を依頼</button>')
    const [, form = ''] =
      /<form method="post" action="[^"]*\/confirm"[^>]*>([\s\S]*?)<\/form>/.exec(visitor.page().html) ?? []
    const fields = Object.fromEntries(fieldsOf(form).filter(([name]) => name !== 'asks' && name !== '_csrf'))
    const typed = { ...countAsked(visitor) }
    const ticks = { again: 'yes', fewer: 'yes' }
    const page = visitor.page()
    await send(visitor, `/runs/${runId}/confirm`, { ...fields, ...typed, ...ticks })
    expect(await stateOf(world, runId), visitor.page().text.slice(0, 500)).to.equal('ready')
    expect(await approvalsOf(world, runId)).to.have.length(0)
    await visitor.get(page.url)
    await visitor.press('承認を依頼', { ...typed, ...ticks })
    expect(await stateOf(world, runId), visitor.page().text.slice(0, 500)).to.equal('ready')
    expect((await approvalsOf(world, runId)).map(({ state }) => state)).to.deep.equal(['open'])
    await still()
  }

  const toDialogOfAll = async (visitor: Visitor) => {
    await chooseEverybody(visitor, visitor.page().html.includes('value="confirm">同期を開始') ? '同期を開始' : '確認')
    if (visitor.page().url.endsWith('/options')) await visitor.press('確認', firstOptions(visitor))
  }

  for (const [connector, flow] of [
    ['freee', 'employees-to-smarthr'],
    ['freee', 'employees-from-smarthr'],
    ['king-of-time', 'employees-from-smarthr'],
    ['pca', 'employees-from-smarthr'],
  ] as const)
    it(`同期 of ${connector} ${flow}`, async () => {
      const visitor = await world.connected(connector)
      await world.signedIn(JIRO, `/${connector}`)
      await rule(world, connector, 'always')
      await toSelection(visitor, flow, undefined, connector)
      await toDialogOfAll(visitor)

      expect(await writtenBy(() => pressesInVain(visitor))).to.deep.equal([])
    })

  it('取り込み of payslips, and taking an earlier one back', async () => {
    const visitor = await world.connected()
    await world.signedIn(JIRO)
    const first = await toPayslips(visitor, '2026-10', ['001002'])
    await visitor.press('取り込み')
    await reportOf(visitor, first)
    await visitor.get(`/runs/${first}/undo`)
    const asking = visitor.twin()
    await rule(world, 'freee', 'always')

    expect(
      await writtenBy(async () => {
        const answer = await send(asking, `/runs/${first}/undo`, { sure: 'yes' })
        expect(answer.status).to.equal(409)
        expect(answer.text).to.include('「常に承認」に設定されているため')
        await toPayslips(visitor, '2026-10', ['001003'])
        await pressesInVain(visitor)
      }),
    ).to.deep.equal([])
    expect(await payrollsIn(world)).to.have.length(1)
    expect((await visitor.get(`/runs/${first}`)).html).to.not.include(`href="/runs/${first}/undo"`)
  })

  it('公開', async () => {
    const visitor = await world.connected('money-forward')
    await issueToken(visitor)
    await world.signedIn(JIRO, '/money-forward')
    await rule(world, 'money-forward', 'always')
    await toSelection(visitor, 'employees', undefined, 'money-forward')
    await toDialogOfAll(visitor)
    await pressesInVain(visitor)

    const { rows } = await world.container.ownerPool.query('select from runs where published_at is not null')
    expect(rows).to.have.length(0)
  })

  it('one click: its run waits at its dialog, and a mail says that somebody has to agree', async () => {
    const visitor = await world.connected('mikiwame')
    await world.signedIn(JIRO, '/mikiwame')
    await rule(world, 'mikiwame', 'always')
    for (const flow of [DEPARTMENTS, EMPLOYEES])
      expect(
        await writtenBy(async () => {
          await visitor.get('/mikiwame')
          await send(visitor, '/mikiwame/runs/new', { flow })
          await still()
          const { rows } = await world.container.ownerPool.query<{ id: string; state: string }>(
            'select id, state from runs where flow = $1 order by created_at desc',
            [flow],
          )
          expect(
            rows.map(({ state }) => state),
            flow,
          ).to.deep.equal(['ready'])
          await visitor.get(`/runs/${rows[0]?.id ?? ''}/confirm`)
          await pressesInVain(visitor)
        }),
      ).to.deep.equal([])
    const mail = await eventually('the mail', async () =>
      (await world.mails()).find(({ subject }) => subject.includes('確認待ち')),
    )
    expect(mail.text).to.include('ほかの管理者の承認が必要なため')
  })

  it('taking a run back, which mail and page call so', async () => {
    const visitor = await world.connected()
    const jiro = await world.signedIn(JIRO)
    const first = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, first)
    await rule(world, 'freee', 'always')
    await visitor.get(`/runs/${first}`)
    await visitor.press('この同期を取り消す')
    const runId = runAt(visitor)
    await whenRead(visitor, runId)
    await visitor.get(`/runs/${runId}/select?class=new&class=changed`)
    await toDialogOfAll(visitor)
    await visitor.press('承認を依頼', countAsked(visitor))

    const mail = await mailTo(world, JIRO, '【承認依頼】', runId)
    const title = 'SmartHRからfreee人事労務への同期の取り消し'
    expect(mail.subject).to.equal(`【承認依頼】${title}`)
    expect(mail.text)
      .to.include(`「${title}」の承認を依頼しています。承認されるまで、同期の取り消しは始まりません。`)
      .and.match(/取り消す同期: .+の同期\n元に戻す: [1-9]\d*名/)
      .and.not.include('新規登録')
    await jiro.get(`/runs/${runId}/approval`)
    expect(jiro.page().text)
      .to.include(`承認の依頼：${title}`)
      .and.include('承認すると、すぐに同期の取り消しを開始します。')
    await jiro.press('差し戻す', { comment: '確認してください' })
    const returned = await mailTo(world, ADMIN, '【差し戻し】', runId)
    expect(returned.text).to.include(`「${title}」の承認の依頼が`).and.include('同期の取り消しは開始していません。')
    expect((await jiro.get(`/runs/${runId}/approval`)).text).to.include(`承認の依頼：${title}`)
  })

  it('再実行, and taking a run back', async () => {
    const visitor = await world.connected()
    await world.signedIn(JIRO)
    const first = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    const report = await reportOf(visitor, first)
    expect(report.text).to.include('失敗')
    await rule(world, 'freee', 'always')
    for (const button of ['失敗した対象だけ再実行', 'この同期を取り消す']) {
      await visitor.get(`/runs/${first}`)
      const writes = await writtenBy(async () => {
        await visitor.press(button)
        const runId = runAt(visitor)
        await whenRead(visitor, runId)
        await visitor.get(`/runs/${runId}/select?class=new&class=changed`)
        await toDialogOfAll(visitor)
        await pressesInVain(visitor)
      })
      expect(writes, button).to.deep.equal([])
    }
  })
})

describe('承認: what the database itself begins', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })

  /** What a process of the release before does: it knows neither the rules nor the mark. */
  const asBefore = async (set: string, runId: string, state = 'ready') =>
    (
      await world.container.ownerPool.query(
        `update runs set ${set}, selected_count = 1 where id = $1 and state = '${state}'`,
        [runId],
      )
    ).rowCount

  for (const mode of ['always', 'dangerous'])
    it(`nothing that the release before begins while the rule is ${mode}`, async () => {
      const visitor = await world.connected()
      await world.signedIn(JIRO)
      const runId = await toSelection(visitor, 'employees-to-smarthr')
      await rule(world, 'freee', mode)

      expect(await asBefore(`state = 'queued', queued_at = now()`, runId)).to.equal(0)
      expect(await asBefore(`state = 'running', queued_at = now(), published_at = now()`, runId)).to.equal(0)
      expect(await stateOf(world, runId)).to.equal('ready')
      await rule(world, 'freee', 'off')
      // What is weaker holds after a day.
      expect(await asBefore(`state = 'queued', queued_at = now()`, runId)).to.equal(0)
      expect(await asBefore(`state = 'queued', queued_at = now() + interval '25 hours'`, runId)).to.equal(1)
    })

  it('nothing that nobody has agreed to, although the mark is there', async () => {
    const visitor = await world.connected()
    await world.signedIn(JIRO)
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    await rule(world, 'freee', 'always')

    expect(await asBefore(`state = 'queued', queued_at = now(), cleared_revision = revision`, runId)).to.equal(0)
  })
})

describe('承認: the places where a run begins', () => {
  it('are three, and each needs the mark of the one gate', () => {
    const sources = readdirSync(join(projectRoot, 'server'), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
      .map(entry => join(entry.parentPath, entry.name))
      .map(file => ({ file: file.slice(projectRoot.length + 1), text: readFileSync(file, 'utf8') }))
    const begins = sources.filter(({ text }) => /state: 'queued',|\bpublished_at: order\.now/.test(text))

    expect(begins.map(({ file }) => file).sort()).to.deep.equal([
      'server/plan/fetch.store.ts',
      'server/runs/publication.store.ts',
      'server/wizard/choice.store.ts',
    ])
    for (const { file, text } of begins) expect(text, file).to.include('cleared_revision: ')
    const makers = sources.filter(({ text }) => text.includes('as Clearance'))
    expect(makers.map(({ file }) => file)).to.deep.equal(['server/runs/approval.ts'])
  })
})
