import { expect } from 'chai'
import { idsOf } from './payslip.samples.js'
import { startSmarthrWorld, type Json, type SmarthrWorld } from './smarthr.world.js'

describe("the families of SmartHR's stand-in", () => {
  let world: SmarthrWorld
  before(async () => {
    world = await startSmarthrWorld()
  })
  after(() => world.close())
  beforeEach(() => world.reset())

  const familyOf = async (code: string) => {
    const [id = ''] = await idsOf(world, code)
    return (await world.get(`/crews/${id}/dependents?per_page=100`)).body
  }
  const everybody = async (): Promise<Json[]> => {
    const state = (await (await world.control('GET', '/state?service=smarthr')).json()) as { tenants: Json[] }
    return state.tenants[0]?.dependents as Json[]
  }

  it('are listed in pages, with every key, and found one by one', async () => {
    const [id = ''] = await idsOf(world, '001001')
    const { body } = await world.get(`/crews/${id}/dependents?per_page=2&page=2`)
    expect(body).to.have.length(2)
    const [spouse] = await familyOf('001001')
    expect(spouse).to.deep.include({
      crew_id: id,
      relation_name: '妻',
      is_spouse: true,
      tax_law_support_type: 'supported',
      tax_deduction_income: 480_000,
      address: null,
      custom_fields: [],
    })
    expect(spouse?.relation).to.include({ name: '妻', preset_type: 'wife', is_child: false })
    expect((await world.get(`/crews/${id}/dependents/${String(spouse?.id)}`)).body).to.deep.equal(spouse)
    expect((await world.get('/crews/nobody/dependents')).body.code).to.equal(4)
    expect(await familyOf('U-0001')).to.deep.equal([])
  })

  it('have every relation, support, handicap and kind of income among them', async () => {
    const relations = (await world.get('/dependent_relations?per_page=100')).body.map(({ name }) => name)
    const all = await everybody()
    const found = (name: string) => new Set(all.map(dependent => dependent[name]))
    expect([...found('relation_name')]).to.have.members(relations)
    expect([...found('tax_law_support_type')]).to.have.length(6)
    expect([...found('handicapped_type')]).to.have.length(4)
    expect([...found('live_together_type')]).to.have.length(2)
    expect([...found('tax_deduction_income')]).to.include.members([480_000, 480_001, null])
    for (const { birth_at: birth } of all)
      expect(new Date(`${String(birth)}T00:00:00Z`).toString()).not.to.include('Inv')
  })

  it('know the relations, those of spouses alone when asked', async () => {
    expect((await world.get('/dependent_relations?filter=spouse')).body.map(({ name }) => name)).to.deep.equal([
      '夫',
      '妻',
    ])
    expect((await world.get('/dependent_relations?filter=child')).status).to.equal(400)
  })

  it('belong to every third person who is put in', async () => {
    await world.control('POST', '/populate', { service: 'smarthr', employees: 30, with: 'freee' })
    expect(new Set((await everybody()).map(dependent => dependent.crew_id))).to.have.property('size', 10)
  })

  it('belong to people with every account, residence and retirement a payroll service tells apart', async () => {
    const crews = (await world.get('/crews?per_page=100')).body
    const of = (code: string) => crews.find(crew => crew.emp_code === code) ?? {}
    expect((of('001034').bank_accounts as Json[]).map(each => each.bank_branch_code)).to.include(null)
    expect(of('001034').employment_type).to.include({ name: '嘱託社員', preset_type: null })
    expect(of('001035').bank_accounts).to.have.length(5)
    expect(of('001026')).to.include({ nationality_code: 'VNM', foreign_resident_card_number: null })
    expect(of('001028')).to.include({ foreign_resident_card_number: 'AB12345678CD', nationality_code: null })
    expect(of('001029')).to.include({ resident_end_at: '2028-03-31', nationality_code: null })
    expect(of('001033')).to.include({ emp_status: 'retired', resigned_reason: '自己都合' })
    for (const [name, values] of Object.entries({
      widow_type: ['widow', 'single_parent'],
      handicapped_type: ['ordinary_handicapped', 'special_handicapped'],
      working_student_flag: [true, false],
    }))
      expect(new Set(crews.map(crew => crew[name]))).to.include.keys(values)
  })
})
