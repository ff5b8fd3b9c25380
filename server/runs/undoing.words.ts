import { jstDateTime } from '../platform/clock.js'
import type { DialogWords, Flow } from '../contract/contract.js'
import { FIELD_RULES } from '../contract/field-rules.js'
import type { Run } from './run.js'

/** The words of a run that takes another one back. Pure. */

/** 取り消す同期, as a fact of the list, the dialog and the report; none for a run that takes nothing back. */
export const undoFact = ({ words }: Flow, { undoneAt }: Pick<Run, 'undoneAt'>): [term: string, text: string][] =>
  undoneAt ? [[`取り消す${words.act}`, `${jstDateTime(undoneAt)}の${words.act}`]] : []

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

/** What such a run is called in a list of runs. */
export const undoLabel = (label: string, { undoneAt }: Pick<Run, 'undoneAt'>): string =>
  undoneAt ? `${label}の取り消し` : label
