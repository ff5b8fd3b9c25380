import type { Knex } from 'knex'
import type { TakenNames } from './payroll-names.js'

/** The payroll in SmartHR that a run's payslips are written into. */
export function createPayrollStore(db: Knex, tenantId: string) {
  return {
    /** Names of the payrolls that a company's runs have made, or are about to. */
    async names(): Promise<TakenNames> {
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
    async intend(id: string, lease: string, before: readonly string[]): Promise<boolean> {
      const changed = await db('runs')
        .where({ tenant_id: tenantId, id, lease, state: 'running' })
        .update({ group_intent: JSON.stringify(before) })
      return changed === 1
    },

    /** The like payrolls that were there before ours was ordered; null: it was not ordered yet. */
    async intent(id: string): Promise<string[] | null> {
      const row = (await db('runs').where({ tenant_id: tenantId, id }).first('group_intent')) as
        { group_intent: string[] | null } | undefined
      return row?.group_intent ?? null
    },

    /** The payslips that all runs have written into this payroll. */
    async payslipsIn(groupId: string): Promise<string[]> {
      const runs = await db('runs').where({ tenant_id: tenantId, group_id: groupId }).pluck<string[]>('id')
      return db('run_results')
        .where({ tenant_id: tenantId })
        .whereRaw('run_id = any(?::uuid[])', [runs])
        .whereNotNull('target_id')
        .pluck<string[]>('target_id')
    },

    /** Whether a run is at work that writes, or will, into this payroll. */
    async isInUse(groupId: string): Promise<boolean> {
      const row: unknown = await db('runs')
        .where({ tenant_id: tenantId, group_id: groupId })
        .whereIn('state', ['queued', 'running'])
        .first('id')
      return row !== undefined
    },

    /** The payroll was removed: the runs that have written into it have none any more. */
    async takenBack(groupId: string, now: Date): Promise<void> {
      await db('runs')
        .where({ tenant_id: tenantId, group_id: groupId })
        .update({ group_id: null, group_intent: null, taken_back_at: now })
    },

    /** The payroll of the run; null: there is none (any more). */
    async keep(id: string, groupId: string | null): Promise<void> {
      await db('runs').where({ tenant_id: tenantId, id }).update({ group_id: groupId, group_intent: null })
    },
  }
}

export type PayrollStore = ReturnType<typeof createPayrollStore>
