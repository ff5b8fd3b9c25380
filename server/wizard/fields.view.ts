import type { FieldPair, Flow } from '../contract/contract.js'
import { FIELD_RULES } from '../contract/field-rules.js'
import { fieldsOf } from '../contract/value-tables.js'
import { paths } from '../paths.js'
import { amount, thereAre } from '../runs/labels.js'
import { mayBeOmitted, omittedOf, together, type Omitting } from '../runs/omitting.js'
import type { Run, SelectionView } from '../runs/run.js'
import type { PageLink } from '../web/page.js'

/** Which fields change for how many people, the most frequent first; each narrows the list. */
export interface FieldButtons {
  title: string
  /** the list is narrowed by one of them, or one is left out */
  active: boolean
  /** the one whose people are shown: beside the fold, where it is seen */
  shown: FieldButton | null
  all: FieldButton[]
  /** those that are left out, and the way back; null: none is */
  omitted: { title: string; buttons: FieldButton[]; text: string | null; ruled: OffByRule | null } | null
}

/** Fields left out that 項目の設定 leaves out, too: there they come back. */
export interface OffByRule {
  text: string
  link: PageLink
}

/** Leaves the field out whose people are shown. */
export interface Omit {
  button: FieldButton
  /** what the button does to the plan */
  text: string
}

export interface FieldButton {
  op: string
  label: string
  /** whether the list is narrowed by it; null: it does something else */
  pressed: boolean | null
}

/** The fields that change for anybody, the most frequent first, with how many people they change for. */
export function changedFields(
  flow: Flow,
  counts: Readonly<Record<string, number>>,
): { id: string; label: string; people: number }[] {
  return fieldsOf(flow)
    .map(({ id, label }) => ({ id, label, people: counts[id] ?? 0 }))
    .filter(({ people }) => people > 0)
    .sort((a, b) => b.people - a.people)
}

const AGAIN = '情報を取得し直します。選択は解除されます。'

/** Above the list: a button per field. */
export function fieldButtons(flow: Flow, run: Run, view: SelectionView): FieldButtons | null {
  const all = changedFields(flow, run.tallies?.fields ?? {}).map(({ id, label, people }) => ({
    op: view.field === id ? 'field:' : `field:${id}`,
    label: `${label} ${amount(people)}${flow.words.counter}`,
    pressed: view.field === id,
  }))
  const omitted = omittedOf(flow, run)
  if (all.length + omitted.length === 0) return null
  const shown = all.find(({ pressed }) => pressed) ?? null
  return {
    title: '変更する項目',
    active: omitted.length > 0 || shown !== null,
    shown,
    all: all.filter(button => button !== shown),
    omitted: omitted.length > 0 ? waysBack(flow, run, omitted) : null,
  }
}

/** How the fields that are left out come back: here, or where the company has switched them off. */
function waysBack(
  { words }: Flow,
  { ruled, connector, undoneAt }: Run,
  omitted: readonly FieldPair[],
): FieldButtons['omitted'] {
  const off = omitted.filter(({ id }) => ruled?.off.includes(id))
  const buttons = omitted
    .filter(pair => !off.includes(pair))
    .map(({ id, label }) => ({
      op: `restore:${id}`,
      label: `${label}を${undoneAt ? '元に戻す' : `${words.act}する`}`,
      pressed: null,
    }))
  const names = off.map(({ label }) => `「${label}」`).join('')
  return {
    title: undoneAt ? '元に戻さない項目' : `${words.act}しない項目`,
    buttons,
    text: buttons.length > 0 ? AGAIN : null,
    ruled:
      off.length === 0
        ? null
        : {
            text: `${names}は、${FIELD_RULES}でも${words.act}しない項目です。${words.act}する場合は、${FIELD_RULES}で向きを選択して保存してから、取得し直してください。`,
            link: { href: paths.fieldRules.to({ connector }), label: FIELD_RULES },
          },
  }
}

/** Null where no field's people are shown, there are none, or it has to go along. */
export function omitOf(
  of: Omitting & { run: Pick<Run, 'tallies' | 'undoneAt'> },
  { field }: SelectionView,
): Omit | null {
  const { flow, run } = of
  if (run.tallies && !changedFields(flow, run.tallies.fields).some(({ id }) => id === field)) return null
  const pair = fieldsOf(flow).find(({ id }) => id === field)
  // What a table gives is not left out: new people need it, and it is switched on for the others by itself.
  if (!pair || !mayBeOmitted(of, pair)) return null
  const all = together(flow, pair.id).map(({ label }) => `「${label}」`)
  const parts = all.length > 1 ? `まとまった情報のため、${all.join('')}をすべて除きます。` : ''
  return {
    button: {
      op: `omit:${pair.id}`,
      label: `「${pair.label}」は${run.undoneAt ? '元に戻さない' : `${flow.words.act}しない`}`,
      pressed: null,
    },
    text: `${AGAIN}${run.undoneAt ? '' : '新規登録でも書き込みません。'}${parts}`,
  }
}

/** Such a run is begun anew from the report of the one it takes back. */
const UNDO_DOOMED = '理由を確認し、修正してから、もう一度取り消しを始めると、元に戻すことができます。'

/** Those of whom the plan knows that they will fail, and a button that shows them alone. */
export interface Doomed {
  title: string
  text: string
  button: FieldButton
}

export function doomedOf(
  { words }: Flow,
  { tallies, undoneAt }: Run,
  { doomed: pressed }: SelectionView,
): Doomed | null {
  const people = tallies?.doomed ?? 0
  if (people === 0) return null
  const who = `${amount(people)}${words.counter}`
  return {
    title: `このままでは失敗する${words.item} ${who}`,
    text: `このままでは失敗する${words.item}が${who}${thereAre(words)}。${undoneAt ? UNDO_DOOMED : `理由を確認し、修正してから取得し直すと、${words.act}できます。`}まとめて選択する操作では選択されません。`,
    button: { op: pressed ? 'doomed:' : 'doomed:1', label: `失敗する${who}だけを表示`, pressed },
  }
}

/** … and of the selected, in the dialog. */
export function doomedText(
  { words }: Flow,
  { undoneAt }: Pick<Run, 'undoneAt'>,
  people: number,
  forApproval = false,
): string | null {
  if (people === 0) return null
  const who = `選択した${words.item}のうち、${amount(people)}${words.counter}はこのままでは失敗します。`
  const rest = undoneAt ? `ほかの${words.item}だけが元に戻ります。` : `ほかの${words.item}だけが${words.act}されます。`
  if (forApproval) return `${who}承認すると、${rest}修正が必要な場合は、差し戻してください。`
  return undoneAt
    ? `${who}理由を確認し、選択を外してください。そのまま元に戻すと、${rest}`
    : `${who}理由を確認し、修正してから取得し直すか、選択を外してください。そのまま${words.act}すると、${rest}`
}
