import type { Columns, FileSource } from '../contract/contract.js'
import { one } from '../web/fields.js'
import type { FieldErrors } from '../web/form.js'

/** The name of a column's field: columns have names of their own, which are no names for fields. */
export const fieldOf = (index: number): string => `column-${index}`

export interface ColumnsForm {
  chosen: Columns
  /** by field; '' is about the whole */
  errors: FieldErrors
}

/** What each column holds, as chosen; what the page does not offer is not taken. */
export function parseColumns(body: unknown, names: readonly string[], source: FileSource): ColumnsForm {
  const typed = (body ?? {}) as Record<string, unknown>
  const offered = new Set(source.fields.map(({ value }) => value))
  const chosen = Object.fromEntries(
    names.map((name, index): [string, string] => {
      const value = one(typed[fieldOf(index)])
      return [name, offered.has(value) ? value : '']
    }),
  )
  const wrong = source.check(chosen)
  const errors = Object.entries(wrong).map(([name, text]): [string, string] => [
    // What is about the whole leads to the first of the fields.
    fieldOf(Math.max(0, names.indexOf(name))),
    text,
  ])
  return { chosen, errors: Object.fromEntries(errors) }
}
