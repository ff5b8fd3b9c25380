import type { Row, Side } from './judge.js'

/** Small words for tables of rows, and the rows that several services share. */

export const at = (paths: string | readonly string[], text?: Side['text']): Side => ({
  paths: [paths].flat(),
  ...(text && { text }),
})

export const row = (
  labels: string | readonly string[],
  smarthr: Side,
  service: Side,
  more: Pick<Row, 'loose' | 'plain' | 'smarthrSends'> = {},
): Row => ({ labels: [labels].flat(), smarthr, service, ...more })

export const slashes = ([value]: readonly unknown[]): string =>
  typeof value === 'string' ? value.replaceAll('-', '/') : ''

export const words =
  (list: Readonly<Record<string, string>>) =>
  ([value]: readonly unknown[]): string =>
    list[String(value as string)] ?? ''

export const sexes = words({ male: '男性', female: '女性', Male: '男性', Female: '女性' })

/** SmartHR's own status (SmartHR §3.1.2); whoever writes it shows it. */
export const status = row(
  '在籍状況',
  at('emp_status', words({ employed: '在籍中', absent: '休職中', retired: '退職済' })),
  at([]),
  { loose: true },
)

/** The first that is filled. */
export const firstFilled = (values: readonly unknown[]): string =>
  values.find((value): value is string => typeof value === 'string' && value !== '') ?? ''

/** Full-width katakana in half width: `ガク` → `ｶﾞｸ`. */
const HALF = new Map(
  Array.from({ length: 0xff9f - 0xff66 + 1 }, (_, index) => String.fromCodePoint(0xff66 + index)).map(half => [
    half.normalize('NFKC'),
    half,
  ]),
)
export const halfWidth = (kana: string): string =>
  [...kana.normalize('NFD')].map(sign => HALF.get(sign) ?? sign).join('')

/** How a service has a name or a kana that somebody typed in another form. */
export const typedAs = (written: 'plain' | 'half' | 'decomposed', text: string): string =>
  written === 'decomposed' ? text.normalize('NFD') : text
export const kanaAs = (written: 'plain' | 'half' | 'decomposed', kana: string): string =>
  written === 'half' ? halfWidth(kana) : kana
