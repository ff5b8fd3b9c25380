import type { Knex } from 'knex'

/** For so long the quickest answer of the database counts; then a newer one replaces it, ms. */
const OFFSET_LIVES_MS = 30_000
const SAMPLES = 3

/** The database's clock, which all processes share, as this process can tell it without asking each time. */
export function createDatabaseClock(db: Knex) {
  /** Our clock minus the database's, by the quickest recent answer: a slow answer must not move a slot. */
  let offset = { ms: Infinity, at: 0 }
  let compared: Promise<void> | undefined

  const learn = (databaseMs: number) => {
    const at = performance.now()
    if (at - databaseMs < offset.ms || at - offset.at > OFFSET_LIVES_MS) offset = { ms: at - databaseMs, at }
  }

  const sample = async () => {
    for (let taken = 0; taken < SAMPLES; taken += 1) {
      const { rows } = await db.raw<{ rows: { now: number }[] }>(
        'select 1000 * extract(epoch from clock_timestamp())::float8 as now',
      )
      if (rows[0]) learn(rows[0].now)
    }
  }

  return {
    /** Asks for the time, once per process; a failure is tried again by the next caller. */
    compare: (): Promise<void> =>
      (compared ??= sample().catch((error: unknown) => {
        compared = undefined
        throw error
      })),

    /** The database's time in an answer that just came, in ms. */
    learn,

    now: (): number => performance.now() - offset.ms,
  }
}
