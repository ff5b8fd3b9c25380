import type { Flow } from '../contract/contract.js'
import { at } from '../runs/labels.js'
import type { Run } from '../runs/run.js'
import { written, type Part, type Written } from './letter.js'

/** Why a run that nobody has looked at waits, where the guard has held it back. */
export const DANGEROUS = 'いつもより大きな変更が含まれるため、'

/** A run by one click, or by a check, has not begun to write: why, and where it is looked at. Counts alone; it names nobody. */
export function heldBackMail(input: {
  flow: Flow
  run: Pick<Run, 'fetchedAt'>
  /** 「…ため、」, before what has not happened */
  because?: string
  sentences: readonly string[]
  url: string
}): Written {
  const { flow, run, because = DANGEROUS, sentences, url } = input
  const { act } = flow.words
  const parts: Part[] = [
    'いつもSmartHRをご利用いただきありがとうございます。',
    '',
    `「${flow.title}」は確認待ちです。${because}${act}を開始していません。`,
    '',
    ...sentences.map(sentence => `・${sentence}`),
    '',
    `下記のURLで内容を確認し、問題がなければ${act}してください。${at(run.fetchedAt)}の取得から24時間を過ぎると、期限切れになります。`,
    { button: '内容を確認', url },
    '',
    `このメールは、${act}が確認待ちになったときに自動で送信しています。送信専用アドレスのため、ご返信いただいてもお答えできません。`,
  ]
  return written(`【要確認】${flow.title}は確認待ちです`, parts)
}
