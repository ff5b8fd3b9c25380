import { askWhom, type About } from '../contract/about.js'
import type { Connector, Flow, MailFrame } from '../contract/contract.js'
import type { Run } from '../runs/run.js'
import { amount, repeatButtons } from '../runs/labels.js'

/** Failures printed in full; more would bury the message. */
export const SHOWN_FAILURES = 50

export interface FailureLine {
  /** what the record is called by: 従業員番号 or the flow's own key */
  label: string
  value: string
  reason: string
}

export interface ResultMail {
  subject: string
  text: string
}

const closing = (act: string) =>
  `このメールは、${act}の終了時に自動で送信しています。送信専用アドレスのため、ご返信いただいてもお答えできません。`

const RULE = '-------------------------------------------------'

export interface ResultMailInput {
  about: About
  connector: Connector
  flow: Flow
  run: Pick<Run, 'state' | 'succeededCount' | 'failedCount' | 'selectedCount' | 'failure'> &
    Partial<Pick<Run, 'referenceDate' | 'unconfirmedCount'>>
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
 * The mail at the end of a run, in the words the products' own mails use, plus the link to the report. Plain text; the only
 * personal data are the keys (社員番号, else the flow's own) of who failed or took no part.
 */
export function resultMail(input: ResultMailInput): ResultMail {
  const { connector, flow, run, company, failures, reportUrl } = input
  const failed = run.state === 'failed'
  const stopped = run.state === 'aborted'
  const frame = connector.mail.frame?.(flow)
  const lines = [
    frame?.greeting ?? 'いつもSmartHRをご利用いただきありがとうございます。',
    '',
    connector.mail.summary(flow, failed),
    '',
    ...(frame && failed ? [] : counts(input)),
    ...(flow.kind === 'import' && run.succeededCount > 0
      ? ['取り込んだ明細は、まだ確定していません。SmartHRで内容を確認して、確定・公開してください。', '']
      : []),
    ...(failures.length === 0 && run.failure !== null ? [`失敗理由: ${run.failure}`, ''] : []),
    ...(frame && failed ? othersNotRun(input) : []),
    `下記のURLで、${flow.words.act}の結果を確認してください。`,
    reportUrl,
    '',
    ...unconfirmedSection(input),
    ...(failures.length > 0 ? failureSection(input, frame) : []),
    ...leftSection(input),
    ...(frame?.closing ?? [closing(flow.words.act)]),
  ]
  return { subject: connector.mail.subject(flow, company, failed, stopped), text: lines.join('\n') }
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
  if (notRun === 0) return []
  return [
    `ほかの${amount(notRun)}${counter}は、下記の${item}が理由で取り込んでいません（未実行）。対応してから、連携レポートの［${repeatButtons.not_run}］で取り込んでください。`,
    '',
  ]
}

/** Every failure with its reason. A mail that has room for one reason only (`frame`) tells a shared one once. */
function failureSection(
  { about, connector, run, failures }: ResultMailInput,
  frame: MailFrame | null | undefined,
): string[] {
  const more = run.failedCount - failures.length
  const told = failures.flatMap(({ label, value, reason }) => [`${label}: 【${value}】`, `失敗理由: ${reason}`, ''])
  const shared = run.failure ?? (more === 0 ? sharedBy(failures) : null)
  const one = frame && run.state === 'failed' && failures.length > 1 ? shared : null
  return [
    RULE,
    ...(one !== null ? [one, ''] : [...told, ...(more > 0 ? [`ほか${amount(more)}件`, ''] : [])]),
    askWhom(about, frame?.support ?? connector.mail.support),
    RULE,
    ...(frame?.remarks ?? []),
    '',
  ]
}

const leftSection = ({ left = [], leftTotal = 0 }: ResultMailInput) => listed(left, '対象外の理由', leftTotal)

const unconfirmedSection = (input: ResultMailInput) =>
  listed(input.unconfirmed ?? [], '要確認の理由', unconfirmedIn(input))

/** Records with a reason each, and how many more there are. */
function listed(lines: readonly FailureLine[], why: string, total: number): string[] {
  if (lines.length === 0) return []
  return [
    RULE,
    ...lines.flatMap(line => [`${line.label}: 【${line.value}】`, `${why}: ${line.reason}`, '']),
    ...(total > lines.length ? [`ほか${amount(total - lines.length)}件`, ''] : []),
    RULE,
    '',
  ]
}

/** The reason all of them have; null when they differ. */
const sharedBy = ([first, ...others]: readonly FailureLine[]): string | null =>
  first && others.every(({ reason }) => reason === first.reason) ? first.reason : null
