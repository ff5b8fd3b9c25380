import type { Knex } from 'knex'
import type { Pool } from 'pg'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import { unnamed } from './db.js'

/** How long whoever has this key must wait, s; 0: go on. When the table can't be asked, work goes on. */
export type Count = (key: string) => Promise<number>

/** Counts over all processes, in the table sign_in_limits: `points` in so many seconds, per key. */
export function createCount(
  pool: Pool,
  keyPrefix: string,
  { points, seconds }: { points: number; seconds: number },
): Count {
  const limiter = new RateLimiterPostgres({
    storeType: 'pool',
    storeClient: unnamed(pool),
    tableName: 'sign_in_limits',
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix,
    points,
    duration: seconds,
  })
  return async key => {
    try {
      await limiter.consume(key)
      return 0
    } catch (refused) {
      if (refused instanceof Error) return 0
      return Math.max(1, Math.ceil((refused as { msBeforeNext: number }).msBeforeNext / 1000))
    }
  }
}

/** Takes a key that is good for one use. False: it was taken before, by whichever process. Throws when nobody can say. */
export type Once = (key: string) => Promise<boolean>

/** Keys that are good for so long at most, ms; they stand in the table beside the counts, and go as those do. */
export function createOnce(pool: Pool, goodForMs: number): Once {
  return async key => {
    const { rowCount } = await pool.query(
      'insert into sign_in_limits (key, points, expire) values ($1, 1, $2) on conflict (key) do nothing',
      // Past its last use, also where another process's clock is late.
      [key, Date.now() + 2 * goodForMs],
    )
    return rowCount === 1
  }
}

/** Processes' clocks may be so far apart, ms. */
const APART_MS = 60_000

/** Deletes the counts that have run out, and with them from which addresses somebody came; gives how many. */
export const forgetCounts = (db: Knex): Promise<number> =>
  db('sign_in_limits')
    .where('expire', '<', Date.now() - APART_MS)
    .delete()
