import type { Knex } from 'knex'
import type { Sealer } from '../platform/seal.js'
import type { Clearance } from './approval.js'
import { itemReader } from './item.rows.js'
import { runRows } from './run.rows.js'
import type { ItemContent, Run } from './run.js'

/** A snapshot of the release before has each record as a text. It is on offer for seven days at most. */
export const publishedRecord = ({ record, set }: Pick<ItemContent, 'record' | 'set'>): object =>
  record ?? (JSON.parse(String(set.record)) as object)

/** Snapshots that are on offer, and the records in them. */
export function createPublicationStore(db: Knex, tenantId: string, sealer: Sealer) {
  const runs = () => runRows(db, tenantId)
  const items = (runId: string) => db('run_items').where({ tenant_id: tenantId, run_id: runId })
  const read = itemReader(tenantId, sealer)

  /** A person who was gone when the snapshot was published is no part of it. */
  const inSnapshot = (query: Knex.QueryBuilder) =>
    query.where({ selected: true }).whereRaw(`outcome is distinct from 'not_run'`)

  return {
    /**
     * 公開: ready → running with a snapshot on offer, if the page was drawn for this plan. The caller has ended the one
     * before; a unique index allows no second.
     */
    publish: async (
      id: string,
      order: {
        revision: number
        selected: number
        adminId: string
        publishedFor: string
        clearance: Clearance
        now: Date
      },
    ): Promise<boolean> =>
      (await db('runs').where({ tenant_id: tenantId, id, state: 'ready', revision: order.revision }).update({
        state: 'running',
        queued_at: order.now,
        started_at: order.now,
        published_at: order.now,
        published_for: order.publishedFor,
        selected_count: order.selected,
        admin_id: order.adminId,
        cleared_revision: order.clearance.cleared_revision,
      })) === 1,

    /** The snapshots that are on offer: of a connection, or of one flow of it (one per year where it goes by years). */
    async onOffer(connectionId: string, flow?: string): Promise<Run[]> {
      return runs()
        .where({ connection_id: connectionId, 'runs.state': 'running', ...(flow !== undefined && { flow }) })
        .whereNotNull('published_at')
    },

    /** Snapshots of a flow that have been on offer since before the given instant. */
    async onOfferBefore(connector: string, flow: string, before: Date): Promise<string[]> {
      const rows = (await db('runs')
        .where({ tenant_id: tenantId, connector, flow, state: 'running' })
        .where('published_at', '<=', before)
        .select('id')) as { id: string }[]
      return rows.map(row => row.id)
    },

    /** The service has fetched the first `count` people of a snapshot, or some of them once more. */
    async pulled(id: string, count: number, tokenId: string, now: Date): Promise<void> {
      await db('runs')
        .where({ tenant_id: tenantId, id })
        .update({
          pulled_count: db.raw('greatest(pulled_count, ?::integer)', [count]),
          pulled_at: now,
          pulled_with: tokenId,
        })
    },

    /** The selected people's ids and their records' ids in the source. */
    async sources(runId: string): Promise<{ id: string; sourceId: string }[]> {
      const rows: { id: string; source_id: string }[] = await items(runId)
        .where({ selected: true })
        .select('id', 'source_id')
      return rows.map(row => ({ id: String(row.id), sourceId: row.source_id }))
    },

    /** So many of the published records, in their order, from the given place on. */
    async records(runId: string, offset: number, limit: number): Promise<object[]> {
      const found = await read(inSnapshot(items(runId)).orderBy('id').offset(offset).limit(limit))
      return found.map(({ content }) => publishedRecord(content))
    },

    /** The selected people with these keys: key → item's id. */
    async idsByKey(runId: string, keys: readonly string[], among: number): Promise<Map<string, string>> {
      const first = inSnapshot(items(runId)).orderBy('id').limit(among).select('id', 'key')
      const rows = (await db
        .from(first.as('delivered'))
        .whereRaw('key = any(?)', [[...keys]])
        .select('id', 'key')) as { id: string; key: string }[]
      return new Map(rows.map(row => [row.key, String(row.id)]))
    },
  }
}

export type PublicationStore = ReturnType<typeof createPublicationStore>
