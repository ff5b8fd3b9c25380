import { expect } from 'chai'
import { seedPeople } from '../../sandbox/smarthr/seed.js'
import {
  AOZORA,
  IDENTIFIER,
  idsOf,
  MIDORI,
  startMoneyForwardWorld,
  type Answer,
  type MoneyForwardWorld,
} from './money-forward.world.js'

const LATEST = 'pr_202611'
const UNKNOWN = '00000000-0000-4000-8000-000000000000'

const said = ({ status, body }: Answer) => `${status} ${String(body.id)}`

describe("クラウド給与's stand-in", () => {
  let world: MoneyForwardWorld
  before(async () => {
    world = await startMoneyForwardWorld()
  })
  after(() => world.close())
  beforeEach(async () => {
    await world.reset()
    await world.limits({ enabled: false })
  })

  it('tells the name behind an API KEY, for each of two offices', async () => {
    expect((await world.get(`/offices/${MIDORI}`)).body).to.deep.equal({
      office: { name: '株式会社みどり商会', office_api_key: MIDORI },
    })
    expect((await world.get(`/offices/${AOZORA}`)).body.office).to.include({ name: '青空工業株式会社' })
  })

  describe('payroll runs', () => {
    it('come by type and state, drafts and calculated ones too', async () => {
      const list = (query: Record<string, string>) => world.get(`/offices/${MIDORI}/payrolls`, query)
      expect(idsOf(await list({ payment_type: 'salary', state: 'finalized' }))).to.deep.equal(['pr_202610', LATEST])
      expect(idsOf(await list({ payment_type: 'bonus', state: 'finalized' }))).to.deep.equal(['pr_202607b'])
      expect(idsOf(await list({ state: 'draft' }))).to.deep.equal(['pr_202612'])
      expect(idsOf(await list({ state: 'calculated' }))).to.deep.equal(['pr_202611c'])

      const { body } = await list({})
      expect(body.total_count).to.equal(5)
      expect((body.payrolls as object[])[2]).to.deep.equal({
        id: LATEST,
        payment_type: 'salary',
        state: 'finalized',
        paid_on: '2026-11-25',
        period_start_on: '2026-10-01',
        period_end_on: '2026-10-31',
        employees_count: 35,
        finalized_at: '2026-11-17T10:00:00+09:00',
      })
    })

    it('come in pages', async () => {
      const page = async (number: number) =>
        idsOf(await world.get(`/offices/${MIDORI}/payrolls`, { page: String(number), per_page: '2' }))
      expect([await page(1), await page(3), await page(4)]).to.deep.equal([
        ['pr_202607b', 'pr_202610'],
        ['pr_202612'],
        [],
      ])
    })

    it('are shown one by one when finalized', async () => {
      const one = (run: string, key = MIDORI) => world.get(`/offices/${key}/payrolls/${run}`)
      expect((await one(LATEST)).body.payroll).to.include({ id: LATEST, employees_count: 35 })
      for (const run of ['pr_202612', 'pr_202611c', 'pr_none']) {
        expect(said(await one(run)), run).to.equal('404 payroll_not_found')
        expect(said(await one(`${run}/payslips`)), run).to.equal('404 payroll_not_found')
      }
      expect(said(await one(LATEST, AOZORA)), 'of another office').to.equal('404 payroll_not_found')
    })
  })

  describe('payslips', () => {
    it('belong to people whom SmartHR knows by 社員番号, but for two', async () => {
      const codes = new Set(seedPeople.map(person => person.code))
      const { rows } = await world.payslips(LATEST)

      expect(rows.map(row => row.employee_code).filter(code => !codes.has(code))).to.deep.equal(['1001', '9001'])
      expect(rows[0]).to.include({ employee_code: '001001', memo: '' })
      expect((await world.payslips('pr_202610')).rows.map(row => row.employee_code)).to.deep.equal(
        seedPeople.slice(0, 5).map(person => person.code),
      )
    })

    it('hold every special case once', async () => {
      const { of } = await world.payslips(LATEST)
      expect(of('001002')?.memo).to.equal('通勤手当を変更しました。')
      expect(of('001003')?.memo.split('\n')).to.have.length(5)
      expect(of('001004')?.named).to.include({ 住民税: '0' })
      expect(of('001005')?.named).to.include({ 所得税: '-12000' })
      expect(of('001006')?.named).to.include({ 欠勤控除: '-8000' })
      expect(of('001007')?.named).to.include({ 残業時間: '25:30' })
      expect(of('001008')?.named).to.include({ 残業時間: '12:30' })
      expect(of('001009')?.named).to.include({ 役職手当: '' })
    })

    it('come with the items of the run, one of them new, some with the suffix of their kind', async () => {
      const { items } = await world.payslips(LATEST)
      const names = items.map(item => item.name)
      expect(items[2]).to.deep.equal({
        id: 'a3',
        kind: 'attendance',
        name: '残業時間',
        unit: 'hours',
        numeral_system: 'sexagesimal',
      })
      expect(names).to.include.members(['通勤手当(支給)', '社宅費(控除)', '扶養人数'])
      const before = (await world.payslips('pr_202610')).items.map(item => item.name)
      expect(names.filter(name => !before.includes(name))).to.deep.equal(['在宅勤務手当'])
    })

    it('add up, in every run', async () => {
      for (const [run, key] of [
        [LATEST, MIDORI],
        ['pr_202610', MIDORI],
        ['pr_202607b', MIDORI],
        ['pr_a_202611', AOZORA],
      ] as const) {
        const { items, rows } = await world.payslips(run, key)
        expect(rows.length, run).to.be.greaterThan(4)
        for (const { employee_code: code, named } of rows) {
          const sum = (kind: string) =>
            items.filter(item => item.kind === kind).reduce((total, item) => total + Number(named[item.name]), 0)
          expect([named.支給合計, named.控除合計, named.差引支給額].map(Number), `${run} ${code}`).to.deep.equal([
            sum('payment'),
            sum('deduction'),
            sum('payment') - sum('deduction'),
          ])
        }
      }
    })

    it('come in pages of at most 100, with the items on each', async () => {
      const page = async (query: Record<string, string>) => {
        const { body } = await world.get(`/offices/${AOZORA}/payrolls/pr_a_202611/payslips`, query)
        expect(body.total_count).to.equal(125)
        expect(body.items).to.be.an('array').that.is.not.empty
        return (body.payslips as { employee_code: string }[]).map(row => row.employee_code)
      }
      const all = [...(await page({})), ...(await page({ page: '2' }))]
      expect(new Set(all).size).to.equal(125)
      expect(await page({ page: '2' })).to.have.length(25)
      expect(await page({ page: '3' })).to.deep.equal([])
      expect(await page({ page: '5', per_page: '30' })).to.have.length(5)
    })
  })

  describe('refuses', () => {
    const office = `/offices/${MIDORI}`

    it('a missing or unknown identifier', async () => {
      for (const identifier of ['', UNKNOWN])
        expect(said(await world.get(office, { identifier }))).to.equal('401 invalid_identifier')
    })

    it('an unknown API KEY', async () => {
      const answer = await world.get(`/offices/${UNKNOWN}/payrolls`)
      expect(said(answer)).to.equal('404 office_not_found')
      expect(answer.body).to.have.all.keys('id', 'message')
    })

    it('parameters that make no sense', async () => {
      const senseless: Record<string, string>[] = [
        { payment_type: 'gift' },
        { state: 'done' },
        { page: '0' },
        { per_page: '101' },
        { page: 'x' },
      ]
      for (const query of senseless)
        expect(said(await world.get(`${office}/payrolls`, query))).to.equal('422 invalid_parameter')
    })

    it('the 61st call of a minute with one API KEY, and says when to come back', async () => {
      await world.limits({ enabled: true })
      for (let call = 0; call < 60; call += 1) expect((await world.get(office)).status).to.equal(200)
      const answer = await world.get(office)

      expect(said(answer)).to.equal('429 too_many_requests')
      expect(Number(answer.headers.get('retry-after'))).to.be.within(1, 60)
      expect((await world.get(`/offices/${AOZORA}`)).status, 'the other office').to.equal(200)
    })

    it('what it has no such thing of', async () => {
      expect(said(await world.get('/employees'))).to.equal('404 not_found')
      expect((await world.limits({ perHour: 5 })).error).to.match(/has no limit perHour=5/)
    })
  })

  it('keeps identifier and API KEY out of the log of requests and out of its state', async () => {
    await world.get(`/offices/${MIDORI}/payrolls`)
    await world.control('PUT', '/record', { responses: true })
    await world.get(`/offices/${MIDORI}`)
    const log = JSON.stringify(await world.control('GET', '/requests?service=money-forward'))
    const state = JSON.stringify(await world.control('GET', '/state?service=money-forward'))

    expect(log).to.include('/api/v2/offices/***/payrolls')
    for (const secret of [IDENTIFIER, MIDORI]) expect(log + state).not.to.include(secret)
  })
})
