import type { Connector } from '../contract/contract.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import type { OwnConnectionStore } from '../connections/own-connection.store.js'
import type { PendingConnectionStore } from '../connections/pending-connection.store.js'
import type { TenantStore } from '../install/tenant.store.js'
import type { MailStore } from '../jobs/mail.store.js'
import type { StagingStore } from '../plan/staging.store.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { EndStores } from '../runs/end-run.js'
import type { PublicationStore } from '../runs/publication.store.js'
import type { OldRunStore } from './old-runs.store.js'
import type { RunDays } from './run-days.store.js'
import type { StrandedRunStore } from './stranded-run.store.js'
import { endPublication } from '../runs/publications.js'

interface HousekeepingStores extends EndStores {
  publications: Pick<PublicationStore, 'onOfferBefore'>
  oldRuns: OldRunStore
  strandedRuns: StrandedRunStore
  staging: Pick<StagingStore, 'clear'>
  pendingConnections: Pick<PendingConnectionStore, 'dropStale'>
  ownConnections: Pick<OwnConnectionStore, 'toWarn'>
  mails: MailStore
}

const HOUR = 3_600_000

/** After a day a plan no longer shows how things are. */
const READY_FOR = 24 * HOUR
const DRAFT_FOR = 24 * HOUR

/**
 * Company after company: runs that lost their job go on, old plans and snapshots expire, connections about to end are
 * warned of, people of old runs are deleted.
 */
export function createHousekeeping({
  inTenant,
  tenants,
  runDays,
  clock,
  log,
  retentionDays,
  connectors,
}: {
  inTenant: InTenant<HousekeepingStores>
  tenants: Pick<TenantStore, 'ids'>
  runDays: RunDays
  clock: Clock
  log: Logger
  retentionDays: number
  connectors: readonly Connector[]
}) {
  return async (): Promise<void> => {
    const now = clock.now()
    const ago = (ms: number) => new Date(now.getTime() - ms)
    await runDays.makeAhead()
    const forgotten = await runDays.forget(ago(retentionDays * 24 * HOUR))
    if (forgotten > 0) log.info('forgot the people of old runs', { parts: forgotten })
    for (const tenantId of await tenants.ids()) {
      await inTenant(tenantId, async stores => {
        const { publications, oldRuns, strandedRuns, staging, pendingConnections, ownConnections, mails, jobs } = stores
        for (const { id: runId, job } of await strandedRuns.find()) {
          log.warn('a run without a job goes on', { tenantId, runId })
          await jobs.enqueue(job, runId)
        }
        const expired = await oldRuns.expire(ago(READY_FOR), ago(DRAFT_FOR), now)
        const stale = await oldRuns.withStalePeople(ago(retentionDays * 24 * HOUR), 100)
        for (const runId of stale) {
          await oldRuns.deletePeople(runId)
          await staging.clear(runId)
          await oldRuns.peopleDeleted(runId, now)
        }
        for (const connector of connectors) {
          for (const flow of connector.flows) {
            if (flow.kind !== 'publication') continue
            const before = ago(flow.publication.days * 24 * HOUR)
            for (const runId of await publications.onOfferBefore(connector.id, flow.id, before)) {
              if (await endPublication(stores, runId, 'expired', now)) expired.push(runId)
            }
          }
        }
        for (const { id, auth } of connectors) {
          if (!auth.perAdmin) continue
          const until = new Date(now.getTime() + auth.perAdmin.warnDays * 24 * HOUR)
          for (const connectionId of await ownConnections.toWarn(id, until, now)) {
            const mailId = await mails.addWarning(connectionId, now)
            await jobs.enqueue('mail.result', mailId)
          }
        }
        const dropped = await pendingConnections.dropStale(ago(HOUR / 2))
        if (expired.length + stale.length + dropped > 0) {
          log.info('housekeeping', { tenantId, expired: expired.length, peopleDeleted: stale.length, dropped })
        }
      })
    }
  }
}
