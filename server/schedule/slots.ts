import holidayJp from '@holiday-jp/holiday_jp'
import { createHash } from 'node:crypto'
import { jstDate, jstMidnight } from '../platform/clock.js'

/** 毎日 / 平日 / 毎週 / 毎月 */
export type Rule = 'daily' | 'weekdays' | 'weekly' | 'monthly'

/** When a check is to be made, in Japan. */
export interface Rhythm {
  rule: Rule
  /** of a weekly one: 1 Monday … 7 Sunday */
  weekday: number
  /** of a monthly one; a month that is shorter has it on its last day */
  day: number
  hour: number
}

/** 基準日: 当日 / 当月末日 / 翌月1日 */
export type Reference = 'today' | 'month-end' | 'next-month'

/** Begun in the last minutes of an hour, a check would end in the next one. */
const MINUTES = 50

/** The minute of a connection's checks: not all companies that want two o'clock are read at the same moment. */
export const minuteOf = (connectionId: string): number =>
  createHash('sha256').update(connectionId).digest().readUInt32BE(0) % MINUTES

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Plain dates as days since 1970, which know no zone and no summer time. */
const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/** 1 Monday … 7 Sunday; 1970-01-01 was a Thursday. */
const weekdayOf = (day: number): number => ((day + 3) % 7) + 1

/** 祝日, 振替休日 and 国民の休日, as the law has them; the library knows them up to 2050. */
export const isHoliday = (date: string): boolean => date in holidayJp.holidays

const lastDayOf = (date: string): number =>
  new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).getUTCDate()

function fits({ rule, weekday, day }: Rhythm, on: number): boolean {
  const date = dateOf(on)
  switch (rule) {
    case 'daily':
      return true
    case 'weekdays':
      return weekdayOf(on) < 6 && !isHoliday(date)
    case 'weekly':
      return weekdayOf(on) === weekday
    case 'monthly':
      return Number(date.slice(8)) === Math.min(day, lastDayOf(date))
  }
}

/** The next time by the rule after an instant. */
export function nextSlot(rhythm: Rhythm, minute: number, after: Date): Date {
  for (let on = dayNumber(jstDate(after)); ; on += 1) {
    if (!fits(rhythm, on)) continue
    const slot = new Date(jstMidnight(dateOf(on)).getTime() + rhythm.hour * HOUR_MS + minute * 60_000)
    if (slot > after) return slot
  }
}

/** The reference date of a check on this day. */
export function referenceDateOf(reference: Reference, today: string): string {
  if (reference === 'today') return today
  const monthEnd = `${today.slice(0, 8)}${String(lastDayOf(today))}`
  return reference === 'month-end' ? monthEnd : dateOf(dayNumber(monthEnd) + 1)
}

/** Monday in Japan. */
export const isMonday = (date: string): boolean => weekdayOf(dayNumber(date)) === 1
