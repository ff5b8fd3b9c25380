import { bonusStatement, salaryStatement, type Peculiar, type StatementState } from './statements.js'
import type { Company, Employee, SalaryStatement } from './store.js'

const paidNextMonth = ({ payroll }: Employee) => payroll?.group.monthOfPayDay === 'next_month'
const basicPayOf = ({ payroll }: Employee) => payroll?.basicPay[0]?.value

interface Pay {
  payDate: string
  period: readonly [start: string, closing: string]
  state: StatementState
  payCalcType?: 'monthly' | 'daily' | 'hourly'
  amount?: number
  peculiar?: Peculiar
}

const salary = (id: number, employee: Employee, { payDate, period, ...given }: Pay): SalaryStatement =>
  salaryStatement({
    id,
    employee,
    name: employee.displayName,
    payDate,
    startDate: period[0],
    closingDate: period[1],
    payCalcType: basicPayOf(employee)?.pay_calc_type ?? 'monthly',
    amount: basicPayOf(employee)?.pay_amount ?? 220_000,
    ...given,
  })

const SEPTEMBER = ['2026-09-01', '2026-09-30'] as const
const OCTOBER = ['2026-10-01', '2026-10-31'] as const
const NOVEMBER = ['2026-11-01', '2026-11-30'] as const

/**
 * Special cases of October by position among the people shared with SmartHR: 0 is 001001. Every fifth (001005, 001010,
 * …) is in アルバイト, with dates of its own.
 */
const IN_OCTOBER: Readonly<Record<number, Partial<Pay>>> = {
  0: { payDate: '2026-10-30' },
  2: { peculiar: { remark: '10月分\n通勤経路の変更により精算' } },
  5: { payCalcType: 'hourly', amount: 182_400 },
  6: { payCalcType: 'daily', amount: 198_000 },
  7: { period: ['2026-09-21', '2026-10-20'] },
  8: { amount: 0 },
  10: { peculiar: { allowances: [['調整手当', -5_000]] } },
  11: { peculiar: { overtimeMinutes: 1_530 } },
  12: { peculiar: { allowances: [['在宅勤務手当', 5_000]] } },
  13: { amount: 800_000, peculiar: { boardMember: true } },
}

const NOVEMBER_STATES: readonly StatementState[] = ['fixed', 'unfixed', 'calculating']
const IN_NOVEMBER: Readonly<Record<number, Peculiar>> = {
  1: { calcStatus: 'error' },
  3: { calcStatus: 'overwritten' },
  12: { allowances: [['在宅勤務手当', 5_000]] },
  15: { calcStatus: 'imported' },
}

/** The bonus of June; those of July are all alike but for the first person's 支払日. */
const IN_JUNE: Readonly<
  Record<number, { payDate?: string; state?: StatementState; amount?: number; peculiar?: Peculiar }>
> = {
  0: { payDate: '2026-06-19' },
  1: { state: 'unfixed' },
  2: { state: 'calculating' },
  8: { amount: 0 },
  10: { peculiar: { allowances: [['調整手当', -5_000]] } },
  12: { peculiar: { allowances: [['出張手当', 20_000]], remark: '6月賞与' } },
}

/**
 * Salaries: October 2026 is 確定; in November a third each is 確定, 未確定 and being calculated, アルバイト are 確定.
 * Bonuses: June mostly and July wholly 確定, December not yet. One person SmartHR does not know has each that is 確定.
 */
export function addStatements(company: Company, shared: readonly Employee[], onlyHere: readonly Employee[]) {
  let id = 7001
  const pay = (employee: Employee, given: Pay) => company.salaryStatements.push(salary(id++, employee, given))
  shared.forEach((employee, position) => {
    if (paidNextMonth(employee)) {
      pay(employee, { payDate: '2026-10-15', period: SEPTEMBER, state: 'fixed' })
      pay(employee, { payDate: '2026-11-13', period: OCTOBER, state: 'fixed' })
      return
    }
    pay(employee, { payDate: '2026-10-23', period: OCTOBER, state: 'fixed', ...IN_OCTOBER[position] })
    pay(employee, {
      payDate: '2026-11-25',
      period: NOVEMBER,
      state: NOVEMBER_STATES[position % NOVEMBER_STATES.length] ?? 'fixed',
      peculiar: IN_NOVEMBER[position] ?? {},
    })
  })
  const strangers = onlyHere.slice(1, 2)
  for (const stranger of strangers) {
    pay(stranger, { payDate: '2026-10-23', period: OCTOBER, state: 'fixed' })
    pay(stranger, { payDate: '2026-11-25', period: NOVEMBER, state: 'fixed' })
  }

  type Bonus = { payDate: string; closingDate: string; state: StatementState; amount?: number; peculiar?: Peculiar }
  const bonus = (employee: Employee, given: Bonus) =>
    company.bonusStatements.push(
      bonusStatement({
        id: id++,
        employee,
        name: employee.displayName,
        amount: (basicPayOf(employee)?.pay_amount ?? 220_000) * 2,
        ...given,
      }),
    )
  const june = { payDate: '2026-06-10', closingDate: '2026-06-03', state: 'fixed' } as const
  const july = { payDate: '2026-07-10', closingDate: '2026-07-03', state: 'fixed' } as const
  shared.forEach((employee, position) => {
    bonus(employee, { ...june, ...IN_JUNE[position] })
    bonus(employee, { ...july, payDate: position === 0 ? '2026-07-17' : july.payDate })
    bonus(employee, {
      payDate: '2026-12-10',
      closingDate: '2026-12-03',
      state: position % 2 === 0 ? 'unfixed' : 'calculating',
    })
  })
  for (const stranger of strangers) for (const month of [june, july]) bonus(stranger, month)
}

/** So many are enough for pages and batches, and few enough to be kept beside ten thousand people. */
const MOST_PAID = 1_000

/** 確定 salaries of the first thousand people, for the month of `now` (Japan time) and the one before. */
export function payEverybody(employees: readonly Employee[], now: Date): SalaryStatement[] {
  const today = new Date(now.getTime() + 9 * 3_600_000)
  const dayOf = (monthsAgo: number, day: number) =>
    new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - monthsAgo, day)).toISOString().slice(0, 10)
  const wholeMonth = (monthsAgo: number) => [dayOf(monthsAgo, 1), dayOf(monthsAgo - 1, 0)] as const
  return employees.slice(0, MOST_PAID).flatMap((employee, position) =>
    [1, 0].map(monthsAgo =>
      salary(100_001 + position * 2 + (1 - monthsAgo), employee, {
        payDate: dayOf(monthsAgo, paidNextMonth(employee) ? 15 : 25),
        period: wholeMonth(paidNextMonth(employee) ? monthsAgo + 1 : monthsAgo),
        state: 'fixed',
      }),
    ),
  )
}
