import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { accountForServer } from '../server/local/folder.js'
import { projectRoot } from '../server/platform/root.js'

/**
 * `npm run test:pooled`: a walk per connector as an installation behind a pooler has it. Debian's PostgreSQL 15, an owner
 * who is no superuser, logins of their own for web and worker, and between these and the server pgbouncer, which gives
 * every transaction one of few connections. Arguments are test files instead of those below.
 */
const WALKS = [
  // Also workers of their own, killed in the middle.
  'test/pca/crash.test.ts',
  'test/payslips/money-forward.test.ts',
  'test/feed/journey.test.ts',
  'test/sync/sync.test.ts',
  'test/king-of-time/run.test.ts',
  'test/mikiwame/departments.test.ts',
  // Limits that hold across processes, sessions, and what the logins may.
  'test/web/security.test.ts',
  'test/unit/platform/rights.test.ts',
  'test/unit/platform/pooling.test.ts',
  // Needs the programs of PostgreSQL 15.
  'test/setup/restore.pooled.ts',
]

const PROGRAMS = '/usr/lib/postgresql/15/bin'
const POOLER = '/usr/sbin/pgbouncer'
/** Connections of each login to each database. Web alone opens more than that. */
const POOL_SIZE = 4

const say = (line: string) => process.stdout.write(`${line}\n`)

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise(done => probe.close(done))
  return port
}

async function reached(url: string): Promise<pg.Client> {
  for (const deadline = Date.now() + 60_000; ; await sleep(100)) {
    const client = new pg.Client(url)
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => undefined)
      if (Date.now() > deadline) throw error
    }
  }
}

const account = accountForServer()
const folder = mkdtempSync(join(tmpdir(), 'renkei-pooled-'))
const file = (name: string, text = '') => {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  if (account) chownSync(path, account.uid, account.gid)
  return path
}
const as = { cwd: '/', env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' }, ...account }
const children: ChildProcess[] = []
const start = (program: string, ...args: string[]) =>
  children.push(spawn(program, args, { ...as, stdio: ['ignore', 'ignore', 'ignore'] }))

const password = randomBytes(24).toString('hex')

/** Starts both servers; returns the superuser's address past the pooler, and the pooler's. */
async function startServers(): Promise<{ url: string; pooler: string }> {
  const [port, poolerPort] = [await freePort(), await freePort()]
  const data = join(folder, 'data')
  const how = ['-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '-A', 'scram-sha-256', '--no-sync']
  const made = spawnSync(join(PROGRAMS, 'initdb'), ['-D', data, ...how, `--pwfile=${file('password', password)}`], as)
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr.toString()}`)
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    fsync: 'off',
    log_destination: 'stderr',
    logging_collector: 'on',
  }
  start(
    join(PROGRAMS, 'postgres'),
    '-D',
    data,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  )
  const users = ['renkei_test_web', 'renkei_test_worker'].map(login => `"${login}" "${password}"`)
  start(
    POOLER,
    file(
      'pgbouncer.ini',
      `[databases]
* = host=127.0.0.1 port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${poolerPort}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${file('users', users.join('\n'))}
logfile = ${file('pgbouncer.log')}
pool_mode = transaction
default_pool_size = ${POOL_SIZE}
max_client_conn = 500
`,
    ),
  )
  return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, pooler: `127.0.0.1:${poolerPort}` }
}

/** What is between is a pooler by transactions: more connections than it has stand open at once, and all are answered. */
async function expectPooling({ url, pooler }: { url: string; pooler: string }): Promise<void> {
  const owner = await reached(url)
  await owner.query(`create role renkei_test_web login password '${password}'`)
  await owner.end()
  const through = Object.assign(new URL(url), { host: pooler, username: 'renkei_test_web' }).href
  const clients = await Promise.all(Array.from({ length: 3 * POOL_SIZE }, () => reached(through)))
  const pids = await Promise.all(
    clients.map(async client => (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid),
  )
  await Promise.all(clients.map(client => client.end()))
  const used = new Set(pids).size
  if (used > POOL_SIZE) throw new Error(`${clients.length} connections have ${used} of the server: nothing is pooled`)
  say(`${clients.length} connections share ${used} of PostgreSQL 15.`)
}

async function stop(): Promise<void> {
  const running = children.filter(child => child.exitCode === null && child.signalCode === null)
  const ended = running.map(child => once(child, 'exit'))
  // PostgreSQL's fast, pgbouncer's immediate end.
  for (const child of running) child.kill(child === children[0] ? 'SIGINT' : 'SIGTERM')
  await Promise.all(ended)
  rmSync(folder, { recursive: true, force: true })
}

let tests: ChildProcess | undefined
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => tests?.kill(signal))
try {
  for (const program of [join(PROGRAMS, 'postgres'), POOLER])
    if (!existsSync(program)) throw new Error(`There is no ${program}: apt-get install postgresql-15 pgbouncer`)
  if (account) chownSync(folder, account.uid, account.gid)
  chmodSync(folder, 0o700)
  const servers = await startServers()
  await expectPooling(servers)
  const files = process.argv.slice(2)
  const what = files.length > 0 ? files : ['--parallel', '--jobs', '2', ...WALKS]
  tests = spawn(process.execPath, ['--import=tsx', 'test/run.ts', ...what], {
    cwd: projectRoot,
    env: { ...process.env, TEST_DATABASE_URL: servers.url, TEST_POOLER: servers.pooler },
    stdio: 'inherit',
  })
  const [code] = (await once(tests, 'exit')) as [number | null]
  process.exitCode = code ?? 1
  const errors = readFileSync(join(folder, 'pgbouncer.log'), 'utf8').match(/(?:ERROR|FATAL).*/g) ?? []
  if (errors.length > 0) say(`pgbouncer: ${[...new Set(errors)].slice(0, 5).join('\n')}`)
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
} finally {
  await stop()
}
