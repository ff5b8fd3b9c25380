import type { Knex } from 'knex'

export interface Mail {
  id: string
  /** what it is about: a run, a connection that is about to end, or checks (定期チェック) */
  runId: string | null
  connectionId: string | null
  scheduleId: string | null
  /** an administrator's id; null: whoever started the run, or whose connection it is */
  recipient: string | null
  kind: string
  attempts: number
  /** how often the whole mail left and nobody knows what became of it */
  unanswered: number
  createdAt: Date
}

/**
 * What a mail about checks says: what was found, that it waits for an administrator, that nothing is started by itself any
 * more, that checks keep failing, that there are none any more.
 */
export type CheckMail = 'check' | 'check-held' | 'check-auto-off' | 'check-failing' | 'check-paused'

/** What a mail about 承認 says: one is asked for, was sent back, a rule is to be made weaker. */
export type ApprovalMail = 'approval-asked' | 'approval-returned' | 'approval-weaker'

/** What a mail about 承認 is about: an approval, or a service and its flow. */
export const approvalMailOf = (kind: string): string[] => kind.slice(0, kind.lastIndexOf(':')).split('|')

export const isAboutApproval = ({ kind }: Pick<Mail, 'kind'>): boolean => kind.startsWith('approval-')

interface MailRow {
  id: string
  run_id: string | null
  connection_id: string | null
  schedule_id: string | null
  recipient: string | null
  kind: string
  attempts: number
  last_error: string | null
  created_at: Date
}

/** In `last_error`, once for each time: whoever looks there reads it, too. */
const UNANSWERED = 'the whole mail left without an answer'

const mailOf = (row: MailRow): Mail => ({
  id: row.id,
  runId: row.run_id,
  connectionId: row.connection_id,
  scheduleId: row.schedule_id,
  recipient: row.recipient,
  kind: row.kind,
  attempts: row.attempts,
  unanswered: (row.last_error ?? '').split(UNANSWERED).length - 1,
  createdAt: row.created_at,
})

/** Longer than a mail server is waited for: whoever has not come back by then has died. */
export const SENDING_S = 60

/** What is to be sent. */
function adding(db: Knex, tenantId: string) {
  /** Null: the run has a mail of that kind already. Without a run there is none to have it. */
  const once = async (mail: {
    run_id: string | null
    recipient: string | null
    kind: string
    created_at: Date
    schedule_id?: string
  }): Promise<string | null> => {
    const [row] = (await db('mails')
      .insert({ tenant_id: tenantId, ...mail })
      .onConflict(['run_id', 'kind'])
      .ignore()
      .returning('id')) as { id: string }[]
    return row?.id ?? null
  }

  return {
    /** The new mail's id, to an administrator or to whoever started; null when the run has that mail already. */
    add: (runId: string, about: 'result' | 'held-back', recipient: string | null, now: Date): Promise<string | null> =>
      once({
        run_id: runId,
        recipient,
        kind: recipient === null ? about : `${about}:${recipient}`,
        created_at: now,
      }),

    /** The warning that an administrator's own connection is about to end. */
    async addWarning(connectionId: string, now: Date): Promise<string> {
      const [row] = (await db('mails')
        .insert({ tenant_id: tenantId, connection_id: connectionId, kind: 'link', created_at: now })
        .returning('id')) as { id: string }[]
      if (!row) throw new Error('insert returned no mail')
      return row.id
    },

    /** What checks have found, or why there are none: to one administrator. Null: that check's mail is there already. */
    addCheck: (
      scheduleId: string,
      { about, runId, recipient }: { about: CheckMail; runId: string | null; recipient: string },
      now: Date,
    ): Promise<string | null> =>
      once({
        schedule_id: scheduleId,
        run_id: runId,
        recipient,
        kind: `${about}:${recipient}`,
        created_at: now,
      }),

    /** About 承認, to one administrator. `of`: the approval's id, or a service and its flow. Null: it is there already. */
    addApproval: (
      { about, of, runId }: { about: ApprovalMail; of: string; runId: string | null },
      recipient: string,
      now: Date,
    ): Promise<string | null> =>
      once({ run_id: runId, recipient, kind: `${about}|${of}:${recipient}`, created_at: now }),
  }
}

/** What becomes of it. */
function sending(db: Knex, tenantId: string) {
  const mails = () => db('mails').where({ tenant_id: tenantId })
  return {
    /**
     * The mail, for the caller alone to send; null when it is sent, or another job is sending it. What became of it in
     * the hands of one that has died, nobody knows.
     */
    async claim(id: string): Promise<Mail | null> {
      const [row] = (await mails()
        .where({ id, sent_at: null })
        .where(free => free.whereNull('sending_until').orWhere('sending_until', '<', db.raw('clock_timestamp()')))
        .update({
          last_error: db.raw(
            `case when sending_until is null then last_error else concat_ws('; ', last_error, ?::text) end`,
            [UNANSWERED],
          ),
          sending_until: db.raw('clock_timestamp() + make_interval(secs => ?)', [SENDING_S]),
        })
        .returning('*')) as MailRow[]
      return row ? mailOf(row) : null
    },

    /** The mail while it waits for an answer that may never come, since its sender may have died; else null. */
    async underWay(id: string): Promise<Mail | null> {
      const row = (await mails().where({ id, sent_at: null }).whereNotNull('sending_until').first()) as
        MailRow | undefined
      return row ? mailOf(row) : null
    },

    async sent(id: string, now: Date): Promise<void> {
      await mails()
        .where({ id })
        .update({ sent_at: now, attempts: db.raw('attempts + 1'), last_error: null, sending_until: null })
    },

    /** `unanswered`: how often by now; that is kept whatever else fails later. */
    async failed(id: string, error: string, unanswered = 0): Promise<void> {
      const lastError = [...Array<string>(unanswered).fill(UNANSWERED), error].join('; ')
      await mails()
        .where({ id })
        .update({ attempts: db.raw('attempts + 1'), last_error: lastError, sending_until: null })
    },
  }
}

/** The outbox. One mail per run and recipient, whatever happens. */
export const createMailStore = (db: Knex, tenantId: string) => ({ ...adding(db, tenantId), ...sending(db, tenantId) })

export type MailStore = ReturnType<typeof createMailStore>
