import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'

/**
 * A hair under the service's limit: calls leave evenly spaced, and one per cent of room takes up the jitter on the way, so
 * that no second at the service ever holds more than the limit.
 */
const ROOM = 1.01

/** Rate limits per credential, shared by every process through PostgreSQL. */
export interface Limiter {
  /** Waits for the credential's next free slot, without holding a database connection. */
  take(key: string, perSecond: number, signal?: AbortSignal): Promise<void>
  /** Nobody calls with this credential before `until`. */
  pause(key: string, until: Date): Promise<void>
}

/**
 * GCRA by reservation: one statement books the next slot and says how long to wait for it. Slots already booked keep
 * their times when a pause moves the line.
 */
export function createLimiter(db: Knex): Limiter {
  return {
    async take(key, perSecond, signal) {
      const { rows } = (await db.raw(
        `insert into rate_limits as r (key, tat) values (:key, clock_timestamp() + make_interval(secs => :step))
         on conflict (key) do update
           set tat = greatest(r.tat, clock_timestamp()) + make_interval(secs => :step)
         returning extract(epoch from tat - make_interval(secs => :step) - clock_timestamp())::float8 as wait`,
        { key, step: ROOM / perSecond },
      )) as { rows: { wait: number }[] }
      const wait = rows[0]?.wait ?? 0
      if (wait > 0) await sleep(wait * 1000, undefined, { signal })
    },

    async pause(key, until) {
      const seconds = (until.getTime() - Date.now()) / 1000
      if (seconds <= 0) return
      await db.raw(
        `insert into rate_limits as r (key, tat) values (:key, clock_timestamp() + make_interval(secs => :seconds))
         on conflict (key) do update
           set tat = greatest(r.tat, clock_timestamp() + make_interval(secs => :seconds))`,
        { key, seconds },
      )
    },
  }
}
