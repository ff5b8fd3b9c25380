import { expect } from 'chai'
import { createWorld, errorOf, EVERY_FIELD, type World } from './king-of-time.world.js'

describe('King of Time stand-in, reading', () => {
  let world: World
  before(async () => {
    world = await createWorld()
  })
  after(() => world.close())
  beforeEach(() => world.reset())

  it('shows the company and its masters', async () => {
    const company = await world.api('GET', '/company')
    expect(company.body).to.include({ key: 'cmp-midori', name: '株式会社みどり商会', host: 's2.kingtime.jp' })
    expect((await world.api('GET', '/divisions')).body).to.deep.equal([
      { code: '1000', name: '本社', dayBorderTime: '00:00' },
      { code: '2000', name: '大阪支店', dayBorderTime: '05:00' },
      { code: '3000', name: '倉庫', dayBorderTime: '00:00' },
    ])
    expect((await world.api('GET', '/working-types')).body).to.deep.equal([
      { code: '1', name: '正社員' },
      { code: '2', name: 'パート' },
      { code: '3', name: '役員' },
    ])
    expect((await world.api('GET', '/employee-groups')).body).to.deep.equal([])
    expect((await world.api('GET', '/administrators')).body).to.have.lengthOf(1)
  })

  it('gives kana, dates and addresses only when they are asked for, and leaves out what is blank', async () => {
    await world.employees([{ code: '00101', lastNamePhonetics: 'ミホン', hiredDate: '2018-04-01' }])

    const plain = await world.api('GET', '/employees/00101')
    expect(plain.body).to.have.all.keys(
      'key code lastName firstName gender divisionCode divisionName typeCode typeName employeeGroups'.split(' '),
    )
    const full = await world.api('GET', `/employees/00101?additionalFields=${EVERY_FIELD}`)
    expect(full.body).to.include({ lastNamePhonetics: 'ミホン', hiredDate: '2018-04-01', divisionName: '本社' })
    expect(full.body).not.to.have.any.keys('firstNamePhonetics', 'birthDate', 'resignationDate', 'emailAddresses')
    expect(full.body.key).to.match(/^[0-9a-f]{64}$/)
    expect(full.headers.get('content-type')).to.include('application/json')
  })

  it('ignores an unknown additional field, unless it is told to mind', async () => {
    await world.api('GET', '/employees?additionalFields=shoeSize').then(({ status }) => expect(status).to.equal(200))
    await world.switches({ additionalFieldsStrict: true })
    expect(errorOf(await world.api('GET', '/employees?additionalFields=hiredDate,shoeSize'))).to.include({
      status: 400,
    })
  })

  it('takes the code to the letter', async () => {
    await world.employees([{ code: 'A0004' }, { code: '00121' }])
    const missing = { status: 404, code: 200, message: 'Employee not found.' }
    expect((await world.api('GET', '/employees/A0004')).status).to.equal(200)
    expect(errorOf(await world.api('GET', '/employees/a0004'))).to.deep.equal(missing)
    expect(errorOf(await world.api('GET', '/employees/121'))).to.deep.equal(missing)
  })

  describe('for a date', () => {
    beforeEach(() =>
      world.employees([
        { code: 'today', hiredDate: '2026-11-20' },
        { code: 'tomorrow', hiredDate: '2026-11-21' },
        { code: 'left-yesterday', resignationDate: '2026-11-19' },
        { code: 'leaves-today', resignationDate: '2026-11-20' },
        { code: 'leaves-tomorrow', resignationDate: '2026-11-21' },
        { code: 'blank' },
        { code: 'deleted', deleted: true },
      ]),
    )

    it('lists who is employed, the last day included', async () => {
      expect(await world.codes('')).to.have.members(['today', 'leaves-today', 'leaves-tomorrow', 'blank'])
      expect(await world.codes('?date=2026-11-21&includeResigner=false')).to.have.members([
        'today',
        'tomorrow',
        'leaves-tomorrow',
        'blank',
      ])
    })

    it('leaves out the last day when it is told to', async () => {
      await world.switches({ resignDay: 'out' })
      expect(await world.codes('')).to.have.members(['today', 'leaves-tomorrow', 'blank'])
    })

    it('lists those who left before too on request, but not those who come later', async () => {
      const all = ['today', 'left-yesterday', 'leaves-today', 'leaves-tomorrow', 'blank']
      expect(await world.codes('?includeResigner=true')).to.have.members(all)
      await world.switches({ hideFuture: false })
      expect(await world.codes('?includeResigner=true')).to.have.members([...all, 'tomorrow'])
    })

    it('finds one person by the same rule', async () => {
      expect((await world.api('GET', '/employees/tomorrow')).status).to.equal(404)
      expect((await world.api('GET', '/employees/tomorrow?date=2027-11-20')).status).to.equal(200)
      expect((await world.api('GET', '/employees/left-yesterday')).status).to.equal(404)
      expect((await world.api('GET', '/employees/left-yesterday?includeResigner=true')).status).to.equal(200)
      expect((await world.api('GET', '/employees/deleted?includeResigner=true')).status).to.equal(404)
    })

    it('means today in Japan', async () => {
      await world.clock('2026-11-20T15:00:00Z')
      expect(await world.codes('')).to.include('tomorrow')
    })

    it('reaches three years back and one year ahead, both days included', async () => {
      for (const date of ['2023-11-20', '2027-11-20']) {
        expect((await world.api('GET', `/employees?date=${date}`)).status, date).to.equal(200)
      }
      for (const date of ['2023-11-19', '2027-11-21', '2026-02-30', '2026-11', '20261120']) {
        expect(errorOf(await world.api('GET', `/employees?date=${date}`)), date).to.include({ status: 400, code: 2 })
      }
      await world.clock('2028-02-29T12:00:00+09:00')
      expect((await world.api('GET', '/employees?date=2029-02-28')).status).to.equal(200)
      expect((await world.api('GET', '/employees?date=2029-03-01')).status).to.equal(400)
    })

    it('refuses what is neither true nor false', async () => {
      expect(errorOf(await world.api('GET', '/employees?includeResigner=1'))).to.include({ status: 400, code: 202 })
    })
  })

  it('filters by 所属コード exactly, and finds nobody in an unknown one', async () => {
    await world.employees([
      { code: '1', divisionCode: '1000' },
      { code: '2', divisionCode: '2000' },
    ])
    expect(await world.codes('?division=2000')).to.deep.equal(['2'])
    expect(await world.codes('?division=200')).to.deep.equal([])
  })

  it('lists by 所属, 雇用区分 and code, with leavers below', async () => {
    await world.switches({
      workingTypes: [
        { code: '9', name: '役員' },
        { code: '1', name: '正社員' },
      ],
      employees: [
        { code: 'f', resignationDate: '2027-01-31' },
        { code: 'e', divisionCode: '2000' },
        { code: 'd', typeCode: '1' },
        { code: 'c', typeCode: '1' },
        { code: 'g', typeCode: '9' },
      ],
    })
    expect(await world.codes('')).to.deep.equal(['g', 'c', 'd', 'e', 'f'])
  })

  it('may show an unset gender and seeded groups', async () => {
    await world.employees([{ code: '1', gender: 'no_selected', employeeGroups: [{ code: 'g1', name: '早番' }] }])
    const { body } = await world.api('GET', '/employees/1')
    expect(body.gender).to.equal('no_selected')
    expect(body.employeeGroups).to.deep.equal([{ code: 'g1', name: '早番' }])
  })

  it('answers 404 for a path it does not have', async () => {
    expect((await world.api('GET', '/schedule-requests')).status).to.equal(404)
  })
})
