import type { Recorder } from '../audit/audit.store.js'
import { readsFile } from '../contract/contract.js'
import type { InTenant } from '../platform/in-tenant.js'
import { findRun, type FlowOf } from '../runs/flow-of.js'
import { PAGE_ROWS, type ItemPage } from '../runs/item.rows.js'
import type { ItemStore } from '../runs/item.store.js'
import { endStates, hadSelection, type ItemWithContent, type Outcome, type Run } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'

/**
 * People read at once for a CSV: opening them and writing them down takes some milliseconds, in which the process answers
 * nobody else.
 */
const CSV_CHUNK = 25

/** What a report shows. */
export interface Report {
  run: Run
  counts: Record<Outcome | 'pending', number>
  page: ItemPage
  failures: ItemPage
  /** creates that nobody could confirm */
  unconfirmed: ItemPage
  /** how many went through and need a look all the same */
  remarks: number
  /** signs that a file in Shift_JIS has no room for */
  unwritable: { all: number; failed: number }
  /** where people were not chosen: those who were left out */
  left: { items: readonly ItemWithContent[]; total: number }
}

/** When a run has ended nobody is pending. Null before that, and where something was published: who was gone by then is not counted. */
function endedCounts({ state, publishedAt, selectedCount, succeededCount, failedCount, unconfirmedCount }: Run) {
  if (!endStates.includes(state) || publishedAt !== null) return null
  const [succeeded, failed, unconfirmed] = [succeededCount, failedCount, unconfirmedCount]
  return { succeeded, failed, unconfirmed, not_run: selectedCount - succeeded - failed - unconfirmed, pending: 0 }
}

const NOBODY: ItemPage = { items: [], hasPrevious: false, hasNext: false }

/** What became of a run's people. */
export function createReports({
  inTenant,
  flowOf,
}: {
  inTenant: InTenant<{ runs: Pick<RunStore, 'find'>; items: ItemStore; audit: Recorder }>
  flowOf: FlowOf
}) {
  const isOfFile = (run: Run): boolean => readsFile(flowOf(run.connector, run.flow, run).flow)

  return {
    report: (
      tenantId: string,
      runId: string,
      place: { after?: string; before?: string; outcomes?: readonly (Outcome | null)[]; remarked?: boolean },
    ): Promise<Report> =>
      inTenant(tenantId, async stores => {
        const { items } = stores
        const run = await findRun(stores, runId)
        const { flow } = flowOf(run.connector, run.flow, run)
        const first = (outcome: Outcome, count: number) =>
          count > 0 ? items.chosen(runId, { limit: PAGE_ROWS, outcomes: [outcome] }) : NOBODY
        return {
          run,
          counts: endedCounts(run) ?? (await items.countOutcomes(runId)),
          page: await items.chosen(runId, { ...place, limit: PAGE_ROWS }),
          failures: await first('failed', run.failedCount),
          unconfirmed: await first('unconfirmed', run.unconfirmedCount),
          remarks: await items.countRemarks(runId),
          unwritable: await items.countUnwritable(runId, readsFile(flow) ? 'everybody' : 'selected'),
          left: hadSelection(flow, run) ? { items: [], total: 0 } : await items.left(run.id, PAGE_ROWS),
        }
      }),

    /** Says that a file of the run leaves, before it does: also one that is cut short has been taken. */
    exported: (run: Run, outcomes: Outcome[] | null, as: { file: string; encoding: string }): Promise<void> =>
      inTenant(run.tenantId, async ({ items, audit }) => {
        await items.openable(run.id)
        const counts: Record<string, number> = endedCounts(run) ?? (await items.countOutcomes(run.id))
        const rows = isOfFile(run)
          ? await items.countOfFile(run.id, outcomes ?? undefined)
          : (outcomes ?? Object.keys(counts)).reduce((sum, outcome) => sum + (counts[outcome] ?? 0), 0)
        await audit.add({ act: 'export.report', connector: run.connector, runId: run.id, details: { ...as, rows } })
      }),

    /**
     * The run's people by id, a chunk at a time: a file of any size needs little memory. `null`: whatever became of them.
     * Where a file was read, also the rows of it that took no part.
     */
    async *people(run: Run, outcomes: Outcome[] | null): AsyncIterable<ItemWithContent> {
      for (let after = '0'; ;) {
        const part = { after, limit: CSV_CHUNK, ...(outcomes && { outcomes }) }
        const { items, hasNext } = await inTenant(run.tenantId, stores =>
          isOfFile(run) ? stores.items.ofFile(run.id, part) : stores.items.chosen(run.id, part),
        )
        yield* items
        const last = items.at(-1)
        if (!hasNext || !last) return
        after = last.id
      }
    },
  }
}

export type Reports = ReturnType<typeof createReports>
