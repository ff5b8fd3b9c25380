import { smarthrArticle, type ConnectorHelp } from '../../contract/help.js'
import { NO_ADMIN, otherCompany, UNREADABLE } from './account.js'
import { NO_PAYROLL } from './employee.js'
import { EXTENSION } from './employees.mapping.js'
import { withoutRemuneration } from './insurance.fields.js'
import { NOT_CALCULATED } from './statements.js'
import { NO_REMUNERATION } from './writes.js'

/** Titles and numbers of SmartHR's articles: reference on freee, sources. */
export const help: ConnectorHelp = {
  terms: [
    { smarthr: '企業アカウント', service: '事業所' },
    { smarthr: '社員番号', service: '従業員番号' },
    { smarthr: '役職', service: '肩書' },
    { smarthr: '入社年月日・退職年月日', service: '入社日・退職日' },
    { smarthr: '寡婦・ひとり親', service: '寡夫/寡婦' },
    { smarthr: '障害者区分', service: '障害' },
    { smarthr: '預金種別', service: '預金種類' },
  ],
  manuals: [
    { label: '【freee人事労務】インストール方法と連携設定（初回設定）', href: smarthrArticle('360026262773') },
    { label: 'エクスポート設定', href: smarthrArticle('360026104234') },
    { label: '従業員情報を取り込む', href: smarthrArticle('360026104194') },
    { label: '連携可能な従業員情報', href: smarthrArticle('360026103994') },
    { label: '連携する企業アカウント（事業所）の変更方法', href: smarthrArticle('360026262693') },
    { label: '給与明細を連携する', href: smarthrArticle('360049679094') },
    { label: '賞与明細を連携する', href: smarthrArticle('360058163174') },
    { label: 'Q. 給与明細の取り込みに失敗する原因は？', href: smarthrArticle('900006539763') },
  ],
  reasons: {
    connecting: [otherCompany('…'), NO_ADMIN, UNREADABLE],
    planning: [NO_PAYROLL, NOT_CALCULATED, EXTENSION, NO_REMUNERATION, withoutRemuneration('…', '…', '健康保険')],
  },
  pages: {
    connection: [
      '事業所番号は、freee人事労務の画面上部の事業所名にカーソルを合わせると確認できます。',
      'freeeの画面では、freee人事労務の管理者権限を持つユーザーで、入力した事業所番号の事業所を許可してください。',
      'freeeでアクセス制限（IPアドレス制限）を設定している場合は、連携と同期の間だけ、freeeの管理者が制限を解除してください。',
    ],
    settings: [
      'エクスポート設定は、SmartHRからfreee人事労務へ新しく登録する従業員に、一律で適用されます。登録済みの従業員には適用されません。',
      '勤務・賃金設定名と締め日支払い日グループ名は、freee人事労務に登録されている名前と、1文字も違わないように入力してください。',
    ],
    date: [
      'freee人事労務は、従業員の情報を月ごとに管理しています。書き込む月は、選択画面と確認画面に表示されます。',
      '生年月日、性別、入社年月日、退職年月日、基礎年金番号、雇用保険の被保険者番号は月ごとに管理されないため、過去の月の情報も変わります。',
    ],
    select: ['取り込める明細は、freee人事労務で確定した明細だけです。確定していない明細は表示されません。'],
    report: ['取り込んだ給与明細は、SmartHRで内容を確認して、確定・公開してください。'],
  },
}
