import type { Addresses } from '../../contract/contract.js'

/** One product of the same attendance platform: names, words and addresses differ, nothing else (README.md). */
export interface Brand {
  id: string
  name: string
  /** the app as SmartHR's store calls it */
  app: string
  dashboard: string
  /** on the consent page, word for word */
  idLabel: string
  agreement: string
  addresses: Addresses
}

/** The one API host that is confirmed; the others run the same platform, so it is assumed for them too. */
const API = 'https://api.kingtime.jp/v1.0'

export const kinkakuji: Brand = {
  id: 'kinkakuji',
  name: '勤革時',
  app: '勤革時連携',
  dashboard: '勤革時連携ダッシュボード',
  idLabel: '勤革時 全権管理者ID',
  agreement: '利用規約と同意書',
  addresses: { prefix: 'KINKAKUJI', apiUrl: API, client: 'optional' },
}

export const kingOfTime: Brand = {
  id: 'king-of-time',
  name: 'KING OF TIME',
  app: 'KING OF TIME連携',
  dashboard: 'KING OF TIME連携ダッシュボード',
  idLabel: 'KING OF TIME 全権管理者ID',
  agreement: '利用規約と同意書',
  addresses: { prefix: 'KING_OF_TIME', apiUrl: API, client: 'optional' },
}

export const touchOnTime: Brand = {
  id: 'touch-on-time',
  name: 'Touch On Time',
  app: 'Touch On Time連携',
  dashboard: 'Touch On Time連携ダッシュボード',
  idLabel: 'タッチオンタイム 全権管理者ID',
  agreement: '規約と同意書',
  addresses: { prefix: 'TOUCH_ON_TIME', apiUrl: API, client: 'optional' },
}
