import type { Knex } from 'knex'

/** Whoever comes with the same words waits here until the transaction before has ended; also where there is no row to lock yet. */
export async function oneAtATime(db: Knex, ...words: string[]): Promise<void> {
  await db.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [words.join('|')])
}
