import type { RequestHandler } from 'express'
import type { Pool } from 'pg'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import { AppError } from '../errors.js'
import { unnamed } from '../platform/db.js'

/** Sign-ins begun per address: enough for a whole office behind one address, too few to guess anything. */
const POINTS = 60
const PER_SECONDS = 60

class TooMany extends AppError {
  readonly status = 429
}

/** Holds across processes (table sign_in_limits). When the table can't be asked, sign-in goes on. */
export function signInLimit(pool: Pool): RequestHandler {
  const limiter = new RateLimiterPostgres({
    storeType: 'pool',
    storeClient: unnamed(pool),
    tableName: 'sign_in_limits',
    tableCreated: true,
    clearExpiredByTimeout: false,
    points: POINTS,
    duration: PER_SECONDS,
  })
  return async (req, res, next) => {
    try {
      await limiter.consume(req.ip ?? 'unknown')
    } catch (refused) {
      if (!(refused instanceof Error)) {
        const seconds = Math.ceil((refused as { msBeforeNext: number }).msBeforeNext / 1000)
        res.set('Retry-After', String(seconds))
        throw new TooMany(
          `ログインの操作が短時間に多く行なわれたため、一時的に受け付けていません。${seconds}秒ほど待ってから、やり直してください。`,
        )
      }
    }
    next()
  }
}
