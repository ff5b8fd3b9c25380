import { connectFreee, saveFreeeSettings } from '../test/helpers/connecting.js'
import { eventually, reportOf } from '../test/helpers/waiting.js'
import { syncEverybody, toSelection } from '../test/helpers/walking.js'
import type { World } from '../test/helpers/world.js'
import type { Visitor } from '../test/helpers/visitor.js'

const BIG_COMPANIES = 10
const BIG = 1_000
const SMALL = 10
/** As long as freee takes for an answer. */
const ANSWER_MS = 200

/** The administrator of the nth company, whose freee company is connected. */
async function connected(world: World, nth: number): Promise<Visitor> {
  const visitor = await world.signedIn(`admin-${nth}@companies.example`, '/freee')
  await connectFreee(visitor, `02${String(nth).padStart(8, '0')}`, undefined, String(200 + nth))
  await saveFreeeSettings(visitor)
  return visitor
}

const registered = async (world: World): Promise<number> => {
  const { rows } = await world.container.ownerPool.query<{ people: number }>(
    `select count(*)::int as people from run_items where outcome = 'succeeded'`,
  )
  return rows[0]?.people ?? 0
}

/** One small run from the first page to its end, s: what its administrator waits for. */
async function smallRun(world: World, nth: number) {
  const visitor = await connected(world, nth)
  const runId = await toSelection(visitor, 'employees-from-smarthr')
  await syncEverybody(visitor)
  await reportOf(visitor, runId, 600_000)
  const { rows } = await world.container.ownerPool.query<{ fetch: number; apply: number; failed: number }>(
    `select round(extract(epoch from fetched_at - created_at), 2)::float8 as fetch,
       round(extract(epoch from ended_at - queued_at), 2)::float8 as apply, failed_count as failed from runs where id = $1`,
    [runId],
  )
  const [row] = rows
  if (!row || row.failed > 0) throw new Error(`the run did not end well: ${JSON.stringify(row)}`)
  return row
}

/** The small run beside one company of so many people, while that is read and planned, and while it is written. */
export async function besideBig(world: World, people: number): Promise<Record<string, number>> {
  await world.reset()
  await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
  await world.control('PUT', '/limits', { service: 'freee', enabled: false })
  await world.control('PUT', '/switches', { service: 'smarthr', companies: [people, SMALL, SMALL, SMALL, SMALL] })
  await world.control('PUT', '/switches', { service: 'freee', companies: 5 })
  const alone = await smallRun(world, 2)
  const big = await connected(world, 1)
  await big.begin('/freee/runs/new?flow=employees-from-smarthr')
  await big.press('次へ')
  const values: Record<string, number> = {}
  const state = async () => {
    const { rows } = await world.container.ownerPool.query<{ state: string; staged: number; items: number }>(
      `select state, (select count(*)::int from run_staging) as staged,
         (select count(*)::int from run_items where run_id = runs.id) as items
       from runs order by (select count(*) from run_items where run_id = runs.id) desc, created_at desc limit 1`,
    )
    return rows[0]
  }
  const beside = async (name: string, nth: number) => {
    const run = await smallRun(world, nth)
    values[`${name}: delay s`] = Number((run.fetch + run.apply - alone.fetch - alone.apply).toFixed(2))
  }
  await eventually('the reading', async () => ((await state())?.staged ?? 0) > 0, 600_000, 200)
  await beside('while it is read', 3)
  await eventually('the plan', async () => ((await state())?.items ?? 0) > SMALL * 10, 600_000, 200)
  await beside('while it is planned', 4)
  await toReady(world, people)
  await big.get(big.page().url)
  await syncEverybody(big)
  const before = await registered(world)
  await eventually('the writing', async () => (await registered(world)) > before + 100, 60_000)
  await beside('while it is written', 5)
  return { 'alone s': alone.fetch + alone.apply, ...values }
}

const toReady = (world: World, people: number) =>
  eventually(
    'the plan of all',
    async () => {
      const { rowCount } = await world.container.ownerPool.query(
        `select from runs where state = 'ready' and new_count >= $1`,
        [people],
      )
      return rowCount === 1
    },
    3_600_000,
    200,
  )

/** A run of ten people alone on a worker, and the same one behind ten companies that register a thousand people each. */
export async function tenBigCompanies(world: World): Promise<Record<string, number>> {
  await world.reset()
  const sizes = [...Array.from({ length: BIG_COMPANIES }, () => BIG), SMALL, SMALL]
  await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
  await world.control('PUT', '/limits', { service: 'freee', enabled: false })
  await world.control('PUT', '/switches', { service: 'smarthr', companies: sizes })
  await world.control('PUT', '/switches', { service: 'freee', companies: sizes.length })
  await world.control('POST', '/faults', { service: 'freee', path: '/api/', delayMs: ANSWER_MS })

  const alone = await smallRun(world, BIG_COMPANIES + 1)
  for (let nth = 1; nth <= BIG_COMPANIES; nth += 1) {
    const visitor = await connected(world, nth)
    await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
  }
  const before = await registered(world)
  await eventually('the big runs', async () => (await registered(world)) > before)
  const behind = await smallRun(world, BIG_COMPANIES + 2)
  const { rows } = await world.container.ownerPool.query<{ running: number }>(
    `select count(*)::int as running from runs where selected_count = $1 and state in ('queued', 'running')`,
    [BIG],
  )
  return {
    'big runs under way': rows[0]?.running ?? 0,
    'fetch s alone': alone.fetch,
    'fetch s behind them': behind.fetch,
    'apply s alone': alone.apply,
    'apply s behind them': behind.apply,
  }
}
