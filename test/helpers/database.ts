import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { startPostgres } from '../../server/local/postgres.js'
import { migrateToLatest } from '../../server/platform/db.js'

const TEMPLATE = 'renkei_template'
/** any number; keeps two test processes from making the template at once */
const TEMPLATE_LOCK = 74_153_002

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const withDatabase = (url: string, name: string) => {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

let server: Promise<string> | undefined

/** `npm test` brings one server for all; a single file run by hand brings its own. */
const serverUrl = () =>
  (server ??= process.env.TEST_DATABASE_URL
    ? Promise.resolve(process.env.TEST_DATABASE_URL)
    : startPostgres({ name: 'test', fsync: false }).then(started => started.url))

let template: Promise<void> | undefined

async function makeTemplate(url: string): Promise<void> {
  await withClient(url, async client => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    const { rowCount } = await client.query('select from pg_database where datname = $1', [TEMPLATE])
    if (rowCount === 0) await client.query(`create database ${TEMPLATE}`)
    await migrateToLatest(withDatabase(url, TEMPLATE))
    await client.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK])
  })
}

export interface TestDatabase {
  url: string
  drop(): Promise<void>
}

/** A database of one's own with the whole schema, cloned from a migrated template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const url = await serverUrl()
  await (template ??= makeTemplate(url))
  const name = `test_${randomBytes(6).toString('hex')}`
  await withClient(url, async client => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    await client.query(`create database ${name} template ${TEMPLATE}`)
  })
  return {
    url: withDatabase(url, name),
    drop: () =>
      withClient(url, async client => {
        await client.query(`drop database if exists ${name} with (force)`)
      }),
  }
}
