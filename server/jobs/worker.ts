import { setFlagsFromString } from 'node:v8'
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger as GraphileLogger, run, type Task } from 'graphile-worker'
import type { Pool } from 'pg'
import { isDatabaseTrouble } from '../platform/database-trouble.js'
import { withLogContext, type Logger } from '../platform/logger.js'
import { createHeartbeat, defaultHeartbeat, type Heartbeat } from './heartbeat.js'
import type { JobPayloads, JobType } from './job.store.js'
import { createTurns, type Turns } from './turns.js'

/**
 * Each handler may run twice for the same payload and must leave the same state. `signal`: this process is going away,
 * or the job's turn is over.
 */
export type JobHandlers = {
  [T in JobType]: (payload: JobPayloads[T], signal: AbortSignal) => Promise<void>
}

export interface WorkerOptions {
  /** of a login that may work on jobs (renkei_worker); it listens, so no pooler is between */
  pool: Pool
  handlers: JobHandlers
  /** places for jobs of every kind but mails */
  concurrency: number
  log: Logger
  /** called every minute, by one process at a time */
  everyMinute: (signal: AbortSignal) => Promise<void>
  heartbeat?: Heartbeat
  /** how long a job keeps its place while others wait for one, ms */
  turnMs?: { short: number; any: number }
}

/** A queue does one job at a time. Under one key, one more waits at most while a pass takes longer than a minute. */
export const EVERY_MINUTE = '* * * * * housekeeping ?max=1&queue=housekeeping&jobKey=housekeeping'

/** Mails have places of their own. */
const MAILS_AT_ONCE = 2

/**
 * Beside the places for every job some are kept for short ones, that is for what somebody waits for: half as many. No
 * run of hours comes between an administrator and a preview.
 */
const shortPlaces = (concurrency: number) => Math.ceil(concurrency / 2)

// A turn has room for the longest wait of server/apply/uncertain.ts.
const defaultTurnMs = { short: 40_000, any: 120_000 }
const LOOK_EVERY_MS = 1_000

/** How long items in hand are waited for when the process is to go, and the database, which may be away. */
const DRAIN_MS = 12_000
const RELEASE_MS = 3_000

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
  new GraphileLogger(() => (level: string, message, about) => {
    // A failed job is told of below, by `job:error`.
    if (about?.failure === true) return
    if (level === 'error') log.error('job library', { message })
    else if (level === 'warning') log.warn('job library', { message })
  })

/** The handlers as graphile-worker calls them: of these types, each in its turn. */
function taskList(
  types: readonly JobType[],
  handlers: JobHandlers,
  turns: Turns,
  at: { signal: AbortSignal; log: Logger },
) {
  const task = (type: JobType): Task => {
    const handle = handlers[type] as (payload: unknown, signal: AbortSignal) => Promise<void>
    return (payload, { job }) =>
      withLogContext({ jobId: String(job.id), ...(payload as { tenantId: string; runId?: string }) }, () =>
        persistently(() => turns.take(signal => handle(payload, signal)), at),
      )
  }
  return Object.fromEntries(types.map(type => [type, task(type)]))
}

/**
 * The heap grows by so many per cent of what is alive before it is looked through. What a worker has at hand is a page or
 * a few hundred people, whatever the company's size; left to itself, V8 lets several times as much pile up behind them.
 */
const HEAP_GROWS_PERCENT = 40

/** Takes jobs until it is stopped. */
export async function startWorker(options: WorkerOptions) {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWS_PERCENT}`)
  const { pool, handlers, concurrency, log, everyMinute, turnMs = defaultTurnMs } = options
  const logger = graphileLogger(log)

  const leaving = new AbortController()
  const { signal } = leaving
  const heartbeat = createHeartbeat(pool, log, options.heartbeat ?? defaultHeartbeat)
  const { events } = heartbeat
  events.on('job:error', ({ error, job }) => {
    const says = job.attempts < job.max_attempts ? 'job failed and will be repeated' : 'job failed for good'
    log[job.attempts < job.max_attempts ? 'warn' : 'error'](says, { type: job.task_identifier, err: error })
  })
  pool.on('connect', client => client.on('error', error => log.warn('database connection lost', { err: error })))

  const inAnyPlace = createTurns({ pool, log, turnMs: turnMs.any, takesLong: true })
  const inShortPlace = createTurns({ pool, log, turnMs: turnMs.short, takesLong: false })
  const inMailPlace = createTurns({ pool, log, turnMs: Infinity, takesLong: false })
  // Statements have no names: where there is no way past a pooler, only listening is lost, and polling finds the jobs.
  const common = {
    pgPool: pool,
    noHandleSignals: true,
    noPreparedStatements: true,
    logger,
    events,
    pollInterval: 2_000,
  }
  const tasks = (turns: Turns, ...types: JobType[]) => taskList(types, handlers, turns, { signal, log })
  const runners = await Promise.all([
    run({
      ...common,
      concurrency,
      taskList: tasks(inAnyPlace, 'run.fetch', 'run.apply', 'keys.compare', 'check.fetch'),
    }),
    run({
      ...common,
      concurrency: shortPlaces(concurrency),
      forbiddenFlags: ['long'],
      taskList: {
        ...tasks(inShortPlace, 'run.fetch', 'run.apply', 'keys.compare'),
        housekeeping: () => persistently(() => everyMinute(signal), { signal, log }),
      },
      crontab: EVERY_MINUTE,
    }),
    // A mail server that hangs takes no place of a run's.
    run({
      ...common,
      concurrency: MAILS_AT_ONCE,
      taskList: tasks(inMailPlace, 'mail.result', 'mail.copy', 'mail.check', 'mail.approval'),
    }),
  ])
  await heartbeat.start()
  const looking = setInterval(() => {
    Promise.all([inAnyPlace.look(), inShortPlace.look()]).catch((error: unknown) =>
      log.warn('nobody knows who waits', { err: error }),
    )
  }, LOOK_EVERY_MS)

  return {
    /**
     * Finishes the items in hand and hands the rest over. What takes too long is left: a write without its answer keeps
     * its intent, and who goes on looks it up. False: something was left, and this process must end now.
     */
    async stop(): Promise<boolean> {
      const reason = new Error('this worker is shutting down')
      leaving.abort(reason)
      clearInterval(looking)
      for (const turns of [inAnyPlace, inShortPlace]) turns.leave(reason)
      const ends = runners.map(async runner => {
        await runner.stop()
        await runner.promise
      })
      const drained = await within(DRAIN_MS, Promise.all(ends))
      if (!drained) log.warn('what is still in hand is left to other workers')
      const released = await within(RELEASE_MS, heartbeat.stop())
      return drained && released
    },
  }
}

/** Whether the work was done in time, and without an error. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const done = work.then(
    () => true,
    () => false,
  )
  return Promise.race([done, sleep(ms, false, { ref: false })])
}
