import { AppError, ListingBroken, ReconnectNeeded, VendorClosed, VendorUnavailable, type Reason } from '../errors.js'
import { jstDateTime, type Clock } from '../platform/clock.js'
import { isDatabaseTrouble } from '../platform/database-trouble.js'
import type { Logger } from '../platform/logger.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import type { GrantStore } from '../smarthr/grant.store.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { RunStore } from './run.store.js'
import { holding, LeaseLost } from './lease.js'
import { announce, endRun, type EndStores } from './end-run.js'
import { readingStates, type Run } from './run.js'

/** How often in a row a run is put aside before it is given up (VendorUnavailable). */
const MAX_WAITS = 5

/** The usual last sentence of a failure, which is wrong where the run goes on by itself. */
const TRY_AGAIN = /時間をおいて、?(やり直して|再度お試し)ください。/

/** A mistake of ours; the log has it. */
export const UNEXPECTED =
  '予期しないエラーが発生したため、同期を中断しました。時間をおいて、やり直してください。解消しない場合は、実行日時を添えてお問い合わせください。'

/** It stands in clear, and will be another in a moment: without what a service has said. */
const pausedReason = (until: Date, { reason }: AppError) =>
  `一時停止しています。${jstDateTime(until)}ごろに自動で再開します。${typeof reason === 'string' ? reason.replace(TRY_AGAIN, '') : ''}`

/** How long a run waits for a closed service in all: after a day its plan is out of date. */
const LONGEST_CLOSED_MS = 24 * 3_600_000

/** The job that is at work on a run. */
export interface AtWork {
  job: 'run.fetch' | 'run.apply' | 'check.fetch'
  signal: AbortSignal
  /** of the worker that writes: what it says of the run counts only while it has the run */
  lease?: string
}

/** On whose authorisations a question is asked. */
export type Asking = Pick<Run, 'tenantId' | 'adminId' | 'connectionId'>

export interface RunFailures {
  /** The authorisation shows as 再連携が必要 on every page, also when a job noticed it first. */
  markReconnect(run: Asking, error: ReconnectNeeded): Promise<void>
  /** A question to a side while a page is drawn; throws what the side answers. */
  asking<T>(run: Asking, ask: () => Promise<T>): Promise<T>
  /** Runs `work`; whatever stops the whole run becomes a wait, an end or a hand-over to another worker. */
  guard(run: Run, at: AtWork, work: () => Promise<void>): Promise<void>
}

interface FailureStores extends EndStores {
  runs: Pick<RunStore, 'wait' | 'progressed' | 'end' | 'lock' | 'hold' | 'check'>
  connections: Pick<ConnectionStore, 'markReconnectNeeded'>
  grants: Pick<GrantStore, 'markReconnectNeeded'>
}

export interface RunFailuresDeps {
  inTenant: InTenant<FailureStores>
  clock: Clock
  log: Logger
  /** wait before a broken listing is read again, in ms; doubles each time */
  listingRetryMs: number
}

export function createRunFailures({ inTenant, clock, log, listingRetryMs }: RunFailuresDeps): RunFailures {
  /** One transaction; of a worker that writes, only while it has the run. */
  const during = <T>(run: Run, { lease }: AtWork, work: (stores: FailureStores) => Promise<T>) =>
    lease === undefined ? inTenant(run.tenantId, work) : holding({ inTenant, run, lease }, work)

  /** Gives the run up, in the caller's transaction. */
  const failIn = async (stores: FailureStores, run: Run, reason: Reason) => {
    if (!readingStates.includes(run.state)) {
      await endRun(stores, run, { now: clock.now(), rest: { outcome: 'failed', reason } })
      return
    }
    // Nobody has begun a check: it is over, and what is said of it is said with its figures.
    const state = run.state === 'checking' ? 'cancelled' : 'failed'
    const ended = await stores.runs.end(run.id, state, clock.now(), reason)
    // A run of one click has no person waiting in front of it.
    if (ended && run.atOnce) await announce(stores, run, 'failed', clock.now())
  }

  const fail = (run: Run, at: AtWork, reason: Reason) => during(run, at, stores => failIn(stores, run, reason))

  /** Once too often or too long: it is given up in the same transaction, which ends the lease in either case. */
  const putAside = (run: Run, at: AtWork, until: Date, error: AppError) =>
    during(run, at, async stores => {
      const closed = error instanceof VendorClosed
      const shownUntil = new Date(clock.now().getTime() + until.getTime() - Date.now())
      const waitsSince = run.queuedAt ?? run.fetchBegunAt ?? clock.now()
      if (closed && shownUntil.getTime() - waitsSince.getTime() > LONGEST_CLOSED_MS)
        return failIn(stores, run, error.reason)
      const reason = closed ? error.message : pausedReason(shownUntil, error)
      const waits = await stores.runs.wait(run.id, { until: shownUntil, reason, counts: !closed })
      if (waits > MAX_WAITS) return failIn(stores, run, error.reason)
      await stores.jobs.enqueue(at.job, run.id, until)
    })

  const markReconnect = async (run: Asking, error: ReconnectNeeded) => {
    await inTenant(run.tenantId, ({ grants, connections }) =>
      error.side === 'smarthr'
        ? grants.markReconnectNeeded(run.adminId)
        : connections.markReconnectNeeded(run.connectionId),
    )
  }

  return {
    markReconnect,

    async asking(run, ask) {
      try {
        return await ask()
      } catch (error) {
        if (error instanceof ReconnectNeeded) await markReconnect(run, error)
        throw error
      }
    },

    async guard(run, at, work) {
      try {
        await work()
      } catch (error) {
        await stopped(run, at, error)
      }
    },
  }

  /** What becomes of a run whose work was stopped by `error`. */
  async function stopped(run: Run, at: AtWork, error: unknown): Promise<void> {
    // Thrown on: the job would count as done, and the job library would delete it under the worker that has it now.
    if (error instanceof LeaseLost) throw error
    // Nothing is wrong with the run: the job is done again when the database is back.
    if (isDatabaseTrouble(error)) throw error
    if (at.signal.aborted) {
      // This process is going away: another worker goes on from what is stored.
      await during(run, at, ({ jobs }) => jobs.enqueue(at.job, run.id))
      return
    }
    if (error instanceof VendorUnavailable || error instanceof ListingBroken) {
      const until =
        error instanceof VendorUnavailable
          ? error.retryAt
          : new Date(Date.now() + listingRetryMs * 2 ** Math.min(run.attempts, MAX_WAITS))
      log.warn('run put aside', { until, err: error })
      return putAside(run, at, until, error)
    }
    if (error instanceof ReconnectNeeded) await markReconnect(run, error)
    if (error instanceof AppError) {
      log.info('run failed', { err: error })
      await fail(run, at, error.reason)
      return
    }
    log.error('run failed unexpectedly', { err: error })
    await fail(run, at, UNEXPECTED)
  }
}
