import type { Knex } from 'knex'
import { oneAtATime } from '../platform/one-at-a-time.js'
import type { Sealer } from '../platform/seal.js'
import type { Approval, ApprovalMode, ApprovalRule, Confirmed, NextRule } from './approval.js'
import type { ApprovalState, Run } from './run.js'

interface RuleRow {
  flow: string
  mode: ApprovalMode
  next_mode: ApprovalMode | null
  next_by: string | null
  next_by_name: string | null
  next_at: Date | null
  next_from: Date | null
}

const ruleOf = ({ flow, mode, ...next }: RuleRow): ApprovalRule => ({
  flow,
  mode,
  next:
    next.next_mode && next.next_by && next.next_at && next.next_from
      ? {
          mode: next.next_mode,
          adminId: next.next_by,
          adminName: next.next_by_name ?? '',
          at: next.next_at,
          from: next.next_from,
        }
      : null,
})

const NO_NEXT = { next_mode: null, next_by: null, next_at: null, next_from: null }

/** Which flows of a company ask for a second administrator. */
function rules(db: Knex, tenantId: string) {
  const rows = (connector: string) =>
    db('approval_rules as rule')
      .leftJoin('admins', 'admins.id', 'rule.next_by')
      .where({ 'rule.tenant_id': tenantId, 'rule.connector': connector })
      .select('rule.*', 'admins.name as next_by_name')
  const save = async (connector: string, flow: string, values: Readonly<Record<string, unknown>>): Promise<void> => {
    await db('approval_rules')
      .insert({ tenant_id: tenantId, connector, flow, ...values })
      .onConflict(['tenant_id', 'connector', 'flow'])
      .merge(values)
  }

  return {
    async rules(connector: string): Promise<ApprovalRule[]> {
      return ((await rows(connector)) as RuleRow[]).map(ruleOf)
    },

    async rule(connector: string, flow: string): Promise<ApprovalRule | null> {
      const [row] = (await rows(connector).where({ flow })) as RuleRow[]
      return row ? ruleOf(row) : null
    },

    /** Those who change a rule, and a run that asks for it, take turns. */
    lockRules: (connector: string) => oneAtATime(db, 'approval_rules', tenantId, connector),

    /** Holds from now on; what was asked for before is dropped. */
    setRule: (connector: string, flow: string, mode: ApprovalMode, adminId: string, now: Date): Promise<void> =>
      save(connector, flow, { mode, updated_by: adminId, updated_at: now, ...NO_NEXT }),

    /** Asks for a weaker rule; the one that holds stays until then. */
    async askRule(
      connector: string,
      flow: string,
      { mode, now, next }: { mode: ApprovalMode; now: Date; next: Omit<NextRule, 'adminName' | 'at'> },
    ) {
      await save(connector, flow, {
        mode,
        updated_by: next.adminId,
        updated_at: now,
        next_mode: next.mode,
        next_by: next.adminId,
        next_at: now,
        next_from: next.from,
      })
    },
  }
}

interface ApprovalRow {
  id: string
  run_id: string
  revision: number
  mark: string
  confirmation: Confirmed
  state: ApprovalState
  requested_by: string
  requested_by_name: string
  requested_at: Date
  expires_at: Date
  decided_by: string | null
  decided_by_name: string | null
  decided_at: Date | null
  comment: string | null
}

/** What a comment is sealed with. */
const placeOf = (tenantId: string) => `${tenantId}|approvals.comment`

/** What was asked about runs, and what came of it. */
function requests(db: Knex, tenantId: string, sealer: Sealer) {
  const rows = () =>
    db('approvals')
      .join('admins as asker', 'asker.id', 'approvals.requested_by')
      .leftJoin('admins as decider', 'decider.id', 'approvals.decided_by')
      .where({ 'approvals.tenant_id': tenantId })
      .select('approvals.*', 'asker.name as requested_by_name', 'decider.name as decided_by_name')
  const approvalOf = (row: ApprovalRow): Approval => ({
    id: row.id,
    runId: row.run_id,
    revision: row.revision,
    mark: row.mark,
    confirmation: row.confirmation,
    state: row.state,
    requestedBy: row.requested_by,
    requestedByName: row.requested_by_name,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    decidedBy: row.decided_by,
    decidedByName: row.decided_by_name,
    decidedAt: row.decided_at,
    comment: row.comment === null ? null : sealer.open(row.comment, placeOf(tenantId), row.id),
  })

  return {
    /** What was asked last about a run. */
    async latest(runId: string): Promise<Approval | null> {
      const row = (await rows().where({ run_id: runId }).orderBy('approvals.requested_at', 'desc').first()) as
        ApprovalRow | undefined
      return row ? approvalOf(row) : null
    },

    async find(id: string): Promise<Approval | null> {
      const row = (await rows().where({ 'approvals.id': id }).first()) as ApprovalRow | undefined
      return row ? approvalOf(row) : null
    },

    /** As `latest`; whoever decides waits here for whoever does already. The caller holds the run. */
    async lockLatest(runId: string): Promise<Approval | null> {
      await db('approvals').where({ tenant_id: tenantId, run_id: runId }).forUpdate().select('id')
      return this.latest(runId)
    },

    /** Another administrator has agreed to this plan. */
    async isApproved({ id, revision }: Pick<Run, 'id' | 'revision'>): Promise<boolean> {
      const row: unknown = await db('approvals')
        .where({ tenant_id: tenantId, run_id: id, revision, state: 'approved' })
        .first('id')
      return row !== undefined
    },
  }
}

/** What a dashboard says of them. */
function lately(db: Knex, tenantId: string) {
  return {
    /**
     * The runs of a connector whose last request is this administrator's and has ended within a day without anybody's
     * agreement, by whatever but their own hand; the newest comes first. Not those that were begun all the same, nor where
     * whoever asked has done anything since: to the run (as 操作履歴 tells), or by a newer run of the flow that they have
     * asked about or begun.
     */
    async unanswered(connector: string, adminId: string, now: Date): Promise<{ runId: string; requestedAt: Date }[]> {
      const { rows } = await db.raw<{ rows: { runId: string; requestedAt: Date }[] }>(
        `select run_id as "runId", requested_at as "requestedAt" from (
           select distinct on (a.run_id) a.run_id, a.state, a.requested_by, a.requested_at, r.flow, r.queued_at, r.published_at,
             case when a.state = 'open' then a.expires_at else a.decided_at end as ended_at
           from approvals a join runs r on r.id = a.run_id
           where a.tenant_id = :tenantId and r.connector = :connector
             and a.requested_at > :now::timestamptz - interval '2 days'
           order by a.run_id, a.requested_at desc) last
         where requested_by = :adminId and state not in ('approved', 'withdrawn')
           and ended_at > :now::timestamptz - interval '1 day' and ended_at <= :now
           and queued_at is null and published_at is null
           and not exists (select from audit_events e
             where e.tenant_id = :tenantId and e.run_id = last.run_id and e.admin_id = last.requested_by
               and starts_with(e.act, 'run.') and e.id > (select max(asked.id) from audit_events asked
                 where asked.tenant_id = :tenantId and asked.run_id = last.run_id and asked.act = 'run.asked'))
           and not exists (select from runs other
             where other.tenant_id = :tenantId and other.connector = :connector and other.flow = last.flow
               and other.created_at > last.ended_at
               and (other.admin_id = last.requested_by
                   and coalesce(other.queued_at, other.published_at) is not null
                 or exists (select from approvals newer where newer.run_id = other.id
                   and newer.requested_by = last.requested_by)))
         order by ended_at desc`,
        { tenantId, connector, adminId, now },
      )
      return rows
    },

    /** Runs of a connector that wait for another administrator, the oldest request first. */
    async waiting(connector: string, now: Date): Promise<{ runId: string; requestedBy: string }[]> {
      return (await db('approvals')
        .join('runs', 'runs.id', 'approvals.run_id')
        .where({ 'approvals.tenant_id': tenantId, 'approvals.state': 'open', 'runs.connector': connector })
        .where('approvals.expires_at', '>', now)
        .orderBy('approvals.requested_at')
        .select('approvals.run_id as runId', 'approvals.requested_by as requestedBy')) as {
        runId: string
        requestedBy: string
      }[]
    },
  }
}

/** A request's beginning and end. */
function changes(db: Knex, tenantId: string, sealer: Sealer) {
  return {
    /** The new request's id. */
    async ask(
      run: Pick<Run, 'id' | 'revision'>,
      order: { mark: string; confirmation: Confirmed; adminId: string; now: Date; expiresAt: Date },
    ): Promise<string> {
      // One whose time is over stands in nobody's way.
      await db('approvals')
        .where({ tenant_id: tenantId, run_id: run.id, state: 'open' })
        .where('expires_at', '<=', order.now)
        .update({ state: 'expired', decided_at: order.now })
      const [row] = (await db('approvals')
        .insert({
          tenant_id: tenantId,
          run_id: run.id,
          revision: run.revision,
          mark: order.mark,
          confirmation: JSON.stringify(order.confirmation),
          requested_by: order.adminId,
          requested_at: order.now,
          expires_at: order.expiresAt,
        })
        .returning('id')) as { id: string }[]
      if (!row) throw new Error('insert returned no approval')
      return row.id
    },

    /** Ends an open request; false: it has ended already. */
    async decide(
      id: string,
      state: Exclude<ApprovalState, 'open'>,
      { adminId, now, comment = null }: { adminId: string | null; now: Date; comment?: string | null },
    ): Promise<boolean> {
      const sealed = comment === null ? null : sealer.seal(comment, placeOf(tenantId), id)
      const values = { state, decided_by: adminId, decided_at: now, comment: sealed }
      return (await db('approvals').where({ tenant_id: tenantId, id, state: 'open' }).update(values)) === 1
    },
  }
}

/** 承認: the rules, and what was asked and decided. */
export const createApprovalStore = (db: Knex, tenantId: string, sealer: Sealer) => ({
  ...rules(db, tenantId),
  ...requests(db, tenantId, sealer),
  ...lately(db, tenantId),
  ...changes(db, tenantId, sealer),
})

export type ApprovalStore = ReturnType<typeof createApprovalStore>
