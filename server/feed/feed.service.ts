import type { Recorder } from '../audit/audit.store.js'
import type { Connector, PublicationFlow } from '../contract/contract.js'
import { said, within } from '../errors.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import type { AccessTokenStore } from '../connections/access-token.store.js'
import type { InTenant } from '../platform/in-tenant.js'
import { endRun, type EndStores } from '../runs/end-run.js'
import type { ItemStore, Result } from '../runs/item.store.js'
import type { PublicationStore } from '../runs/publication.store.js'
import type { RunStore } from '../runs/run.store.js'
import { publishedFor } from '../runs/publications.js'
import { isPublished, type Run } from '../runs/run.js'
import type { Caller } from './access-token.service.js'
import type { Acknowledged, PageOrder } from './feed.form.js'
import { Problem } from './problem.js'
import { flowsOf, isOnOffer, namedSnapshot, permitted, snapshotOf, stillInForce, type ForceStores } from './snapshot.js'

interface FeedStores extends EndStores, ForceStores {
  audit: Recorder
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
  return {
    /** One page of what is on offer, as far as the token permits. */
    page: async (caller: Caller, resource: string, year: number | null, { page, perPage, snapshot }: PageOrder) => {
      const { tenantId, token } = caller
      const flow = flowsOf(caller, connectorOf).find(({ publication }) => publication.resource === resource)
      if (!flow) throw new Problem('not_found')
      permitted(caller, flow)
      return inTenant(tenantId, async stores => {
        await stillInForce(stores, caller)
        const wanted = year === null ? '' : String(year)
        const onOffer = await stores.publications.onOffer(token.connectionId, flow.id)
        const run =
          snapshot === null
            ? onOffer.find(one => publishedFor(flow, one) === wanted)
            : (await namedSnapshot(stores, caller, { flows: [flow], id: snapshot, clock })).run
        if (!run || (snapshot === null && !isOnOffer(flow, run, clock))) throw new Problem('snapshot_not_found')
        if (publishedFor(flow, run) !== wanted) throw new Problem('snapshot_not_found')
        const offset = (page - 1) * perPage
        const records = offset < run.selectedCount ? await stores.publications.records(run.id, offset, perPage) : []
        if (records.length > 0) {
          await stores.publications.pulled(run.id, offset + records.length, token.id, clock.now())
        }
        const about = { connector: run.connector, runId: run.id, about: token.id }
        await stores.audit.add({
          act: 'feed.fetched',
          ...about,
          details: { name: token.name, file: resource, rows: records.length },
        })
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
        const flows = flowsOf(caller, connectorOf)
        const { run, flow } = await namedSnapshot(stores, caller, { flows, id: order.snapshot, clock })
        permitted(caller, flow)
        const now = clock.now()
        const { results, unknown } = await resultsOf(publications, run, flow, order.results)
        const live = isPublished(run)
        const settled = live ? await items.settle(run.id, results, now) : { succeeded: 0, failed: 0 }
        const recorded = settled.succeeded + settled.failed
        if (recorded > 0) {
          await runs.progressed(run.id, settled)
          await publications.pulled(run.id, 0, token.id, now)
        }
        const { pending } = await items.countOutcomes(run.id)
        if (live && pending === 0) await endRun(stores, run, { now })
        await stores.audit.add({
          act: 'feed.acknowledged',
          connector: run.connector,
          runId: run.id,
          about: token.id,
          details: { name: token.name, total: recorded },
        })
        log.info('feed acknowledged', { runId: run.id, tokenId: token.id, recorded, remaining: pending })
        return {
          snapshot: { id: run.id, state: pending === 0 ? 'ended' : 'published' },
          recorded,
          remaining: pending,
          unknown,
        }
      })
    },
  }
}

/** The first answer for each record that was fetched, and the codes that name none. */
async function resultsOf(
  publications: PublicationStore,
  run: Run,
  flow: PublicationFlow,
  answers: readonly Acknowledged[],
): Promise<{ results: Result[]; unknown: string[] }> {
  const codes = answers.map(({ code }) => code)
  // Nobody has taken what was never fetched.
  const ids = await publications.idsByKey(run.id, codes, run.pulledCount)
  const results = new Map<string, Result>()
  const unknown = new Set<string>()
  for (const { code, status, message } of answers) {
    const itemId = ids.get(code)
    if (itemId === undefined) unknown.add(code)
    else if (!results.has(itemId)) results.set(itemId, { itemId, ...outcomeOf(flow, status, message) })
  }
  return { results: [...results.values()], unknown: [...unknown] }
}

const outcomeOf = (
  { publication }: PublicationFlow,
  status: Acknowledged['status'],
  message: string | null,
): Omit<Result, 'itemId'> =>
  status === 'created' || status === 'updated'
    ? { outcome: 'succeeded', reason: null }
    : {
        outcome: 'failed',
        reason:
          message === null
            ? publication.refusal(status, null)
            : within(said(message), text => publication.refusal(status, text)),
      }

export type Feed = ReturnType<typeof createFeed>
