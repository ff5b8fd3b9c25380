import { jstDateTime } from '../platform/clock.js'
import type { DialogWords, Flow } from '../contract/contract.js'
import { FIELD_RULES } from '../contract/field-rules.js'
import { amount, classLabels, type Label } from './labels.js'
import type { Run } from './run.js'

/** The words of a run that takes another one back. Pure. */

/** 取り消す同期, as a fact of the list, the dialog and the report; none for a run that takes nothing back. */
export const undoFact = ({ words }: Flow, { undoneAt }: Pick<Run, 'undoneAt'>): [term: string, text: string][] =>
  undoneAt ? [[`取り消す${words.act}`, `${jstDateTime(undoneAt)}の${words.act}`]] : []

/** The button below its list: whatever is written by it is confirmed first, and nothing is asked for new people. */
export const UNDO_BUTTON = '確認'

/** How many people there is something to put back of, above the list. */
export const undoCount = ({ words }: Flow, people: number): string =>
  `元に戻せる項目がある${words.item}：${amount(people)}${words.counter}`

/** What the classes of its list say. */
export const undoMeanings = ({ words }: Flow): { label: Label; text: string }[] => [
  { label: classLabels.changed, text: `${words.act}の前の値に戻せる項目がある${words.item}` },
  { label: classLabels.same, text: `すでに${words.act}の前の値に戻っている${words.item}` },
  { label: classLabels.excluded, text: `理由があって元に戻せない${words.item}` },
]

/** What such a run goes by, as a note of the list and the dialog. */
export const undoNote = ({ words }: Flow): string =>
  `取り消しは、今の${FIELD_RULES}と対象範囲に関係なく、その${words.act}で書き込んだ項目だけを、${words.act}の前の値に戻します。`

/** The dialog of such a run. */
export const undoDialog = ({ to, words }: Flow, undoneAt: Date): DialogWords => ({
  title: `${words.act}の前の値に戻しますか？`,
  button: '元に戻す',
  summary: `${to}の{n}${words.counter}の${words.item}情報を、${jstDateTime(undoneAt)}の${words.act}の前の値に戻します。`,
  started: `${to}の${words.item}情報を、${words.act}の前の値に戻し始めました`,
})

/** … and its mail, which is otherwise that of any run. */
export const undoSentence = ({ words }: Flow, undoneAt: Date): string =>
  `これは、${jstDateTime(undoneAt)}の${words.act}を取り消した結果です。`

/** What such a run does to people, in a word: 取り消し instead of 同期. */
export const actOf = ({ words }: Pick<Flow, 'words'>, { undoneAt }: Pick<Run, 'undoneAt'>): string =>
  undoneAt ? '取り消し' : words.act

/** Titles of flows are of several kinds: 「AからBへの同期」, 「AからBへ同期」, 「AからBへ」, 「A→B」, 「部署を管理する」. */
function asNoun(label: string): string {
  if (/へ同期$/.test(label)) return label.replace(/へ同期$/, 'への同期')
  if (/へ$/.test(label)) return `${label}の同期`
  if (/る$/.test(label)) return `「${label}」`
  return label.includes('同期') ? label : `${label}の同期`
}

/** What such a run is called in a list of runs. */
export const undoLabel = (label: string, { undoneAt }: Pick<Run, 'undoneAt'>): string =>
  undoneAt ? `${asNoun(label)}の取り消し` : label
