import type { Knex } from 'knex'
import type { JobType } from '../jobs/job.store.js'

export interface StrandedRun {
  id: string
  job: Extract<JobType, 'run.fetch' | 'run.apply'>
}

/** Runs at work that no job stands behind: the job was lost, or has used up its tries. */
export function createStrandedRunStore(db: Knex, tenantId: string) {
  const job = `case state when 'fetching' then 'run.fetch' else 'run.apply' end`
  return {
    async find(): Promise<StrandedRun[]> {
      return db('runs')
        .where({ tenant_id: tenantId, published_at: null })
        .whereIn('state', ['fetching', 'queued', 'running'])
        .whereRaw(`not job_stands(${job} || ':' || id)`)
        .select('id', db.raw(`${job} as job`))
    },
  }
}

export type StrandedRunStore = ReturnType<typeof createStrandedRunStore>
