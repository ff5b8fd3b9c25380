import { dateOf, joinFilled, katakana, keyOf, plainText } from '../../contract/conversions.js'
import type { Person, Scalar, Values } from '../../contract/contract.js'
import type { Employee } from './api.js'

const TEXTS = ['Code', 'LastName', 'FirstName', 'LastKana', 'FirstKana'] as const
const DATES = ['BirthDate', 'EnterDate', 'RetireDate'] as const

/** The whole record as read: a Modify sends back what it does not change, stamp included (reference §4.4, §5.2). */
const RECORD = '#record'

/** `{ "SerializeTarget": 20220209 }`, `"20220209"` or 20220209 → `2022-02-09`; 0 and blanks are no date. */
export function plainDateOf(value: unknown): string | null {
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

/** One employee as the engine knows people. */
export function personOf(employee: Employee): Person {
  const values: Record<string, Scalar> = { [RECORD]: JSON.stringify(employee) }
  for (const field of TEXTS) values[field] = plainText(employee[field])
  for (const field of DATES) values[field] = plainDateOf(employee[field])
  values.Gender = genderOf(employee.Gender)
  return {
    id: String(employee.Id),
    key: keyOf(values.Code),
    name: joinFilled([values.LastName, values.FirstName]),
    kana: joinFilled([values.LastKana, values.FirstKana].map(katakana)),
    department: '',
    employedFrom: dateOf(values.EnterDate),
    employedUntil: dateOf(values.RetireDate),
    values,
  }
}

/** Paths → the fields of a record, dates in the form of `model`. */
function fieldsOf(set: Values, model: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const dates: readonly string[] = DATES
  return Object.fromEntries(
    Object.entries(set).flatMap(([path, value]) => {
      if (path === RECORD || value === null) return []
      return [[path, dates.includes(path) ? dateLike(String(value), model[path]) : value]]
    }),
  )
}

/** A new employee's record. */
export const newRecord = (values: Values): Record<string, unknown> => fieldsOf(values, {})

/** The record as last read, with what changes. */
export function changedRecord(set: Values, current: Values): Record<string, unknown> {
  const record = JSON.parse(String(current[RECORD])) as Record<string, unknown>
  return { ...record, ...fieldsOf(set, record) }
}
