import type { Request } from 'express'
import type { LimitsPatch } from '../core/stand-in.js'
import { isBanned } from './dates.js'
import { addressNotPermitted, authenticationFailed, banned, tooManyRequests } from './errors.js'
import type { AccessToken, Rights, Store } from './store.js'

/** Names the caller's address in tests, where everybody calls from this machine. */
export const ADDRESS_HEADER = 'x-sim-client-ip'

/** Calls per second of the company, by real time: a clock that is set must not open a limit. */
export function createLimiter() {
  let perSecond: number | null = null
  let enabled = true
  let times: number[] = []
  return {
    allows(): boolean {
      if (!enabled || perSecond === null) return true
      const now = performance.now()
      times = times.filter(time => time > now - 1000)
      if (times.length >= perSecond) return false
      times.push(now)
      return true
    },
    /** There is no hourly limit here. */
    set(patch: LimitsPatch) {
      if (patch.perSecond !== undefined) perSecond = patch.perSecond
      if (patch.enabled !== undefined) enabled = patch.enabled
    },
    reset() {
      perSecond = null
      enabled = true
      times = []
    },
  }
}

/**
 * Who calls, or the refusal: token, address, window, rate, in this order (§9.1-5; the place of the rate is assumed).
 * A punch is taken inside the windows too.
 */
export function admit(
  store: Store,
  req: Request,
  { now, allows, exempt }: { now: Date; allows: () => boolean; exempt: boolean },
): AccessToken {
  const { switches } = store
  const bearer = /^Bearer\s+(\S+)$/i.exec(req.get('authorization') ?? '')?.[1]
  const token = store.tokens.get(bearer ?? '')
  if (!token || token.stopped) throw authenticationFailed()
  const address = req.get(ADDRESS_HEADER) ?? req.socket.remoteAddress ?? ''
  if (token.allowedIps && !token.allowedIps.includes(address)) {
    throw switches.ipError === 105 ? addressNotPermitted() : authenticationFailed()
  }
  if (!exempt && isBanned(now, switches.windows)) throw banned(switches.windows)
  if (!allows()) throw tooManyRequests()
  return token
}

export function demandRight(token: AccessToken, right: keyof Rights): void {
  if (!token.rights[right]) throw authenticationFailed()
}
