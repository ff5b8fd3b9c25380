import { expect } from 'chai'
import { startSmarthrWorld, type Json, type SmarthrWorld } from './smarthr.world.js'

describe("departments of SmartHR's stand-in", () => {
  let world: SmarthrWorld
  before(async () => {
    world = await startSmarthrWorld()
  })
  after(() => world.close())
  beforeEach(() => world.reset())

  const all = async () => (await world.get('/departments?per_page=100')).body as Json[]
  const named = async (name: string) => {
    const found = (await all()).find(department => department.name === name)
    if (!found) throw new Error(`there is no ${name}`)
    return found
  }
  const fields = (body: Json) => (body.errors as { field: string }[]).map(error => error.field)

  it('are a flat list with parents and children, each level with what the schema gives it', async () => {
    const section = await named('開発一課')
    expect(section).to.have.all.keys(
      'id name full_name position code parent children company_id updated_at created_at'.split(' '),
    )
    expect(section).to.include({ full_name: '本社/開発部/開発一課', code: 'A021' })
    const parent = section.parent as Json
    expect(parent).to.have.all.keys('id name full_name position code parent company_id'.split(' '))
    expect((parent.parent as Json).name).to.equal('本社')
    const development = await named('開発部')
    expect((development.children as Json[]).map(child => child.name)).to.deep.equal(['開発一課'])
  })

  it('hold a child before its parent, one without a code, and one name under two parents', async () => {
    const departments = await all()
    const names = departments.map(department => department.name)

    expect(names.indexOf('開発一課')).to.be.below(names.indexOf('開発部'))
    expect((await named('新規事業準備室')).code).to.equal(null)
    expect(((await named('新規事業一課')).parent as Json).name).to.equal('新規事業準備室')
    const twice = departments.filter(department => department.name === '業務課')
    expect(twice.map(department => department.full_name)).to.deep.equal(['本社/営業部/業務課', '本社/管理部/業務課'])
    expect(new Set(departments.map(department => department.id)).size).to.equal(departments.length)
  })

  it('are found by code and sorted by what is asked for', async () => {
    expect((await world.get('/departments?code=A002')).body.map(department => department.name)).to.deep.equal([
      '開発部',
    ])
    const sorted = (await world.get('/departments?sort=-position&per_page=100')).body.map(each => Number(each.position))

    expect(sorted).to.deep.equal([...sorted].sort((a, b) => b - a))
    expect(sorted[0]).to.equal(42)
  })

  it('keep their parent when only the name changes, and pass the name on to children and people', async () => {
    const development = await named('開発部')
    const patched = await world.patch(`/departments/${String(development.id)}`, { name: '研究開発部' })
    expect(patched.body).to.include({ full_name: '本社/研究開発部', code: 'A002' })

    expect((await named('開発一課')).full_name).to.equal('本社/研究開発部/開発一課')
    const crews = (await world.get(`/crews?department_id=${String(development.id)}&per_page=100`)).body
    expect(new Set(crews.map(crew => crew.department))).to.deep.equal(new Set(['本社/研究開発部']))
  })

  it('lose with PUT what is not named', async () => {
    const development = await named('開発部')
    const { body } = await world.put(`/departments/${String(development.id)}`, { name: '開発部' })

    expect(body).to.include({ full_name: '開発部', code: null, parent: null })
  })

  it('go down ten levels and not in circles', async () => {
    let parent: unknown = (await named('本社')).id
    const head = parent
    for (let level = 2; level <= 10; level += 1) {
      const { status, body } = await world.post('/departments', { name: `階層${level}`, parent_id: parent })
      expect(status).to.equal(201)
      parent = body.id
    }
    const eleventh = await world.post('/departments', { name: '階層11', parent_id: parent })
    expect([eleventh.status, fields(eleventh.body)]).to.deep.equal([400, ['parent_id']])

    const circle = await world.patch(`/departments/${String(head)}`, { parent_id: parent })
    expect([circle.status, fields(circle.body)]).to.deep.equal([400, ['parent_id']])
  })

  it('leave the list when discontinued, and the slot of their people empty', async () => {
    const sales = await named('営業部')
    const id = String(sales.id)
    const discontinue = (date: string) => world.post(`/departments/${id}/discontinue`, { discontinued_date: date })
    expect(fields((await discontinue('2999-01-01')).body)).to.deep.equal(['discontinued_date'])
    expect((await discontinue('2020-03-31')).status).to.equal(400)
    const section = (sales.children as Json[])[0]
    await world.delete(`/departments/${String(section?.id)}`)
    const [person] = (await world.get(`/crews?department_id=${id}`)).body
    expect((await discontinue('2020-03-31')).status).to.equal(204)

    expect((await all()).map(department => department.id)).not.to.include(id)
    expect((await world.get(`/crews/${String(person?.id)}`)).body).to.deep.include({
      departments: [null],
      department: null,
    })
  })

  it('hold each employment type on its crews, with a preset name that only the screen changes', async () => {
    const types = (await world.get('/employment_types?per_page=100')).body
    const regular = types.find(type => type.name === '正社員')
    const refused = await world.patch(`/employment_types/${String(regular?.id)}`, { name: '総合職' })
    expect([refused.status, fields(refused.body)]).to.deep.equal([400, ['name']])
    expect((await world.patch(`/employment_types/${String(regular?.id)}`, { code: '99' })).status).to.equal(200)
    const carried = async () =>
      (await world.get('/crews?per_page=100')).body.flatMap(crew => {
        const type = crew.employment_type as Json | null
        return type ? [`${String(type.name)} ${String(type.preset_type)}`] : []
      })
    for (const { name } of types) expect((await carried()).join()).to.include(String(name))

    await world.switches({ renameEmploymentType: { from: '正社員', to: '総合職' } })
    expect(await carried()).to.include('総合職 full_timer')
    expect(await carried()).not.to.include('正社員 full_timer')
  })
})
