import type { Knex } from 'knex'
import { changeIn, runRows } from './run.rows.js'
import {
  ofChecks,
  readingStates,
  type OnePerson,
  type RepeatedOutcome,
  type Run,
  type RunState,
  type Settled,
} from './run.js'
import type { Choice, Period } from '../contract/contract.js'
import type { Reason } from '../errors.js'
import type { Sealer } from '../platform/seal.js'
import { storedReason } from './stored-reason.js'

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
  omit?: readonly string[]
  retryOf?: string
  retryOutcome?: RepeatedOutcome
  /** the run whose changes it takes back */
  undoOf?: string
  person?: OnePerson
  now: Date
}

export interface RunFilter {
  states?: readonly RunState[]
  flow?: string
  /** only those with somebody whose write nobody could confirm */
  unconfirmed?: boolean
  /** only those that wait for another administrator (承認待ち) */
  asked?: boolean
  /** runs created before this instant: the key of the last row of the page before */
  before?: { createdAt: Date; id: string }
}

/** What a run's whole failure is sealed with; the clear column holds what of it may stay. */
const saidSeal = (tenantId: string) => `${tenantId}|runs.said`

/** One run, or those of a connector. */
function lists(db: Knex, tenantId: string, sealer: Sealer) {
  const runs = () => runRows(db, tenantId)
  return {
    async find(id: string): Promise<Run | null> {
      const row = (await runs().where('runs.id', id).first({ said: 'runs.said' })) as
        (Run & { said: string | null }) | undefined
      if (!row) return null
      const { said, ...run } = row
      return said === null ? run : { ...run, failure: sealer.open(said, saidSeal(tenantId), id) }
    },

    /** As `find`, holding the row until the transaction ends: selection and start take turns. */
    async lock(id: string): Promise<Run | null> {
      await db('runs').where({ tenant_id: tenantId, id }).forUpdate().first('id')
      return this.find(id)
    },

    /** The run that is queued or running on this connection, if any; a snapshot on offer is not at work. */
    async active(connectionId: string): Promise<Run | null> {
      return (
        (await runs()
          .where({ connection_id: connectionId, published_at: null })
          .where(on => on.whereIn('state', ['queued', 'running']).orWhere({ state: 'fetching', at_once: true }))
          .first()) ?? null
      )
    },

    /** The run of a flow that is on, by any administrator of the company. */
    async activeOf(connector: string, flow: string): Promise<Run | null> {
      return (
        (await runs()
          .where({ connector, flow, published_at: null })
          .where(on => on.whereIn('state', ['queued', 'running']).orWhere({ state: 'fetching', at_once: true }))
          .first()) ?? null
      )
    },

    /** Newest first. Drafts, cancelled drafts and checks are in no history. */
    async list(connector: string, filter: RunFilter, limit: number): Promise<Run[]> {
      const query = runs()
        .where({ connector })
        .whereNotIn('state', ['draft', 'cancelled', ...ofChecks])
        .orderBy([
          { column: 'runs.created_at', order: 'desc' },
          { column: 'runs.id', order: 'desc' },
        ])
        .limit(limit)
      if (filter.states?.length) void query.whereIn('state', filter.states)
      if (filter.flow) void query.where({ flow: filter.flow })
      if (filter.unconfirmed) void query.where('unconfirmed_count', '>', 0)
      if (filter.asked)
        void query
          .where('runs.state', 'ready')
          .whereExists(db('approvals').whereRaw(`approvals.run_id = runs.id and approvals.state = 'open'`))
      if (filter.before) {
        void query.whereRaw('(runs.created_at, runs.id) < (?, ?::uuid)', [filter.before.createdAt, filter.before.id])
      }
      return query
    },

    /** Runs that were started (同期), newest first: the dashboard's history. */
    async history(connector: string, limit: number): Promise<Run[]> {
      return runs().where({ connector }).whereNotNull('queued_at').orderBy('queued_at', 'desc').limit(limit)
    },
  }
}

/** A run before anything was asked or read. */
const draftOf = (run: NewRun) => ({
  connection_id: run.connectionId,
  connector: run.connector,
  flow: run.flow,
  admin_id: run.adminId,
  reference_date: run.referenceDate ?? null,
  area: run.area ? JSON.stringify(run.area) : null,
  period: run.period ? JSON.stringify(run.period) : null,
  group_id: run.groupId ?? null,
  omit: [...(run.omit ?? [])],
  retry_of: run.retryOf ?? null,
  retry_outcome: run.retryOutcome ?? null,
  undo_of: run.undoOf ?? null,
  person: run.person ? JSON.stringify(run.person) : null,
  state: 'draft',
  created_at: run.now,
})

/** From its first page to its end. */
function lifeCycle(db: Knex, tenantId: string, sealer: Sealer) {
  const change = changeIn(db, tenantId)
  return {
    async create(run: NewRun): Promise<string> {
      const [row] = (await db('runs')
        .insert({ tenant_id: tenantId, ...draftOf(run) })
        .returning('id')) as { id: string }[]
      if (!row) throw new Error('insert returned no run')
      return row.id
    },

    /** Puts a run aside until `until`; returns how often in a row that has happened, waits that count. */
    async wait(
      id: string,
      { until, reason, counts }: { until: Date; reason: string; counts: boolean },
    ): Promise<number> {
      const [row] = (await db('runs')
        .where({ tenant_id: tenantId, id })
        .whereIn('state', [...readingStates, 'running'])
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
    async progressed(id: string, { succeeded = 0, failed = 0, unconfirmed = 0 }: Partial<Settled>): Promise<void> {
      await db('runs')
        .where({ tenant_id: tenantId, id })
        .update({
          succeeded_count: db.raw('succeeded_count + ?', [succeeded]),
          failed_count: db.raw('failed_count + ?', [failed]),
          unconfirmed_count: db.raw('unconfirmed_count + ?', [unconfirmed]),
          attempts: 0,
        })
    },

    async end(id: string, state: RunState, now: Date, failure: Reason | null): Promise<boolean> {
      const { kept, sealed } = storedReason(failure)
      return change(id, [...readingStates, 'queued', 'running'], {
        state,
        ended_at: now,
        written_until: db.raw('clock_timestamp()'),
        failure: kept,
        said: sealed === null ? null : sealer.seal(sealed, saidSeal(tenantId), id),
        lease: null,
        waiting_until: null,
        waiting_reason: null,
      })
    },
  }
}

/** What an administrator, or the end of a connection, breaks off. */
function brokenOff(db: Knex, tenantId: string) {
  const change = changeIn(db, tenantId)
  return {
    /** キャンセル before 同期. */
    giveUp: (id: string, now: Date) =>
      change(id, ['draft', 'fetching', 'ready'], { state: 'cancelled', ended_at: now }),

    /** The connection is gone: runs that were being prepared on it end. */
    async abandon(connectionId: string, now: Date): Promise<void> {
      await db('runs')
        // a run by one click was started, not prepared: it goes on to its end
        .where({ tenant_id: tenantId, connection_id: connectionId })
        .where(prepared => prepared.where({ at_once: false }).orWhere({ state: 'ready' }))
        .whereIn('state', ['draft', 'fetching', 'ready', ...ofChecks])
        .update({
          state: db.raw(`case when state in ('fetching', 'ready') then 'aborted' else 'cancelled' end`),
          ended_at: now,
        })
    },

    /** 中止: noticed by the worker before its next write. */
    requestCancel: (id: string, now: Date) =>
      change(id, ['queued', 'running'], {
        cancel_requested_at: db.raw('coalesce(cancel_requested_at, ?)', [now]),
      }),
  }
}

/** One worker at a time. */
function leases(db: Knex, tenantId: string) {
  return {
    /** Makes the caller the one worker on this run; its lease is needed for every create. Null when there is nothing to do. */
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

    /** Makes the caller the one worker that reads for this run; gives its lease. Null when there is nothing to read. */
    async claimFetch(id: string): Promise<string | null> {
      const [row] = (await db('runs')
        .where({ tenant_id: tenantId, id })
        .whereIn('state', readingStates)
        .update({ lease: db.raw('gen_random_uuid()') })
        .returning('lease')) as { lease: string }[]
      return row?.lease ?? null
    },

    /** Whether the lease still holds; if so, nobody takes the run over before this transaction ends. */
    async hold(id: string, lease: string): Promise<boolean> {
      const row: unknown = await db('runs')
        .where({ tenant_id: tenantId, id, lease })
        .whereIn('state', [...readingStates, 'running'])
        .forUpdate()
        .first('id')
      return row !== undefined
    },

    /** Whether the lease still holds, and whether 中止 was asked for. */
    async check(id: string, lease: string): Promise<{ held: boolean; cancel: boolean }> {
      const row = (await db('runs')
        .where({ tenant_id: tenantId, id, lease, state: 'running' })
        .first('cancel_requested_at')) as { cancel_requested_at: Date | null } | undefined
      return { held: row !== undefined, cancel: row?.cancel_requested_at != null }
    },
  }
}

/** Runs. Every change of state is one conditional update, so that the second of two clicks finds nothing to do. */
export const createRunStore = (db: Knex, tenantId: string, sealer: Sealer) => ({
  ...lists(db, tenantId, sealer),
  ...lifeCycle(db, tenantId, sealer),
  ...brokenOff(db, tenantId),
  ...leases(db, tenantId),
})

export type RunStore = ReturnType<typeof createRunStore>
