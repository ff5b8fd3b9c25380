import { eventually, reportOf } from '../test/helpers/waiting.js'
import type { LoggedCall, World } from '../test/helpers/world.js'
import { syncEverybody, toSelection } from '../test/helpers/walking.js'
import type { Visitor } from '../test/helpers/visitor.js'

export type Flow = 'employees-from-smarthr' | 'employees-to-smarthr'

export interface Measured {
  fetchSeconds: number
  applySeconds: number
  planned: { new: number; changed: number }
  fetched: LoggedCall[]
  applied: LoggedCall[]
}

const TEN_HOURS_MS = 36_000_000

/** Waits for the end of a run without a page, so that nobody's looking is counted. */
export const endOf = ({ container }: World, runId: string): Promise<true> =>
  eventually(
    'the end of the run',
    async () => {
      const { rowCount } = await container.ownerPool.query('select from runs where id = $1 and ended_at is not null', [
        runId,
      ])
      return rowCount === 1 && true
    },
    TEN_HOURS_MS,
    200,
  )

/** One run from the date page to its end, with every call it made; `meanwhile` begins with 同期. */
export async function measure(
  world: World,
  visitor: Visitor,
  flow: Flow,
  meanwhile: (runId: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<Measured> {
  const api = (calls: LoggedCall[]) => calls.filter(call => call.path.includes('/api/v1/'))
  const counted = async () => ({
    smarthr: (await world.calls('smarthr')).length,
    freee: (await world.calls('freee')).length,
  })
  const since = async (mark: { smarthr: number; freee: number }) =>
    api([...(await world.calls('smarthr')).slice(mark.smarthr), ...(await world.calls('freee')).slice(mark.freee)])

  const start = await counted()
  const runId = await toSelection(visitor, flow)
  const fetched = await since(start)
  const planned = await counted()
  await syncEverybody(visitor)
  await Promise.all([endOf(world, runId), meanwhile(runId)])
  await reportOf(visitor, runId, 600_000)
  const applied = await since(planned)
  const { rows } = await world.container.ownerPool.query<{
    fetch: number
    apply: number
    new: number
    changed: number
    failed: number
  }>(
    `select extract(epoch from fetched_at - created_at)::float8 as fetch,
       extract(epoch from ended_at - queued_at)::float8 as apply,
       new_count as new, changed_count as changed, failed_count as failed from runs where id = $1`,
    [runId],
  )
  const [row] = rows
  if (!row || row.failed > 0) throw new Error(`the run did not end well: ${JSON.stringify(row)}`)
  return { fetchSeconds: row.fetch, applySeconds: row.apply, planned: row, fetched, applied }
}
