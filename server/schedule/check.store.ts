import type { Knex } from 'knex'
import type { Choice } from '../contract/contract.js'

export type CheckState = 'reading' | 'done' | 'failed' | 'missed' | 'put_off'

/** One check of a schedule, in numbers. */
export interface Check {
  id: string
  scheduleId: string
  runId: string | null
  /** the time by the rule; null: worked out again after a run */
  slotAt: Date | null
  begunAt: Date
  endedAt: Date | null
  state: CheckState
  new: number
  changed: number
  /** how many of both fail as they are, as the plan knows */
  doomed: number
  same: number
  excluded: number
  /** how many people each field changes for, by its id */
  fields: Readonly<Record<string, number>>
  fingerprint: string | null
  /** 自動で同期: what was found is being written, or waits for an administrator (確認待ち) */
  automatic: 'started' | 'held' | null
  /** why there is no figure; of one that is held, why it has not begun */
  cause: string | null
}

/** Who differs, each with a hash of what, by the source's id. */
export type Marks = Readonly<Record<string, string>>

/** What has become of the run that a check reads by. */
export interface CheckRun {
  check: Check
  firstRead: Marks | null
  state: string
  failure: string | null
  differing: Marks | null
  jobStands: boolean
}

const columns: Readonly<Record<keyof Check, string>> = {
  id: 'checks.id',
  scheduleId: 'checks.schedule_id',
  runId: 'checks.run_id',
  slotAt: 'checks.slot_at',
  begunAt: 'checks.begun_at',
  endedAt: 'checks.ended_at',
  state: 'checks.state',
  new: 'checks.new_count',
  changed: 'checks.changed_count',
  doomed: 'checks.doomed_count',
  same: 'checks.same_count',
  excluded: 'checks.excluded_count',
  fields: 'checks.fields',
  fingerprint: 'checks.fingerprint',
  automatic: 'checks.automatic',
  cause: 'checks.cause',
}

/** What was chosen for a run. */
export interface LastChoices {
  omit: readonly string[]
  options: Readonly<Record<string, Choice>>
}

/** A run was started, and is over. */
const ENDED = ['succeeded', 'partly_failed', 'failed', 'aborted', 'expired']

/** A run that writes, or is about to. */
const ACTING = ['queued', 'running']

/** States that say how it is; a check that was put off says nothing. */
const TOLD: readonly CheckState[] = ['done', 'failed', 'missed']

/** Runs and items of checks, as far as a check's end touches them. */
function theirRuns(db: Knex, tenantId: string) {
  return {
    /** The checks under way, each with where its run stands. */
    async underWay(scheduleId?: string): Promise<CheckRun[]> {
      const rows = (await db('checks')
        .leftJoin('runs', 'runs.id', 'checks.run_id')
        .where({
          'checks.tenant_id': tenantId,
          'checks.state': 'reading',
          ...(scheduleId && { schedule_id: scheduleId }),
        })
        .select(columns, {
          firstRead: 'checks.first_read',
          runState: 'runs.state',
          failure: 'runs.failure',
          differing: 'runs.differing',
        })
        .select(db.raw(`job_stands('check.fetch:' || runs.id) as "jobStands"`))) as (Check & {
        firstRead: Marks | null
        runState: string | null
        failure: string | null
        differing: Marks | null
        jobStands: boolean
      })[]
      return rows.map(({ firstRead, runState, failure, differing, jobStands, ...check }) => ({
        check,
        firstRead,
        state: runState ?? 'cancelled',
        failure,
        differing,
        jobStands,
      }))
    },

    /** Whether somebody's run of the connection reads or writes: it goes first. */
    async isBusy(connectionId: string): Promise<boolean> {
      const row: unknown = await db('runs')
        .where({ tenant_id: tenantId, connection_id: connectionId, published_at: null })
        .whereIn('state', ['fetching', 'queued', 'running'])
        .first('id')
      return row !== undefined
    },
  }
}

/** Plans of checks, and whose they become. */
function theirPlans(db: Knex, tenantId: string) {
  return {
    /**
     * Plans of checks that nobody went on with: of earlier ones, or out of date. One that is to be gone on with stays
     * longer, as long as there is a next check.
     */
    async drop(
      runs: { of: string; but: string | null } | { shownSince: Date; keptSince: Date },
      now: Date,
    ): Promise<void> {
      const query = db('runs').where({ tenant_id: tenantId, state: 'checked' })
      if ('shownSince' in runs) {
        const kept = db('checks')
          .join('schedules', 'schedules.id', 'checks.schedule_id')
          .where({ 'checks.tenant_id': tenantId, 'schedules.paused': null })
          .whereNot({ 'schedules.mode': 'notify' })
          .whereRaw('checks.run_id = runs.id')
        void query
          .where('fetched_at', '<', runs.shownSince)
          .where(old => old.where('fetched_at', '<', runs.keptSince).orWhereNotExists(kept.select(db.raw('1'))))
      } else {
        const earlier = db('checks').where({ tenant_id: tenantId, schedule_id: runs.of }).whereNotNull('run_id')
        void query.whereIn('id', earlier.select('run_id'))
        if (runs.but !== null) void query.whereNot({ id: runs.but })
      }
      await query.update({ state: 'cancelled', ended_at: now, differing: null })
    },

    /**
     * Somebody goes on with a check's plan, and has a day for it: it is theirs now. False: it is gone, out of date, or
     * somebody was faster.
     */
    async take(
      runId: string,
      {
        adminId,
        readSince,
        now,
        automatic = false,
      }: { adminId: string; readSince: Date; now: Date; automatic?: boolean },
    ): Promise<boolean> {
      const changed = await db('runs')
        .where({ tenant_id: tenantId, id: runId, state: 'checked' })
        .where('fetched_at', '>=', readSince)
        .update({ state: 'ready', admin_id: adminId, differing: null, opened_at: now, automatic })
      return changed === 1
    },

    /** A plan that was taken goes back to the check, in the same transaction. */
    async giveBack(runId: string): Promise<void> {
      await db('runs')
        .where({ tenant_id: tenantId, id: runId, state: 'ready' })
        .update({ state: 'checked', opened_at: null, automatic: false })
    },
  }
}

/** Runs of before, as far as a check goes by them. Those of one person alone say nothing of the flow. */
function runsBefore(db: Knex, tenantId: string) {
  const ofFlow = (connectionId: string, flow: string) =>
    db('runs').where({ tenant_id: tenantId, connection_id: connectionId, flow, person: null, undo_of: null })
  return {
    /** The area that the flow's last run worked in. */
    async lastArea(connectionId: string, flow: string): Promise<Choice | null> {
      const row = (await ofFlow(connectionId, flow)
        .whereNotNull('area')
        .orderBy('created_at', 'desc')
        .first('area')) as { area: Choice } | undefined
      return row?.area ?? null
    },

    /** What was chosen for the flow's last run that somebody started: fields that were left out, values for new people. */
    async lastChoices(connectionId: string, flow: string): Promise<LastChoices> {
      const started = () => ofFlow(connectionId, flow).whereNotNull('queued_at').orderBy('queued_at', 'desc')
      const last = (await started().where({ automatic: false }).first('omit')) as { omit: string[] } | undefined
      const chosen = (await started().whereRaw(`options <> '{}'`).first('options')) as
        Pick<LastChoices, 'options'> | undefined
      return { omit: last?.omit ?? [], options: chosen?.options ?? {} }
    },

    /** How many runs that somebody chose the people of have ended without a failure, one after the other, the last ones. */
    async wellInARow(connectionId: string, flow: string, most: number): Promise<number> {
      const account = db('connections').where({ tenant_id: tenantId, id: connectionId })
      const same = db('connections')
        .where({ tenant_id: tenantId })
        .whereIn(['connector', 'account_id'], account.select('connector', 'account_id'))
      const states = (await db('runs')
        .where({ tenant_id: tenantId, flow, person: null, undo_of: null, retry_of: null })
        .where({ automatic: false, at_once: false })
        .whereIn('connection_id', same.select('id'))
        .whereNotNull('queued_at')
        .whereIn('state', ENDED)
        .orderBy('queued_at', 'desc')
        .limit(most)
        .pluck('state')) as string[]
      const failed = states.findIndex(state => state !== 'succeeded')
      return failed === -1 ? states.length : failed
    },

    /**
     * Whether the flow was run since then, whoever has begun it, so that what was read then says nothing of now: it is on
     * still, or it is over.
     */
    async ranSince(connector: string, flow: string, since: Date): Promise<'on' | 'over' | null> {
      const states = (await db('runs')
        .where({ tenant_id: tenantId, connector, flow })
        .whereNotNull('queued_at')
        .where(run => run.whereIn('state', ACTING).orWhere('ended_at', '>', since))
        .pluck('state')) as string[]
      if (states.length === 0) return null
      return states.some(state => ACTING.includes(state)) ? 'on' : 'over'
    },

    /** The last run that checks have started since then, where it did not end well; else null. */
    async failedByItself(connector: string, flow: string, since: Date): Promise<string | null> {
      const row = (await db('runs')
        .where({ tenant_id: tenantId, connector, flow, automatic: true })
        .whereNotNull('queued_at')
        .whereIn('state', ENDED)
        .where('ended_at', '>=', since)
        .orderBy('queued_at', 'desc')
        .first('id', 'state')) as { id: string; state: string } | undefined
      return row && row.state !== 'succeeded' ? row.id : null
    },
  }
}

/** What was checked, and what became of it. */
export function createCheckStore(db: Knex, tenantId: string) {
  const checks = () => db('checks').where({ 'checks.tenant_id': tenantId })

  return {
    ...theirRuns(db, tenantId),
    ...theirPlans(db, tenantId),
    ...runsBefore(db, tenantId),

    async begin(check: Pick<Check, 'scheduleId' | 'slotAt' | 'begunAt'> & { runId: string }): Promise<void> {
      await db('checks').insert({
        tenant_id: tenantId,
        schedule_id: check.scheduleId,
        run_id: check.runId,
        slot_at: check.slotAt,
        begun_at: check.begunAt,
        state: 'reading',
      })
    },

    /** One that never began, or could not. */
    async add(
      check: Pick<Check, 'scheduleId' | 'slotAt'> & { state: 'failed' | 'missed'; cause: string; now: Date },
    ): Promise<void> {
      await db('checks').insert({
        tenant_id: tenantId,
        schedule_id: check.scheduleId,
        slot_at: check.slotAt,
        begun_at: check.now,
        ended_at: check.now,
        state: check.state,
        cause: check.cause,
      })
    },

    /** It ended; the counts are those of its run's plan. */
    async end(
      id: string,
      {
        now,
        ...end
      }: {
        state: CheckState
        now: Date
        fingerprint?: string
        cause?: string
        automatic?: NonNullable<Check['automatic']>
      },
    ): Promise<void> {
      await checks()
        .where({ id })
        .update({ ...end, ended_at: now, first_read: null })
      if (end.state !== 'done') return
      await db.raw(
        `update checks k set new_count = r.new_count, changed_count = r.changed_count, same_count = r.same_count,
           excluded_count = r.excluded_count, doomed_count = coalesce((r.tallies ->> 'doomed')::int, 0),
           fields = coalesce(r.tallies -> 'fields', '{}')
         from runs r where k.tenant_id = ? and k.id = ? and r.id = k.run_id`,
        [tenantId, id],
      )
    },

    /** Those who differed at the first reading. */
    async keepFirst(id: string, marks: Marks): Promise<void> {
      await checks()
        .where({ id })
        .update({ first_read: JSON.stringify(marks) })
    },

    /** The newest of each schedule that say how it is, newest first; `byRule`: without those after a run. */
    async latest(scheduleId: string, limit: number, { byRule = false } = {}): Promise<Check[]> {
      return (await checks()
        .where({ schedule_id: scheduleId })
        .whereIn('state', TOLD)
        .modify(told => void (byRule && told.whereNotNull('slot_at')))
        .orderBy('begun_at', 'desc')
        .limit(limit)
        .select(columns)) as Check[]
    },

    async ofRun(runId: string): Promise<Check | null> {
      const [check] = (await checks().where({ run_id: runId }).select(columns)) as Check[]
      return check ?? null
    },

    async forget(before: Date): Promise<void> {
      await checks().where('begun_at', '<', before).delete()
    },
  }
}

export type CheckStore = ReturnType<typeof createCheckStore>
