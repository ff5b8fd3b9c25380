import type { MadeUpPerson } from '../people.js'
import type { Item, Payslip } from './store.js'

const items = (prefix: string, kind: Item['kind'], names: readonly string[]): Item[] =>
  names.map((name, index) => ({ id: `${prefix}${index + 1}`, kind, name }))

const ATTENDANCE: readonly Item[] = [
  { id: 'a1', kind: 'attendance', name: '出勤日数', unit: 'days' },
  { id: 'a2', kind: 'attendance', name: '有給残日数', unit: 'days' },
  { id: 'a3', kind: 'attendance', name: '残業時間', unit: 'hours', numeral_system: 'sexagesimal' },
  { id: 'a4', kind: 'attendance', name: '深夜時間', unit: 'hours', numeral_system: 'decimal' },
]

const SUMS = ['支給合計', '控除合計', '差引支給額']

/** Items of a salary run. Two names carry the suffix of their kind, two totals are the employer's own business (§6.5). */
export const SALARY_ITEMS: readonly Item[] = [
  ...ATTENDANCE,
  ...items('p', 'payment', ['基本給', '役職手当', '残業手当', '通勤手当(支給)', '欠勤控除']),
  ...items('d', 'deduction', ['健康保険料', '厚生年金保険料', '雇用保険料', '所得税', '住民税', '社宅費(控除)']),
  ...items('t', 'total', [...SUMS, '課税支給合計', '扶養人数', '子ども・子育て拠出金(会社)']),
]

/** The item that older runs did not have. */
export const NEW_ITEM: Item = { id: 'p6', kind: 'payment', name: '在宅勤務手当' }

export const BONUS_ITEMS: readonly Item[] = [
  ...items('p', 'payment', ['賞与', '特別賞与(支給)']),
  ...items('d', 'deduction', ['健康保険料', '厚生年金保険料', '雇用保険料', '所得税']),
  ...items('t', 'total', SUMS),
]

/** Plausible values by item name; what a run has no item for is left out. */
function usualValues(person: MadeUpPerson): Record<string, string> {
  const pay = person.healthStandardPay ?? 300_000
  const perMille = (share: number) => String(Math.round((pay * share) / 1000))
  return {
    出勤日数: '20',
    有給残日数: '10.5',
    残業時間: '8:15',
    深夜時間: '1.5',
    基本給: String(pay),
    役職手当: person.title === null ? '0' : '20000',
    残業手当: perMille(60),
    '通勤手当(支給)': '12000',
    欠勤控除: '0',
    在宅勤務手当: '5000',
    賞与: String(pay * 2),
    '特別賞与(支給)': '30000',
    健康保険料: perMille(50),
    厚生年金保険料: perMille(91.5),
    雇用保険料: perMille(6),
    所得税: perMille(22),
    住民税: perMille(40),
    '社宅費(控除)': '8000',
    課税支給合計: perMille(1060),
    扶養人数: person.married ? '1' : '0',
    '子ども・子育て拠出金(会社)': perMille(3.6),
  }
}

/** A payslip with the usual values but for `changes` (by item name); its totals add up. */
export function payslipOf(
  items: readonly Item[],
  person: MadeUpPerson,
  { memo = '', ...changes }: Record<string, string> = {},
): Payslip {
  const byName: Record<string, string> = { ...usualValues(person), ...changes }
  const payslip = {
    employee_code: person.code,
    employee_name: `${person.lastName} ${person.firstName}`,
    memo,
    values: Object.fromEntries(items.map(item => [item.id, byName[item.name] ?? ''])),
  }
  addUp(items, payslip)
  return payslip
}

/** Sets 支給合計, 控除合計 and 差引支給額, as far as the run has them, to what the other values make. */
export function addUp(items: readonly Item[], { values }: Payslip): void {
  const sum = (kind: Item['kind']) =>
    items.reduce((total, item) => (item.kind === kind ? total + Number(values[item.id] ?? '') : total), 0)
  const [payments, deductions] = [sum('payment'), sum('deduction')]
  const totals: Record<string, number> = {
    支給合計: payments,
    控除合計: deductions,
    差引支給額: payments - deductions,
  }
  for (const { id, kind, name } of items) {
    const total = totals[name]
    if (kind === 'total' && total !== undefined) values[id] = String(total)
  }
}
