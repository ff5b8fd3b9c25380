import type { JobStore } from '../jobs/job.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { EndStores } from '../runs/end-run.js'
import { findRun } from '../runs/flow-of.js'
import { endPublication } from '../runs/publications.js'
import { isPublished } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'

interface CancelStores extends EndStores {
  runs: RunStore
  jobs: JobStore
}

/** キャンセル before 同期, 中止 after it; a snapshot goes at once. */
export const createCancel =
  ({ inTenant, clock }: { inTenant: InTenant<CancelStores>; clock: Clock }) =>
  (tenantId: string, runId: string): Promise<'cancelled' | 'stopping' | 'withdrawn' | 'ended'> =>
    inTenant(tenantId, async stores => {
      const { runs, jobs } = stores
      if (await runs.giveUp(runId, clock.now())) return 'cancelled'
      const run = await findRun(stores, runId)
      if (isPublished(run))
        return (await endPublication(stores, runId, 'withdrawn', clock.now())) ? 'withdrawn' : 'ended'
      if (!(await runs.requestCancel(runId, clock.now()))) return 'ended'
      // A waiting run has no worker that could notice.
      if (run.state === 'queued' || run.waitingUntil !== null) await jobs.enqueue('run.apply', runId)
      return 'stopping'
    })

export type Cancel = ReturnType<typeof createCancel>
