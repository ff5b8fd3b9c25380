import type { Logger } from './logger.js'

/**
 * What says nothing of a statement, but of the database: it ends connections or starts (57P01–57P03), it was told to
 * leave the statement (57014) or gave up a transaction that fell silent (25P03), the connection was lost (class 08), it
 * has no room, memory or connection left (class 53) or can't reach its files (58030), it takes no writes while it
 * changes roles (25006), transactions came into each other's way (40001, 40P01), or a lock was not free in time (55P03).
 * The same work may go through a moment later.
 */
const SQL_STATE = /^(57P0[1-3]|57014|08...|53...|58030|25006|25P03|40001|40P01|55P03)$/
const NETWORK = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH)$/

/** pg and knex say these in words alone, knex after the statement. */
const IN_WORDS =
  /(^| - )(Connection terminated|Client has encountered a connection error|Knex: Timeout acquiring a connection|Query read timeout|Defined query timeout of|timeout expired|timeout exceeded when trying to connect)/

/** Whether an error of pg or knex means that the database is away, and not that a statement is wrong. */
export function isDatabaseTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  return (typeof code === 'string' && (SQL_STATE.test(code) || NETWORK.test(code))) || IN_WORDS.test(error.message)
}

/**
 * Libraries leave promises behind that nobody waits for. One that the database has broken must not end the process:
 * what it stood for is done again. Any other is a fault of ours, and ends it as before.
 */
export function surviveDatabaseTrouble(log: Logger): void {
  process.on('unhandledRejection', (error: unknown) => {
    if (!isDatabaseTrouble(error)) throw error
    log.warn('database connection lost', { err: error })
  })
}
