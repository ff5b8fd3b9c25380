import type { LimitsPatch } from '../core/stand-in.js'

const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 3_600_000

export interface MikiwameLimitsPatch extends LimitsPatch {
  perMinute?: number
}

/** More than 120 calls a minute are refused (§7); the other two windows exist only when a test sets them. */
const REAL = { perMinute: 120, perSecond: null as number | null, perHour: null as number | null, enabled: true }

/**
 * Sliding windows per company, by real time: the settable clock must not open a limit. Refused calls don't count, so
 * that waiting as long as `Retry-After` says is enough.
 */
export function createLimiter() {
  let limits = { ...REAL }
  const arrivals = new Map<string, number[]>()
  return {
    /** Seconds to wait when this call is one too many, else null. */
    arrive(company: string): number | null {
      const now = performance.now()
      const times = (arrivals.get(company) ?? []).filter(time => time > now - (limits.perHour === null ? MINUTE : HOUR))
      const windows: readonly (readonly [number, number | null])[] = [
        [SECOND, limits.perSecond],
        [MINUTE, limits.perMinute],
        [HOUR, limits.perHour],
      ]
      const waits = windows.flatMap(([length, limit]) => {
        if (limit === null || !limits.enabled) return []
        const within = times.filter(time => time > now - length)
        if (within.length < limit) return []
        // free again when so many have left that one fits
        const leaves = within[within.length - limit] ?? now
        return [Math.max(1, Math.ceil((leaves + length - now) / SECOND))]
      })
      if (waits.length === 0 && limits.enabled) times.push(now)
      arrivals.set(company, times)
      return waits.length > 0 ? Math.max(...waits) : null
    },
    set({ perMinute, perSecond, perHour, enabled }: MikiwameLimitsPatch): void {
      limits = {
        perMinute: perMinute ?? limits.perMinute,
        perSecond: perSecond === undefined ? limits.perSecond : perSecond,
        perHour: perHour ?? limits.perHour,
        enabled: enabled ?? limits.enabled,
      }
      arrivals.clear()
    },
    reset(): void {
      limits = { ...REAL }
      arrivals.clear()
    },
  }
}
