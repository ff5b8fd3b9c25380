import { Router, type NextFunction, type Request, type Response } from 'express'
import { checkDivision, checkEmployee } from './checks.js'
import * as refuse from './errors.js'
import {
  addEmployee,
  changeEmployee,
  emailKey,
  newDivision,
  newEmployee,
  type Admin,
  type Company,
  type Division,
  type Employee,
  type MikiwameStore,
} from './store.js'

/** Says who acts at the company, by address; without it, the company's first administrator (assumed: §7 names no way). */
const ACTING = 'X-Mikiwame-Admin'
const PER_PAGE = 100

interface Caller {
  company: Company
  admin: Admin
}

const companyOf = (res: Response) => (res.locals as Caller).company

function numberParam(req: Request, name: string, otherwise: number, max: number): number {
  const text = req.query[name]
  if (text === undefined || text === '') return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw refuse.unprocessable([{ code: 'invalid', field: name, message: `${name}の形式が正しくありません` }])
  return value
}

function pageOf<T>(req: Request, rows: readonly T[]): T[] {
  const page = numberParam(req, 'page', 1, Number.MAX_SAFE_INTEGER)
  const perPage = numberParam(req, 'per_page', PER_PAGE, PER_PAGE)
  return rows.slice((page - 1) * perPage, page * perPage)
}

/** The attributes of a write: `{ "division": { … } }` as in §7, or bare, since §7 shows no request. */
function attributesOf(req: Request, name: string): Record<string, unknown> {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
  const body: unknown = req.body
  const attributes = isObject(body) && name in body ? body[name] : body
  if (!isObject(attributes)) throw refuse.malformed()
  return attributes
}

/** A new code is followed by children and people. */
function changeDivision(company: Company, division: Division, fields: Partial<Division>): void {
  const { code } = division
  Object.assign(division, fields)
  if (division.code === code) return
  for (const child of company.divisions) if (child.parent_code === code) child.parent_code = division.code
  for (const employee of company.employees) if (employee.division_code === code) employee.division_code = division.code
}

export interface ApiDeps {
  store(): MikiwameStore
  /** counts a company's call; seconds to wait when it is one too many */
  arrive(companyId: string): number | null
}

/** The REST API (assumed contract, §7). */
export function apiRouter({ store, arrive }: ApiDeps): Router {
  const router = Router()

  router.use((req, res, next) => {
    const { switches, companies } = store()
    if (switches.maintenance) throw refuse.maintenance()
    const token = /^Bearer\s+(\S+)$/i.exec(req.get('authorization') ?? '')?.[1]
    const company = companies.find(candidate => candidate.token === token)
    if (!company || (!switches.tokenValid && company === companies[0])) throw refuse.unauthorized()
    const wait = arrive(company.id)
    if (wait !== null) throw refuse.rateLimited(wait)
    const acting = req.get(ACTING)
    const admin = acting
      ? company.admins.find(candidate => emailKey(candidate.email) === emailKey(acting))
      : company.admins[0]
    if (!admin?.administrator || !switches.administrator) throw refuse.forbidden()
    Object.assign(res.locals, { company, admin } satisfies Caller)
    next()
  })

  router.get('/admins/me', (_req, res) => {
    const { company, admin } = res.locals as Caller
    const { administrator: _administrator, ...shown } = admin
    res.json({ admin: { ...shown, company: { id: company.id, name: company.name } } })
  })

  router.get('/divisions', (req, res) => {
    const { divisions } = companyOf(res)
    res.json({ divisions: pageOf(req, divisions), total_count: divisions.length })
  })
  router.post('/divisions', (req, res) => {
    const company = companyOf(res)
    const checked = checkDivision(company, attributesOf(req, 'division'), null)
    if (!checked.ok) throw refuse.unprocessable(checked.problems)
    const { code = '', name = '', parent_code: parent = null } = checked.fields
    const division = newDivision(store(), { code, name, parent_code: parent })
    company.divisions.push(division)
    res.status(201).json({ division })
  })
  router.patch('/divisions/:id', (req, res) => {
    const company = companyOf(res)
    const division = company.divisions.find(candidate => candidate.id === req.params.id)
    if (!division) throw refuse.notFound()
    const checked = checkDivision(company, attributesOf(req, 'division'), division)
    if (!checked.ok) throw refuse.unprocessable(checked.problems)
    changeDivision(company, division, checked.fields)
    res.json({ division })
  })

  router.get('/employees', (req, res) => {
    const { employees, byEmail } = companyOf(res)
    const { email } = req.query
    const found: readonly Employee[] =
      typeof email === 'string' ? [byEmail.get(emailKey(email))].flatMap(employee => employee ?? []) : employees
    res.json({ employees: pageOf(req, found), total_count: found.length })
  })
  router.post('/employees', (req, res) => {
    const company = companyOf(res)
    const checked = checkEmployee(company, attributesOf(req, 'employee'), null)
    if (!checked.ok) throw refuse.unprocessable(checked.problems)
    const employee = newEmployee(store(), checked.fields)
    addEmployee(company, employee)
    res.status(201).json({ employee })
  })
  router.patch('/employees/:id', (req, res) => {
    const company = companyOf(res)
    const employee = company.employees.find(candidate => candidate.id === req.params.id)
    if (!employee) throw refuse.notFound()
    const checked = checkEmployee(company, attributesOf(req, 'employee'), employee)
    if (!checked.ok) throw refuse.unprocessable(checked.problems)
    changeEmployee(company, employee, checked.fields)
    res.json({ employee })
  })

  router.use(() => {
    throw refuse.notFound()
  })
  return router
}

/** Answers what was thrown with ミキワメ's body. */
export function answerRefused(error: unknown, _req: Request, res: Response, _next: NextFunction): void {
  const refused = error instanceof refuse.Refused ? error : refuse.internal()
  res.status(refused.status).set(refused.headers).json({ errors: refused.problems })
}
