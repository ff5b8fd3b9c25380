import { createHash } from 'node:crypto'
import session, { type SessionData } from 'express-session'
import type { Pool } from 'pg'
import type { Sealer } from '../platform/seal.js'

const PRUNE_EVERY_MS = 15 * 60_000
const TOUCH_EVERY_MS = 60_000

type Answer<T = void> = (error?: unknown, value?: T) => void

declare module 'express-session' {
  interface SessionData {
    /** it came out of the table, and is written back only while it stands there */
    stored?: true
  }
}

/** What stands in the table for a session's id. */
export const sessionHash = (id: string): string => createHash('sha256').update(id).digest('hex')

const PLACE = 'sessions.sess'

/**
 * Sessions in PostgreSQL: the id hashed, the content sealed. The app's login reaches the table by functions alone, which
 * want the hash of an id.
 */
export class SessionStore extends session.Store {
  /** when this process last moved the end of which session */
  private readonly touched = new Map<string, number>()

  constructor(
    private readonly pool: Pool,
    private readonly sealer: Sealer,
  ) {
    super()
    // Nobody waits for it: the next time does what this one could not.
    setInterval(() => {
      this.touched.clear()
      this.answer('select sessions_prune()', [], () => undefined)
    }, PRUNE_EVERY_MS).unref()
  }

  override get(id: string, done: Answer<SessionData | null>): void {
    const hash = sessionHash(id)
    this.answer('select session_read($1) as value', [hash], (error, value) =>
      done(error, typeof value === 'string' ? this.open(value, hash) : null),
    )
  }

  override set(id: string, content: SessionData, done: Answer = () => undefined): void {
    const hash = sessionHash(id)
    const { stored, ...rest } = content
    const sealed = JSON.stringify(this.sealer.seal(JSON.stringify(rest), PLACE, hash))
    const whose = [content.tenantId ?? null, content.adminId ?? null]
    this.answer(
      'select session_write($1, $2, $3, $4, $5, $6)',
      [hash, sealed, endOf(content), ...whose, String(!stored)],
      error => done(error),
    )
  }

  /**
   * Moves the end alone: what another request has stored or ended meanwhile stays so. Once a minute is enough, as a page
   * that follows a run asks every few seconds.
   */
  override touch(id: string, content: SessionData, done: Answer = () => undefined): void {
    const now = Date.now()
    if (now - (this.touched.get(id) ?? 0) < TOUCH_EVERY_MS) return done()
    this.touched.set(id, now)
    this.answer('select session_touch($1, $2)', [sessionHash(id), endOf(content)], error => done(error))
  }

  override destroy(id: string, done: Answer = () => undefined): void {
    this.answer('select session_end($1)', [sessionHash(id)], error => done(error))
  }

  /** Null when it was moved, or sealed with a key that is gone: signing in again helps. */
  private open(sealed: string, hash: string): SessionData | null {
    try {
      return { ...(JSON.parse(this.sealer.open(sealed, PLACE, hash)) as SessionData), stored: true }
    } catch {
      return null
    }
  }

  private answer(sql: string, values: readonly (string | null)[], done: Answer<unknown>): void {
    this.pool.query<{ value: unknown }>(sql, [...values]).then(
      ({ rows }) => done(null, rows[0]?.value ?? null),
      (error: unknown) => done(error),
    )
  }
}

/** When the cookie ends, the session does. */
function endOf({ cookie }: SessionData): string {
  if (!cookie.expires) throw new Error('a session without an end')
  return new Date(cookie.expires).toISOString()
}
