import { readdir } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Logger as MigrationLogger, runMigrations } from 'graphile-worker'
import knex, { type Knex } from 'knex'
import pg from 'pg'
import type { Logger } from './logger.js'
import { projectRoot } from './root.js'

const DATE = 1082
const INT8 = 20

// Plain dates stay text: as Date objects they would shift with the process's time zone.
pg.types.setTypeParser(DATE, value => value)
pg.types.setTypeParser(INT8, Number)

/**
 * Row-level security binds a role that owns no table: every query of the app runs as this role
 * (migrations/001_tenants).
 */
const APP_ROLE = `select set_config('role', rolname, false) from pg_roles
  where rolname = 'renkei_app' and pg_has_role(rolname, 'member')`

/** knex would print the values of a failed statement, people's names among them, into the error's message. */
const compileSqlOnError = false

/** A page that can't be drawn says so within five seconds. */
const CONNECT_MS = 4_000

/** How long a connection is waited for, and where given, a lock. */
const patience = (lockTimeoutMs: number | undefined) => ({
  connectionTimeoutMillis: CONNECT_MS,
  ...(lockTimeoutMs !== undefined && { lock_timeout: lockTimeoutMs }),
})

/** knex's own words, in our log: a lost connection is told of there, and what it broke is told of by its caller. */
const knexLogger = (log: Logger): Knex.Logger => ({
  warn: (message: unknown) => log.warn('database', { message: String(message) }),
  error: (message: unknown) => log.warn('database', { message: String(message) }),
  deprecate: () => undefined,
  debug: () => undefined,
})

/** The app's pool of connections, one per process. */
export function createDatabase(
  databaseUrl: string,
  { poolMax = 10, log, lockTimeoutMs }: { poolMax?: number; log?: Logger; lockTimeoutMs?: number } = {},
): Knex {
  return knex({
    client: 'pg',
    connection: { connectionString: databaseUrl, ...patience(lockTimeoutMs) },
    acquireConnectionTimeout: CONNECT_MS,
    compileSqlOnError,
    ...(log && { log: knexLogger(log) }),
    pool: {
      min: 0,
      max: poolMax,
      afterCreate: (connection: pg.Client, done: (error: Error | null, connection: pg.Client) => void) => {
        connection.query(APP_ROLE, error => done(error, connection))
      },
    },
  })
}

/** Sessions and graphile-worker speak to PostgreSQL themselves; this pool connects as the owner of their tables. */
export function createOwnerPool(databaseUrl: string, log: Logger, lockTimeoutMs?: number): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10, ...patience(lockTimeoutMs) })
  const lost = (error: Error) => log.warn('database connection lost', { err: error })
  pool.on('error', lost)
  pool.on('connect', client => client.on('error', lost))
  return pool
}

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

/** Brings the schema up to date; two processes at once take turns. */
export async function migrateToLatest(databaseUrl: string): Promise<string[]> {
  const owner = migrating(databaseUrl)
  try {
    return await owner.transaction(async trx => {
      await trx.raw('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK])
      await runMigrations({ connectionString: databaseUrl, logger: silent })
      // The holder of our lock is the only one migrating: knex's own is left over from a process that was killed.
      await owner.migrate.forceFreeMigrationsLock()
      const [, names] = (await owner.migrate.latest()) as [number, string[]]
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
