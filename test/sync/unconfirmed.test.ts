import { expect } from 'chai'
import { eventually, reportOf, whenRead } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import type { Visitor } from '../helpers/visitor.js'

const PEOPLE = 6

/** ms; no test waits for its end */
const NOT_LISTED = 600_000

interface State {
  companies: { id: number; employees: { num: string }[] }[]
  tenants: { subdomain: string; crews: { emp_code: string | null }[] }[]
}

describe('a create without an answer', () => {
  const world = useWorld({
    limitsOff: ['smarthr'],
    container: { waits: { lookUpAfterMs: [20, 50, 100, 1_000, 10_000] } },
  })
  let visitor: Visitor
  beforeEach(async () => {
    visitor = await world.connected()
  })

  const people = (service: string) => world.control('POST', '/populate', { service, employees: PEOPLE, seed: 7 })
  const lateBy = (service: string, ms: number) => world.control('PUT', '/switches', { service, listedAfterMs: ms })
  const fault = (description: object) => world.control('POST', '/faults', description)
  const lost = (service: string, path: string, more = {}) =>
    fault({ service, method: 'POST', path, after: 2, times: 1, drop: true, applyFirst: true, ...more })

  const state = (service: string) => world.control('GET', `/state?service=${service}`) as Promise<State>
  const inFreee = async () =>
    (await state('freee')).companies.find(({ id }) => id === 123)?.employees.map(({ num }) => num) ?? []
  const inSmarthr = async () =>
    (await state('smarthr')).tenants.find(one => one.subdomain === 'midori-shokai')?.crews.map(crew => crew.emp_code) ??
    []
  const once = (codes: readonly (string | null)[]) => {
    expect(codes).to.have.length(PEOPLE)
    expect(new Set(codes).size, 'nobody is there twice').to.equal(PEOPLE)
  }
  const registrations = async () =>
    (await world.calls('freee')).filter(call => call.method === 'POST' && call.path.endsWith('/employees'))

  /** freee's list of everybody, which the look-ups go through. */
  const looks = async () =>
    (await world.calls('freee')).filter(call => call.method === 'GET' && /companies\/123\/employees$/.test(call.path))
  const refusals = async () =>
    (await world.calls('smarthr')).filter(({ method, status }) => method === 'POST' && status === 400)

  it('is not sent again to freee, which would take a second one, while its record may not be listed yet', async () => {
    await people('smarthr')
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await lateBy('freee', NOT_LISTED)
    await lost('freee', '/employees$')
    await syncEverybody(visitor)
    await eventually('three looks in vain', async () => (await looks()).length >= 3)
    await lateBy('freee', 0)
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include(`成功 ${PEOPLE}件`).and.include('失敗 0件').and.not.include('要確認')
    once(await inFreee())
    expect(await registrations(), 'the others went on, and each was sent once').to.have.length(PEOPLE)
  })

  it('is looked for when SmartHR says of the second one that the number exists already', async () => {
    await people('freee')
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    await lateBy('smarthr', NOT_LISTED)
    await lost('smarthr', '/v1/crews$')
    await syncEverybody(visitor)
    await eventually('the refusal', async () => (await refusals()).length > 0)
    await lateBy('smarthr', 0)
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include(`成功 ${PEOPLE}件`).and.include('失敗 0件').and.not.include('すでに存在します')
    once(await inSmarthr())
  })

  it('is 要確認 and no failure when the run has to be given up: on the report, in the file and in the mail', async () => {
    await people('smarthr')
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await lost('freee', '/employees$')
    // The list of keys before the first create is still answered.
    await fault({ service: 'freee', method: 'GET', after: 1, status: 401, body: { message: 'expired' } })
    await fault({ service: 'freee', path: '/public_api/token', status: 401, body: { error: 'invalid_grant' } })
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)
    const registered = (await inFreee()).length
    const file = await visitor.get(`/runs/${runId}/errors.csv`)
    // That of the test before may be on its way yet.
    const mail = await eventually('the mail', async () =>
      (await world.mails()).find(({ text }) => text.includes(`/runs/${runId}`)),
    )

    const succeeded = Number(/成功 (\d+)件/.exec(report.text)?.[1])
    expect(registered, 'the one without an answer is there').to.equal(succeeded + 1)
    const others = PEOPLE - registered
    expect(report.text)
      .to.include(`失敗 ${others}件`)
      .and.include('要確認 1件')
      .and.include('登録・更新できたかを確認できなかった従業員（1名）')
      .and.include('登録できたかを確認できませんでした。二重登録を防ぐため、これ以上は送信していません。')
      .and.include('再度連携設定を行なってください')
    for (const page of ['/freee', '/freee/runs', '/freee/runs?state=unconfirmed'])
      expect((await visitor.get(page)).html, page)
        .to.include(`href="/runs/${runId}#unconfirmed"`)
        .and.include('<span class="st st-doubt">要確認 1件</span>')
    const lines = file.html.split('\r\n').filter(line => line.includes('登録できたかを確認できませんでした'))
    expect(lines.every(line => line.includes('"要確認"'))).to.equal(true)
    expect(lines).to.not.have.length(0)
    expect(mail.text)
      .to.include(`失敗: ${others}件`)
      .and.include('要確認: 1件（登録・更新できたかを確認できませんでした）')
      .and.include('要確認の理由: freee人事労務から応答がなく')
  })

  it('is not sent again once somebody has registered the number by hand', async () => {
    await world.control('POST', '/populate', { service: 'smarthr', employees: 1, seed: 7 })
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await fault({ service: 'freee', method: 'POST', path: '/employees$', times: 1, drop: true })
    await syncEverybody(visitor)
    await eventually('the create', async () => (await registrations()).length === 1)
    const byHand = { num: 'P000001', displayName: '手 入力' }
    await world.control('POST', '/people', { service: 'freee', people: [byHand] })
    const report = await reportOf(visitor, runId)

    expect(await registrations()).to.have.length(1)
    expect(report.text)
      .to.include('要確認 1件')
      .and.include('同じ社員番号の従業員がfreee人事労務に登録されているため、送信し直していません。')
  })

  it('is found all the same when something else ends the run', async () => {
    await people('smarthr')
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await lost('freee', '/employees$')
    await fault({
      service: 'freee',
      method: 'POST',
      path: '/employees$',
      status: 403,
      body: { message: 'x', code: 'source_ip_address_limit' },
    })
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)

    expect(report.text)
      .to.include(`成功 ${(await inFreee()).length}件`)
      .and.not.include('要確認')
  })

  describe('to somebody who stops the run', () => {
    const stopped = async () => {
      await people('smarthr')
      const runId = await toSelection(visitor, 'employees-from-smarthr')
      await lateBy('freee', NOT_LISTED)
      await fault({ service: 'freee', method: 'POST', path: '/employees$', delayMs: 300, drop: true, applyFirst: true })
      await syncEverybody(visitor)
      await eventually('the first create', async () => (await inFreee()).length > 0)
      await visitor.get(`/runs/${runId}`)
      await visitor.press('同期を中止')
      return { runId, report: await reportOf(visitor, runId) }
    }

    it('is 要確認, not one that was never sent', async () => {
      const { report } = await stopped()
      const sent = (await inFreee()).length

      expect(report.text).to.include(`要確認 ${sent}件`)
      if (sent < PEOPLE) expect(report.text).to.include(`未実行 ${PEOPLE - sent}件`)
    })

    it('is looked for before anything is sent when just those are repeated', async () => {
      await stopped()
      const sent = (await registrations()).length
      await world.control('DELETE', '/faults')
      await visitor.press('要確認の対象だけ再実行')
      const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
      await whenRead(visitor, runId)
      await visitor.get(`/runs/${runId}/select`)
      expect(visitor.page().text).to.include('新規登録')
      await lateBy('freee', 0)
      await visitor.press('確認')
      await visitor.press('同期')
      const report = await reportOf(visitor, runId)

      expect(report.text).to.include(`成功 ${sent}件`).and.include('失敗 0件')
      expect(await registrations(), 'nothing was sent again').to.have.length(sent)
    })
  })
})

describe('an update that is cut off', () => {
  const world = useWorld({ limitsOff: ['smarthr'] })
  let visitor: Visitor
  let runId: string
  beforeEach(async () => {
    visitor = await world.connected()
    await world.control('POST', '/populate', {
      service: 'smarthr',
      employees: PEOPLE,
      overlap: 1,
      differing: 1,
      seed: 7,
    })
    runId = await toSelection(visitor, 'employees-from-smarthr')
  })
  const fault = (description: object) => world.control('POST', '/faults', { service: 'freee', ...description })
  const UNKNOWN = '更新の途中で中断したため、freee人事労務でどこまで更新されたかを確認できませんでした。'

  /** The PUTs that freee saw, by whom they were about. */
  const updates = async () => {
    const of = new Map<string, number[]>()
    for (const { method, path, status } of await world.calls('freee')) {
      const [, id] = /employees\/(\d+)/.exec(path) ?? []
      if (method === 'PUT' && id) of.set(id, [...(of.get(id) ?? []), status])
    }
    return of
  }
  const items = async () => {
    const { rows } = await world.container.ownerPool.query<{ target_id: string; outcome: string; reason: string }>(
      'select target_id, outcome, reason from run_items where run_id = $1 and selected',
      [runId],
    )
    return rows
  }

  it('is 要確認 when its answer was lost and the run has to be given up', async () => {
    await fault({ method: 'PUT', after: 2, times: 1, drop: true, applyFirst: true })
    await fault({ method: 'PUT', after: 2, status: 401, body: { message: 'expired' } })
    await fault({ path: '/public_api/token', status: 401, body: { error: 'invalid_grant' } })
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)

    const unknown = (await items()).filter(({ outcome }) => outcome === 'unconfirmed')
    expect(unknown.map(({ reason }) => reason.startsWith(UNKNOWN)))
      .to.include(true)
      .and.not.include(false)
    expect(report.text)
      .to.include(UNKNOWN)
      .and.include(`登録・更新できたかを確認できなかった従業員（${unknown.length}名）`)
      .and.include('再度連携設定を行なってください')
  })

  it('is 要確認, not 未実行, when the run is stopped while it waits for the service', async () => {
    await fault({ method: 'PUT', status: 503, applyFirst: true })
    await syncEverybody(visitor)
    await eventually('the wait', async () => {
      const { rows } = await world.container.ownerPool.query(
        'select 1 from runs where id = $1 and waiting_until is not null',
        [runId],
      )
      return rows.length > 0
    })
    await visitor.get(`/runs/${runId}`)
    await visitor.press('同期を中止')
    const report = await reportOf(visitor, runId)
    const sent = (await updates()).size

    expect(report.text).to.include(`要確認 ${sent}件`).and.include(UNKNOWN)
    if (sent < PEOPLE) expect(report.text).to.include(`未実行 ${PEOPLE - sent}件`)
  })

  it('tells of those whose update was refused halfway that a part may be there, and only of those', async () => {
    await fault({ method: 'PUT', path: '_rule', status: 400, body: { message: '口座が見つかりません' } })
    await syncEverybody(visitor)
    await reportOf(visitor, runId)

    const sent = await updates()
    const halfway = [...sent].filter(([, statuses]) => statuses.includes(200) && statuses.includes(400))
    expect(halfway).to.not.have.length(0)
    const said = (await items()).filter(({ reason }) =>
      reason?.includes('一部の項目だけが更新されている可能性があります'),
    )
    expect(said.map(({ target_id: id }) => id).sort()).to.deep.equal(halfway.map(([id]) => id).sort())
  })
})
