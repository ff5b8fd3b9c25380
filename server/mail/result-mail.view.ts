import type { Connector, Flow } from '../connectors/contract.js'
import type { Run } from '../sync/run.js'
import { actOf } from '../sync/words.js'

/** Failures printed in full; more would bury the message (design reference §5.16). */
export const SHOWN_FAILURES = 50

export interface FailureLine {
  key: string | null
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
 * personal data are the 社員番号 of failed people.
 */
export function resultMail(input: {
  connector: Connector
  flow: Flow
  run: Pick<Run, 'state' | 'succeededCount' | 'failedCount' | 'selectedCount' | 'failure'>
  company: string
  failures: readonly FailureLine[]
  /** who took no part, where nobody chose whom */
  left?: readonly FailureLine[]
  leftTotal?: number
  /** how many went through and need a look all the same */
  remarks?: number
  reportUrl: string
}): ResultMail {
  const { connector, flow, run, company, failures, reportUrl, left = [], leftTotal = 0, remarks = 0 } = input
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
          `成功: ${run.succeededCount}件`,
          `失敗: ${run.failedCount}件`,
          ...(remarks > 0 ? [`要確認: ${remarks}件（取り込みましたが、SmartHRで合計金額が一致していません）`] : []),
          ...(leftTotal > 0 ? [`対象外: ${leftTotal}件`] : []),
          ...(notRun > 0 ? [`中止により${actOf(flow.words)}を行なっていない${flow.words.item}: ${notRun}件`] : []),
          '',
        ]),
    ...(flow.payslips && run.succeededCount > 0
      ? ['取り込んだ明細は、まだ確定していません。SmartHRで内容を確認して、確定・公開してください。', '']
      : []),
    `下記のURLで、${actOf(flow.words)}の結果を確認してください。`,
    reportUrl,
    '',
    ...(failures.length > 0
      ? [
          RULE,
          ...reasons({
            failures,
            one: run.failure ?? (frame && failed && more === 0 && failures.length > 1 ? sharedBy(failures) : null),
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
          ...left.flatMap(line => [`従業員番号: 【${line.key ?? ''}】`, `対象外の理由: ${line.reason}`, '']),
          ...(leftTotal > left.length ? [`ほか${leftTotal - left.length}件`, ''] : []),
          RULE,
          '',
        ]
      : []),
    ...(frame?.closing ?? [closing(actOf(flow.words))]),
  ]
  return { subject: connector.mail.subject(flow, company, failed, stopped), text: lines.join('\n') }
}

/** One reason for all is told once. */
const reasons = ({ one, failures, more }: { one: string | null; failures: readonly FailureLine[]; more: number }) =>
  one !== null
    ? [one, '']
    : [
        ...failures.flatMap(failure => [`従業員番号: 【${failure.key ?? ''}】`, `失敗理由: ${failure.reason}`, '']),
        ...(more > 0 ? [`ほか${more}件`, ''] : []),
      ]

/** The reason all of them have; null when they differ. */
const sharedBy = ([first, ...others]: readonly FailureLine[]): string | null =>
  first && others.every(({ reason }) => reason === first.reason) ? first.reason : null
