import { AppError, VendorUnavailable } from '../errors.js'
import { payrollFor } from '../payslips/payroll.js'
import type { PayrollStores } from '../payslips/payroll.deps.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { Logger } from '../platform/logger.js'
import { endRun, type EndStores } from '../runs/end-run.js'
import type { ItemStore } from '../runs/item.store.js'
import type { NoteWrites } from '../runs/note-writes.js'
import type { RunFailures } from '../runs/run-failures.js'
import { createFence, holding, touched } from '../runs/lease.js'
import type { RunStore } from '../runs/run.store.js'
import type { Run } from '../runs/run.js'
import { daysOf, withSides, type OpenSides, type Sides } from '../runs/sides.js'
import { createGroups, type Groups } from './group.js'
import { createLedger } from './ledger.js'
import { createItemWriter, type ItemWriter } from './item-writer.js'
import { stoppedReason } from './outcomes.js'
import { openScopeToWrite } from './still-inside.js'
import { writeItems } from './write-items.js'
import type { WriterStores, Writing } from './writing.js'

interface ApplyStores extends EndStores, WriterStores, PayrollStores {
  runs: RunStore
  items: ItemStore
  pendingItems: WriterStores['pendingItems']
}

/** Creates looked up once more when a run is given up; there are never many without an answer. */
const MOST_LOOKED_UP = 100

export interface ApplyDeps {
  inTenant: InTenant<ApplyStores>
  clock: Clock
  log: Logger
  openSides: OpenSides
  failures: RunFailures
  noteWrites: NoteWrites
  /** waits before the look-ups of an uncertain create, in ms: it may not be listed yet */
  lookUpAfterMs: readonly number[]
}

/**
 * 同期中: writes item by item, each with its own outcome. Runs again from where it stopped after a crash: uncertain
 * creates are looked up first, finished items are left alone. See docs/architecture.md.
 */
export function createApplyJob(deps: ApplyDeps) {
  const { inTenant, clock, log, openSides, failures, noteWrites, lookUpAfterMs } = deps
  return async ({ tenantId, runId }: { tenantId: string; runId: string }, signal: AbortSignal): Promise<void> => {
    const [run, lease] = await inTenant(tenantId, async ({ runs }) => {
      const claimed = await runs.claim(runId, clock.now())
      return [claimed ? await runs.find(runId) : null, claimed] as const
    })
    if (!run || !lease) return

    const caller = { signal, fence: createFence({ inTenant, run, lease }), touched }
    await failures.guard(run, { job: 'run.apply', signal, lease }, () =>
      withSides(openSides, run, caller, sides => write(run, lease, sides, signal)),
    )
  }

  async function write(run: Run, lease: string, sides: Sides, signal: AbortSignal): Promise<void> {
    const days = daysOf(sides.flow, run, clock)
    const ledger = createLedger({ inTenant, run, lease, clock, sides }, noteWrites)
    const scope = await openScopeToWrite({ inTenant, run, sides })
    const base = { inTenant, clock, run, lease, sides, days, scope, ledger }
    const writing = { ...base, lookUpAfterMs, signal, answers: { count: 0 } }
    const groups = createGroups(writing)
    const writer = createItemWriter(writing)
    const payroll = payrollFor({ ...writing, log, store: groups.store })
    try {
      await payroll?.resume()
      const stopping = await writeItems(writing, { writer, groups, payroll })
      await payroll?.review()
      await payroll?.dropIfEmpty()
      if (stopping) return await stop(writing)
    } catch (error) {
      if (error instanceof AppError && !(error instanceof VendorUnavailable)) await lastLook(writing, writer, groups)
      // Nobody needs an empty payroll, whatever ended the run. One that only waits goes on with its own.
      if (error instanceof AppError && !(error instanceof VendorUnavailable)) await payroll?.dropIfEmpty()
      throw error
    }
    const state = await holding(writing, stores => endRun(stores, run, { now: clock.now() }))
    log.info('run ended', { state })
  }

  /** The run is given up: what can be known of creates without an answer is found out. */
  async function lastLook({ run }: Writing<ApplyStores>, { uncertain }: ItemWriter, groups: Groups) {
    const open = await inTenant(run.tenantId, ({ pendingItems }) => pendingItems.unsettled(run.id, MOST_LOOKED_UP))
    try {
      await uncertain.lastLook(open, groups.store)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      log.info('creates without an answer could not be looked up', { err: error })
    }
  }

  async function stop(writing: Writing<ApplyStores>) {
    const { run } = writing
    await holding(writing, stores =>
      endRun(stores, run, { now: clock.now(), aborted: true, rest: { outcome: 'not_run', reason: stoppedReason } }),
    )
    log.info('run aborted on request')
  }
}
