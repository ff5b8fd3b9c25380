import { createHash, randomBytes } from 'node:crypto'
import type { Request } from 'express'
import 'express-session'
import type { Clock } from '../platform/clock.js'
import type { Once } from '../platform/counting.js'

/** How long a person may take on the consent pages. */
export const LIFETIME_MS = 10 * 60_000
/** Tabs that may be under way at once; older ones go first. */
const KEPT = 5

export interface PendingConsent {
  state: string
  verifier: string | null
  /** the strategy it belongs to: a state for one server is none for another */
  purpose: string
  /** what the callback needs again: the page asked for, the number typed */
  carried: Record<string, string>
  until: number
}

declare module 'express-session' {
  interface SessionData {
    consents?: PendingConsent[]
  }
}

/** What a consent under way carries, set on the request before `passport.authenticate`. */
export interface ConsentRequest extends Request {
  carried?: Record<string, string>
}

type Stored = (error: Error | null, state?: string) => void
type Verified = (error: Error | null, verifier?: string | boolean, state?: unknown) => void

/** A consent of the session that waits for its answer; undefined: none was begun with this state, or it has expired. */
export const underWay = (req: Request, purpose: string, state: unknown, now: Date): PendingConsent | undefined =>
  (req.session.consents ?? []).find(
    consent => consent.state === state && consent.purpose === purpose && consent.until > now.getTime(),
  )

/** What stands in the database of a state that was used. */
const keyOf = (state: string) => `state:${createHash('sha256').update(state).digest('hex')}`

/**
 * `state` and PKCE verifier of consents under way, in the session: single use, ten minutes, several tabs at once. Of
 * requests that come with one state in the same moment, each with the session as it was, `once` lets one go on. The
 * shape is passport-oauth2's for stores with PKCE.
 */
export function createStateStore(purpose: string, { clock, once }: { clock: Clock; once: Once }) {
  const keep = (req: ConsentRequest, verifier: string | null, done: Stored) => {
    const state = randomBytes(24).toString('base64url')
    const now = clock.now().getTime()
    const alive = (req.session.consents ?? []).filter(consent => consent.until > now)
    req.session.consents = [
      ...alive.slice(-(KEPT - 1)),
      { state, verifier, purpose, carried: req.carried ?? {}, until: now + LIFETIME_MS },
    ]
    // The browser follows a redirect as soon as it sees it: the state must be stored by then.
    req.session.save(error => done(error instanceof Error ? error : null, state))
  }
  return {
    store(req: ConsentRequest, verifier: string | undefined, _state: unknown, _meta: unknown, done: Stored) {
      keep(req, verifier ?? null, done)
    },
    verify(req: ConsentRequest, given: string, done: Verified) {
      const found = underWay(req, purpose, given, clock.now())
      if (!found) {
        done(null, false, { message: 'unknown or expired state' })
        return
      }
      once(keyOf(given)).then(
        isFirst => {
          if (!isFirst) return done(null, false, { message: 'used state' })
          req.session.consents = (req.session.consents ?? []).filter(consent => consent !== found)
          done(null, found.verifier ?? true, given)
        },
        // Nobody can say whether it was used: no code is exchanged.
        (error: Error) => done(error),
      )
    },
  }
}
