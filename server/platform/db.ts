import { readdir } from 'node:fs/promises'
import { Socket } from 'node:net'
import { join, parse } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Logger as MigrationLogger, runMigrations } from 'graphile-worker'
import knex, { type Knex } from 'knex'
import pg from 'pg'
import type { Logger } from './logger.js'
import { ensureRoles, giveRoles, grantRights } from './rights.js'
import { projectRoot } from './root.js'

const DATE = 1082
const INT8 = 20

// Plain dates stay text: as Date objects they would shift with the process's time zone.
pg.types.setTypeParser(DATE, value => value)
pg.types.setTypeParser(INT8, Number)

/** knex would print the values of a failed statement, people's names among them, into the error's message. */
const compileSqlOnError = false

/** A page that can't be drawn says so within five seconds. */
const CONNECT_MS = 4_000

/** … and so does what operators ask; see within() */
export const OPERATORS_WAIT_MS = 4_000

/** PostgreSQL's machine is asked for a sign of life when nothing was said for so long: Node gives it ten seconds then. */
const KEEP_ALIVE_MS = 30_000

/**
 * A line may fall silent behind a machine that still gives signs of life, and with a statement under way none is asked
 * for. Nothing may take so long without a word: housekeeping's longest statements in the app's pool, and in libraries'
 * the minute from one job of housekeeping to the next, which the job library hears of.
 */
const SILENT_MS = { app: 5 * 60_000, library: 3 * 60_000 }

/** For a connection that ends when nothing comes or goes for so long; what waits for it fails. TLS is put over it. */
const untilSilent = (silentMs: number) => ({
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  stream: () => {
    const socket = new Socket()
    // Words that isDatabaseTrouble knows.
    return socket.setTimeout(silentMs, () => socket.destroy(new Error('Connection terminated, it had fallen silent')))
  },
})

/** knex's own words, in our log: a lost connection is told of there, and what it broke is told of by its caller. */
const knexLogger = (log: Logger): Knex.Logger => ({
  warn: (message: unknown) => log.warn('database', { message: String(message) }),
  error: (message: unknown) => log.warn('database', { message: String(message) }),
  deprecate: () => undefined,
  debug: () => undefined,
})

/**
 * The app's pool of connections, one per process. A pooler between may give every transaction another connection, so
 * nothing is said to one that outlives a transaction, no parameter is sent at its start, no statement has a name.
 */
export function createDatabase(
  databaseUrl: string,
  {
    poolMax = 10,
    log,
    silentMs = SILENT_MS.app,
  }: { poolMax?: number; log?: Logger; silentMs?: number | undefined } = {},
): Knex {
  return knex({
    client: 'pg',
    connection: { connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_MS, ...untilSilent(silentMs) },
    acquireConnectionTimeout: CONNECT_MS,
    compileSqlOnError,
    ...(log && { log: knexLogger(log) }),
    pool: { min: 0, max: poolMax },
  })
}

/** A query outside a transaction that is waited for so long, ms (0: for ever). Its connection is not used again then. */
export const within = <Query extends { timeout(ms: number): Query }>(ms: number, query: Query): Query =>
  ms > 0 ? query.timeout(ms) : query

/** For libraries that speak to PostgreSQL themselves. `answerWithinMs`: no statement is waited for longer. */
export function createPool(
  databaseUrl: string,
  {
    max,
    log,
    answerWithinMs,
    silentMs = SILENT_MS.library,
  }: { max: number; log: Logger; answerWithinMs?: number | undefined; silentMs?: number | undefined },
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    ...untilSilent(silentMs),
    max,
    connectionTimeoutMillis: CONNECT_MS,
    ...(answerWithinMs !== undefined && { query_timeout: answerWithinMs }),
  })
  const lost = (error: Error) => log.warn('database connection lost', { err: error })
  pool.on('error', lost)
  pool.on('connect', client => client.on('error', lost))
  return pool
}

/** A library's named statements, without their names: behind a pooler the next connection would not know them. */
export const unnamed = (pool: pg.Pool) => ({
  query: ({ text, values }: pg.QueryConfig): Promise<pg.QueryResult> => pool.query(text, values),
})

/** Migrations by name without extension, so that .ts in development and .js in production are the same migration. */
export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => [
    ...new Set(
      (await readdir(migrationFolder))
        .filter(file => /^\d+_\w+\.(ts|js)$/.test(file))
        .map(file => parse(file).name)
        .sort(),
    ),
  ],
  getMigrationName: name => name,
  getMigration: async name =>
    (await import(pathToFileURL(join(migrationFolder, name + extension)).href)) as Knex.Migration,
}

const extension = parse(import.meta.url).ext
const migrationFolder = extension === '.ts' ? join(projectRoot, 'migrations') : join(projectRoot, 'dist', 'migrations')

/** Any number that no other advisory lock of the app uses. */
const MIGRATION_LOCK = 74_153_001

const silent = new MigrationLogger(() => () => undefined)

const migrating = (databaseUrl: string) =>
  knex({
    client: 'pg',
    connection: databaseUrl,
    pool: { min: 0, max: 3 },
    migrations: { migrationSource, tableName: 'knex_migrations' },
  })

/**
 * Brings the schema, its roles and their rights up to date; two processes at once take turns. `roleOf`: which role each
 * login is to have.
 */
export async function migrateToLatest(
  databaseUrl: string,
  roleOf: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const owner = migrating(databaseUrl)
  try {
    await ensureRoles(owner)
    return await owner.transaction(async trx => {
      await trx.raw('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK])
      await runMigrations({ connectionString: databaseUrl, logger: silent })
      // The holder of our lock is the only one migrating: knex's own is left over from a process that was killed.
      await owner.migrate.forceFreeMigrationsLock()
      const [, names] = (await owner.migrate.latest()) as [number, string[]]
      await grantRights(trx)
      await giveRoles(trx, roleOf)
      return names
    })
  } finally {
    await owner.destroy()
  }
}

/** Takes every migration back, newest first. */
export async function rollbackAll(databaseUrl: string): Promise<void> {
  const owner = migrating(databaseUrl)
  try {
    await owner.migrate.rollback(undefined, true)
  } finally {
    await owner.destroy()
  }
}
