import type { Request, RequestHandler } from 'express'
import type { Pool } from 'pg'
import { AppError } from '../errors.js'
import { createCount } from '../platform/counting.js'

class TooMany extends AppError {
  readonly status = 429
}

interface Limit {
  prefix: string
  points: number
  seconds: number
  /** who is counted */
  keyOf(req: Request): string
  /** what was done too often */
  what: string
}

/** Whoever is signed in, wherever they are; everybody else by address. */
const personOf = ({ session, ip }: Request) =>
  session.adminId === undefined ? (ip ?? 'unknown') : `${session.tenantId}:${session.adminId}`

const LIMITS = {
  /** Sign-ins begun per address: enough for a whole office behind one address, too few to guess anything. */
  signIn: { prefix: 'rlflx', points: 60, seconds: 60, keyOf: req => req.ip ?? 'unknown', what: 'ログインの操作' },
  /** Credentials sent to a service from one person: enough for many typing errors, too few to try a list. */
  typed: { prefix: 'typed', points: 30, seconds: 600, keyOf: personOf, what: '連携設定の操作' },
  /** Files sent by one person: each may be large, and is looked through. */
  uploaded: { prefix: 'uploaded', points: 30, seconds: 600, keyOf: personOf, what: 'ファイルの選択' },
  /** 同期 and the like. */
  confirmed: { prefix: 'confirmed', points: 60, seconds: 60, keyOf: personOf, what: '確認の操作' },
} as const satisfies Record<string, Limit>

/** Hold across processes. */
export const createLimits = (pool: Pool): Readonly<Record<keyof typeof LIMITS, RequestHandler>> => ({
  signIn: counted(pool, LIMITS.signIn, () => true),
  typed: counted(pool, LIMITS.typed, isPost),
  uploaded: counted(pool, LIMITS.uploaded, isPost),
  confirmed: counted(pool, LIMITS.confirmed, isPost),
})

const isPost = ({ method }: Request) => method === 'POST'

function counted(
  pool: Pool,
  { prefix, points, seconds, keyOf, what }: Limit,
  counts: (req: Request) => boolean,
): RequestHandler {
  const count = createCount(pool, prefix, { points, seconds })
  return async (req, res, next) => {
    const wait = counts(req) ? await count(keyOf(req)) : 0
    if (wait > 0) {
      res.set('Retry-After', String(wait))
      throw new TooMany(
        `${what}が短時間に多く行なわれたため、一時的に受け付けていません。${wait}秒ほど待ってから、やり直してください。`,
      )
    }
    next()
  }
}
