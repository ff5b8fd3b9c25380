import { expect } from 'chai'
import { startSmarthrWorld, type Json, type SmarthrWorld } from './smarthr.world.js'

describe("the year-end results of SmartHR's stand-in", () => {
  let world: SmarthrWorld
  before(async () => {
    world = await startSmarthrWorld()
  })
  after(() => world.close())
  beforeEach(() => world.reset())

  const results = async (year = 2026) => (await world.get(`/year_end_adjustments/${year}/results?per_page=100`)).body

  it('exist for everybody with 社員番号, in pages, of two years', async () => {
    const all = await results()
    expect(all).to.have.length(39)
    expect((await results(2025)).length).to.be.within(30, 38)
    expect((await results(2025)).map(({ status }) => status)).to.not.include('対象外(退職)')
    expect((await world.get('/year_end_adjustments/2026/results?per_page=20&page=2')).body).to.deep.equal(all.slice(20))
    for (const year of ['2024', '2027', 'R08'])
      expect((await world.get(`/year_end_adjustments/${year}/results`)).body.code, year).to.equal(4)
  })

  it('name each reason to be left out once', async () => {
    const statuses = (await results()).map(({ status }) => status).filter(status => status !== '対象')
    expect(statuses).to.have.members([
      '対象外(紙による提出)',
      '対象外(乙欄)',
      '対象外(退職)',
      '対象外(給与支給なし)',
      '対象外(源泉)',
      '対象外(収入)',
      '乙欄対象外候補',
      '退職対象外候補',
      '源泉対象外候補',
    ])
  })

  it('carry the person, the family, former employers and deductions', async () => {
    const all = await results()
    const of = (code: string) => all.find(({ emp_code: each }) => each === code) ?? {}
    expect(of('001001')).to.deep.include({ year: 2026, status: '対象', salary_income: 8_500_000 })
    expect((of('001001').previous_employers as Json[])[0]).to.include({ payment_amount: 2_800_000 })
    expect(of('001001').spouse).to.include({ estimated_income: 480_000, deduction_type: '配偶者控除' })
    expect((of('001001').dependents as Json[])[0]).to.include.keys('relation_name', 'under_16', 'live_together_type')
    expect(of('001002').non_salary_incomes).to.have.length(2)
    expect(of('001003')).to.deep.include({ spouse: null, housing_loans: [] })
    expect(of('001003').insurance_deductions).to.have.length(9)
    expect(of('001007').housing_loans).to.have.length(1)
    expect(of('001036').person).to.include({ widow_type: 'widow', householder_relation: '本人' })
    const sixteen = all.flatMap(({ dependents }) => (dependents as Json[]).map(each => each.under_16))
    expect(sixteen).to.include.members([true, false])
  })
})
