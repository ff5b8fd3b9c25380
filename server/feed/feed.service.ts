import type { Connector, Flow, PublicationFlow } from '../contract/contract.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import type { AccessTokenStore } from '../connections/access-token.store.js'
import type { InTenant } from '../platform/in-tenant.js'
import { endRun, type EndStores } from '../runs/end-run.js'
import type { ItemStore, Result } from '../runs/item.store.js'
import type { PublicationStore } from '../runs/publication.store.js'
import type { RunStore } from '../runs/run.store.js'
import { endsAt, isYearly, publishedFor } from '../runs/publications.js'
import { isPublished, type Run } from '../runs/run.js'
import type { Caller } from './access-token.service.js'
import type { Acknowledged, PageOrder } from './feed.form.js'
import { Problem } from './problem.js'

/** A snapshot that was acknowledged to its end is still served for so long to pulls that name it. */
const GRACE_MS = 3_600_000

export const isPublication = (flow: Flow): flow is PublicationFlow => flow.kind === 'publication'

export interface Snapshot {
  id: string
  resource: string
  reference_date: string | null
  year: number | null
  published_at: string
  expires_at: string
}

const snapshotOf = (flow: PublicationFlow, run: Run): Snapshot => ({
  id: run.id,
  resource: flow.publication.resource,
  reference_date: isYearly(flow) ? null : run.referenceDate,
  year: isYearly(flow) ? yearOf(run) : null,
  published_at: (run.publishedAt ?? run.createdAt).toISOString(),
  expires_at: endsAt(run, flow.publication).toISOString(),
})

const yearOf = (run: Run): number => Number(run.referenceDate?.slice(0, 4))

interface FeedStores extends EndStores {
  accessTokens: AccessTokenStore
  publications: PublicationStore
  runs: RunStore
  items: ItemStore
}

export interface FeedDeps {
  inTenant: InTenant<FeedStores>
  clock: Clock
  log: Logger
  connectorOf(id: string): Connector
}

/** What a token may fetch and acknowledge; every method is one transaction. Throws Problem. */
export function createFeed({ inTenant, clock, log, connectorOf }: FeedDeps) {
  /** On offer: not past its end, whether or not somebody has cleared it away yet. */
  const isOnOffer = (flow: PublicationFlow, run: Run): boolean =>
    isPublished(run) && endsAt(run, flow.publication) > clock.now()

  const inGrace = ({ state, endedAt, peopleDeletedAt }: Run): boolean =>
    ['succeeded', 'partly_failed', 'failed'].includes(state) &&
    endedAt !== null &&
    peopleDeletedAt === null &&
    clock.now().getTime() - endedAt.getTime() < GRACE_MS

  const flowsOf = ({ token }: Caller): PublicationFlow[] => connectorOf(token.connector).flows.filter(isPublication)

  const permitted = ({ token }: Caller, { publication }: PublicationFlow): void => {
    if (!token.resources.includes(publication.resource)) throw new Problem('resource_forbidden')
  }

  /** Revoked since the call began: then nothing is given any more. */
  const stillInForce = async ({ accessTokens }: Pick<FeedStores, 'accessTokens'>, { token }: Caller): Promise<void> => {
    const now = await accessTokens.find(token.id)
    if (!now || now.revokedAt) throw new Problem('invalid_token', { headers: { 'WWW-Authenticate': 'Bearer' } })
  }

  /** The named snapshot of the token's connection while it is served. */
  const named = async (
    { runs }: Pick<FeedStores, 'runs'>,
    { token }: Caller,
    flows: readonly PublicationFlow[],
    id: string,
  ) => {
    const run = await runs.find(id)
    const flow = flows.find(candidate => candidate.id === run?.flow)
    if (!run || !flow || run.connectionId !== token.connectionId) throw new Problem('snapshot_not_found')
    if (!isOnOffer(flow, run) && !inGrace(run)) throw new Problem('snapshot_not_found')
    return { run, flow }
  }

  return {
    /** One page of what is on offer, as far as the token permits. */
    page: async (caller: Caller, resource: string, year: number | null, { page, perPage, snapshot }: PageOrder) => {
      const { tenantId, token } = caller
      const flow = flowsOf(caller).find(({ publication }) => publication.resource === resource)
      if (!flow) throw new Problem('not_found')
      permitted(caller, flow)
      return inTenant(tenantId, async stores => {
        await stillInForce(stores, caller)
        const wanted = year === null ? '' : String(year)
        const onOffer = await stores.publications.onOffer(token.connectionId, flow.id)
        const run =
          snapshot === null
            ? onOffer.find(one => publishedFor(flow, one) === wanted)
            : (await named(stores, caller, [flow], snapshot)).run
        if (!run || (snapshot === null && !isOnOffer(flow, run))) throw new Problem('snapshot_not_found')
        if (publishedFor(flow, run) !== wanted) throw new Problem('snapshot_not_found')
        const offset = (page - 1) * perPage
        const records = offset < run.selectedCount ? await stores.publications.records(run.id, offset, perPage) : []
        if (records.length > 0) {
          await stores.publications.pulled(run.id, offset + records.length, token.id, clock.now())
        }
        log.info('feed page', { runId: run.id, tokenId: token.id, page, records: records.length })
        const { list, limited } = flow.publication
        return {
          snapshot: snapshotOf(flow, run),
          page,
          per_page: perPage,
          total_count: run.selectedCount,
          [list]: records.map(record => limited(record, token)),
        }
      })
    },

    /** What became of people. The first answer for a person counts; with the last one the run ends, and its mail is due. */
    acknowledge: (caller: Caller, order: { snapshot: string; results: readonly Acknowledged[] }) => {
      const { tenantId, token } = caller
      return inTenant(tenantId, async stores => {
        await stillInForce(stores, caller)
        const { items, publications, runs } = stores
        await runs.lock(order.snapshot)
        const { run, flow } = await named(stores, caller, flowsOf(caller), order.snapshot)
        permitted(caller, flow)
        const ids = await publications.idsByKey(
          run.id,
          order.results.map(result => result.code),
          // Nobody has taken what was never fetched.
          run.pulledCount,
        )
        const now = clock.now()
        const live = isPublished(run)
        const results = new Map<string, Result>()
        const unknown = new Set<string>()
        for (const { code, status, message } of order.results) {
          const itemId = ids.get(code)
          if (itemId === undefined) unknown.add(code)
          else if (!results.has(itemId)) results.set(itemId, { itemId, ...outcomeOf(flow, status, message) })
        }
        const settled = live ? await items.settle(run.id, [...results.values()], now) : { succeeded: 0, failed: 0 }
        const recorded = settled.succeeded + settled.failed
        if (recorded > 0) {
          await runs.progressed(run.id, settled.succeeded, settled.failed)
          await publications.pulled(run.id, 0, token.id, now)
        }
        const { pending } = await items.countOutcomes(run.id)
        if (live && pending === 0) await endRun(stores, run, { now })
        log.info('feed acknowledged', { runId: run.id, tokenId: token.id, recorded, remaining: pending })
        return {
          snapshot: { id: run.id, state: pending === 0 ? 'ended' : 'published' },
          recorded,
          remaining: pending,
          unknown: [...unknown],
        }
      })
    },
  }
}

const outcomeOf = (
  { publication }: PublicationFlow,
  status: Acknowledged['status'],
  message: string | null,
): Omit<Result, 'itemId'> =>
  status === 'created' || status === 'updated'
    ? { outcome: 'succeeded', reason: null }
    : { outcome: 'failed', reason: publication.refusal(status, message) }

export type Feed = ReturnType<typeof createFeed>
