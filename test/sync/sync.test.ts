import { expect } from 'chai'
import { connectorOf } from '../../server/connectors/registry.js'
import { mappingOf } from '../../server/contract/contract.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { fieldsOf } from '../helpers/visitor.js'
import { type LoggedCall, useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const writes = (calls: readonly LoggedCall[]) =>
  calls.filter(call => call.method !== 'GET' && (call.path.startsWith('/hr/api') || call.path.includes('/api/v1/')))

describe('a run, from the wizard to the mail', () => {
  const world = useWorld({ limitsOff: ['smarthr'] })

  it('brings people from SmartHR to freee and finds nothing to do the second time', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)
    expect(report.text).to.include('一部失敗').and.include('入社日を入力してください')

    await toSelection(visitor, 'employees-from-smarthr')
    await visitor.press('filter', { class: ['changed'] })

    expect(visitor.page().text).to.include('該当する従業員はいません')
  })

  it('brings people from freee to SmartHR and tells the administrator by mail, with a link to the report', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)
    expect(report.text).to.include('成功: 109件'.replace(': ', ' ')).and.not.include('失敗した従業員（')

    const mail = await eventually('the mail', async () =>
      (await world.mails()).find(received => received.text.includes(runId)),
    )
    expect(mail.to).to.deep.equal(['hanako@midori.example'])
    expect(mail.subject).to.equal('freee人事労務からSmartHRへ従業員情報を同期しました｜株式会社みどり商会')
    expect(mail.text).to.include(`${world.appUrl}/runs/${runId}`)
  })

  it('shows wherever it is listed how far it is, and why no other can be started', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    const { rows } = await world.container.ownerPool.query<{ planned: number; listed: number }>(
      'select planned, source_listed as listed from runs where id = $1',
      [runId],
    )
    expect(rows[0]?.planned, 'everybody was compared').to.be.greaterThan(0).and.to.equal(rows[0]?.listed)

    await world.stopWorker()
    try {
      await syncEverybody(visitor)
      const [dashboard, list] = [await visitor.get('/freee'), await visitor.get('/freee/runs')]
      for (const { html, text } of [dashboard, list]) {
        expect(html).to.include(`data-poll="/runs/${runId}/progress" data-phase="queued"`)
        expect(text).to.match(/[\d,]+名のうち0名の処理が終わりました。/)
      }
      expect(dashboard.text.match(/実行中の処理が終わると、開始できます。/g)).to.have.length.greaterThan(1)
      expect(dashboard.html).not.to.include('/freee/runs/new')
    } finally {
      await world.startWorker()
    }
    await reportOf(visitor, runId)
    const after = await visitor.get('/freee')
    expect(after.html).to.include('/freee/runs/new').and.not.include('data-poll')
  })

  it('is followed without a word where nothing is new, and without a write of the session', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    const sessions = async () =>
      (await world.container.ownerPool.query<{ version: string }>('select xmin::text as version from sessions')).rows
    const poll = (headers: Record<string, string> = {}) =>
      visitor.get(`/runs/${runId}/progress`, { accept: 'application/json', 'cache-control': 'max-age=0', ...headers })
    const first = await poll()
    const before = await sessions()
    const again = await poll({ 'if-none-match': first.headers.get('etag') ?? '' })

    expect(again.status).to.equal(304)
    expect(again.bytes).to.equal(0)
    expect(await sessions()).to.deep.equal(before)
  })

  it('remembers which fields change by their ids, which never change, and not by their labels', async () => {
    const visitor = await world.connected()
    await toSelection(visitor, 'employees-from-smarthr')
    const { rows } = await world.container.ownerPool.query<{ field: string }>(
      'select distinct unnest(changed_fields) as field from run_items',
    )

    const flow = connectorOf('freee').flows.find(({ id }) => id === 'employees-from-smarthr')
    const ids = flow ? mappingOf(flow).map(pair => pair.id) : []
    expect(rows.length).to.be.above(10)
    expect(ids).to.include.members(rows.map(row => row.field))
  })

  it('makes exactly the calls that cannot be avoided', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'freee', employees: 250, overlap: 0.6, differing: 0.5 })
    const before = (await world.calls('smarthr')).length
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    const read = (await world.calls('smarthr')).slice(before)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const after = (await world.calls('smarthr')).slice(before + read.length)

    const { rows } = await world.container.ownerPool.query<{ changed: number; new: number }>(
      'select changed_count as changed, new_count as new from runs where id = $1',
      [runId],
    )
    const plan = rows[0] ?? { changed: 0, new: 0 }
    // 150 crews are two pages. Then one re-read per page of people to update, the titles once, one write per person.
    expect(plan.new).to.equal(100)
    expect(plan.changed).to.be.within(70, 75)
    expect(read.map(call => call.path)).to.have.length(2)
    expect(writes(after).filter(call => call.method === 'PATCH')).to.have.length(plan.changed)
    expect(writes(after).filter(call => call.method === 'POST')).to.have.length(plan.new)
    expect(after.filter(call => call.method === 'GET')).to.have.length(2)
  })

  it('repeats only what failed, with a fresh preview', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)
    const failed = Number(/失敗した従業員（(\d+)名）/.exec(report.text)?.[1])
    expect(failed).to.be.greaterThan(0)

    await visitor.press('失敗した対象だけ再実行')
    const retryId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await eventually('the plan', async () => (await visitor.get(`/runs/${retryId}/fetch`)).url.includes('/select'))

    // Nobody has corrected them: they would fail again.
    expect(visitor.page().text)
      .to.include('従業員が選択されていません。')
      .and.include(`このままでは失敗する従業員が${failed}名います。`)
    expect(visitor.page().text).to.match(new RegExp(`1–${failed} / ${failed}`))
  })

  it('repeats once, however often the button is pressed in one moment, and nothing that no button names', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const repeats = async () =>
      (await world.container.ownerPool.query('select from runs where retry_of = $1', [runId])).rowCount
    const form = Object.fromEntries(fieldsOf(visitor.page().html)) as Record<string, string>
    for (const outcome of ['succeeded', 'everything', '', ['failed', 'failed']]) {
      const page = await visitor.twin().post(`/runs/${runId}/retry`, { ...form, outcome })
      expect(page.status, String(outcome)).to.equal(422)
      expect(page.text).to.include('再実行する対象を読み取れませんでした。')
    }
    expect(await repeats()).to.equal(0)
    const twins = Array.from({ length: 5 }, () => visitor.twin())
    await Promise.all(twins.map(twin => twin.press('失敗した対象だけ再実行')))

    expect(await repeats()).to.equal(1)
    const at = new Set(twins.map(twin => /\/runs\/([0-9a-f-]{36})\/(fetch|select)$/.exec(twin.page().url)?.[1]))
    expect(at.size).to.equal(1)
    expect([...at])
      .not.to.include(undefined)
      .and.not.to.include(runId)
    const { rowCount } = await world.container.ownerPool.query(`select from audit_events where act = 'run.repeated'`)
    expect(rowCount, 'told once').to.equal(1)
  })
})
