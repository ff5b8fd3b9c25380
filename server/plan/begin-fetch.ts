import type { JobStore } from '../jobs/job.store.js'
import type { FetchOrder, FetchStore } from './fetch.store.js'
import type { PlannedItemStore } from './planned-item.store.js'
import type { StagingStore } from './staging.store.js'

/** The stores that a fetch begins with. */
export interface FetchStores {
  fetches: Pick<FetchStore, 'begin'>
  staging: Pick<StagingStore, 'clear'>
  plannedItems: Pick<PlannedItemStore, 'clear'>
  jobs: Pick<JobStore, 'enqueue'>
}

/**
 * Starts reading both sides, or starts over, in the caller's transaction: what an earlier fetch left goes. False: the
 * run is no longer before 同期, and is left alone.
 */
export async function beginFetch(
  { fetches, staging, plannedItems, jobs }: FetchStores,
  runId: string,
  order: FetchOrder,
): Promise<boolean> {
  if (!(await fetches.begin(runId, order))) return false
  await staging.clear(runId)
  await plannedItems.clear(runId)
  await jobs.enqueue(order.isCheck ? 'check.fetch' : 'run.fetch', runId)
  return true
}
