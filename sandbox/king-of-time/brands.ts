/** One of the three names under which the same service is sold (King of Time reference, §8). */
export interface Brand {
  /** its name in the control API and its path */
  name: 'king-of-time' | 'touch-on-time' | 'kinkakuji'
  product: string
  /** how the consent page calls the ID of a full administrator */
  idLabel: string
  /** what the tick on the consent page agrees to */
  agreement: string
  /** what the link's `product` may say: the brand's name here, or the short one */
  productNames: readonly string[]
}

export const BRANDS: readonly Brand[] = [
  {
    name: 'kinkakuji',
    product: '勤革時',
    idLabel: '勤革時 全権管理者ID',
    agreement: '利用規約と同意書',
    productNames: ['kinkakuji'],
  },
  {
    name: 'king-of-time',
    product: 'KING OF TIME',
    idLabel: 'KING OF TIME 全権管理者ID',
    agreement: '利用規約と同意書',
    productNames: ['king-of-time', 'kot'],
  },
  {
    name: 'touch-on-time',
    product: 'Touch On Time',
    idLabel: 'タッチオンタイム 全権管理者ID',
    agreement: '規約と同意書',
    productNames: ['touch-on-time', 'tot'],
  },
]
