import { randomBytes } from 'node:crypto'
import { Router, type NextFunction, type Request, type Response } from 'express'
import { isDate, plusYears, todayInJapan } from './dates.js'
import { ADDITIONAL_FIELDS, inListOrder, isShown, onDay, shown, type AdditionalField } from './directory.js'
import {
  authenticationFailed,
  badRequest,
  dateOutOfRange,
  employeeNotFound,
  invalid,
  notFound,
  outOfService,
  Refused,
  unexpected,
  wrongDate,
} from './errors.js'
import { newEmployee, parseEmployee, REQUIRED } from './fields.js'
import { admit, demandRight } from './guard.js'
import { employeeByCode, employeeByKey, keyOf, newToken, type Employee, type Rights, type Store } from './store.js'

interface ApiDeps {
  store(): Store
  now(): Date
  /** counts a call and says whether the rate allows it */
  allows(): boolean
}

/** The web API below `/v1.0` (King of Time reference, §3 and §9.1). */
export function createApi({ store, now, allows }: ApiDeps): Router {
  const router = Router()

  router.use((_req, _res, next) => {
    if (store().switches.maintenance) throw outOfService()
    next()
  })

  // The token's own endpoints: open in every window, and the token stands in the path.
  router.get('/tokens/:token/available', (req, res) => {
    const token = store().tokens.get(req.params.token)
    res.json({ available: token !== undefined && !token.stopped })
  })
  router.post('/tokens/:token', (req, res) => {
    const former = liveToken(req.params.token)
    former.stopped = true
    const token = randomBytes(16).toString('hex')
    store().tokens.set(token, newToken(token, former.purpose, { rights: former.rights, allowedIps: former.allowedIps }))
    res.status(201).json({ token })
  })
  router.delete('/tokens/:token', (req, res) => {
    liveToken(req.params.token).stopped = true
    res.status(204).end()
  })
  const liveToken = (name: string) => {
    const token = store().tokens.get(name)
    if (!token || token.stopped) throw authenticationFailed()
    return token
  }

  router.post('/daily-workings/timerecord/:employeeKey', (req, res) => {
    admit(store(), req, { now: now(), allows, exempt: true })
    const { key } = personOf(req.params.employeeKey)
    store().punches.push({ employeeKey: key, time: now().toISOString(), body: req.body as unknown })
    res.status(201).json({})
  })

  router.use((req, res, next) => {
    res.locals.token = admit(store(), req, { now: now(), allows, exempt: false })
    next()
  })
  const needs = (right: keyof Rights) => (_req: Request, res: Response, next: NextFunction) => {
    demandRight(res.locals.token as Parameters<typeof demandRight>[0], right)
    next()
  }

  router.get('/company', needs('companyRead'), (_req, res) => {
    res.json({
      ...store().company,
      host: 's2.kingtime.jp',
      businessYearStartDate: '04/01',
      settings: { timeDisplayFormat: 'sexagesimal', decimalTreatType: 'round' },
    })
  })
  router.get('/administrators', needs('companyRead'), (_req, res) => {
    res.json([{ code: 'admin', key: keyOf(`${store().brand} administrator`), name: '全権管理者' }])
  })
  router.get('/divisions', needs('employeeRead'), (_req, res) => {
    res.json(store().divisions)
  })
  router.get('/working-types', needs('employeeRead'), (_req, res) => {
    res.json(store().workingTypes)
  })
  router.get('/employee-groups', needs('employeeRead'), (_req, res) => {
    res.json([])
  })

  router.get('/employees', needs('employeeRead'), (req, res) => {
    const { date, withResigned, fields } = viewOf(req)
    const { division } = req.query
    const people = [...store().employees.values()]
      .map(employee => onDay(employee, date))
      .filter(
        employee =>
          isShown(employee, date, withResigned, store().switches) &&
          (division === undefined || division === '' || employee.divisionCode === division),
      )
    res.json(inListOrder(store(), people).map(employee => shown(store(), employee, fields)))
  })
  router.get('/employees/:code', needs('employeeRead'), (req: Request<{ code: string }>, res) => {
    const { date, withResigned, fields } = viewOf(req)
    const employee = employeeByCode(store(), req.params.code)
    if (!employee || !isShown(employee, date, withResigned, store().switches)) throw employeeNotFound()
    res.json(shown(store(), onDay(employee, date), fields))
  })
  router.post('/employees', needs('employeeWrite'), (req, res) => {
    const values = parseEmployee(store(), req.body, REQUIRED)
    const { brand, employees, switches } = store()
    const employee = newEmployee(keyOf(`${brand} created ${employees.size} ${values.code ?? ''}`), values)
    employees.set(employee.key, employee)
    const { divisionName, typeName, ...terse } = shown(store(), employee, ADDITIONAL_FIELDS)
    res.status(201).json(switches.tersePost ? terse : { ...terse, divisionName, typeName })
  })
  router.put('/employees/:key', needs('employeeWrite'), (req: Request<{ key: string }>, res) => {
    noteViolation(req)
    if (req.query.updateDate !== undefined && !isDate(req.query.updateDate)) throw badRequest(wrongDate('updateDate'))
    const employee = personOf(req.params.key)
    const demanded = store().switches.putMode === 'full' ? REQUIRED : []
    const { divisionCode, typeCode, ...values } = parseEmployee(store(), req.body, demanded, employee)
    const transfer = { ...(divisionCode && { divisionCode }), ...(typeCode && { typeCode }) }
    const today = todayInJapan(now())
    const from = (req.query.updateDate as string | undefined) ?? today
    // assumed: as in the administrator's form, no further back than to the start of this month (§2)
    if (from < `${today.slice(0, 7)}-01`) throw badRequest(invalid('updateDate'))
    Object.assign(employee, values, from > today ? {} : transfer)
    if (from > today && Object.keys(transfer).length > 0) employee.transfers.push({ from, ...transfer })
    res.json(shown(store(), employee, ADDITIONAL_FIELDS))
  })
  router.delete('/employees/:key', needs('employeeWrite'), (req: Request<{ key: string }>, res) => {
    personOf(req.params.key).deleted = true
    res.status(204).end()
  })

  function personOf(key: string): Employee {
    const employee = employeeByKey(store(), key)
    if (!employee) throw employeeNotFound()
    return employee
  }

  /** Noted even when the update is refused: it must not have been sent. */
  function noteViolation(req: Request<{ key: string }>) {
    const body = (typeof req.body === 'object' && req.body !== null ? req.body : {}) as object
    const properties = ['divisionCode', 'typeCode', 'updateDate'].filter(name => name in body || name in req.query)
    if (properties.length === 0) return
    const { putMode } = store().switches
    store().violations.push({ time: now().toISOString(), employeeKey: req.params.key, properties, putMode })
  }

  function viewOf(req: Request) {
    const { date, includeResigner, additionalFields } = req.query
    return {
      date: dateOf(date),
      withResigned: flagOf(includeResigner, 'includeResigner'),
      fields: additionalOf(additionalFields),
    }
  }

  function dateOf(value: unknown): string {
    const today = todayInJapan(now())
    if (value === undefined || value === '') return today
    if (!isDate(value)) throw badRequest(wrongDate('date'))
    if (value < plusYears(today, -3) || value > plusYears(today, 1)) throw badRequest(dateOutOfRange('date'))
    return value
  }

  function flagOf(value: unknown, name: string): boolean {
    if (value === undefined || value === '' || value === 'false') return false
    if (value === 'true') return true
    throw badRequest(invalid(name))
  }

  function additionalOf(value: unknown): AdditionalField[] {
    if (value === undefined || value === '') return []
    // One parameter with commas; said twice, only the last counts.
    const said = [value].flat().at(-1) as unknown
    const names = typeof said === 'string' ? said.split(',') : []
    const known = ADDITIONAL_FIELDS.filter(field => names.includes(field))
    if (store().switches.additionalFieldsStrict && names.some(name => !(known as string[]).includes(name))) {
      throw badRequest(invalid('additionalFields'))
    }
    return known
  }

  router.use(() => {
    throw notFound()
  })
  router.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const { status, body } = error instanceof Refused ? error : unexpected()
    res.status(status).json(body)
  })
  return router
}
