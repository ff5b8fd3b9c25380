import { DIVISION_FIELDS, EMPLOYEE_FIELDS } from './checks.js'
import {
  defaultSwitches,
  newDivision,
  newEmployee,
  setEmployees,
  type Division,
  type Employee,
  type MikiwameStore,
} from './store.js'

type Json = Record<string, unknown>
type Named = Pick<Division, 'code' | 'name'> & Partial<Division>

const NO_PARENT = { parent_code: null }

/** Entries of a store to be replaced; they may hold what the API would refuse. */
function entriesOf(what: string, value: unknown, known: readonly string[], needed: readonly string[]): Json[] {
  if (!Array.isArray(value)) throw new Error(`${what} is a list`)
  for (const entry of value as Json[]) {
    for (const key of Object.keys(entry)) if (!known.includes(key)) throw new Error(`${what} have no "${key}"`)
    for (const key of needed) if (typeof entry[key] !== 'string') throw new Error(`${what} need "${key}"`)
  }
  return value as Json[]
}

/**
 * `maintenance`, `tokenValid`, `administrator` as in `MikiwameSwitches`; `departments` and `employees` replace those of
 * みどり商会 (§7's attributes; what is left out is blank). Throws, changing nothing, on what it does not know.
 */
export function setSwitches(store: MikiwameStore, { departments, employees, ...flags }: Json): void {
  for (const [name, value] of Object.entries(flags)) {
    if (!(name in defaultSwitches())) throw new Error(`ミキワメ's stand-in has no switch "${name}"`)
    if (typeof value !== 'boolean') throw new Error(`the switch "${name}" is true or false`)
  }
  const divisions =
    departments !== undefined && entriesOf('departments', departments, DIVISION_FIELDS, ['code', 'name'])
  const people = employees !== undefined && entriesOf('employees', employees, EMPLOYEE_FIELDS, ['email'])
  Object.assign(store.switches, flags)
  const [midori] = store.companies
  if (!midori) return
  if (divisions) midori.divisions = divisions.map(entry => newDivision(store, { ...NO_PARENT, ...(entry as Named) }))
  if (people)
    setEmployees(
      midori,
      people.map(entry => newEmployee(store, entry as Partial<Omit<Employee, 'id'>>)),
    )
}
