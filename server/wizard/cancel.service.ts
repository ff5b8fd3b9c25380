import type { Act } from '../audit/acts.js'
import type { Recorder } from '../audit/audit.store.js'
import type { JobStore } from '../jobs/job.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { EndStores } from '../runs/end-run.js'
import { findRun } from '../runs/flow-of.js'
import { endPublication } from '../runs/publications.js'
import { endStates, isPublished } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'

interface CancelStores extends EndStores {
  audit: Recorder
  runs: RunStore
  jobs: JobStore
}

/**
 * キャンセル before 同期, 中止 after it; a snapshot goes at once. `preparing`: the page still showed the preparation, so that
 * nothing that has begun meanwhile is meant.
 */
export const createCancel =
  ({ inTenant, clock }: { inTenant: InTenant<CancelStores>; clock: Clock }) =>
  (
    tenantId: string,
    runId: string,
    { preparing }: { preparing: boolean },
  ): Promise<'cancelled' | 'stopping' | 'withdrawn' | 'ended' | 'begun'> =>
    inTenant(tenantId, async stores => {
      const { runs, jobs, audit } = stores
      const givenUp = await runs.giveUp(runId, clock.now())
      const run = await findRun(stores, runId)
      const told = (act: Act) => audit.add({ act, connector: run.connector, runId })
      if (givenUp) {
        await told('run.cancelled')
        return 'cancelled'
      }
      if (preparing && !endStates.includes(run.state)) return 'begun'
      if (isPublished(run)) {
        if (!(await endPublication(stores, runId, 'withdrawn', clock.now()))) return 'ended'
        await told('run.withdrawn')
        return 'withdrawn'
      }
      if (!(await runs.requestCancel(runId, clock.now()))) return 'ended'
      await told('run.stopped')
      // A waiting run has no worker that could notice.
      if (run.state === 'queued' || run.waitingUntil !== null) await jobs.enqueue('run.apply', runId)
      return 'stopping'
    })

export type Cancel = ReturnType<typeof createCancel>
