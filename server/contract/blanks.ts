import type { FieldPair, Flow, Scalar, SyncFlow, Values } from './contract.js'

/** What of a new record is filled: a create says nothing about the rest. */
export const filledOf = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))

/** Anything at all: only whether a blank would replace it matters. */
const FILLED: Scalar = '-'

/**
 * The fields in which a blank of the source erases what the target says, by label: what their conversions do with nothing
 * where there is something. Pure.
 */
export function erasedByBlanks(mapping: readonly FieldPair[], direction: Flow['direction']): string[] {
  return mapping.flatMap(pair => {
    const [from, to, convert] =
      direction === 'to-service'
        ? ([pair.smarthr, pair.service, pair.toService] as const)
        : ([pair.service, pair.smarthr, pair.toSmarthr] as const)
    const converted = convert(
      from.map(() => null),
      { today: '2000-01-01', settings: {}, present: to.map(() => FILLED) },
    )
    return typeof converted === 'object' && 'set' in converted && Object.keys(converted.set).length > 0
      ? [pair.label]
      : []
  })
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
