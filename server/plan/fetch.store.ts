import type { Knex } from 'knex'
import type { Choice } from '../contract/contract.js'
import { NO_RULES, type RunRules } from '../contract/field-rules.js'
import type { ChosenKey } from '../contract/flow-keys.js'
import type { FrozenScope } from '../contract/scope.js'
import type { ItemKind } from '../contract/statement.js'
import type { RunTables } from '../contract/value-tables.js'
import type { Clearance } from '../runs/approval.js'
import { chosenInRows } from '../runs/chosen.js'
import type { Heads } from './heads.js'
import { facetsInRows } from '../runs/facets.js'
import { ofChecks, readingStates, type ItemClass, type Run, type Shortfall } from '../runs/run.js'
import { changeIn } from '../runs/run.rows.js'
import type { NewRun } from '../runs/run.store.js'

export interface PlanCounts extends Record<ItemClass, number> {
  leftOut: number
}

const countsOf = (counts: PlanCounts) => ({
  new_count: counts.new,
  changed_count: counts.changed,
  same_count: counts.same,
  excluded_count: counts.excluded,
  left_out_count: counts.leftOut,
})

const UNIQUE_VIOLATION = '23505'

/** What a run is read by. */
export interface FetchOrder {
  referenceDate: string | null
  area: Choice | null
  settings: Readonly<Record<string, string>>
  /** fields to leave out from now on; absent: those that were left out before */
  omit?: readonly string[]
  /** 項目の設定, as they are now */
  rules: RunRules | null
  /** by what people are told apart, as it is chosen now */
  key: ChosenKey
  /** 対象範囲, as it is now; null: everybody */
  scope: FrozenScope | null
  /** 対応表, as they are now */
  tables: RunTables | null
  /** it is a check: the plan is nobody's to confirm */
  isCheck?: boolean
  now: Date
}

/** A plan by tables has rules, too, at least empty ones: the release before does not begin it (migrations/044_value_tables.ts). */
const frozen = ({ rules, tables }: FetchOrder) => {
  const held = tables === null ? rules : (rules ?? NO_RULES)
  return { field_rules: held && JSON.stringify(held), value_tables: tables && JSON.stringify(tables) }
}

/** Whether the reading of the run goes by tables. */
const TABLED = 'value_tables is not null and value_tables_of = revision'

/** Both sides are read. */
function reading(db: Knex, tenantId: string) {
  const change = changeIn(db, tenantId)
  return {
    /**
     * Starts (or starts over) reading both sides, with the settings as they are now; false when the run is no longer
     * before 同期.
     */
    begin: (id: string, order: FetchOrder) =>
      change(id, order.isCheck ? ['draft', ...ofChecks] : ['draft', 'ready', 'failed'], {
        state: order.isCheck ? 'checking' : 'fetching',
        reference_date: order.referenceDate,
        area: order.area && JSON.stringify(order.area),
        settings: JSON.stringify(order.settings),
        options: '{}',
        ...(order.omit && { omit: [...order.omit] }),
        ...frozen(order),
        field_rules_of: db.raw('revision + 1'),
        key_by: order.key,
        key_of: db.raw('revision + 1'),
        scope: order.scope && JSON.stringify(order.scope.scope),
        scope_sealed: order.scope?.sealed ?? null,
        value_tables_of: db.raw('revision + 1'),
        new_items: '[]',
        fetch_begun_at: order.now,
        read_from: db.raw('clock_timestamp()'),
        source_listed: null,
        target_listed: null,
        shortfalls: '[]',
        revision: db.raw('revision + 1'),
        fetched: 0,
        fetch_total: null,
        planned: null,
        attempts: 0,
        failure: null,
        said: null,
        ended_at: null,
        waiting_until: null,
        waiting_reason: null,
        lease: null,
      }),

    /**
     * A run by one click: reads, plans and writes without another question. Null when one of this flow is on already
     * (a unique index decides).
     */
    async beginAtOnce(run: NewRun): Promise<string | null> {
      try {
        return await db.transaction(async trx => {
          const [row] = (await trx('runs')
            .insert({
              tenant_id: tenantId,
              connection_id: run.connectionId,
              connector: run.connector,
              flow: run.flow,
              admin_id: run.adminId,
              state: 'fetching',
              at_once: true,
              created_at: run.now,
              fetch_begun_at: run.now,
              read_from: db.raw('clock_timestamp()'),
              queued_at: run.now,
            })
            .returning('id')) as { id: string }[]
          return row?.id ?? null
        })
      } catch (error) {
        if ((error as { code?: string }).code === UNIQUE_VIOLATION) return null
        throw error
      }
    },

    /** So many people were stored at once: the database is to find each of them by an index (migrations/032_known_days.ts). */
    async know(id: string, people: number): Promise<void> {
      if (people >= MANY) await db.raw('select know_run(?)', [id])
    },

    async progress(id: string, fetched: number, total: number | null): Promise<boolean> {
      return change(id, readingStates, {
        fetched,
        fetch_total: total,
        planned: null,
        waiting_until: null,
        waiting_reason: null,
      })
    },

    /** So many of the people that were listed are compared. */
    planning: (id: string, planned: number): Promise<boolean> => change(id, readingStates, { planned }),
  }
}

/** What a plan has gone by: the release before makes plans without these. */
const planMarks = (db: Knex) =>
  Object.fromEntries([
    ...['omitted_revision', 'keyed_revision', 'scoped_revision'].map(mark => [mark, db.raw('revision')] as const),
    // A plan by tables can't be started by the release before, which knows the rules alone.
    ['ruled_revision', db.raw(`case when not (${TABLED}) then revision end`)] as const,
    ['tabled_revision', db.raw(`case when ${TABLED} then revision end`)] as const,
  ])

interface PlanEnd {
  newItems: readonly { name: string; kind: ItemKind }[]
  now: Date
  heldBack?: boolean
  /** made from what another run has written */
  undoes?: boolean
  heads?: Heads | null
  /** of a check: what differs of each person, as a hash */
  differing?: Readonly<Record<string, string>>
}

/** What is counted once of a plan, as it is stored. */
const talliesOf = (db: Knex, tenantId: string) => {
  const taken = (which: string) => `count(*) filter (where ${which} and not blocked and not own_tick and not doomed)`
  return (runId: string) =>
    db.raw(
      `(select jsonb_build_object(
          'takeable', jsonb_build_object('new', ${taken("class = 'new'")}, 'changed', ${taken("class = 'changed'")}),
          'ownTicks', count(*) filter (where class in ('new', 'changed') and not blocked and own_tick),
          'doomed', count(*) filter (where doomed),
          'fields', (select coalesce(jsonb_object_agg(field, people), '{}') from (
            select field, count(*) as people from run_items, unnest(changed_fields) as field
            where tenant_id = :tenantId and run_id = :runId and class = 'changed' group by field) as counted))
        from run_items where tenant_id = :tenantId and run_id = :runId)`,
      { tenantId, runId },
    )
}

/** What a check has come to. */
function ofCheck(db: Knex, tenantId: string) {
  const change = changeIn(db, tenantId)
  const tallies = talliesOf(db, tenantId)
  return {
    /** Some of a check's plan were taken out of it. */
    recounted: (id: string) =>
      change(id, ['checked'], {
        new_count: db.raw(`(select count(*) from run_items where tenant_id = ? and run_id = ? and class = 'new')`, [
          tenantId,
          id,
        ]),
        changed_count: db.raw(
          `(select count(*) from run_items where tenant_id = ? and run_id = ? and class = 'changed')`,
          [tenantId, id],
        ),
        tallies: tallies(id),
        chosen: chosenInRows(db, tenantId, id),
        facets: facetsInRows(db, tenantId, id),
      }),
  }
}

/** What the plan has come to. */
function plans(db: Knex, tenantId: string) {
  const change = changeIn(db, tenantId)
  const tallies = talliesOf(db, tenantId)
  return {
    /** `heldBack`: begun by one click, and waits for an administrator all the same. */
    planned: (
      { id, omit }: Pick<Run, 'id' | 'omit'>,
      counts: PlanCounts,
      { newItems, now, heldBack = false, undoes = false, heads = null, differing }: PlanEnd,
    ) =>
      change(id, readingStates, {
        ...(heldBack && { queued_at: null }),
        ...countsOf(counts),
        ...(differing && { differing: JSON.stringify(differing), differing_revision: db.raw('revision') }),
        state: differing ? 'checked' : 'ready',
        lease: null,
        new_items: JSON.stringify(newItems),
        tallies: tallies(id),
        chosen: chosenInRows(db, tenantId, id),
        ticks: db.raw('ticks + 1'),
        ticked: null,
        facets: facetsInRows(db, tenantId, id),
        omitted: [...omit],
        ...planMarks(db),
        table_heads: heads && JSON.stringify(heads),
        ...(undoes && { undone_revision: db.raw('revision') }),
        fetched_at: now,
      }),

    /** The plan of a run by one click: everybody who can be written is, at once. */
    plannedAtOnce: (
      id: string,
      counts: PlanCounts,
      { selected, clearance, now }: { selected: number; clearance: Clearance; now: Date },
    ) =>
      change(id, ['fetching'], {
        ...countsOf(counts),
        cleared_revision: clearance.cleared_revision,
        state: 'queued',
        fetched_at: now,
        selected_count: selected,
      }),

    /**
     * Keeps how many people each side listed. Returns what the last plan of the same flow, connection and area counted
     * that was not doubtful or was confirmed; null: there is none.
     */
    async listed(
      run: Run,
      now: { source: number; target: number },
    ): Promise<{ source: number; target: number } | null> {
      await db('runs')
        .where({ tenant_id: tenantId, id: run.id })
        .update({ source_listed: now.source, target_listed: now.target })
      const row = (await db('runs')
        .where({ tenant_id: tenantId, connection_id: run.connectionId, flow: run.flow })
        .whereNot({ id: run.id })
        .whereRaw(`coalesce(area ->> 'value', '') = ?`, [run.area?.value ?? ''])
        .whereNotNull('source_listed')
        .where(trusted => trusted.whereRaw(`shortfalls = '[]'`).orWhereNotNull('queued_at'))
        .orderByRaw('read_from desc nulls last')
        .first('source_listed as source', 'target_listed as target')) as { source: number; target: number } | undefined
      return row ?? null
    },

    /** Sides that listed far fewer people than before: 同期 asks for a confirmation. */
    async keepShortfalls(id: string, shortfalls: readonly Shortfall[]): Promise<void> {
      await db('runs')
        .where({ tenant_id: tenantId, id })
        .update({ shortfalls: JSON.stringify(shortfalls) })
    },
  }
}

/** From so many people on, a side is not looked through for each of them. */
const MANY = 1_000

/** How far a run's reading of both sides has got, and what its plan has come to. */
export const createFetchStore = (db: Knex, tenantId: string) => ({
  ...reading(db, tenantId),
  ...plans(db, tenantId),
  ...ofCheck(db, tenantId),
})

export type FetchStore = ReturnType<typeof createFetchStore>
