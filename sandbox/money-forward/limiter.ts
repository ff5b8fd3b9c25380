import type { LimitsPatch } from '../core/stand-in.js'

const MINUTE = 60_000

/** 60 calls a minute with one API KEY (§5.7). */
const REAL = { perMinute: 60, enabled: true }

export type MoneyForwardLimitsPatch = LimitsPatch & { perMinute?: number }

/**
 * A sliding window per office, by real time: the settable clock must not open a limit. Refused calls don't count, so
 * that waiting as long as `Retry-After` says is enough.
 */
export function createLimiter() {
  let limits = { ...REAL }
  const arrivals = new Map<string, number[]>()
  return {
    /** Seconds to wait when this call is one too many, else null. */
    arrive(apiKey: string): number | null {
      if (!limits.enabled) return null
      const now = performance.now()
      const times = (arrivals.get(apiKey) ?? []).filter(time => time > now - MINUTE)
      // free again when so many have left that one fits
      const leaves = times[times.length - limits.perMinute]
      if (leaves === undefined) times.push(now)
      arrivals.set(apiKey, times)
      return leaves === undefined ? null : Math.max(1, Math.ceil((leaves + MINUTE - now) / 1_000))
    },
    /** Throws on what is no limit of クラウド給与: it has none per second or hour. */
    set(patch: MoneyForwardLimitsPatch): void {
      for (const [name, value] of Object.entries(patch)) {
        const right =
          name === 'enabled' ? typeof value === 'boolean' : Number.isSafeInteger(value) && Number(value) >= 1
        if (!(name in REAL) || !right)
          throw new Error(`Money Forward's stand-in has no limit ${name}=${JSON.stringify(value)}`)
      }
      limits = { ...limits, ...patch }
      arrivals.clear()
    },
    reset(): void {
      limits = { ...REAL }
      arrivals.clear()
    },
  }
}
