import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger as GraphileLogger, run, type Task, type WorkerEvents } from 'graphile-worker'
import type { Pool } from 'pg'
import { isDatabaseTrouble } from '../platform/database-trouble.js'
import { withLogContext, type Logger } from '../platform/logger.js'
import type { JobPayloads, JobType } from './job.store.js'

/** Each handler may run twice for the same payload and must leave the same state. `signal`: this process is going away. */
export type JobHandlers = {
  [T in JobType]: (payload: JobPayloads[T], signal: AbortSignal) => Promise<void>
}

export interface WorkerOptions {
  /** of a login that may work on jobs (renkei_worker); it listens, so no pooler is between */
  pool: Pool
  handlers: JobHandlers
  concurrency: number
  log: Logger
  /** called by one process every minute */
  everyMinute: () => Promise<void>
  heartbeat?: Heartbeat
}

export interface Heartbeat {
  /** ms between two signs of life */
  beatMs: number
  /** a pool silent for so long is taken for dead */
  deadMs: number
}

/** Dead workers' jobs go on elsewhere within 10 s: 7 s of silence and at most one more beat. */
const defaultHeartbeat: Heartbeat = { beatMs: 1_000, deadMs: 7_000 }

/** Mails have places of their own. */
const MAILS_AT_ONCE = 2

/** While the database is away, a job is begun anew so often. Its workers have no attempts to lose by that. */
const AGAIN_AFTER_MS = 1_000

/** Does a job's work until the database has let it through. */
async function persistently(work: () => Promise<void>, { signal, log }: { signal: AbortSignal; log: Logger }) {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted || !isDatabaseTrouble(error)) throw error
      log.warn('the database is away, the job is begun anew', { err: error })
      await sleep(AGAIN_AFTER_MS, undefined, { signal })
    }
  }
}

/** graphile-worker's own words, in our log: its errors carry stack traces, its info is noise. */
const graphileLogger = (log: Logger) =>
  new GraphileLogger(() => (level: string, message) => {
    if (level === 'error') log.error('job library', { message })
    else if (level === 'warning') log.warn('job library', { message })
  })

/**
 * Takes jobs until it is stopped. graphile-worker forgets a killed worker's jobs for four hours. So every process
 * writes a heartbeat and unlocks the jobs of pools that fell silent.
 */
export async function startWorker(options: WorkerOptions) {
  const { pool, handlers, concurrency, log, everyMinute, heartbeat = defaultHeartbeat } = options
  const logger = graphileLogger(log)

  const leaving = new AbortController()
  const events: WorkerEvents = new EventEmitter()
  const workerIds = new Set<string>()
  // With run() jobs are locked by the pool's id, not by the single worker's.
  events.on('pool:create', ({ workerPool }) => workerIds.add(workerPool.id))
  events.on('worker:create', ({ worker }) => workerIds.add(worker.workerId))
  events.on('job:error', ({ error, job }) =>
    log.warn('job failed and will be repeated', { type: job.task_identifier, err: error }),
  )
  pool.on('connect', client => client.on('error', error => log.warn('database connection lost', { err: error })))

  const beat = async () => {
    await pool.query(
      `insert into worker_heartbeats (worker_id, seen_at) select id, clock_timestamp() from unnest($1::text[]) id
       on conflict (worker_id) do update set seen_at = excluded.seen_at`,
      [[...workerIds]],
    )
    // One statement: a worker that is forgotten while its jobs stay locked would keep them for hours.
    const { rows } = await pool.query<{ dead: number }>(
      `with dead as (
         delete from worker_heartbeats where seen_at < clock_timestamp() - make_interval(secs => $1) returning worker_id
       ), ids as (select array_agg(worker_id) as all_of_them from dead)
       select cardinality(all_of_them) as dead, graphile_worker.force_unlock_workers(all_of_them)
       from ids where all_of_them is not null`,
      [heartbeat.deadMs / 1000],
    )
    const [buried] = rows
    if (buried) log.warn('worker fell silent, its jobs go on elsewhere', { workers: buried.dead })
  }

  /** A job's work as graphile-worker calls it. */
  const task = (type: string, handler: (payload: unknown, signal: AbortSignal) => Promise<void>): [string, Task] => [
    type,
    (payload, helpers) =>
      withLogContext({ jobId: String(helpers.job.id), ...(payload as { tenantId: string; runId?: string }) }, () =>
        persistently(() => handler(payload, leaving.signal), { signal: leaving.signal, log }),
      ),
  ]
  const tasks = Object.entries(handlers).map(([type, handler]) => task(type, handler as Parameters<typeof task>[1]))
  const isMail = ([type]: [string, Task]) => type.startsWith('mail.')
  // Statements have no names: where there is no way past a pooler, only listening is lost, and polling finds the jobs.
  const common = {
    pgPool: pool,
    noHandleSignals: true,
    noPreparedStatements: true,
    logger,
    events,
    pollInterval: 2_000,
  }
  const runners = await Promise.all([
    run({
      ...common,
      concurrency,
      taskList: {
        ...Object.fromEntries(tasks.filter(one => !isMail(one))),
        housekeeping: () => persistently(everyMinute, { signal: leaving.signal, log }),
      },
      crontab: '* * * * * housekeeping ?max=1',
    }),
    // A mail server that hangs takes no place of a run's.
    run({ ...common, concurrency: MAILS_AT_ONCE, taskList: Object.fromEntries(tasks.filter(isMail)) }),
  ])
  await beat()
  const beating = setInterval(() => {
    beat().catch((error: unknown) => log.warn('heartbeat failed', { err: error }))
  }, heartbeat.beatMs)

  return {
    /** Finishes the items in hand, hands the rest over, and returns when no job is locked by this process. */
    async stop(): Promise<void> {
      leaving.abort(new Error('this worker is shutting down'))
      await Promise.all(runners.map(runner => runner.stop()))
      await Promise.all(runners.map(runner => runner.promise))
      clearInterval(beating)
      await pool.query('delete from worker_heartbeats where worker_id = any($1)', [[...workerIds]])
    },
  }
}
