import { askWhom } from '../contract/about.js'
import { stepOf } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { publishedFor } from '../runs/publications.js'
import { amount } from '../runs/labels.js'
import { RULE, written, type Part, type Written } from './letter.js'
import { approvedBy, SHOWN_FAILURES, type resultMail } from './result-mail.view.js'

/** The mail at the end of a publication: how many the service took, why others are missing, and why it ended early. */
export function publicationMail({
  about,
  connector,
  flow,
  run,
  company,
  failures,
  reportUrl,
}: Parameters<typeof resultMail>[0]): Written {
  const failed = run.state === 'failed'
  const { item, counter } = flow.words
  const year = publishedFor(flow, { referenceDate: run.referenceDate ?? null })
  const left = run.selectedCount - run.succeededCount - run.failedCount
  const parts: Part[] = [
    'いつもSmartHRをご利用いただきありがとうございます。',
    '',
    connector.mail.summary(flow, failed),
    // Snapshots of two years may be on offer side by side.
    ...(year === '' ? [] : [`${declared(stepOf(flow, 'date'), 'date step').heading}: ${year}年`]),
    ...(run.failure === null ? [] : [run.failure]),
    '',
    `成功: ${amount(run.succeededCount)}件`,
    `失敗: ${amount(run.failedCount)}件`,
    ...(left > 0 ? [`取り込まれなかった${item}: ${amount(left)}件`] : []),
    '',
    ...approvedBy(run),
    '下記のURLで、公開の結果を確認してください。',
    { button: '公開の結果を確認', url: reportUrl },
    '',
    ...(failures.length > 0
      ? [
          RULE,
          { why: '失敗理由', rows: failures },
          ...(run.failedCount > SHOWN_FAILURES
            ? [`ほか${amount(run.failedCount - SHOWN_FAILURES)}${counter}`, '']
            : []),
          askWhom(about, connector.mail.support),
          RULE,
          '',
        ]
      : []),
    'このメールは、公開の終了時に自動で送信しています。送信専用アドレスのため、ご返信いただいてもお答えできません。',
  ]
  const stopped = run.state === 'aborted'
  return written(connector.mail.subject(flow, company, failed, stopped), parts)
}
