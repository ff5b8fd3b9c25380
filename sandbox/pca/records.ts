import type { MadeUpPerson } from '../people.js'
import { PROBLEMS } from './errors.js'
import { GENDERS, WORKING_STATES, type Area, type Employee, type PcaSwitches, type Problem } from './store.js'
import type { NewEmployee } from './table.js'

const TEXTS = [
  'LastName',
  'FirstName',
  'LastKana',
  'FirstKana',
  'MaidenName',
  'MaidenKana',
  'MyNumberManageNo',
  'DepartmentCode',
] as const
const DATES = ['BirthDate', 'EnterDate', 'RetireDate', 'NameChangeDate'] as const

/** Every key an employee is written with. */
export const EMPLOYEE_KEYS: ReadonlySet<string> = new Set([
  ...TEXTS,
  ...DATES,
  'Code',
  'Gender',
  'WorkingState',
  'Id',
  'UpdateTime',
  'BEVersion',
])

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The blank a new record starts from; 部門 is the first of the area, as with other imports into PCA (reference §3.3). */
export const blankEmployee = (area: Area, code: string): NewEmployee => ({
  Code: code,
  LastName: '',
  FirstName: '',
  LastKana: '',
  FirstKana: '',
  BirthDate: 0,
  Gender: 'Male',
  EnterDate: 0,
  RetireDate: 0,
  WorkingState: 'Working',
  MaidenName: '',
  MaidenKana: '',
  NameChangeDate: 0,
  MyNumberManageNo: '',
  DepartmentCode: area.departments[0]?.Code ?? '',
})

/**
 * `base` with the keys of `sent` that an employee has, except those that identify it; unknown keys are ignored. The
 * first value of a wrong form is the problem.
 */
export function withFields<T extends NewEmployee>(base: T, sent: Record<string, unknown>): T | Problem {
  const changed: Record<string, unknown> = {}
  for (const key of TEXTS) {
    const value = sent[key]
    if (value === undefined) continue
    if (value !== null && typeof value !== 'string') return PROBLEMS.wrongValue
    changed[key] = value ?? ''
  }
  for (const key of DATES) {
    if (sent[key] === undefined) continue
    const date = dateOf(sent[key])
    if (date === null) return PROBLEMS.wrongDate
    changed[key] = date
  }
  for (const [key, names] of [
    ['Gender', GENDERS],
    ['WorkingState', WORKING_STATES],
  ] as const) {
    const value = sent[key]
    if (value === undefined) continue
    const name = typeof value === 'number' ? names[value] : names.find(candidate => candidate === value)
    if (name === undefined) return PROBLEMS.wrongValue
    changed[key] = name
  }
  // A blank 部門 counts as none given.
  if (changed.DepartmentCode === '') delete changed.DepartmentCode
  return { ...base, ...changed }
}

export const isProblem = (value: object): value is Problem => 'ErrorCode' in value

/** Both forms of the reference (§4.4), `{"SerializeTarget":20220209}` and `"20220209"`; null when it is neither. */
export function dateOf(value: unknown): number | null {
  const wrapped = isObject(value)
  const raw: unknown = wrapped ? value.SerializeTarget : value
  if (raw === null || raw === '') return 0
  // A bare number is neither form.
  if (typeof raw !== 'string' && !(wrapped && typeof raw === 'number')) return null
  const text = String(raw)
  if (text === '0') return 0
  if (!/^\d{8}$/.test(text)) return null
  const iso = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
  const date = new Date(`${iso}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? Number(text) : null
}

/** An employee as `Find` shows it (reference §5.1). */
export function employeeJson(
  employee: Employee,
  { dates, blankDates }: Pick<PcaSwitches, 'dates' | 'blankDates'>,
  flagsAsNumbers: boolean,
): Record<string, unknown> {
  const shown: Record<string, unknown> = { BEVersion: 100, ...employee }
  for (const key of DATES) {
    const date = employee[key]
    if (date === 0 && blankDates === 'missing') delete shown[key]
    else shown[key] = dates === 'object' ? { SerializeTarget: date } : String(date)
  }
  if (flagsAsNumbers) {
    shown.Gender = GENDERS.indexOf(employee.Gender)
    shown.WorkingState = WORKING_STATES.indexOf(employee.WorkingState)
  }
  return shown
}

/** `2026-04-01` → 20260401; nothing → 0. */
const dateNumber = (iso: string | null): number => (iso === null ? 0 : Number(iso.replaceAll('-', '')))

/** A made-up person as PCA keeps them. */
export function employeeOf(area: Area, person: MadeUpPerson): NewEmployee {
  return {
    ...blankEmployee(area, person.code),
    LastName: person.lastName,
    FirstName: person.firstName,
    LastKana: person.lastNameKana,
    FirstKana: person.firstNameKana,
    BirthDate: dateNumber(person.birthDate),
    Gender: person.gender === 'male' ? 'Male' : 'Female',
    EnterDate: dateNumber(person.entryDate),
    RetireDate: dateNumber(person.retireDate),
    WorkingState: person.retireDate === null ? 'Working' : 'Retired',
    DepartmentCode: area.departments[person.index % area.departments.length]?.Code ?? '',
  }
}
