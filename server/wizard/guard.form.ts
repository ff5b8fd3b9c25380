import { textField } from '../web/form.js'

/** The field in which the number of the selected people is typed. */
export const COUNT_FIELD = 'guard_count'

/**
 * As typed, and what it means: full-width digits and the commas of the page are digits all the same. No digit is left
 * out: 020 is not what the page says.
 */
export function parseCount(body: unknown): { typed: string; count: string } {
  const { typed, value, broken } = textField(body, COUNT_FIELD)
  const digits = value.replaceAll(',', '')
  return { typed, count: !broken && /^\d{1,9}$/.test(digits) ? digits : value }
}
