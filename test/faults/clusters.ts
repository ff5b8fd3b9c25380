import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { accountForServer, localFolder } from '../../server/local/folder.js'
import { startPostgres, stopPostgres } from '../../server/local/postgres.js'
import { binaries } from '../../server/local/programs.js'
import { migrateToLatest } from '../../server/platform/db.js'
import { WORKER_ROLE } from '../../server/platform/rights.js'
import { createTestDatabase } from '../helpers/database.js'
import { freePort } from './processes.js'

/** The database of one stage, and what may be done to the server it is on. */
export interface Cluster {
  /** for the bench, which sees everybody's rows */
  url(): string
  /** for the product's processes: the worker's login, which has what web's has */
  appUrl(): string
  /** Ends the server: `fast` says good-bye to everybody, `immediate` is a crash. */
  stop(how: 'fast' | 'immediate'): Promise<void>
  /** Starts it again, perhaps on another port. */
  start(): Promise<void>
  /** A standby takes over from a server that crashes; it had every transaction that was confirmed. */
  failOver(): Promise<void>
  close(): Promise<void>
}

export async function ask<Row extends object>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client(url)
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}

const never = (): never => {
  throw new Error('this server is shared: it must not be stopped')
}

/** A database on the server that all tests share. */
export async function sharedCluster(): Promise<Cluster> {
  const database = await createTestDatabase()
  return {
    url: () => database.superUrl,
    appUrl: () => database.url,
    stop: never,
    start: never,
    failOver: never,
    close: () => database.drop(),
  }
}

const postmaster = (data: string): number | null => {
  const file = join(data, 'postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null
}

const lives = (pid: number) => {
  // A zombie has ended.
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ''
  return /^\d+ \(.*\) [^ZX]/.test(stat)
}

async function end(data: string, signal: 'SIGINT' | 'SIGQUIT') {
  const pid = postmaster(data)
  if (pid === null) return
  try {
    process.kill(pid, signal)
  } catch {
    return
  }
  while (lives(pid)) await sleep(20)
}

/** A server of the stage's own, with data that outlives its crashes. */
export async function ownCluster(name: string): Promise<Cluster> {
  const base = localFolder()
  const folder = join(base, name)
  await stopPostgres(name)
  rmSync(folder, { recursive: true, force: true })
  /** of the server that is in charge */
  let data = join(folder, 'data')
  let standbys = 0
  let server = await startPostgres({ name })
  let url = server.url
  const login = await server.loginUrl('renkei_jobs')
  await migrateToLatest(url, { renkei_jobs: WORKER_ROLE })

  const account = accountForServer()
  const bin = await binaries(account, base)
  const pgCtl = (at: string, ...args: string[]) => {
    const { status, stderr } = spawnSync(join(bin, 'pg_ctl'), ['-D', at, ...args], {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LANG: 'C', LC_ALL: 'C', TZ: 'UTC' },
      // The server keeps what it is given open.
      stdio: ['ignore', 'ignore', 'pipe'],
      ...account,
    })
    if (status !== 0) throw new Error(`pg_ctl ${args.join(' ')}: ${stderr.toString()}`)
  }

  /** A copy of the running server that follows it, each confirmed transaction with it. */
  const makeStandby = async (): Promise<{ standby: string; at: string }> => {
    standbys += 1
    const standby = join(folder, `standby-${standbys}`)
    const backup = new pg.Client(url)
    await backup.connect()
    await backup.query(`select pg_backup_start('standby', true)`)
    cpSync(data, standby, { recursive: true, filter: path => !/postmaster\.(pid|opts)$/.test(path) })
    const { rows } = await backup.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)')
    await backup.end()
    writeFileSync(join(standby, 'backup_label'), rows[0]?.labelfile ?? '')
    writeFileSync(join(standby, 'standby.signal'), '')
    const port = await freePort()
    const { hostname, port: from, username, password } = new URL(url)
    const source = `host=${hostname} port=${from} user=${username} password=${password} application_name=standby`
    writeFileSync(join(standby, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`)
    if (account) spawnSync('chown', ['-R', `${account.uid}:${account.gid}`, standby])
    spawnSync('chmod', ['700', standby])
    const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200`
    pgCtl(standby, '-w', '-l', join(standby, 'server.log'), '-o', settings, 'start')
    await ask(url, `alter system set synchronous_standby_names = 'standby'`)
    await ask(url, 'select pg_reload_conf()')
    for (;;) {
      const [row] = await ask<{ sync_state: string }>(url, 'select sync_state from pg_stat_replication')
      if (row?.sync_state === 'sync') break
      await sleep(50)
    }
    const there = new URL(url)
    there.port = String(port)
    return { standby, at: there.href }
  }

  const cluster: Cluster = {
    url: () => url,
    appUrl() {
      const here = new URL(login)
      here.port = new URL(url).port
      return here.href
    },
    stop: how => end(data, how === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    async start() {
      server = await startPostgres({ name })
      url = server.url
    },
    async failOver() {
      const { standby, at } = await makeStandby()
      await end(data, 'SIGQUIT')
      data = standby
      url = at
      await ask(url, 'select pg_promote()')
    },
    async close() {
      await end(data, 'SIGQUIT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return cluster
}
