import type { BanWindow } from './dates.js'
import { newEmployee } from './fields.js'
import { keyOf, USUAL_WINDOWS, type Company, type Division, type Employee, type Store, type Switches } from './store.js'

const isFlag = (value: unknown) => typeof value === 'boolean'
const oneOf =
  (...values: unknown[]) =>
  (value: unknown) =>
    values.includes(value)
const isList = (value: unknown): value is Record<string, unknown>[] =>
  Array.isArray(value) && value.every(entry => typeof entry === 'object' && entry !== null)
const isTime = (value: unknown) => typeof value === 'string' && /^([01]\d|2[0-4]):[0-5]\d$/.test(value)
const isWindow = (value: unknown) =>
  Array.isArray(value) && value.length === 2 && value.every(isTime) && String(value[0]) < String(value[1])

/** Which values a setting takes; see `Switches` for what it does. */
const SETTINGS: { readonly [K in keyof Switches]: (value: unknown) => boolean } = {
  resignDay: oneOf('in', 'out'),
  hideFuture: isFlag,
  additionalFieldsStrict: isFlag,
  putMode: oneOf('partial', 'full'),
  tersePost: isFlag,
  windows: value => isFlag(value) || (Array.isArray(value) && value.every(isWindow)),
  maintenance: isFlag,
  ipError: oneOf(105, 100),
}

const isSetting = (name: string): name is keyof Switches => Object.hasOwn(SETTINGS, name)

interface Action {
  takes(value: unknown): boolean
  act(store: Store, value: never): void
}

/** What changes data instead of behaviour: a test's own people, masters and company, and the end of tokens. */
const ACTIONS: Readonly<Record<string, Action>> = {
  employees: {
    takes: value => isList(value) && value.every(row => typeof row.code === 'string'),
    act: (store, rows: readonly Partial<Employee>[]) => replaceEmployees(store, rows),
  },
  divisions: { takes: isList, act: (store, divisions: Division[]) => (store.divisions = divisions) },
  workingTypes: { takes: isList, act: (store, types: Store['workingTypes']) => (store.workingTypes = types) },
  company: {
    takes: value => isList([value]),
    act: (store, company: Partial<Company>) => (store.company = { ...store.company, ...company }),
  },
  stopToken: { takes: value => typeof value === 'string', act: stopToken },
  differ: { takes: value => Number.isSafeInteger(value) && Number(value) >= 0, act: differ },
}

/** Sets what `patch` names; throws, changing nothing, when a name or value is unknown. `reseed` is `true` alone. */
export function setSwitches(store: Store, patch: Record<string, unknown>, reseed: () => void): void {
  const wrong = Object.entries(patch).filter(([name, value]) => {
    if (name === 'reseed') return value !== true
    if (isSetting(name)) return !SETTINGS[name](value)
    return !(Object.hasOwn(ACTIONS, name) && ACTIONS[name]?.takes(value))
  })
  if (wrong.length > 0) {
    const named = wrong.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')
    throw new Error(`Unknown ${store.brand} switch or value: ${named}`)
  }
  if ('reseed' in patch) reseed()
  for (const [name, value] of Object.entries(patch)) {
    if (name === 'windows' && typeof value === 'boolean') store.switches.windows = value ? USUAL_WINDOWS : []
    else if (isSetting(name)) Object.assign(store.switches, { [name]: value as readonly BanWindow[] })
    else ACTIONS[name]?.act(store, value as never)
  }
}

/** These are the people from now on. A row needs only its code. */
function replaceEmployees(store: Store, rows: readonly Partial<Employee>[]): void {
  store.employees.clear()
  rows.forEach((row, position) => {
    const key = row.key ?? keyOf(`${store.brand} ${position} ${row.code ?? ''}`)
    const usual = { lastName: '見本', firstName: '太郎', gender: 'male', divisionCode: '1000', typeCode: '1' } as const
    store.employees.set(key, { ...newEmployee(key, usual), ...row, key })
  })
}

/** An administrator stops a token, or every one with `*`. */
function stopToken(store: Store, name: string): void {
  for (const token of store.tokens.values()) if (name === '*' || token.token === name) token.stopped = true
}

/** The first `count` people get other values, so that a populated company has something to synchronise. */
function differ(store: Store, count: number): void {
  const changes: ((employee: Employee) => void)[] = [
    employee => (employee.emailAddresses = [`changed.${employee.code.toLowerCase()}@midori.example`]),
    employee => (employee.hiredDate = employee.hiredDate === '2015-07-01' ? '2015-08-01' : '2015-07-01'),
    employee => (employee.lastName = employee.lastName === '新田' ? '古田' : '新田'),
  ]
  const people = [...store.employees.values()].slice(0, count)
  people.forEach((employee, position) => changes[position % changes.length]?.(employee))
}
