import type { Knex } from 'knex'
import type { AccountRef } from '../connections/connection.store.js'

/** A record of a service; its 社員番号 is kept for some time alone. */
interface PairedRecord {
  id: string
  key: string | null
}

/** What became of a person's pair in a service; see migrations/053_pair_changes.ts. */
export interface PairChange {
  at: Date
  connector: string
  /** null: not known */
  by: string | null
  /** null: by hand, or not known */
  runId: string | null
  /** null: there was none */
  before: PairedRecord | null
  /** null: the pair has ended */
  after: PairedRecord | null
}

/** A change of a pair: when, by whom, and what 社員番号 the records of the service have. */
export interface PairChanged {
  at: Date
  /** by hand */
  adminId?: string
  runId?: string
  beforeKey?: string | null
  afterKey?: string | null
}

/** A row of `links` that is one no more. */
export interface OldLink {
  service_id: string
  dead: boolean
  created_at: Date
  admin_id: string | null
  run_id: string | null
}

/** Notes what becomes of pairs. */
export const pairTrail = (db: Knex, tenantId: string) => ({
  tell: async (
    { connector, accountId }: AccountRef,
    { smarthrId, before, after }: { smarthrId: string; before: OldLink | undefined; after: string | null },
    { at, adminId, runId, beforeKey, afterKey }: PairChanged,
  ): Promise<void> => {
    await db('pair_changes').insert({
      tenant_id: tenantId,
      connector,
      account_id: accountId,
      smarthr_id: smarthrId,
      at,
      admin_id: adminId ?? null,
      run_id: runId ?? null,
      before_id: before?.service_id ?? null,
      before_key: (before && beforeKey) ?? null,
      before_since: before?.created_at ?? null,
      before_admin_id: before?.admin_id ?? null,
      before_run_id: before?.run_id ?? null,
      after_id: after,
      after_key: afterKey ?? null,
    })
  },

  /** 社員番号 in what is told of pairs is kept as long as the people of a run that ended then. Returns how many. */
  forgetKeys: (changedBefore: Date): Promise<number> =>
    db('pair_changes')
      .where({ tenant_id: tenantId })
      .where('at', '<', changedBefore)
      .whereRaw('(before_key is not null or after_key is not null)')
      .update({ before_key: null, after_key: null }),
})

interface Row {
  at: Date
  connector: string
  accountId: string
  by: string | null
  runId: string | null
  beforeId: string | null
  beforeKey: string | null
  beforeSince: Date | null
  beforeBy: string | null
  beforeRunId: string | null
  afterId: string | null
  afterKey: string | null
}

const recordOf = (id: string | null, key: string | null): PairedRecord | null => (id === null ? null : { id, key })

/** A person's pairs that are others by now, and how they became so. */
export const pairChanges = (db: Knex, tenantId: string) => ({
  /**
   * All changes of a person's pairs, the newest first, each by hand or by a run that found a record gone. The pair of
   * before the first change is told as one more, since `links` no longer knows who had made it.
   */
  async pairChanges(crewId: string): Promise<PairChange[]> {
    const { rows } = await db.raw<{ rows: Row[] }>(
      `select p.at, p.connector, p.account_id as "accountId", coalesce(byhand.name, starter.name) as by,
         p.run_id as "runId", p.before_id as "beforeId", p.before_key as "beforeKey", p.before_since as "beforeSince",
         coalesce(old_byhand.name, old_starter.name) as "beforeBy", p.before_run_id as "beforeRunId",
         p.after_id as "afterId", p.after_key as "afterKey"
       from pair_changes p
         left join admins byhand on byhand.id = p.admin_id
         left join runs on runs.tenant_id = :tenantId and runs.id = p.run_id
         left join admins starter on starter.id = runs.admin_id
         left join admins old_byhand on old_byhand.id = p.before_admin_id
         left join runs old_runs on old_runs.tenant_id = :tenantId and old_runs.id = p.before_run_id
         left join admins old_starter on old_starter.id = old_runs.admin_id
       where p.tenant_id = :tenantId and p.smarthr_id = :crewId order by p.id`,
      { tenantId, crewId },
    )
    const last = new Map<string, string | null>()
    const told = rows.flatMap((row): PairChange[] => {
      const { at, connector, by, runId } = row
      const account = JSON.stringify([connector, row.accountId])
      const isTold = last.get(account) === row.beforeId
      last.set(account, row.afterId)
      const before = recordOf(row.beforeId, row.beforeKey)
      const change = { at, connector, by, runId, before, after: recordOf(row.afterId, row.afterKey) }
      return row.beforeSince === null || isTold
        ? [change]
        : [
            { ...change, at: row.beforeSince, by: row.beforeBy, runId: row.beforeRunId, before: null, after: before },
            change,
          ]
    })
    return told.reverse().sort((a, b) => b.at.getTime() - a.at.getTime())
  },
})
