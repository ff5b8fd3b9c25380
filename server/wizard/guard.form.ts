import { textField } from '../web/form.js'

/** The field in which the number of the selected people is typed. */
export const COUNT_FIELD = 'guard_count'

/**
 * As typed, and what it means: full-width digits are digits all the same, and commas stand where the page has them: 1,6 is no
 * 16. No digit is left out: 020 is not what the page says.
 */
export function parseCount(body: unknown): { typed: string; count: string } {
  const { typed, value, broken } = textField(body, COUNT_FIELD)
  const isCount = !broken && /^(\d{1,9}|\d{1,3}(,\d{3}){1,2})$/.test(value)
  return { typed, count: isCount ? value.replaceAll(',', '') : value }
}
