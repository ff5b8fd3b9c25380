import { yearMonthOf } from '../../platform/clock.js'
import type { PlainDate, Scalar } from '../../contract/contract.js'
import { dateOf } from '../../contract/conversions.js'

/** A month as freee's calls take it. freee itself shifts people paid in the following month (freee §5.2). */
export interface YearMonth {
  year: number
  /** 1–12 */
  month: number
}

const count = ({ year, month }: YearMonth) => year * 12 + month

export const isLater = (one: YearMonth, other: YearMonth): boolean => count(one) > count(other)

/**
 * The month whose version of a person is read, compared and written on `day`. It is the month of the day, or the month
 * of 入社日 for a person who joins later (freee §5.2).
 */
export function writtenMonth(day: PlainDate, entryDate: Scalar | undefined): YearMonth {
  const [now, entry] = [yearMonthOf(day), dateOf(entryDate)]
  const joining = entry === null ? now : yearMonthOf(entry)
  return isLater(joining, now) ? joining : now
}
