import type { Knex } from 'knex'
import type { AccountRef } from '../connections/connection.store.js'
import type { LinkPair } from './link.store.js'

/** What a run notes at a time of its writes. */
export interface WriteNotes {
  runId: string
  /** see run.store claim() */
  lease: string
  now: Date
  /** the items whose writes are about to be sent, and when each was last looked for in vain; null: it was not */
  intents: readonly { itemId: string; lookedAt: Date | null }[]
  /** the records that creates have made, by their items */
  made: readonly { itemId: string; targetId: string }[]
  account: AccountRef
  /** to be remembered */
  pairs: readonly LinkPair[]
}

/**
 * Stores all of it, or nothing, in one statement. Null: nothing, since another worker has the run, or an item was created
 * or settled meanwhile. Else whether all pairs were new: what stands in the way of one is asked apart.
 */
export type NoteWrites = (tenantId: string, notes: WriteNotes) => Promise<{ allNew: boolean } | null>

/** See migrations 037 and 047_person_events. */
const NOT_OURS = 'RK001'

export const createNoteWrites =
  (db: Knex): NoteWrites =>
  async (tenantId, { runId, lease, now, intents, made, account, pairs }) => {
    try {
      const { rows } = await db.raw<{ rows: { added: number }[] }>(
        `select note_writes(?, ?, ?, ?, ?::bigint[], ?::bigint[], ?::text[], ?, ?, ?::text[], ?::text[],
           ?::timestamptz[]) as added`,
        [
          tenantId,
          runId,
          lease,
          now,
          intents.map(({ itemId }) => itemId),
          made.map(({ itemId }) => itemId),
          made.map(({ targetId }) => targetId),
          account.connector,
          account.accountId,
          pairs.map(({ smarthrId }) => smarthrId),
          pairs.map(({ serviceId }) => serviceId),
          // knex's types know no array with null in it
          intents.map(({ lookedAt }) => lookedAt?.toISOString() ?? null) as string[],
        ],
      )
      return { allNew: rows[0]?.added === pairs.length }
    } catch (error) {
      if ((error as { code?: string }).code === NOT_OURS) return null
      throw error
    }
  }
