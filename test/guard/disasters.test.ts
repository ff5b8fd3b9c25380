import { expect } from 'chai'
import type { Values } from '../../server/contract/contract.js'
import {
  createCompany,
  crewOf,
  flowNamed,
  inService,
  planned,
  succeeded,
  type Company,
  type Listed,
} from './company.js'

const PEOPLE = 180
const OUT = 'employees-from-smarthr'
const IN = 'employees-to-smarthr'

/** Everybody as SmartHR has them; then as `changed` makes of them. */
const crews = (changed: (values: Values, index: number) => Values = values => values, count = PEOPLE): Values[] =>
  Array.from({ length: count }, (_, index) => changed(crewOf(index), index))

/** By number, or by address where that is the key. */
const listed = (people: readonly Values[], side: string, key = 'emp_code'): Listed[] =>
  people.map((values, index) => ({ id: `${side}${index}`, key: String(crewOf(index)[key]), values }))

/** Twelve ways in which a good plan goes wrong. Each is a plan of the real planner, with the real mapping of a service. */
describe('the guard on dangerous changes', () => {
  let company: Company
  before(async () => {
    company = await createCompany()
  })
  after(() => company.close())

  /** From SmartHR to a service that had the same; what SmartHR says was spoilt. */
  const fromSmarthr = async (
    connector: string,
    spoilt: (values: Values, index: number) => Values,
    { key = 'emp_code', atOnce = false } = {},
  ) => {
    const flow = flowNamed(connector, OUT)
    return planned(company, {
      connectionId: await company.connected(connector),
      connector,
      flow: OUT,
      source: listed(crews(spoilt), 's', key),
      target: listed(
        crews().map(crew => inService(flow, crew)),
        't',
        key,
      ),
      atOnce,
    })
  }

  /** From a service to SmartHR; what the service says was spoilt. */
  const toSmarthr = async (
    connector: string,
    spoilt: (values: Values, index: number) => Values,
    { linked = false, people = PEOPLE, before = 0 } = {},
  ) => {
    const flow = flowNamed(connector, IN)
    const connectionId = await company.connected(connector)
    if (before > 0) await succeeded(company, { connectionId, connector, flow: IN, listed: before })
    return planned(company, {
      connectionId,
      connector,
      flow: IN,
      source: listed(
        crews(undefined, people).map((crew, index) => spoilt(inService(flow, crew), index)),
        's',
      ),
      target: listed(crews(), 't'),
      links: linked ? Array.from({ length: people }, (_, index) => [`t${index}`, `s${index}`] as const) : [],
    })
  }

  const rules = ({ fired }: Awaited<ReturnType<typeof planned>>) => fired.map(({ rule }) => rule)

  it('asks nothing about a month in which three of 180 people have married and five have moved', async () => {
    const married = (values: Values, index: number): Values =>
      index < 3 ? { ...values, last_name: '新姓', last_name_yomi: 'シンセイ' } : values
    const month = await fromSmarthr('freee', (values, index) => {
      const crew = married(values, index)
      return index >= 3 && index < 8 ? { ...crew, tel_number: `03-9999-000${index}` } : crew
    })

    expect(month.selected).to.equal(8)
    expect(rules(month)).to.deep.equal([])
  })

  it('stops a shifted column: each name stands one column further to the right', async () => {
    const plan = await toSmarthr('freee', values => ({
      ...values,
      'profile_rule.first_name': values['profile_rule.last_name'] ?? null,
      'profile_rule.last_name_kana': values['profile_rule.first_name_kana'] ?? null,
      'profile_rule.first_name_kana': values['profile_rule.last_name_kana'] ?? null,
    }))

    expect(plan.selected).to.equal(PEOPLE)
    expect(rules(plan)).to.include.members(['sensitive', 'updates'])
  })

  it('stops a blank export: dates, positions and sexes are gone', async () => {
    const plan = await fromSmarthr(
      'mikiwame',
      values => ({ ...values, birth_at: null, entered_at: null, gender: null, 'positions.0.name': null }),
      { key: 'email' },
    )

    expect(plan.selected).to.equal(PEOPLE)
    expect(rules(plan)).to.include.members(['sensitive', 'blank', 'updates'])
  })

  it('stops the wrong 事業所: the numbers are the same, the people are others', async () => {
    const flow = flowNamed('freee', IN)
    const plan = await toSmarthr('freee', (values, index) => ({
      ...inService(flow, crewOf(index + 137)),
      num: values.num ?? null,
    }))

    expect(plan.selected).to.equal(PEOPLE)
    expect(rules(plan)).to.include.members(['sensitive', 'updates'])
  })

  it('stops another number format: 社員番号 without its zeros in a field that is no key', async () => {
    const plan = await fromSmarthr('mikiwame', values => ({ ...values, emp_code: String(Number(values.emp_code)) }), {
      key: 'email',
    })

    expect(plan.selected).to.equal(PEOPLE)
    expect(rules(plan)).to.include.members(['sensitive', 'updates'])
  })

  it('stops swapped family and given names', async () => {
    const plan = await toSmarthr('pca', values => ({
      ...values,
      LastName: values.FirstName ?? null,
      FirstName: values.LastName ?? null,
    }))

    expect(plan.selected).to.equal(PEOPLE)
    expect(rules(plan)).to.include.members(['sensitive', 'updates'])
  })

  it('stops lost zeros in bank codes: what can be filled up is no change, what a sheet filled up wrongly is asked about', async () => {
    const bare = await toSmarthr('freee', values => ({
      ...values,
      'bank_account_rule.bank_code': String(Number(values['bank_account_rule.bank_code'])),
      'bank_account_rule.branch_code': String(Number(values['bank_account_rule.branch_code'])),
    }))
    const wrong = await toSmarthr('freee', (values, index) => ({
      ...values,
      ...(index < 16 && {
        'bank_account_rule.bank_code': String(Number(values['bank_account_rule.bank_code'])).padEnd(4, '0'),
      }),
    }))

    expect(bare.selected).to.equal(0)
    expect(wrong.selected).to.equal(16)
    expect(wrong.fired).to.deep.equal([{ rule: 'sensitive', people: 16, most: 9, fields: { 'bank-code': 16 } }])
  })

  it('stops everyone into one department', async () => {
    const plan = await fromSmarthr(
      'mikiwame',
      (values, index) =>
        index % 4 === 0 ? { ...values, 'departments.0.code': 'D01', 'departments.0.name': '第2部' } : values,
      { key: 'email' },
    )

    expect(plan.selected).to.equal(PEOPLE / 4)
    expect(rules(plan)).to.deep.equal(['same'])
  })

  it('stops leaving dates for all', async () => {
    const plan = await toSmarthr('king-of-time', values => ({ ...values, resignationDate: '2026-12-31' }))

    expect(plan.selected).to.equal(PEOPLE)
    expect(rules(plan)).to.include.members(['sensitive', 'updates'])
  })

  it('stops an emptied name, also of a run by one click', async () => {
    const plan = await fromSmarthr(
      'mikiwame',
      (values, index) => (index < 16 ? { ...values, first_name: null } : values),
      { key: 'email', atOnce: true },
    )

    expect(rules(plan)).to.deep.equal(['sensitive', 'blank'])
    const stored = await company.inTenant(company.tenantId, ({ runs }) => runs.find(plan.runId))
    expect(stored).to.include({ state: 'ready', atOnce: true, queuedAt: null })
  })

  it('stops half a listing, whatever little changes in it', async () => {
    const changed = (values: Values, index: number): Values => (index === 0 ? { ...values, LastName: '新姓' } : values)
    const half = await toSmarthr('pca', changed, { people: PEOPLE / 2, before: PEOPLE })
    const whole = await toSmarthr('pca', changed, { before: PEOPLE })

    expect(half.selected).to.equal(1)
    expect(half.fired).to.deep.equal([{ rule: 'fewer', people: PEOPLE / 2, most: 20, before: PEOPLE }])
    expect(whole.selected).to.equal(1)
    expect(whole.fired).to.deep.equal([])
  })

  it('stops doubled numbers: every second person has the number of the one before', async () => {
    const plan = await toSmarthr(
      'freee',
      (values, index) => ({ ...values, num: crewOf(index - (index % 2)).emp_code ?? null }),
      { linked: true },
    )

    expect(plan.selected).to.equal(PEOPLE / 2)
    expect(rules(plan)).to.include.members(['sensitive', 'updates'])
  })

  it('stops a month rule that is off by one: the pay of the month before comes back for four in ten', async () => {
    const plan = await toSmarthr('freee', (values, index) => ({
      ...values,
      ...(index % 10 < 4 && {
        'health_insurance_rule.standard_monthly_remuneration': 180_000,
        'welfare_pension_insurance_rule.standard_monthly_remuneration': 180_000,
      }),
    }))

    expect(plan.selected).to.be.greaterThan(PEOPLE * 0.3)
    expect(rules(plan)).to.include.members(['updates', 'same'])
  })

  it('sees two people swap their accounts, and nothing in two who change theirs', async () => {
    const account = (of: number): Values => {
      const values = inService(flowNamed('freee', IN), crewOf(of))
      return Object.fromEntries(Object.entries(values).filter(([path]) => path.startsWith('bank_account_rule.')))
    }
    const swap = await toSmarthr('freee', (values, index) =>
      index < 2 ? { ...values, ...account(1 - index) } : values,
    )
    const change = await toSmarthr('freee', (values, index) =>
      index < 2 ? { ...values, ...account(index + 50) } : values,
    )

    expect(swap.fired).to.deep.equal([{ rule: 'swap', people: 1, most: 0, fields: { account: 1 } }])
    expect(change.selected).to.equal(2)
    expect(change.fired).to.deep.equal([])
  })

  it('asks about a first run of more than 50 updates', async () => {
    const phones =
      (count: number) =>
      (values: Values, index: number): Values =>
        index < count ? { ...values, tel_number: `03-${String(5000 + index)}-0000` } : values
    const [fifty, one] = [await fromSmarthr('freee', phones(50)), await fromSmarthr('freee', phones(51))]

    expect(fifty.fired).to.deep.equal([])
    expect(one.fired).to.deep.equal([{ rule: 'first', people: 51, most: 50 }])
  })
})
