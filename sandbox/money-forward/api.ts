import { Router, type NextFunction, type Request, type Response } from 'express'
import { isFromHere } from '../core/loopback.js'
import * as refuse from './errors.js'
import { IDENTIFIER } from './seed.js'
import type { MoneyForwardStore, Office, Run } from './store.js'

const PAYMENT_TYPES = ['salary', 'bonus']
const STATES = ['draft', 'calculated', 'finalized']
const PER_PAGE = { payrolls: 50, payslips: 100 }
const MAX_PER_PAGE = 100

const officeOf = (res: Response) => (res.locals as { office: Office }).office

/** The page asked for and how many rows there are in all; `page` from 1, `per_page` up to 100. */
function pageOf<T>({ query }: Request, rows: readonly T[], perPage: number) {
  const number = (name: string, otherwise: number, max: number) => {
    if (query[name] === undefined) return otherwise
    const value = Number(query[name])
    if (!Number.isSafeInteger(value) || value < 1 || value > max) throw refuse.invalidParameter(name)
    return value
  }
  const page = number('page', 1, Number.MAX_SAFE_INTEGER)
  const size = number('per_page', perPage, MAX_PER_PAGE)
  return { rows: rows.slice((page - 1) * size, page * size), total_count: rows.length }
}

/** A filter of the list: undefined lets everything through. */
function oneOf({ query }: Request, name: string, values: readonly string[]): string | undefined {
  const value = query[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !values.includes(value)) throw refuse.invalidParameter(name)
  return value
}

const shown = ({ items: _items, payslips, ...run }: Run) => ({ ...run, employees_count: payslips.length })

export interface ApiDeps {
  store(): MoneyForwardStore
  /** counts an office's call; seconds to wait when it is one too many */
  arrive(apiKey: string): number | null
}

/**
 * クラウド給与 API v2, below `/api/v2` (reference §4.1, §5): who calls is told by the identifier and the address, about
 * whom by the API KEY in the path. The bodies are assumed.
 */
export function apiRouter({ store, arrive }: ApiDeps): Router {
  const router = Router()

  router.use((req, _res, next) => {
    const { switches } = store()
    if (switches.maintenance) throw refuse.maintenance()
    if (switches.refuseIdentifier || req.query.identifier !== IDENTIFIER) throw refuse.invalidIdentifier()
    if (switches.refuseIp || !isFromHere(req)) throw refuse.ipNotAllowed()
    next()
  })
  router.use('/offices/:key', (req, res, next) => {
    const office = store().offices.find(candidate => candidate.apiKey === req.params.key)
    if (!office) throw refuse.officeNotFound()
    const wait = arrive(office.apiKey)
    if (wait !== null) throw refuse.tooManyRequests(wait)
    res.locals.office = office
    next()
  })

  router.get('/offices/:key', (_req, res) => {
    const { name, apiKey } = officeOf(res)
    // Not res.json: what goes through that may be kept by the request log.
    res.type('json').end(JSON.stringify({ office: { name, office_api_key: apiKey } }))
  })

  router.get('/offices/:key/payrolls', (req, res) => {
    const type = oneOf(req, 'payment_type', PAYMENT_TYPES)
    const state = oneOf(req, 'state', STATES)
    const found = officeOf(res).runs.filter(
      run => (type === undefined || run.payment_type === type) && (state === undefined || run.state === state),
    )
    const { rows, total_count } = pageOf(req, found, PER_PAGE.payrolls)
    res.json({ payrolls: rows.map(shown), total_count })
  })

  /** A run that is not finalized has nothing to show, as if it did not exist. */
  const finalizedRun = (req: Request, res: Response): Run => {
    const run = officeOf(res).runs.find(candidate => candidate.id === req.params.id)
    if (run?.state !== 'finalized') throw refuse.payrollNotFound()
    return run
  }
  router.get('/offices/:key/payrolls/:id', (req, res) => {
    res.json({ payroll: shown(finalizedRun(req, res)) })
  })
  router.get('/offices/:key/payrolls/:id/payslips', (req, res) => {
    const { items, payslips } = finalizedRun(req, res)
    const { rows, total_count } = pageOf(req, payslips, PER_PAGE.payslips)
    res.json({ items, payslips: rows, total_count })
  })

  router.use(() => {
    throw refuse.notFound()
  })
  router.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const { status, headers, id, message } = error instanceof refuse.Refused ? error : refuse.internalError()
    res.status(status).set(headers).json({ id, message })
  })
  return router
}
