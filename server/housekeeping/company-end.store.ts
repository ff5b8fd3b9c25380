import type { Knex } from 'knex'
import { ofChecks } from '../runs/run.js'

/** Uninstalled companies are kept so long, should somebody come back. */
export const KEPT_DAYS = 30

/** Longer than a mail server is waited for. */
const MAILING_S = 60

export type CompanyMail = 'notice' | 'final'

/** Of each copy of a mail: that it was sent, or how often nobody knew whether it was. */
export type Told = Readonly<Record<string, 'sent' | number>>

export interface CompanyEnd {
  reason: 'asked' | 'uninstalled'
  noticedAt: Date
  dueAt: Date
}

/** How much there is of a company. */
export const countNames = ['admins', 'connections', 'runs', 'people', 'links', 'tokens', 'events'] as const
export type CompanyCounts = Readonly<Record<(typeof countNames)[number], number>>

/** The mails that tell of it. */
function mails(db: Knex, tenantId: string) {
  const end = () => db('company_ends').where({ tenant_id: tenantId })
  const sentAt = { notice: 'notice_sent_at', final: 'final_sent_at' } as const
  return {
    /** Takes a mail upon the caller, with what became of its copies; null when it was sent, or another sends it. */
    async claimMail(mail: CompanyMail): Promise<Told | null> {
      const [claimed] = (await end()
        .whereNull(sentAt[mail])
        .where(free => free.whereNull('mailing_until').orWhere('mailing_until', '<', db.raw('clock_timestamp()')))
        .update({ mailing_until: db.raw('clock_timestamp() + make_interval(secs => ?)', [MAILING_S]) })
        .returning('told')) as { told: Told }[]
      return claimed?.told ?? null
    },

    /** What became of one copy of it. */
    async noteCopy(copy: string, became: Told[string]): Promise<void> {
      await end().update({ told: db.raw('told || ?::jsonb', [JSON.stringify({ [copy]: became })]) })
    },

    async mailSent(mail: CompanyMail): Promise<void> {
      await end().update({ [sentAt[mail]]: db.raw('clock_timestamp()'), mailing_until: null })
    },

    /** Whether the last mail has left; or has been tried for a day. */
    async mayGo(): Promise<boolean> {
      const row: unknown = await end()
        .where(told => told.whereNotNull('final_sent_at').orWhereRaw(`due_at < clock_timestamp() - interval '1 day'`))
        .first('tenant_id')
      return row !== undefined
    },

    /** Where its mails go. */
    addresses: (): Promise<string[]> =>
      db('admins').where({ tenant_id: tenantId }).orderBy('created_at').pluck('email'),
  }
}

/** The end of a company here; the days count by the database's clock. */
export function createCompanyEndStore(db: Knex, tenantId: string) {
  const end = () => db('company_ends').where({ tenant_id: tenantId })
  const insert = (values: object) =>
    db('company_ends')
      .insert({ tenant_id: tenantId, ...values })
      .onConflict('tenant_id')

  return {
    ...mails(db, tenantId),

    async find(): Promise<CompanyEnd | null> {
      const row: CompanyEnd | undefined = await end().first({
        reason: 'reason',
        noticedAt: 'noticed_at',
        dueAt: 'due_at',
      })
      return row ?? null
    },

    /** Somebody asked for it: at once, without another notice. */
    async asked(): Promise<void> {
      const now = db.raw('clock_timestamp()')
      await insert({ reason: 'asked', due_at: now, notice_sent_at: now }).merge()
    },

    /** Since when its data are being deleted because somebody asked for it; null: nobody has. */
    async askedAt(): Promise<Date | null> {
      const row: { dueAt: Date } | undefined = await end().where({ reason: 'asked' }).first({ dueAt: 'due_at' })
      return row?.dueAt ?? null
    },

    /** False: it was noticed before. */
    async uninstalled(): Promise<boolean> {
      const due_at = db.raw('clock_timestamp() + make_interval(days => ?)', [KEPT_DAYS])
      const made: unknown[] = await insert({ reason: 'uninstalled', due_at }).ignore().returning('tenant_id')
      return made.length > 0
    },

    /** Somebody signed in again: an uninstalled company stays. False: it was not about to go. */
    async cameBack(): Promise<boolean> {
      return (await end().where({ reason: 'uninstalled' }).delete()) > 0
    },

    async counts(): Promise<CompanyCounts> {
      const { rows } = await db.raw<{ rows: { told: CompanyCounts }[] }>('select company_counts(?) as told', [tenantId])
      if (!rows[0]) throw new Error('no counts')
      return rows[0].told
    },

    /** What was being prepared ends here; the runs at work are the caller's to end. */
    async endPreparations(now: Date): Promise<string[]> {
      await db('runs')
        .where({ tenant_id: tenantId })
        .whereIn('state', ['draft', 'fetching', 'ready', ...ofChecks])
        .update({
          state: db.raw(`case when state in ('fetching', 'ready') then 'aborted' else 'cancelled' end`),
          ended_at: now,
        })
      return db('runs').where({ tenant_id: tenantId }).whereIn('state', ['queued', 'running']).pluck('id')
    },

    /** Every connection that still holds credentials, also those that wait to be confirmed. */
    connections: (): Promise<string[]> =>
      db('connections').where({ tenant_id: tenantId }).whereNot({ state: 'ended' }).pluck('id'),

    grantedBy: (): Promise<string[]> => db('smarthr_grants').where({ tenant_id: tenantId }).pluck('admin_id'),

    /** Administrators of whose authorisation nothing was heard for a week. */
    idleGrants: (): Promise<string[]> =>
      db('smarthr_grants')
        .where({ tenant_id: tenantId, state: 'active' })
        .whereRaw(`updated_at < clock_timestamp() - interval '7 days'`)
        .pluck('admin_id'),

    /** Deletes all there is of the company, by the owner's function; null while something is at work. */
    async deleteAll(name: string): Promise<CompanyCounts | null> {
      const { rows } = await db.raw<{ rows: { told: CompanyCounts | null }[] }>('select delete_company(?, ?) as told', [
        tenantId,
        name,
      ])
      return rows[0]?.told ?? null
    },
  }
}

export type CompanyEndStore = ReturnType<typeof createCompanyEndStore>
