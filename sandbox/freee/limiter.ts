const HOUR = 3_600_000

/** How long access stays blocked after too many requests in a short time (freee §6.2). */
const BLOCKED_FOR = 600_000

export interface RequestLimit {
  /** Requests of one company and hour, over all its tokens. */
  perHour: number
  /** Requests of one company and second, and as many at once; null: no such limit, since freee does not publish it. */
  perSecond: number | null
  /** When off, requests are neither counted nor refused: headers that said an hour is used up would be heeded. */
  enabled: boolean
}

export type Verdict = 'ok' | 'hour used up' | 'blocked'

export interface Arrival {
  verdict: Verdict
  /** Milliseconds; when the hour begins anew. */
  resetAt: number
  headers: Record<string, string>
}

interface Counter {
  hourEndsAt: number
  used: number
  /** Requests left before it counts as excessive, as of `countedAt`. */
  spare: number
  countedAt: number
  blockedUntil: number
}

/** Counts every request of a company, also the ones refused, and says whether it is too many (freee §6.2). */
export function createLimiter({ now, limit }: { now: () => number; limit: () => RequestLimit }) {
  const counters = new Map<number, Counter>()
  return {
    arrive(companyId: number): Arrival {
      const { perHour, perSecond, enabled } = limit()
      const counter = counters.get(companyId) ?? {
        hourEndsAt: 0,
        used: 0,
        spare: perSecond ?? 0,
        countedAt: now(),
        blockedUntil: 0,
      }
      counters.set(companyId, counter)
      if (counter.hourEndsAt <= now()) Object.assign(counter, { hourEndsAt: now() + HOUR, used: 0 })
      if (enabled) counter.used += 1
      if (perSecond !== null) {
        counter.spare = Math.min(perSecond, counter.spare + ((now() - counter.countedAt) / 1000) * perSecond)
        counter.countedAt = now()
        if (counter.spare >= 1) counter.spare -= 1
        else if (enabled) counter.blockedUntil = now() + BLOCKED_FOR
      }
      return {
        verdict: verdictOf(counter, enabled && counter.used > perHour, enabled && perSecond !== null, now()),
        resetAt: counter.hourEndsAt,
        headers: rateHeaders(perHour, counter.used, counter.hourEndsAt),
      }
    },
    /** Nothing was ever counted; also lifts a block. */
    forget: () => counters.clear(),
  }
}

function verdictOf(counter: Counter, hourUsedUp: boolean, limitsSeconds: boolean, now: number): Verdict {
  if (limitsSeconds && counter.blockedUntil > now) return 'blocked'
  return hourUsedUp ? 'hour used up' : 'ok'
}

export const rateHeaders = (perHour: number, used: number, resetAt: number) => ({
  'X-RateLimit-Limit': String(perHour),
  'X-RateLimit-Remaining': String(Math.max(0, perHour - used)),
  // freee prints microseconds.
  'X-RateLimit-Reset': new Date(resetAt).toISOString().replace('Z', '000Z'),
})
