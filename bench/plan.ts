import type { ChildProcess } from 'node:child_process'
import type pg from 'pg'
import { byNumber, byOffset, type Stretch } from '../server/contract/paging.js'
import { eventually } from '../test/helpers/waiting.js'
import type { World } from '../test/helpers/world.js'
import { postgresCpu, walBytes } from './processes.js'

/** What bench/run.ts measures and starts for every scenario. */
export interface PlanBench {
  world: World
  startWorker(world: World, paced: boolean): Promise<ChildProcess>
  stop(worker: ChildProcess): Promise<void>
  costOf(pid: number): { cpu: number; rss: number }
  readsOf(people: number, stretch: (read: number, most: number) => Stretch): number
}

type Values = Record<string, number>

const TEN_HOURS_MS = 36_000_000

/** Bytes of the people of all runs with their indexes, and of what was read of them. */
async function bytesOf(pool: pg.Pool): Promise<{ items: number; staging: number; database: number }> {
  const of = (table: string) => `(select sum(pg_total_relation_size(relid)) from pg_partition_tree('${table}'))::float8`
  const { rows } = await pool.query<{ items: number; staging: number; database: number }>(
    `select ${of('run_items')} as items, ${of('run_staging')} as staging,
       pg_database_size(current_database())::float8 as database`,
  )
  if (!rows[0]) throw new Error('no sizes')
  return rows[0]
}

interface Planned {
  state: string
  fetch: number
  plan: number
}

/**
 * One plan, SmartHR → freee, from the date page to the selection. Half of the people are new, half of the others differ,
 * nothing is limited. The worker says when the last page was stored.
 */
async function planOf({ world, startWorker, stop, costOf, readsOf }: PlanBench, people: number): Promise<Values> {
  await world.reset()
  const { ownerPool: pool } = world.container
  const visitor = await world.connected()
  await world.control('POST', '/populate', {
    service: 'smarthr',
    employees: people,
    overlap: 0.5,
    differing: 0.5,
    seed: 11,
  })
  for (const service of ['smarthr', 'freee']) await world.control('PUT', '/limits', { service, enabled: false })
  await pool.query('vacuum full run_items')
  await pool.query('vacuum full run_staging')
  const worker = await startWorker(world, false)
  let log = ''
  worker.stdout?.on('data', (text: string) => (log += text))
  const pid = worker.pid ?? 0
  const before = {
    bytes: await bytesOf(pool),
    worker: costOf(pid),
    postgres: await postgresCpu(world),
    wal: await walBytes(world),
    own: process.cpuUsage(),
  }
  const asked = (await world.calls('smarthr')).length + (await world.calls('freee')).length

  await visitor.begin('/freee/runs/new?flow=employees-from-smarthr')
  await visitor.press('次へ')
  const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
  const run = await eventually(
    'the plan',
    async () => {
      const { rows } = await pool.query<Planned & { begun: number; fetched: number }>(
        `select state, 1000 * extract(epoch from fetch_begun_at)::float8 as begun,
           1000 * extract(epoch from fetched_at)::float8 as fetched from runs where id = $1`,
        [runId],
      )
      return rows[0]?.state !== 'fetching' && rows[0]
    },
    TEN_HOURS_MS,
    100,
  )
  if (run.state !== 'ready') throw new Error(`no plan: ${run.state}`)
  const [, time = ''] = /"time":"([^"]+)"[^\n]*"both sides read"/.exec(log) ?? []
  const lastPage = new Date(time).getTime()
  const own = process.cpuUsage(before.own)
  const postgres = (await postgresCpu(world)) - before.postgres
  const cost = costOf(pid)
  const calls = (await world.calls('smarthr')).length + (await world.calls('freee')).length - asked
  const bytes = await bytesOf(pool)
  const wal = (await walBytes(world)) - before.wal
  await stop(worker)
  await pool.query('vacuum full run_items')
  await pool.query('vacuum full run_staging')
  const compact = await bytesOf(pool)

  const freee = Math.round(people / 2)
  const least = readsOf(people, byNumber) + 2 * readsOf(freee, byOffset)
  const perPerson = (ms: number) => Number((ms / people).toFixed(3))
  const wall = (run.fetched - run.begun) / 1000
  return {
    'fetch s': Number(((lastPage - run.begun) / 1000).toFixed(2)),
    'plan s (after the last page)': Number(((run.fetched - lastPage) / 1000).toFixed(2)),
    'peak RSS MB': Math.round(cost.rss),
    'CPU ms per person, worker': perPerson((cost.cpu - before.worker.cpu) * 1000),
    'CPU ms per person, PostgreSQL': perPerson(postgres * 1000),
    'CPU share of the sandbox': Number(((own.user + own.system) / 1e6 / wall).toFixed(2)),
    'bytes per person as left': Math.round((bytes.database - before.bytes.database) / people),
    'WAL bytes per person': Math.round(wal / people),
    'bytes per person, items': Math.round((compact.items - before.bytes.items) / people),
    'bytes per person, staging': Math.round((compact.staging - before.bytes.staging) / people),
    'calls ÷ unavoidable': Number((calls / least).toFixed(3)),
  }
}

/** `npm run bench -- plan [people …]` */
export async function plans(bench: PlanBench, sizes: readonly string[]) {
  const rows: { scenario: string; people: number; values: Values }[] = []
  for (const people of sizes.length > 0 ? sizes.map(Number) : [1_000, 10_000]) {
    rows.push({ scenario: `a plan of ${people} people, limits off`, people, values: await planOf(bench, people) })
  }
  return rows
}
