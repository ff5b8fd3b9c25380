import type { Person, Scalar } from '../../contract/contract.js'
import { scalarOf } from '../../contract/conversions.js'
import { mappedValues, personFrom } from '../../contract/person.js'
import type { FreeeEmployee } from './api.js'
import { employees } from './employees.mapping.js'

type Rule = Record<string, Scalar> | null

export const NO_PAYROLL =
  'freee人事労務で給与計算対象外の従業員のため、同期できません。同期する場合は、freee人事労務で給与計算の対象に変更してください。'

/** The value at a mapping path: on the employee itself or in one of its rules. */
function valueAt(employee: FreeeEmployee, path: string): Scalar {
  const [rule = '', field] = path.split('.')
  return scalarOf(field === undefined ? employee[rule] : (employee[rule] as Rule | undefined)?.[field])
}

/** One employee as the engine knows people. */
export function personOf(employee: FreeeEmployee): Person {
  const values = mappedValues(employees, path => valueAt(employee, path))
  const person = personFrom(employees, String(employee.id), values)
  return {
    ...person,
    name: person.name === '' ? employee.display_name : person.name,
    ...(employee.payroll_calculation === false && { excluded: NO_PAYROLL }),
  }
}
