import type { Connector, Flow } from '../contract/contract.js'
import type { Run } from '../runs/run.js'
import { amount, repeatButtons } from '../runs/labels.js'

/** Failures printed in full; more would bury the message (design reference §5.16). */
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

/**
 * The mail at the end of a run, in the words the products' own mails use, plus the link to the report. Plain text; the only
 * personal data are the keys (社員番号, else the flow's own) of who failed or took no part.
 */
export function resultMail(input: {
  connector: Connector
  flow: Flow
  run: Pick<Run, 'state' | 'succeededCount' | 'failedCount' | 'selectedCount' | 'failure'> &
    Partial<Pick<Run, 'referenceDate'>>
  company: string
  failures: readonly FailureLine[]
  /** who took no part, where nobody chose whom */
  left?: readonly FailureLine[]
  leftTotal?: number
  /** how many the flow's rule has left out, where nobody looked at the selection */
  leftOut?: string | null
  /** how many went through and need a look all the same */
  remarks?: number
  reportUrl: string
}): ResultMail {
  const {
    connector,
    flow,
    run,
    company,
    failures,
    reportUrl,
    left = [],
    leftTotal = 0,
    leftOut = null,
    remarks = 0,
  } = input
  const more = run.failedCount - failures.length
  const failed = run.state === 'failed'
  const stopped = run.state === 'aborted'
  const notRun = run.selectedCount - run.succeededCount - run.failedCount
  const frame = connector.mail.frame?.(flow)
  const lines = [
    frame?.greeting ?? 'いつもSmartHRをご利用いただきありがとうございます。',
    '',
    connector.mail.summary(flow, failed),
    '',
    ...(frame && failed
      ? []
      : [
          `成功: ${amount(run.succeededCount)}件`,
          `失敗: ${amount(run.failedCount)}件`,
          ...(remarks > 0
            ? [`要確認: ${amount(remarks)}件（取り込みましたが、SmartHRで合計金額が一致していません）`]
            : []),
          ...(leftTotal > 0 ? [`対象外: ${amount(leftTotal)}件`] : []),
          ...(leftOut ? [leftOut] : []),
          ...(notRun > 0 ? [`中止により${flow.words.act}を行なっていない${flow.words.item}: ${amount(notRun)}件`] : []),
          '',
        ]),
    ...(flow.kind === 'import' && run.succeededCount > 0
      ? ['取り込んだ明細は、まだ確定していません。SmartHRで内容を確認して、確定・公開してください。', '']
      : []),
    ...(failures.length === 0 && run.failure !== null ? [`失敗理由: ${run.failure}`, ''] : []),
    ...(frame && failed && notRun > 0
      ? [
          `ほかの${amount(notRun)}${flow.words.counter}は、下記の${flow.words.item}が理由で取り込んでいません（未実行）。対応してから、連携レポートの［${repeatButtons.not_run}］で取り込んでください。`,
          '',
        ]
      : []),
    `下記のURLで、${flow.words.act}の結果を確認してください。`,
    reportUrl,
    '',
    ...(failures.length > 0
      ? [
          RULE,
          ...reasons({
            failures,
            one:
              frame && failed && failures.length > 1 ? (run.failure ?? (more === 0 ? sharedBy(failures) : null)) : null,
            more,
          }),
          frame?.support ?? connector.mail.support,
          RULE,
          ...(frame?.remarks ?? []),
          '',
        ]
      : []),
    ...(left.length > 0
      ? [
          RULE,
          ...left.flatMap(line => [`${line.label}: 【${line.value}】`, `対象外の理由: ${line.reason}`, '']),
          ...(leftTotal > left.length ? [`ほか${amount(leftTotal - left.length)}件`, ''] : []),
          RULE,
          '',
        ]
      : []),
    ...(frame?.closing ?? [closing(flow.words.act)]),
  ]
  return { subject: connector.mail.subject(flow, company, failed, stopped), text: lines.join('\n') }
}

/** Everybody with his reason. A mail that has only room for one reason (`frame`) tells it alone. */
const reasons = ({ one, failures, more }: { one: string | null; failures: readonly FailureLine[]; more: number }) =>
  one !== null
    ? [one, '']
    : [
        ...failures.flatMap(({ label, value, reason }) => [`${label}: 【${value}】`, `失敗理由: ${reason}`, '']),
        ...(more > 0 ? [`ほか${amount(more)}件`, ''] : []),
      ]

/** The reason all of them have; null when they differ. */
const sharedBy = ([first, ...others]: readonly FailureLine[]): string | null =>
  first && others.every(({ reason }) => reason === first.reason) ? first.reason : null
