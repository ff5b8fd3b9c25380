import { randomUUID } from 'node:crypto'
import { Router, type Request } from 'express'
import { createAccountsRouter } from './accounts.js'
import { accessRefused, expiredToken, forbidden, Refused, signInNeeded, tooManyRequests } from './errors.js'
import { createHrRouter, type Caller } from './hr.js'
import type { FreeeStore, Grant } from './store.js'

const HOUR = 3_600_000

export interface HourlyLimit {
  /** Requests of one company and hour, over all its tokens. */
  perHour: number
  /** When off, requests are counted and shown in the headers but never refused. */
  enabled: boolean
}

/**
 * freee as seen from outside: accounts site and HR API below one prefix. `now` gives milliseconds and decides every
 * lifetime.
 */
export function createFreeeRouter({
  store,
  now,
  limit,
}: {
  store: () => FreeeStore
  now: () => number
  limit: () => HourlyLimit
}) {
  const router = Router()
  const windows = new WeakMap<FreeeStore, Map<number, Window>>()
  const arrivals = new WeakMap<Request, { token: string | undefined; grant: Grant | undefined; window: Window }>()

  const windowOf = (companyId: number): Window => {
    const ofStore = windows.get(store()) ?? new Map<number, Window>()
    windows.set(store(), ofStore)
    const known = ofStore.get(companyId)
    const window = known && known.endsAt > now() ? known : { endsAt: now() + HOUR, used: 0 }
    ofStore.set(companyId, window)
    return window
  }

  // Every request is counted, also one that is refused later (freee §6.2).
  router.use('/hr/api/v1', (req, res, next) => {
    const token = /^Bearer\s+(\S+)$/i.exec(req.headers.authorization ?? '')?.[1]
    const grant = token === undefined ? undefined : store().grants.get(token)
    const window = windowOf(grant?.companyId ?? 0)
    window.used += 1
    arrivals.set(req, { token, grant, window })
    res.set({ 'X-Request-Id': randomUUID(), ...rateHeaders(limit().perHour, window) })
    next()
  })

  const callerOf = (req: Request): Caller => {
    const { token, grant, window } = arrivals.get(req) ?? {}
    if (token === undefined || !window) throw new Refused(signInNeeded())
    const { switches, users } = store()
    const user = users.find(candidate => candidate.id === grant?.userId)
    if (!grant || !user || grant.ended !== null || grant.accessExpiresAt <= now()) {
      // A superseded, revoked or unknown token gets the same code since freee merged invalid_access_token into it.
      throw new Refused(expiredToken(switches.expiredTokenStatus))
    }
    if (switches.blocked) throw new Refused(forbidden())
    if (switches.exhausted || (limit().enabled && window.used > limit().perHour)) {
      const seconds = Math.max(1, Math.ceil((window.endsAt - now()) / 1000))
      throw new Refused(tooManyRequests({ 'X-RateLimit-Remaining': '0', 'Retry-After': String(seconds) }))
    }
    if (switches.refuseWith !== null) throw new Refused(accessRefused(switches.refuseWith))
    return { user, companyId: grant.companyId }
  }

  router.use('/hr/api/v1', createHrRouter({ store, callerOf }))

  router.use((_req, res, next) => {
    res.set({ 'X-Request-Id': randomUUID(), ...rateHeaders(limit().perHour, { used: 0, endsAt: now() + HOUR }) })
    next()
  })
  router.use(createAccountsRouter({ store, now }))
  return router
}

interface Window {
  endsAt: number
  used: number
}

const rateHeaders = (perHour: number, { used, endsAt }: Window) => ({
  'X-RateLimit-Limit': String(perHour),
  'X-RateLimit-Remaining': String(Math.max(0, perHour - used)),
  // freee prints microseconds.
  'X-RateLimit-Reset': new Date(endsAt).toISOString().replace('Z', '000Z'),
})
