import { mappingOf, type Flow } from '../contract/contract.js'
import { amount, thereAre } from '../runs/labels.js'
import { mayBeOmitted, omittedOf } from '../runs/omitting.js'
import type { Run, SelectionView } from '../runs/run.js'

/** Which fields change for how many people. */

/** Which fields change for how many people; each narrows the list. `more`: behind a fold. */
export interface FieldButtons {
  title: string
  first: FieldButton[]
  more: { title: string; open: boolean; fields: FieldButton[] } | null
  /** leaves the field out whose people are shown; null where no field's are, or it has to go along */
  omit: Omit | null
  /** those that are left out, and the way back; null: none is */
  omitted: { title: string; buttons: FieldButton[]; text: string } | null
}

export interface Omit {
  button: FieldButton
  /** what the button does to the plan */
  text: string
}

interface FieldButton {
  op: string
  label: string
  /** whether the list is narrowed by it; null: it does something else */
  pressed: boolean | null
}

/** The fields that change for anybody, the most frequent first, with how many people they change for. */
function changedFields(
  flow: Flow,
  counts: Readonly<Record<string, number>>,
): { id: string; label: string; people: number }[] {
  return mappingOf(flow)
    .map(({ id, label }) => ({ id, label, people: counts[id] ?? 0 }))
    .filter(({ people }) => people > 0)
    .sort((a, b) => b.people - a.people)
}

/** Fields that are shown at once. */
const FIRST_FIELDS = 6

const AGAIN = '情報を取得し直します。選択は解除されます。'

/** Above the list: a button per field. */
export function fieldButtons(flow: Flow, run: Run, view: SelectionView): FieldButtons | null {
  const all = changedFields(flow, run.tallies?.fields ?? {}).map(({ id, label, people }) => ({
    op: view.field === id ? 'field:' : `field:${id}`,
    label: `${label} ${amount(people)}${flow.words.counter}`,
    pressed: view.field === id,
  }))
  const omitted = omittedOf(flow, run).map(({ id, label }) => ({
    op: `restore:${id}`,
    label: `${label}を${flow.words.act}する`,
    pressed: null,
  }))
  if (all.length + omitted.length === 0) return null
  const [first, rest] = [all.slice(0, FIRST_FIELDS), all.slice(FIRST_FIELDS)]
  return {
    title: '変更する項目',
    first,
    more:
      rest.length > 0
        ? { title: `ほか${rest.length}項目`, open: rest.some(({ pressed }) => pressed), fields: rest }
        : null,
    omit: omitOf(flow, view),
    omitted: omitted.length > 0 ? { title: `${flow.words.act}しない項目`, buttons: omitted, text: AGAIN } : null,
  }
}

function omitOf(flow: Flow, { field }: SelectionView): Omit | null {
  const pair = mappingOf(flow).find(({ id }) => id === field)
  if (flow.kind !== 'sync' || !pair || !mayBeOmitted(flow, pair)) return null
  return {
    button: { op: `omit:${pair.id}`, label: `「${pair.label}」は${flow.words.act}しない`, pressed: null },
    text: `「${pair.label}」を除いて比較するため、${AGAIN}`,
  }
}

/** Fields that are named before anything is written; a mapping has up to sixty. */
const NAMED_FIELDS = 12

/** Those of whom the plan knows that they will fail, and a button that shows them alone. */
export interface Doomed {
  text: string
  button: FieldButton
}

export function doomedOf({ words }: Flow, { tallies }: Run, { doomed: pressed }: SelectionView): Doomed | null {
  const people = tallies?.doomed ?? 0
  if (people === 0) return null
  const who = `${amount(people)}${words.counter}`
  return {
    text: `このままでは失敗する${words.item}が${who}${thereAre(words)}。理由を確認し、修正してから取得し直すと、${words.act}できます。まとめて選択する操作では選択されません。`,
    button: { op: pressed ? 'doomed:' : 'doomed:1', label: `失敗する${who}だけを表示`, pressed },
  }
}

/** … and of the selected, in the dialog. */
export const doomedText = ({ words }: Flow, people: number): string | null =>
  people === 0
    ? null
    : `選択した${words.item}のうち、${amount(people)}${words.counter}はこのままでは失敗します。理由を確認し、修正してから取得し直すか、選択を外してください。そのまま${words.act}すると、ほかの${words.item}だけが${words.act}されます。`

/** In the dialog: a sentence. */
export function fieldsText(flow: Flow, counts: Readonly<Record<string, number>>): string | null {
  const all = changedFields(flow, counts)
  if (all.length === 0) return null
  const named = all.slice(0, NAMED_FIELDS).map(({ label, people }) => `${label} ${amount(people)}${flow.words.counter}`)
  const more = all.length > NAMED_FIELDS ? `、ほか${all.length - NAMED_FIELDS}項目` : ''
  return `変更する項目：${named.join('・')}${more}`
}
