import type { Pool } from 'pg'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import { unnamed } from '../platform/db.js'
import { Problem } from './problem.js'

/** docs/feed.md: calls a minute with one token. */
export const CALLS_PER_MINUTE = 60

/**
 * Calls without a good token, or for no resource, a minute from one address. A service calls for many companies from few addresses, so these
 * calls must not slow down one with a good token.
 */
const REFUSALS_PER_MINUTE = 30

/** Throws Problem when there are too many. When the table can't be asked, the call goes on. */
export type CountCall = (key: string) => Promise<void>

/** Hold across processes, in the table that counts sign-ins too. */
export function createFeedLimits(pool: Pool): { calls: CountCall; refusals: CountCall } {
  const counted = (keyPrefix: string, points: number): CountCall => {
    const limiter = new RateLimiterPostgres({
      storeType: 'pool',
      storeClient: unnamed(pool),
      tableName: 'sign_in_limits',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix,
      points,
      duration: 60,
    })
    return async key => {
      try {
        await limiter.consume(key)
      } catch (refused) {
        if (refused instanceof Error) return
        const seconds = Math.max(1, Math.ceil((refused as { msBeforeNext: number }).msBeforeNext / 1000))
        throw new Problem('too_many_requests', { headers: { 'Retry-After': String(seconds) } })
      }
    }
  }
  return { calls: counted('feed', CALLS_PER_MINUTE), refusals: counted('feed-refused', REFUSALS_PER_MINUTE) }
}
