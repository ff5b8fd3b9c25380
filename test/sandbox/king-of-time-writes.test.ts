import { expect } from 'chai'
import { aCreate, createWorld, errorOf, type Json, type World } from './king-of-time.world.js'

describe('King of Time stand-in, writing', () => {
  let world: World
  before(async () => {
    world = await createWorld()
  })
  after(() => world.close())
  beforeEach(() => world.reset())

  const create = (changes?: Json) => world.api('POST', '/employees', { body: aCreate(changes) })
  const update = (key: unknown, body: Json, query = '') =>
    world.api('PUT', `/employees/${String(key)}${query}`, { body })
  const allErrors = ({ body }: { body: Json }) => (body.errors as { message: string }[]).map(({ message }) => message)

  describe('a create', () => {
    it('makes the person, and its answer lacks the names of 所属 and 雇用区分', async () => {
      const { status, body } = await create({ emailAddresses: ['t.hayakawa@midori.example'], hiredDate: '2026-04-01' })
      expect(status).to.equal(201)
      expect(body).to.include({ code: '00310', divisionCode: '1000', hiredDate: '2026-04-01' })
      expect(body).not.to.have.any.keys('divisionName', 'typeName')
      expect((await world.api('GET', '/employees/00310')).body).to.include({ key: body.key, divisionName: '本社' })
    })

    it('answers with the names too when it is told to', async () => {
      await world.switches({ tersePost: false })
      expect((await create()).body).to.include({ divisionName: '本社', typeName: '正社員' })
    })

    it('needs its six properties and names each that is missing', async () => {
      const answer = await world.api('POST', '/employees', { body: {} })
      expect(answer.status).to.equal(400)
      expect(allErrors(answer)).to.have.members(
        ['divisionCode', 'typeCode', 'code', 'lastName', 'firstName', 'gender'].map(name => `${name} is invalid.`),
      )
    })

    for (const [what, changes, property] of [
      ['an unknown 所属', { divisionCode: '9999' }, 'divisionCode'],
      ['an unknown 雇用区分', { typeCode: '9' }, 'typeCode'],
      ['a code with other signs', { code: 'U-0001' }, 'code'],
      ['a code that is too long', { code: '1'.repeat(21) }, 'code'],
      ['a code that is a number', { code: 310 }, 'code'],
      ['a name of 51 characters', { lastName: '長'.repeat(51) }, 'lastName'],
      ['an unset gender', { gender: 'no_selected' }, 'gender'],
      ['addresses that are no list', { emailAddresses: 'a@midori.example' }, 'emailAddresses'],
      ['an address that is none', { emailAddresses: ['midori'] }, 'emailAddresses'],
    ] as const) {
      it(`refuses ${what}`, async () => {
        expect(errorOf(await create(changes))).to.deep.equal({
          status: 400,
          code: 202,
          message: `${property} is invalid.`,
        })
      })
    }

    it('refuses a malformed date with code 2', async () => {
      expect(errorOf(await create({ birthDate: '1999/12/03' }))).to.include({ status: 400, code: 2 })
    })

    it('refuses a code that somebody has, people who left included and deleted ones not', async () => {
      await world.employees([
        { code: '00310', resignationDate: '2020-03-31' },
        { code: '00311', deleted: true },
      ])
      const taken = { status: 400, code: 201, message: 'Code already exists.' }
      expect(errorOf(await create())).to.deep.equal(taken)
      expect((await create({ code: '00311' })).status).to.equal(201)
      expect((await create({ code: '310' })).status, 'without zeros it is another code').to.equal(201)
    })

    it('refuses what is no object', async () => {
      expect((await world.api('POST', '/employees', { body: [aCreate()] })).status).to.equal(400)
    })
  })

  describe('an update', () => {
    let key: unknown
    beforeEach(async () => {
      await world.employees([
        {
          code: '00102',
          lastName: '旧川',
          lastNamePhonetics: 'キュウカワ',
          hiredDate: '2018-04-01',
          resignationDate: '2026-12-31',
          emailAddresses: ['a@midori.example', 'reserve@midori.example'],
        },
        { code: '00103' },
      ])
      key = (await world.api('GET', '/employees/00102')).body.key
    })

    it('changes only what it names and answers with everything', async () => {
      const { status, body } = await update(key, { lastName: '新川' })
      expect(status).to.equal(200)
      expect(body).to.include({ key, lastName: '新川', lastNamePhonetics: 'キュウカワ', hiredDate: '2018-04-01' })
      expect(body).to.include({ divisionName: '本社', typeName: '正社員', resignationDate: '2026-12-31' })
    })

    it('clears what is sent empty, whether as text or as null', async () => {
      expect((await update(key, { resignationDate: '' })).body).not.to.have.property('resignationDate')
      expect((await update(key, { hiredDate: null })).body).not.to.have.property('hiredDate')
    })

    it('does not clear what is required', async () => {
      expect(errorOf(await update(key, { lastName: '' }))).to.include({ code: 202, message: 'lastName is invalid.' })
      expect(errorOf(await update(key, { gender: null }))).to.include({ code: 202, message: 'gender is invalid.' })
    })

    it('replaces the addresses as a whole', async () => {
      const { body } = await update(key, { emailAddresses: ['b@midori.example'] })
      expect(body.emailAddresses).to.deep.equal(['b@midori.example'])
    })

    it('takes the key and not the code', async () => {
      expect(errorOf(await update('00102', { lastName: '新川' }))).to.include({ status: 404, code: 200 })
    })

    it('keeps the key when the code changes, and refuses the code of somebody else', async () => {
      expect(errorOf(await update(key, { code: '00103' }))).to.include({ status: 400, code: 201 })
      expect((await update(key, { code: '00102' })).status).to.equal(200)
      expect((await update(key, { code: '00199' })).body).to.include({ key, code: '00199' })
    })

    it('changes nothing when one value is wrong', async () => {
      await update(key, { lastName: '新川', birthDate: 'yesterday' })
      expect((await world.api('GET', '/employees/00102')).body.lastName).to.equal('旧川')
    })

    it('needs the six properties when it is told to', async () => {
      await world.switches({ putMode: 'full' })
      expect(allErrors(await update(key, { lastName: '新川' }))).to.have.lengthOf(5)
      expect((await update(key, aCreate({ code: '00102' }))).status).to.equal(200)
    })

    it('is noted when it sends what only a create may send', async () => {
      await update(key, { divisionCode: '2000' })
      await update(key, { typeCode: '2', lastName: '新川' }, '?updateDate=2026-12-01')
      await update(key, { lastName: '古川' })
      const { violations } = await world.state()
      expect(violations.map(({ properties }) => properties)).to.deep.equal([
        ['divisionCode'],
        ['typeCode', 'updateDate'],
      ])
      expect(violations[0]).to.include({ employeeKey: key, putMode: 'partial' })
    })
  })

  it('deletes by key, and an administrator would still have the person', async () => {
    await world.employees([{ code: '00102' }])
    const { key } = (await world.api('GET', '/employees/00102')).body
    expect((await world.api('DELETE', '/employees/00102')).status).to.equal(404)
    expect((await world.api('DELETE', `/employees/${String(key)}`)).status).to.equal(204)
    expect((await world.api('GET', '/employees/00102?includeResigner=true')).status).to.equal(404)
    expect((await world.state()).employees).to.have.lengthOf(1)
  })

  it('writes first and breaks the line then, when a fault says so', async () => {
    const fault = {
      service: 'king-of-time',
      method: 'POST',
      path: '/employees$',
      times: 1,
      applyFirst: true,
      drop: true,
    }
    await world.control('POST', '/faults', fault)
    await create().then(
      () => expect.fail('the line should break'),
      () => undefined,
    )
    expect((await world.api('GET', '/employees/00310')).status).to.equal(200)
    expect(errorOf(await create())).to.include({ code: 201 })
  })
})
