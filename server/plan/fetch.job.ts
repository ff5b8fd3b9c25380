import type { Directory } from '../contract/contract.js'
import { ListingBroken } from '../errors.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { Run } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import type { PlanStores } from './planner.js'
import { oneAhead } from './one-ahead.js'
import { planRun } from './plan-run.js'
import { amount } from '../runs/labels.js'
import { openRunScope } from '../runs/run-scope.js'
import { holding, LeaseLost, type Holder } from '../runs/lease.js'
import type { RunFailures } from '../runs/run-failures.js'
import { daysOf, withSides, type OpenSides, type Sides } from '../runs/sides.js'
import type { StagedSide } from './staging.store.js'

interface FetchStores extends PlanStores {
  runs: Pick<RunStore, 'find' | 'claimFetch' | 'hold' | 'check'>
}

export interface FetchDeps {
  inTenant: InTenant<FetchStores>
  clock: Clock
  log: Logger
  openSides: OpenSides
  failures: RunFailures
}

/**
 * 取得中: reads both sides page by page into staging, then makes the plan. Never writes to a service. A worker that
 * takes over goes on at the page the last one had reached.
 */
export function createFetchJob({ inTenant, clock, log, openSides, failures }: FetchDeps) {
  return async ({ tenantId, runId }: { tenantId: string; runId: string }, signal: AbortSignal): Promise<void> => {
    const [run, lease] = await inTenant(tenantId, async ({ runs }) => {
      const claimed = await runs.claimFetch(runId)
      return [claimed ? await runs.find(runId) : null, claimed] as const
    })
    if (!run || !lease) return
    await failures.guard(run, { job: run.state === 'checking' ? 'check.fetch' : 'run.fetch', signal, lease }, () =>
      withSides(openSides, run, { signal }, sides => read({ run, lease }, sides, signal)),
    )
  }

  async function read(holder: Holder, sides: Sides, signal: AbortSignal): Promise<void> {
    const { run } = holder
    const held = whileHeld(inTenant, holder, signal)
    const { tenantId, id: runId } = run
    const days = daysOf(sides.flow, run, clock)
    let shown = 0
    const totals = new Map<StagedSide, number | null>()
    const progress = async ({ fetches }: PlanStores, side: StagedSide, added: number, total: number | null) => {
      shown += added
      totals.set(side, total)
      const known = [...totals.values()]
      const sum =
        totals.size === sidesRead(run) && !known.includes(null) ? known.reduce<number>((a, b) => a + (b ?? 0), 0) : null
      await fetches.progress(runId, shown, sum)
    }
    const stage = (side: StagedSide, directory: Directory, name: string, asOf: string) =>
      stageListing({ inTenant: held, tenantId, runId, side, directory, name, asOf, signal, progress })
    /** A side of a run about one person: nobody else is asked for. */
    const stageOne = async (side: StagedSide, directory: Directory, id: string, asOf: string) => {
      const person = (await directory.one?.(id, asOf)) ?? null
      const people = person ? [person] : []
      await held(tenantId, async stores => {
        const page = { people, from: 0, next: null, total: people.length }
        await progress(stores, side, await stores.staging.addPage(runId, side, page), people.length)
      })
    }

    // Before anybody is read: who can't be told to be inside is not to be written.
    const scope = await openRunScope({ inTenant, run, sides })
    try {
      await held(tenantId, async ({ staging }) => {
        if (!(await staging.fits(run))) await staging.clear(runId)
      })
      // Both sides at once: each has a rate limit of its own.
      const outcomes = await Promise.allSettled(
        run.person
          ? [
              stageOne('source', sides.source, run.person.sourceId, days.asOf),
              stageOne('target', sides.target, run.person.targetId, days.target),
            ]
          : [
              ...(run.undoOf === null ? [stage('source', sides.source, sides.names.source, days.asOf)] : []),
              stage('target', sides.target, sides.names.target, days.target),
            ],
      )
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
      signal.throwIfAborted()
      log.info('both sides read', { people: shown })
      await inTenant(tenantId, ({ fetches }) => fetches.know(runId, shown))
      const counts = await planRun({ inTenant: held, look: inTenant, clock, run, days, sides, scope })
      log.info('plan made', { ...counts })
      await inTenant(tenantId, ({ fetches }) => fetches.know(runId, shown))
    } catch (error) {
      if (error instanceof FetchGivenUp) return
      // What was listed can't be trusted: the next try starts from the first page.
      if (error instanceof ListingBroken) await held(tenantId, ({ staging }) => staging.clear(runId))
      throw error
    }
  }
}

/** What a run has written says all that is needed to take it back: its source is not read once more. */
const sidesRead = ({ undoOf }: Pick<Run, 'undoOf'>): number => (undoOf === null ? 2 : 1)

/**
 * A worker that was stopped for a while stores nothing of a plan, and takes none back, once another one has the run. One
 * that is asked to end leaves the rest of the plan to another.
 */
const whileHeld =
  (inTenant: InTenant<FetchStores>, { run, lease }: Holder, signal: AbortSignal): InTenant<FetchStores> =>
  async (tenantId, work) => {
    signal.throwIfAborted()
    try {
      return await holding({ inTenant, run, lease }, work)
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error
      const now = await inTenant(tenantId, ({ runs }) => runs.find(run.id))
      throw now?.state === 'cancelled' ? new FetchGivenUp() : error
    }
  }

/** キャンセル while reading: stop without a word. */
class FetchGivenUp extends Error {}

interface StageOrder {
  inTenant: InTenant<PlanStores>
  tenantId: string
  runId: string
  side: StagedSide
  directory: Directory
  name: string
  asOf: string
  signal: AbortSignal
  progress(stores: PlanStores, side: StagedSide, added: number, total: number | null): Promise<void>
}

/** `what`: how it showed. */
export const brokenListing = (name: string, what: string): string =>
  `${name}の従業員一覧を正しく取得できませんでした（${what}）。データは変更していません。時間をおいて、やり直してください。`

/** Reads one side to its end. Throws ListingBroken when the pages do not add up to what the side says it has. */
async function stageListing({ inTenant, tenantId, runId, side, directory, name, asOf, signal, progress }: StageOrder) {
  const broken = (what: string) => new ListingBroken(brokenListing(name, what))
  const reached = await inTenant(tenantId, async ({ staging }) => ({
    page: await staging.progress(runId, side),
    count: await staging.count(runId, side),
  }))
  let position = reached.count
  let total = reached.page?.total ?? null
  if (reached.page) await inTenant(tenantId, stores => progress(stores, side, reached.count, total))
  if (!reached.page || reached.page.next !== null) {
    for await (const page of oneAhead(directory.list(asOf, reached.page?.next ?? undefined))) {
      signal.throwIfAborted()
      if (total !== null && page.total !== null && page.total !== total) throw broken('取得中に件数が変わりました')
      total = page.total ?? total
      const { people, next } = page
      await inTenant(tenantId, async stores => {
        const added = await stores.staging.addPage(runId, side, { people, from: position, next, total })
        if (added !== people.length) throw broken('同じ従業員が2回返されました')
        await progress(stores, side, added, total)
      })
      position += people.length
    }
  }
  if (total !== null && position !== total) throw broken(`${amount(total)}名のうち${amount(position)}名`)
}
