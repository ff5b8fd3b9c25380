import type { Connector, Flow } from '../connectors/contract.js'
import type { Run } from '../sync/run.js'

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
  reportUrl: string
}): ResultMail {
  const { connector, flow, run, company, failures, reportUrl } = input
  const more = run.failedCount - failures.length
  const failed = run.state === 'failed'
  const notRun = run.selectedCount - run.succeededCount - run.failedCount
  const lines = [
    'いつもSmartHRをご利用いただきありがとうございます。',
    '',
    connector.mail.summary(flow, failed),
    '',
    `成功: ${run.succeededCount}件`,
    `失敗: ${run.failedCount}件`,
    ...(notRun > 0 ? [`中止により同期していない従業員: ${notRun}件`] : []),
    '',
    '下記のURLで、同期の結果を確認してください。',
    reportUrl,
    '',
    ...(failures.length > 0
      ? [
          RULE,
          // One reason for all is told once.
          ...(run.failure !== null
            ? [run.failure, '']
            : failures.flatMap(failure => [`従業員番号: 【${failure.key ?? ''}】`, `失敗理由: ${failure.reason}`, ''])),
          ...(more > 0 && run.failure === null ? [`ほか${more}件`, ''] : []),
          connector.mail.support,
          RULE,
          ...(connector.mail.remarks?.(flow) ?? []),
          '',
        ]
      : []),
    'このメールは、同期の終了時に自動で送信しています。送信専用アドレスのため、ご返信いただいてもお答えできません。',
  ]
  return { subject: connector.mail.subject(flow, company, failed), text: lines.join('\n') }
}
