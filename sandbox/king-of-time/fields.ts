import { isDate } from './dates.js'
import { badRequest, codeExists, invalid, wrongDate, type ErrorEntry } from './errors.js'
import { employeeByCode, type Employee, type Store } from './store.js'

export const REQUIRED = ['divisionCode', 'typeCode', 'code', 'lastName', 'firstName', 'gender'] as const

type Writable = Omit<Employee, 'key' | 'employeeGroups' | 'transfers' | 'deleted'>
type Property = keyof Writable
type Rule = (value: unknown, store: Store) => boolean

// assumed: every length and the form of a code (§2).
const text =
  (max: number): Rule =>
  value =>
    typeof value === 'string' && value.trim() !== '' && [...value].length <= max
const isAddress = (value: unknown) =>
  typeof value === 'string' && value.length <= 255 && /^[^\s@]+@[^\s@]+$/.test(value)

const RULES: { readonly [P in Property]: Rule } = {
  divisionCode: (value, { divisions }) => divisions.some(division => division.code === value),
  typeCode: (value, { workingTypes }) => workingTypes.some(type => type.code === value),
  code: value => typeof value === 'string' && /^[0-9A-Za-z]{1,20}$/.test(value),
  lastName: text(50),
  firstName: text(50),
  gender: value => value === 'male' || value === 'female',
  lastNamePhonetics: text(50),
  firstNamePhonetics: text(50),
  hiredDate: isDate,
  birthDate: isDate,
  resignationDate: isDate,
  emailAddresses: value => Array.isArray(value) && value.every(isAddress),
  allDayRegardingWorkInMinute: value => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 1440,
}
const PROPERTIES = Object.keys(RULES) as Property[]
const DATES: readonly Property[] = ['hiredDate', 'birthDate', 'resignationDate']

const isRequired = (property: Property) => (REQUIRED as readonly Property[]).includes(property)

/** Nothing, or what sets NULL. */
const isBlank = (value: unknown) =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

/**
 * The known properties of a body, checked; blank ones as null, unknown ones dropped. `demanded` must be there. Throws
 * the 400 with everything wrong. `self` is the person updated, who may keep the own code.
 */
export function parseEmployee(
  store: Store,
  body: unknown,
  demanded: readonly Property[],
  self?: Employee,
): Partial<Writable> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badRequest(invalid('body'))
  const sent = body as Partial<Record<Property, unknown>>
  const errors: ErrorEntry[] = []
  const values: Partial<Record<Property, unknown>> = {}
  for (const property of PROPERTIES) {
    const value = sent[property]
    const present = property in sent
    if (!present && !demanded.includes(property)) continue
    if (isBlank(value)) {
      if (isRequired(property)) errors.push(invalid(property))
      else values[property] = null
    } else if (RULES[property](value, store)) {
      values[property] = value
    } else {
      errors.push(DATES.includes(property) ? wrongDate(property) : invalid(property))
    }
  }
  if (typeof values.code === 'string') {
    const holder = employeeByCode(store, values.code)
    if (holder && holder !== self) errors.push(codeExists())
  }
  if (errors.length > 0) throw badRequest(...errors)
  return values as Partial<Writable>
}

const BLANK = {
  lastNamePhonetics: null,
  firstNamePhonetics: null,
  hiredDate: null,
  birthDate: null,
  resignationDate: null,
  emailAddresses: null,
  employeeGroups: [],
  transfers: [],
  deleted: false,
}

/** A new person; what the caller left open gets a plausible value (§3.1). */
export function newEmployee(key: string, values: Partial<Writable>): Employee {
  return {
    ...BLANK,
    key,
    code: '',
    lastName: '',
    firstName: '',
    gender: 'no_selected',
    divisionCode: '',
    typeCode: '',
    allDayRegardingWorkInMinute: 480,
    ...values,
  }
}
