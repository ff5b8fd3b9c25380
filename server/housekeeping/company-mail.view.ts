import { written, type Written } from '../mail/letter.js'
import { jstDateTime } from '../platform/clock.js'
import type { CompanyCounts } from './company-end.store.js'
import { countFacts, STAYS } from './company-words.js'

const OUTRO = 'このメールは自動で送信しています。送信専用アドレスのため、ご返信いただいてもお答えできません。'

/** Before an uninstalled company's data goes: until when, and how to keep it. */
export const noticeMail = ({ company, dueAt, url }: { company: string; dueAt: Date; url: string }): Written =>
  written('連携の終了と、データの削除について', [
    `${company}のSmartHRとの連携が、7日以上利用できない状態です（アプリの解除、または許可の取り消し）。`,
    'すべての連携サービスとの連携を解除しました。今後、同期は行なわれません。',
    '',
    `保存しているデータは、${jstDateTime(dueAt)}以降に削除します。`,
    '利用を続ける場合は、それまでに下記のURLからSmartHRでログインしてください。削除は取りやめになります。',
    { button: 'ログイン', url },
    '',
    OUTRO,
  ])

/** As a company's data goes: how much it was, and what stays where. */
export const finalMail = ({ company, counts }: { company: string; counts: CompanyCounts }): Written =>
  written('企業データを削除しました', [
    `${company}のデータを、Renkeiから削除しました。`,
    '',
    '削除したデータ',
    ...countFacts(counts).map(([term, text]) => `・${term}: ${text}`),
    '',
    '残るもの',
    ...STAYS.map(text => `・${text}`),
    '',
    OUTRO,
  ])
