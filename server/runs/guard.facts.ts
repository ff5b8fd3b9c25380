import type { FieldPair, Scalar, SyncFlow } from '../contract/contract.js'
import type { ItemContent } from './run.js'

/** A digest of what a field said, and of what it will say; '' for a blank. */
export type WasAndWill = readonly [was: string, will: string]

/** What the guard counts of somebody whose record changes: ids of fields and keyed digests, never a value. */
export interface GuardFacts {
  /** fields that go blank */
  blank: string[]
  /** each field that changes */
  values: Readonly<Record<string, WasAndWill>>
  /** the whole bank account, where a part of it changes */
  account?: WasAndWill
}

/** Fields of which no two people have the same number. */
export const uniqueNumbers = (mapping: readonly FieldPair[]): string[] =>
  mapping.flatMap(({ id, unique }) => (unique === 'number' ? [id] : []))

export const accountParts = (mapping: readonly FieldPair[]): string[] =>
  mapping.flatMap(({ id, unique }) => (unique === 'account' ? [id] : []))

const text = (values: readonly (Scalar | undefined)[]): string =>
  values.every(value => (value ?? '') === '') ? '' : JSON.stringify(values.map(value => value ?? ''))

/** `digest`: the same for the same text of a field within one plan, and no way back. Pure. */
export function guardFacts(
  { mapping, direction }: Pick<SyncFlow, 'mapping' | 'direction'>,
  { changes, set, target }: ItemContent,
  digest: (text: string, field: string) => string,
): GuardFacts {
  const digested = (value: string, field: string) => (value === '' ? '' : digest(value, field))
  const both = (was: string, will: string, field: string) => [digested(was, field), digested(will, field)] as const
  const paths = [
    ...new Set(
      mapping
        .filter(({ unique }) => unique === 'account')
        .flatMap(pair => (direction === 'to-service' ? pair.service : pair.smarthr)),
    ),
  ].sort()
  const account = both(
    text(paths.map(path => target?.[path])),
    text(paths.map(path => (path in set ? set[path] : target?.[path]))),
    'account',
  )
  return {
    blank: changes.filter(({ before, after }) => before !== '' && after === '').map(({ field }) => field),
    values: Object.fromEntries(changes.map(({ field, before, after }) => [field, both(before, after, field)])),
    ...(account[0] !== account[1] && { account }),
  }
}
