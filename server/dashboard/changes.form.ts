import { Temporal } from 'temporal-polyfill'
import { slashed } from '../contract/conversions.js'
import { writtenClasses, type WrittenClass } from '../runs/change.store.js'
import { parsePeriod, type PeriodForm } from '../wizard/period.form.js'

/** Plain dates, both in it. */
export interface Days {
  from: string
  to: string
}

/** Longer lists are asked for in parts: a year, and the month before it to compare with. */
const MOST_MONTHS = 13

const day = (text: string) => Temporal.PlainDate.from(text)

/**
 * What is shown unasked: since the last payroll was closed, as far as that is known and lies within the last
 * 13 months; else since the first of the month. To today. Pure.
 */
export function presetDays(today: string, lastClose: string | null): Days & { since: string | null } {
  const oldest = day(today).subtract({ months: MOST_MONTHS }).toString()
  const isKnown = lastClose !== null && lastClose < today && lastClose >= oldest
  return isKnown
    ? { from: day(lastClose).add({ days: 1 }).toString(), to: today, since: lastClose }
    : { from: day(today).with({ day: 1 }).toString(), to: today, since: null }
}

/** The days as typed; where an end was not typed at all, the preset's. Errors are sentences for the fields. */
export function parseDays(query: unknown, preset: Days): PeriodForm {
  const { from, to } = { ...preset, ...(query as Partial<Record<keyof Days, unknown>>) }
  const form = parsePeriod({ from, to }, { from: '開始日', to: '終了日' })
  if (form.value === null) return form
  const last = day(form.value.from).add({ months: MOST_MONTHS })
  if (Temporal.PlainDate.compare(day(form.value.to), last) <= 0) return form
  const text = `期間が長すぎるため、表示できません。終了日を${slashed(last.toString())}以前にするか、期間を分けて表示してください。`
  return { ...form, value: null, errors: { to: text } }
}

/** Whom to show: the new or the changed alone. Whatever else is asked for shows both. */
export const parseClass = (text: unknown): WrittenClass | null => writtenClasses.find(name => name === text) ?? null
