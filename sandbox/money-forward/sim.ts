import { Router, type NextFunction, type Request, type Response } from 'express'
import { isFromHere } from '../core/loopback.js'
import * as refuse from './errors.js'
import { runImport, type ImportRequest } from './imports.js'
import type { Connection, ImportKind, Json, Office } from './store.js'

const KINDS: readonly unknown[] = ['employees_new', 'employees_update', 'year_end'] satisfies ImportKind[]
const MAX_PER_PAGE = 100

const bodyOf = (req: Request) => (req.body ?? {}) as Json
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

/** The connection that was typed in; throws Refused with the name of what is wrong. `url` is the app's unless named. */
export function connectionOf({ subdomain, access_token: token, url }: Json, appUrl: string): Connection {
  if (!isText(subdomain)) throw refuse.invalidParameter('subdomain')
  if (!isText(token)) throw refuse.invalidParameter('access_token')
  const address = isText(url) ? url.trim() : appUrl
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) throw refuse.invalidParameter('url')
  return { subdomain: subdomain.trim(), accessToken: token.trim(), url: new URL(address).origin }
}

/** What an import is asked to do; throws Refused with the name of what is wrong. */
export function requestOf(body: Json): ImportRequest {
  const whole = (name: string, value: unknown, from: number, to: number): number => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < from || value > to)
      throw refuse.invalidParameter(name)
    return value
  }
  const { kind, year, per_page: perPage = MAX_PER_PAGE, acknowledge = true, stopAfterPages } = body
  if (!KINDS.includes(kind)) throw refuse.invalidParameter('kind')
  if (typeof acknowledge !== 'boolean') throw refuse.invalidParameter('acknowledge')
  return {
    kind: kind as ImportKind,
    year: kind === 'year_end' ? whole('year', year, 2000, 2100) : null,
    perPage: whole('per_page', perPage, 1, MAX_PER_PAGE),
    acknowledge,
    stopAfterPages:
      stopAfterPages === undefined
        ? Number.POSITIVE_INFINITY
        : whole('stopAfterPages', stopAfterPages, 1, Number.MAX_SAFE_INTEGER),
  }
}

export interface SimDeps {
  /** by API KEY; みどり商会 when none is named */
  office(apiKey: unknown): Office | undefined
  appUrl: string
  now(): Date
}

/**
 * What the admin site does, for tests and for this machine only (reference §5.6): `PUT /connections/smarthr` and
 * `POST /imports`, whose answer is the result. `office` names the office by its API KEY.
 */
export function simRouter({ office, appUrl, now }: SimDeps): Router {
  const router = Router()
  const officeOf = (req: Request): Office => {
    const found = office(bodyOf(req).office)
    if (!found) throw refuse.officeNotFound()
    return found
  }

  router.use((req, _res, next) => {
    if (!isFromHere(req)) throw refuse.ipNotAllowed()
    next()
  })
  router.put('/connections/smarthr', (req, res) => {
    const connection = connectionOf(bodyOf(req), appUrl)
    officeOf(req).connection = connection
    res.json({ connection: { subdomain: connection.subdomain, url: connection.url } })
  })
  router.post('/imports', async (req, res) => {
    res.json(await runImport(officeOf(req), requestOf(bodyOf(req)), now))
  })
  router.use(() => {
    throw refuse.notFound()
  })
  router.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const { status, id, message } = error instanceof refuse.Refused ? error : refuse.internalError()
    res.status(status).json({ id, message })
  })
  return router
}
