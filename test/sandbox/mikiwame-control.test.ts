import { expect } from 'chai'
import { madeUpPeople } from '../../sandbox/people.js'
import { anEmployee, startMikiwameWorld, type Json, type MikiwameWorld } from './mikiwame.world.js'

interface State {
  companies: { name: string; divisions: Json[]; employees: Json[] }[]
}

describe("ミキワメ's stand-in under control", () => {
  let world: MikiwameWorld
  before(async () => {
    world = await startMikiwameWorld()
  })
  after(() => world.close())
  beforeEach(async () => {
    await world.control('POST', '/reset')
  })

  const state = async () => (await world.control('GET', '/state?service=mikiwame')) as State

  it('shows both companies without their tokens, and is the same after every reset', async () => {
    const before = await state()
    expect(before.companies.map(company => company.name)).to.deep.equal(['株式会社みどり商会', '青空工業株式会社'])
    expect(JSON.stringify(before)).not.to.include('renkei-demo')
    await world.switches({ departments: [], employees: [], maintenance: true })
    expect((await state()).companies[0]?.employees).to.deep.equal([])
    await world.control('POST', '/reset')

    expect(await state()).to.deep.equal(before)
  })

  it('employs exactly the people given', async () => {
    const people = madeUpPeople({ count: 30, seed: 5 })
    const answer = await world.control('POST', '/populate', {
      service: 'smarthr',
      with: 'mikiwame',
      employees: 30,
      seed: 5,
      overlap: 1,
    })
    expect(answer).to.include({ smarthr: 30, mikiwame: 30 })

    const employees = (await state()).companies[0]?.employees ?? []
    expect(employees.map(employee => employee.email)).to.deep.equal(people.map(person => person.email))
    const sales = people.findIndex(person => person.department === '営業部')
    expect(employees[sales]).to.include({ division_code: 'A001', employment_type: '正社員', retired: false })
  })

  it('lets a test replace departments and employees, also by what the API would refuse', async () => {
    const departments = [
      { code: 'A001', name: '営業部' },
      { code: 'A010', name: '営業部', parent_code: 'A001' },
    ]
    const { error: none } = await world.switches({ departments, employees: [anEmployee(), { email: '002@aaa.com' }] })
    expect(none).to.equal(undefined)
    expect((await world.divisions()).map(({ code, parent_code: parent }) => [code, parent])).to.deep.equal([
      ['A001', null],
      ['A010', 'A001'],
    ])
    expect((await world.employees('?email=002@aaa.com'))[0]).to.include({ last_name: '', retired: false, gender: null })
  })

  it('says what it does not understand, and changes nothing then', async () => {
    const wrong = async (patch: Json) => (await world.switches(patch)).error
    expect(await wrong({ departments: [], nonsense: true })).to.equal(`ミキワメ's stand-in has no switch "nonsense"`)
    expect(await wrong({ maintenance: 'yes' })).to.equal('the switch "maintenance" is true or false')
    expect(await wrong({ departments: [], employees: [{ mail: 'x' }] })).to.equal('employees have no "mail"')

    expect(await world.divisions()).to.have.length(3)
  })

  it('misbehaves on demand: the write is kept and its answer lost', async () => {
    await world.control('POST', '/faults', {
      service: 'mikiwame',
      method: 'POST',
      path: '^/employees$',
      times: 1,
      status: 503,
      applyFirst: true,
    })
    const answer = await fetch(`${world.url}/mikiwame/employees`, {
      method: 'POST',
      headers: { authorization: 'Bearer renkei-demo-mikiwame', 'content-type': 'application/json' },
      body: JSON.stringify({ employee: anEmployee() }),
    })

    expect(answer.status).to.equal(503)
    expect(await world.employees('?email=001@aaa.com')).to.have.length(1)
  })

  it('keeps its token out of the log of requests', async () => {
    await world.get('/divisions')
    const log = JSON.stringify(await world.control('GET', '/requests?service=mikiwame'))

    expect(log).to.include('/divisions')
    expect(log).not.to.include('renkei-demo')
  })

  it('shows 部署管理 as a tree and 自社社員管理 in pages, harmless whatever they hold', async () => {
    const employees = Array.from({ length: 150 }, (_, index) => anEmployee({ email: `${index}@aaa.com` }))
    await world.switches({
      departments: [
        { code: 'A010', name: '<b>一課</b>', parent_code: 'A001' },
        { code: 'A001', name: '営業部' },
      ],
      employees: [...employees, anEmployee({ email: 'last@aaa.com', retired: true })],
    })
    const departments = await world.page('/admin/departments')
    expect(departments).to.include('<h1>部署管理 | ミキワメ</h1>').and.to.include('2件')
    expect(departments.indexOf('A001')).to.be.below(departments.indexOf('A010'))
    expect(departments).to.include('営業部（A001）').and.not.to.include('<b>一課')
    expect(await world.page('/admin/departments?company=co_2')).to.include('B001')

    const first = await world.page('/admin/employees')
    expect(first).to.include('151名（1/2ページ）').and.to.include('営業部（A001）').and.not.to.include('last@aaa.com')
    expect(await world.page('/admin/employees?page=2'))
      .to.include('last@aaa.com')
      .and.to.include('<td>退職者</td>')
  })
})
