import type { Knex } from 'knex'
import { WAS_SENT } from './item.rows.js'
import { openSince, runRows } from './run.rows.js'
import type { Run } from './run.js'

/** More people than this are 1,000名以上. */
export const MOST = 1_000

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
    /** Counted up to `MOST` and one more: a report of 100,000 people waits for no count. */
    async written({ id, counts }: Pick<Run, 'id' | 'counts'>): Promise<Written> {
      const some = async (of: 'changed' | 'new'): Promise<number> => {
        if (counts[of] === 0) return 0
        const sent = db('run_items')
          .where({ tenant_id: tenantId, run_id: id, selected: true, class: of })
          .whereRaw(WAS_SENT)
          .limit(MOST + 1)
          .select('id')
        const row = (await db.from(sent.as('sent')).count('* as n').first()) as { n: number } | undefined
        return Number(row?.n ?? 0)
      }
      return { changed: await some('changed'), registered: await some('new') }
    },

    /** The last run that has taken this one back, or is about to. */
    undoneBy: async (runId: string): Promise<Run | null> =>
      (await undone(runId).whereNotNull('queued_at').first()) ?? null,

    /** The administrator's own that is being read, or was begun since then: the same button pressed once more. */
    pressed: async (runId: string, adminId: string, since: Date): Promise<Run | null> =>
      (await undone(runId).where({ admin_id: adminId }).where(openSince(since)).first()) ?? null,
  }
}

export type UndoStore = ReturnType<typeof createUndoStore>
