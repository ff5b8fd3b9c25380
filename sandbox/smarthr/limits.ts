import type { LimitsPatch } from '../core/stand-in.js'

const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 3_600_000

/** SmartHR's own limits (SmartHR API reference, §2.2). */
const REAL = { perSecond: 10, perHour: 5_000, perMinuteOfTenant: 50_000, enabled: true }

/** Calls within the last `ms`, by real time: the settable clock must not open a limit. */
function createWindow(ms: number) {
  let times: number[] = []
  let start = 0
  return {
    /** calls in the window before this one, and when the oldest leaves it */
    look(now: number) {
      while (start < times.length && (times[start] ?? 0) <= now - ms) start += 1
      if (start > 10_000) {
        times = times.slice(start)
        start = 0
      }
      const oldest = times[start]
      return { used: times.length - start, freeIn: oldest === undefined ? ms : oldest + ms - now }
    },
    add(now: number) {
      times.push(now)
    },
  }
}

type Window = ReturnType<typeof createWindow>

export interface Arrival {
  allowed: boolean
  headers: Record<string, string>
}

/** Sliding windows per token and per company; both header families on every answer. */
export function createLimits() {
  let limits: { perSecond: number; perHour: number; perMinuteOfTenant: number; enabled: boolean } = { ...REAL }
  let windows = new Map<string, Window>()
  const windowOf = (key: string, ms: number) => {
    const window = windows.get(key) ?? createWindow(ms)
    windows.set(key, window)
    return window
  }
  const headersOf = (family: string, limit: number, used: number, freeIn: number) => ({
    [`${family}-limit`]: String(limit),
    [`${family}-remaining`]: String(Math.max(0, limit - used)),
    // seconds until reset, not an instant
    [`${family}-reset`]: String(Math.ceil(freeIn / SECOND)),
  })

  return {
    arrive(token: string, tenant: string): Arrival {
      const now = performance.now()
      const second = windowOf(`s ${token}`, SECOND)
      const hour = windowOf(`h ${token}`, HOUR)
      const minute = windowOf(`m ${tenant}`, MINUTE)
      const inSecond = second.look(now)
      const inHour = hour.look(now)
      const inMinute = minute.look(now)
      const over =
        inSecond.used >= limits.perSecond || inHour.used >= limits.perHour || inMinute.used >= limits.perMinuteOfTenant
      for (const window of [second, hour, minute]) window.add(now)
      return {
        allowed: !(limits.enabled && over),
        // Switched off, nothing is ever used up.
        headers: {
          ...headersOf('x-rate-limit', limits.perHour, limits.enabled ? inHour.used + 1 : 0, inHour.freeIn),
          ...headersOf(
            'x-intensive-rate-limit',
            limits.perSecond,
            limits.enabled ? inSecond.used + 1 : 0,
            inSecond.freeIn,
          ),
        },
      }
    },
    set(patch: LimitsPatch) {
      const unlimited = Number.MAX_SAFE_INTEGER
      limits = {
        ...limits,
        ...(patch.perSecond !== undefined && { perSecond: patch.perSecond ?? unlimited }),
        ...(patch.perHour !== undefined && { perHour: patch.perHour }),
        ...(patch.enabled !== undefined && { enabled: patch.enabled }),
      }
      windows = new Map()
    },
    reset() {
      limits = { ...REAL }
      windows = new Map()
    },
  }
}
