import { smarthrArticle, type ConnectorHelp, type Manual } from '../../contract/help.js'
import { closedForTokens, invalidToken, NO_TOKEN, stopped, unreadable } from './access.js'
import type { Brand } from './brands.js'
import { refusedFields } from './directory.js'
import { GONE, refusedValue, TOO_EARLY } from './errors.js'

/** Titles and numbers of SmartHR's articles: reference on the attendance services, sources. */
const articles: Readonly<Record<string, readonly [setUp: string, names: string, sync: string, fields: string]>> = {
  kinkakuji: ['360026262533', '4416625776153', '4411971255065', '360026262513'],
  'king-of-time': ['360026104974', '4416625724697', '4403626515225', '360026263633'],
  'touch-on-time': ['360026103914', '4416639060249', '4411971273113', '360026262493'],
}

const TITLES = ['連携設定（初回のみ）', '従業員氏名の設定', '従業員情報を連携する', '連携可能な従業員情報']

export const helpOf = (brand: Brand): ConnectorHelp => ({
  terms: [
    { smarthr: '社員番号', service: '従業員コード' },
    { smarthr: '事業所', service: '所属事業所', note: '新規登録のときだけ選択します' },
    { smarthr: '雇用形態', service: '雇用区分', note: '新規登録のときだけ選択します' },
  ],
  manuals: (articles[brand.id] ?? []).map((article, index): Manual => ({
    label: `【${brand.name}】${TITLES[index] ?? ''}`,
    href: smarthrArticle(article),
  })),
  reasons: {
    connecting: [stopped(brand), unreadable(brand), NO_TOKEN, invalidToken(brand), closedForTokens(brand)],
    planning: [GONE, TOO_EARLY, refusedValue('…', brand.name), refusedFields(brand, ['…'])],
  },
  pages: {
    connection: [
      `${brand.name}の全権管理者のIDとパスワードで承諾するか、${brand.name}の管理画面で発行したアクセストークンを登録します。`,
      `アクセストークンを登録する場合は、${brand.name}の管理画面で、従業員の読み取り・書き込みの権限と、許可IPアドレスを設定してください。`,
    ],
    dashboard: [
      '8:30〜10:00と17:30〜18:30は、メンテナンス時間です。取得と同期は開始できません。実行中の処理は一時停止し、終了後に自動で再開します。',
    ],
    settings: [
      `SmartHRから${brand.name}へ、ビジネスネームと本名のどちらを連携するかを選択します。${brand.name}からSmartHRへは、常に本名として連携します。`,
    ],
    date: [
      '退職年月日が基準日以前の従業員は表示されません。退職を連携するときは、退職年月日より前の日付を指定してください。',
    ],
    options: [
      '所属事業所が異なる従業員を、一度に新規登録することはできません。所属事業所ごとに、分けて同期するか、対応表を使ってください。対応表を使う項目は、この画面に表示されません。',
    ],
  },
})
