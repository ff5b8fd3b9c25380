import { noFreeCal } from './errors.js'
import type { Grant, PcaStore, Session } from './store.js'

/** How long an idle log-on keeps its CAL when nobody logs out (reference §8). */
export const IDLE_TIMEOUT = 60 * 60_000

/** The log-ons that hold a CAL now; the ones idle for too long are dropped. */
export function openSessions(store: PcaStore, now: number): Map<number, Session> {
  for (const [logOn, session] of store.sessions) {
    if (session.usedAt + IDLE_TIMEOUT <= now) store.sessions.delete(logOn)
  }
  return store.sessions
}

/**
 * The session of this log-on; the first call opens it, which takes a CAL of the service or is refused. `now` is in
 * milliseconds.
 */
export function useSession(store: PcaStore, { logOn, serviceId, user, product }: Grant, now: number): Session {
  const sessions = openSessions(store, now)
  const open = sessions.get(logOn)
  if (open) {
    open.usedAt = now
    return open
  }
  const taken = [...sessions.values()].filter(session => session.serviceId === serviceId).length
  if (taken >= store.switches.cals) throw noFreeCal()
  const session: Session = { serviceId, user, product, openedAt: now, usedAt: now, snapshots: new Map() }
  sessions.set(logOn, session)
  return session
}

/** Gives the CAL back; the access token and its area go with it. */
export function logOut(store: PcaStore, grant: Grant) {
  store.sessions.delete(grant.logOn)
  grant.ended = 'logged out'
  grant.area = null
}
