import type { Employee, Store, Switches } from './store.js'

/** What comes only when `additionalFields` names it (§3.3). */
export const ADDITIONAL_FIELDS = [
  'lastNamePhonetics',
  'firstNamePhonetics',
  'hiredDate',
  'birthDate',
  'resignationDate',
  'emailAddresses',
  'allDayRegardingWorkInMinute',
] as const

export type AdditionalField = (typeof ADDITIONAL_FIELDS)[number]

/** Whether somebody is shown for a date; `withResigned` = includeResigner. */
export function isShown(
  employee: Employee,
  date: string,
  withResigned: boolean,
  { resignDay, hideFuture }: Pick<Switches, 'resignDay' | 'hideFuture'>,
): boolean {
  if (employee.deleted) return false
  if (hideFuture && employee.hiredDate !== null && employee.hiredDate > date) return false
  const left = employee.resignationDate
  if (withResigned || left === null) return true
  // The last day is a working day; whether the list agrees is not known, hence the switch.
  return resignDay === 'in' ? left >= date : left > date
}

/** The order of the service's own list: 所属, 雇用区分 in its order, code; people with 退職日 below (§2). */
export function inListOrder(store: Store, employees: readonly Employee[]): Employee[] {
  const typeOrder = new Map(store.workingTypes.map((type, position) => [type.code, position]))
  const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)
  return [...employees].sort(
    (one, other) =>
      Number(one.resignationDate !== null) - Number(other.resignationDate !== null) ||
      compare(one.divisionCode, other.divisionCode) ||
      (typeOrder.get(one.typeCode) ?? Infinity) - (typeOrder.get(other.typeCode) ?? Infinity) ||
      compare(one.typeCode, other.typeCode) ||
      compare(one.employeeGroups[0]?.code ?? '', other.employeeGroups[0]?.code ?? '') ||
      compare(one.code, other.code),
  )
}

/** The person on a day: transfers that begin later do not count yet. */
export const onDay = (employee: Employee, date: string): Employee =>
  employee.transfers
    .filter(({ from }) => from <= date)
    .sort((one, other) => (one.from < other.from ? -1 : one.from > other.from ? 1 : 0))
    .reduce((person, { from: _, ...transfer }) => ({ ...person, ...transfer }), employee)

/** A person as the API shows them: the usual properties and those asked for, blank ones left out. */
export function shown(store: Store, employee: Employee, fields: readonly AdditionalField[]): Record<string, unknown> {
  const { key, code, lastName, firstName, gender, divisionCode, typeCode, employeeGroups } = employee
  const nameOf = (masters: readonly { code: string; name: string }[], wanted: string) =>
    masters.find(master => master.code === wanted)?.name
  const additional = fields.flatMap(field => (employee[field] === null ? [] : [[field, employee[field]] as const]))
  return {
    key,
    code,
    lastName,
    firstName,
    gender,
    divisionCode,
    divisionName: nameOf(store.divisions, divisionCode),
    typeCode,
    typeName: nameOf(store.workingTypes, typeCode),
    employeeGroups,
    ...Object.fromEntries(additional),
  }
}
