import session, { type SessionData } from 'express-session'
import type { Pool } from 'pg'

const PRUNE_EVERY_MS = 15 * 60_000

type Answer<T = void> = (error?: unknown, value?: T) => void

/** Sessions in PostgreSQL. The app's login reaches the table by functions alone, which want the id of a session. */
export class SessionStore extends session.Store {
  constructor(private readonly pool: Pool) {
    super()
    // Nobody waits for it: the next time does what this one could not.
    setInterval(() => this.answer('select sessions_prune()', [], () => undefined), PRUNE_EVERY_MS).unref()
  }

  override get(id: string, done: Answer<SessionData | null>): void {
    this.answer('select session_read($1) as value', [id], done)
  }

  override set(id: string, content: SessionData, done: Answer = () => undefined): void {
    this.answer('select session_write($1, $2, $3)', [id, JSON.stringify(content), endOf(content)], error => done(error))
  }

  /** Moves the end alone: what another request has stored or ended meanwhile stays so. */
  override touch(id: string, content: SessionData, done: Answer = () => undefined): void {
    this.answer('select session_touch($1, $2)', [id, endOf(content)], error => done(error))
  }

  override destroy(id: string, done: Answer = () => undefined): void {
    this.answer('select session_end($1)', [id], error => done(error))
  }

  private answer(sql: string, values: readonly string[], done: Answer<SessionData | null>): void {
    this.pool.query<{ value: SessionData | null }>(sql, [...values]).then(
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
