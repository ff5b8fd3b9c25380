import { isObject } from './checks.js'
import { readMonth, type Monthly } from './months.js'
import { newEmployee } from './records.js'
import { firstMonth, type Company, type Employee, type Payroll } from './store.js'

type Json = Record<string, unknown>

/** What somebody is where the caller left it open. */
const USUAL = {
  last_name: '見本',
  first_name: '太郎',
  last_name_kana: 'ミホン',
  first_name_kana: 'タロウ',
  birth_date: '1990-01-01',
  entry_date: '2020-04-01',
}

const OWN: readonly (keyof Employee)[] = [
  'num',
  'displayName',
  'birthDate',
  'entryDate',
  'retireDate',
  'basePensionNum',
  'employmentInsuranceReferenceNumber',
  'gender',
  'userId',
  'loginEmail',
]

const PARTS = ['profile', 'health', 'pension', 'bank', 'basicPay'] as const

/** `2026-11` as the state names payment months. */
function monthOfName(name: unknown): number {
  const [, year, month] = /^(\d{4})-(\d{2})$/.exec(typeof name === 'string' ? name : '') ?? []
  if (!year || !month) throw new Error(`a payment month is like "2026-11", not ${JSON.stringify(name)}`)
  return Number(year) * 12 + Number(month) - 1
}

/** `[{ from: '2026-11', value: {…} }]` over what an empty employee has; an entry says only what differs from the one before. */
function historyOf<T extends object>(given: unknown, empty: T): Monthly<T> {
  if (!Array.isArray(given) || given.length === 0) throw new Error('a monthly part is a list of { from, value }')
  let value = empty
  return given
    .map((entry: unknown) => {
      if (!isObject(entry) || !isObject(entry.value)) throw new Error('a monthly part is a list of { from, value }')
      const known: object = empty
      for (const key of Object.keys(entry.value)) if (!(key in known)) throw new Error(`freee keeps no "${key}"`)
      return { from: monthOfName(entry.from), value: entry.value as Partial<T> }
    })
    .sort((left, right) => left.from - right.from)
    .map(entry => ({ from: entry.from, value: (value = { ...value, ...entry.value }) }))
}

function employeeFrom(company: Company, entry: Json, id: number): Employee {
  const known = [...OWN, 'id', 'companyId', 'payroll'] as readonly string[]
  for (const key of Object.keys(entry)) if (!known.includes(key)) throw new Error(`a freee employee has no "${key}"`)
  const given = entry.payroll === undefined ? {} : entry.payroll
  if (given !== null && !isObject(given)) throw new Error('payroll is an object, or null for 給与計算対象外')
  const group = company.groups.find(each => given === null || given.group === undefined || each.name === given.group)
  const system = company.workingHoursSystems.find(
    each => given === null || given.workingHoursSystem === undefined || each.name === given.workingHoursSystem,
  )
  if (!group || !system) throw new Error('no such 締め日支払い日グループ or 勤務・賃金設定')
  const entryDate = typeof entry.entryDate === 'string' ? entry.entryDate : USUAL.entry_date
  const employee = newEmployee({
    id,
    companyId: company.id,
    num: '',
    lastName: USUAL.last_name,
    firstName: USUAL.first_name,
    lastNameKana: USUAL.last_name_kana,
    firstNameKana: USUAL.first_name_kana,
    birthDate: USUAL.birth_date,
    entryDate,
    gender: 'unselected',
    married: false,
    payroll:
      given === null
        ? null
        : { group, workingHoursSystem: system, basicPay: { pay_calc_type: 'monthly', pay_amount: 220_000 } },
  })
  Object.assign(employee, Object.fromEntries(OWN.flatMap(key => (key in entry ? [[key, entry[key]]] : []))))
  const { payroll } = employee
  if (!payroll || given === null) return employee
  const part = <K extends (typeof PARTS)[number]>(name: K, of: (payroll: Payroll) => Payroll[K]) => {
    if (given[name] === undefined) return
    const history = of(payroll) as Monthly<object>
    payroll[name] = historyOf(given[name], readMonth(history, firstMonth(entryDate, group))) as Payroll[K]
  }
  for (const name of PARTS) part(name, each => each[name])
  if (!('displayName' in entry)) {
    const { last_name, first_name } = readMonth(payroll.profile, Number.MAX_SAFE_INTEGER)
    employee.displayName = `${last_name} ${first_name}`
  }
  return employee
}

/**
 * The company employs exactly these people from now on, described as its state shows them; what is left out is as with
 * somebody new. Past the API's checks: freee may hold what its API refuses. Statements go.
 */
export function employGiven(company: Company, people: readonly Json[]): void {
  const firstId = 200_001
  const employees = people.map((entry, position) =>
    employeeFrom(company, entry, typeof entry.id === 'number' ? entry.id : firstId + position),
  )
  company.employees.replaceAll(employees, Math.max(firstId, ...employees.map(({ id }) => id)) + 1)
  company.salaryStatements = []
  company.bonusStatements = []
}
