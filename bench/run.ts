import { startWorld } from '../test/helpers/world.js'
import { batches } from './batches.js'
import { callsOfFlows } from './calls.js'
import { checksInOneHour } from './checks.js'
import { besideBig, tenBigCompanies } from './companies.js'
import { readsOf, scenario } from './engine.js'
import { housekeepingCost } from './housekeeping.js'
import { reading, twoServices } from './limits.js'
import type { Flow } from './measure.js'
import { bigPages } from './pages.js'
import { plans } from './plan.js'
import { costOf, startWorker, stop } from './processes.js'
import { keep, type Row } from './results.js'
import { againstScript } from './script.js'

/**
 * `npm run bench`: ratios of one run on this machine. Web and sandbox run in this process, the worker in one of its own,
 * whose CPU time and memory are read from the kernel. `npm run bench -- plan 100000`: one part alone, of so many people;
 * `npm run bench -- checks 50 100 2 10`: of so many companies with so many people each, workers, and minutes for an hour.
 */
const [, , asked, ...sizes] = process.argv
// The pages of this process keep the services' limits where those are what is measured.
const pace = ['services', 'pace', 'reading', 'batches'].includes(asked ?? '')
const world = await startWorld({
  worker: false,
  container: { pace, waits: { retryBaseMs: 1_000, timeoutMs: 30_000 } },
})
const people = (preset: number) => Number(sizes[0] ?? preset)

const FLOWS: readonly Flow[] = ['employees-from-smarthr', 'employees-to-smarthr']

/** A worker of its own while something is measured. */
async function withWorker<T>(paced: boolean, work: () => Promise<T>): Promise<T> {
  const worker = await startWorker(world, paced)
  try {
    return await work()
  } finally {
    await stop(worker)
  }
}

const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  engine: () =>
    inTurn(FLOWS, flow =>
      scenario(world, {
        name: 'limits off, half new',
        flow,
        people: people(1_000),
        overlap: 0.5,
        differing: 1,
        paced: false,
      }),
    ),
  script: async () => [
    {
      scenario: 'beside a plain script of the same calls, limits off, half new, half differing: SmartHR → freee',
      people: people(1_000),
      values: await againstScript(world, people(1_000)),
    },
  ],
  calls: () => callsOfFlows(world),
  pace: async () => [
    await scenario(world, {
      name: 'limit 10/s, all new',
      flow: 'employees-to-smarthr',
      people: people(300),
      overlap: 0,
      differing: 0,
      paced: true,
    }),
  ],
  services: async () => [
    {
      scenario: 'two services into one company at SmartHR, limit 10/s, four workers, all new: each',
      people: people(300),
      values: await twoServices(world, people(300)),
    },
  ],
  reading: async () => [
    { scenario: 'reading at 10/s', people: people(10_000), values: await reading(world, people(10_000)) },
  ],
  batches: async () => [await batches(world, people(1_000))],
  companies: async () => [
    {
      scenario: 'ten people, behind ten companies of 1,000 each',
      values: await withWorker(true, () => tenBigCompanies(world)),
    },
  ],
  checks: async () => {
    const [companies, each, workers, minutes] = [1_000, 100, 2, 60].map((preset, nth) => Number(sizes[nth] ?? preset))
    const order = { companies: companies ?? 0, people: each ?? 0, workers: workers ?? 0, minutes: minutes ?? 0 }
    const scenario = `checks of ${String(order.companies)} companies in one hour, ${String(order.workers)} workers: each of`
    return [{ scenario, people: order.people, values: await checksInOneHour(world, order) }]
  },
  beside: async () => [
    {
      scenario: 'ten people, beside one company of so many',
      people: people(20_000),
      values: await withWorker(true, () => besideBig(world, people(20_000))),
    },
  ],
  pages: async () => [{ scenario: 'pages about a plan of 100,000 people', values: await bigPages(world) }],
  plan: () => plans({ world, startWorker, stop, costOf, readsOf }, sizes),
  housekeeping: async () => {
    const { node, postgres } = await housekeepingCost(10_000, pid => costOf(pid).cpu)
    const values = { 'CPU s of node': node, 'CPU s of PostgreSQL': postgres }
    return [{ scenario: 'a pass of housekeeping, 10,000 idle companies', values }]
  },
}

async function inTurn<Of, T>(all: readonly Of[], work: (one: Of) => Promise<T>): Promise<T[]> {
  const done: T[] = []
  for (const one of all) done.push(await work(one))
  return done
}

const say = (line: string) => process.stdout.write(`${line}\n`)
const short = (value: number) => (Number.isInteger(value) ? String(value) : value.toPrecision(4).replace(/\.?0+$/, ''))
/** An hour of checks takes an hour and more: only where it is asked for. */
const wanted = Object.entries(parts).filter(([name]) => (asked === undefined ? name !== 'checks' : asked === name))
if (wanted.length === 0) throw new Error(`there is no part 「${asked}」: ${Object.keys(parts).join(', ')}`)

const { rows } = await world.container.ownerPool.query<{ version: string }>(
  `select current_setting('server_version') as version`,
)
try {
  for (const [name, measureIt] of wanted) {
    const figures = await measureIt()
    for (const row of figures) {
      say(`\n${row.scenario}${row.flow ? `: ${row.flow}` : ''}${row.people ? `, ${row.people} people` : ''}`)
      for (const [what, value] of Object.entries(row.values)) say(`  ${what.padEnd(46)} ${short(value)}`)
    }
    keep(sizes.length > 0 ? `${name}-${sizes.join('-')}` : name, figures, rows[0]?.version ?? '')
  }
} finally {
  await world.close()
}
process.exit()
