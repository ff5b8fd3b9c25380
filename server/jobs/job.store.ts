import type { Knex } from 'knex'

/** Jobs carry ids only; whatever they need they read themselves. */
export interface JobPayloads {
  'run.fetch': { tenantId: string; runId: string }
  'run.apply': { tenantId: string; runId: string }
  'mail.result': { tenantId: string; mailId: string }
}

export type JobType = keyof JobPayloads

/** Adds jobs in the caller's transaction: the job exists exactly when what it belongs to exists. */
export function createJobStore(db: Knex) {
  return {
    /** `key`: a waiting job with the same key is replaced, a running one is not touched. */
    async enqueue<T extends JobType>(type: T, payload: JobPayloads[T], key: string, runAt?: Date): Promise<void> {
      await db.raw('select enqueue_job(?, ?::json, ?, ?)', [
        type,
        JSON.stringify(payload),
        (runAt ?? new Date()).toISOString(),
        key,
      ])
    },
  }
}
