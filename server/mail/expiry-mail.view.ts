import type { PerAdminAuth, Connector } from '../contract/contract.js'
import { jstDateTime } from '../platform/clock.js'
import { written, type Part, type Written } from './letter.js'

/** The warning that an administrator's own connection is about to end: when, what then, and what to do. */
export function expiryMail(input: {
  connector: Connector
  auth: PerAdminAuth
  left: number
  until: Date
  url: string
}): Written {
  const { connector, auth, left, until, url } = input
  const { product } = connector.labels
  const parts: Part[] = [
    'いつもSmartHRをご利用いただきありがとうございます。',
    '',
    `${product}との連携の有効期限まで、あと${left}日です（有効期限：${jstDateTime(until)}）。`,
    `期限が切れると、${product}へ同期できなくなります。同期済みのデータは削除されません。`,
    '',
    `下記のURLで［${auth.texts.renew}］を押すと、連携有効日数が${auth.days}日に戻ります。`,
    { button: auth.texts.renew, url },
    '',
    'このメールは、連携の有効期限が近づいたときに自動で送信しています。送信専用アドレスのため、ご返信いただいてもお答えできません。',
  ]
  return written(`${product}との連携の有効期限が近づいています`, parts)
}
