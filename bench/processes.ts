import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { projectRoot } from '../server/platform/root.js'
import { eventually } from '../test/helpers/waiting.js'
import type { World } from '../test/helpers/world.js'

const CLOCK_TICKS = 100
const WEB_PORT = '39117'

/** The fields of /proc/…/stat behind the command's name, the state first. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** CPU seconds and peak resident memory in MB of a process, by /proc (Linux only). */
export function costOf(pid: number): { cpu: number; rss: number } {
  const fields = statOf(pid)
  const rss = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return { cpu: (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS, rss: Number(rss) / 1024 }
}

/** `everyMinute`: it does what is due each minute, as a worker of an operator does. */
export async function startWorker(
  world: World,
  paced: boolean,
  { everyMinute = false }: { everyMinute?: boolean } = {},
): Promise<ChildProcess> {
  const profile = process.env.BENCH_PROFILE
  const worker = spawn(
    process.execPath,
    [...(profile ? ['--cpu-prof', '--cpu-prof-dir', profile] : []), 'bench/worker.mjs'],
    {
      cwd: projectRoot,
      env: {
        PATH: process.env.PATH,
        ...world.environment,
        LOG_LEVEL: 'info',
        BENCH_PACE: paced ? 'on' : 'off',
        BENCH_HOUSEKEEPING: everyMinute ? 'on' : 'off',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let output = ''
  worker.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  await eventually('the worker', () => Promise.resolve(output.includes('worker is polling')))
  return worker
}

/** The web process as it is built, beside the one of this process, and where it listens. */
export async function startWeb(world: World): Promise<{ web: ChildProcess; url: string }> {
  const web = spawn(process.execPath, ['dist/server/index.js'], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, ...world.environment, LOG_LEVEL: 'info', PORT: WEB_PORT },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  web.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  await eventually('the web process', () => Promise.resolve(output.includes('web is listening')))
  return { web, url: `http://localhost:${WEB_PORT}` }
}

export async function stop(worker: ChildProcess) {
  worker.kill('SIGTERM')
  await once(worker, 'exit')
}

/** CPU seconds of PostgreSQL's server: all its processes, those that have ended too. */
export async function postgresCpu({ container }: World): Promise<number> {
  const { rows } = await container.ownerPool.query<{ pid: number }>('select pg_backend_pid() as pid')
  const postmaster = Number(statOf(rows[0]?.pid ?? 0)[1])
  const ticks = (fields: readonly string[], names: readonly number[]) =>
    names.reduce((sum, name) => sum + Number(fields[name]), 0)
  let sum = ticks(statOf(postmaster), [11, 12, 13, 14])
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const fields = statOf(Number(name))
      if (Number(fields[1]) === postmaster) sum += ticks(fields, [11, 12])
    } catch {
      // It has ended meanwhile; its parent has its time.
    }
  }
  return sum / CLOCK_TICKS
}

/** Bytes of write-ahead log so far. */
export async function walBytes({ container }: World): Promise<number> {
  const { rows } = await container.ownerPool.query<{ bytes: number }>(
    `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as bytes`,
  )
  return rows[0]?.bytes ?? 0
}
