import type { Connection } from './connection.store.js'

/** An administrator's own connection lasts for a limited time: how it stands at a moment. Pure. */

const DAY_MS = 24 * 3_600_000

export type OwnConnectionState = 'none' | 'active' | 'expired'

/** One that has run out stays: its owner may renew it. */
export const hasExpired = ({ validUntil }: Connection, now: Date): boolean => validUntil !== null && validUntil <= now

/** Whole days left, the one that has begun included; 0 when there are none. */
export const daysLeft = (validUntil: Date | null, now: Date): number =>
  validUntil === null ? 0 : Math.max(0, Math.ceil((validUntil.getTime() - now.getTime()) / DAY_MS))

export const ownConnectionStateOf = (connection: Connection | null, now: Date): OwnConnectionState =>
  connection === null ? 'none' : hasExpired(connection, now) ? 'expired' : 'active'

/** The end of one that begins now. */
export const endOf = (days: number, now: Date): Date => new Date(now.getTime() + days * DAY_MS)
