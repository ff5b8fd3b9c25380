import { smarthrArticle, type ConnectorHelp } from '../../contract/help.js'
import { employeeOf, employeeProblems } from './employees.feed.js'
import { PRODUCT } from './errors.js'
import { UNREADABLE } from './payrolls.js'
import { amountOf } from './record.js'
import { TARGET } from './tables.js'
import { exclusionOf, EXCLUSIONS } from './year-end.feed.js'

/** What is said of an amount that is none. */
const unsaid: string[] = []
for (const loss of [false, true]) amountOf('…', unsaid, { label: '…', where: 'SmartHRの従業員情報', loss })

/** Results without a status, with one that keeps them out, with an unknown one, of no year and another, and of nobody. */
const YEAR = 2026
const results = [
  {},
  { status: EXCLUSIONS[0] ?? '' },
  { status: '…' },
  { status: TARGET },
  { status: TARGET, year: YEAR - 1 },
  { status: TARGET, year: YEAR },
]

/** Titles and numbers of SmartHR's articles: reference on Money Forward, sources. */
export const help: ConnectorHelp = {
  terms: [
    { smarthr: '社員番号', service: '従業員コード', note: '先頭の0も区別します' },
    { smarthr: 'アクセストークン', service: '接続文字列' },
  ],
  manuals: [
    { label: '連携設定（初回設定）', href: smarthrArticle('360050078134') },
    { label: '連携可能な従業員情報', href: smarthrArticle('360026106414') },
    {
      label: 'マネーフォワード クラウド給与の給与明細データをSmartHRに取り込む',
      href: smarthrArticle('360026105654'),
    },
    { label: 'マネーフォワード クラウド年末調整に年末調整結果を取り込む', href: smarthrArticle('4409171668633') },
    { label: 'アクセストークンの発行方法', href: smarthrArticle('360026266033') },
  ],
  reasons: {
    connecting: [UNREADABLE],
    planning: [
      ...employeeProblems(employeeOf({}, [{}])),
      ...unsaid,
      ...results.flatMap(result => exclusionOf(result, YEAR) ?? []),
    ],
  },
  pages: {
    connection: [`API KEYは、${PRODUCT}の［連携設定］＞［外部システム連携用識別子］で確認できます。`],
    'access-tokens': [
      `発行したアクセストークンは、${PRODUCT}の［連携設定］の「SmartHR」で、［接続文字列］に貼り付けます。`,
    ],
    area: [`表示されるのは、${PRODUCT}で確定した給与・賞与の明細です。`],
    report: [
      '公開しただけでは、登録されません。公開期限までに、マネーフォワードの画面で取り込んでください。',
      '取り込んだ給与明細は、SmartHRで内容を確認して、確定・公開してください。',
    ],
  },
}
