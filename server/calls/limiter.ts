import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import { createDatabaseClock } from './database-clock.js'

/**
 * We stay one per cent under the service's limit. Calls leave evenly spaced but arrive with jitter; this room keeps
 * every second at the service within its limit.
 */
const ROOM = 1.01
/** A caller that wakes later than this gives up its slot and books another one: it would use up the room. */
const LATE_MS = 8
/** … or so much of the time between two slots, where that is more. */
const LATE_SHARE = 0.08
/** How old this process's knowledge of other processes' pauses may be where no rate is counted, ms. */
const STALE_MS = 1_000

/** Rate limits per credential, shared by every process through PostgreSQL. */
export interface Limiter {
  /**
   * Waits for the credential's next free slot, without holding a database connection, and returns 0. When that would
   * take more than `longestWaitMs`, nothing is booked and the time to wait comes back at once, in ms. Without
   * `perSecond` only pauses count.
   */
  take(key: string, perSecond: number | undefined, longestWaitMs: number, signal?: AbortSignal): Promise<number>
  /** No call is sent with this credential for so long. */
  pause(key: string, ms: number): Promise<void>
}

/**
 * GCRA by reservation: one statement books the next slot and says how long to wait for it. Slots already booked in
 * other processes keep their times when a pause moves the line; those of this process are booked again.
 */
export function createLimiter(db: Knex): Limiter {
  /** until when this process knows of a pause, and when it asked last; in ms of performance.now() */
  const pauses = new Map<string, { until: number; asked: number }>()
  const pausedFor = (key: string) => Math.max(0, (pauses.get(key)?.until ?? 0) - performance.now())
  const know = (key: string, ms: number) => {
    const now = performance.now()
    pauses.set(key, { until: Math.max(pauses.get(key)?.until ?? 0, now + ms), asked: now })
  }

  const clock = createDatabaseClock(db)

  /** Books the next slot, in ms of the database's clock, unless it is too far away. */
  async function book(key: string, step: number, longestWaitMs: number): Promise<number | null> {
    const { rows } = await db.raw<{ rows: { slot: number; now: number }[] }>(
      `insert into rate_limits as r (key, tat) values (:key, clock_timestamp() + make_interval(secs => :step))
       on conflict (key) do update
         set tat = greatest(r.tat, clock_timestamp()) + make_interval(secs => :step)
         where r.tat <= clock_timestamp() + make_interval(secs => :longest)
       returning 1000 * extract(epoch from tat - make_interval(secs => :step))::float8 as slot,
         1000 * extract(epoch from clock_timestamp())::float8 as now`,
      { key, step, longest: longestWaitMs / 1000 },
    )
    const [row] = rows
    if (!row) return null
    clock.learn(row.now)
    return row.slot
  }

  async function timeLeft(key: string): Promise<number> {
    const { rows } = await db.raw<{ rows: { wait: number }[] }>(
      'select extract(epoch from tat - clock_timestamp())::float8 as wait from rate_limits where key = ?',
      [key],
    )
    return Math.max(0, (rows[0]?.wait ?? 0) * 1000)
  }

  async function takePaced(key: string, perSecond: number, longestWaitMs: number, signal?: AbortSignal) {
    await clock.compare()
    // A slow pace forgives more: the room of its many slots is as wide as they are.
    const latest = Math.max(LATE_MS, (LATE_SHARE * 1000 * ROOM) / perSecond)
    for (;;) {
      const slot = await book(key, ROOM / perSecond, longestWaitMs)
      if (slot === null) return Math.max(await timeLeft(key), 1)
      const lateMs = () => clock.now() - slot
      if (lateMs() < 0) await sleep(-lateMs(), undefined, signal && { signal })
      if (pausedFor(key) === 0 && lateMs() <= latest) return 0
    }
  }

  async function takeUnpaced(key: string, longestWaitMs: number, signal?: AbortSignal) {
    const known = pauses.get(key)
    if (!known || performance.now() - known.asked > STALE_MS) know(key, await timeLeft(key))
    for (let left = pausedFor(key); left > 0; left = pausedFor(key)) {
      if (left > longestWaitMs) return left
      await sleep(left, undefined, signal && { signal })
    }
    return 0
  }

  return {
    take: (key, perSecond, longestWaitMs, signal) =>
      perSecond === undefined
        ? takeUnpaced(key, longestWaitMs, signal)
        : takePaced(key, perSecond, longestWaitMs, signal),

    async pause(key, ms) {
      if (ms <= 0) return
      know(key, ms)
      await db.raw(
        `insert into rate_limits as r (key, tat) values (:key, clock_timestamp() + make_interval(secs => :seconds))
         on conflict (key) do update
           set tat = greatest(r.tat, clock_timestamp() + make_interval(secs => :seconds))`,
        { key, seconds: ms / 1000 },
      )
    },
  }
}
