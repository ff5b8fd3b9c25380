import { expect } from 'chai'
import { startSmarthrWorld, type Json, type SmarthrWorld } from './smarthr.world.js'

describe("replacing what SmartHR's stand-in holds", () => {
  let world: SmarthrWorld
  before(async () => {
    world = await startSmarthrWorld()
  })
  after(() => world.close())
  beforeEach(() => world.reset())

  const worked = [
    { code: 'A010', name: '営業一課', parent: 'A001' },
    { code: 'A001', name: '営業部' },
    { id: 'no-code', name: '総務部' },
    { code: 'A011', name: '庶務課', parent: 'no-code' },
  ]

  it('puts departments in the order given, children before parents and without codes', async () => {
    expect((await world.switches({ departments: worked })).status).to.equal(200)
    const { body } = await world.get('/departments?per_page=100')

    expect(body.map(({ full_name: path, code, position }) => [path, code, position])).to.deep.equal([
      ['営業部/営業一課', 'A010', 1],
      ['営業部', 'A001', 2],
      ['総務部', null, 3],
      ['総務部/庶務課', 'A011', 4],
    ])
    expect((await world.get('/crews/' + String((await world.get('/crews?per_page=1')).body[0]?.id))).status).to.equal(
      200,
    )
  })

  it('keeps people in a department whose code stays', async () => {
    const before = (await world.get('/departments?code=A001')).body[0]
    const people = (await world.get(`/crews?department_id=${String(before?.id)}&per_page=100`)).body
    await world.switches({ departments: worked })

    const after = (await world.get(`/crews?department_id=${String(before?.id)}&per_page=100`)).body
    expect(after.map(crew => crew.id)).to.deep.equal(people.map(crew => crew.id))
    expect(after.length).to.be.above(0)
  })

  it('puts crews with slots, names of types and choices, and everything else blank', async () => {
    const group = await world.post('/crew_custom_field_template_groups', { name: 'ミキワメカテゴリー' })
    await world.post('/crew_custom_field_templates', {
      name: 'ミキワメ連携',
      type: 'enum',
      group_id: group.body.id,
      position: 1,
      elements: [{ name: '連携しない', position: 1 }],
    })
    const answer = await world.switches({
      departments: worked,
      crews: [
        {
          emp_code: '0001',
          last_name: 'ミキワメ',
          first_name: '太郎',
          email: '001@aaa.com',
          departments: ['A001', null, 'no-code'],
          positions: ['課長', null],
          employment_type: '契約社員',
          custom_fields: { ミキワメ連携: '連携しない' },
          emp_status: 'retired',
        },
        { departments: [null, 'A010'], employment_type: { name: '限定正社員', preset_type: 'full_timer' } },
      ],
    })
    expect(await answer.json()).to.deep.equal({ ok: true })
    const [first, second] = (await world.get('/crews')).body

    expect(first).to.include({ emp_status: 'retired', department: '営業部', position: '課長', birth_at: null })
    expect((first?.departments as (Json | null)[]).map(slot => slot?.name ?? null)).to.deep.equal([
      '営業部',
      null,
      '総務部',
    ])
    expect(first?.employment_type).to.include({ name: '契約社員', preset_type: 'contract_worker' })
    const [field] = first?.custom_fields as { value: string; template: { elements: { id: string }[] } }[]
    expect(field?.value).to.equal(field?.template.elements[0]?.id)
    expect(second).to.include({ department: null, emp_code: null, emp_type: 'full_timer', business_last_name: '' })
  })

  it('says what it does not understand', async () => {
    const refused = async (patch: Json) => ((await (await world.switches(patch)).json()) as Json).error
    expect(await refused({ departments: [{ name: '営業部', parent: 'A9' }] })).to.equal(
      'no department has the code or id "A9"',
    )
    expect(await refused({ crews: [{ name: '太郎' }] })).to.equal('a crew has no "name"')
    expect(await refused({ crews: [{ departments: ['A9'] }] })).to.equal('there is no department "A9"')
    expect(await refused({ crews: 3 })).to.equal('crews is a list of objects')
  })
})
