import { Temporal } from 'temporal-polyfill'

/** Business dates are Japan's, whatever the machine thinks. */
const JAPAN = 'Asia/Tokyo'

export interface Clock {
  now(): Date
  /** today's date in Japan, `YYYY-MM-DD` */
  today(): string
}

/** A clock that starts at the given instant and goes on from there; without one, the real time. */
export function createClock(startsAt?: Date): Clock {
  const offset = startsAt ? startsAt.getTime() - Date.now() : 0
  const now = () => new Date(Date.now() + offset)
  return { now, today: () => jstDate(now()) }
}

const inJapan = (date: Date) => Temporal.Instant.fromEpochMilliseconds(date.getTime()).toZonedDateTimeISO(JAPAN)

/** The Japan date of an instant, `YYYY-MM-DD`. */
export const jstDate = (date: Date): string => inJapan(date).toPlainDate().toString()

/** The instant at which a plain date begins in Japan; `daysOn` days later. */
export const jstMidnight = (plainDate: string, daysOn = 0): Date =>
  new Date(Temporal.PlainDate.from(plainDate).add({ days: daysOn }).toZonedDateTime(JAPAN).epochMilliseconds)

/** `2026/11/20 15:35` in Japan. */
export function jstDateTime(date: Date): string {
  const at = inJapan(date)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${at.year}/${two(at.month)}/${two(at.day)} ${two(at.hour)}:${two(at.minute)}`
}

/** `15:35:07` in Japan. */
export function jstTime(date: Date): string {
  const at = inJapan(date)
  return [at.hour, at.minute, at.second].map(n => String(n).padStart(2, '0')).join(':')
}

/** `20261120153507` in Japan. */
export const jstStamp = (date: Date): string => {
  const at = inJapan(date)
  return [at.year, at.month, at.day, at.hour, at.minute, at.second].map(n => String(n).padStart(2, '0')).join('')
}

/** A plain date with a day that every month has. */
const IN_EVERY_MONTH = /^(\d{4})-(0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/

/** Year and month of a plain date; throws RangeError when it is none. */
export function yearMonthOf(plainDate: string): { year: number; month: number } {
  // Asked for every person of a plan, several times.
  const [, plainYear, plainMonth] = IN_EVERY_MONTH.exec(plainDate) ?? []
  if (plainYear !== undefined) return { year: Number(plainYear), month: Number(plainMonth) }
  const { year, month } = Temporal.PlainDate.from(plainDate, { overflow: 'reject' })
  return { year, month }
}
