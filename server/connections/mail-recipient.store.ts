import type { Knex } from 'knex'
import { oneAtATime } from '../platform/one-at-a-time.js'

/** Which results somebody is told of by mail. `failures`: every end but 成功. */
export type Wants = 'all' | 'failures' | 'none'

/** Who is told of a service's runs: whoever started, and administrators by their id. */
export interface Recipients {
  starter: Wants
  admins: ReadonlyMap<string, Wants>
}

interface Row {
  admin_id: string | null
  wants: Wants
}

/** Nothing chosen yet: whoever starts a run is told of all of it, and nobody else. */
const PRESET: Wants = 'all'

/** Who gets the mails about the runs of a service. */
export function createMailRecipientStore(db: Knex, tenantId: string) {
  return {
    /** Those who are administrators still. */
    async find(connector: string): Promise<Recipients> {
      const rows = (await db('mail_recipients as chosen')
        .leftJoin('smarthr_grants as held', 'held.admin_id', 'chosen.admin_id')
        .where({ 'chosen.tenant_id': tenantId, 'chosen.connector': connector })
        .where(known => known.whereNull('chosen.admin_id').orWhereNotNull('held.admin_id'))
        .select('chosen.admin_id', 'chosen.wants')) as Row[]
      return {
        starter: rows.find(({ admin_id }) => admin_id === null)?.wants ?? PRESET,
        admins: new Map(rows.flatMap(({ admin_id, wants }) => (admin_id === null ? [] : [[admin_id, wants] as const]))),
      }
    },

    /** Whoever saves at the same moment waits. */
    lock: (connector: string) => oneAtATime(db, 'mail_recipients', tenantId, connector),

    /** Replaces what was chosen before. */
    async save(connector: string, { starter, admins }: Recipients, now: Date): Promise<void> {
      const common = { tenant_id: tenantId, connector, updated_at: now }
      await db('mail_recipients').where({ tenant_id: tenantId, connector }).delete()
      await db('mail_recipients')
        .insert([
          { ...common, admin_id: null, wants: starter },
          ...[...admins]
            .filter(([, wants]) => wants !== 'none')
            .map(([id, wants]) => ({ ...common, admin_id: id, wants })),
        ])
        .onConflict(['tenant_id', 'connector', 'admin_id'])
        .merge()
    },
  }
}

export type MailRecipientStore = ReturnType<typeof createMailRecipientStore>
