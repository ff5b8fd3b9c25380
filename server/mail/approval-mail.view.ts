import type { Flow } from '../contract/contract.js'
import { modeLabels, type ApprovalMode } from '../runs/approval.js'
import { amount, at } from '../runs/labels.js'
import type { Run } from '../runs/run.js'
import { undoFact, undoLabel } from '../runs/undoing.words.js'
import { written, type Part, type Written } from './letter.js'

interface Subject {
  flow: Flow
  url: string
}

/** A run that somebody is asked about; one that takes another one back is called so. */
interface RunSubject extends Subject {
  run: Pick<Run, 'undoneAt'>
}

const HELLO = 'いつもSmartHRをご利用いただきありがとうございます。'
const AUTOMATIC = '送信専用アドレスのため、ご返信いただいてもお答えできません。'

/** Another administrator asks for agreement: counts alone; no employee is named. */
export function askedMail(
  input: RunSubject & {
    requester: string
    counts: { new: number; changed: number }
    /** what of it is dangerous */
    sentences: readonly string[]
    until: Date
  },
): Written {
  const { flow, run, url, requester, counts, sentences, until } = input
  const { counter, new: fresh } = flow.words
  const name = undoLabel(flow.title, run)
  const parts: Part[] = [
    HELLO,
    '',
    `${requester}さんが、「${name}」の承認を依頼しています。承認されるまで、${undoLabel(flow.words.act, run)}は始まりません。`,
    '',
    ...undoFact(flow, run).map(fact => fact.join(': ')),
    ...(run.undoneAt
      ? [`元に戻す: ${amount(counts.changed)}${counter}`]
      : flow.kind === 'sync'
        ? [`新規登録: ${amount(counts.new)}${counter}`, `更新: ${amount(counts.changed)}${counter}`]
        : [`${fresh}: ${amount(counts.new)}${counter}`]),
    `期限: ${at(until)}`,
    ...(sentences.length > 0 ? ['', 'いつもより大きな変更', ...sentences.map(sentence => `・${sentence}`)] : []),
    '',
    `下記のURLで内容を確認し、承認または差し戻しをしてください。ほかの管理者が承認または差し戻しをした場合は、対応は不要です。`,
    { button: '依頼を確認', url },
    '',
    `このメールは、承認を依頼されたときに、依頼した管理者を除くすべての管理者に自動で送信しています。${AUTOMATIC}`,
  ]
  return written(`【承認依頼】${name}`, parts)
}

/** It was sent back; the comment stands on the page. */
export function returnedMail({ flow, run, url, by }: RunSubject & { by: string }): Written {
  const name = undoLabel(flow.title, run)
  const parts: Part[] = [
    HELLO,
    '',
    `「${name}」の承認の依頼が、${by}さんから差し戻されました。${undoLabel(flow.words.act, run)}は開始していません。`,
    '',
    '下記のURLでコメントを確認し、内容を見直してから、もう一度承認を依頼してください。',
    { button: 'コメントを確認', url },
    '',
    `このメールは、承認の依頼が差し戻されたときに自動で送信しています。${AUTOMATIC}`,
  ]
  return written(`【差し戻し】「${name}」の承認の依頼`, parts)
}

/** A rule is to be made weaker: everybody hears of it at once. */
export function weakerMail(
  input: Subject & { by: string; from: Date; before: ApprovalMode; after: ApprovalMode },
): Written {
  const { flow, url, by, from, before, after } = input
  const parts: Part[] = [
    HELLO,
    '',
    `${by}さんが、「${flow.panel.title}」の承認の設定を弱める変更を依頼しました。`,
    '',
    `変更前: ${modeLabels[before]}`,
    `変更後: ${modeLabels[after]}`,
    `変更される日時: ${at(from)}`,
    '',
    '心当たりがない場合や、変更しない場合は、下記のURLで［変更を取り下げる］を押してください。ほかの管理者が［変更に同意する］を押すと、すぐに変更されます。',
    { button: '承認の設定を確認', url },
    '',
    `このメールは、承認の設定を弱める変更が依頼されたときに、すべての管理者に自動で送信しています。${AUTOMATIC}`,
  ]
  return written(`【要確認】${flow.panel.title}の承認の設定が変更されます`, parts)
}
