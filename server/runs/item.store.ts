import type { Knex } from 'knex'
import { KeyMissing, type Sealer } from '../platform/seal.js'
import type { Reason } from '../errors.js'
import type { BegunReasons } from './reasons.js'
import { unwritableInReason } from './errors-csv.js'
import { itemReader, pageOf, type ItemPage, type Task } from './item.rows.js'
import { storedReason } from './stored-reason.js'
import { createSaid } from './said.js'
import type { Outcome, Settled } from './run.js'

export interface Result {
  itemId: string
  outcome: Outcome
  reason: Reason | null
}

/** What becomes of everybody who has no outcome when a run stops. */
export interface Rest {
  outcome: 'failed' | 'not_run'
  reason: Reason
}

/** A write was begun, and what became of it is not known. */
const UNKNOWN = 'intent_at is not null'

/** With which keys a person's values are sealed. The key beside them is read many times faster than the one within. */
const KEYS = `array_remove(array[coalesce(sealed_key, split_part(sealed, '.', 2)),
  coalesce(said_key, split_part(said, '.', 2))], null) as keys`

/** People whose keys are looked at before a file begins: the first of a run, and one at each of so many places of it. */
const LOOKED_AT_FIRST = 1_000
const LOOKED_AT_PLACES = 200

/** The people of a run; of a forgotten one what history keeps of them. */
const resultsOf = (db: Knex, tenantId: string, runId: string) =>
  db('run_results').where({ tenant_id: tenantId, run_id: runId })

/** It went through, and needs a look all the same. */
const remarked = (query: Knex.QueryBuilder) => void query.where({ outcome: 'succeeded' }).whereNotNull('reason')

/** … with outcomes: who has one of them, and who could take no part. */
const rowsOfFile = (items: Knex.QueryBuilder, outcomes?: readonly Outcome[]): Knex.QueryBuilder =>
  outcomes
    ? items.where(any => {
        void any.where(those => void those.where({ selected: true }).whereRaw('outcome = any(?)', [[...outcomes]]))
        void any.orWhere(those => {
          void those
            .where({ selected: false })
            .where(some => void some.where({ class: 'excluded' }).orWhere({ blocked: true }))
        })
      })
    : items

/** Who was chosen, and who was left out. */
function lists(db: Knex, tenantId: string, sealer: Sealer) {
  const items = (runId: string) => resultsOf(db, tenantId, runId)
  const read = itemReader(tenantId, sealer)
  return {
    /** The people who could not take part, or whose own tick was asked for and not given. */
    async left(runId: string, limit: number): Promise<{ items: Task[]; total: number }> {
      const theirs = () =>
        items(runId).where(any =>
          any.where({ class: 'excluded' }).orWhere({ own_tick: true, selected: false, blocked: false }),
        )
      const left = await read(
        theirs()
          .orderBy([{ column: 'key' }, { column: 'id' }])
          .limit(limit),
      )
      const row = (await theirs().count('* as n').first()) as { n: number }
      return { items: left, total: Number(row.n) }
    },

    /**
     * Everybody of a run that has read a file, by id, whether chosen or not: no row of the file is lost. With outcomes,
     * those who have one of them and those who could take no part.
     */
    async ofFile(
      runId: string,
      options: { after: string; limit: number; outcomes?: readonly Outcome[] | undefined },
    ): Promise<ItemPage> {
      const { after, limit, outcomes } = options
      const query = rowsOfFile(items(runId), outcomes)
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit + 1)
      return pageOf(await read(query), { limit, forward: true, goesOn: after !== '0' })
    },

    async countOfFile(runId: string, outcomes?: readonly Outcome[]): Promise<number> {
      const row = (await rowsOfFile(items(runId), outcomes).count('* as n').first()) as { n: number }
      return Number(row.n)
    },

    async selected(runId: string): Promise<{ total: number; new: number; changed: number }> {
      const row = (await items(runId)
        .where({ selected: true })
        .first(
          db.raw(`count(*)::int as total`),
          db.raw(`count(*) filter (where class = 'new')::int as new`),
          db.raw(`count(*) filter (where class = 'changed')::int as changed`),
        )) as { total: number; new: number; changed: number }
      return row
    },

    /**
     * The selected people for the confirm dialog or, with outcomes, the report; by id. `ready`: nobody of the run is
     * forgotten yet, so that one table has them all, in the order of its index.
     */
    async chosen(
      runId: string,
      options: {
        after?: string
        before?: string
        limit: number
        outcomes?: readonly (Outcome | null)[]
        remarked?: boolean
        /** only people of 差分あり whom this field changes for */
        field?: string | null
        ready?: true
      },
    ): Promise<ItemPage> {
      const forward = options.before === undefined
      const people = options.ready ? db('run_items').where({ tenant_id: tenantId, run_id: runId }) : items(runId)
      const query = people
        .where({ selected: true })
        .orderBy('id', forward ? 'asc' : 'desc')
        .limit(options.limit + 1)
      if (options.after !== undefined) void query.where('id', '>', options.after)
      if (options.before !== undefined) void query.where('id', '<', options.before)
      if (options.field) void query.whereRaw(`class = 'changed' and changed_fields @> array[?]`, [options.field])
      if (options.outcomes) {
        const named = options.outcomes.filter(outcome => outcome !== null)
        void query.where(any => {
          void any.whereRaw('outcome = any(?)', [named])
          if (options.outcomes?.includes(null)) void any.orWhereNull('outcome')
          if (options.remarked) void any.orWhere(remarked)
        })
      }
      const goesOn = (options.after ?? options.before) !== undefined
      return pageOf(await read(query), { limit: options.limit, forward, goesOn })
    },
  }
}

/** What became of them, in figures. */
function counts(db: Knex, tenantId: string, sealer: Sealer) {
  const items = (runId: string) => resultsOf(db, tenantId, runId)
  return {
    /** How many of the selected of a plan stand before one of them in `chosen`. */
    async chosenBefore(runId: string, id: string, field: string | null = null): Promise<number> {
      const query = db('run_items').where({ tenant_id: tenantId, run_id: runId, selected: true }).where('id', '<', id)
      if (field) void query.whereRaw(`class = 'changed' and changed_fields @> array[?]`, [field])
      const row = (await query.count('* as n').first()) as { n: number }
      return Number(row.n)
    },

    async countOutcomes(runId: string): Promise<Record<Outcome | 'pending', number>> {
      const rows: { outcome: Outcome | null; n: number }[] = await items(runId)
        .where({ selected: true })
        .groupBy('outcome')
        .select('outcome', db.raw('count(*)::int as n'))
      const counts = { succeeded: 0, failed: 0, unconfirmed: 0, not_run: 0, pending: 0 }
      for (const row of rows) counts[row.outcome ?? 'pending'] = row.n
      return counts
    },

    /**
     * Throws KeyMissing when people of the run were sealed with a key that is gone: asked before a file begins, so that a
     * page can say so. Of a big run's people those at so many places of it are looked at. Their keys lie in long stretches,
     * as they were sealed; a file that comes upon another one breaks off.
     */
    async openable(runId: string): Promise<void> {
      const { rows } = await db.raw<{ rows: { key: string }[] }>(
        `with theirs as not materialized (select * from run_items where tenant_id = :tenantId and run_id = :runId),
           looked as (
             (select ${KEYS} from theirs order by id limit :first)
             union all
             select found.* from (select min(id) as first, max(id) as last from theirs) as ends,
               generate_series(0, :places) as nth,
               lateral (select ${KEYS} from theirs
                 where id >= first + (last - first) * nth / :places order by id limit 1) as found)
         select key from looked, unnest(keys) as key where key <> all (:known) limit 1`,
        { tenantId, runId, first: LOOKED_AT_FIRST, places: LOOKED_AT_PLACES, known: [...sealer.keyIds] },
      )
      if (rows[0]) throw new KeyMissing(rows[0].key)
    },

    /** How many went through and need a look all the same. */
    async countRemarks(runId: string): Promise<number> {
      const row = (await items(runId).where(remarked).count('* as n').first()) as { n: number }
      return Number(row.n)
    },

    /** Signs of people's values and reasons that a file in Shift_JIS has no room for. */
    async countUnwritable(runId: string, whom: 'selected' | 'everybody'): Promise<{ all: number; failed: number }> {
      const rows: { failed: boolean; reason: string | null; n: number; signs: number }[] = await items(runId)
        .where(whom === 'selected' ? { selected: true } : {})
        .where(any => any.where('unwritable', '>', 0).orWhereNotNull('reason'))
        .groupByRaw('1, 2')
        .select(
          db.raw(
            `coalesce(outcome in ('failed', 'unconfirmed', 'not_run'), not selected and (class = 'excluded' or blocked))
               as failed`,
          ),
          // what is sealed was counted when it was
          db.raw('case when said is null then reason end as reason'),
          db.raw('count(*)::int as n'),
          db.raw('sum(unwritable)::int as signs'),
        )
      const counts = { all: 0, failed: 0 }
      for (const { failed, reason, n, signs } of rows) {
        const lost = signs + n * unwritableInReason(reason ?? '')
        counts.all += lost
        if (failed) counts.failed += lost
      }
      return counts
    },

    /** The fields that change for any selected person; with an outcome, for those who have it. */
    async changedFields(runId: string, outcome?: Outcome): Promise<string[]> {
      const rows: { field: string }[] = await items(runId)
        .where({ selected: true, ...(outcome && { outcome }) })
        .distinct(db.raw('unnest(changed_fields) as field'))
      return rows.map(row => row.field)
    },
  }
}

function settledOf(rows: readonly { outcome: Outcome }[]): Settled {
  const count = (outcome: Outcome) => rows.filter(row => row.outcome === outcome).length
  return { succeeded: count('succeeded'), failed: count('failed'), unconfirmed: count('unconfirmed') }
}

/** What became of each. */
function outcomes(db: Knex, tenantId: string, sealer: Sealer) {
  const items = (runId: string) => db('run_items').where({ tenant_id: tenantId, run_id: runId })
  const todo = (runId: string) => items(runId).where({ selected: true }).whereNull('outcome')
  const keepSaid = createSaid(db, tenantId, sealer)
  return {
    /** Stores outcomes; an item that has one keeps it. Returns how many have which now. */
    async settle(runId: string, results: readonly Result[], now: Date): Promise<Settled> {
      if (results.length === 0) return settledOf([])
      const reasons = new Map(results.map(({ itemId, reason }) => [itemId, storedReason(reason)]))
      const stored = results.map(({ itemId, outcome }) => ({ itemId, outcome, reason: reasons.get(itemId)?.kept }))
      const { rows } = (await db.raw(
        `update run_items i set outcome = r.outcome, reason = r.reason, applied_at = ?
         from jsonb_to_recordset(?::jsonb) as r("itemId" bigint, outcome text, reason text)
         where i.tenant_id = ? and i.run_id = ? and i.id = r."itemId" and i.outcome is null
         returning i.id, i.outcome`,
        [now, JSON.stringify(stored), tenantId, runId],
      )) as { rows: { id: number; outcome: Outcome }[] }
      await keepSaid(
        runId,
        rows.map(({ id }) => ({ id: String(id), whole: reasons.get(String(id))?.sealed ?? null })),
      )
      return settledOf(rows)
    },

    /**
     * Gives every selected item without an outcome the same one: the run stops here. A write that was begun has reasons
     * of its own: it may be, or is, there. Returns how many have which outcome now.
     */
    async settleRest(
      runId: string,
      { outcome, reason, begun }: Rest & { begun: BegunReasons },
      now: Date,
    ): Promise<Settled> {
      const [whole, doubtful, halfDone, halfChanged] = [
        storedReason(reason),
        storedReason(begun.doubtful),
        storedReason(begun.halfDone),
        storedReason(begun.halfChanged),
      ]
      const rows = (await todo(runId)
        .update({
          outcome: db.raw(`case when ${UNKNOWN} then ? else ? end`, ['unconfirmed', outcome]),
          reason: db.raw(
            `case when class = 'new' and target_id is not null then ? when intent_at is null then ?
                  when class = 'new' then ? else ? end`,
            [halfDone.kept, whole.kept, doubtful.kept, halfChanged.kept],
          ),
          applied_at: now,
        })
        .returning(['id', 'outcome', 'reason'])) as { id: number; outcome: Outcome; reason: string }[]
      const sealed = new Map([whole, doubtful, halfDone, halfChanged].map(({ kept, sealed }) => [kept, sealed]))
      await keepSaid(
        runId,
        rows.map(row => ({ id: String(row.id), whole: sealed.get(row.reason) ?? null })),
      )
      return settledOf(rows)
    },
  }
}

/** The people of a run: who was chosen, and what became of them. */
export const createItemStore = (db: Knex, tenantId: string, sealer: Sealer) => ({
  ...lists(db, tenantId, sealer),
  ...counts(db, tenantId, sealer),
  ...outcomes(db, tenantId, sealer),
})

export type ItemStore = ReturnType<typeof createItemStore>
