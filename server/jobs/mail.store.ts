import type { Knex } from 'knex'

export interface Mail {
  id: string
  /** what it is about: a run, or a connection that is about to end */
  runId: string | null
  connectionId: string | null
  kind: string
  attempts: number
  sentAt: Date | null
  createdAt: Date
}

/** Where each part of a mail stands in the database. */
const columns: Readonly<Record<keyof Mail, string>> = {
  id: 'id',
  runId: 'run_id',
  connectionId: 'connection_id',
  kind: 'kind',
  attempts: 'attempts',
  sentAt: 'sent_at',
  createdAt: 'created_at',
}

/** The outbox. One mail per run and kind, whatever happens. */
export function createMailStore(db: Knex, tenantId: string) {
  const mails = () => db('mails').where({ tenant_id: tenantId })

  return {
    /** The new mail's id; null when the run has that mail already. */
    async add(runId: string, kind: string, now: Date): Promise<string | null> {
      const [row] = (await db('mails')
        .insert({ tenant_id: tenantId, run_id: runId, kind, created_at: now })
        .onConflict(['run_id', 'kind'])
        .ignore()
        .returning('id')) as { id: string }[]
      return row?.id ?? null
    },

    /** The warning that an administrator's own connection is about to end. */
    async addWarning(connectionId: string, now: Date): Promise<string> {
      const [row] = (await db('mails')
        .insert({ tenant_id: tenantId, connection_id: connectionId, kind: 'link', created_at: now })
        .returning('id')) as { id: string }[]
      if (!row) throw new Error('insert returned no mail')
      return row.id
    },

    /**
     * The mail, locked until the transaction ends: two jobs never send it at once. Null when another one has it or it
     * is not there.
     */
    async lock(id: string): Promise<Mail | null> {
      const row: Mail | undefined = await mails().where({ id }).forUpdate().skipLocked().first(columns)
      return row ?? null
    },

    async sent(id: string, now: Date): Promise<void> {
      await mails()
        .where({ id })
        .update({ sent_at: now, attempts: db.raw('attempts + 1'), last_error: null })
    },

    async failed(id: string, error: string): Promise<void> {
      await mails()
        .where({ id })
        .update({ attempts: db.raw('attempts + 1'), last_error: error })
    },
  }
}

export type MailStore = ReturnType<typeof createMailStore>
