import type { Knex } from 'knex'

/** How many days' partitions stand ready: a worker may be away for a weekend without anything landing in the rest. */
const DAYS_AHEAD = 3

/**
 * The partitions of run_items and run_staging, over all companies: see migrations/018_run_days.ts. The database's own
 * functions make and drop them, since the app's role owns nothing.
 */
export function createRunDays(db: Knex) {
  /** A day of a hundred thousand people takes longer to forget than a page may take. */
  const patiently = <T>(sql: string, bindings: readonly (Date | number)[]): Promise<T | undefined> =>
    db.transaction(async trx => {
      await trx.raw('set local statement_timeout = 0')
      const { rows } = await trx.raw<{ rows: { answer: T }[] }>(sql, [...bindings])
      return rows[0]?.answer
    })

  return {
    /** Days and months that are about to begin; months of person_events that ended before the given instant go. */
    async makeAhead(eventsSince: Date): Promise<void> {
      await patiently('select make_run_days(?) as answer, keep_person_months(?)', [DAYS_AHEAD, eventsSince])
    },

    /** Drops the days whose runs ended before the given instant, one per transaction. Returns how many parts went. */
    async forget(endedBefore: Date): Promise<number> {
      let parts = 0
      while (await patiently<boolean>('select forget_people(?) as answer', [endedBefore])) parts += 1
      return parts
    },
  }
}

export type RunDays = ReturnType<typeof createRunDays>
