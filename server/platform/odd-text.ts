/**
 * A lone half of a surrogate pair is text that neither JSON in the database nor UTF-8 can carry. It becomes U+FFFD
 * where it is read, so that one name does not stop the whole run. A value that contains it is told and never written.
 * Pure.
 */

const UNREADABLE_SIGN = '\ufffd'

/** In Unicode mode only halves that stand alone match. */
const LONE_HALF = /\p{Surrogate}/gu

/** The same text with U+FFFD for what can't be kept. */
export const wellFormed = (text: string): string => text.replace(LONE_HALF, UNREADABLE_SIGN)

/** Whether a sign was lost in it, here or before it came to us. */
export const isBroken = (value: unknown): boolean => typeof value === 'string' && value.includes(UNREADABLE_SIGN)

/** The same for any text within a record. */
export const holdsBroken = (record: unknown): boolean => isBroken(JSON.stringify(record))
