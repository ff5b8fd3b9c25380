import { askWhomWhen, type About } from '../contract/about.js'
import type { Connector, SyncFlow } from '../contract/contract.js'
import { written, type Part, type Written } from '../mail/letter.js'
import { amount } from '../contract/conversions.js'
import { checkedAt, differences, doomedAmong, figuresOf } from './check.words.js'
import type { Check } from './check.store.js'
import { autoOffReasons, pausedReasons } from './pausing.js'
import type { AutoOff, Mode, Paused } from './schedule.store.js'

interface Subject {
  about: About
  connector: Connector
  flow: SyncFlow
}

const HELLO = 'いつもSmartHRをご利用いただきありがとうございます。'
const AUTOMATIC = '送信専用アドレスのため、ご返信いただいてもお答えできません。'
/** Nothing has failed in most of them. */
const UNCLEAR = 'ご不明な点がある場合は、'

/** What has not happened, and what is to be done. */
const NOT_WRITTEN = 'どちらのサービスにも書き込んでいません。'
const TO_DO: Readonly<Record<Mode, string>> = {
  notify: '下記のURLで内容を確認し、必要な場合は同期してください。',
  confirm:
    '下記のURLで内容を確認して、同期してください。取得した内容は、次回の確認まで（長くて7日間）用意してあります。',
  auto: '自動では同期できない従業員です。下記のURLで内容を確認し、必要な場合は同期してください。',
}

/** What a check has found: how many people of each class, how many per field. Nobody is named. */
export function newsMail({
  about,
  connector,
  flow,
  check,
  mode,
  url,
}: Subject & { check: Check; mode: Mode; url: string }): Written {
  const fields = figuresOf(flow, check)
  const parts: Part[] = [
    HELLO,
    '',
    `定期チェック（${flow.panel.title}）で確認したところ、${differences(check)}。`,
    ...(check.doomed > 0 ? [doomedAmong(check)] : []),
    `確認日時：${checkedAt(check)}`,
    ...(mode === 'auto' ? [] : [NOT_WRITTEN]),
    ...(fields.length > 0 ? ['', '変更する項目', ...fields.map(one => `・${one.label}：${amount(one.people)}件`)] : []),
    '',
    TO_DO[mode],
    { button: '内容を確認', url },
    '',
    askWhomWhen(UNCLEAR, about, connector.mail.support),
    '',
    `このメールは、前回と異なる差分が見つかったときに自動で送信しています。同じ差分が残っている間は、毎週月曜日に送信します。${AUTOMATIC}`,
  ]
  return written(`【定期チェック】${flow.panel.title}：${differences(check)}`, parts)
}

/** The same cause three times: it is tried once a week from now on. */
export function failingMail({ about, connector, flow, check, url }: Subject & { check: Check; url: string }): Written {
  const parts: Part[] = [
    HELLO,
    '',
    `「${flow.panel.title}」の定期チェックが、3回続けて同じ理由で失敗しました。解消するまでは、1週間に1回確認します。`,
    '',
    `理由：${check.cause ?? ''}`,
    '',
    { button: '定期チェックを確認', url },
    '',
    askWhomWhen('理由に対応しても解消しない場合は、', about, connector.mail.support),
    '',
    `このメールは、定期チェックが続けて失敗したときに自動で送信しています。${AUTOMATIC}`,
  ]
  return written(`【要確認】${flow.panel.title}の定期チェックが失敗しています`, parts)
}

/** No check is made any more, why, and what to do. */
export function pausedMail({ about, connector, flow, why, url }: Subject & { why: Paused; url: string }): Written {
  const parts: Part[] = [
    HELLO,
    '',
    `「${flow.panel.title}」の定期チェックを停止しました。`,
    pausedReasons[why],
    '',
    { button: '定期チェックを確認', url },
    '',
    askWhomWhen(UNCLEAR, about, connector.mail.support),
    '',
    `このメールは、定期チェックが停止したときに、すべての管理者に自動で送信しています。${AUTOMATIC}`,
  ]
  return written(`【要確認】${flow.panel.title}の定期チェックを停止しました`, parts)
}

/** Nothing is started by itself any more, why, and what to do. */
export function autoOffMail({ about, connector, flow, why, url }: Subject & { why: AutoOff; url: string }): Written {
  const parts: Part[] = [
    HELLO,
    '',
    `「${flow.panel.title}」の定期チェックの「自動で同期」を停止しました。`,
    autoOffReasons[why],
    '',
    { button: '定期チェックを確認', url },
    '',
    askWhomWhen(UNCLEAR, about, connector.mail.support),
    '',
    `このメールは、「自動で同期」が停止したときに自動で送信しています。${AUTOMATIC}`,
  ]
  return written(`【要確認】${flow.panel.title}の「自動で同期」を停止しました`, parts)
}
