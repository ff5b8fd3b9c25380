import type { Knex } from 'knex'

/** Runs that are over or were given up, and people that are kept no longer. */
export function createOldRunStore(db: Knex, tenantId: string) {
  const items = (runId: string) => db('run_items').where({ tenant_id: tenantId, run_id: runId })

  return {
    /** Ends plans that were not confirmed in time, and drafts that were left. Returns the ids. */
    async expire(readyBefore: Date, draftBefore: Date, now: Date): Promise<string[]> {
      const rows = (await db('runs')
        .where({ tenant_id: tenantId })
        .where(query =>
          query
            .where(ready =>
              ready
                .where({ state: 'ready' })
                .whereRaw('coalesce(opened_at, fetched_at) < ?', [readyBefore])
                // Another administrator is asked, and has a day of their own.
                .whereNotExists(
                  db('approvals')
                    .whereRaw('approvals.run_id = runs.id')
                    .where({ state: 'open' })
                    .where('expires_at', '>', now),
                ),
            )
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
      await db('runs')
        .where({ tenant_id: tenantId, id })
        // what the release before has stored holds all that was said
        .update({
          people_deleted_at: now,
          said: null,
          facets: null,
          failure: db.raw(`reason_to_keep(failure, '', '', '')`),
        })
    },

    /** Deletes what is personal; ids, outcomes, and reasons that name nobody, stay. */
    async deletePeople(runId: string): Promise<void> {
      await items(runId).whereNull('outcome').delete()
      await items(runId).update({
        reason: db.raw('reason_to_keep(reason, key, name, kana)'),
        key: '',
        name: '',
        kana: '',
        department: '',
        crew_department: null,
        employment_type: null,
        search: '',
        // 変更者一覧 names the fields that were written for longer than it names people
        changed_fields: db.raw(`case outcome when 'succeeded' then changed_fields else '{}' end`),
        sealed: null,
        said: null,
        guard: null,
        unwritable: 0,
      })
    },
  }
}

export type OldRunStore = ReturnType<typeof createOldRunStore>
