import { joinFilled, objectsOf, scalarOf, textOf, yen } from '../../contract/conversions.js'
import type { Scalar } from '../../contract/contract.js'
import type { Json } from '../../contract/documents.js'

export type { Json }

/** What stands at a dotted path (`departments.0.name`); objects, lists and blanks are null. */
export function read(record: Json, path: string): Scalar {
  const found = path
    .split('.')
    .reduce<unknown>((at, name) => (typeof at === 'object' && at !== null ? (at as Json)[name] : undefined), record)
  return scalarOf(found)
}

/** The objects of a list; none when it is no list. */
export const rows = (record: Json, name: string): Json[] => objectsOf(record[name])

/** A code or number as text: NFKC, trimmed, null when blank. */
export const codeOf = (value: Scalar): string | null => textOf(value)?.normalize('NFKC').trim() ?? null

/** Texts written one after the other; null when all are blank. */
export const joinedWith = (between: string, ...values: readonly Scalar[]): string | null => {
  const joined = joinFilled(values, between)
  return joined === '' ? null : joined
}

/**
 * An amount in yen; null for blank. What is there but is no whole yen is not passed on, and `notes` says so, with what to do.
 */
export function amountOf(
  value: Scalar,
  notes: string[],
  { label, where, loss = false }: { label: string; where: string; /** may be negative */ loss?: boolean },
): number | null {
  const amount = yen(value, loss ? -Infinity : 0)
  if (amount === null && value !== null)
    notes.push(
      `${label}「${String(value)}」は、${loss ? '' : '0以上の'}整数（円）ではないため、公開しません。${where}で修正してから、取得し直してください。`,
    )
  return amount
}
