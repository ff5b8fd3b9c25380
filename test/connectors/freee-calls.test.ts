import { expect } from 'chai'
import type { Directory, Person, Values } from '../../server/contract/contract.js'
import { startWorld, type LoggedCall, type World } from '../helpers/world.js'
import { toSelection } from '../helpers/walking.js'

const AS_OF = '2026-11-20'
/** The day a write is executed; freee stores it for this month, whatever day was looked at (freee §5.2). */
const TODAY = '2026-12-03'
const NAMES = ['last_name', 'first_name', 'last_name_kana', 'first_name_kana']

describe('freee employees: which calls are made', () => {
  let world: World
  let people: Directory<Person>
  let listed: Person[]
  let settings: Values
  let taken = 0

  before(async () => {
    world = await startWorld()
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'freee', employees: 230, overlap: 1 })
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    const { rows } = await world.container.ownerPool.query<{ tenant_id: string }>('select tenant_id from runs')
    const run = await world.run(rows[0]?.tenant_id ?? '', runId)
    const sides = await world.container.openSides(run)
    people = sides.target as Directory<Person>
    settings = sides.onCreate
    listed = await all()
  })
  after(() => world.close())

  const all = async () => {
    const found: Person[] = []
    for await (const page of people.list(AS_OF)) found.push(...page.people)
    return found
  }
  const callsOf = async (work: () => Promise<unknown>): Promise<LoggedCall[]> => {
    const before = (await world.calls('freee')).length
    await work()
    return (await world.calls('freee')).slice(before)
  }
  /** Somebody nobody else in this file touches. */
  const somebody = (): Person => {
    const person = listed.filter(one => !one.excluded && one.values.birth_date)[taken++]
    if (!person) throw new Error('nobody is left')
    return person
  }
  const update = (person: Person, set: Values, current: Values = person.values) =>
    callsOf(() => people.update({ id: person.id, set, current, today: TODAY }))
  const paths = (calls: readonly LoggedCall[]) =>
    calls.map(call => `${call.method} ${call.path.replace(/^.*\/api\/v1/, '').replace(/\/\d+/, '/{id}')}`)
  const sent = (call: LoggedCall | undefined, key: string) => (call?.body as Record<string, Values>)[key] ?? {}

  it('lists the month of the reference date in full pages, those outside payroll too', async () => {
    const calls = await callsOf(all)

    expect(calls).to.have.length(Math.ceil((listed.length - 1) / 99))
    calls.forEach(({ query }, index) => {
      expect(query).to.include({ year: '2026', month: '11', limit: '100', with_no_payroll_calculation: 'true' })
      // Each page begins with the last one of the page before.
      expect(query.offset).to.equal(String(index * 99))
    })
  })

  it('tells why somebody outside payroll takes no part', async () => {
    const employee = { id: 7, num: '7', display_name: '役員 一', entry_date: null, retire_date: null }
    const body = { employees: [{ ...employee, payroll_calculation: false, profile_rule: null }], total_count: 1 }
    await world.control('POST', '/faults', { service: 'freee', method: 'GET', times: 1, status: 200, body })
    const [person] = await all()

    expect(person).to.include({ id: '7', name: '役員 一' })
    expect(person?.excluded).to.include('給与計算対象外')
  })

  it('re-reads one person by one call, and people of one page by one call', async () => {
    const [first, second, third] = listed.slice(100)
    const one = await callsOf(() => people.reread([first?.id ?? ''], AS_OF, 1))
    const three = await callsOf(() =>
      people.reread(
        [first, second, third].map(one => one?.id ?? ''),
        AS_OF,
        1,
      ),
    )

    expect(paths(one)).to.deep.equal(['GET /employees/{id}'])
    expect(paths(three)).to.deep.equal(['GET /employees'])
    expect(three[0]?.query).to.include({ offset: '100' })
  })

  it('sends nothing that has nothing to say', async () => {
    expect(await update(somebody(), {})).to.deep.equal([])
  })

  it('changes a phone number by one call, with the names that freee wants beside it', async () => {
    const person = somebody()
    const calls = await update(person, { 'profile_rule.phone1': '099' })

    expect(paths(calls)).to.deep.equal(['PUT /employees/{id}/profile_rule'])
    expect(sent(calls[0], 'employee_profile_rule')).to.deep.equal({
      ...Object.fromEntries(NAMES.map(name => [name, person.values[`profile_rule.${name}`]])),
      phone1: '099',
    })
  })

  it('writes to the month in which it is executed', async () => {
    const calls = await update(somebody(), { 'profile_rule.title': '部長', base_pension_num: '1234567890' })

    expect(calls).to.have.length(2)
    for (const { body } of calls) expect(body).to.include({ year: 2026, month: 12 })
  })

  it("repeats 生年月日 and 入社日 in a change of the employee, and never names somebody's 締め日支払い日", async () => {
    const person = somebody()
    const calls = await update(person, { base_pension_num: '1234567890' })

    expect(paths(calls)).to.deep.equal(['PUT /employees/{id}'])
    expect(sent(calls[0], 'employee')).to.deep.equal({
      birth_date: person.values.birth_date,
      entry_date: person.values.entry_date,
      base_pension_num: '1234567890',
    })
  })

  it('opens and closes a 退職日', async () => {
    const person = somebody()
    await update(person, { retire_date: '2026-12-31' })
    const left = (await people.reread([person.id], AS_OF, 0)).get(person.id)
    expect(left?.employedUntil).to.equal('2026-12-31')

    await update(person, { retire_date: null })
    const back = (await people.reread([person.id], AS_OF, 0)).get(person.id)
    expect(back?.employedUntil).to.equal(null)
  })

  it('sends each insurance with the 標準報酬月額 freee asks for', async () => {
    const person = somebody()
    const pay = 'health_insurance_rule.standard_monthly_remuneration'
    const number = 'health_insurance_rule.reference_num'
    const kept = await update(person, { [number]: '77' }, { ...person.values, [pay]: 300_000 })
    const changed = await update(person, { [pay]: 320_000 }, { ...person.values, [number]: '77' })

    for (const calls of [kept, changed])
      expect(paths(calls)).to.deep.equal(['PUT /employees/{id}/health_insurance_rule'])
    expect(sent(kept[0], 'employee_health_insurance_rule')).to.deep.equal({
      reference_num: '77',
      standard_monthly_remuneration: 300_000,
    })
    expect(sent(changed[0], 'employee_health_insurance_rule')).to.deep.equal({
      reference_num: '77',
      standard_monthly_remuneration: 320_000,
    })
  })

  it('refuses an insurance whose 標準報酬月額 was erased since the plan, and says so', async () => {
    const person = somebody()
    for (const nobodyKnows of [null, 0]) {
      const current = { ...person.values, 'welfare_pension_insurance_rule.standard_monthly_remuneration': nobodyKnows }
      let told = ''
      const number = { 'welfare_pension_insurance_rule.reference_num': '77' }
      await update(person, number, current).catch((error: Error) => (told = error.message))
      expect(told).to.match(/^標準報酬月額がfreee人事労務から削除されたため/)
    }
  })

  const newcomer = (num: string): Values => ({
    ...somebody().values,
    num,
    'profile_rule.last_name': '新入',
    'profile_rule.first_name': `第${num}`,
    base_pension_num: '1234567890',
    retire_date: null,
  })

  it('registers somebody with the export settings, and leaves to updates only what is then missing', async () => {
    const values = newcomer('NEW-1')
    let created: Awaited<ReturnType<Directory['create']>> | undefined
    const [post, ...more] = await callsOf(async () => {
      created = await people.create({ ...values, ...settings }, TODAY)
    })

    expect(more).to.deep.equal([])
    expect(sent(post, 'employee')).to.include({ num: 'NEW-1', last_name: '新入', ...settings })
    expect(created?.left).to.include({ base_pension_num: '1234567890' })
    expect(created?.left).not.to.have.any.keys('num', 'birth_date', 'profile_rule.last_name', 'pay_amount')
  })

  it('finds a lost newcomer by number, 入社日 and name together', async () => {
    const values = newcomer('NEW-2')
    const { id } = await people.create({ ...values, ...settings }, TODAY)
    const asked = { ref: 'r', key: 'NEW-2', values, at: new Date() }

    expect((await people.findCreated([asked])).get('r')).to.deep.equal([id])
    const others = [
      { ...asked, ref: 'number', key: 'NEW-3' },
      { ...asked, ref: 'day', values: { ...values, entry_date: '2000-01-01' } },
      { ...asked, ref: 'name', values: { ...values, 'profile_rule.first_name': '別人' } },
    ]
    const calls = await callsOf(async () => expect((await people.findCreated(others)).size).to.equal(0))
    expect(calls.length, 'one walk for all').to.be.at.most(Math.ceil((listed.length + 20) / 100))
  })

  it('asks the company once for any number of people the month hides', async () => {
    const known: string[] = []
    for await (const chunk of people.everyone?.(AS_OF) ?? []) known.push(...chunk.map(one => one.id))
    const hidden = known.filter(id => !listed.some(person => person.id === id)).slice(0, 5)
    expect(hidden.length).to.be.greaterThan(1)

    await people.exists(hidden[0] ?? '')
    const calls = await callsOf(async () => {
      for (const id of hidden) expect(await people.exists(id)).to.equal(true)
    })
    expect(calls).to.deep.equal([])
    expect(await people.exists('999999')).to.equal(false)
  })
})
