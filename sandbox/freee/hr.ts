import { json, Router, type NextFunction, type Request, type Response } from 'express'
import {
  COMPANY_ID,
  MONTH,
  YEAR,
  flagParam,
  isObject,
  parseFields,
  wholeParam,
  wholeValue,
  type Field,
} from './checks.js'
import { accessRefused, badRequest, internalServerError, notFound, Refused } from './errors.js'
import {
  BANK_FIELDS,
  BASIC_PAY_FIELDS,
  CREATE_FIELDS,
  HEALTH_AMOUNTS,
  HEALTH_FIELDS,
  PAYROLL_ONLY_KEYS,
  PENSION_AMOUNTS,
  PENSION_FIELDS,
  PROFILE_FIELDS,
  REQUIRED_NAMES,
  UPDATE_FIELDS,
  type ManualAmounts,
} from './fields.js'
import { effectiveMonth, isEmployedIn, monthOf, readMonth, writeMonth, type Monthly, type SentMonth } from './months.js'
import { companyEmployeeJson, employeeJson, newEmployee, profileJson, ruleJson } from './records.js'
import type {
  BasicPay,
  Company,
  Employee,
  FreeeStore,
  Payroll,
  Profile,
  SalaryStatement,
  User,
  WorkingHoursSystem,
} from './store.js'

/** Who calls, found by the access token. */
export interface Caller {
  user: User
  /** The company the token is for; null: all of the user's. */
  companyId: number | null
}

interface Call {
  caller: Caller
  query: Request['query']
  params: Record<string, unknown>
  body: unknown
}

interface Answer {
  status: 200 | 201 | 204
  body?: unknown
}

const PAGE = { min: 1, max: 100 }
const OFFSET = { min: 0, max: 2147483647 }

/**
 * The HR API below `/hr/api/v1` (freee §3.4–3.7). `callerOf` reads the token, or throws the 401 or the refusal that a
 * switch asks for; everything after it is decided here.
 */
export function createHrRouter({ store, callerOf }: { store: () => FreeeStore; callerOf: (req: Request) => Caller }) {
  const router = Router()
  router.use(json({ limit: '1mb' }))
  const on = (method: 'get' | 'post' | 'put' | 'delete', path: string, work: (call: Call) => Answer) =>
    router[method](path, (req, res) => {
      const caller = callerOf(req)
      const answer = work({ caller, query: req.query, params: req.params, body: req.body })
      if (answer.body === undefined) res.status(answer.status).end()
      else res.status(answer.status).json(answer.body)
    })

  /** The company that was asked for, if this token and this user may administer it. */
  const administered = ({ caller }: Call, companyId: number): Company => {
    const { companies, switches } = store()
    const company = companies.get(companyId)
    const membership = caller.user.roles.find(role => role.companyId === companyId)
    if (!company || !membership || (caller.companyId !== null && caller.companyId !== companyId)) {
      throw new Refused(accessRefused('company_not_found'))
    }
    if (switches.ipRestricted) throw new Refused(accessRefused('source_ip_address_limit'))
    if ((switches.role ?? membership.role) !== 'company_admin') {
      throw new Refused(accessRefused('user_do_not_have_permission'))
    }
    return company
  }
  const companyOfQuery = (call: Call) => administered(call, wholeParam(call.query.company_id, COMPANY_ID))
  const companyOfBody = (call: Call) => administered(call, wholeValue(bodyOf(call).company_id, COMPANY_ID))

  on('get', '/users/me', ({ caller }) => ({ status: 200, body: meJson(store(), caller.user) }))

  on('get', '/companies/:company_id/employees', call => {
    const company = administered(call, wholeParam(call.params.company_id, COMPANY_ID))
    const { limit, offset } = paging(call)
    const rows = company.employees.listed(flagParam(call.query.with_no_payroll_calculation))
    return { status: 200, body: rows.slice(offset, offset + limit).map(companyEmployeeJson) }
  })

  on('get', '/employees', call => {
    const company = companyOfQuery(call)
    const sent = monthOfQuery(call)
    const { limit, offset } = paging(call)
    const rows = company.employees.employedIn(sent, flagParam(call.query.with_no_payroll_calculation))
    const employees = rows.slice(offset, offset + limit).map(employee => employeeJson(employee, sent))
    return { status: 200, body: { employees, total_count: rows.length } }
  })

  on('post', '/employees', call => {
    const company = companyOfBody(call)
    const employee = createEmployee(company, bodyOf(call).employee, store().switches)
    company.employees.add(employee)
    return { status: 201, body: { employee: employeeJson(employee, monthOf(employee.entryDate)) } }
  })

  on('get', '/employees/:id', call => {
    const company = companyOfQuery(call)
    const sent = monthOfQuery(call)
    return { status: 200, body: { employee: employeeJson(visibleEmployee(company, call.params.id, sent), sent) } }
  })

  on('put', '/employees/:id', call => {
    const company = companyOfBody(call)
    const employee = employeeOfPath(company, call.params.id)
    const body = bodyOf(call)
    const sent =
      employee.payroll || body.year !== undefined || body.month !== undefined
        ? monthOfBody(call)
        : { year: 2000, month: 1 }
    updateEmployee(company, employee, body.employee, store().switches)
    company.employees.changed()
    return { status: 200, body: { employee: employeeJson(employee, sent) } }
  })

  on('delete', '/employees/:id', call => {
    const company = companyOfQuery(call)
    if (!company.employees.remove(employeeOfPath(company, call.params.id).id)) throw new Refused(notFound())
    return { status: 204 }
  })

  /** One of the monthly rules: the same reading and writing, different keys. */
  const rule = <T extends object>(definition: RuleDefinition<T>) => {
    const path = `/employees/:employee_id/${definition.name}`
    const key = `employee_${definition.name}`
    on('get', path, call => {
      const company = companyOfQuery(call)
      const sent = monthOfQuery(call)
      const { employee, payroll } = withPayroll(visibleEmployee(company, call.params.employee_id, sent))
      const value = readMonth(definition.history(payroll), effectiveMonth(sent, payroll.group))
      return { status: 200, body: { [key]: definition.json(employee, value) } }
    })
    on('put', path, call => {
      const company = companyOfBody(call)
      const sent = monthOfBody(call)
      const { employee, payroll } = withPayroll(employeeOfPath(company, call.params.employee_id))
      const values = parseFields(bodyOf(call)[key], definition.fields, definition.required)
      const month = effectiveMonth(sent, payroll.group)
      const history = definition.history(payroll)
      // Checked against the schema's types just now.
      const changes = definition.changes(values, readMonth(history, month), { employee, payroll }) as Partial<T>
      return { status: 200, body: { [key]: definition.json(employee, writeMonth(history, month, changes)) } }
    })
  }

  rule({
    name: 'profile_rule',
    fields: PROFILE_FIELDS,
    required: REQUIRED_NAMES,
    history: payroll => payroll.profile,
    json: profileJson,
    changes: (values, current, { employee }) => profileChanges(values, current, employee),
  })
  rule({
    name: 'health_insurance_rule',
    fields: HEALTH_FIELDS,
    required: ['standard_monthly_remuneration'],
    history: payroll => payroll.health,
    json: ruleJson,
    changes: (values, current) => withoutUnusedAmounts(values, current, HEALTH_AMOUNTS),
  })
  rule({
    name: 'welfare_pension_insurance_rule',
    fields: PENSION_FIELDS,
    required: ['standard_monthly_remuneration'],
    history: payroll => payroll.pension,
    json: ruleJson,
    changes: (values, current) => withoutUnusedAmounts(values, current, PENSION_AMOUNTS),
  })
  rule({
    name: 'bank_account_rule',
    fields: BANK_FIELDS,
    required: [],
    history: payroll => payroll.bank,
    json: ruleJson,
    changes: values => values,
  })
  rule({
    name: 'basic_pay_rule',
    fields: BASIC_PAY_FIELDS,
    required: ['pay_calc_type', 'pay_amount'],
    history: payroll => payroll.basicPay,
    json: ruleJson,
    changes: (values, _current, { payroll }) => {
      refuseFlexUnlessMonthly(payroll.workingHoursSystem, values.pay_calc_type)
      return values
    },
  })

  const statements = (kind: 'salaries' | 'bonuses', of: (company: Company) => SalaryStatement[]) => {
    const paidIn = (call: Call) => {
      const company = companyOfQuery(call)
      if (store().switches.plan === 'free') throw new Refused(accessRefused('freee_plan_limit'))
      const { year, month } = monthOfQuery(call)
      const prefix = `${year}-${String(month).padStart(2, '0')}`
      return { company, found: of(company).filter(statement => statement.pay_date.startsWith(prefix)) }
    }
    on('get', `/${kind}/employee_payroll_statements`, call => {
      const { found } = paidIn(call)
      const { limit, offset } = paging(call)
      return {
        status: 200,
        body: { employee_payroll_statements: found.slice(offset, offset + limit), total_count: found.length },
      }
    })
    on('get', `/${kind}/employee_payroll_statements/:employee_id`, call => {
      const { found } = paidIn(call)
      const id = idOfPath(call.params.employee_id)
      const statement = found.find(candidate => candidate.employee_id === id)
      if (!statement) throw new Refused(notFound())
      return { status: 200, body: { employee_payroll_statement: statement } }
    })
  }
  statements('salaries', company => company.salaryStatements)
  statements('bonuses', company => company.bonusStatements)

  router.use((req: Request) => {
    callerOf(req)
    throw new Refused(notFound())
  })
  router.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => sendRefusal(error, res))
  return router
}

/** Turns anything thrown into freee's answer; a body that is not JSON is the express parser's 400. */
export function sendRefusal(error: unknown, res: Response) {
  const refusal =
    error instanceof Refused
      ? error.refusal
      : isObject(error) && typeof error.status === 'number' && error.status < 500
        ? badRequest()
        : internalServerError()
  res
    .status(refusal.status)
    .set(refusal.headers ?? {})
    .type(refusal.contentType)
    .send(JSON.stringify(refusal.body))
}

interface RuleDefinition<T> {
  name: string
  fields: readonly Field[]
  required: readonly string[]
  history: (payroll: Payroll) => Monthly<T>
  json: (employee: Employee, value: T) => object
  /** What to write, from the keys sent and what holds so far. An optional key not sent keeps its value (freee §3.5). */
  changes: (
    values: Record<string, unknown>,
    current: T,
    owner: { employee: Employee; payroll: Payroll },
  ) => Record<string, unknown>
}

function bodyOf({ body }: Call): Record<string, unknown> {
  if (!isObject(body)) throw new Refused(badRequest())
  return body
}

const monthOfQuery = ({ query }: Call): SentMonth => ({
  year: wholeParam(query.year, YEAR),
  month: wholeParam(query.month, MONTH),
})

const monthOfBody = (call: Call): SentMonth => ({
  year: wholeValue(bodyOf(call).year, YEAR),
  month: wholeValue(bodyOf(call).month, MONTH),
})

const paging = ({ query }: Call) => ({
  limit: wholeParam(query.limit, PAGE, 50),
  offset: wholeParam(query.offset, OFFSET, 0),
})

const idOfPath = (value: unknown) => wholeParam(value, COMPANY_ID)

function employeeOfPath(company: Company, id: unknown): Employee {
  const employee = company.employees.get(idOfPath(id))
  if (!employee) throw new Refused(notFound())
  return employee
}

/** For reading only: somebody already retired must stay writable, or 退職日 could never be cleared again. */
function visibleEmployee(company: Company, id: unknown, sent: SentMonth): Employee {
  const employee = employeeOfPath(company, id)
  if (!isEmployedIn(sent, employee)) throw new Refused(notFound())
  return employee
}

/** The rule endpoints refuse 給与計算対象外 employees (freee §3.4). */
function withPayroll(employee: Employee) {
  if (!employee.payroll) throw new Refused(badRequest(['給与計算対象外の従業員には利用できません。']))
  return { employee, payroll: employee.payroll }
}

function meJson({ companies, switches }: FreeeStore, user: User) {
  return {
    id: user.id,
    companies: user.roles.flatMap(({ companyId, role }) => {
      const company = companies.get(companyId)
      if (!company) return []
      const employee = company.employees.all().find(candidate => candidate.userId === user.id)
      return [
        {
          id: company.id,
          name: company.name,
          role: switches.role ?? role,
          external_cid: company.externalCid,
          employee_id: employee?.payroll ? employee.id : null,
          display_name: employee?.payroll ? employee.displayName : null,
        },
      ]
    }),
  }
}

function createEmployee(company: Company, source: unknown, switches: FreeeStore['switches']): Employee {
  const withoutPayroll = isObject(source) && source.no_payroll_calculation === true
  const values = parseFields(source, CREATE_FIELDS, [
    ...REQUIRED_NAMES,
    'birth_date',
    'entry_date',
    ...(withoutPayroll ? [] : ['pay_calc_type', 'pay_amount']),
  ])
  if (withoutPayroll && PAYROLL_ONLY_KEYS.some(key => key in values)) {
    throw new Refused(badRequest(['給与計算対象外の従業員には給与計算の項目を指定できません。']))
  }
  const num = textOf(values.num)
  refuseDuplicateNum(company, num, null, switches)
  // The keys below were checked just now; the schema's types are theirs.
  const given = values as {
    last_name: string
    first_name: string
    last_name_kana: string
    first_name_kana: string
    birth_date: string
    entry_date: string
    pay_calc_type: BasicPay['pay_calc_type']
    pay_amount: number
    gender?: Employee['gender']
    married?: boolean
  }
  return newEmployee({
    id: company.employees.nextId(),
    companyId: company.id,
    num,
    lastName: given.last_name,
    firstName: given.first_name,
    lastNameKana: given.last_name_kana,
    firstNameKana: given.first_name_kana,
    birthDate: given.birth_date,
    entryDate: given.entry_date,
    gender: given.gender ?? 'unselected',
    married: given.married ?? false,
    payroll: withoutPayroll
      ? null
      : {
          group: namedGroup(company, values.company_reference_date_rule_name),
          workingHoursSystem: namedSystem(company, values.working_hours_system_name, given.pay_calc_type),
          basicPay: { pay_calc_type: given.pay_calc_type, pay_amount: given.pay_amount },
        },
  })
}

function updateEmployee(company: Company, employee: Employee, source: unknown, switches: FreeeStore['switches']) {
  const { payroll } = employee
  const values = parseFields(source, UPDATE_FIELDS, ['birth_date', 'entry_date', ...(payroll ? [] : ['display_name'])])
  const forbiddenKeys = ['employment_insurance_reference_number', 'company_reference_date_rule_name']
  if (!payroll && forbiddenKeys.some(key => key in values)) {
    throw new Refused(badRequest(['給与計算対象外の従業員には給与計算の項目を指定できません。']))
  }
  const entryDate = textOf(values.entry_date)
  const retireDate = 'retire_date' in values ? nullableText(values.retire_date) : employee.retireDate
  if (retireDate !== null && retireDate < entryDate) {
    throw new Refused(badRequest(['退職日は入社日以降の日付を入力してください。']))
  }
  if ('num' in values) refuseDuplicateNum(company, textOf(values.num), employee.id, switches)
  if (payroll && 'company_reference_date_rule_name' in values) {
    payroll.group = changedGroup(company, employee, payroll, values.company_reference_date_rule_name)
  }
  employee.entryDate = entryDate
  employee.birthDate = textOf(values.birth_date)
  employee.retireDate = retireDate
  if ('num' in values) employee.num = textOf(values.num)
  if ('display_name' in values) employee.displayName = textOf(values.display_name)
  if ('base_pension_num' in values) employee.basePensionNum = textOf(values.base_pension_num)
  if ('employment_insurance_reference_number' in values) {
    employee.employmentInsuranceReferenceNumber = textOf(values.employment_insurance_reference_number)
  }
}

function refuseDuplicateNum(company: Company, num: string, own: number | null, switches: FreeeStore['switches']) {
  if (switches.duplicateNum === 'accept' || num === '') return
  if (company.employees.all().some(other => other.num === num && other.id !== own)) {
    throw new Refused(badRequest(['従業員番号はすでに使用されています。']))
  }
}

/** Omitted: the first one registered. A name must match character for character. */
function namedGroup(company: Company, name: unknown) {
  const group = name === undefined ? company.groups[0] : company.groups.find(candidate => candidate.name === name)
  if (!group) throw new Refused(badRequest(['締め日支払い日グループ名が存在しません。']))
  return group
}

function namedSystem(company: Company, name: unknown, payCalcType: unknown): WorkingHoursSystem {
  const systems = company.workingHoursSystems
  const system = name === undefined ? systems[0] : systems.find(candidate => candidate.name === name)
  if (!system) throw new Refused(badRequest(['勤務・賃金設定名が存在しません。']))
  refuseFlexUnlessMonthly(system, payCalcType)
  return system
}

function refuseFlexUnlessMonthly(system: WorkingHoursSystem, payCalcType: unknown) {
  if (system.flex && payCalcType !== 'monthly') {
    throw new Refused(badRequest(['フレックスタイム制の場合、給与方式は月給以外指定できません。']))
  }
}

/** Not while there are confirmed statements, nor with フレックスタイム制 (freee §5.2). */
function changedGroup(company: Company, employee: Employee, payroll: Payroll, name: unknown) {
  const group = namedGroup(company, name)
  if (group === payroll.group) return group
  const confirmed = [...company.salaryStatements, ...company.bonusStatements].some(
    statement => statement.employee_id === employee.id && statement.fixed,
  )
  if (confirmed || payroll.workingHoursSystem.flex) {
    throw new Refused(badRequest(['締め日支払い日を変更できません。']))
  }
  return group
}

/** Gender goes to the employee, for every month; the householder's name is freee's own while it is the person itself. */
function profileChanges(values: Record<string, unknown>, current: Profile, employee: Employee) {
  const { gender, ...changes } = values
  const householder = 'householder' in changes ? changes.householder : current.householder
  if ('householder_name' in changes && householder === 'myself') {
    throw new Refused(badRequest(['世帯主の続柄が本人の場合、世帯主の名前は指定できません。']))
  }
  if (gender === 'unselected' || gender === 'male' || gender === 'female') employee.gender = gender
  return householder === 'myself' ? { ...changes, householder_name: '' } : changes
}

function withoutUnusedAmounts(values: Record<string, unknown>, current: object, manual: readonly ManualAmounts[]) {
  const after: Record<string, unknown> = { ...current, ...values }
  const unused = manual.filter(({ calcType }) => after[calcType] !== 'manual').flatMap(({ amounts }) => amounts)
  return { ...values, ...Object.fromEntries(unused.map(key => [key, null])) }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')
const nullableText = (value: unknown) => (typeof value === 'string' ? value : null)
