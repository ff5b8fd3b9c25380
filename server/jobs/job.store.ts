import type { Knex } from 'knex'

/** Jobs carry ids only; whatever they need they read themselves. */
export interface JobPayloads {
  'run.fetch': { tenantId: string; runId: string }
  'run.apply': { tenantId: string; runId: string }
  /** reads for 定期チェック; a worker of the release before does not know it, and leaves it */
  'check.fetch': { tenantId: string; runId: string }
  'mail.result': { tenantId: string; mailId: string }
  /** a result to somebody else than whoever started */
  'mail.copy': { tenantId: string; mailId: string }
  /** what another key would change about who is who */
  'keys.compare': { tenantId: string; comparisonId: string }
  /** what a check has found */
  'mail.check': { tenantId: string; mailId: string }
  /** about 承認; a worker of the release before does not know it, and leaves it */
  'mail.approval': { tenantId: string; mailId: string }
}

export type JobType = keyof JobPayloads

/** Which of the payload's ids names what the job is about. */
const isAbout: { readonly [T in JobType]: Exclude<keyof JobPayloads[T], 'tenantId'> } = {
  'keys.compare': 'comparisonId',
  'run.fetch': 'runId',
  'run.apply': 'runId',
  'mail.result': 'mailId',
  'mail.copy': 'mailId',
  'check.fetch': 'runId',
  'mail.check': 'mailId',
  'mail.approval': 'mailId',
}

/** A run with more people left to write, or so many read already, takes minutes: nobody waits in front of it. */
const LONG_TO_WRITE = 100
const LONG_TO_READ = 1_000

/** Nobody waits for a check: whatever somebody has begun goes first. */
const LAST = 1_000

/** Adds jobs in the caller's transaction: the job exists exactly when what it belongs to exists. */
export function createJobStore(db: Knex, tenantId: string) {
  /** Whether a run is long, and how many others of its company are at work: the first of each company goes first. */
  const lengthOf = async (runId: string): Promise<{ long: boolean; others: number }> => {
    const [row] = (await db('runs')
      .where({ tenant_id: tenantId, id: runId })
      .select(
        db.raw(
          `case state when 'fetching' then fetched > ? else selected_count - succeeded_count - failed_count > ? end as long`,
          [LONG_TO_READ, LONG_TO_WRITE],
        ),
        db.raw(
          `(select count(*)::int from runs other where other.tenant_id = runs.tenant_id and other.id <> runs.id
             and other.state in ('fetching', 'queued', 'running') and other.published_at is null) as others`,
        ),
      )) as { long: boolean; others: number }[]
    return row ?? { long: false, others: 0 }
  }

  return {
    /** A waiting job of the same type about the same thing is replaced; a running one is not touched. */
    async enqueue(type: JobType, id: string, runAt?: Date): Promise<void> {
      const about = isAbout[type]
      const isCheck = type === 'check.fetch'
      const { long, others } = about === 'runId' && !isCheck ? await lengthOf(id) : { long: isCheck, others: 0 }
      await db.raw('select enqueue_job(?, ?::json, ?, ?, ?, ?)', [
        type,
        JSON.stringify({ tenantId, [about]: id }),
        (runAt ?? new Date()).toISOString(),
        `${type}:${id}`,
        long,
        // Long ones take turns among themselves, so that none waits for ever.
        isCheck ? LAST : long ? 0 : others,
      ])
    },
  }
}

export type JobStore = ReturnType<typeof createJobStore>
