import type { Pool } from 'pg'
import type { Logger } from '../platform/logger.js'

interface AtWork {
  since: number
  end: AbortController
}

/** Jobs of runs that wait for a place. One that was added this moment is about to get a free one. */
const WAITING = `select count(*)::int as waiting from graphile_worker.jobs
  where task_identifier like 'run.%' and locked_at is null and attempts < max_attempts
    and run_at < now() - interval '1 second' and ($1 or not coalesce(flags ? 'long', false))`

/**
 * The places of one runner. A job that has had its place for a while gives it up when others wait: it is told as if the
 * process were going away, and goes on from the end of the queue.
 */
export function createTurns({
  pool,
  log,
  turnMs,
  takesLong,
}: {
  pool: Pool
  log: Logger
  /** how long a job keeps its place while others wait */
  turnMs: number
  /** whether these places are for long jobs, too */
  takesLong: boolean
}) {
  // In the order in which they began.
  const atWork = new Set<AtWork>()
  let gone: Error | undefined

  return {
    /** Does a job's work until it is done or its turn is over. */
    async take(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
      const job = { since: performance.now(), end: new AbortController() }
      if (gone) job.end.abort(gone)
      atWork.add(job)
      try {
        await work(job.end.signal)
      } finally {
        atWork.delete(job)
      }
    },

    /** Ends as many turns as jobs wait, the longest first. */
    async look(): Promise<void> {
      const going = [...atWork].filter(({ end }) => !end.signal.aborted)
      const over = going.filter(({ since }) => performance.now() - since > turnMs)
      if (over.length === 0) return
      const { rows } = await pool.query<{ waiting: number }>(WAITING, [takesLong])
      const leaving = atWork.size - going.length
      const ended = over.slice(0, Math.max(0, (rows[0]?.waiting ?? 0) - leaving))
      for (const { end } of ended) end.abort(new Error('the turn is over, others wait'))
      if (ended.length > 0) log.info('jobs give their places to others', { jobs: ended.length })
    },

    /** This process goes away. */
    leave(reason: Error): void {
      gone = reason
      for (const { end } of atWork) end.abort(reason)
    },
  }
}

export type Turns = ReturnType<typeof createTurns>
