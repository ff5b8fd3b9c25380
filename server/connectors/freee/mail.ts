import type { Connector, Flow, MailFrame } from '../../contract/contract.js'
import { syncMail } from '../../contract/words.js'
import { PRODUCT } from './errors.js'
import { bonusFlow } from './payslips.flows.js'

/** 給与明細 or 賞与明細 */
const slipsOf = (flow: Flow): string => (flow === bonusFlow ? '賞与明細' : '給与明細')

/** The mail of an import (SmartHR help on freee's payslips); that of bonuses names freee人事労務 in full. */
const frameOf = (flow: Flow): MailFrame => {
  const freee = flow === bonusFlow ? PRODUCT : 'freee'
  return {
    greeting: 'いつも SmartHRをご利用いただきありがとうございます。',
    support: `また、再試行しても解消しない場合は、${freee}連携アプリ( https://freee.smarthr.plus ) に再度アクセスしてから、画面左上のSmartHRロゴをクリックしてSmartHRトップページの画面右下チャットアイコンよりお問い合わせください。`,
    remarks: [
      `※ freee人事労務連携では、SmartHRと${freee}の仕様の違いにより以下の項目は完全一致の同期とならない場合がございます。あらかじめご了承ください。`,
      '',
      '【残業実績】',
      `${freee}上の「残業手当合計」の内訳を、SmartHRでは「残業代」の支給項目として取り込んでおります。`,
      '尚、実績時間の内訳は、勤怠項目に取り込んでおります。',
      '',
      '-------------------------------------------------',
    ],
    closing: [
      'このメールは SmartHR をご利用いただいているお客さまに送信しています。',
      '送信専用アドレスのため、ご返信いただいても、ご返事ができません。',
      'あらかじめご了承ください。',
    ],
  }
}

export const mail: Connector['mail'] = {
  support:
    'また、再試行しても解消しない場合は、freee連携アプリ（https://freee.smarthr.plus）に再度アクセスしてから、画面左上のSmartHRロゴをクリックしてSmartHRトップページの画面右下チャットアイコンよりお問い合わせください。',
  subject(flow, company, failed, stopped) {
    if (flow.kind !== 'import') return syncMail.subject(flow, company, failed, stopped)
    const end = failed ? 'の取り込みが失敗しました' : stopped ? 'の取り込みを中止しました' : 'を取り込みました'
    return `${flow.from}から${flow.to}へ${slipsOf(flow)}${end}｜${company}`
  },
  summary(flow, failed) {
    if (flow.kind !== 'import') return syncMail.summary(flow, failed)
    return failed
      ? `${flow.from}から${flow.to}への${slipsOf(flow)}の取り込みに失敗しました`
      : `${flow.from}から${flow.to}に${slipsOf(flow)}の取り込み結果が出ました。`
  },
  frame: flow => (flow.kind === 'import' ? frameOf(flow) : null),
}
