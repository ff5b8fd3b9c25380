import type { Pool } from 'pg'
import type { JobType } from '../jobs/job.store.js'

export interface StrandedRun {
  tenantId: string
  runId: string
  job: Extract<JobType, 'run.fetch' | 'run.apply'>
}

/**
 * Runs at work that no job stands behind, of all companies: the job was lost, or has used up its tries. Asked as the
 * owner of graphile-worker's tables, which the app's role can't read.
 */
export const createStrandedRuns = (pool: Pick<Pool, 'query'>) => async (): Promise<StrandedRun[]> => {
  const { rows } = await pool.query<StrandedRun>(
    `with at_work as (
       select tenant_id, id, case state when 'fetching' then 'run.fetch' else 'run.apply' end as job
       from runs where state in ('fetching', 'queued', 'running') and published_at is null
     )
     select tenant_id as "tenantId", id as "runId", job from at_work
     where not exists (
       select from graphile_worker.jobs j
       where j.key = job || ':' || at_work.id and (j.attempts < j.max_attempts or j.locked_at is not null)
     )`,
  )
  return rows
}
