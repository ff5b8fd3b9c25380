import type { Period, PeriodStep } from '../contract/contract.js'
import type { FieldErrors } from '../web/form.js'
import { parseReferenceDate } from './date.form.js'
import { MAX_WORDS, one } from '../web/fields.js'

export interface PeriodForm {
  typed: Record<'from' | 'to', string>
  value: Period | null
  errors: FieldErrors
}

/** The first and the last day that records are for: both real, in this order. */
export function parsePeriod(body: unknown, step: Pick<PeriodStep, 'from' | 'to'>): PeriodForm {
  const fields = (body ?? {}) as Record<string, unknown>
  const read = (name: 'from' | 'to') =>
    parseReferenceDate({ referenceDate: fields[name] }, { heading: step[name] }, '2026-01-01')
  const [from, to] = [read('from'), read('to')]
  const typed = { from: one(fields.from).slice(0, MAX_WORDS), to: one(fields.to).slice(0, MAX_WORDS) }
  if (!from.ok || !to.ok) {
    return {
      typed,
      value: null,
      errors: { ...(!from.ok && { from: from.error }), ...(!to.ok && { to: to.error }) },
    }
  }
  if (from.value > to.value) {
    return { typed, value: null, errors: { to: `${step.to}は、${step.from}以降の日付を指定してください。` } }
  }
  return { typed, value: { from: from.value, to: to.value }, errors: {} }
}
