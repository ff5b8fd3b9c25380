import { expect } from 'chai'
import { madeUpPeople } from '../../sandbox/people.js'
import { idsOf, MIDORI, startMoneyForwardWorld, type Json, type MoneyForwardWorld } from './money-forward.world.js'

const LATEST = 'pr_202611'

describe("クラウド給与's stand-in under control", () => {
  let world: MoneyForwardWorld
  before(async () => {
    world = await startMoneyForwardWorld()
  })
  after(() => world.close())
  beforeEach(async () => {
    await world.reset()
    await world.limits({ enabled: false })
  })

  const finalized = async () => idsOf(await world.get(`/offices/${MIDORI}/payrolls`, { state: 'finalized' }))

  it('refuses whoever it is told to refuse', async () => {
    for (const [name, status, id] of [
      ['refuseIdentifier', 401, 'invalid_identifier'],
      ['refuseIp', 403, 'ip_not_allowed'],
      ['maintenance', 503, 'maintenance'],
    ] as const) {
      await world.switches({ [name]: true })
      const answer = await world.get(`/offices/${MIDORI}`)
      expect([answer.status, answer.body.id]).to.deep.equal([status, id])
      await world.switches({ [name]: false })
    }
    expect((await world.get(`/offices/${MIDORI}`)).status).to.equal(200)
  })

  it('takes a finalization back, finalizes, and forgets a run', async () => {
    await world.switches({ unfinalize: LATEST, finalize: 'pr_202612', removeRun: 'pr_202610' })
    expect(await finalized()).to.deep.equal(['pr_202607b', 'pr_202612'])
    expect((await world.get(`/offices/${MIDORI}/payrolls/${LATEST}/payslips`)).body.id).to.equal('payroll_not_found')
  })

  it('renames an item and changes a value, and the totals follow', async () => {
    const before = (await world.payslips(LATEST)).of('001001')?.named ?? {}
    await world.switches({
      renameItem: { run: LATEST, from: '基本給', to: '月給' },
      changeValue: { run: LATEST, employee_code: '001001', item: '通勤手当(支給)', value: '13000' },
    })
    const after = (await world.payslips(LATEST)).of('001001')?.named ?? {}

    expect(after).to.include({ 月給: before.基本給, '通勤手当(支給)': '13000' }).and.not.have.property('基本給')
    expect(Number(after.差引支給額) - Number(before.差引支給額)).to.equal(1000)
  })

  it('takes a whole run, in the place of another with the same id', async () => {
    const aRun = (value: string): Json => ({
      id: 'pr_test',
      payment_type: 'salary',
      paid_on: '2026-12-25',
      period_start_on: '2026-11-01',
      period_end_on: '2026-11-30',
      items: [{ id: 'x', kind: 'total', name: '差引支給額' }],
      payslips: [{ employee_code: 'T1', employee_name: '見本 太郎', memo: '', values: { x: value } }],
    })
    await world.switches({ addRun: aRun('1') })
    await world.switches({ addRun: aRun('2') })

    expect((await finalized()).filter(id => id === 'pr_test')).to.have.length(1)
    expect((await world.payslips('pr_test')).of('T1')?.named).to.deep.equal({ 差引支給額: '2' })
  })

  it('issues the API KEY anew: the old one is unknown', async () => {
    const apiKey = '11111111-2222-4333-8444-555555555555'
    await world.switches({ apiKey })
    expect((await world.get(`/offices/${MIDORI}`)).body.id).to.equal('office_not_found')
    expect((await world.get(`/offices/${apiKey}`)).status).to.equal(200)
  })

  it('pays exactly the people given', async () => {
    await world.control('POST', '/populate', {
      service: 'smarthr',
      with: 'money-forward',
      employees: 130,
      seed: 5,
      overlap: 1,
    })
    const { body } = await world.get(`/offices/${MIDORI}/payrolls/${LATEST}/payslips`, { page: '2' })

    const people = madeUpPeople({ count: 130, seed: 5 })
    expect(body.total_count).to.equal(130)
    expect((body.payslips as Json[]).map(row => row.employee_code)).to.deep.equal(
      people.slice(100).map(person => person.code),
    )
  })

  it('says what it does not understand, and changes nothing then', async () => {
    for (const wrong of [
      { nonsense: true },
      { refuseIp: 'yes' },
      { finalize: 'pr_none' },
      { renameItem: { run: LATEST, from: 'なし', to: 'x' } },
      { changeValue: { run: LATEST, employee_code: 'nobody', item: '基本給', value: '1' } },
      { addRun: { id: 'pr_test' } },
      { apiKey: 'short' },
      { employees: [{ code: '1' }] },
    ]) {
      const { error } = await world.switches({ removeRun: LATEST, ...wrong })
      expect(error, JSON.stringify(wrong)).to.match(/^Unknown Money Forward switch or value: /)
    }
    expect(await finalized()).to.include(LATEST)
  })

  it('is the same after every reset', async () => {
    const before = await world.offices()
    await world.switches({ removeRun: LATEST, employees: [{ employee_code: '1' }] })
    await world.connect({ subdomain: 'midori', access_token: 'x' })
    await world.reset()
    expect(await world.offices()).to.deep.equal(before)
  })
})
