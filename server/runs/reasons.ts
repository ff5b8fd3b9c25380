import type { Sides } from './sides.js'
import type { Entry, Flow, SyncFlow } from '../contract/contract.js'
import { textOf } from '../contract/conversions.js'
import { inOneLine, within, type Reason } from '../errors.js'
import type { Item, ItemContent, Named } from './run.js'

/** The sentences why a person could not be written, and what the person is called beside them. Pure. */

/** A reason of ours as a sentence. */
export const sentence = (text: string): string => (/[。！？]$/.test(text) ? text : `${text}。`)

/** A create was sent, and nobody knows what became of it. */
export const uncertainReason = (target: string) =>
  `${target}から応答がなく、登録できたかを確認できませんでした。二重登録を防ぐため、これ以上は送信していません。${target}を確認してから、再度同期してください。`

/** A write of a record that is there was cut off. */
const halfChangedReason = (target: string) =>
  `更新の途中で中断したため、${target}でどこまで更新されたかを確認できませんでした。${target}を確認してから、再度同期してください。`

/** A create went through, and what belongs to it did not. */
export const halfDoneReason = (target: string, reason: Reason): Reason =>
  within(reason, text => `${target}に新規登録しましたが、残りの項目を登録できませんでした：${sentence(text)}`)

/** … and nobody knows whether that did. */
const restUnknownReason = (target: string, reason: Reason): Reason =>
  within(
    reason,
    text =>
      `${target}に新規登録しましたが、残りの項目を登録できたかを確認できませんでした。${target}を確認してから、再度同期してください：${sentence(text)}`,
  )

/** Why a write that was begun has no outcome when its run stops. */
export interface BegunReasons {
  /** a create whose answer is missing */
  doubtful: Reason
  /** a create whose record is there, with or without all that belongs to it */
  halfDone: Reason
  /** an update of which all, a part or nothing may be there */
  halfChanged: Reason
}

/** … when it stops for `reason`. */
export const begunReasons = (target: string, reason: Reason): BegunReasons => ({
  doubtful: uncertainReason(target),
  halfDone: restUnknownReason(target, reason),
  halfChanged: halfChangedReason(target),
})

/** An update was refused after a part of it had been taken. */
export const partlyRefusedReason = (target: string, reason: Reason): Reason =>
  within(
    reason,
    text =>
      `${target}がすべての項目を受け付けなかったため、一部の項目だけが更新されている可能性があります：${sentence(text)}`,
  )

/** A reason that says what to do afterwards has also said where to correct it. */
const SAYS_WHAT_TO_DO = /再度|もう一度|やり直|取得し直/

/**
 * Why a record can't be written, each reason a sentence. A demand (「入社日を入力してください」) leaves open where to do so; then the
 * last reason says it.
 */
export function problemsOf(problems: readonly string[], { from, words }: Pick<Flow, 'from' | 'words'>): string[] {
  const said = problems.map(sentence)
  if (said.every(text => SAYS_WHAT_TO_DO.test(text))) return said
  const remedy = `${from}の${words.item}情報で入力または修正してから、再度${words.act}してください。`
  return said.map((text, index) => (index === said.length - 1 ? text + remedy : text))
}

/** The same in one line. */
export const whyNot = (problems: readonly string[], flow: Pick<Flow, 'from' | 'words'>): string =>
  inOneLine(problemsOf(problems, flow))

/** … for the outcome of whoever has them. */
export function problemsReason(
  { problems, keptProblems }: Pick<ItemContent, 'problems' | 'keptProblems'>,
  flow: Pick<Flow, 'from' | 'words'>,
): Reason {
  const shown = whyNot(problems, flow)
  if (!keptProblems) return shown
  return {
    shown,
    kept: whyNot(
      problems.map(problem => keptProblems[problem] ?? problem),
      flow,
    ),
  }
}

/** What a record without a key is called by; null for one that has a key, or nothing else either. */
export function namedOtherwise({ key }: Pick<SyncFlow, 'key'>, entry: Pick<Entry, 'key' | 'values'>): Named | null {
  const value = entry.key === null && key?.otherwise ? textOf(entry.values[key.otherwise.path]) : null
  return value === null || !key?.otherwise ? null : { label: key.otherwise.label, value }
}

type Keyed = Pick<Item, 'key'> & { content: Pick<ItemContent, 'named'> }

/** The key's column on pages: the key, or what stands in for it and says what it is. */
export const shownKey = ({ key, content: { named } }: Keyed): string =>
  key ?? (named ? `${named.label}：${named.value}` : '')

/** The mails' own word for 社員番号, as the help prints it. */
const NUMBER_IN_MAILS = '従業員番号'

/** What a mail calls a person by: never a name, and never nothing. */
export function calledInMails({ key, content: { named } }: Keyed, flow: Flow): Named {
  const own = flow.kind === 'sync' ? flow.key : undefined
  const label = own ? flow.words.key : NUMBER_IN_MAILS
  if (key !== null) return { label, value: key }
  return (
    named ?? {
      label: own?.otherwise?.label ?? label,
      value: `${own?.otherwise?.label ?? flow.words.key}なし`,
    }
  )
}

/** The two can't be remembered as one person: 'known' stands before a write, 'created' after it. */
export const takenReason = ({ names, flow }: Pick<Sides, 'names' | 'flow'>, when: 'known' | 'created'): string =>
  when === 'known'
    ? `${names.source}または${names.target}の従業員が、すでに別の従業員と紐づいているため、書き込んでいません。両方の${flow.words.key}と氏名を確認し、間違いを直してから、最新の内容を取得し直してください。`
    : `${names.target}に登録しましたが、この従業員はすでに別の登録と紐づいているため、紐づけられませんでした。${names.target}に同じ従業員が2つないかを確認し、不要な登録を${names.target}で削除してから、最新の内容を取得し直してください。`
