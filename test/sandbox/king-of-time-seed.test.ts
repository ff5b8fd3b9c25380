import { expect } from 'chai'
import { seedPeople } from '../../sandbox/smarthr/seed.js'
import { cpuMs } from '../helpers/cpu.js'
import { createWorld, EVERY_FIELD, type Json, type World } from './king-of-time.world.js'

describe('King of Time stand-in, its data', () => {
  let world: World
  before(async () => {
    world = await createWorld()
  })
  after(() => world.close())
  beforeEach(() => world.reset())

  const crew = (position: number) => {
    const person = seedPeople[position]
    if (!person) throw new Error(`there is no person ${position}`)
    return person
  }
  const find = async (code: string) => (await world.state()).employees.find(employee => employee.code === code)

  it('has the people of SmartHR, most of them equal', async () => {
    expect(await find(crew(1).code)).to.deep.include({
      lastName: crew(1).lastName,
      firstName: crew(1).firstName,
      lastNamePhonetics: crew(1).lastNameKana,
      gender: crew(1).gender,
      birthDate: crew(1).birthDate,
      hiredDate: crew(1).entryDate,
      resignationDate: null,
      emailAddresses: [crew(1).email],
    })
    const { employees } = await world.state()
    const equal = seedPeople.filter(({ code, email, ...person }) => {
      const twin = employees.find(employee => employee.code === code)
      return (
        twin?.lastName === person.lastName &&
        twin.lastNamePhonetics === person.lastNameKana &&
        twin.gender === person.gender &&
        twin.hiredDate === person.entryDate &&
        twin.resignationDate === null &&
        String(twin.emailAddresses as unknown) === email
      )
    })
    expect(equal.length).to.be.within(12, 18)
  })

  it('has each special case once', async () => {
    expect((await find(crew(10).code))?.lastName).not.to.equal(crew(10).lastName)
    expect((await find(crew(11).code))?.lastNamePhonetics).to.match(/^[ｦ-ﾟ]+$/)
    expect(String((await find(crew(11).code))?.lastNamePhonetics).normalize('NFKC')).to.equal(crew(11).lastNameKana)
    expect((await find(crew(12).code))?.emailAddresses).to.have.lengthOf(2)
    expect((await find(crew(13).code))?.emailAddresses).to.equal(null)
    expect((await find(crew(14).code))?.resignationDate).to.equal('2026-11-20')
    expect((await find(crew(15).code))?.resignationDate).to.equal('2026-11-21')
    expect((await find(crew(16).code))?.hiredDate).to.equal('2026-12-20')
    expect((await find(crew(17).code))?.resignationDate).to.equal('2025-11-20')
    expect((await find(crew(18).code))?.gender).to.equal('no_selected')
    expect(await find(crew(20).code), 'with its zeros').to.equal(undefined)
    expect(await find(crew(20).code.replace(/^0+/, '')), 'without its zeros').to.be.an('object')
    for (const position of [21, 25, 35]) expect(await find(crew(position).code)).to.equal(undefined)
    for (const code of ['00103', 'A0004', '00108', '00110', '00118']) expect(await find(code)).to.be.an('object')
  })

  it('is the same after every reset, in each brand with keys of its own', async () => {
    const before = (await world.state()).employees
    await world.api('POST', '/employees', { body: {} })
    await world.employees([{ code: '1' }])
    await world.switches({ maintenance: true, divisions: [] })
    await world.reset()
    const after = await world.state()
    expect(after.employees).to.deep.equal(before)
    expect(after.switches).to.include({ maintenance: false, resignDay: 'in', putMode: 'partial' })

    const other = (await world.state('kinkakuji')).employees
    expect(other.map(({ code }) => code)).to.deep.equal(before.map(({ code }) => code))
    expect(other[0]?.key).not.to.equal(before[0]?.key)
  })

  it('keeps the brands apart', async () => {
    await world.employees([])
    expect((await world.state()).employees).to.deep.equal([])
    expect((await world.state('touch-on-time')).employees).not.to.deep.equal([])
  })

  it('employs made-up people on demand, and lets some differ', async () => {
    const body = { service: 'smarthr', with: 'king-of-time', employees: 40, overlap: 0.5 }
    expect((await world.control('POST', '/populate', body)).body).to.include({ 'king-of-time': 20 })
    const list = async () => (await world.api('GET', `/employees?additionalFields=${EVERY_FIELD}`)).body
    const before = await list()
    expect(before).to.have.lengthOf(20)
    expect(before[0]).to.include({ code: 'P000001', divisionName: '本社' })

    await world.switches({ differ: 6 })
    const changed = (await list()).filter((employee, at) => JSON.stringify(employee) !== JSON.stringify(before[at]))
    expect(changed).to.have.lengthOf(6)
  })

  it('gives ten thousand people in one answer within a second', async () => {
    await world.control('POST', '/populate', { service: 'king-of-time', with: 'kinkakuji', employees: 10_000 })
    const ms = await cpuMs(async () =>
      expect((await world.api('GET', `/employees?additionalFields=${EVERY_FIELD}`)).body).to.have.lengthOf(10_000),
    )
    expect(ms).to.be.below(1000)
  })

  it('takes masters, company and people from a test', async () => {
    await world.switches({
      divisions: [{ code: '9', name: '新宿', dayBorderTime: '00:00' }],
      workingTypes: [],
      company: { key: 'cmp-other' },
      employees: [{ code: '00101', key: 'k1', divisionCode: '9' }],
    })
    expect((await world.api('GET', '/divisions')).body).to.have.lengthOf(1)
    expect((await world.api('GET', '/working-types')).body).to.deep.equal([])
    expect((await world.api('GET', '/company')).body).to.include({ key: 'cmp-other', name: '株式会社みどり商会' })
    expect((await world.api('GET', '/employees/00101')).body).to.include({ key: 'k1', divisionName: '新宿' })
  })

  it('refuses switches it does not know, and changes nothing then', async () => {
    const wrong: Json[] = [
      { maintenance: true, unknown: 1 },
      { maintenance: true, resignDay: 'maybe' },
      { maintenance: true, windows: [['10:00', '09:00']] },
      { maintenance: true, employees: [{ lastName: '早川' }] },
      { maintenance: true, toString: true },
      { maintenance: true, reseed: false },
    ]
    for (const patch of wrong) expect((await world.switches(patch)).status, JSON.stringify(patch)).to.equal(400)
    expect((await world.state()).switches.maintenance).to.equal(false)
  })
})
