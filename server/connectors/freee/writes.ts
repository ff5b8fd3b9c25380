import { VendorRefused } from '../../errors.js'
import type { Scalar, Values } from '../../contract/contract.js'
import { yen } from '../../contract/conversions.js'
import { filledOf } from '../../contract/blanks.js'
import { employees } from './employees.mapping.js'

/** What is sent to freee for a record's paths: a POST takes a part, the rest follows in PUTs (freee §3.5). */

export const NO_REMUNERATION =
  '標準報酬月額がfreee人事労務から削除されたため、被保険者整理番号を登録できません。SmartHRかfreee人事労務で標準報酬月額を登録してから、再度同期してください。'

/** The rules that are written one by one: the mapping's prefix, the path's last part, the body's key (freee §3.5). */
const RULES = ['profile_rule', 'bank_account_rule', 'health_insurance_rule', 'welfare_pension_insurance_rule'] as const
type RuleName = (typeof RULES)[number]

/** What freee wants in every write of a part, changed or not. */
const COMPANIONS: Readonly<Record<RuleName, readonly string[]>> = {
  profile_rule: ['last_name', 'first_name', 'last_name_kana', 'first_name_kana'],
  bank_account_rule: [],
  health_insurance_rule: ['reference_num', 'standard_monthly_remuneration'],
  welfare_pension_insurance_rule: ['reference_num', 'standard_monthly_remuneration'],
}

const REMUNERATION = 'standard_monthly_remuneration'

/** What POST takes of a new employee's own fields, by its own names. */
const ON_CREATE: readonly (readonly [key: string, path: string])[] = [
  ['last_name', 'profile_rule.last_name'],
  ['first_name', 'profile_rule.first_name'],
  ['last_name_kana', 'profile_rule.last_name_kana'],
  ['first_name_kana', 'profile_rule.first_name_kana'],
  ['birth_date', 'birth_date'],
  ['entry_date', 'entry_date'],
  ['num', 'num'],
  ['gender', 'profile_rule.gender'],
  ['married', 'profile_rule.married'],
  // エクスポート設定, which is not part of the mapping
  ['working_hours_system_name', 'working_hours_system_name'],
  ['company_reference_date_rule_name', 'company_reference_date_rule_name'],
  ['pay_calc_type', 'pay_calc_type'],
  ['pay_amount', 'pay_amount'],
]

const mapped = new Set(employees.flatMap(pair => pair.service))

/** The body of a POST. */
export const newEmployee = (values: Values): Values =>
  filledOf(Object.fromEntries(ON_CREATE.map(([key, path]) => [key, values[path] ?? null])))

/** What a POST could not take, or freee wrote otherwise. */
export const leftAfterCreate = (values: Values, current: Values): Values =>
  Object.fromEntries(
    Object.entries(values).filter(([path, value]) => mapped.has(path) && (value ?? '') !== (current[path] ?? '')),
  )

/** The values of one part without its prefix. */
function partOf(values: Values, rule: RuleName): Record<string, Scalar> {
  const prefix = `${rule}.`
  return Object.fromEntries(
    Object.entries(values).flatMap(([path, value]) =>
      path.startsWith(prefix) ? [[path.slice(prefix.length), value]] : [],
    ),
  )
}

const own = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([path]) => !path.includes('.')))

/** A PUT of the employee itself, or of one of its rules. */
export interface Change {
  rule: RuleName | null
  body: Record<string, unknown>
}

/** The PUTs that change a record, one after the other: each says what freee wants beside what changes. */
export function* changesOf(set: Values, current: Values): Iterable<Change> {
  const merged: Values = { ...current, ...set }
  const changedOwn = own(set)
  if (Object.keys(changedOwn).length > 0) {
    const { birth_date, entry_date } = merged
    yield { rule: null, body: { employee: { birth_date, entry_date, ...changedOwn } } }
  }
  for (const rule of RULES) {
    const changed = partOf(set, rule)
    if (Object.keys(changed).length === 0) continue
    const whole = partOf(merged, rule)
    // Without a 標準報酬月額 on either side this write can't be formed (freee §3.2); the plan has left it out.
    if (COMPANIONS[rule].includes(REMUNERATION) && yen(whole[REMUNERATION], 1) === null) {
      throw new VendorRefused(NO_REMUNERATION)
    }
    const companions = filledOf(Object.fromEntries(COMPANIONS[rule].map(field => [field, whole[field] ?? null])))
    yield { rule, body: { [`employee_${rule}`]: { ...companions, ...changed } } }
  }
}
