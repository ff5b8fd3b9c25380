import { Temporal } from 'temporal-polyfill'
import type { DateStep } from '../contract/contract.js'
import { slashed } from '../contract/conversions.js'
import { MAX_WORDS, one } from '../web/fields.js'
import { notTyped } from '../web/form.js'

export type Parsed<T> = { ok: true; value: T } | { ok: false; typed: string; error: string }

/** A month stands for its first day, a year for its last. */
const whole = (text: string, unit: DateStep['unit']): string => {
  if (unit === 'month' && /^\d{4}-\d{2}$/.test(text)) return `${text}-01`
  return unit === 'year' && /^\d{4}$/.test(text) ? `${text}-12-31` : text
}

/** The first and the last day that a flow takes. */
export function dateRange(
  { yearsBack, yearsAhead }: Pick<DateStep, 'yearsBack' | 'yearsAhead'>,
  today: string,
): { first: string; last: string } {
  const now = Temporal.PlainDate.from(today)
  return {
    first: yearsBack === undefined ? '2000-01-01' : now.subtract({ years: yearsBack }).toString(),
    last: yearsAhead === undefined ? '2100-12-31' : now.add({ years: yearsAhead }).toString(),
  }
}

/**
 * The reference date as typed: `YYYY-MM-DD` (a full-width or slashed date is understood), within the flow's range when
 * it has one. Errors are sentences for the field.
 */
export function parseReferenceDate(
  body: unknown,
  range: Pick<DateStep, 'heading' | 'unit' | 'yearsBack' | 'yearsAhead' | 'outOfRange'>,
  today: string,
): Parsed<string> {
  const label = range.heading
  const given = (body as Record<string, unknown> | undefined)?.referenceDate
  const typed = one(given).slice(0, MAX_WORDS)
  const text = whole(typed.normalize('NFKC').trim().replaceAll('/', '-'), range.unit)
  if (text === '') return { ok: false, typed, error: notTyped(label) }
  let date: Temporal.PlainDate
  try {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new RangeError('not a plain date')
    date = Temporal.PlainDate.from(text, { overflow: 'reject' })
  } catch {
    return {
      ok: false,
      typed,
      error: range.unit
        ? `${label}が正しくありません。一覧から選択してください。`
        : `${label}が正しくありません。「2026/01/31」のように、実在する日付を入力してください。`,
    }
  }
  const { first, last } = dateRange(range, today)
  if (text < first || text > last) {
    return {
      ok: false,
      typed,
      error: range.outOfRange ?? `${slashed(first)}から${slashed(last)}までの日付を指定してください。`,
    }
  }
  return { ok: true, value: date.toString() }
}
