import type { Flow } from '../contract/contract.js'
import { ASK } from '../runs/approval.words.js'
import { at } from '../runs/labels.js'
import type { Run } from '../runs/run.js'
import { written, type Part, type Written } from './letter.js'

const whyOf = ({ asks = false, sentences }: { asks?: boolean; sentences: readonly string[] }): string =>
  [
    ...(sentences.length > 0 ? ['いつもより大きな変更が含まれるため、'] : []),
    ...(asks ? ['ほかの管理者の承認が必要なため、'] : []),
  ].join('')

/** A run by one click, or by a check, has not begun to write: why, and where it is looked at. Counts alone; it names nobody. */
export function heldBackMail(input: {
  flow: Flow
  run: Pick<Run, 'fetchedAt'>
  /** 「…ため、」, before what has not happened */
  because?: string
  /** another administrator has to agree before it begins */
  asks?: boolean
  /** what of it is dangerous */
  sentences: readonly string[]
  url: string
}): Written {
  const { flow, run, because = whyOf(input), asks = false, sentences, url } = input
  const { act } = flow.words
  const parts: Part[] = [
    'いつもSmartHRをご利用いただきありがとうございます。',
    '',
    `「${flow.title}」は確認待ちです。${because}${act}を開始していません。`,
    '',
    ...(sentences.length > 0 ? [...sentences.map(sentence => `・${sentence}`), ''] : []),
    `下記のURLで内容を確認し、問題がなければ${asks ? `［${ASK}］を押して` : `${act}して`}ください。${at(run.fetchedAt)}の取得から24時間を過ぎると、期限切れになります。`,
    { button: '内容を確認', url },
    '',
    `このメールは、${act}が確認待ちになったときに自動で送信しています。送信専用アドレスのため、ご返信いただいてもお答えできません。`,
  ]
  return written(`【要確認】${flow.title}は確認待ちです`, parts)
}
