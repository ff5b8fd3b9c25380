import { expect } from 'chai'
import { administrator, aCrew, anEmployee, NOON, staff } from '../helpers/attendance.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const TO_SMARTHR = 'employees-to-smarthr'
const FROM_SMARTHR = 'employees-from-smarthr'
const BRAND = 'touch-on-time'

interface Employee {
  code: string
  lastName: string
  divisionCode: string
  typeCode: string
  resignationDate?: string | null
  emailAddresses?: string[]
}
interface Crew {
  emp_code: string | null
  last_name: string
  biz_establishment_id: string | null
  resigned_at: string | null
  emp_status: string
}

describe('the attendance services: a run', () => {
  const world = useWorld({ at: NOON, limitsOff: ['smarthr'] })

  const stateOf = async (service: string) =>
    (await world.control('GET', `/state?service=${service}`)) as Record<string, unknown>
  const employees = async () => (await stateOf(BRAND)).employees as Employee[]
  const crews = async () => {
    const visits = await stateOf('smarthr')
    const tenants = visits.tenants as { subdomain: string; crews: Crew[] }[]
    return tenants.find(tenant => tenant.subdomain === 'midori-shokai')?.crews ?? []
  }
  const writes = async (service: string) =>
    (await world.calls(service)).filter(call => ['POST', 'PUT', 'PATCH'].includes(call.method))

  it('fetches first, writes nothing, and waits in the report until the administrator goes on', async () => {
    await staff(world, BRAND, [anEmployee('1')], [aCrew('1', { last_name: '新姓' }), aCrew('2')])
    const visitor = await administrator(world, BRAND)
    await visitor.begin(`/${BRAND}/runs/new?flow=${FROM_SMARTHR}`)
    await visitor.press('次へ')
    expect(visitor.page().url).to.match(/\/runs\/[\w-]+$/)
    const ready = await eventually('同期待ち', async () => {
      const page = await visitor.get(visitor.page().url)
      return page.text.includes('同期待ち') && page
    })

    expect(ready.html).to.match(/href="\/runs\/[\w-]+\/select">同期を開始→/)
    expect(ready.text).to.include('新規登録 1名').and.include('差分あり 1名')
    expect(await writes(BRAND)).to.deep.equal([])
    expect((await writes('smarthr')).filter(call => !call.path.includes('/oauth/'))).to.deep.equal([])
    await visitor.get(`/${BRAND}`)
    expect(visitor.page().text).to.include('最近の連携レポート').and.include('SmartHR→Touch On Time')
  })

  it('asks for 所属事業所 and 雇用区分 once, and gives them to new people only', async () => {
    await staff(
      world,
      BRAND,
      [anEmployee('1', { divisionCode: '2000', typeCode: '2' })],
      [aCrew('1', { last_name: '新姓' }), aCrew('2'), aCrew('3')],
    )
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await visitor.press('select-page')
    await visitor.press('同期を開始')
    expect(visitor.page().url).to.match(/\/options$/)
    expect(visitor.page().text).to.include('新しく登録する2名に、同じ値を登録します。').and.include('1000 本社')
    await visitor.press('確認', { division: '3000', working_type: '' })
    expect(visitor.page().status).to.equal(422)
    expect(visitor.page().text).to.include('雇用区分が選択されていません。')
    expect(visitor.page().html).to.match(/value="3000" selected/)
    await visitor.press('確認', { division: '3000', working_type: '1' })
    expect(visitor.page().text).to.include('新規登録の所属事業所').and.include('3000 倉庫')
    await visitor.press('同期')
    await reportOf(visitor, runId)

    const now = new Map((await employees()).map(employee => [employee.code, employee]))
    expect(now.get('1')).to.include({ lastName: '新姓', divisionCode: '2000', typeCode: '2' })
    expect(now.get('2')).to.include({ divisionCode: '3000', typeCode: '1' })
    expect(now.get('3')).to.include({ divisionCode: '3000', typeCode: '1' })
    const puts = (await writes(BRAND)).filter(call => call.method === 'PUT')
    expect(puts.map(call => Object.keys(call.body as object))).to.deep.equal([['lastName']])
    expect((await stateOf(BRAND)).violations).to.deep.equal([])
  })

  it('asks for nothing when nobody is new', async () => {
    await staff(world, BRAND, [anEmployee('1')], [aCrew('1', { last_name: '新姓' })])
    const visitor = await administrator(world, BRAND)
    await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await visitor.press('select-page')
    await visitor.press('同期を開始')

    expect(visitor.page().url).to.match(/\/confirm$/)
  })

  it('registers people in SmartHR with the chosen 事業所, and tells the administrator by mail', async () => {
    await staff(world, BRAND, [anEmployee('1', { lastName: '新姓' }), anEmployee('9')], [aCrew('1')])
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, TO_SMARTHR, undefined, BRAND)
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('成功 2件').and.include('新規登録の所属事業所')
    const now = new Map((await crews()).map(crew => [crew.emp_code, crew]))
    expect(now.get('9')?.biz_establishment_id).to.be.a('string').and.not.equal('')
    expect(now.get('1')?.last_name).to.equal('新姓')
    const patches = (await writes('smarthr')).filter(call => call.method === 'PATCH')
    expect(patches.map(call => call.body)).to.deep.equal([{ last_name: '新姓' }])
    const mail = await eventually('the mail', async () => (await world.mails()).find(one => one.text.includes(runId)))
    expect(mail.subject).to.equal('Touch On TimeからSmartHRへ従業員情報を同期しました｜株式会社みどり商会')
  })

  it('carries a resignation, takes one back, and keeps the reserve e-mail', async () => {
    await staff(
      world,
      BRAND,
      [
        anEmployee('1'),
        anEmployee('2', { resignationDate: '2026-12-31' }),
        anEmployee('3', { emailAddresses: ['old@midori.example', 'reserve@midori.example'] }),
      ],
      [aCrew('1', { resigned_at: '2027-03-31' }), aCrew('2'), aCrew('3', { email: 'new@midori.example' })],
    )
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)

    const now = new Map((await employees()).map(employee => [employee.code, employee]))
    expect(now.get('1')?.resignationDate).to.equal('2027-03-31')
    expect(now.get('2')?.resignationDate ?? null).to.equal(null)
    expect(now.get('3')?.emailAddresses).to.deep.equal(['new@midori.example', 'reserve@midori.example'])
  })

  it('retires in SmartHR whoever left before today, and employs whose resignation was taken back', async () => {
    await staff(
      world,
      BRAND,
      [anEmployee('1', { resignationDate: '2026-10-31' }), anEmployee('2')],
      [aCrew('1'), aCrew('2', { resigned_at: '2026-10-31', emp_status: 'retired' })],
    )
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, TO_SMARTHR, '2026-10-01', BRAND)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)

    const now = new Map((await crews()).map(crew => [crew.emp_code, crew]))
    expect(now.get('1')).to.include({ resigned_at: '2026-10-31', emp_status: 'retired' })
    expect(now.get('2')).to.include({ resigned_at: null, emp_status: 'employed' })
  })

  it('finds nothing to do the second time, in either direction', async () => {
    const visitor = await administrator(world, BRAND)
    for (const flow of [FROM_SMARTHR, TO_SMARTHR]) {
      const runId = await toSelection(visitor, flow, undefined, BRAND)
      await syncEverybody(visitor)
      await reportOf(visitor, runId)
      await toSelection(visitor, flow, undefined, BRAND)
      await visitor.press('filter', { class: ['changed'] })
      expect(visitor.page().text, flow).to.include('該当する従業員はいません')
    }
  })

  it('lets two brands of one company run at the same time', async () => {
    const visitor = await administrator(world, BRAND)
    const other = await administrator(world, 'kinkakuji')
    const [one, two] = [
      await toSelection(visitor, FROM_SMARTHR, undefined, BRAND),
      await toSelection(other, FROM_SMARTHR, undefined, 'kinkakuji'),
    ]
    await syncEverybody(visitor)
    await syncEverybody(other)
    const reports = [await reportOf(visitor, one), await reportOf(other, two)]

    for (const report of reports) expect(report.text).to.match(/成功 \d+件/)
  })

  it('lists every run in the report list, filtered by status and direction', async () => {
    await staff(world, BRAND, [anEmployee('1')], [aCrew('1', { last_name: '新姓' })])
    const visitor = await administrator(world, BRAND)
    await toSelection(visitor, TO_SMARTHR, undefined, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)

    const rows = async (query: string) =>
      [...(await visitor.get(`/${BRAND}/runs?${query}`)).html.matchAll(/<tr><td><span class="st[^>]*>([^<]+)/g)].map(
        ([, state]) => state,
      )
    expect(await rows('')).to.deep.equal(['成功', '同期待ち'])
    expect(await rows('state=ready')).to.deep.equal(['同期待ち'])
    expect(await rows(`flow=${FROM_SMARTHR}`)).to.deep.equal(['成功'])
  })

  it('shows the ten newest runs on the dashboard', async () => {
    const visitor = await administrator(world, BRAND)
    for (let n = 0; n < 11; n += 1) await toSelection(visitor, TO_SMARTHR, undefined, BRAND)
    await visitor.get(`/${BRAND}`)

    expect(visitor.page().html.match(/<tr><td><span class="st/g)).to.have.length(10)
  })

  it('lets a plan nobody used lapse after a day', async () => {
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, TO_SMARTHR, undefined, BRAND)
    await world.container.ownerPool.query(`update runs set fetched_at = fetched_at - interval '24 hours 1 second'`)
    await world.container.housekeeping()
    await visitor.get(`/runs/${runId}`)

    expect(visitor.page().text).to.include('期限切れ')
    expect(visitor.page().html).not.to.include('同期を開始→')
  })
})
