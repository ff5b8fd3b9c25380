import type { Knex } from 'knex'
import { runRows } from './run.rows.js'
import type { Run } from './run.js'

/** Whom a run has written to its target. */
export interface Written {
  /** … or may have */
  changed: number
  registered: number
}

/** What the taking back of a run asks. */
export function createUndoStore(db: Knex, tenantId: string) {
  const undone = (runId: string) => runRows(db, tenantId).where({ undo_of: runId }).orderBy('runs.created_at', 'desc')
  return {
    async written(runId: string): Promise<Written> {
      const row = (await db('run_items')
        .where({ tenant_id: tenantId, run_id: runId, selected: true })
        .whereRaw(`(outcome in ('succeeded', 'unconfirmed') or (outcome = 'failed' and intent_at is not null))`)
        .first(
          db.raw(`count(*) filter (where class = 'changed')::int as changed`),
          db.raw(`count(*) filter (where class = 'new')::int as registered`),
        )) as Written | undefined
      return row ?? { changed: 0, registered: 0 }
    },

    /** The last run that has taken this one back, or is about to. */
    undoneBy: async (runId: string): Promise<Run | null> =>
      (await undone(runId).whereNotNull('queued_at').first()) ?? null,

    /** The administrator's own that is being read, or was begun since then: the same button pressed once more. */
    pressed: async (runId: string, adminId: string, since: Date): Promise<Run | null> =>
      (await undone(runId)
        .where({ admin_id: adminId })
        .where(open =>
          open
            .where({ state: 'fetching' })
            .orWhere(read => read.where({ state: 'ready' }).where('runs.created_at', '>', since)),
        )
        .first()) ?? null,
  }
}

export type UndoStore = ReturnType<typeof createUndoStore>
