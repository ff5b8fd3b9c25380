import { APPROVAL_HOURS } from './approval.js'
import type { ApprovalState } from './run.js'

/** Why a run by one click has not begun. */
export const APPROVAL_ASKED =
  'この同期には、ほかの管理者の承認が必要です。内容を確認して、［承認を依頼］を押してください。'

/** A payroll is removed by one press that nobody can be asked about first. */
export const NO_TAKE_BACK =
  'この取り込みは「常に承認」に設定されているため、このアプリからは取り消せません。SmartHRの給与明細で、給与を削除してください。'

/** On the page where people are chosen, while another administrator is asked. */
export const VOIDS_NOTE = '承認を依頼しています。この画面で対象や項目を変更すると、承認の依頼は無効になります。'

/** The button of the dialog where 同期 asks first. */
export const ASK = '承認を依頼'

/** What the button does, beside it. `act`: 同期, or its 取り消し */
export const askNote = (act: string): string =>
  `この${act}には、ほかの管理者の承認が必要です。［${ASK}］を押すと、ほかの管理者にメールで知らせます。承認されると、${act}を開始します。期限は${APPROVAL_HOURS}時間です。`

/** On a page that was drawn before. */
export const NEWER_REQUEST =
  'この画面を開いた後に、承認が依頼し直されています。新しい依頼の内容を確認してから、もう一度ボタンを押してください。'

/** Why nobody can agree to a request any more, for whoever has tried to. */
export const staleText = (asker: string, why: string): string =>
  `承認の依頼を無効にしました。依頼した${asker}さんのダッシュボードに表示します。理由：${why}`

/** How a request can end without an agreement. */
export type EndedState = Exclude<ApprovalState, 'open' | 'approved'>

interface Ended {
  /** what has not begun: 同期, or its 取り消し */
  act: string
  /** whoever asked looks at it, and is told how to go on */
  isOwn: boolean
  /** the run still stands at its plan */
  isReady: boolean
  /** why it can't be begun as it is, as far as that is known */
  causes?: readonly string[]
}

/** Where the run stands at its plan no longer, its request is void for another reason. */
const byCancelling = (act: string): string =>
  `依頼の後に、準備した内容がキャンセルされたか、準備をやり直したため、承認の依頼は無効になりました。${act}は開始していません。だれが行なったかは、操作履歴で確認できます。`

/** … and how whoever asked goes on. */
const forAsker = (act: string, isReady: boolean): Readonly<Record<EndedState, string>> => ({
  returned: `差し戻されました。コメントを確認し、内容を見直してから、もう一度承認を依頼してください。${act}は開始していません。`,
  withdrawn: `承認の依頼は取り下げられました。${act}は開始していません。`,
  void: isReady
    ? `依頼の後に、対象や設定が変更されたか、別の処理が行なわれたため、承認の依頼は無効になりました。${act}は開始していません。内容を確認し、必要な場合は取得し直してから、もう一度承認を依頼してください。`
    : `${byCancelling(act)}必要な場合は、あらためて取得し、承認を依頼してください。`,
  expired: `依頼から${APPROVAL_HOURS}時間が過ぎたため、承認の依頼は期限切れになりました。${act}は開始していません。取得し直して、もう一度承認を依頼してください。`,
})

/** Nothing is left to do for those who were asked. */
const forOthers = (act: string, isReady: boolean): Readonly<Record<EndedState, string>> => ({
  returned: `承認の依頼は差し戻されました。${act}は開始していません。`,
  withdrawn: `承認の依頼は取り下げられました。${act}は開始していません。`,
  void: isReady
    ? `依頼の後に、対象や設定が変更されたか、別の処理が行なわれたため、承認の依頼は無効になりました。${act}は開始していません。`
    : byCancelling(act),
  expired: `依頼から${APPROVAL_HOURS}時間が過ぎたため、承認の依頼は期限切れになりました。${act}は開始していません。`,
})

/** What became of a request that was not agreed to, for whoever looks at it. */
export function endedText(state: EndedState, { act, isOwn, isReady, causes = [] }: Ended): string {
  const because = causes.join('')
  if (state === 'void' && because !== '')
    return `承認の依頼は無効になりました。${act}は開始していません。理由：${because}`
  return isOwn ? `${forAsker(act, isReady)[state]}${because}` : forOthers(act, isReady)[state]
}
