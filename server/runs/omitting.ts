import type { FieldPair, Flow, SyncFlow } from '../contract/contract.js'
import { mappingOf } from '../contract/contract.js'
import { lockOf } from '../contract/field-rules.js'
import type { Run } from './run.js'

/** Fields that an administrator leaves out of one run: they are neither compared nor written. Pure. */

/**
 * What tells who somebody is, and what the target wants of a new person, goes along in any case. Where an examiner
 * decides who can be written, the mapping does not say what that is: nothing is left out.
 */
export const mayBeOmitted = (flow: SyncFlow, pair: FieldPair): boolean => !flow.examiner && lockOf(flow, pair) === null

/** The field, and those that go along with it: a part of a bank account without the others would be another account. */
export function together(flow: Flow, id: string): readonly FieldPair[] {
  const mapping = mappingOf(flow)
  const lead = mapping.find(pair => pair.id === id)?.follows ?? id
  return mapping.filter(pair => (pair.follows ?? pair.id) === lead)
}

/** A flow's fields without those. */
export const without = (mapping: readonly FieldPair[], omitted: readonly string[]): readonly FieldPair[] =>
  omitted.length === 0 ? mapping : mapping.filter(({ id }) => !omitted.includes(id))

/** The fields that the plan of a run has left out, in the order of the mapping. */
export const omittedOf = (flow: Flow, { omitted }: Pick<Run, 'omitted'>): readonly FieldPair[] =>
  mappingOf(flow).filter(({ id }) => omitted.includes(id))

/** … as a fact of the dialog and the report; none where nothing was left out. */
export function omittedFact(flow: Flow, run: Pick<Run, 'omitted'>): [term: string, text: string][] {
  const labels = omittedOf(flow, run).map(({ label }) => label)
  return labels.length > 0 ? [[`${flow.words.act}しない項目`, labels.join('、')]] : []
}
