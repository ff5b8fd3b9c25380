import type { Knex } from 'knex'
import type { Choice, Period } from '../contract/contract.js'
import type { ItemKind } from '../contract/statement.js'
import { credentialsSealer, type Credentials } from '../platform/credentials.js'
import type { Sealer } from '../platform/seal.js'
import type { TakenNames } from '../payslips/payslips.js'
import { type ItemClass, type RepeatedOutcome, type Run, type RunState, type Shortfall } from './run.js'

interface RunRow {
  id: string
  tenant_id: string
  connection_id: string
  connector: string
  flow: string
  admin_id: string
  admin_name: string
  admin_email: string
  state: RunState
  revision: number
  reference_date: string | null
  retry_of: string | null
  retry_outcome: RepeatedOutcome | null
  fetched: number
  fetch_total: number | null
  new_count: number
  changed_count: number
  same_count: number
  excluded_count: number
  left_out_count: number
  selected_count: number
  succeeded_count: number
  failed_count: number
  attempts: number
  waiting_until: Date | null
  waiting_reason: string | null
  cancel_requested_at: Date | null
  failure: string | null
  created_at: Date
  fetch_begun_at: Date | null
  fetched_at: Date | null
  settings: Record<string, string>
  options: Record<string, Choice>
  area: Choice | null
  period: Period | null
  group_id: string | null
  new_items: { name: string; kind: ItemKind }[]
  shortfalls: Shortfall[]
  at_once: boolean
  published_at: Date | null
  pulled_count: number
  pulled_at: Date | null
  pulled_with_name: string | null
  queued_at: Date | null
  started_at: Date | null
  ended_at: Date | null
  people_deleted_at: Date | null
}

const fromRow = (row: RunRow): Run => ({
  id: row.id,
  tenantId: row.tenant_id,
  connectionId: row.connection_id,
  connector: row.connector,
  flow: row.flow,
  adminId: row.admin_id,
  adminName: row.admin_name,
  adminEmail: row.admin_email,
  state: row.state,
  revision: row.revision,
  referenceDate: row.reference_date,
  retryOf: row.retry_of,
  retryOutcome: row.retry_outcome,
  fetched: row.fetched,
  fetchTotal: row.fetch_total,
  counts: {
    new: row.new_count,
    changed: row.changed_count,
    same: row.same_count,
    excluded: row.excluded_count,
    leftOut: row.left_out_count,
  },
  selectedCount: row.selected_count,
  succeededCount: row.succeeded_count,
  failedCount: row.failed_count,
  attempts: row.attempts,
  waitingUntil: row.waiting_until,
  waitingReason: row.waiting_reason,
  cancelRequestedAt: row.cancel_requested_at,
  failure: row.failure,
  createdAt: row.created_at,
  fetchBegunAt: row.fetch_begun_at,
  fetchedAt: row.fetched_at,
  settings: row.settings,
  options: row.options,
  area: row.area,
  period: row.period,
  groupId: row.group_id,
  newItems: row.new_items,
  shortfalls: row.shortfalls,
  atOnce: row.at_once,
  publishedAt: row.published_at,
  pulledCount: row.pulled_count,
  pulledAt: row.pulled_at,
  pulledWith: row.pulled_with_name,
  queuedAt: row.queued_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  peopleDeletedAt: row.people_deleted_at,
})

export interface NewRun {
  connectionId: string
  connector: string
  flow: string
  adminId: string
  referenceDate?: string
  area?: Choice
  period?: Period
  /** where the run it repeats wrote into */
  groupId?: string
  retryOf?: string
  retryOutcome?: RepeatedOutcome
  now: Date
}

export interface RunFilter {
  states?: readonly RunState[]
  flow?: string
  /** runs created before this instant: the key of the last row of the page before */
  before?: { createdAt: Date; id: string }
}

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

/** Runs. Every change of state is one conditional update, so that the second of two clicks finds nothing to do. */
export function createRunStore(db: Knex, tenantId: string, sealer: Sealer) {
  const sealed = credentialsSealer(sealer, 'runs.session')
  const runs = () =>
    db('runs')
      .join('admins', 'admins.id', 'runs.admin_id')
      .where('runs.tenant_id', tenantId)
      .select(
        'runs.*',
        'admins.name as admin_name',
        'admins.email as admin_email',
        db.raw('(select t.name from access_tokens t where t.id = runs.pulled_with) as pulled_with_name'),
      )

  const change = async (id: string, from: readonly RunState[], values: Record<string, unknown>) =>
    (await db('runs').where({ tenant_id: tenantId, id }).whereIn('state', from).update(values)) === 1

  return {
    async create(run: NewRun): Promise<string> {
      const [row] = (await db('runs')
        .insert({
          tenant_id: tenantId,
          connection_id: run.connectionId,
          connector: run.connector,
          flow: run.flow,
          admin_id: run.adminId,
          reference_date: run.referenceDate ?? null,
          area: run.area ? JSON.stringify(run.area) : null,
          period: run.period ? JSON.stringify(run.period) : null,
          group_id: run.groupId ?? null,
          retry_of: run.retryOf ?? null,
          retry_outcome: run.retryOutcome ?? null,
          state: 'draft',
          created_at: run.now,
        })
        .returning('id')) as { id: string }[]
      if (!row) throw new Error('insert returned no run')
      return row.id
    },

    /**
     * A run by one click: reads, plans and writes without another question. Null when one of this flow is on already
     * (a unique index decides).
     */
    async createAtOnce(run: NewRun): Promise<string | null> {
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

    /** The plan of a run by one click: everybody who can be written is, at once. */
    plannedAtOnce: (id: string, counts: PlanCounts, selected: number, now: Date) =>
      change(id, ['fetching'], {
        ...countsOf(counts),
        state: 'queued',
        fetched_at: now,
        selected_count: selected,
      }),

    async find(id: string): Promise<Run | null> {
      const row = (await runs().where('runs.id', id).first()) as RunRow | undefined
      return row ? fromRow(row) : null
    },

    /** As `find`, holding the row until the transaction ends: selection and start take turns. */
    async lock(id: string): Promise<Run | null> {
      await db('runs').where({ tenant_id: tenantId, id }).forUpdate().first('id')
      return this.find(id)
    },

    /**
     * Whether another run of the connection has written anything since this one began to read. The database's clock
     * decides, since those of two processes differ; runs of a release that did not note it yet go by their processes'.
     */
    async overtaken(run: Run): Promise<boolean> {
      const row: unknown = await db('runs as other')
        .join('runs as mine', 'mine.tenant_id', 'other.tenant_id')
        .where({ 'mine.tenant_id': tenantId, 'mine.id': run.id, 'other.connection_id': run.connectionId })
        .whereNot({ 'other.id': run.id })
        .where({ 'other.published_at': null })
        .whereNotNull('other.queued_at')
        .whereRaw(
          `coalesce(other.written_until, other.ended_at, 'infinity') > coalesce(mine.read_from, mine.fetch_begun_at)`,
        )
        .where('other.succeeded_count', '>', 0)
        .first('other.id')
      return row !== undefined
    },

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

    /** The admin's own untouched draft of a flow, so that opening the wizard again makes no second one. */
    async openDraft(connectionId: string, flow: string, adminId: string): Promise<Run | null> {
      const row = (await runs()
        .where({ connection_id: connectionId, flow, admin_id: adminId, state: 'draft', retry_of: null })
        .first()) as RunRow | undefined
      return row ? fromRow(row) : null
    },

    /** The run that is queued or running on this connection, if any; a snapshot on offer is not at work. */
    async active(connectionId: string): Promise<Run | null> {
      const row = (await runs()
        .where({ connection_id: connectionId, published_at: null })
        .where(on => on.whereIn('state', ['queued', 'running']).orWhere({ state: 'fetching', at_once: true }))
        .first()) as RunRow | undefined
      return row ? fromRow(row) : null
    },

    /** The run of a flow that is on, whoever of the company started it. */
    async activeOf(connector: string, flow: string): Promise<Run | null> {
      const row = (await runs()
        .where({ connector, flow, published_at: null })
        .where(on => on.whereIn('state', ['queued', 'running']).orWhere({ state: 'fetching', at_once: true }))
        .first()) as RunRow | undefined
      return row ? fromRow(row) : null
    },

    /** Newest first. Drafts and cancelled drafts are nobody's history. */
    async list(connector: string, filter: RunFilter, limit: number): Promise<Run[]> {
      const query = runs()
        .where({ connector })
        .whereNotIn('state', ['draft', 'cancelled'])
        .orderBy([
          { column: 'runs.created_at', order: 'desc' },
          { column: 'runs.id', order: 'desc' },
        ])
        .limit(limit)
      if (filter.states?.length) void query.whereIn('state', filter.states)
      if (filter.flow) void query.where({ flow: filter.flow })
      if (filter.before) {
        void query.whereRaw('(runs.created_at, runs.id) < (?, ?::uuid)', [filter.before.createdAt, filter.before.id])
      }
      return ((await query) as RunRow[]).map(fromRow)
    },

    /** Runs that were started (同期), newest first: the dashboard's history. */
    async history(connector: string, limit: number): Promise<Run[]> {
      const rows = (await runs()
        .where({ connector })
        .whereNotNull('queued_at')
        .orderBy('queued_at', 'desc')
        .limit(limit)) as RunRow[]
      return rows.map(fromRow)
    },

    /**
     * Starts (or starts over) reading both sides, with the settings as they are now; false when the run is no longer
     * before 同期.
     */
    beginFetch: (
      id: string,
      order: {
        referenceDate: string | null
        area: Choice | null
        settings: Readonly<Record<string, string>>
        now: Date
      },
    ) =>
      change(id, ['draft', 'ready', 'failed'], {
        state: 'fetching',
        reference_date: order.referenceDate,
        area: order.area && JSON.stringify(order.area),
        settings: JSON.stringify(order.settings),
        options: '{}',
        new_items: '[]',
        fetch_begun_at: order.now,
        read_from: db.raw('clock_timestamp()'),
        source_listed: null,
        target_listed: null,
        shortfalls: '[]',
        revision: db.raw('revision + 1'),
        fetched: 0,
        fetch_total: null,
        attempts: 0,
        failure: null,
        ended_at: null,
        waiting_until: null,
        waiting_reason: null,
      }),

    async fetchProgress(id: string, fetched: number, total: number | null): Promise<boolean> {
      return change(id, ['fetching'], {
        fetched,
        fetch_total: total,
        waiting_until: null,
        waiting_reason: null,
      })
    },

    planned: (id: string, counts: PlanCounts, newItems: readonly { name: string; kind: ItemKind }[], now: Date) =>
      change(id, ['fetching'], {
        ...countsOf(counts),
        state: 'ready',
        new_items: JSON.stringify(newItems),
        fetched_at: now,
      }),

    /** The days the records are for, typed on the wizard's first page. A plan made for other days is one no more. */
    choosePeriod: (id: string, period: Period) =>
      change(id, ['draft', 'ready', 'failed'], { period: JSON.stringify(period), state: 'draft' }),

    /** Names of the payrolls that a company's runs have made, or are about to. */
    async payrollNames(): Promise<TakenNames> {
      const rows: { admin: string; crew: string }[] = await db('runs')
        .where({ tenant_id: tenantId })
        .whereRaw(`options->'name_for_admin' is not null`)
        .where(on => on.whereNotNull('group_id').orWhereIn('state', ['queued', 'running']))
        .distinct(
          db.raw(`options->'name_for_admin'->>'value' as admin`),
          db.raw(`options->'name_for_crew'->>'value' as crew`),
        )
      return { admin: rows.map(row => row.admin), crew: rows.map(row => row.crew) }
    },

    /** Notes that a payroll is about to be made, and the like ones that are there already. */
    async intendGroup(id: string, lease: string, before: readonly string[]): Promise<boolean> {
      const changed = await db('runs')
        .where({ tenant_id: tenantId, id, lease, state: 'running' })
        .update({ group_intent: JSON.stringify(before) })
      return changed === 1
    },

    /** The like payrolls that were there before ours was ordered; null: it was not ordered yet. */
    async groupIntent(id: string): Promise<string[] | null> {
      const row = (await db('runs').where({ tenant_id: tenantId, id }).first('group_intent')) as
        { group_intent: string[] | null } | undefined
      return row?.group_intent ?? null
    },

    /** The payroll of the run; null: there is none (any more). */
    async keepGroup(id: string, groupId: string | null): Promise<void> {
      await db('runs').where({ tenant_id: tenantId, id }).update({ group_id: groupId, group_intent: null })
    },

    /**
     * 同期: ready → queued, if the page was drawn for this plan. False when it was not, or when another run of the
     * connection is on (a partial unique index decides).
     */
    async queue(
      id: string,
      order: {
        revision: number
        selected: number
        adminId: string
        options: Readonly<Record<string, Choice>>
        now: Date
      },
    ): Promise<boolean> {
      try {
        // a savepoint, so that the refused insert leaves the caller's transaction usable
        return await db.transaction(
          async trx =>
            (await trx('runs')
              .where({ tenant_id: tenantId, id, state: 'ready', revision: order.revision })
              .update({
                state: 'queued',
                queued_at: order.now,
                selected_count: order.selected,
                // Whoever presses 同期 is who started it, whoever prepared it.
                admin_id: order.adminId,
                options: JSON.stringify(order.options),
                attempts: 0,
              })) === 1,
        )
      } catch (error) {
        if ((error as { code?: string }).code === UNIQUE_VIOLATION) return false
        throw error
      }
    },

    /**
     * 公開: ready → running with a snapshot on offer, if the page was drawn for this plan. The caller has ended the one
     * before; a unique index allows no second.
     */
    publish: async (
      id: string,
      order: { revision: number; selected: number; adminId: string; publishedFor: string; now: Date },
    ): Promise<boolean> =>
      (await db('runs').where({ tenant_id: tenantId, id, state: 'ready', revision: order.revision }).update({
        state: 'running',
        queued_at: order.now,
        started_at: order.now,
        published_at: order.now,
        published_for: order.publishedFor,
        selected_count: order.selected,
        admin_id: order.adminId,
      })) === 1,

    /** The snapshots that are on offer: of a connection, or of one flow of it (one per year where it goes by years). */
    async published(connectionId: string, flow?: string): Promise<Run[]> {
      const rows = (await runs()
        .where({ connection_id: connectionId, 'runs.state': 'running', ...(flow !== undefined && { flow }) })
        .whereNotNull('published_at')) as RunRow[]
      return rows.map(fromRow)
    },

    /** Snapshots of a flow that have been on offer since before the given instant. */
    async publishedBefore(connector: string, flow: string, before: Date): Promise<string[]> {
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

    /** Makes the caller the one worker on this run; its lease is needed for every write. Null when there is nothing to do. */
    async claim(id: string, now: Date): Promise<string | null> {
      const [row] = (await db('runs')
        .where({ tenant_id: tenantId, id, published_at: null })
        .whereIn('state', ['queued', 'running'])
        .update({
          state: 'running',
          lease: db.raw('gen_random_uuid()'),
          started_at: db.raw('coalesce(started_at, ?)', [now]),
          waiting_until: null,
          waiting_reason: null,
        })
        .returning('lease')) as { lease: string }[]
      return row?.lease ?? null
    },

    /** Whether the lease still holds, and whether somebody asked to stop. */
    async check(id: string, lease: string): Promise<{ held: boolean; cancel: boolean }> {
      const row = (await db('runs')
        .where({ tenant_id: tenantId, id, lease, state: 'running' })
        .first('cancel_requested_at')) as { cancel_requested_at: Date | null } | undefined
      return { held: row !== undefined, cancel: row?.cancel_requested_at != null }
    },

    /** The run's log-in at the service; null when nobody is logged in. */
    async session(id: string): Promise<Credentials | null> {
      const row = (await db('runs').where({ tenant_id: tenantId, id }).first('session')) as
        { session: string | null } | undefined
      return row?.session ? sealed.open(tenantId, row.session) : null
    },

    async keepSession(id: string, credentials: Credentials | null): Promise<void> {
      await db('runs')
        .where({ tenant_id: tenantId, id })
        .update({ session: credentials && sealed.seal(tenantId, credentials) })
    },

    /** The area that was chosen last on this connection: the next page's preset. */
    async lastArea(connectionId: string): Promise<string | null> {
      const row = (await db('runs')
        .where({ tenant_id: tenantId, connection_id: connectionId })
        .whereNotNull('area')
        .orderBy('created_at', 'desc')
        .first('area')) as { area: Choice } | undefined
      return row?.area.value ?? null
    },

    /** The values chosen for everybody new, if the page was drawn for this plan. */
    chooseOptions: async (id: string, revision: number, options: Readonly<Record<string, Choice>>): Promise<boolean> =>
      (await db('runs')
        .where({ tenant_id: tenantId, id, state: 'ready', revision })
        .update({ options: JSON.stringify(options) })) === 1,

    /** Puts a run aside until `until`; returns how often in a row that has happened, waits that count. */
    async wait(
      id: string,
      { until, reason, counts }: { until: Date; reason: string; counts: boolean },
    ): Promise<number> {
      const [row] = (await db('runs')
        .where({ tenant_id: tenantId, id })
        .whereIn('state', ['fetching', 'running'])
        .update({
          waiting_until: until,
          waiting_reason: reason,
          attempts: counts ? db.raw('attempts + 1') : 0,
          lease: null,
        })
        .returning('attempts')) as { attempts: number }[]
      return row?.attempts ?? 0
    },

    /** Something went through: the count of waits in a row starts again. */
    async progressed(id: string, succeeded: number, failed: number): Promise<void> {
      await db('runs')
        .where({ tenant_id: tenantId, id })
        .update({
          succeeded_count: db.raw('succeeded_count + ?', [succeeded]),
          failed_count: db.raw('failed_count + ?', [failed]),
          attempts: 0,
        })
    },

    async end(id: string, state: RunState, now: Date, failure: string | null): Promise<boolean> {
      return change(id, ['fetching', 'queued', 'running'], {
        state,
        ended_at: now,
        written_until: db.raw('clock_timestamp()'),
        failure,
        lease: null,
        waiting_until: null,
        waiting_reason: null,
      })
    },

    /** キャンセル before 同期. */
    giveUp: (id: string, now: Date) =>
      change(id, ['draft', 'fetching', 'ready'], { state: 'cancelled', ended_at: now }),

    /** The connection is gone: what was being prepared on it leads nowhere any more. */
    async abandon(connectionId: string, now: Date): Promise<void> {
      await db('runs')
        // a run by one click was started, not prepared: it goes on to its end
        .where({ tenant_id: tenantId, connection_id: connectionId, at_once: false })
        .whereIn('state', ['draft', 'fetching', 'ready'])
        .update({ state: db.raw(`case state when 'draft' then 'cancelled' else 'aborted' end`), ended_at: now })
    },

    /** 中止: noticed by the worker before its next write. */
    requestCancel: (id: string, now: Date) =>
      change(id, ['queued', 'running'], {
        cancel_requested_at: db.raw('coalesce(cancel_requested_at, ?)', [now]),
      }),

    /** Plans nobody confirmed in time; drafts nobody came back to. Returns the ids. */
    async expire(readyBefore: Date, draftBefore: Date, now: Date): Promise<string[]> {
      const rows = (await db('runs')
        .where({ tenant_id: tenantId })
        .where(query =>
          query
            .where(ready => ready.where({ state: 'ready' }).where('fetched_at', '<', readyBefore))
            .orWhere(draft => draft.where({ state: 'draft' }).where('created_at', '<', draftBefore)),
        )
        .update({
          state: db.raw(`case state when 'draft' then 'cancelled' else 'expired' end`),
          ended_at: now,
        })
        .returning('id')) as { id: string }[]
      return rows.map(row => row.id)
    },

    /** Ended runs whose people are still stored although they ended before the given instant. */
    async withStalePeople(endedBefore: Date, limit: number): Promise<string[]> {
      const rows = (await db('runs')
        .where({ tenant_id: tenantId, people_deleted_at: null })
        .where(query => query.where('ended_at', '<', endedBefore).orWhere({ state: 'cancelled' }))
        .limit(limit)
        .select('id')) as { id: string }[]
      return rows.map(row => row.id)
    },

    async peopleDeleted(id: string, now: Date): Promise<void> {
      await db('runs').where({ tenant_id: tenantId, id }).update({ people_deleted_at: now })
    },
  }
}

export type RunStore = ReturnType<typeof createRunStore>
