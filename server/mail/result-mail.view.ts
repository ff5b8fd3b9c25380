import { askWhom, type About } from '../contract/about.js'
import type { Connector, Flow, MailFrame } from '../contract/contract.js'
import { approverOf, type Run } from '../runs/run.js'
import { amount, repeatButtons } from '../runs/labels.js'
import { undoSentence } from '../runs/undoing.words.js'
import { RULE, written, type Part, type Written } from './letter.js'

/** Failures printed in full; more would bury the message. */
export const SHOWN_FAILURES = 50

export interface FailureLine {
  /** what the record is called by: 従業員番号 or the flow's own key */
  label: string
  value: string
  reason: string
}

const closing = (act: string) =>
  `このメールは、${act}の終了時に自動で送信しています。送信専用アドレスのため、ご返信いただいてもお答えできません。`

export interface ResultMailInput {
  about: About
  connector: Connector
  flow: Flow
  run: Pick<Run, 'state' | 'succeededCount' | 'failedCount' | 'selectedCount' | 'failure' | 'automatic' | 'adminName'> &
    Partial<Pick<Run, 'referenceDate' | 'unconfirmedCount' | 'undoneAt' | 'approval'>>
  company: string
  failures: readonly FailureLine[]
  /** creates that nobody could confirm */
  unconfirmed?: readonly FailureLine[]
  /** who took no part, where nobody chose whom */
  left?: readonly FailureLine[]
  leftTotal?: number
  /** how many the flow's rule has left out, where nobody looked at the selection */
  leftOut?: string | null
  /** how many went through and need a look all the same */
  remarks?: number
  reportUrl: string
}

/**
 * The mail at the end of a run, in the words the products' own mails use, plus the link to the report. The only
 * personal data are the keys (社員番号, else the flow's own) of who failed or took no part. One that a check has started
 * says so, and in whose name; nobody was there to know of it.
 */
export function resultMail(input: ResultMailInput): Written {
  const { connector, flow, run, company, failures, reportUrl } = input
  const { act } = flow.words
  const failed = run.state === 'failed'
  const stopped = run.state === 'aborted'
  const frame = connector.mail.frame?.(flow)
  const parts: Part[] = [
    frame?.greeting ?? 'いつもSmartHRをご利用いただきありがとうございます。',
    '',
    connector.mail.summary(flow, failed),
    ...(run.automatic ? [`この${act}は、定期チェックの「自動で同期」が、${run.adminName}の名前で開始しました。`] : []),
    ...(run.undoneAt ? [undoSentence(flow, run.undoneAt)] : []),
    '',
    ...(frame && failed ? [] : counts(input)),
    ...approvedBy(run),
    ...(flow.kind === 'import' && run.succeededCount > 0
      ? ['取り込んだ明細は、まだ確定していません。SmartHRで内容を確認して、確定・公開してください。', '']
      : []),
    ...(failures.length === 0 && run.failure !== null ? [`失敗理由: ${run.failure}`, ''] : []),
    ...(frame && failed ? othersNotRun(input) : []),
    `下記のURLで、${act}の結果を確認してください。`,
    { button: `${act}の結果を確認`, url: reportUrl },
    '',
    ...betweenRules([
      { parts: unconfirmedSection(input) },
      { parts: failures.length > 0 ? failureSection(input, frame) : [], after: frame?.remarks },
      { parts: leftSection(input) },
    ]),
    ...(frame?.closing ?? [closing(act)]),
  ]
  const subject = connector.mail.subject(flow, company, failed, stopped)
  return written(run.automatic ? `【自動で同期】${subject}` : subject, parts)
}

/** Who has agreed to it, where somebody was asked. */
export function approvedBy(run: Pick<Run, 'approval'>): string[] {
  const approver = approverOf(run)
  return approver === null ? [] : [`承認者: ${approver}`, '']
}

/** Sections with a rule around each; two of them share the one between them. */
function betweenRules(sections: readonly { parts: readonly Part[]; after?: readonly string[] | undefined }[]): Part[] {
  const all: Part[] = []
  for (const { parts, after = [] } of sections) {
    if (parts.length === 0) continue
    all.push(...(all.at(-1) === RULE ? [] : [RULE]), ...parts, RULE, ...after)
  }
  return all.length > 0 ? [...all, ''] : []
}

const unconfirmedIn = ({ run: { unconfirmedCount = 0 } }: ResultMailInput) => unconfirmedCount

const notRunOf = (input: ResultMailInput) =>
  input.run.selectedCount - input.run.succeededCount - input.run.failedCount - unconfirmedIn(input)

function counts(input: ResultMailInput): string[] {
  const { flow, run, remarks = 0, leftTotal = 0, leftOut = null } = input
  const notRun = notRunOf(input)
  return [
    `成功: ${amount(run.succeededCount)}件`,
    `失敗: ${amount(run.failedCount)}件`,
    ...(unconfirmedIn(input) > 0
      ? [`要確認: ${amount(unconfirmedIn(input))}件（登録・更新できたかを確認できませんでした）`]
      : []),
    ...(remarks > 0 ? [`要確認: ${amount(remarks)}件（取り込みましたが、SmartHRで合計金額が一致していません）`] : []),
    ...(leftTotal > 0 ? [`対象外: ${amount(leftTotal)}件`] : []),
    ...(leftOut ? [leftOut] : []),
    ...(notRun > 0 ? [`中止により${flow.words.act}を行なっていない${flow.words.item}: ${amount(notRun)}件`] : []),
    '',
  ]
}

/** One record's failure has kept the others from being imported. */
function othersNotRun(input: ResultMailInput): string[] {
  const { counter, item } = input.flow.words
  const notRun = notRunOf(input)
  if (notRun === 0 || input.failures.length === 0) return []
  return [
    `ほかの${amount(notRun)}${counter}は、下記の${item}が理由で取り込んでいません（未実行）。対応してから、連携レポートの［${repeatButtons.not_run}］で取り込んでください。`,
    '',
  ]
}

/** Every failure with its reason. A mail that has room for one reason only (`frame`) tells a shared one once. */
function failureSection(
  { about, connector, run, failures }: ResultMailInput,
  frame: MailFrame | null | undefined,
): Part[] {
  const more = run.failedCount - failures.length
  const shared = run.failure ?? (more === 0 ? sharedBy(failures) : null)
  const one = frame && run.state === 'failed' && failures.length > 1 ? shared : null
  return [
    ...(one !== null
      ? [one, '']
      : [{ why: '失敗理由', rows: failures }, ...(more > 0 ? [`ほか${amount(more)}件`, ''] : [])]),
    askWhom(about, frame?.support ?? connector.mail.support),
  ]
}

const leftSection = ({ left = [], leftTotal = 0 }: ResultMailInput) => listed(left, '対象外の理由', leftTotal)

const unconfirmedSection = (input: ResultMailInput) =>
  listed(input.unconfirmed ?? [], '要確認の理由', unconfirmedIn(input))

/** Records with a reason each, and how many more there are. */
function listed(lines: readonly FailureLine[], why: string, total: number): Part[] {
  if (lines.length === 0) return []
  return [{ why, rows: lines }, ...(total > lines.length ? [`ほか${amount(total - lines.length)}件`, ''] : [])]
}

/** The reason all of them have; null when they differ. */
const sharedBy = ([first, ...others]: readonly FailureLine[]): string | null =>
  first && others.every(({ reason }) => reason === first.reason) ? first.reason : null
