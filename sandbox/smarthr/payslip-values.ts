import { invalid, type Detail } from './errors.js'
import { unknownItem } from './payslip-items.js'
import type { Json, PayslipItem } from './store.js'

const INT32 = 2_147_483_647
const HOURS_AND_MINUTES = /^(-?)(\d+):([0-5]\d)$/
/** 「300,000」: SmartHR's own import takes no separators either (SmartHR API reference, §3.11). */
const WITH_SEPARATORS = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/

interface Rules {
  /** whether unknown names are registered */
  registers: boolean
  /** `numeral_system_handle_type` of the payroll */
  numerals: string
}

interface Contents {
  problems: Detail[]
  mismatch: boolean
  lists: { allowances: Json[]; deductions: Json[]; attendances: Json[]; payroll_aggregates: Json[] }
}

const wholeYen = (text: string): number | null =>
  /^-?\d+$/.test(text) && Math.abs(Number(text)) <= INT32 ? Number(text) : null

/**
 * 勤怠 as stored: `amount` is always a decimal number of hours or days, the rest says how it is shown. `as_is` shows
 * 25:30 as it came; the two others show every hour their way (assumed: no source says more than the names).
 */
function attendance({ name, unit_type: unit }: PayslipItem, text: string, numerals: string): Json | null {
  const clock = HOURS_AND_MINUTES.exec(text)
  if (clock && unit === 'days') return null
  if (!clock && !/^-?\d+(\.\d+)?$/.test(text)) return null
  const [, sign = '', hours = '0', minutes = '0'] = clock ?? []
  const amount = clock ? (Number(hours) + Number(minutes) / 60) * (sign === '' ? 1 : -1) : Number(text)
  const sexagesimal = unit === 'hours' && (numerals === 'as_is' ? clock !== null : numerals === 'force_sexagesimal')
  return {
    name,
    amount,
    unit_type: unit,
    numeral_system_type: sexagesimal ? 'sexagesimal' : 'decimal',
    delimiter_type: sexagesimal ? 'colon' : 'period',
  }
}

/** その他 may be a text that is no amount; the three totals are amounts. */
function aggregate({ name, aggregate_type: type }: PayslipItem, text: string): Json | null {
  const amount = wholeYen(text)
  if (amount === null && (type !== 'others' || WITH_SEPARATORS.test(text))) return null
  return { name, aggregate_type: type, amount, value: amount === null ? text : null }
}

const sum = (rows: readonly Json[]) => rows.reduce((total, { amount }) => total + Number(amount), 0)

/** A total that is not given contradicts nothing. */
function contradicts(rows: readonly Json[], aggregates: readonly Json[], type: string): boolean {
  const total = aggregates.find(({ aggregate_type: candidate }) => candidate === type)
  return total !== undefined && total.amount !== sum(rows)
}

/**
 * The lists of a payslip from its `values` (§3.11): an item's kind comes from its registration, never from the request.
 * `items` grows by the names registered on the way. An empty value leaves its item out.
 */
export function contentsOf(values: unknown, items: Map<string, PayslipItem>, rules: Rules): Contents {
  const problems: Detail[] = []
  const wrong = (message: string) => problems.push(invalid('Payslip', 'values', message))
  const lists: Contents['lists'] = { allowances: [], deductions: [], attendances: [], payroll_aggregates: [] }
  const seen = new Set<string>()

  const itemOf = (name: string): PayslipItem | undefined => {
    const registered = items.get(name) ?? (rules.registers ? unknownItem(name) : null)
    if (registered) items.set(name, registered)
    else wrong(`${name}は登録されていない項目です。`)
    return registered ?? undefined
  }
  const add = (item: PayslipItem, text: string) => {
    const amount = wholeYen(text)
    const yen = amount === null ? null : { name: item.name, amount }
    const [list, row] = {
      支給: [lists.allowances, yen] as const,
      控除: [lists.deductions, yen] as const,
      勤怠: [lists.attendances, item.kind === '勤怠' ? attendance(item, text, rules.numerals) : null] as const,
      合計: [lists.payroll_aggregates, aggregate(item, text)] as const,
    }[item.kind]
    if (row) list.push(row)
    else wrong(`${item.name}は正しい形式で入力してください。`)
  }

  if (!Array.isArray(values) || values.length === 0) wrong('給与明細情報を入力してください。')
  else
    for (const given of values as unknown[]) {
      const { key, value } = (given ?? {}) as Json
      if (typeof key !== 'string' || key === '') wrong('項目名を入力してください。')
      else if (seen.has(key)) wrong(`${key}が重複しています。`)
      else if (typeof value !== 'string') wrong(`${key}は正しい形式で入力してください。`)
      else if (value !== '') {
        const item = itemOf(key)
        if (item) add(item, value)
      }
      if (typeof key === 'string') seen.add(key)
    }

  const mismatch =
    contradicts(lists.allowances, lists.payroll_aggregates, 'total_payment') ||
    contradicts(lists.deductions, lists.payroll_aggregates, 'deduction')
  return { problems, mismatch, lists }
}
