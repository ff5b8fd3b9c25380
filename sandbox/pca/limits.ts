import type { LimitsPatch } from '../core/stand-in.js'

const MINUTE = 60_000

/** Calls per minute (reference §4.6). */
const REAL = { oauth: 10, writes: 20, reads: 60, enabled: true }

export type CallKind = 'oauth' | 'writes' | 'reads'

export type PcaLimitsPatch = LimitsPatch & { oauth?: number; writes?: number; reads?: number }

/**
 * Counts every call of the last minute, also the refused ones, by real time: the settable clock must open no limit.
 * Switched off, it counts nothing.
 */
export function createLimits() {
  let limits = { ...REAL }
  let calls = new Map<string, number[]>()
  return {
    /** Whether this call is one too many. */
    exceeded(kind: CallKind, who: string): boolean {
      if (!limits.enabled) return false
      const now = performance.now()
      const key = `${kind} ${who}`
      const recent = (calls.get(key) ?? []).filter(time => time > now - MINUTE)
      calls.set(key, [...recent, now])
      return recent.length >= limits[kind]
    },
    /** Throws on what is no limit of PCA: it has none per second or hour. */
    set(patch: PcaLimitsPatch) {
      for (const [name, value] of Object.entries(patch)) {
        const right =
          name === 'enabled' ? typeof value === 'boolean' : Number.isSafeInteger(value) && Number(value) >= 0
        if (!(name in REAL) || !right) throw new Error(`PCA's stand-in has no limit ${name}=${JSON.stringify(value)}`)
      }
      limits = { ...limits, ...patch }
      calls = new Map()
    },
    reset() {
      limits = { ...REAL }
      calls = new Map()
    },
  }
}

export type Limits = ReturnType<typeof createLimits>
