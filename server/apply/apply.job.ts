import pLimit from 'p-limit'
import { mappingOf, type Person } from '../contract/contract.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { EndStores } from '../runs/end-run.js'
import type { ItemStore } from '../runs/item.store.js'
import type { RunStore } from '../runs/run.store.js'
import type { PendingItemStore } from '../runs/pending-item.store.js'
import type { PayrollStores } from '../payslips/payroll.js'
import { createItemWriter, type WriterStores, stoppedReason, type ItemWriter, type Update } from './apply-item.js'
import { endRun } from '../runs/end-run.js'
import type { Result } from '../runs/item.store.js'
import type { Task } from '../runs/item.rows.js'
import { payrollFor } from '../payslips/payroll.js'
import { movedSincePlan } from '../runs/difference.js'
import { whyNot } from '../runs/reasons.js'
import type { Run } from '../runs/run.js'
import { AppError, VendorUnavailable } from '../errors.js'
import { LeaseLost, type RunFailures } from '../runs/run-failures.js'
import { daysOf, withSides, type OpenSides, type Sides } from '../runs/sides.js'

/** Creates taken up at a time; only bounds memory. */
const CREATES = 100

/** How often a running group looks whether it should stop. */
const LOOK_EVERY_MS = 500

/** How often the outcomes of a running group are stored. */
const STORE_EVERY_MS = 500

/** Writes units of one or several people; a unit gives a result per person, null where nobody can say. */
type WriteAll = <Unit>(
  units: readonly Unit[],
  write: (unit: Unit) => Promise<readonly (Result | null)[]>,
  finishing?: boolean,
) => Promise<void>

interface ApplyStores extends EndStores, WriterStores, PayrollStores {
  runs: RunStore
  items: ItemStore
  pendingItems: PendingItemStore
}

export interface ApplyDeps {
  inTenant: InTenant<ApplyStores>
  clock: Clock
  log: Logger
  openSides: OpenSides
  failures: RunFailures
  /** waits before the two look-ups of an uncertain create, in ms: it may not be listed yet (design §4) */
  lookUpAfterMs: readonly number[]
}

const movedReason = (target: string) =>
  `計画後に変更されています。上書きを防ぐため、${target}には書き込んでいません。最新の内容を取得し直して、再度同期してください。`

const missingReason = (target: string) =>
  `対象の従業員が${target}に見つかりません。退職または削除されたか、参照する権限がない可能性があります。${target}を確認して、再度同期してください。`

/**
 * 同期中: writes item by item, each with its own outcome. Runs again from where it stopped after a crash: uncertain
 * creates are looked up first, finished items are left alone. Docs: docs/architecture.md.
 */
export function createApplyJob({ inTenant, clock, log, openSides, failures, lookUpAfterMs }: ApplyDeps) {
  return async ({ tenantId, runId }: { tenantId: string; runId: string }, signal: AbortSignal): Promise<void> => {
    const [run, lease] = await inTenant(tenantId, async ({ runs }) => {
      const claimed = await runs.claim(runId, clock.now())
      return [claimed ? await runs.find(runId) : null, claimed] as const
    })
    if (!run || !lease) return

    await failures.guard(run, 'run.apply', signal, () =>
      withSides(openSides, run, signal, sides => write(run, lease, sides, signal)),
    )
  }

  async function write(run: Run, lease: string, sides: Sides, signal: AbortSignal): Promise<void> {
    const { tenantId, id: runId } = run
    const writer = createItemWriter({ inTenant, clock, run, lease, sides, lookUpAfterMs, signal })
    const inParallel = pLimit(sides.connector.limits.concurrency)

    /**
     * One group, in parallel as the service allows. An error that concerns the whole run stops the group, and so does
     * an uncertain create: it is looked up before more of them pile up. 中止 stops it too, unless it is what the group
     * is being finished for. Outcomes are stored as they come, so that the progress moves.
     */
    const writeAll: WriteAll = async (units, write, finishing = false) => {
      const stopped: { error?: unknown; early?: true } = {}
      let results: Result[] = []
      let storedAt = performance.now()
      const flush = async () => {
        const done = results
        results = []
        storedAt = performance.now()
        await store(done)
      }
      await Promise.all(
        units.map(unit =>
          inParallel(async () => {
            try {
              if (!finishing && (await cancelled())) stopped.early = true
              if ('error' in stopped || stopped.early || signal.aborted) return
              for (const result of await write(unit)) {
                if (result) results.push(result)
                else stopped.early = true
              }
              if (performance.now() - storedAt > STORE_EVERY_MS) await flush()
            } catch (error) {
              stopped.error ??= error
            }
          }),
        ),
      )
      await flush()
      if ('error' in stopped) throw stopped.error
      signal.throwIfAborted()
    }

    const store = async (results: readonly Result[]) => {
      if (results.length === 0) return
      await inTenant(tenantId, async ({ items, runs }) => {
        const done = await items.settle(runId, results, clock.now())
        await runs.progressed(runId, done.succeeded, done.failed)
      })
    }

    const check = async () => {
      const { held, cancel } = await inTenant(tenantId, ({ runs }) => runs.check(runId, lease))
      if (!held) throw new LeaseLost()
      return cancel
    }

    let looked = performance.now()
    /** 中止 is noticed while a group is being written, without a question per person. */
    const cancelled = async () => {
      if (performance.now() - looked < LOOK_EVERY_MS) return false
      looked = performance.now()
      return check()
    }

    const payroll = payrollFor({ inTenant, clock, log, run, lease, sides, lookUpAfterMs, signal, store })
    try {
      await payroll?.resume()
      const stopping = await writeItems()
      await payroll?.review()
      await payroll?.dropIfEmpty()
      if (stopping) return await stop(run)
    } catch (error) {
      // Nobody needs an empty payroll, whatever ended the run. One that only waits goes on with its own.
      if (error instanceof AppError && !(error instanceof VendorUnavailable)) await payroll?.dropIfEmpty()
      throw error
    }
    const state = await inTenant(tenantId, stores => endRun(stores, run, { now: clock.now() }))
    log.info('run ended', { state })

    /** Until everybody has an outcome; true: 中止 was asked for before that. */
    async function writeItems(): Promise<boolean> {
      for (;;) {
        const cancel = await check()
        const uncertain = await inTenant(tenantId, ({ pendingItems }) => pendingItems.unsettled(runId, CREATES))
        if (uncertain.length > 0) {
          const found = await writer.lookUp(uncertain)
          const finish = (task: Task) => writer.finishCreate(task, found.get(task.id) ?? null, cancel)
          await writeAll(uncertain, async task => [await finish(task)], cancel)
          continue
        }
        if (cancel) return true
        if (sides.flow.kind === 'sync' && sides.flow.inOrder) {
          const [task] = await inTenant(tenantId, ({ pendingItems }) => pendingItems.nextInOrder(runId))
          if (!task) return false
          if (task.class === 'changed') await updateGroup(run, sides, [task], writeAll, writer)
          else await writeAll([[task]], writer.createAll)
          continue
        }
        const updates = await inTenant(tenantId, ({ pendingItems }) => pendingItems.nextUpdates(runId))
        if (updates.length > 0) {
          await updateGroup(run, sides, updates, writeAll, writer)
          continue
        }
        const creates = await inTenant(tenantId, ({ pendingItems }) => pendingItems.nextCreates(runId, CREATES))
        if (creates.length === 0) return false
        if (payroll && !(await payroll.ready(creates))) continue
        await writeAll(inUnits(creates, sides), writer.createAll)
      }
    }
  }

  async function stop(run: Run) {
    await inTenant(run.tenantId, stores =>
      endRun(stores, run, { now: clock.now(), aborted: true, rest: { outcome: 'not_run', reason: stoppedReason } }),
    )
    log.info('run aborted on request')
  }

  /** Re-reads the group's targets with one call and writes only what nobody else has touched since the plan. */
  async function updateGroup(run: Run, sides: Sides, tasks: readonly Task[], writeAll: WriteAll, writer: ItemWriter) {
    const doomed = tasks.filter(task => task.content.problems.length > 0)
    const page = tasks[0]?.targetPage ?? 0
    const ids = tasks.flatMap(task => (task.content.problems.length === 0 ? (task.targetId ?? []) : []))
    const fresh =
      ids.length > 0
        ? await sides.target.reread(ids, daysOf(sides.flow, run, clock).target, page)
        : new Map<string, Person>()
    const stopped: Result[] = []
    const ready: Update[] = []
    for (const task of tasks) {
      const now = task.targetId ? fresh.get(task.targetId) : undefined
      if (doomed.includes(task)) stopped.push(failed(task, whyNot(task.content.problems, sides.flow)))
      else if (!now) stopped.push(failed(task, missingReason(sides.names.target)))
      else if (movedSincePlan(mappingOf(sides.flow), sides.flow.direction, task.content, now.values))
        stopped.push(failed(task, movedReason(sides.names.target)))
      else ready.push({ task, now: now.values })
    }
    await writeAll([stopped], results => Promise.resolve(results))
    await writeAll(inUnits(ready, sides), writer.updateAll)
  }
}

/** As many people per call as the target takes. */
function inUnits<T>(all: readonly T[], { target }: Sides): T[][] {
  const size = target.batch?.size ?? 1
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}

const failed = (task: Task, reason: string): Result => ({ itemId: task.id, outcome: 'failed', reason })
