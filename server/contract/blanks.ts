import type { Direction, FieldPair, SyncFlow, Values } from './contract.js'

/** What of a new record is filled: a create says nothing about the rest. */
export const filledOf = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))

/** The labels of fields in which a blank of the source erases what the target says. */
export function erasedByBlanks(mapping: readonly FieldPair[], direction: Direction): string[] {
  const target = direction === 'to-service' ? 'service' : 'smarthr'
  return mapping.flatMap(({ blankable, label }) => (blankable === target || blankable === 'both' ? [label] : []))
}

/** The sentence about blanks on a flow's pages, made from its mapping so that it can't say anything else. */
export function blanksNote({
  mapping,
  direction,
  from,
  to,
}: Pick<SyncFlow, 'mapping' | 'direction' | 'from' | 'to'>): string {
  const erased = erasedByBlanks(mapping, direction)
  if (erased.length === mapping.length) return `${from}で空白の項目は、${to}でも空白になります。`
  const except = erased.length > 0 ? `（${erased.join('、')}を除く）` : ''
  return `${from}で空白の項目は、${to}の値を消しません${except}。`
}
