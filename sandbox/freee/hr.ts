import { json, type NextFunction, type Request, type Response, Router } from 'express'
import {
  COMPANY_ID,
  type Field,
  flagParam,
  isObject,
  MONTH,
  parseFields,
  wholeParam,
  wholeValue,
  YEAR,
} from './checks.js'
import {
  createEmployee,
  profileChanges,
  refuseFlexUnlessMonthly,
  updateEmployee,
  withoutUnusedAmounts,
} from './employee-writes.js'
import { accessRefused, badRequest, internalServerError, notFound, Refused } from './errors.js'
import {
  BANK_FIELDS,
  BASIC_PAY_FIELDS,
  HEALTH_AMOUNTS,
  HEALTH_FIELDS,
  PENSION_AMOUNTS,
  PENSION_FIELDS,
  PROFILE_FIELDS,
  REQUIRED_NAMES,
} from './fields.js'
import { createLateListing } from '../core/late.js'
import { effectiveMonth, isEmployedIn, type Monthly, monthOf, readMonth, type SentMonth, writeMonth } from './months.js'
import { companyEmployeeJson, employeeJson, profileJson, ruleJson } from './records.js'
import type { Company, Employee, FreeeStore, Payroll, SalaryStatement, User } from './store.js'

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
  const late = createLateListing(() => store().switches.listedAfterMs)
  const listed = (employees: readonly Employee[]) =>
    store().switches.listedAfterMs === 0 ? employees : employees.filter(({ id }) => late.isListed(id))
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
    const rows = listed(company.employees.listed(flagParam(call.query.with_no_payroll_calculation)))
    return { status: 200, body: rows.slice(offset, offset + limit).map(companyEmployeeJson) }
  })

  on('get', '/employees', call => {
    const company = companyOfQuery(call)
    const sent = monthOfQuery(call)
    const { limit, offset } = paging(call)
    const rows = listed(company.employees.employedIn(sent, flagParam(call.query.with_no_payroll_calculation)))
    const employees = rows.slice(offset, offset + limit).map(employee => employeeJson(employee, sent))
    return { status: 200, body: { employees, total_count: rows.length } }
  })

  on('post', '/employees', call => {
    const company = companyOfBody(call)
    const employee = createEmployee(company, bodyOf(call).employee, store().switches)
    company.employees.add(employee)
    late.made(employee.id)
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
