import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectorOf } from '../server/connectors/registry.js'
import { projectRoot } from '../server/platform/root.js'
import type { Visitor } from '../test/helpers/visitor.js'
import type { LoggedCall, World } from '../test/helpers/world.js'
import { endOf, measure } from './measure.js'
import { costOf, postgresCpu, startWeb, startWorker, stop, walBytes } from './processes.js'

/** The same work done by a plain script (replay.ts), for the ratios: what a run does beside its calls is what it costs. */
export interface ReplayCall extends Pick<LoggedCall, 'method' | 'path' | 'query' | 'body' | 'status'> {
  service: string
  /** its answer names the record that the rest of its unit writes into: `{new}` in their paths */
  creates?: true
}

export type ReplayStep = { kind: 'read'; call: ReplayCall } | { kind: 'write'; units: ReplayCall[][] }

export interface ReplayOrder {
  bases: Record<string, string>
  tokens: Record<string, string>
  /** both sides at once, each page after page */
  readings: ReplayCall[][]
  steps: ReplayStep[]
  concurrency: number
}

const PERSON = /^(.*\/(?:employees|crews))\/([^/]+)(.*)$/

const callOf = ({ service, method, path, query, body, status }: LoggedCall): ReplayCall => ({
  service,
  method,
  path,
  query,
  body,
  status,
})

/** Reads in their places, and between them the writes of each person one after the other. */
function stepsOf(calls: readonly LoggedCall[]): ReplayStep[] {
  const steps: ReplayStep[] = []
  let units = new Map<string, ReplayCall[]>()
  const flush = () => {
    if (units.size > 0) steps.push({ kind: 'write', units: [...units.values()] })
    units = new Map()
  }
  for (const call of calls) {
    if (call.method === 'GET') {
      flush()
      steps.push({ kind: 'read', call: callOf(call) })
    } else if (call.method === 'POST') {
      const answer = call.response as { id?: unknown; employee?: { id: unknown } } | undefined
      units.set(String(answer?.employee?.id ?? answer?.id), [{ ...callOf(call), creates: true }])
    } else {
      const [, before = '', id = '', after = ''] = PERSON.exec(call.path) ?? []
      const unit = units.get(id) ?? []
      const isNew = unit[0]?.creates === true
      unit.push({ ...callOf(call), path: isNew ? `${before}/{new}${after}` : call.path })
      units.set(id, unit)
    }
  }
  flush()
  return steps
}

/** The tokens that the app holds for its only company. */
async function tokensOf({ container }: World): Promise<Record<string, string>> {
  const { rows } = await container.ownerPool.query<{ id: string; tenant: string; admin: string }>(
    `select id, tenant_id as tenant, created_by as admin from connections where connector = 'freee'`,
  )
  const [row] = rows
  if (!row) throw new Error('nothing is connected')
  return {
    smarthr: await container.grants.of(row.tenant, row.admin).token(),
    freee: await container.connections.tokensOf(connectorOf('freee'), row.tenant, row.id).token(),
  }
}

/** As often as the page's script asks (public/js/progress.js). */
const LOOK_EVERY_MS = 2_000

/** What the page of a run asks for while it goes on. */
async function look(url: string, visitor: Visitor, runId: string, etag?: string | null): Promise<string | null> {
  const answer = await fetch(`${url}/runs/${runId}/progress`, {
    headers: {
      accept: 'application/json',
      cookie: [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      ...(etag && { 'if-none-match': etag }),
    },
  })
  if (answer.status !== 200 && answer.status !== 304) throw new Error(`no progress: ${answer.status}`)
  await answer.arrayBuffer()
  return answer.headers.get('etag') ?? null
}

/** One administrator looks at the run's page until it ends. */
async function watch(world: World, url: string, visitor: Visitor, runId: string): Promise<void> {
  let ended = false
  const end = endOf(world, runId).then(() => (ended = true))
  for (let etag: string | null = null; !ended; await sleep(LOOK_EVERY_MS)) etag = await look(url, visitor, runId, etag)
  await end
}

const TIMES = Number(process.env.BENCH_TIMES ?? 5)

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN

/** A run and the script of its calls, pair by pair; medians of the ratios. */
export async function againstScript(world: World, people: number): Promise<Record<string, number>> {
  const pairs: Record<string, number>[] = []
  const prepare = async () => {
    await world.reset()
    const visitor = await world.connected()
    await world.control('PUT', '/record', { responses: true })
    await world.control('POST', '/populate', {
      service: 'smarthr',
      employees: people,
      overlap: 0.5,
      differing: 1,
      seed: 11,
    })
    for (const service of ['smarthr', 'freee']) await world.control('PUT', '/limits', { service, enabled: false })
    return visitor
  }
  for (let nth = 0; nth < TIMES; nth += 1) {
    const visitor = await prepare()
    const worker = await startWorker(world, false)
    const { web, url } = await startWeb(world)
    const [idle, idleDatabase, idleWal] = [costOf(worker.pid ?? 0), await postgresCpu(world), await walBytes(world)]
    let watched = 0
    const run = await measure(world, visitor, 'employees-from-smarthr', async runId => {
      // The first answer of a process is not what watching costs.
      await look(url, visitor, runId)
      const before = costOf(web.pid ?? 0).cpu
      await watch(world, url, visitor, runId)
      watched = costOf(web.pid ?? 0).cpu - before
    })
    const cost = costOf(worker.pid ?? 0)
    const database = (await postgresCpu(world)) - idleDatabase
    const wal = (await walBytes(world)) - idleWal
    await stop(web)
    await stop(worker)

    await prepare()
    const { concurrency } = connectorOf('freee').limits
    const script = await runScript(await orderOf(world, { ...run, concurrency }))
    const cpu = cost.cpu - idle.cpu
    pairs.push({
      calls: run.fetched.length + run.applied.length,
      'run s': run.fetchSeconds + run.applySeconds,
      'script s': script.wall,
      'worker CPU ms per person': (cpu * 1000) / people,
      'script CPU ms per person': (script.cpu * 1000) / people,
      'PostgreSQL CPU ms per person': (database * 1000) / people,
      'wall ÷ script': (run.fetchSeconds + run.applySeconds) / script.wall,
      'worker CPU ÷ script': cpu / script.cpu,
      'PostgreSQL CPU ÷ script': database / script.cpu,
      'web CPU while somebody watches ÷ script': watched / script.cpu,
      'peak RSS MB': cost.rss,
      'WAL kB per person': wal / people / 1024,
    })
  }
  const names = Object.keys(pairs[0] ?? {})
  return Object.fromEntries(names.map(name => [name, Number(median(pairs.map(pair => pair[name] ?? NaN)).toFixed(2))]))
}

/** The order that makes a script do what a run has done, in a sandbox with the same people. */
async function orderOf(
  world: World,
  { fetched, applied, concurrency }: { fetched: LoggedCall[]; applied: LoggedCall[]; concurrency: number },
): Promise<ReplayOrder> {
  return {
    bases: Object.fromEntries(['smarthr', 'freee'].map(name => [name, `${world.sandboxUrl}/${name}`])),
    tokens: await tokensOf(world),
    readings: ['smarthr', 'freee'].map(name => fetched.filter(({ service }) => service === name).map(callOf)),
    steps: stepsOf(applied),
    concurrency,
  }
}

/** Wall and CPU time of the script in seconds, its start not counted. */
async function runScript(order: ReplayOrder): Promise<{ wall: number; cpu: number }> {
  const script: ChildProcess = spawn(process.execPath, ['--import=tsx', 'bench/replay.ts'], {
    cwd: projectRoot,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let output = ''
  const ready = new Promise<void>(done =>
    script.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.includes('ready\n')) done()
    }),
  )
  await ready
  script.stdin?.end(JSON.stringify(order))
  const [code] = (await once(script, 'exit')) as [number]
  const said = JSON.parse(output.replace('ready\n', '') || '{}') as { ms?: number; cpuMs?: number }
  if (code !== 0 || said.ms === undefined || said.cpuMs === undefined) throw new Error(`the script failed: ${output}`)
  return { wall: said.ms / 1000, cpu: said.cpuMs / 1000 }
}
