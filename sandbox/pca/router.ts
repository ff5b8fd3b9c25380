import { Router, type NextFunction, type Request, type Response } from 'express'
import { findDataArea, logOnDataArea, selectDataArea, selectedArea } from './areas.js'
import { grantOf, issueToken } from './auth.js'
import { internalError, limitExceeded, malformed, notContracted, oauthError, Refused, unknownMethod } from './errors.js'
import { findEmployees } from './find.js'
import type { Limits } from './limits.js'
import { isObject } from './records.js'
import { logOut, useSession } from './sessions.js'
import { PRODUCTS, type Grant, type PcaStore, type Product, type Session } from './store.js'
import { stampOf } from './table.js'
import { codesSent, writeEmployees } from './writes.js'

/** Who calls, as the router found out. */
interface Caller {
  product: Product
  grant: Grant
  session: Session
}

const callerOf = (res: Response) => res.locals as Caller
const bodyOf = (req: Request) => (isObject(req.body) ? req.body : {})

const JOURNAL_KEPT = 20_000

/**
 * The Web-API below `/v1/{product}/{method}` (reference §4, §5), for both products. `now` gives milliseconds and decides
 * every lifetime.
 */
export function createPcaRouter({
  store,
  now,
  limits,
}: {
  store: () => PcaStore
  now: () => number
  limits: Limits
}): Router {
  const api = Router({ mergeParams: true, caseSensitive: true })

  api.use((req: Request<{ product?: string }>, res, next) => {
    const product = PRODUCTS.find(candidate => candidate === req.params.product)
    if (!product) throw unknownMethod()
    if (store().switches.maintenance) {
      res.status(503).end()
      return
    }
    res.locals.product = product
    next()
  })
  api.get('/Hello', (_req, res) => {
    res.json('Hello')
  })
  api.post('/Auth/Token', (req, res) => {
    const form = bodyOf(req)
    if (limits.exceeded('oauth', String(form.client_id))) throw limitExceeded()
    if (!req.is('application/x-www-form-urlencoded')) throw oauthError('invalid_request')
    const tokens = issueToken(store(), callerOf(res).product, form, now())
    // Not res.json: what goes through that may be kept by the request log.
    res.set('Cache-Control', 'no-store').type('json').end(JSON.stringify(tokens))
  })

  api.use((req, res, next) => {
    const { product } = callerOf(res)
    const grant = grantOf(store(), product, req.headers.authorization, now())
    noteInJournal(req, res, grant)
    if (!store().switches.contracted) throw notContracted()
    const writes = /^\/(Create|Modify|Erase)\//.test(req.path)
    if (limits.exceeded(writes ? 'writes' : 'reads', `${product} ${grant.serviceId}`)) throw limitExceeded()
    res.locals.grant = grant
    if (req.path !== '/Logout') res.locals.session = useSession(store(), grant, now())
    next()
  })

  const noteInJournal = (req: Request, res: Response, grant: Grant) => {
    const { journal } = store()
    const method = req.path.slice(1)
    const codes = typeof req.query.Code === 'string' ? [req.query.Code] : codesSent(req.query, req.body)
    const entry = { time: stampOf(now()), product: grant.product, method, area: grant.area, codes, status: 0 }
    journal.push(entry)
    if (journal.length > JOURNAL_KEPT) journal.splice(0, JOURNAL_KEPT / 2)
    res.on('finish', () => {
      entry.status = res.statusCode
    })
  }

  api.get('/GetLogOnUser', (_req, res) => {
    res.json({ BECommonUser: { Name: callerOf(res).grant.user } })
  })
  api.get('/GetLogOnDataArea', (_req, res) => {
    res.json(logOnDataArea(store(), callerOf(res).grant))
  })
  api.post('/FindDataArea', (_req, res) => {
    res.json(findDataArea(store(), callerOf(res).product))
  })
  api.post('/SelectDataArea', (req, res) => {
    selectDataArea(store(), callerOf(res).grant, bodyOf(req).DataArea)
    res.status(200).end()
  })
  api.post('/Logout', (_req, res) => {
    logOut(store(), callerOf(res).grant)
    res.status(200).end()
  })

  const find = (req: Request, res: Response) => {
    const { grant, session } = callerOf(res)
    const area = selectedArea(store(), grant)
    const { headers, body } = findEmployees({ area, session, switches: store().switches }, req.query)
    res.set(headers).json(body)
  }
  api.get('/Find/Employee', find)
  api.post('/Find/Employee', find)
  for (const kind of ['Create', 'Modify'] as const) {
    api.post(`/${kind}/Employee`, (req, res) => {
      const area = selectedArea(store(), callerOf(res).grant)
      if (!req.is('application/json')) throw malformed()
      const write = { kind, area, switches: store().switches, stamp: stampOf(now()) }
      const { status, body } = writeEmployees(write, req.query, req.body)
      res.status(status).json(body)
    })
  }

  const router = Router({ caseSensitive: true })
  router.use('/v1/:product', api)
  router.use(() => {
    throw unknownMethod()
  })
  router.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const { status, body } = error instanceof Refused ? error : internalError()
    res.status(status).json(body)
  })
  return router
}
