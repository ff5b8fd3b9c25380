import { expect } from 'chai'
import { messagesOf, someValues, startPayroll } from './payslip.samples.js'
import { startSmarthrWorld, type Json, type SmarthrWorld } from './smarthr.world.js'

describe("the payslips of SmartHR's stand-in", () => {
  let world: SmarthrWorld
  before(async () => {
    world = await startSmarthrWorld()
  })
  after(() => world.close())
  beforeEach(() => world.reset())

  it('put every item where its registration says', async () => {
    const { path, first } = await startPayroll(world)
    const { status, body } = await world.post(`${path}/payslips`, {
      crew_id: first,
      memo: '10月分',
      values: someValues(),
    })

    expect(status).to.equal(201)
    expect(body).to.deep.include({
      crew_id: first,
      memo: '10月分',
      mismatch: false,
      last_notified_at: null,
      company_id: null,
      allowances: [
        { name: '基本給', amount: 300_000 },
        { name: '欠勤控除', amount: -3_000 },
      ],
      deductions: [{ name: '健康保険料', amount: 15_000 }],
    })
    expect(body.attendances).to.deep.equal([
      { name: '労働日数', amount: 20, unit_type: 'days', numeral_system_type: 'decimal', delimiter_type: 'period' },
      {
        name: '時間外労働',
        amount: 25.5,
        unit_type: 'hours',
        numeral_system_type: 'sexagesimal',
        delimiter_type: 'colon',
      },
    ])
    expect((body.payroll_aggregates as Json[])[2]).to.deep.equal({
      name: '差引支給額',
      aggregate_type: 'net_payment',
      amount: 282_000,
      value: null,
    })
    expect((await world.get(`${path}/payslips/${String(body.id)}`)).body).to.deep.equal(body)
  })

  it('show hours as the payroll asks', async () => {
    const systems: string[] = []
    for (const numerals of ['force_decimal', 'force_sexagesimal', 'as_is']) {
      const { path, first } = await startPayroll(world, { numeral_system_handle_type: numerals })
      const values = someValues({ 時間外労働: numerals === 'force_decimal' ? '1:15' : '1.25' })
      const { attendances } = (await world.post(`${path}/payslips`, { crew_id: first, values })).body
      const [, overtime] = attendances as Json[]
      expect(overtime?.amount).to.equal(1.25)
      systems.push(`${String(overtime?.numeral_system_type)} ${String(overtime?.delimiter_type)}`)
    }
    expect(systems).to.deep.equal(['decimal period', 'sexagesimal colon', 'decimal period'])
  })

  it('say where the sums contradict the totals', async () => {
    const { path, first, second } = await startPayroll(world)
    const mismatch = async (crew: string, changes: Record<string, unknown>) =>
      (await world.post(`${path}/payslips`, { crew_id: crew, values: someValues(changes) })).body.mismatch
    expect(await mismatch(first, { 控除合計: '15001' })).to.equal(true)
    expect(await mismatch(second, { 職務手当: '1000', 支給合計: '298000' })).to.equal(false)
  })

  it('are stored all or none, a hundred at most', async () => {
    const { path, first, second } = await startPayroll(world)
    const bulk = (payslips: Json[]) => world.post(`${path}/payslips/bulk`, { payslips })
    const of = (crew: string, changes = {}) => ({ crew_id: crew, values: someValues(changes) })

    const refused = async (payslips: Json[]) => {
      const { status, body } = await bulk(payslips)
      expect(status).to.equal(400)
      expect((await world.get(`${path}/payslips`)).body).to.deep.equal([])
      return messagesOf(body)
    }
    expect(await refused([of(first), of('nobody')])).to.deep.equal(['従業員IDは一覧にありません。'])
    expect(await refused([of(first), of(first)])).to.deep.equal(['この従業員の給与明細はすでに登録されています。'])
    expect(await refused([of(first), of(second, { 基本給: '300,000' })])).to.deep.equal([
      '基本給は正しい形式で入力してください。',
    ])
    expect(await refused(Array.from({ length: 101 }, () => of(first)))).to.deep.equal([
      '給与明細情報は100件以内で入力してください。',
    ])
    expect(await refused([])).to.have.length(1)

    const { status, body } = await bulk([of(first), of(second)])
    expect([status, body.map(each => each.crew_id)]).to.deep.equal([201, [first, second]])
    expect((await bulk([of(second)])).status).to.equal(400)
    expect((await world.get(`${path}/payslips?crew_id=${second},x`)).body).to.have.length(1)
    expect((await world.get(`${path}/payslips?per_page=1&page=2`)).body.map(each => each.crew_id)).to.deep.equal([
      second,
    ])
  })

  it('can be answered as the schema says: one for many', async () => {
    await world.switches({ bulkAnswer: 'one' })
    const { path, first, second } = await startPayroll(world)
    const payslips = [first, second].map(crew => ({ crew_id: crew, values: someValues() }))
    expect((await world.post(`${path}/payslips/bulk`, { payslips })).body.crew_id).to.equal(first)
  })

  it('take whole yen only, days as decimals, hours either way, and leave out what is empty', async () => {
    const { path, first } = await startPayroll(world)
    const { body } = await world.post(`${path}/payslips`, {
      crew_id: first,
      values: [
        ...someValues({ 基本給: '300000.0', 労働日数: '20:30', 時間外労働: '1:75', 支給合計: 297000, 住民税: '' }),
        { key: '健康保険料', value: '1' },
      ],
    })
    expect(messagesOf(body)).to.deep.equal([
      '労働日数は正しい形式で入力してください。',
      '時間外労働は正しい形式で入力してください。',
      '基本給は正しい形式で入力してください。',
      '支給合計は正しい形式で入力してください。',
      '健康保険料が重複しています。',
    ])
    const { body: taken } = await world.post(`${path}/payslips`, {
      crew_id: first,
      values: someValues({ 住民税: '', 労働日数: '20.5' }),
    })
    expect(taken.deductions).to.deep.equal([{ name: '健康保険料', amount: 15_000 }])
  })

  it('register unknown items as その他, or refuse them', async () => {
    const { path, first, second } = await startPayroll(world)
    const registered = await world.post(`${path}/payslips`, {
      crew_id: first,
      values: someValues({ 在宅勤務手当: '5000' }),
    })
    expect((registered.body.payroll_aggregates as Json[]).at(-1)).to.deep.equal({
      name: '在宅勤務手当',
      aggregate_type: 'others',
      amount: 5_000,
      value: null,
    })
    await world.switches({ unknownPayslipItems: 'refuse' })
    const values = someValues({ 在宅勤務手当: '5000', 出張手当: '1000' })
    const refused = await world.post(`${path}/payslips`, { crew_id: second, values })
    expect([refused.status, refused.body.code]).to.deep.equal([400, 1])
    expect(messagesOf(refused.body)).to.deep.equal(['出張手当は登録されていない項目です。'])
  })

  it('need all three totals among the registered items', async () => {
    await world.switches({ payslipItems: { remove: ['支給合計', '控除合計'] } })
    const { path, first } = await startPayroll(world)
    const post = () => world.post(`${path}/payslips`, { crew_id: first, values: someValues() })
    expect(messagesOf((await post()).body)).to.deep.equal([
      '給与明細項目に「支給合計」が登録されていません。',
      '給与明細項目に「控除合計」が登録されていません。',
    ])
    const total = { name: '支給計', kind: '合計', aggregate_type: 'total_payment' }
    await world.switches({
      payslipItems: { add: [total, { name: '控除合計', kind: '合計', aggregate_type: 'deduction' }] },
    })
    expect((await post()).status).to.equal(201)

    const answer = await world.switches({ payslipItems: { add: [{ ...total, name: '支給総計' }] } })
    expect(((await answer.json()) as Json).error).to.equal('給与明細項目の保存に失敗しました')
  })

  it('neither come nor go once the payroll is confirmed', async () => {
    const { path, first, second } = await startPayroll(world)
    const { body } = await world.post(`${path}/payslips`, { crew_id: first, values: someValues() })
    await world.patch(`${path}/fix`, {})
    expect((await world.post(`${path}/payslips`, { crew_id: second, values: someValues() })).status).to.equal(400)
    expect((await world.delete(`${path}/payslips/${String(body.id)}`)).status).to.equal(400)
    await world.patch(`${path}/unfix`, {})

    expect((await world.delete(`${path}/payslips/${String(body.id)}`)).status).to.equal(204)
    expect((await world.get(`${path}/payslips/${String(body.id)}`)).status).to.equal(404)
    expect((await world.post(`${path}/payslips`, { crew_id: first, values: someValues() })).status).to.equal(201)
  })

  it('name a company of the tenant, which can be embedded', async () => {
    const { path, first } = await startPayroll(world)
    const [company] = (await world.get('/companies')).body
    const post = (id: unknown) =>
      world.post(`${path}/payslips`, { crew_id: first, company_id: id, values: someValues() })
    expect(messagesOf((await post('x')).body)).to.deep.equal(['会社は一覧にありません。'])
    await post(company?.id)

    const [embedded] = (await world.get(`${path}/payslips?embed=company`)).body
    expect(embedded).not.to.have.property('company_id')
    expect(embedded?.company).to.deep.equal(company)
  })
})
