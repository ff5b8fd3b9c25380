import type { Knex } from 'knex'

/** Jobs carry ids only; whatever they need they read themselves. */
export interface JobPayloads {
  'run.fetch': { tenantId: string; runId: string }
  'run.apply': { tenantId: string; runId: string }
  'mail.result': { tenantId: string; mailId: string }
}

export type JobType = keyof JobPayloads

/** Which of the payload's ids names what the job is about. */
const isAbout: { readonly [T in JobType]: Exclude<keyof JobPayloads[T], 'tenantId'> } = {
  'run.fetch': 'runId',
  'run.apply': 'runId',
  'mail.result': 'mailId',
}

/** Adds jobs in the caller's transaction: the job exists exactly when what it belongs to exists. */
export function createJobStore(db: Knex, tenantId: string) {
  return {
    /** A waiting job of the same type about the same run or mail is replaced; a running one is not touched. */
    async enqueue(type: JobType, id: string, runAt?: Date): Promise<void> {
      await db.raw('select enqueue_job(?, ?::json, ?, ?)', [
        type,
        JSON.stringify({ tenantId, [isAbout[type]]: id }),
        (runAt ?? new Date()).toISOString(),
        `${type}:${id}`,
      ])
    },
  }
}

export type JobStore = ReturnType<typeof createJobStore>
