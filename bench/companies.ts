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
