/** A mapping: the fields that a flow compares and writes, both directions on one line. */
import type { PlainDate, Scalar, Values } from './directory.js'

/**
 * What a conversion yields. `set`: values for the other side, where null erases. keep: nothing to send. `unsent`: this
 * value can't be sent, the rest of the person can (⚠ on the person, with what to do). `problem`: why the person can't
 * be written at all.
 */
export type Converted =
  { set: Values; /** shown beside the change */ note?: string } | 'keep' | { unsent: string } | { problem: string }

/** What conversions may need to know. */
export interface ConvertContext {
  today: PlainDate
  /** the connector's settings as they stood when the run was fetched; empty for flows that use none */
  settings: Readonly<Record<string, string>>
  /** what the receiving side says now, in the order of the pair's paths there; empty for a new person */
  present: readonly Scalar[]
}

/**
 * One field of the mapping, both directions on one line. The label is SmartHR's and is what the wizard and the mail
 * print. Two fields are the same when converting either side yields the other.
 */
export interface FieldPair {
  /** in rows and URLs: never changes. One word for one thing in all connectors, e.g. birth-date. */
  id: string
  label: string
  /** of a person's identity, money or leaving: name, numbers, birth, bank account */
  sensitive?: true
  /** no two people have the same: a number by itself, a bank account by all its parts together */
  unique?: 'number' | 'account'
  /** paths in SmartHR's record */
  smarthr: readonly string[]
  /** paths in the service's record */
  service: readonly string[]
  /** of both: those that are other fields', read to convert this one */
  reads?: readonly string[]
  /** the id of the field that it goes along with: where that one is not synced, or otherwise, so is this one */
  follows?: string
  /** equal although written differently (the case of an e-mail); asked only where both sides know the person */
  same?(smarthr: readonly Scalar[], service: readonly Scalar[]): boolean
  /** a new person needs it, in the service or on both sides: blank → the person can't be chosen, with the reason */
  required?: 'service' | 'both'
  /** the sides on which a blank of the other one erases what stands there; on no side where it is absent */
  blankable?: 'smarthr' | 'service' | 'both'
  /** whether the service says this where nobody has chosen, and never takes it itself: as good as a blank to it */
  untaken?(value: Scalar): boolean
  /** from SmartHR's values (in the order of `smarthr`) to the service's paths */
  toService(values: readonly Scalar[], context: ConvertContext): Converted
  toSmarthr(values: readonly Scalar[], context: ConvertContext): Converted
  /** what a person reads for these values of the side in question; '' for blank */
  showSmarthr(values: readonly Scalar[]): string
  showService(values: readonly Scalar[]): string
}
