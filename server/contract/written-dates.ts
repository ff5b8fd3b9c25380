/** Dates as people write them, in the Japanese calendar too. Pure. */
import { dateOf } from './conversions.js'
import type { PlainDate } from './directory.js'

/** An era: the year before its first, and the first and the last day that are written in it. */
interface Era {
  signs: readonly string[]
  before: number
  from: PlainDate
  until: PlainDate
}

/**
 * On the days on which 大正 and 昭和 began, the era before counts as well. Before 1873 there was another calendar, so that
 * a date of those years is none of ours.
 */
const ERAS: readonly Era[] = [
  { signs: ['令和', 'R'], before: 2018, from: '2019-05-01', until: '9999-12-31' },
  { signs: ['平成', 'H'], before: 1988, from: '1989-01-08', until: '2019-04-30' },
  { signs: ['昭和', 'S'], before: 1925, from: '1926-12-25', until: '1989-01-07' },
  { signs: ['大正', 'T'], before: 1911, from: '1912-07-30', until: '1926-12-25' },
  { signs: ['明治', 'M'], before: 1867, from: '1873-01-01', until: '1912-07-30' },
]

/** 2024-1-31, 2024/01/31, 2024.1.31, 2024年1月31日, 20240131; R6.1.31, 令和6年1月31日, S64-1-7, 昭和元年12月25日 */
const FORMS = [
  /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/,
  /^(\d{4})(年)(\d{1,2})月(\d{1,2})日$/,
  /^(\d{4})()(\d{2})(\d{2})$/,
]
const IN_ERA = /^(令和|平成|昭和|大正|明治|[RHSTM])(\d{1,2}|元)([-/.年])(\d{1,2})[-/.月](\d{1,2})日?$/

/** What a spreadsheet puts behind a date that it takes for an instant. */
const MIDNIGHT = /[ T]0?0:00(:00)?$/

const dayOf = (year: number, month: string, day: string): PlainDate | null =>
  dateOf(`${String(year).padStart(4, '0')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`)

/** The day that a text names; null for one that names none, is in no calendar or lies outside its era. */
export function writtenDate(text: string): PlainDate | null {
  const written = text
    .normalize('NFKC')
    .replace(MIDNIGHT, '')
    .replace(/\s/g, '')
    .replace(/[‐‑‒–—―−]/g, '-')
    .toUpperCase()
  for (const form of FORMS) {
    const [found, year = '', , month = '', day = ''] = form.exec(written) ?? []
    if (found !== undefined) return dayOf(Number(year), month, day)
  }
  const [found, sign = '', year = '', , month = '', day = ''] = IN_ERA.exec(written) ?? []
  const era = ERAS.find(({ signs }) => signs.includes(sign))
  if (found === undefined || !era) return null
  const date = dayOf(era.before + (year === '元' ? 1 : Number(year)), month, day)
  return date !== null && date >= era.from && date <= era.until ? date : null
}
