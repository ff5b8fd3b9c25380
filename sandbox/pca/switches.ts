import { blankEmployee, EMPLOYEE_KEYS, isObject, isProblem, withFields } from './records.js'
import { DEFAULT_SWITCHES, PRODUCTS, type Area, type PcaStore, type PcaSwitches } from './store.js'

const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(entry => typeof entry === 'string')
const isWhole = (value: unknown, from: number): value is number => Number.isSafeInteger(value) && Number(value) >= from

/** Which values each switch takes; see `PcaSwitches` for what they do. */
const accepts: { [K in keyof PcaSwitches]: (value: unknown) => value is PcaSwitches[K] } = {
  contracted: isFlag,
  credentialsValid: isFlag,
  cals: (value): value is number => isWhole(value, 0),
  maintenance: isFlag,
  deletedAreas: isTexts,
  dates: (value): value is PcaSwitches['dates'] => value === 'object' || value === 'string',
  blankDates: (value): value is PcaSwitches['blankDates'] => value === 'zero' || value === 'missing',
  unsent: (value): value is PcaSwitches['unsent'] => value === 'blank' || value === 'keep',
  editDuringRun: isTexts,
  failElements: (value): value is PcaSwitches['failElements'] =>
    isObject(value) &&
    Object.values(value).every(
      entry => isObject(entry) && typeof entry.ErrorCode === 'string' && typeof entry.ErrorMessage === 'string',
    ),
  failElement: (value): value is number | null => value === null || isWhole(value, 1),
}

/** What is asked for once, beside the switches. */
const ACTIONS = ['product', 'area', 'employees', 'edits', 'expire']

/**
 * Sets the switches named in `patch` and does what it asks for once; throws when a name or value is unknown.
 *
 * `employees`: the people of the area are these from now on, in the form of the Web-API, unchecked. `edits`: somebody
 * changes people in PCA, by 社員コード. Both are about the first area of 給与 unless `product` and `area` name another.
 * `expire`: `"access"` ends every access token, `"all"` the refresh tokens too. `stamp` is the update stamp of now.
 */
export function setSwitches(store: PcaStore, patch: Record<string, unknown>, stamp: string) {
  for (const [name, value] of Object.entries(patch)) {
    if (ACTIONS.includes(name)) continue
    if (!(name in DEFAULT_SWITCHES) || !accepts[name as keyof PcaSwitches](value)) throw unknown(name, value)
  }
  const { product, area, employees, edits, expire, ...switches } = patch
  if (expire !== undefined && expire !== 'access' && expire !== 'all') throw unknown('expire', expire)
  const target = areaNamed(store, product, area)
  if (employees !== undefined) replaceEmployees(target, employees, stamp)
  if (edits !== undefined) editEmployees(target, edits, stamp)
  for (const grant of expire === undefined ? [] : store.grants) {
    grant.accessUntil = 0
    if (expire === 'all') grant.refreshUntil = 0
  }
  Object.assign(store.switches, switches)
}

function areaNamed(store: PcaStore, product: unknown, name: unknown): Area {
  const code = PRODUCTS.find(candidate => candidate === (product ?? 'Pay20'))
  if (!code) throw unknown('product', product)
  const { areas } = store.products[code]
  const area = name === undefined ? areas[0] : areas.find(candidate => candidate.Name === name)
  if (!area) throw unknown('area', name)
  return area
}

function replaceEmployees(area: Area, employees: unknown, stamp: string) {
  if (!Array.isArray(employees)) throw unknown('employees', employees)
  const records = employees.map((described: unknown) => {
    const sent = known(described)
    const employee = withFields(blankEmployee(area, typeof sent.Code === 'string' ? sent.Code : ''), sent)
    if (isProblem(employee)) throw unknown('employees', described)
    return { employee, stamp: typeof sent.UpdateTime === 'string' ? sent.UpdateTime : stamp }
  })
  area.employees.clear()
  for (const record of records) area.employees.add(record.employee, record.stamp)
}

function editEmployees(area: Area, edits: unknown, stamp: string) {
  if (!isObject(edits)) throw unknown('edits', edits)
  for (const [code, changes] of Object.entries(edits)) {
    const [employee] = area.employees.withCode(code)
    const edited = employee && withFields(employee, known(changes))
    if (!edited || isProblem(edited)) throw unknown('edits', { [code]: changes })
    area.employees.save(edited, stamp)
  }
}

/** The keys an employee has, and no others: a misspelt one would make a test meaningless. */
function known(described: unknown): Record<string, unknown> {
  if (!isObject(described)) throw unknown('employees', described)
  for (const key of Object.keys(described))
    if (!EMPLOYEE_KEYS.has(key)) throw unknown('employees', { [key]: described[key] })
  return described
}

const unknown = (name: string, value: unknown) =>
  new Error(`Unknown PCA switch or value: ${name}=${JSON.stringify(value)}`)
