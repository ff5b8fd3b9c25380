import { smarthrArticle, type ConnectorHelp } from '../../contract/help.js'
import { WRONG_LOGIN } from './api.js'
import { refusedWith, STALE } from './directory.js'
import { STATUS_IN_PCA, STATUS_IN_SMARTHR } from './employees.mapping.js'

/** Titles and numbers of SmartHR's articles: reference on PCA, sources. */
export const help: ConnectorHelp = {
  terms: [
    { smarthr: '社員番号', service: '社員コード' },
    { smarthr: '在籍状況', service: '就労状況', note: '連携されません' },
  ],
  manuals: [
    { label: '連携設定（初回のみ）', href: smarthrArticle('360041146073') },
    { label: '従業員情報を同期する', href: smarthrArticle('360040744014') },
    { label: '連携可能な従業員情報', href: smarthrArticle('360040752454') },
  ],
  reasons: { connecting: [WRONG_LOGIN], planning: [STALE, refusedWith('PCA'), STATUS_IN_SMARTHR, STATUS_IN_PCA] },
  pages: {
    connection: [
      'PCAクラウドWeb-API（有償）の契約が必要です。契約は、PCAまたは代理店の担当者にお問い合わせください。',
      'PCAサービスIDとPCAサービスパスワードは利用通知書に、PCAアプリユーザー名とPCAアプリパスワードはPCAのアプリケーションで使っているものを入力します。',
    ],
    area: ['データ領域は、PCAの会社と年度の単位です。年次更新で名前が変わるため、同期のたびに選択してください。'],
    report: ['退職日を同期しても、SmartHRの在籍状況とPCAの就労状況は変わりません。それぞれの画面で変更してください。'],
  },
}
