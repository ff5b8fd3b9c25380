import { mappingOf, type Flow } from '../contract/contract.js'
import { blanksNote } from '../contract/blanks.js'
import { KEY_CHOICE } from '../contract/flow-keys.js'
import { FIELD_RULES, ruledMapping } from '../contract/field-rules.js'
import type { Run } from './run.js'
import { undoNote } from './undoing.words.js'

/** What the 項目の設定 of a plan come to, in words. Pure. */

/** Fields that are named; a mapping has up to sixty. */
const NAMED_FIELDS = 12

/** One sentence about whatever of the plan goes otherwise than without rules; null: nothing does. */
export function rulesText(flow: Flow, { ruled }: Pick<Run, 'ruled'>): string | null {
  if (ruled === null) return null
  const { act, new: registered } = flow.words
  const named = (ids: readonly string[], as = (label: string) => label): string => {
    const labels = mappingOf(flow).flatMap(({ id, label }) => (ids.includes(id) ? [as(label)] : []))
    const more = labels.length > NAMED_FIELDS ? `、ほか${labels.length - NAMED_FIELDS}項目` : ''
    return `${labels.slice(0, NAMED_FIELDS).join('、')}${more}`
  }
  const { unseen, keep, newOnly } = ruled
  const off = ruled.off.filter(id => !unseen.includes(id))
  const quoted = (label: string) => `「${label}」`
  const text = [
    off.length > 0 ? `${named(off)}は${act}しません。` : '',
    unseen.length > 0 ? `新しい項目${named(unseen, quoted)}は、${FIELD_RULES}を保存するまで${act}しません。` : '',
    keep.length > 0 ? `${named(keep)}は、空白のときは何もしません。` : '',
    newOnly.length > 0 ? `${named(newOnly)}は、${registered}のときだけ${act}します。` : '',
  ].join('')
  return text === '' ? null : text
}

/** … and the key that was chosen, as facts of the dialog and the report; none where nothing differs. */
export function rulesFact(flow: Flow, run: Pick<Run, 'ruled' | 'keyed'>): [term: string, text: string][] {
  const text = rulesText(flow, run)
  return [
    ...(run.keyed === null ? [] : [[KEY_CHOICE, flow.words.key] as [string, string]]),
    ...(text === null ? [] : [[FIELD_RULES, text] as [string, string]]),
  ]
}

/** What the administrator should know before the run starts; the sentence about blanks as the plan has gone by it. */
export function notesOf(flow: Flow, { ruled, undoneAt }: Pick<Run, 'ruled' | 'undoneAt'>): readonly string[] {
  // What a blank of the source does is said of what is read from it.
  if (undoneAt) return [undoNote(flow)]
  if (flow.kind !== 'sync' || ruled === null) return flow.notes
  const [usual, now] = [blanksNote(flow), blanksNote({ ...flow, mapping: ruledMapping(flow, ruled).ofKnown })]
  return flow.notes.map(note => (note === usual ? now : note))
}
