import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { accountForServer, localFolder } from './folder.js'
import { locked } from './lock.js'
import { binaries, codeOf } from './programs.js'

const run = promisify(execFile)

/** The superuser of the embedded server: it owns the tables, and web and worker have logins of their own. */
const USER = 'renkei'
const DATABASE = 'renkei'
const TRIES = 5
/** A server that recovers may need long; one that has died is noticed at once. */
const PATIENCE_S = 600

export interface LocalPostgres {
  /** the owner's */
  url: string
  /** the same for a login without rights, made when there is none */
  loginUrl(login: string): Promise<string>
  /** Ends the server, unless another process is still connected to it. */
  stop(): Promise<void>
}

export interface LocalPostgresOptions {
  /** the data directory's name; servers of different names run side by side */
  name: string
  /** false only for throw-away data (tests) */
  fsync?: boolean
}

const freePort = () =>
  new Promise<number>((done, failed) => {
    const probe = createServer()
    probe.once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** A password, made up once. Only the account that starts the server can read it. */
async function passwordIn(folder: string, name = 'password'): Promise<string> {
  const file = join(folder, name)
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim()
  const secret = randomBytes(24).toString('base64url')
  await writeFile(file, secret, { mode: 0o600 })
  return secret
}

/** The programs and where their data is, for one named server. */
async function open(name: string) {
  const account = accountForServer()
  const base = localFolder()
  const folder = join(base, name)
  const data = join(folder, 'data')
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o711)
  const bin = await binaries(account, base)
  const as = {
    cwd: '/',
    // Nothing of our environment, secrets least of all, reaches the server.
    env: { PATH: '/usr/bin:/bin', LANG: 'C', LC_ALL: 'C', TZ: 'UTC' },
    ...account,
  }
  return {
    account,
    folder,
    data,
    initdb: (...args: string[]) => run(join(bin, 'initdb'), args, as),
    pgCtl: (...args: string[]) => run(join(bin, 'pg_ctl'), ['-D', data, ...args], as),
  }
}

type Installation = Awaited<ReturnType<typeof open>>

/** Makes the data directory under another name first: one that exists is whole, whenever we were killed. */
async function initialise({ account, folder, data, initdb }: Installation, password: string): Promise<void> {
  for (const leftover of await readdir(folder)) {
    if (leftover.startsWith('new-')) await rm(join(folder, leftover), { recursive: true, force: true })
  }
  const unfinished = await mkdtemp(join(folder, 'new-data-'))
  const passwordFile = join(folder, 'new-password')
  try {
    await writeFile(passwordFile, '', { mode: 0o600 })
    if (account) {
      await chown(unfinished, account.uid, account.gid)
      await chown(passwordFile, account.uid, account.gid)
    }
    await writeFile(passwordFile, password)
    const how = ['-U', USER, '-E', 'UTF8', '--locale=C', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
    await initdb('-D', unfinished, ...how)
    await rename(unfinished, data)
  } finally {
    await rm(passwordFile, { force: true })
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** Process id and port of postmaster.pid; null without one. */
async function postmasterOf(data: string): Promise<{ pid: number; port: number } | null> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const [pid, , , port] = lines
  return pid && port ? { pid: Number(pid), port: Number(port) } : null
}

/** Larger than any process id of Linux or macOS. */
const UNUSED_PID = 2_147_483_646

/**
 * After a restart of the machine another process may have the dead server's id, and a zombie keeps its own: PostgreSQL
 * would never start again. The file stays, with an id that no process has: from it PostgreSQL learns whether parts of the
 * old server still run.
 */
async function forgetDeadServer(data: string): Promise<void> {
  const postmaster = await postmasterOf(data)
  if (!postmaster) return
  const state = await readFile(`/proc/${postmaster.pid}/stat`, 'utf8').catch(() => null)
  if (state === null || /^\d+ \(postgres\) [^ZX]/.test(state)) return
  const file = join(data, 'postmaster.pid')
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^\d+/, String(UNUSED_PID)))
}

async function launch({ data, pgCtl }: Installation, fsync: boolean): Promise<void> {
  const log = join(data, 'server.log')
  for (let tries = 1; ; tries += 1) {
    const settings = [
      `-p ${await freePort()}`,
      '-c listen_addresses=127.0.0.1',
      `-c unix_socket_directories=''`,
      '-c max_connections=200',
      '-c timezone=UTC',
      ...(fsync ? [] : ['-c fsync=off', '-c synchronous_commit=off', '-c full_page_writes=off']),
    ]
    try {
      await pgCtl('-w', '-t', String(PATIENCE_S), '-l', log, '-o', settings.join(' '), 'start')
      return
    } catch (error) {
      // The port may have been taken meanwhile, or children of a killed server may still be leaving.
      if (tries < TRIES) {
        await sleep(200 * tries)
        continue
      }
      const said = await readFile(log, 'utf8').catch(() => 'no log')
      throw new Error(`PostgreSQL did not start: ${said.slice(-2_000)}`, { cause: error })
    }
  }
}

const succeeds = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  )

/**
 * Starts the embedded PostgreSQL, or attaches to the one that runs on this data already. It outlives its starter, so
 * that web and worker share it. Only loopback, and only with the password.
 */
export async function startPostgres({ name, fsync = true }: LocalPostgresOptions): Promise<LocalPostgres> {
  const installation = await open(name)
  const { folder, data, pgCtl } = installation
  return locked(folder, async () => {
    const password = await passwordIn(folder)
    if (!existsSync(data)) await initialise(installation, password)
    let address = ''
    for (let tries = 1; address === ''; tries += 1) {
      await forgetDeadServer(data)
      if (!(await succeeds(pgCtl('status')))) await launch(installation, fsync)
      const postmaster = await postmasterOf(data)
      const candidate = `postgres://${USER}:${password}@127.0.0.1:${postmaster?.port}`
      try {
        await createDatabaseIfAbsent(`${candidate}/postgres`)
        address = candidate
      } catch (error) {
        // A server that was killed this moment still counts as running.
        if (codeOf(error) !== 'ECONNREFUSED' || tries === TRIES) throw error
        await sleep(200 * tries)
      }
    }
    return {
      url: `${address}/${DATABASE}`,
      loginUrl: login =>
        locked(folder, async () => {
          const secret = await passwordIn(folder, `password-${login}`)
          await withClient(`${address}/${DATABASE}`, client => ensureLogin(client, login, secret))
          return Object.assign(new URL(`${address}/${DATABASE}`), { username: login, password: secret }).href
        }),
      stop: async () => {
        // Removing .renkei/ has ended the server as well.
        if (!existsSync(data)) return
        await locked(folder, async () => {
          if (!(await othersAreConnected(`${address}/postgres`))) await succeeds(pgCtl('-w', '-m', 'fast', 'stop'))
        })
      },
    }
  })
}

/** Ends the named server, even while it is used; false when none runs. */
export async function stopPostgres(name: string): Promise<boolean> {
  const { pgCtl } = await open(name)
  return succeeds(pgCtl('-w', '-m', 'fast', 'stop'))
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

const createDatabaseIfAbsent = (url: string) =>
  withClient(url, async client => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  })

async function ensureLogin(client: pg.Client, login: string, secret: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [login])
  const how = rowCount === 0 ? 'create' : 'alter'
  await client.query(`${how} role ${client.escapeIdentifier(login)} login password ${client.escapeLiteral(secret)}`)
}

const othersAreConnected = (url: string) =>
  withClient(url, async client => {
    const { rowCount } = await client.query(
      `select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1`,
    )
    return (rowCount ?? 0) > 0
  }).catch(() => false)
