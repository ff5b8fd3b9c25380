import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../../server/local/postgres.js'
import { migrateToLatest } from '../../server/platform/db.js'
import { APP_ROLE, WORKER_ROLE } from '../../server/platform/rights.js'
import { projectRoot } from '../../server/platform/root.js'

/** any number; keeps two test processes from making the template at once */
const TEMPLATE_LOCK = 74_153_002

/** Named after what the migrations and the rights say: an edited one gives another template. */
function templateName(): string {
  const folder = join(projectRoot, 'migrations')
  const hash = createHash('sha256')
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)))
  hash.update(readFileSync(join(projectRoot, 'server/platform/rights.ts')))
  return `template_${hash.digest('hex').slice(0, 12)}`
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** As operators have them: an owner who is no superuser, and logins of their own for web and worker. */
const OWNER = 'renkei_test_owner'
const WEB = 'renkei_test_web'
const WORKER = 'renkei_test_worker'

/** Another database of the server, another login (all have the same password), or another way there. */
const urlOf = (
  url: string,
  name: string,
  { login, through }: { login?: string; through?: string | undefined } = {},
) => {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  if (login) changed.username = login
  if (through) changed.host = through
  return changed.href
}

let server: Promise<string> | undefined

/** `npm test` brings one server for all; a single file run by hand brings its own, which `npm run db:stop` ends. */
export const serverUrl = () =>
  (server ??= process.env.TEST_DATABASE_URL
    ? Promise.resolve(process.env.TEST_DATABASE_URL)
    : startPostgres({ name: 'test', fsync: false }).then(started => started.url))

let template: Promise<string> | undefined

/** The logins, and the owner's right to give the roles on, whoever made them on this server. */
async function ensureLogins(client: pg.Client, url: string): Promise<void> {
  const password = client.escapeLiteral(decodeURIComponent(new URL(url).password))
  const { rows } = await client.query<{ name: string }>('select rolname as name from pg_roles')
  const known = new Set(rows.map(({ name }) => name))
  for (const login of [OWNER, WEB, WORKER]) {
    if (!known.has(login)) await client.query(`create role ${login} login password ${password}`)
  }
  await client.query(`alter role ${OWNER} createrole`)
  for (const role of [APP_ROLE, WORKER_ROLE]) {
    if (known.has(role)) await client.query(`grant ${role} to ${OWNER} with admin option`)
  }
}

async function makeTemplate(url: string): Promise<string> {
  const name = templateName()
  await withClient(url, async client => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    await ensureLogins(client, url)
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount !== 0) return
    // Under another name until it is whole: a failing migration leaves no template behind.
    await client.query(`drop database if exists ${name}_unfinished with (force)`)
    await client.query(`create database ${name}_unfinished owner ${OWNER}`)
    const owner = urlOf(url, `${name}_unfinished`, { login: OWNER })
    await migrateToLatest(owner, { [WEB]: APP_ROLE, [WORKER]: WORKER_ROLE })
    await client.query(`alter database ${name}_unfinished rename to ${name}`)
  })
  return name
}

export interface TestDatabase {
  /** what both processes take: the worker's login has all that web's has */
  url: string
  /** web's login alone */
  webUrl: string
  /** past the pooler, where there is one (TEST_POOLER, host:port) */
  directUrl: string
  /** the owner, who is no superuser */
  ownerUrl: string
  /** for the test itself: the server's superuser, whom row-level security does not bind */
  superUrl: string
  drop(): Promise<void>
}

/** The migrations' own, the workers that live, the keys they have. */
const NOT_KEPT = ['knex_migrations', 'knex_migrations_lock', 'worker_heartbeats', 'seal_keys']

/** Copies every row of a test's database; what comes back puts them into it again, once it is emptied. */
export async function keepRows(pool: pg.Pool): Promise<() => Promise<void>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename <> all ($1)`,
    [NOT_KEPT],
  )
  const ask = tables.map(({ name }) => `select '${name}' as name where exists (select from public.${name})`)
  const { rows: full } = await pool.query<{ name: string }>(ask.join(' union all '))
  const copies = `kept_${randomBytes(6).toString('hex')}`
  const copy = full.map(({ name }) => `create table ${copies}.${name} as table public.${name}`)
  await pool.query([`create schema ${copies}`, ...copy].join(';'))
  const back = full.map(
    ({ name }) => `insert into public.${name} overriding system value select * from ${copies}.${name}`,
  )
  // As they were and in any order: nothing is checked and nothing set off on the way.
  const sql = ['begin', 'set local session_replication_role = replica', ...back, 'commit'].join(';')
  return async () => void (await pool.query(sql))
}

/** A database of one's own with the whole schema, cloned from a migrated template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const url = await serverUrl()
  const source = await (template ??= makeTemplate(url))
  const name = `test_${randomBytes(6).toString('hex')}`
  await withClient(url, async client => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    await client.query(`create database ${name} template ${source} owner ${OWNER}`)
  })
  const through = process.env.TEST_POOLER
  return {
    url: urlOf(url, name, { login: WORKER, through }),
    webUrl: urlOf(url, name, { login: WEB, through }),
    directUrl: urlOf(url, name, { login: WORKER }),
    ownerUrl: urlOf(url, name, { login: OWNER }),
    superUrl: urlOf(url, name),
    drop: () =>
      withClient(url, async client => {
        await client.query(`drop database if exists ${name} with (force)`)
      }),
  }
}
