import type { Connector } from '../contract/contract.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import type { FlowKeyStore } from '../connections/flow-key.store.js'
import type { OwnConnectionStore } from '../connections/own-connection.store.js'
import type { PendingConnectionStore } from '../connections/pending-connection.store.js'
import type { MailStore } from '../jobs/mail.store.js'
import type { StagingStore } from '../plan/staging.store.js'
import { isDatabaseTrouble } from '../platform/database-trouble.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { EndStores } from '../runs/end-run.js'
import type { LinkStore } from '../runs/link.store.js'
import type { PublicationStore } from '../runs/publication.store.js'
import type { Checking } from '../schedule/checking.js'
import type { CompanyEnding } from './company-end.service.js'
import type { Chore, DueBy, DueStore, EndChore } from './due.store.js'
import type { OldRunStore } from './old-runs.store.js'
import type { ResealStore } from './reseal.store.js'
import type { RunDays } from './run-days.store.js'
import type { StrandedRunStore } from './stranded-run.store.js'
import { endPublication } from '../runs/publications.js'

interface HousekeepingStores extends EndStores {
  publications: Pick<PublicationStore, 'onOfferBefore'>
  oldRuns: OldRunStore
  strandedRuns: StrandedRunStore
  staging: Pick<StagingStore, 'clear'>
  pendingConnections: Pick<PendingConnectionStore, 'dropStale'>
  flowKeys: Pick<FlowKeyStore, 'dropStale'>
  links: Pick<LinkStore, 'forgetKeys'>
  ownConnections: Pick<OwnConnectionStore, 'toWarn'>
  mails: MailStore
  resealing: ResealStore
}

const HOUR = 3_600_000

/** After a day a plan no longer shows how things are. */
const PLAN_FOR = 24 * HOUR
const PENDING_FOR = HOUR / 2

/** Runs whose people are deleted at a time. */
const RUNS_AT_ONCE = 100

/** How long it is told how somebody was looked for before a create. */
const EVENTS_FOR_MONTHS = 13

const monthsBefore = (date: Date, months: number): Date =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, date.getUTCDate()))

/** What becomes of a company's work that is due, in one transaction; gives how many there were. */
const doChore: Readonly<Record<Chore, (stores: HousekeepingStores, by: DueBy) => Promise<number>>> = {
  async stranded({ strandedRuns, jobs }) {
    const runs = await strandedRuns.find()
    for (const { id, job } of runs) await jobs.enqueue(job, id)
    return runs.length
  },

  plans: async ({ oldRuns }, { plans, now }) => (await oldRuns.expire(plans, plans, now)).length,

  people: async (stores, { people, now }) => deleteStalePeople(stores, people, now),

  async snapshots(stores, { snapshots, now }) {
    let ended = 0
    for (const { connector, flow, before } of snapshots) {
      for (const runId of await stores.publications.onOfferBefore(connector, flow, before)) {
        if (await endPublication(stores, runId, 'expired', now)) ended += 1
      }
    }
    return ended
  },

  async links({ ownConnections, mails, jobs }, { links, now }) {
    let warned = 0
    for (const { connector, until } of links) {
      for (const connectionId of await ownConnections.toWarn(connector, until, now)) {
        await jobs.enqueue('mail.result', await mails.addWarning(connectionId, now))
        warned += 1
      }
    }
    return warned
  },

  pending: async ({ pendingConnections, flowKeys }, { pending }) =>
    (await pendingConnections.dropStale(pending)) + (await flowKeys.dropStale(pending)),
}

async function deleteStalePeople(
  { oldRuns, staging, links }: HousekeepingStores,
  before: Date,
  now: Date,
): Promise<number> {
  const stale = await oldRuns.withStalePeople(before, RUNS_AT_ONCE)
  for (const runId of stale) {
    await oldRuns.deletePeople(runId)
    await staging.clear(runId)
    await oldRuns.peopleDeleted(runId, now)
  }
  return stale.length + (await links.forgetKeys(before))
}

/** From when on each is due. */
function dueAt(
  now: Date,
  { retentionDays, connectors }: { retentionDays: number; connectors: readonly Connector[] },
): DueBy {
  const ago = (ms: number) => new Date(now.getTime() - ms)
  return {
    now,
    plans: ago(PLAN_FOR),
    people: ago(retentionDays * 24 * HOUR),
    pending: ago(PENDING_FOR),
    snapshots: connectors.flatMap(({ id, flows }) =>
      flows.flatMap(flow =>
        flow.kind === 'publication'
          ? [{ connector: id, flow: flow.id, before: ago(flow.publication.days * 24 * HOUR) }]
          : [],
      ),
    ),
    links: connectors.flatMap(({ id, auth: { perAdmin } }) =>
      perAdmin ? [{ connector: id, until: ago(-perAdmin.warnDays * 24 * HOUR) }] : [],
    ),
  }
}

/**
 * Runs that lost their job go on, old plans and snapshots expire, connections about to end are warned of, people of old
 * runs are deleted. Companies for which nothing is due are not opened.
 */
export function createHousekeeping({
  inTenant,
  due,
  runDays,
  companyEnd,
  checking,
  clock,
  log,
  retentionDays,
  connectors,
}: {
  inTenant: InTenant<HousekeepingStores>
  due: DueStore
  runDays: RunDays
  companyEnd: Pick<CompanyEnding, 'uninstalled' | 'notice' | 'end' | 'askIdle'>
  checking: Pick<Checking, 'dueBy' | 'tend'>
  clock: Clock
  log: Logger
  retentionDays: number
  connectors: readonly Connector[]
}) {
  const doEnd: Readonly<Record<EndChore, (tenantId: string) => Promise<unknown>>> = {
    uninstalled: companyEnd.uninstalled,
    notice: companyEnd.notice,
    deletion: companyEnd.end,
    idle: companyEnd.askIdle,
  }

  /** One company's trouble keeps no other's work from being done. Nothing is begun once the process is to go. */
  const forItself = async (
    { tenantId, chore, signal }: { tenantId: string; chore: string; signal: AbortSignal | undefined },
    work: () => Promise<void>,
  ): Promise<void> => {
    if (signal?.aborted) return
    try {
      await work()
    } catch (error) {
      if (isDatabaseTrouble(error)) throw error
      log.error('housekeeping failed', { tenantId, chore, err: error })
    }
  }

  return async (signal?: AbortSignal): Promise<void> => {
    const by = dueAt(clock.now(), { retentionDays, connectors })
    await Promise.all([runDays.makeAhead(monthsBefore(by.now, EVENTS_FOR_MONTHS)), due.forgetCounts()])
    // Whole days at a time; what a day that is still needed holds of due people goes row by row below.
    const forgotten = await runDays.forget(by.people)
    if (forgotten > 0) log.info('forgot the people of old runs', { parts: forgotten })
    for (const { tenantId, chore } of await due.find(by))
      await forItself({ tenantId, chore, signal }, async () => {
        const done = await inTenant(tenantId, stores => doChore[chore](stores, by))
        if (done === 0) return
        if (chore === 'stranded') log.warn('a run without a job goes on', { tenantId, runs: done })
        else log.info('housekeeping', { tenantId, chore, done })
      })
    for (const tenantId of await due.checks(checking.dueBy()))
      await forItself({ tenantId, chore: 'checks', signal }, () => checking.tend(tenantId))
    for (const tenantId of await due.reseal())
      await forItself({ tenantId, chore: 'reseal', signal }, async () => {
        const resealed = await inTenant(tenantId, ({ resealing }) => resealing.reseal(log))
        if (resealed > 0) log.info('sealed anew', { tenantId, values: resealed })
      })
    for (const { tenantId, chore } of await due.ends())
      await forItself({ tenantId, chore, signal }, async () => void (await doEnd[chore](tenantId)))
  }
}
