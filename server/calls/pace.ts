import type { Answer, Call, ServiceErrors } from './call.js'
import type { Limiter } from './limiter.js'

/** Limits that reset within this time are kept by the limiter's pace alone. */
const PACED_BY_US_MS = 1_000

export interface PaceOptions {
  errors: ServiceErrors
  limiter: Limiter
  /** whose limit the calls count against: one credential, one key */
  limitKey: string
  perSecond?: number
  /** writes are counted apart */
  writesPerSecond?: number
  signal?: AbortSignal
}

/** The limits that a call counts against. */
export interface Pace {
  /** Waits for a free slot and returns 0. A longer wait than `longestMs` comes back at once, in ms. */
  take(call: Call, longestMs: number): Promise<number>
  /** No call of this credential for so long. */
  pause(call: Call, ms: number): Promise<void>
  /** A limit that is used up holds every caller back. Returns until when, in ms since the epoch, or 0. */
  heed(call: Call, answer: Answer<unknown>): Promise<number>
}

export function createPace(options: PaceOptions): Pace {
  const { errors, limiter, signal } = options
  const countedAs = ({ kind }: Call) =>
    options.writesPerSecond !== undefined && kind !== 'read'
      ? { limitKey: `${options.limitKey}:writes`, perSecond: options.writesPerSecond }
      : { limitKey: options.limitKey, perSecond: options.perSecond }

  return {
    take(call, longestMs) {
      const { limitKey, perSecond } = countedAs(call)
      return limiter.take(limitKey, perSecond, longestMs, signal)
    },

    pause: (call, ms) => limiter.pause(countedAs(call).limitKey, ms),

    async heed(call, { status, headers }) {
      const { limitKey, perSecond } = countedAs(call)
      const now = Date.now()
      const empty = errors.rates(headers, new Date(now)).filter(rate => rate.remaining <= 0)
      const resetAt = Math.max(0, ...empty.map(rate => rate.resetAt.getTime()))
      // A bucket of one second fills up by itself at our pace; waiting for its end would only lose time.
      const ownPace = perSecond !== undefined && status !== 429 && resetAt - now <= PACED_BY_US_MS
      if (!ownPace) await limiter.pause(limitKey, resetAt - now)
      return resetAt
    },
  }
}
