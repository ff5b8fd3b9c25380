import { expect } from 'chai'
import { eventually, reportOf } from '../helpers/waiting.js'
import { type World, useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import type { Visitor } from '../helpers/visitor.js'

interface FreeeState {
  companies: { id: number; employees: { num: string; display_name: string }[] }[]
}
interface SmarthrState {
  tenants: { subdomain: string; crews: { emp_code: string | null }[] }[]
}

/** Nobody is sent for the second time before the others were sent once: three faults strike three people. */
const lookUpAfterMs = [20, 1_000]

describe('bad luck', () => {
  const world = useWorld({ limitsOff: ['smarthr'], container: { waits: { lookUpAfterMs } } })
  let visitor: Visitor
  beforeEach(async () => {
    visitor = await world.connected()
  })

  const people = (service: string, employees: number, overlap = 0) =>
    world.control('POST', '/populate', { service, employees, overlap, differing: 1, seed: 7 })
  const fault = (description: object) => world.control('POST', '/faults', description)

  /** 社員番号 of everybody in freee, sorted. */
  const inFreee = async () => {
    const state = (await world.control('GET', '/state?service=freee')) as FreeeState
    const company = state.companies.find(candidate => candidate.id === 123)
    return (company?.employees ?? []).map(employee => employee.num).sort()
  }
  const inSmarthr = async () => {
    const state = (await world.control('GET', '/state?service=smarthr')) as SmarthrState
    const tenant = state.tenants.find(candidate => candidate.subdomain === 'midori-shokai')
    return (tenant?.crews ?? []).map(crew => crew.emp_code).sort()
  }
  const codes = (count: number) => Array.from({ length: count }, (_, index) => `P${String(index + 1).padStart(6, '0')}`)

  const run = async (flow: string) => {
    const runId = await toSelection(visitor, flow)
    await syncEverybody(visitor)
    return reportOf(visitor, runId)
  }

  it('ends a run whose service is down for good, with a reason for everybody and one mail', async () => {
    await people('smarthr', 4)
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    // The list of keys before the first create is still answered.
    await fault({ service: 'freee', path: '/hr/', after: 1, status: 503 })
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('freee人事労務に接続できませんでした').and.include('成功 0件')
    const { rows } = await world.container.ownerPool.query<{ outcome: string }>('select outcome from run_items')
    const sent = (await world.calls('freee')).filter(call => call.method === 'POST' && call.path.endsWith('/employees'))
    expect(sent).to.not.have.length(0)
    expect(rows.map(({ outcome }) => outcome).sort(), 'nobody knows of those who were sent').to.deep.equal([
      ...Array<string>(4 - sent.length).fill('failed'),
      ...Array<string>(sent.length).fill('unconfirmed'),
    ])
    await eventually('the mail', async () => (await world.mails()).length === 1)
  })

  const lostAnswers: Record<string, object> = {
    'the line is cut after the record was stored': { drop: true, applyFirst: true },
    'the line is cut before': { drop: true },
    'the answer is half a JSON': { truncate: true },
    'a proxy answers HTML with 502 after the record was stored': {
      status: 502,
      body: '<html>Bad Gateway</html>',
      applyFirst: true,
    },
    'the service answers 500': { status: 500 },
    'the service answers 500 after the record was stored': { status: 500, applyFirst: true },
    'the service answers 503': { status: 503 },
    'nothing comes back': { hang: true, applyFirst: true },
    'the service says 429 once': { status: 429, headers: { 'Retry-After': '0' } },
  }

  for (const [what, how] of Object.entries(lostAnswers)) {
    it(`registers everybody in freee exactly once when ${what}`, async () => {
      await people('smarthr', 12)
      await fault({ service: 'freee', method: 'POST', path: '^/hr/api/v1/employees$', times: 3, after: 2, ...how })
      const report = await run('employees-from-smarthr')

      expect(await inFreee()).to.deep.equal(codes(12))
      expect(report.text).to.include('成功 12件').and.include('失敗 0件')
    })

    it(`registers everybody in SmartHR exactly once when ${what}`, async () => {
      await people('freee', 12)
      await fault({ service: 'smarthr', method: 'POST', path: '/v1/crews$', times: 3, after: 2, ...how })
      const report = await run('employees-to-smarthr')

      expect(await inSmarthr()).to.deep.equal(codes(12))
      expect(report.text).to.include('成功 12件').and.include('失敗 0件')
    })

    it(`ends with everybody updated when ${what} during updates`, async () => {
      await people('smarthr', 8, 1)
      await fault({ service: 'freee', method: 'PUT', times: 3, after: 2, ...how })
      const report = await run('employees-from-smarthr')

      expect(await inFreee()).to.deep.equal(codes(8))
      expect(report.text).to.include('失敗 0件')
    })
  }

  const brokenLists: Record<string, object> = {
    'a page comes twice': { duplicatePage: true },
    'a page is half a JSON': { truncate: true },
    'a page is HTML': { status: 200, body: '<html></html>' },
    'the service answers 503': { status: 503 },
    'the line is cut': { drop: true },
  }
  for (const [what, how] of Object.entries(brokenLists)) {
    it(`reads everybody in spite of it when ${what}`, async () => {
      await people('smarthr', 250, 1)
      await fault({ service: 'smarthr', method: 'GET', path: '/v1/crews$', times: 2, after: 1, ...how })
      await toSelection(visitor, 'employees-from-smarthr')

      expect(visitor.page().text).to.include('/ 250')
    })
  }

  it('says so and writes nothing when the listing stays broken', async () => {
    await people('smarthr', 250, 1)
    await fault({ service: 'smarthr', method: 'GET', path: '/v1/crews$', after: 1, duplicatePage: true })
    await visitor.begin('/freee/runs/new?flow=employees-from-smarthr')
    await visitor.press('次へ')
    const { url } = visitor.page()
    await eventually('the failure', async () => (await visitor.get(url)).text.includes('取得に失敗しました'))

    expect(visitor.page().text)
      .to.include('SmartHRの一覧を正しく取得できませんでした')
      .and.include('データは変更していません')
  })

  it('stops for an IP restriction, tells the remedy, and lets just those people be repeated', async () => {
    await people('smarthr', 5)
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await world.control('PUT', '/switches', { service: 'freee', ipRestricted: true })
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('接続元のIPアドレスからは、サービスをご利用いただくことができません。')
    expect(report.text).to.include('アクセス制限を解除')
    expect(report.text).to.include('失敗 5件')
    await world.control('PUT', '/switches', { service: 'freee', ipRestricted: false })
    await visitor.press('失敗した対象だけ再実行')
    const again = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await eventually('the plan', async () => (await visitor.get(`/runs/${again}/fetch`)).url.includes('/select'))
    await visitor.press('確認')
    await visitor.press('同期')
    expect((await reportOf(visitor, again)).text).to.include('成功 5件')
    expect(await inFreee()).to.deep.equal(codes(5))
  })

  it('shows 再連携が必要 everywhere when freee no longer honours the authorisation', async () => {
    await people('smarthr', 3)
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await world.control('PUT', '/switches', { service: 'freee', refuseWith: 're_authorization_required' })
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('再度連携設定を行なってください')
    expect(report.html).to.include('href="/freee/connection">再連携する')
    const { text, html } = await visitor.get('/freee')
    expect(text).to.include('再連携が必要').and.include('再連携すると、開始できます。')
    expect(html.match(/href="\/freee\/connection">再連携する/g), 'in the panels').to.have.length.greaterThan(1)
    expect((await visitor.get('/freee/connection')).text).to.include('再連携が必要')
    expect((await visitor.get('/')).text).to.include('再連携が必要')
    expect((await visitor.begin('/freee/runs/new?flow=employees-to-smarthr')).text).to.include('再連携')
  })

  it('does not overwrite what somebody changed since the plan', async () => {
    await people('freee', 3, 1)
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    const [token] = await smarthrToken(world)
    const [crew] = (await (
      await fetch(`${world.sandboxUrl}/smarthr/api/v1/crews?emp_code=P000002`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).json()) as { id: string }[]
    await fetch(`${world.sandboxUrl}/smarthr/api/v1/crews/${crew?.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ tel_number: '03-9999-9999' }),
    })
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('計画後に変更されています').and.include('成功 2件').and.include('失敗 1件')
  })

  it('does not register whom somebody has registered at freee by hand since the plan', async () => {
    await people('smarthr', 3)
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    const byHand = { num: 'P000002', displayName: '手 入力' }
    await world.control('POST', '/people', { service: 'freee', people: [byHand] })
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)

    expect(report.text)
      .to.include('成功 2件')
      .and.include('失敗 1件')
      .and.include(
        '情報を取得した後に、同じ社員番号の従業員がfreee人事労務に登録されました。二重登録を防ぐため、登録していません。',
      )
    expect(await inFreee()).to.deep.equal(codes(3))
  })

  for (const [who, place] of [
    ['the first', 0],
    ['the last', 7],
  ] as const) {
    it(`lets ${who} whose update is always answered with 500 keep nobody else from theirs`, async () => {
      await people('smarthr', 8, 1)
      await people('freee', 8, 1)
      const state = (await world.control('GET', '/state?service=freee')) as {
        companies: { id: number; employees: { id: number }[] }[]
      }
      const poisoned = state.companies.find(company => company.id === 123)?.employees[place]?.id
      await fault({ service: 'freee', method: 'PUT', path: `/employees/${poisoned}`, status: 500 })
      const report = await run('employees-from-smarthr')

      expect(report.text).to.include('成功 7件').and.include('失敗 1件')
      expect(report.text).to.include('freee人事労務がこの従業員の更新に繰り返しエラーを返したため、中断しました。')
    })
  }

  it('is over when it is: an outage of seconds in the middle of updates fails nobody', async () => {
    await people('smarthr', 8, 1)
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await fault({ service: 'freee', method: 'PUT', after: 2, times: 13, status: 503 })
    await syncEverybody(visitor)

    expect((await reportOf(visitor, runId)).text)
      .to.include('成功 8件')
      .and.include('失敗 0件')
  })

  it('calls nobody failed whose answers were lost and whose record says all of it', async () => {
    await people('smarthr', 8, 1)
    const state = (await world.control('GET', '/state?service=freee')) as {
      companies: { id: number; employees: { id: number }[] }[]
    }
    const one = state.companies.find(company => company.id === 123)?.employees[2]?.id
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await fault({ service: 'freee', method: 'PUT', path: `/employees/${one}`, times: 16, drop: true, applyFirst: true })
    await syncEverybody(visitor)

    expect((await reportOf(visitor, runId)).text)
      .to.include('成功 8件')
      .and.include('失敗 0件')
  })

  it('keeps what is done and reports the rest when the administrator stops a run', async () => {
    await people('smarthr', 90)
    await fault({ service: 'freee', method: 'POST', delayMs: 50 })
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await visitor.get(`/runs/${runId}`)
    await visitor.press('同期を中止')
    const report = await reportOf(visitor, runId)
    const done = Number(/成功 (\d+)件/.exec(report.text)?.[1])

    expect(report.text).to.include('中止').and.include('未実行')
    expect(await inFreee()).to.have.length(done)
  })

  it('ends a stopped run whose last create had no answer, and knows whether it happened', async () => {
    await people('smarthr', 30)
    await fault({ service: 'freee', method: 'POST', delayMs: 300, drop: true, applyFirst: true })
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await eventually('the first create', async () => (await inFreee()).length > 0)
    await visitor.get(`/runs/${runId}`)
    await visitor.press('同期を中止')
    const report = await reportOf(visitor, runId)

    expect(report.text)
      .to.include('中止')
      .and.include(`成功 ${(await inFreee()).length}件`)
  })

  it('loses no mail while the mail server is away, and sends it once', async () => {
    await people('smarthr', 2)
    await fault({ service: 'smtp', status: 451, times: 2 })
    await run('employees-from-smarthr')
    // The next tries are minutes away; an operator's clock is not the test's.
    await eventually('two failed tries', async () => {
      const { rows } = await world.container.ownerPool.query<{ attempts: number }>('select attempts from mails')
      await world.container.ownerPool.query(
        `update graphile_worker._private_jobs set run_at = now() where run_at > now()`,
      )
      return rows[0] !== undefined && rows[0].attempts >= 2
    })
    await eventually('the mail', async () => {
      await world.container.ownerPool.query(
        `update graphile_worker._private_jobs set run_at = now() where run_at > now()`,
      )
      return (await world.mails()).length > 0
    })

    expect(await world.mails()).to.have.length(1)
  })
})

/** An access token of the signed-in administrator, as another program of the company might hold one. */
async function smarthrToken(world: World): Promise<string[]> {
  const { rows } = await world.container.ownerPool.query<{ tenant_id: string; admin_id: string }>(
    'select tenant_id, admin_id from smarthr_grants',
  )
  return Promise.all(rows.map(row => world.container.grants.of(row.tenant_id, row.admin_id).token()))
}
