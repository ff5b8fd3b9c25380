import { amount } from '../contract/conversions.js'
import { countNames, type CompanyCounts } from './company-end.store.js'

const words: Readonly<Record<(typeof countNames)[number], [term: string, counter: string]>> = {
  admins: ['管理者の情報', '名'],
  connections: ['連携（認証情報を含む）', '件'],
  runs: ['同期の履歴', '件'],
  people: ['同期の対象（従業員・部署・給与明細）', '件'],
  links: ['紐づけ', '件'],
  tokens: ['アクセストークン', '件'],
  events: ['操作履歴', '件'],
}

/** What goes with a company, and how much of it there is. */
export const countFacts = (counts: CompanyCounts): [term: string, text: string][] =>
  countNames.map(name => [words[name][0], `${amount(counts[name])}${words[name][1]}`])

/** What does not go with it. */
export const STAYS = [
  'SmartHRと各連携サービスに登録済みのデータは、削除されません。',
  '削除した事実の記録（日時、サブドメイン、件数）は残ります。企業名、管理者、従業員の情報は含みません。',
  'バックアップに含まれるデータは、バックアップの保存期間が過ぎると消えます。',
]
