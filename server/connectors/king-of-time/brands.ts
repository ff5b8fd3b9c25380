import type { Addresses } from '../../contract/contract.js'

/** One product of the same attendance platform: names, words and addresses differ, nothing else (README.md). */
export interface Brand {
  id: string
  name: string
  /** on the consent page, word for word */
  idLabel: string
  agreement: string
  addresses: Addresses
}

/** The one API host that is confirmed; the others run the same platform, so it is assumed for them too. */
const addresses = (prefix: string): Addresses => ({
  prefix,
  apiUrl: 'https://api.kingtime.jp/v1.0',
  client: 'optional',
})

export const kinkakuji: Brand = {
  id: 'kinkakuji',
  name: '勤革時',
  idLabel: '勤革時 全権管理者ID',
  agreement: '利用規約と同意書',
  addresses: addresses('KINKAKUJI'),
}

export const kingOfTime: Brand = {
  id: 'king-of-time',
  name: 'KING OF TIME',
  idLabel: 'KING OF TIME 全権管理者ID',
  agreement: '利用規約と同意書',
  addresses: addresses('KING_OF_TIME'),
}

export const touchOnTime: Brand = {
  id: 'touch-on-time',
  name: 'Touch On Time',
  idLabel: 'タッチオンタイム 全権管理者ID',
  agreement: '規約と同意書',
  addresses: addresses('TOUCH_ON_TIME'),
}
