import type { Pool } from 'pg'
import { createCount } from '../platform/counting.js'
import { Problem } from './problem.js'

/** docs/feed.md: calls a minute with one token. */
export const CALLS_PER_MINUTE = 60

/**
 * Calls without a good token, or for no resource, a minute from one address. A service calls for many companies from few addresses, so these
 * calls must not slow down one with a good token.
 */
const REFUSALS_PER_MINUTE = 30

/** Throws Problem when there are too many. */
export type CountCall = (key: string) => Promise<void>

/** Hold across processes. */
export function createFeedLimits(pool: Pool): { calls: CountCall; refusals: CountCall } {
  const counted = (prefix: string, points: number): CountCall => {
    const count = createCount(pool, prefix, { points, seconds: 60 })
    return async key => {
      const seconds = await count(key)
      if (seconds > 0) throw new Problem('too_many_requests', { headers: { 'Retry-After': String(seconds) } })
    }
  }
  return { calls: counted('feed', CALLS_PER_MINUTE), refusals: counted('feed-refused', REFUSALS_PER_MINUTE) }
}
