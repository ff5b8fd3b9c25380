import type { Knex } from 'knex'
import type { Sealer } from '../platform/seal.js'
import { itemReader, type Task } from './item.rows.js'

/** The items of a run as apply takes and marks them. */
export function createPendingItemStore(db: Knex, tenantId: string, sealer: Sealer) {
  const items = (runId: string) => db('run_items').where({ tenant_id: tenantId, run_id: runId })
  const read = itemReader(tenantId, sealer)
  const todo = (runId: string) => items(runId).where({ selected: true }).whereNull('outcome')

  return {
    /** Creates that were begun and have no outcome (crash, time-out, the rest not sent): finished before anything else. */
    async unsettled(runId: string, limit: number): Promise<Task[]> {
      return read(todo(runId).where({ class: 'new' }).whereNotNull('intent_at').orderBy('id').limit(limit))
    },

    /** The next group of updates, `without` those set aside: people whose targets stood on one listing page. */
    async nextUpdates(runId: string, without: readonly string[]): Promise<Task[]> {
      return read(
        todo(runId)
          .where({ class: 'changed' })
          .whereNotIn('id', without)
          .where(
            'target_page',
            db('run_items')
              .where({ tenant_id: tenantId, run_id: runId, class: 'changed', selected: true })
              .whereNull('outcome')
              .whereNotIn('id', without)
              .min('target_page'),
          )
          .orderBy('id'),
      )
    },

    /** The next one by its place in the source's listing, whatever is to be done with it. */
    async nextInOrder(runId: string): Promise<Task[]> {
      const open = todo(runId).where(item => item.where({ class: 'changed' }).orWhereNull('intent_at'))
      return read(open.orderBy('id').limit(1))
    },

    async nextCreates(runId: string, limit: number): Promise<Task[]> {
      return read(todo(runId).where({ class: 'new' }).whereNull('intent_at').orderBy('id').limit(limit))
    },

    /**
     * The last write certainly did not happen (it was refused before it was taken). Where it was the only one, nobody has
     * to ask what became of it.
     */
    async withdraw(runId: string, itemId: string): Promise<void> {
      await items(runId)
        .where({ id: itemId })
        .update({
          intent_at: db.raw('case when creates > 1 then intent_at end'),
          creates: db.raw('greatest(creates - 1, 0)'),
        })
    },

    /** The records of these were looked for once more, in vain or not. */
    async looked(runId: string, looks: readonly { itemId: string; found: boolean }[], at: Date): Promise<void> {
      if (looks.length === 0) return
      await db.raw(
        `with looked as (select * from unnest(cast(:ids as bigint[]), cast(:found as boolean[])) as l (id, found)),
           counted as (update run_items i set looks = looks + 1 from looked
             where i.tenant_id = :tenantId and i.run_id = :runId and i.id = looked.id and not looked.found)
         insert into person_events (tenant_id, run_id, item_id, at, what, found)
         select cast(:tenantId as uuid), cast(:runId as uuid), id, cast(:at as timestamptz), 'looked', found from looked`,
        { ids: looks.map(({ itemId }) => itemId), found: looks.map(({ found }) => found), tenantId, runId, at },
      )
    },

    /** Notes what is doubtful about records that were written: by their ids on the target. */
    async remark(runId: string, remarks: ReadonlyMap<string, string>): Promise<void> {
      const rows = [...remarks].map(([target, reason]) => ({ target, reason }))
      await db.raw(
        `update run_items i set reason = r.reason from jsonb_to_recordset(?::jsonb) as r(target text, reason text)
         where i.tenant_id = ? and i.run_id = ? and i.target_id = r.target and i.outcome = 'succeeded'`,
        [JSON.stringify(rows), tenantId, runId],
      )
    },
  }
}

export type PendingItemStore = ReturnType<typeof createPendingItemStore>
