import pLimit from 'p-limit'
import type { ItemStore, Result } from '../runs/item.store.js'
import { holding, LeaseLost } from '../runs/lease.js'
import type { RunStore } from '../runs/run.store.js'
import type { Writing } from './writing.js'

/** How often a running group looks whether it should stop. */
const LOOK_EVERY_MS = 500

/** How often the outcomes of a running group are stored. */
const STORE_EVERY_MS = 500

export interface GroupStores {
  runs: Pick<RunStore, 'hold' | 'check' | 'progressed'>
  items: Pick<ItemStore, 'settle'>
}

/** Writes units of one or several items; a unit gives a result per item, null where nobody can say. */
export type WriteAll = <Unit>(
  units: readonly Unit[],
  write: (unit: Unit) => Promise<readonly (Result | null)[]>,
  finishing?: boolean,
) => Promise<void>

/** Writes groups of items in parallel, as the service allows, and stores their outcomes as they come. */
export function createGroups(writing: Writing<GroupStores>) {
  const { inTenant, clock, run, lease, sides, signal } = writing
  const { tenantId, id: runId } = run
  const inParallel = pLimit(sides.connector.limits.concurrency)

  const store = async (results: readonly Result[]) => {
    if (results.length === 0) return
    await holding(writing, async ({ items, runs }) => {
      await runs.progressed(runId, await items.settle(runId, results, clock.now()))
    })
  }

  /** Whether 中止 was asked for. Throws LeaseLost. */
  const check = async () => {
    const { held, cancel } = await inTenant(tenantId, ({ runs }) => runs.check(runId, lease))
    if (!held) throw new LeaseLost()
    return cancel
  }

  let looked = performance.now()
  let isCancelled = false
  /** 中止 is noticed while a group is being written, without a question per item, and holds for all groups after it. */
  const cancelled = async () => {
    if (isCancelled || performance.now() - looked < LOOK_EVERY_MS) return isCancelled
    looked = performance.now()
    isCancelled = await check()
    return isCancelled
  }

  /**
   * One group. An error that concerns the whole run stops the group, and so does an uncertain create: it is looked up
   * before more of them pile up. 中止 stops it too, unless it is what the group is being finished for.
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

  return { writeAll, store, check }
}

export type Groups = ReturnType<typeof createGroups>
