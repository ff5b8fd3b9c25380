import { expect } from 'chai'
import { createFreee } from '../../sandbox/freee/index.js'
import { payEverybody } from '../../sandbox/freee/seed-statements.js'
import { replaceEmployees } from '../../sandbox/freee/seed.js'
import { madeUpPeople } from '../../sandbox/people.js'
import { seedPeople } from '../../sandbox/smarthr/seed.js'
import { COMPANY, createWorld } from './freee.world.js'

interface Statement extends Record<string, unknown> {
  employee_num: string
  pay_date: string
  start_date: string
  closing_date: string
  fixed: boolean
  calc_status: string
  pay_calc_type: string
  payments: { name: string; amount: string }[]
  allowances: { name: string; amount: string }[]
  overtime_pays: { name: string; time: string | null }[]
}

interface State {
  companies: { id: number; salaryStatements: Statement[]; bonusStatements: Statement[] }[]
}

describe("the statements of freee's stand-in", () => {
  const freee = createFreee({ now: () => new Date('2026-11-20T01:00:00Z') }, seedPeople)
  beforeEach(() => freee.reset())

  const midori = () => {
    const company = (freee.state() as State).companies.find(({ id }) => id === COMPANY)
    if (!company) throw new Error('The seed has no company')
    return company
  }
  const salaries = (month: string) => midori().salaryStatements.filter(({ pay_date: day }) => day.startsWith(month))
  const bonuses = (month: string) => midori().bonusStatements.filter(({ pay_date: day }) => day.startsWith(month))
  const of = (list: readonly Statement[], num: string) => {
    const found = list.find(({ employee_num: each }) => each === num)
    if (!found) throw new Error(`no statement of ${num}`)
    return found
  }

  it('fall into groups that cannot be imported together', () => {
    const october = salaries('2026-10')
    expect(october).to.have.length(26)
    const groups = october.map(each =>
      [each.pay_calc_type, each.pay_date, each.start_date, each.closing_date].join(' '),
    )
    expect([...new Set(groups)].sort()).to.deep.equal([
      'daily 2026-10-23 2026-10-01 2026-10-31',
      'hourly 2026-10-23 2026-10-01 2026-10-31',
      'monthly 2026-10-15 2026-09-01 2026-09-30',
      'monthly 2026-10-23 2026-09-21 2026-10-20',
      'monthly 2026-10-23 2026-10-01 2026-10-31',
      'monthly 2026-10-30 2026-10-01 2026-10-31',
    ])
  })

  it('hold zero, negative, long, unknown and 役員 figures', () => {
    const october = salaries('2026-10')
    expect(of(october, '001009')).to.include({ net_payment_amount: '0.0', basic_pay_amount: '0.0', fixed: true })
    expect(of(october, '001011').payments).to.deep.include({ name: '調整手当', amount: '-5000.0' })
    expect(of(october, '001012').overtime_pays).to.deep.include.members([
      { ...of(october, '001012').overtime_pays[1], time: '1530.0' },
    ])
    expect(of(october, '001013').payments).to.deep.include({ name: '在宅勤務手当', amount: '5000.0' })
    expect(of(october, '001014')).to.include({
      is_board_member: true,
      board_member_remuneration_amount: '800000.0',
      basic_pay_amount: '0.0',
    })
    expect(of(october, '001003').remark).to.include('\n')
    expect(of(october, 'F0002').fixed).to.equal(true)
  })

  it('add up', () => {
    const yen = (value: unknown) => Number(value)
    for (const each of salaries('2026-10')) {
      const paid = each.payments.reduce((total, { amount }) => total + yen(amount), 0)
      expect(yen(each.gross_payment_amount), each.employee_num).to.equal(
        paid - yen(each.total_attendance_deduction_amount),
      )
      expect(yen(each.net_payment_amount)).to.equal(yen(each.gross_payment_amount) - yen(each.total_deduction_amount))
    }
  })

  it('are partly 未確定 and calculating in November', () => {
    const november = salaries('2026-11')
    expect(november).to.have.length(26)
    expect(new Set(november.map(({ calc_status: status }) => status))).to.have.keys(
      'calculated',
      'calculating',
      'error',
      'overwritten',
      'imported',
    )
    expect(november.filter(({ fixed }) => fixed)).to.have.length(13)
  })

  it('of bonuses have their peculiarities in June', () => {
    const june = bonuses('2026-06')
    expect(june).to.have.length(26)
    expect(of(june, '001001').pay_date).to.equal('2026-06-19')
    expect(of(june, '001002')).to.include({ fixed: false, calc_status: 'calculated' })
    expect(of(june, '001003')).to.include({ fixed: false, bonus_amount: null })
    expect(of(june, '001009')).to.include({ net_payment_amount: '0.0' })
    expect(of(june, '001011').allowances).to.deep.include({ name: '調整手当', amount: '-5000.0' })
    expect(of(june, '001013').allowances).to.deep.include({ name: '出張手当', amount: '20000.0' })
    expect([bonuses('2026-07').length, bonuses('2026-12').length]).to.deep.equal([26, 25])
  })

  it('can be taken back and changed', () => {
    freee.switches({ unfixStatement: { employee_num: '001004', month: '2026-10' }, plan: 'free' })
    expect(of(salaries('2026-10'), '001004').fixed).to.equal(false)
    const change = { employee_num: '001004', month: '2026-07', kind: 'bonuses', field: 'remark', value: '訂正' }
    freee.switches({ changeStatement: change })
    expect(of(bonuses('2026-07'), '001004').remark).to.equal('訂正')

    expect(() => freee.switches({ unfixStatement: { employee_num: '9', month: '2026-10' } })).to.throw(
      '9 has no statement',
    )
    expect(() => freee.switches({ changeStatement: { ...change, field: 'x' } })).to.throw('A statement has no "x"')
    expect(() => freee.switches({ changeStatement: { ...change, month: 7 } })).to.throw('A statement is')
    expect(() => freee.switches({ unfixAll: true })).to.throw('Unknown freee switch')
  })

  it('exist for the people put in, in the month of the clock and the one before', async () => {
    freee.populate(madeUpPeople({ count: 130, seed: 3 }))
    expect([salaries('2026-10').length, salaries('2026-11').length, midori().bonusStatements.length]).to.deep.equal([
      130, 130, 0,
    ])
    expect(of(salaries('2026-11'), 'P000010')).to.include({ pay_date: '2026-11-15', closing_date: '2026-10-31' })

    const world = createWorld()
    const { access_token: token } = await world.signIn()
    replaceEmployees(world.company, madeUpPeople({ count: 130, seed: 3 }), new Date('2026-12-31T15:30:00Z'))
    const january = { company_id: COMPANY, year: 2027, month: 1, limit: 100, offset: 100 }
    const answer = await world.get(token, '/salaries/employee_payroll_statements', january).expect(200)
    const { employee_payroll_statements: page, total_count: total } = answer.body as Record<string, unknown[]>
    expect([page?.length, total]).to.deep.equal([30, 130])
  })

  it('are made for a thousand people at most', () => {
    const world = createWorld()
    replaceEmployees(world.company, madeUpPeople({ count: 1_200, seed: 3 }))
    const paid = payEverybody(world.company.employees.all(), new Date('2026-01-10T00:00:00Z'))
    expect(paid).to.have.length(2_000)
    expect(new Set(paid.map(({ id }) => id))).to.have.property('size', 2_000)
    expect(paid[0]).to.include({ pay_date: '2025-12-25', start_date: '2025-12-01', closing_date: '2025-12-31' })
  })
})
