import type { Mode } from './schedule.store.js'

const DAY_MS = 24 * 3_600_000

/** After a day a plan no longer shows how things are; one that is to be gone on with stays until the next check, so long at most. */
export const SHOWN_MS = DAY_MS
export const KEPT_MS = 7 * DAY_MS

/** Since when a plan must have been read to be gone on with. */
export const planSince = (mode: Mode, now: Date): Date =>
  new Date(now.getTime() - (mode === 'notify' ? SHOWN_MS : KEPT_MS))
