import type { Knex } from 'knex'
import { oneAtATime } from '../platform/one-at-a-time.js'
import type { Sealer } from '../platform/seal.js'
import type { Fired, FieldCounts, GuardBase, GuardCounts } from './guard.js'
import { itemReader, type Task } from './item.rows.js'
import { isFollowUp, type Run } from './run.js'

/** People shown of each rule that fires. */
const EXAMPLES = 5

/** The selected people of a run, and each field of theirs that changes: what it was and what it will be, as digests. */
const CHOSEN = `
  chosen as (
    select id, class, changed_fields, guard from run_items
    where tenant_id = :tenantId and run_id = :runId and selected),
  held as (
    select c.id, v.key as field, v.value ->> 0 as was, v.value ->> 1 as will
    from chosen c, jsonb_each(c.guard -> 'values') v
    union all
    select id, 'account', guard -> 'account' ->> 0, guard -> 'account' ->> 1 from chosen where jsonb_exists(guard, 'account')),
  swapped as (
    select a.field, a.id as one, b.id as other
    from held a join held b on b.field = a.field and b.was = a.will and b.will = a.was and a.id < b.id
    where a.field = any(:unique) and a.was <> '' and a.will <> '' and a.was <> a.will),
  made_same as (
    select field, will, sum(people) - max(people) + 1 as differed
    from (select field, was, will, count(*) as people from held where will <> '' and field <> 'account'
      group by field, was, will) as each
    group by field, will)`

/** Whom a rule is about. */
const WHOM: Readonly<Record<Exclude<Fired['rule'], 'fewer'>, string>> = {
  sensitive: `select id from chosen where class = 'changed' and changed_fields && :fields`,
  blank: `select id from chosen where exists (
    select from jsonb_array_elements_text(guard -> 'blank') as blank where blank = any(:fields))`,
  updates: `select id from chosen where class = 'changed'`,
  first: `select id from chosen where class = 'changed'`,
  new: `select id from chosen where class = 'new'`,
  swap: `select one as id from swapped where field = any(:fields)
    union select other from swapped where field = any(:fields)`,
  same: `select h.id from held h join (
      select distinct on (field) field, will from made_same where field = any(:fields) order by field, differed desc
    ) as most on most.field = h.field and most.will = h.will`,
}

/** The last run of the same flow, connection and area that went through, at least in part. */
const lastSuccess = (db: Knex, tenantId: string, run: Run) =>
  db('runs')
    .where({ tenant_id: tenantId, connection_id: run.connectionId, flow: run.flow })
    .whereNot({ id: run.id })
    .whereRaw(`coalesce(area ->> 'value', '') = ?`, [run.area?.value ?? ''])
    .whereIn('state', ['succeeded', 'partly_failed'])
    .whereNotNull('source_listed')
    .orderByRaw('read_from desc nulls last')

/** The first people that a rule is about, as items of this run or of an earlier one. */
export interface Examples {
  runId: string
  ids: readonly number[]
}

/** What was counted of a choice. It holds for as long as the choice has this mark. */
export interface Counted {
  mark: string
  counts: GuardCounts
  /** of each rule that fired, as JSON: limits may have changed since */
  examples: Readonly<Record<string, Examples>>
}

/** What is counted, and who it is. */
function counting(db: Knex, tenantId: string, sealer: Sealer) {
  const read = itemReader(tenantId, sealer)
  return {
    /** The selected people in numbers. `unique`: fields that no two people have the same of. */
    async counts(runId: string, unique: readonly string[]): Promise<GuardCounts> {
      const { rows } = await db.raw<{ rows: GuardCounts[] }>(
        `with ${CHOSEN}
         select count(*) filter (where class = 'new')::int as new, count(*) filter (where class = 'changed')::int as changed,
           (select coalesce(jsonb_object_agg(field, n), '{}') from (
             select field, count(*) as n from chosen, unnest(changed_fields) as field where class = 'changed'
             group by field) as f) as fields,
           (select coalesce(jsonb_object_agg(field, n), '{}') from (
             select field, count(*) as n from chosen, jsonb_array_elements_text(guard -> 'blank') as field
             group by field) as b) as blanks,
           (select coalesce(jsonb_object_agg(field, n), '{}') from (
             select field, max(differed) as n from made_same group by field) as s) as same,
           (select coalesce(jsonb_object_agg(field, n), '{}') from (
             select field, count(*) as n from swapped group by field) as w) as swaps
         from chosen`,
        { tenantId, runId, unique: [...unique] },
      )
      return rows[0] ?? { new: 0, changed: 0, fields: {}, blanks: {}, same: {}, swaps: {} }
    },

    /** What the counts of a plan with so many people in scope are measured by. */
    async base(run: Run, inScope: number): Promise<GuardBase> {
      const row = (await db('runs')
        .where({ tenant_id: tenantId, id: run.id })
        .first({ source: 'source_listed', target: 'target_listed' })) as
        { source: number | null; target: number | null } | undefined
      const before = (await lastSuccess(db, tenantId, run).first({ source: 'source_listed' })) as
        { source: number } | undefined
      const written: unknown = await db('runs')
        .where({ tenant_id: tenantId, connection_id: run.connectionId })
        .whereNot({ id: run.id })
        .where('succeeded_count', '>', 0)
        .first('id')
      const now = row?.source ?? null
      return {
        inScope,
        atTarget: row?.target ?? null,
        source: before && now !== null ? { before: before.source, now } : null,
        first: written === undefined,
      }
    },

    /** The first people that a rule is about; of a shorter listing those of the last success who take no part now. */
    async examples(run: Run, { rule, ...fired }: Fired, unique: readonly string[]): Promise<Examples> {
      const first = (runId: string) =>
        db('run_items').where({ tenant_id: tenantId, run_id: runId }).orderBy('id').limit(EXAMPLES).pluck('id')
      if (rule !== 'fewer') {
        const fields: FieldCounts = 'fields' in fired ? fired.fields : {}
        const theirs = first(run.id).whereRaw(`id in (with ${CHOSEN} ${WHOM[rule]})`, {
          tenantId,
          runId: run.id,
          unique: [...unique],
          fields: Object.keys(fields),
        })
        return { runId: run.id, ids: (await theirs) as number[] }
      }
      const last = (await lastSuccess(db, tenantId, run).first('id')) as { id: string } | undefined
      // A repeat is about a few of them alone.
      if (!last || isFollowUp(run)) return { runId: run.id, ids: [] }
      const gone = first(last.id).whereNotExists(
        db('run_items as here')
          .where({ 'here.tenant_id': tenantId, 'here.run_id': run.id })
          .whereRaw('here.source_id = run_items.source_id')
          .select(db.raw('1')),
      )
      return { runId: last.id, ids: (await gone) as number[] }
    },

    people: ({ runId, ids }: Examples): Promise<Task[]> =>
      read(
        db('run_items')
          .where({ tenant_id: tenantId, run_id: runId })
          .whereRaw('id = any(?::bigint[])', [[...ids]])
          .orderBy('id'),
      ),
  }
}

/** The dialog is looked at page by page, and counting 100,000 people takes a second: what was counted is kept. */
function kept(db: Knex, tenantId: string) {
  const run = (id: string) => db('runs').where({ tenant_id: tenantId, id })
  return {
    /** What was counted of the choice with this mark. */
    async counted(runId: string, mark: string): Promise<Counted | null> {
      const row = (await run(runId).first('guarded')) as { guarded: Counted | null } | undefined
      return row?.guarded?.mark === mark ? row.guarded : null
    },

    keep: (runId: string, counted: Counted): Promise<number> => run(runId).update({ guarded: JSON.stringify(counted) }),
  }
}

/** A company's own limits. */
const limits = (db: Knex, tenantId: string) => ({
  /** Those who save limits take turns: what is looser is measured by what holds. */
  lockLimits: () => oneAtATime(db, 'guard_limits', tenantId),

  /** What the company has saved; nothing: the presets hold. */
  async saved(): Promise<Readonly<Record<string, unknown>>> {
    const row = (await db('guard_limits').where({ tenant_id: tenantId }).first('limits')) as
      { limits: Record<string, unknown> } | undefined
    return row?.limits ?? {}
  },

  async save(limits: Readonly<Record<string, number>>, adminId: string, now: Date): Promise<void> {
    const values = { limits: JSON.stringify(limits), updated_by: adminId, updated_at: now }
    await db('guard_limits')
      .insert({ tenant_id: tenantId, ...values })
      .onConflict('tenant_id')
      .merge(values)
  },
})

/** What the guard on dangerous changes counts, and what a company has set for it. Nothing sealed is opened to count. */
export const createGuardStore = (db: Knex, tenantId: string, sealer: Sealer) => ({
  ...counting(db, tenantId, sealer),
  ...kept(db, tenantId),
  ...limits(db, tenantId),
})

export type GuardStore = ReturnType<typeof createGuardStore>
