import type { Connector, FieldPair, Flow } from '../contract/contract.js'
import { mappingOf } from '../contract/contract.js'
import { lockOf, ruledFields } from '../contract/field-rules.js'
import type { Run } from './run.js'

/** Fields that an administrator leaves out of one run: they are neither compared nor written. Pure. */

/** What a run is of, for what may be left out of it. */
export interface Omitting {
  connector: Pick<Connector, 'flows'>
  flow: Flow
  run: Pick<Run, 'undoneAt'>
}

/**
 * What tells who somebody is, and what the target wants of a new person, goes along in any case; so does what the other
 * direction wants of one, by the same rule as 項目の設定: nobody is to be registered without a name. A run that takes
 * another one back registers nobody. Where an examiner decides who can be written, the mapping does not say what that
 * is: nothing is left out.
 */
export function mayBeOmitted({ connector, flow, run }: Omitting, pair: FieldPair): boolean {
  if (flow.kind !== 'sync' || flow.examiner || !flow.mapping.includes(pair)) return false
  const needed = run.undoneAt ? [] : ruledFields(connector).filter(({ locked }) => locked !== null)
  return together(flow, pair.id).every(part => lockOf(flow, part) === null && !needed.some(({ id }) => id === part.id))
}

/** Why a field is not left out, however that was asked for. */
export const keptReason = ({ words }: Flow, { label }: FieldPair): string =>
  `「${label}」は、新規登録に必要なため、この${words.act}から除けません。書き込みたくない${words.item}は、選択を外してください。`

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
export function omittedFact(flow: Flow, run: Pick<Run, 'omitted' | 'undoneAt'>): [term: string, text: string][] {
  const labels = omittedOf(flow, run).map(({ label }) => label)
  return labels.length > 0
    ? [[run.undoneAt ? '元に戻さない項目' : `${flow.words.act}しない項目`, labels.join('、')]]
    : []
}
