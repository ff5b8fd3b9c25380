import { randomUUID } from 'node:crypto'
import { Router, type Request } from 'express'
import { createAccountsRouter } from './accounts.js'
import { accessRefused, expiredToken, forbidden, Refused, signInNeeded, tooManyRequests } from './errors.js'
import { createHrRouter, type Caller } from './hr.js'
import { createLimiter, rateHeaders, type Arrival, type RequestLimit } from './limiter.js'
import type { FreeeStore, Grant } from './store.js'

/**
 * freee as seen from outside: accounts site and HR API below one prefix. `now` gives milliseconds and decides every
 * lifetime. `forget` starts the counting of requests anew.
 */
export function createFreeeRouter({
  store,
  now,
  limit,
}: {
  store: () => FreeeStore
  now: () => number
  limit: () => RequestLimit
}): { router: Router; forget: () => void } {
  const router = Router()
  const limiter = createLimiter({ now, limit })
  const arrivals = new WeakMap<Request, Arrival & { token: string | undefined; grant: Grant | undefined }>()

  router.use('/hr/api/v1', (req, res, next) => {
    const token = /^Bearer\s+(\S+)$/i.exec(req.headers.authorization ?? '')?.[1]
    const grant = token === undefined ? undefined : store().grants.get(token)
    const arrival = limiter.arrive(grant?.companyId ?? 0)
    arrivals.set(req, { ...arrival, token, grant })
    res.set({ 'X-Request-Id': randomUUID(), ...arrival.headers })
    next()
  })

  const callerOf = (req: Request): Caller => {
    const arrival = arrivals.get(req)
    if (arrival?.token === undefined) throw new Refused(signInNeeded())
    const { grant } = arrival
    const { switches, users } = store()
    const user = users.find(candidate => candidate.id === grant?.userId)
    if (!grant || !user || grant.ended !== null || grant.accessExpiresAt <= now()) {
      // A superseded, revoked or unknown token gets the same code since freee merged invalid_access_token into it.
      throw new Refused(expiredToken(switches.expiredTokenStatus))
    }
    if (switches.blocked || arrival.verdict === 'blocked') throw new Refused(forbidden())
    if (switches.exhausted || arrival.verdict === 'hour used up') {
      const seconds = Math.max(1, Math.ceil((arrival.resetAt - now()) / 1000))
      throw new Refused(tooManyRequests({ 'X-RateLimit-Remaining': '0', 'Retry-After': String(seconds) }))
    }
    if (switches.refuseWith !== null) throw new Refused(accessRefused(switches.refuseWith))
    return { user, companyId: grant.companyId }
  }

  router.use('/hr/api/v1', createHrRouter({ store, callerOf }))

  // The accounts site does not count towards the limit but answers with the same headers.
  router.use((_req, res, next) => {
    res.set({ 'X-Request-Id': randomUUID(), ...rateHeaders(limit().perHour, 0, now() + 3_600_000) })
    next()
  })
  router.use(createAccountsRouter({ store, now }))
  return { router, forget: limiter.forget }
}
