import type { Knex } from 'knex'
import { oneAtATime } from '../platform/one-at-a-time.js'
import type { Choice, Period } from '../contract/contract.js'
import type { Clearance } from '../runs/approval.js'
import { changeIn, openSince, runRows } from '../runs/run.rows.js'
import type { RepeatedOutcome, Run } from '../runs/run.js'

const UNIQUE_VIOLATION = '23505'

/** What a button that begins a run finds of an earlier press. */
function firstPresses(db: Knex, tenantId: string) {
  const runs = () => runRows(db, tenantId)

  return {
    /** The admin's own untouched draft of a flow, so that opening the wizard again makes no second one. */
    async openDraft(connectionId: string, flow: string, adminId: string): Promise<Run | null> {
      const mine = {
        connection_id: connectionId,
        flow,
        admin_id: adminId,
        state: 'draft',
        retry_of: null,
        undo_of: null,
        person: null,
      }
      return (await runs().where(mine).first()) ?? null
    },

    /** Whoever presses the same button at the same moment waits here until this transaction ends. */
    async oneAtATime(connectionId: string, flow: string, adminId: string): Promise<void> {
      await oneAtATime(db, connectionId, flow, adminId)
    },

    /**
     * The admin's own run of a flow whose two sides are being read for this date and 対象範囲 (null: everybody): the same
     * button pressed once more.
     */
    async beingRead(
      connectionId: string,
      flow: string,
      adminId: string,
      { referenceDate, scopeId }: { referenceDate: string; scopeId: string | null },
    ): Promise<Run | null> {
      const asked = { connection_id: connectionId, flow, admin_id: adminId, reference_date: referenceDate }
      return (
        (await runs()
          .where({ ...asked, state: 'fetching', retry_of: null, undo_of: null, person: null, at_once: false })
          .whereRaw(`coalesce(runs.scope ->> 'id', '') = ?`, [scopeId ?? ''])
          .first()) ?? null
      )
    },

    /** The admin's own run about this person alone that was begun since then: the same button pressed once more. */
    async checked(
      connectionId: string,
      flow: string,
      { adminId, crewId, since }: { adminId: string; crewId: string; since: Date },
    ): Promise<Run | null> {
      return (
        (await runs()
          .where({ connection_id: connectionId, flow, admin_id: adminId })
          .whereRaw(`person ->> 'crewId' = ?`, [crewId])
          .whereIn('state', ['fetching', 'ready'])
          .where('runs.created_at', '>', since)
          .first()) ?? null
      )
    },

    /**
     * The admin's own repeat of these people of a run that is being read, or was begun since then and waits for its
     * selection: the same button pressed once more.
     */
    async repeat(retryOf: string, retryOutcome: RepeatedOutcome, adminId: string, since: Date): Promise<Run | null> {
      const asked = { retry_of: retryOf, retry_outcome: retryOutcome, admin_id: adminId }
      return (await runs().where(asked).where(openSince(since)).orderBy('runs.created_at', 'desc').first()) ?? null
    },
  }
}

/** What an administrator chooses for a run, up to 同期. */
export function createChoiceStore(db: Knex, tenantId: string) {
  const change = changeIn(db, tenantId)

  return {
    ...firstPresses(db, tenantId),

    /**
     * Whether another run of the connection has written anything since this one began to read. The database's clock
     * decides, since those of two processes differ. Runs of an earlier release did not note it: their processes' clocks
     * count.
     */
    async overtaken(run: Run): Promise<boolean> {
      const row: unknown = await db('runs as other')
        .join('runs as mine', 'mine.tenant_id', 'other.tenant_id')
        .where({ 'mine.tenant_id': tenantId, 'mine.id': run.id, 'other.connection_id': run.connectionId })
        .whereNot({ 'other.id': run.id })
        .where({ 'other.published_at': null })
        .whereNotNull('other.queued_at')
        .whereRaw(
          `coalesce(other.written_until, other.ended_at, 'infinity') > coalesce(mine.read_from, mine.fetch_begun_at)`,
        )
        .where('other.succeeded_count', '>', 0)
        .first('other.id')
      return row !== undefined
    },

    /**
     * The days the records are for, typed on the wizard's first page. A plan made for other days is dropped: back to
     * draft.
     */
    period: (id: string, period: Period) =>
      change(id, ['draft', 'ready', 'failed'], { period: JSON.stringify(period), state: 'draft' }),

    /**
     * 同期: ready → queued, if the page was drawn for this plan. False when it was not, or when another run of the
     * connection is on (a partial unique index decides).
     */
    async queue(
      id: string,
      order: {
        revision: number
        selected: number
        adminId: string
        options: Readonly<Record<string, Choice>>
        /** by a check */
        automatic: boolean
        clearance: Clearance
        now: Date
      },
    ): Promise<boolean> {
      try {
        // a savepoint, so that the refused insert leaves the caller's transaction usable
        return await db.transaction(
          async trx =>
            (await trx('runs')
              .where({ tenant_id: tenantId, id, state: 'ready', revision: order.revision })
              .update({
                state: 'queued',
                queued_at: order.now,
                selected_count: order.selected,
                // The person who presses 同期 has started it, also when another one prepared it.
                admin_id: order.adminId,
                automatic: order.automatic,
                options: JSON.stringify(order.options),
                attempts: 0,
                cleared_revision: order.clearance.cleared_revision,
              })) === 1,
        )
      } catch (error) {
        if ((error as { code?: string }).code === UNIQUE_VIOLATION) return false
        throw error
      }
    },

    /** The area that was chosen last on this connection: the next page's preset. */
    async lastArea(connectionId: string): Promise<string | null> {
      const row = (await db('runs')
        .where({ tenant_id: tenantId, connection_id: connectionId })
        .whereNotNull('area')
        .orderBy('created_at', 'desc')
        .first('area')) as { area: Choice } | undefined
      return row?.area.value ?? null
    },

    /** The values chosen for new people, if the page was drawn for this plan. */
    options: async (id: string, revision: number, options: Readonly<Record<string, Choice>>): Promise<boolean> =>
      (await db('runs')
        .where({ tenant_id: tenantId, id, state: 'ready', revision })
        .update({ options: JSON.stringify(options) })) === 1,
  }
}

export type ChoiceStore = ReturnType<typeof createChoiceStore>
