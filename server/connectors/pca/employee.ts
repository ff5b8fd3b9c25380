import { dateOf, plainText } from '../../contract/conversions.js'
import type { EntryOf, Person, Scalar, UpdateOrder, Values } from '../../contract/contract.js'
import { mappedValues, personFrom } from '../../contract/person.js'
import type { Employee } from './api.js'
import { employees } from './employees.mapping.js'

const DATES = ['BirthDate', 'EnterDate', 'RetireDate']

/** `{ "SerializeTarget": 20220209 }`, `"20220209"` or 20220209 → `2022-02-09`; 0 and blanks are no date. */
function plainDateOf(value: unknown): string | null {
  const inner =
    typeof value === 'object' && value !== null ? (value as { SerializeTarget?: unknown }).SerializeTarget : value
  const digits = typeof inner === 'number' || typeof inner === 'string' ? String(inner) : ''
  return dateOf(digits.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'))
}

/** The same date in the form that the record itself uses. */
const dateLike = (date: string, model: unknown): unknown => {
  const number = Number(date.replaceAll('-', ''))
  return typeof model === 'string' ? String(number) : { SerializeTarget: number }
}

const genderOf = (value: unknown): Scalar =>
  value === 'Male' || value === 0 ? 'Male' : value === 'Female' || value === 1 ? 'Female' : null

const reads: Readonly<Record<string, (value: unknown) => Scalar>> = {
  ...Object.fromEntries(DATES.map(path => [path, plainDateOf])),
  Gender: genderOf,
}

/**
 * One employee as the engine knows people, with the record as read. A Modify sends the whole record back, stamp
 * included (reference §4.4, §5.2).
 */
export function personOf(employee: Employee): Person & EntryOf<Employee> {
  const values = mappedValues(employees, path => (reads[path] ?? plainText)(employee[path]))
  return { ...personFrom(employees, String(employee.Id), values), payload: employee }
}

/** Paths → the fields of a record, dates in the form of `model`. */
function fieldsOf(set: Values, model: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(set).flatMap(([path, value]) => {
      if (value === null) return []
      return [[path, DATES.includes(path) ? dateLike(String(value), model[path]) : value]]
    }),
  )
}

/** A new employee's record. */
export const newRecord = (values: Values): Record<string, unknown> => fieldsOf(values, {})

/** The record as last read, with what changes. */
export function changedRecord({ set, payload }: UpdateOrder<Employee>): Record<string, unknown> {
  // Without it everything that does not change would be erased.
  if (!payload) throw new Error('an employee has to be read before a Modify')
  return { ...payload, ...fieldsOf(set, payload) }
}
