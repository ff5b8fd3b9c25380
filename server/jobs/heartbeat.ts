import { EventEmitter } from 'node:events'
import type { WorkerEvents } from 'graphile-worker'
import type { Pool } from 'pg'
import type { Logger } from '../platform/logger.js'

export interface Heartbeat {
  /** ms between two signs of life */
  beatMs: number
  /** a pool silent for so long is taken for dead */
  deadMs: number
}

/** Dead workers' jobs go on elsewhere within 10 s: 7 s of silence and at most one more beat. */
export const defaultHeartbeat: Heartbeat = { beatMs: 1_000, deadMs: 7_000 }

/**
 * graphile-worker forgets a killed worker's jobs for four hours. So every process writes a heartbeat and unlocks the
 * jobs of pools that fell silent.
 */
export function createHeartbeat(pool: Pool, log: Logger, { beatMs, deadMs }: Heartbeat) {
  const events: WorkerEvents = new EventEmitter()
  const ids = new Set<string>()
  // With run() jobs are locked by the pool's id, not by the single worker's.
  events.on('pool:create', ({ workerPool }) => ids.add(workerPool.id))
  events.on('worker:create', ({ worker }) => ids.add(worker.workerId))
  let beating: NodeJS.Timeout | undefined

  const beat = async () => {
    await pool.query(
      `insert into worker_heartbeats (worker_id, seen_at) select id, clock_timestamp() from unnest($1::text[]) id
       on conflict (worker_id) do update set seen_at = excluded.seen_at`,
      [[...ids]],
    )
    // One statement: a worker that is forgotten while its jobs stay locked would keep them for hours.
    // Some died before their first sign of life, with a job in hand.
    const { rows } = await pool.query<{ dead: number }>(
      `with long_ago as (select clock_timestamp() - make_interval(secs => $1) as at),
       silent as (
         delete from worker_heartbeats using long_ago where seen_at < at returning worker_id
       ), unheard as (
         select locked_by from graphile_worker._private_jobs, long_ago
         where locked_at < at and not exists (select from worker_heartbeats where worker_id = locked_by)
       ), dead as (select array_agg(id) as ids from (table silent union table unheard) each (id))
       select cardinality(ids) as dead, graphile_worker.force_unlock_workers(ids) from dead where ids is not null`,
      [deadMs / 1000],
    )
    const [buried] = rows
    if (buried) log.warn('worker fell silent, its jobs go on elsewhere', { workers: buried.dead })
  }

  return {
    /** of the runners that belong to this process */
    events,

    async start(): Promise<void> {
      await beat()
      beating = setInterval(() => {
        beat().catch((error: unknown) => log.warn('heartbeat failed', { err: error }))
      }, beatMs)
    },

    /** No more signs of life. Jobs that are still locked by this process go on elsewhere at once. */
    async stop(): Promise<void> {
      clearInterval(beating)
      await pool.query(
        `with gone as (delete from worker_heartbeats where worker_id = any($1))
         select graphile_worker.force_unlock_workers($1::text[])`,
        [[...ids]],
      )
    },
  }
}
