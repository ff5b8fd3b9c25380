import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { byNumber, byOffset, type Stretch } from '../server/contract/paging.js'
import { projectRoot } from '../server/platform/root.js'
import { connectPca } from '../test/helpers/connecting.js'
import { reportOf } from '../test/helpers/waiting.js'
import { startWorld, type World } from '../test/helpers/world.js'
import { syncEverybody, toSelection } from '../test/helpers/walking.js'
import { tenBigCompanies } from './companies.js'
import { housekeepingCost } from './housekeeping.js'
import { againstScript } from './script.js'
import { measure, type Flow, type Measured } from './measure.js'
import { bigPages } from './pages.js'
import { costOf, startWorker, stop } from './processes.js'
import { plans } from './plan.js'

/**
 * `npm run bench`: ratios of one run on this machine. Web and sandbox run in this process, the worker in one of its own,
 * whose CPU time and memory are read from the kernel.
 */
const PAGE = 100
const pagesOf = (people: number) => Math.max(1, Math.ceil(people / PAGE))

/** Calls that read a whole list so that nobody can be missed while it moves: pages overlap by one (platform/paging.ts). */
function readsOf(people: number, stretch: (read: number, most: number) => Stretch): number {
  let calls = 0
  for (let read = 0; calls === 0 || read < people; calls += 1) {
    const { offset, limit } = stretch(read, PAGE)
    read = offset + limit
  }
  return calls
}

interface Row {
  scenario: string
  flow?: Flow
  people?: number
  values: Record<string, number>
}

const round = (value: number, digits = 2) => Number(value.toFixed(digits))

/**
 * The least calls a run can do with. Reading: both sides page by page, overlapping by one record, and freee's people of all periods when somebody
 * is to be registered there (it has no search by number). Writing: each page of people to update once more, freee's
 * people of all periods before somebody is registered, the titles once for SmartHR, and per person one call to SmartHR
 * or one per part that changes in freee.
 */
function unavoidable(flow: Flow, people: { source: number; target: number }, result: Measured) {
  const writes = result.applied.filter(call => call.method !== 'GET')
  const distinct = new Set(
    writes.map(call => `${call.method} ${call.path} ${call.method === 'POST' ? JSON.stringify(call.body) : ''}`),
  )
  const toFreee = flow === 'employees-from-smarthr'
  const [smarthr, freee] = toFreee ? [people.source, people.target] : [people.target, people.source]
  const everybody = toFreee && result.planned.new > 0 ? readsOf(freee, byOffset) : 0
  const fetch = readsOf(smarthr, byNumber) + readsOf(freee, byOffset) + everybody
  const reread = result.planned.changed > 0 ? pagesOf(people.target) : 0
  return { fetch, apply: reread + (toFreee ? everybody : 1) + distinct.size }
}

async function scenario(
  world: World,
  order: { name: string; flow: Flow; people: number; overlap: number; differing: number; paced: boolean },
): Promise<Row> {
  const { flow, people, overlap, differing, paced } = order
  await world.reset()
  const visitor = await world.connected()
  const service = flow === 'employees-from-smarthr' ? 'smarthr' : 'freee'
  await world.control('POST', '/populate', { service, employees: people, overlap, differing, seed: 11 })
  await world.control('PUT', '/limits', { service: 'smarthr', enabled: paced })
  await world.control('PUT', '/limits', { service: 'freee', enabled: false })
  const worker = await startWorker(world, paced)
  const idle = costOf(worker.pid ?? 0)
  const result = await measure(world, visitor, flow)
  const cost = costOf(worker.pid ?? 0)
  await stop(worker)

  const least = unavoidable(flow, { source: people, target: Math.round(people * overlap) }, result)
  const refused = [...result.fetched, ...result.applied].filter(call => call.status === 429).length
  const values: Record<string, number> = {
    'fetch s': round(result.fetchSeconds),
    'apply s': round(result.applySeconds),
    'fetch calls ÷ unavoidable': round(result.fetched.length / least.fetch, 3),
    'apply calls ÷ unavoidable': round(result.applied.length / least.apply, 3),
    'CPU ms per employee': round(((cost.cpu - idle.cpu) * 1000) / people, 3),
    'peak RSS MB': round(cost.rss, 0),
    'answers 429': refused,
  }
  if (paced) {
    const limited = result.applied.filter(call => call.path.includes('/t/') || call.path.startsWith('/api')).length
    values['apply wall ÷ lower bound'] = round(result.applySeconds / (limited / 10), 3)
  }
  return { scenario: order.name, flow, people, values }
}

/** Writes a minute and people per write that the batching service allows, in real time and with its limits on. */
const BATCH = { perMinute: 20, size: 10 }

/** Registering people by batches: the wall time against the least its limit allows (the first write waits for nobody). */
async function batches(world: World, people: number): Promise<Row> {
  await world.reset()
  await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
  await world.control('PUT', '/limits', { service: 'pca', enabled: true })
  const crews = Array.from({ length: people }, (_, index) => ({
    emp_code: String(index + 1),
    last_name: '相沢',
    first_name: `みお${index + 1}`,
    last_name_yomi: 'アイザワ',
    first_name_yomi: 'ミオ',
    gender: 'female',
    birth_at: '1993-02-11',
    entered_at: '2018-04-01',
  }))
  await world.control('PUT', '/switches', { service: 'pca', employees: [] })
  await world.control('PUT', '/switches', { service: 'smarthr', crews })
  const visitor = await world.signedIn('hanako@midori.example', '/pca')
  await connectPca(visitor)
  const worker = await startWorker(world, true)
  const runId = await toSelection(visitor, 'employees-from-smarthr', undefined, 'pca')
  await syncEverybody(visitor)
  await reportOf(visitor, runId, 900_000)
  await stop(worker)
  const { rows } = await world.container.ownerPool.query<{ apply: number; failed: number }>(
    `select extract(epoch from ended_at - started_at)::float8 as apply, failed_count as failed from runs where id = $1`,
    [runId],
  )
  const [row] = rows
  if (!row || row.failed > 0) throw new Error(`the run did not end well: ${JSON.stringify(row)}`)
  const calls = await world.calls('pca')
  const writes = calls.filter(call => call.path.includes('/Create/'))
  const least = ((Math.ceil(people / BATCH.size) - 1) * 60) / BATCH.perMinute
  return {
    scenario: `${BATCH.perMinute} writes a minute, ${BATCH.size} people each, all new`,
    flow: 'employees-from-smarthr',
    people,
    values: {
      'apply s': round(row.apply),
      'apply wall ÷ lower bound': round(row.apply / least, 3),
      'writes ÷ unavoidable': round(writes.length / Math.ceil(people / BATCH.size), 3),
      'answers 429': calls.filter(call => call.status === 429).length,
    },
  }
}

/** `npm run bench -- batches` runs one scenario alone. */
const wanted = (name: string) => process.argv[2] === undefined || process.argv[2] === name

const world = await startWorld({ worker: false, container: { waits: { retryBaseMs: 1_000, timeoutMs: 30_000 } } })
const rows: Row[] = []
try {
  const both: Flow[] = ['employees-from-smarthr', 'employees-to-smarthr']
  for (const flow of wanted('engine') ? both : []) {
    rows.push(
      await scenario(world, {
        name: 'limits off, half new',
        flow,
        people: 1_000,
        overlap: 0.5,
        differing: 1,
        paced: false,
      }),
    )
  }
  if (wanted('script'))
    for (const people of [Number(process.argv[3] ?? 1_000)])
      rows.push({
        scenario: 'beside a plain script of the same calls, limits off, half new, half differing: SmartHR → freee',
        people,
        values: await againstScript(world, people),
      })
  if (wanted('pace'))
    rows.push(
      await scenario(world, {
        name: 'limit 10/s, all new',
        flow: 'employees-to-smarthr',
        people: 300,
        overlap: 0,
        differing: 0,
        paced: true,
      }),
    )
  if (wanted('batches')) rows.push(await batches(world, 1_000))
  if (wanted('companies')) {
    const worker = await startWorker(world, true)
    const values = await tenBigCompanies(world)
    await stop(worker)
    rows.push({ scenario: 'ten people, behind ten companies of 1,000 each', values })
  }
  if (wanted('pages')) rows.push({ scenario: 'pages about a plan of 100,000 people', values: await bigPages(world) })
  if (wanted('plan')) rows.push(...(await plans({ world, startWorker, stop, costOf, readsOf }, process.argv.slice(3))))
  if (wanted('housekeeping')) {
    const { node, postgres } = await housekeepingCost(10_000, pid => costOf(pid).cpu)
    rows.push({
      scenario: 'a pass of housekeeping, 10,000 idle companies',
      values: { 'CPU s of node': round(node, 3), 'CPU s of PostgreSQL': round(postgres, 3) },
    })
  }
} finally {
  await world.close()
}

const say = (line: string) => process.stdout.write(`${line}\n`)
say(`Node ${process.version}, ${availableParallelism()} cores\n`)
for (const row of rows) {
  say(`${row.scenario}${row.flow ? `: ${row.flow}` : ''}${row.people ? `, ${row.people} employees` : ''}`)
  for (const [name, value] of Object.entries(row.values)) say(`  ${name.padEnd(28)} ${value}`)
}
const folder = join(projectRoot, 'bench', 'results')
mkdirSync(folder, { recursive: true })
writeFileSync(
  join(folder, 'latest.json'),
  `${JSON.stringify({ node: process.version, cores: availableParallelism(), rows }, null, 2)}\n`,
)
process.exit()
