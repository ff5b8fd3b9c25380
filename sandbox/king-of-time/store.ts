import { createHash } from 'node:crypto'
import type { BanWindow } from './dates.js'

/** One person as the service keeps them; blank is null here and absent in answers. */
export interface Employee {
  /** 従業員識別キー: 64 hex characters, survives a change of the code */
  key: string
  /** 従業員コード: text, leading zeros and case count */
  code: string
  lastName: string
  firstName: string
  gender: 'male' | 'female' | 'no_selected'
  divisionCode: string
  typeCode: string
  /** what 所属 and 雇用区分 will be from later days on, in the order in which it was said */
  transfers: Transfer[]
  employeeGroups: { code: string; name: string }[]
  lastNamePhonetics: string | null
  firstNamePhonetics: string | null
  hiredDate: string | null
  birthDate: string | null
  resignationDate: string | null
  /** main address first, then 予備のメールアドレス; null when there is none */
  emailAddresses: string[] | null
  allDayRegardingWorkInMinute: number | null
  /** an administrator could bring the person back, the API shows nothing of them */
  deleted: boolean
}

/** A reservation: what counts from this day on. */
export type Transfer = { from: string } & Partial<Pick<Employee, 'divisionCode' | 'typeCode'>>

export interface Company {
  key: string
  code: string
  name: string
}

export interface Division {
  code: string
  name: string
  dayBorderTime: string
}

export interface WorkingType {
  code: string
  name: string
}

export interface Rights {
  employeeRead: boolean
  employeeWrite: boolean
  companyRead: boolean
}

export interface AccessToken {
  token: string
  /** what it is for, as an administrator would note it */
  purpose: string
  rights: Rights
  /** null: from everywhere */
  allowedIps: readonly string[] | null
  stopped: boolean
}

/** A PUT that sent what an update must never send (§0.2-12). */
export interface Violation {
  time: string
  employeeKey: string
  properties: string[]
  putMode: Switches['putMode']
}

export interface Switches {
  /** whether somebody still counts as employed on the day they leave */
  resignDay: 'in' | 'out'
  /** whether people hired after the date are hidden */
  hideFuture: boolean
  /** whether an unknown name in `additionalFields` is an error */
  additionalFieldsStrict: boolean
  /** full: an update needs the six required properties too */
  putMode: 'partial' | 'full'
  /** whether the answer to a create leaves out the names of 所属 and 雇用区分 */
  tersePost: boolean
  windows: readonly BanWindow[]
  /** everything answers 500 */
  maintenance: boolean
  /** code for an address that is not permitted: seen as 105, described as 100 */
  ipError: 105 | 100
}

export const USUAL_WINDOWS: readonly BanWindow[] = [
  ['08:30', '10:00'],
  ['17:30', '18:30'],
]

export const DEFAULT_SWITCHES: Readonly<Switches> = {
  resignDay: 'in',
  hideFuture: true,
  additionalFieldsStrict: false,
  putMode: 'partial',
  tersePost: true,
  windows: USUAL_WINDOWS,
  maintenance: false,
  ipError: 105,
}

/** Everything one brand's stand-in remembers. One object, so that a reset replaces it. */
export interface Store {
  brand: string
  company: Company
  divisions: Division[]
  workingTypes: WorkingType[]
  /** by key, deleted people included */
  employees: Map<string, Employee>
  tokens: Map<string, AccessToken>
  /** authorization codes of the consent page */
  codes: Map<string, { expiresAt: number; used: boolean }>
  /** wrong log-ins per ID */
  misses: Map<string, { count: number; lockedUntil: number }>
  violations: Violation[]
  punches: { employeeKey: string; time: string; body: unknown }[]
  switches: Switches
}

export const ALL_RIGHTS: Rights = { employeeRead: true, employeeWrite: true, companyRead: true }

export const newToken = (token: string, purpose: string, more: Partial<AccessToken> = {}): AccessToken => ({
  token,
  purpose,
  rights: ALL_RIGHTS,
  allowedIps: null,
  stopped: false,
  ...more,
})

/** The same key for the same name, so that tests hold. */
export const keyOf = (name: string): string => createHash('sha256').update(name).digest('hex')

/** The person with this code; people who left hold theirs, deleted ones do not. */
export function employeeByCode(store: Store, code: string): Employee | undefined {
  for (const employee of store.employees.values()) {
    if (employee.code === code && !employee.deleted) return employee
  }
  return undefined
}

export function employeeByKey(store: Store, key: string): Employee | undefined {
  const employee = store.employees.get(key)
  return employee?.deleted ? undefined : employee
}
