import type { Connection } from './connection.store.js'

/** Links of limited life: what an instant makes of them. Pure. */

const DAY_MS = 24 * 3_600_000

export type LinkState = 'none' | 'active' | 'expired'

/** A link that has run out stays, for its owner to renew it. */
export const hasExpired = ({ validUntil }: Connection, now: Date): boolean => validUntil !== null && validUntil <= now

/** Whole days left, the one that has begun included; 0 when there are none. */
export const daysLeft = (validUntil: Date | null, now: Date): number =>
  validUntil === null ? 0 : Math.max(0, Math.ceil((validUntil.getTime() - now.getTime()) / DAY_MS))

export const linkStateOf = (connection: Connection | null, now: Date): LinkState =>
  connection === null ? 'none' : hasExpired(connection, now) ? 'expired' : 'active'

/** The end of a link that begins now. */
export const endOf = (days: number, now: Date): Date => new Date(now.getTime() + days * DAY_MS)
