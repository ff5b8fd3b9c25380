import type { Person, Scalar } from '../../contract/contract.js'
import { dateOf, joinFilled, katakana, keyOf, scalarOf } from '../../contract/conversions.js'
import type { FreeeEmployee } from './api.js'
import { onlyMapped } from './employees.mapping.js'

type Rule = Record<string, Scalar> | null

const NO_PAYROLL = 'freee人事労務で給与計算対象外の従業員のため、同期できません。'

/** The value at a mapping path: on the employee itself or in one of its rules. */
function valueAt(employee: FreeeEmployee, path: string): Scalar {
  const [rule, field] = path.split('.')
  return scalarOf(field === undefined ? employee[rule ?? ''] : (employee[rule ?? ''] as Rule | undefined)?.[field])
}

/** One employee as the engine knows people. */
export function personOf(employee: FreeeEmployee): Person {
  const read = (path: string) => valueAt(employee, path)
  const name = joinFilled([read('profile_rule.last_name'), read('profile_rule.first_name')])
  const kana = [read('profile_rule.last_name_kana'), read('profile_rule.first_name_kana')]
  return {
    id: String(employee.id),
    key: keyOf(employee.num),
    name: name === '' ? employee.display_name : name,
    kana: joinFilled(kana.map(katakana)),
    department: '',
    employedFrom: dateOf(employee.entry_date),
    employedUntil: dateOf(employee.retire_date),
    ...(employee.payroll_calculation === false && { excluded: NO_PAYROLL }),
    values: onlyMapped(read),
  }
}
