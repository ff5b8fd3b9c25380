import { smarthrArticle, type ConnectorHelp } from '../../contract/help.js'
import { PRODUCT } from './errors.js'

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
