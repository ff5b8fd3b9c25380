import type { Knex } from 'knex'
import type { Sealer } from '../platform/seal.js'
import { itemReader, type Task } from './item.rows.js'
import { runRows } from './run.rows.js'
import type { Run } from './run.js'

/** Instants, half open. */
export interface Spell {
  from: Date
  until: Date
}

/** Those who were not there before a run, and those who were. */
export const writtenClasses = ['changed', 'new'] as const
export type WrittenClass = (typeof writtenClasses)[number]

/** A person who was written, and when. */
export interface WrittenItem extends Task {
  appliedAt: Date
}

/** Runs that are looked at for the end of a payroll's period: bonuses and payrolls of other groups lie between. */
const LOOKED_AT = 5

/** What a connector's runs have written. */
export function createChangeStore(db: Knex, tenantId: string, sealer: Sealer) {
  const read = itemReader(tenantId, sealer)
  const written = (runId: string) =>
    db('run_results').where({ tenant_id: tenantId, run_id: runId, outcome: 'succeeded' })

  return {
    /** The runs that have written anybody in this time, or may have: the newest first. */
    runs: async (connector: string, { from, until }: Spell): Promise<Run[]> =>
      runRows(db, tenantId)
        .where({ connector })
        .where('succeeded_count', '>', 0)
        .whereRaw('coalesce(started_at, queued_at, runs.created_at) < ?', [until])
        .where(ended => ended.whereNull('ended_at').orWhere('ended_at', '>=', from))
        .orderByRaw('coalesce(started_at, queued_at, runs.created_at) desc, runs.id desc'),

    /**
     * Whom a run has written in this time, the newest first, below the given id; of forgotten people what is kept.
     * `of`: the new or the changed alone; null: both.
     */
    async people(
      runId: string,
      { from, until, of }: Spell & { of: WrittenClass | null },
      { below, limit }: { below: string | null; limit: number },
    ): Promise<WrittenItem[]> {
      const query = written(runId)
        .where('applied_at', '>=', from)
        .where('applied_at', '<', until)
        .orderBy('id', 'desc')
        .limit(limit)
        .select({ appliedAt: 'applied_at' })
      if (of !== null) void query.where({ class: of })
      if (below !== null) void query.where('id', '<', below)
      return (await read(query)) as WrittenItem[]
    },

    /** How many these runs have written in this time, of each class; the same person counts in every run. */
    async counts(runIds: readonly string[], { from, until }: Spell): Promise<Readonly<Record<WrittenClass, number>>> {
      const rows = (await db('run_results')
        .where({ tenant_id: tenantId, outcome: 'succeeded' })
        .whereIn('run_id', runIds)
        .where('applied_at', '>=', from)
        .where('applied_at', '<', until)
        .groupBy('class')
        .select('class', db.raw('count(*)::int as people'))) as { class: string; people: number }[]
      const of = (name: WrittenClass) => rows.find(row => row.class === name)?.people ?? 0
      return { changed: of('changed'), new: of('new') }
    },

    /** The last day of the newest monthly payroll that one of these flows has brought; null: none, or it is forgotten. */
    async lastClose(connector: string, flows: readonly string[]): Promise<string | null> {
      if (flows.length === 0) return null
      const runs = await runRows(db, tenantId)
        .where({ connector, people_deleted_at: null })
        .whereIn('flow', flows)
        .where('succeeded_count', '>', 0)
        .orderBy('runs.created_at', 'desc')
        .limit(LOOKED_AT)
      for (const { id } of runs) {
        const [first] = await read(written(id).orderBy('id').limit(1))
        const group = first?.content.group
        if (group?.paymentType === 'salary') return group.periodEnd
      }
      return null
    },
  }
}

export type ChangeStore = ReturnType<typeof createChangeStore>
