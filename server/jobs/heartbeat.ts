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

/** The jobs that this process has in hand, or has had a moment ago, by their ids. */
function handsOf(events: WorkerEvents, letsGoMs: number) {
  const inHand = new Map<string, number>()
  events.on('job:start', ({ job }) => inHand.set(job.id, Number.POSITIVE_INFINITY))
  // The library says so before the database knows.
  events.on('job:complete', ({ job }) => inHand.set(job.id, performance.now() + letsGoMs))
  return (): string[] => {
    for (const [id, until] of inHand) if (until < performance.now()) inHand.delete(id)
    return [...inHand.keys()]
  }
}

/**
 * graphile-worker forgets for four hours the jobs of a worker that was killed, and those that it was given or has given
 * back over a connection that broke. So every process writes a heartbeat and unlocks the jobs of pools that fell silent,
 * and its own that it does not have.
 */
export function createHeartbeat(pool: Pool, log: Logger, { beatMs, deadMs }: Heartbeat) {
  const events: WorkerEvents = new EventEmitter()
  const ids = new Set<string>()
  // With run() jobs are locked by the pool's id, not by the single worker's.
  events.on('pool:create', ({ workerPool }) => ids.add(workerPool.id))
  events.on('worker:create', ({ worker }) => ids.add(worker.workerId))
  const inHand = handsOf(events, deadMs)
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
    const { rowCount } = await pool.query(
      `with lost as (
         update graphile_worker._private_jobs set locked_at = null, locked_by = null
         where locked_by = any($1) and locked_at < clock_timestamp() - make_interval(secs => $2) and id <> all($3)
         returning job_queue_id
       ), queues as (
         update graphile_worker._private_job_queues set locked_at = null, locked_by = null
         where locked_by = any($1) and id in (select job_queue_id from lost)
       ) select from lost`,
      [[...ids], deadMs / 1000, inHand()],
    )
    if (rowCount) log.warn('jobs were given to this process and did not arrive, they go on', { jobs: rowCount })
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
