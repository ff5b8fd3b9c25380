/** Conversions that mappings are made of. Pure; null = blank. */
import type { Scalar } from '../connectors/contract.js'

export { keyOf } from './keys.js'

/** A scalar as trimmed text; null when blank. */
export function textOf(value: Scalar | undefined): string | null {
  if (value === null || value === undefined || typeof value === 'boolean') return null
  const text = String(value).trim()
  return text === '' ? null : text
}

const HIRAGANA = /[\u3041-\u3096]/g
const TO_KATAKANA = 0x60

/** Any kana as full-width katakana: ﾀｶｻﾞｷ, たかざき → タカザキ (NFKC, then hiragana shifted). */
export function katakana(value: Scalar | undefined): string | null {
  const text = textOf(value)
  if (text === null) return null
  return text.normalize('NFKC').replace(HIRAGANA, sign => String.fromCharCode(sign.charCodeAt(0) + TO_KATAKANA))
}

/** Kana as SmartHR takes it for addresses and names: everything full width (SmartHR API reference, §4.3). */
export function fullWidthKana(value: Scalar | undefined): string | null {
  const text = katakana(value)
  if (text === null) return null
  return text
    .replace(/[‐−–—]/g, '-')
    .replace(/ /g, '\u3000')
    .replace(/[!-~]/g, sign => String.fromCharCode(sign.charCodeAt(0) + 0xfee0))
}

/** Only the digits of a number written with hyphens or full-width digits; null when there are none. */
export function digitsOf(value: Scalar | undefined): string | null {
  const digits = textOf(value)?.normalize('NFKC').replace(/\D/g, '') ?? ''
  return digits === '' ? null : digits
}

/** `1234567890` with [4, 6] → `1234-567890`. */
export function grouped(digits: string, sizes: readonly number[]): string {
  let at = 0
  return sizes.map(size => digits.slice(at, (at += size))).join('-')
}

/** A postal code's two parts; null unless it has seven digits. */
export function zipParts(value: Scalar | undefined): [string, string] | null {
  const digits = digitsOf(value)
  return digits?.length === 7 ? [digits.slice(0, 3), digits.slice(3)] : null
}

/**
 * A phone number's three parts: at its own hyphens, else by length (mobile 3-4-4, Tokyo and Osaka 2-4-4, other 3-3-4);
 * null when it can't be divided into at most 5, 4 and 4 digits.
 */
export function phoneParts(value: Scalar | undefined): [string, string, string] | null {
  const text =
    textOf(value)
      ?.normalize('NFKC')
      .replace(/[‐−–—ー]/g, '-') ?? ''
  const written = text.split('-')
  const parts = written.length === 3 ? written : byLength(digitsOf(text) ?? '')
  const [area, exchange, line] = parts
  if (!area || !exchange || !line || !parts.every(part => /^\d+$/.test(part))) return null
  return area.length <= 5 && exchange.length <= 4 && line.length <= 4 ? [area, exchange, line] : null
}

function byLength(digits: string): string[] {
  const cut = (first: number, second: number) => [
    digits.slice(0, first),
    digits.slice(first, second),
    digits.slice(second),
  ]
  if (digits.length === 11) return cut(3, 7)
  if (digits.length === 10) return /^0[36]/.test(digits) ? cut(2, 6) : cut(3, 6)
  return []
}

/** The 47 prefectures in JIS order, so that index = JIS code − 1. */
export const prefectures: readonly string[] =
  '北海道,青森県,岩手県,宮城県,秋田県,山形県,福島県,茨城県,栃木県,群馬県,埼玉県,千葉県,東京都,神奈川県,新潟県,富山県,石川県,福井県,山梨県,長野県,岐阜県,静岡県,愛知県,三重県,滋賀県,京都府,大阪府,兵庫県,奈良県,和歌山県,鳥取県,島根県,岡山県,広島県,山口県,徳島県,香川県,愛媛県,高知県,福岡県,佐賀県,長崎県,熊本県,大分県,宮崎県,鹿児島県,沖縄県'.split(
    ',',
  )

/** A joined address as 市区町村 and the rest: the longest usual prefix; no prefix → all of it is 市区町村. */
export function splitCity(address: string): [city: string, street: string] {
  const city = /^(?:.+?郡.+?[町村]|.+?市.+?区|.+?[市区町村])/.exec(address)?.[0] ?? address
  return [city, address.slice(city.length)]
}

/** An amount in yen; null unless it is a whole number of at least `min`. */
export function yen(value: Scalar | undefined, min = 0): number | null {
  const amount = typeof value === 'number' ? value : Number(textOf(value) ?? Number.NaN)
  return Number.isSafeInteger(amount) && amount >= min ? amount : null
}

/** A plain date as it is; null for anything that is not written `YYYY-MM-DD`. */
export function dateOf(value: Scalar | undefined): string | null {
  const text = textOf(value)
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : null
}

/** `2026-11-20` → `2026/11/20`, as screens print dates. */
export const slashed = (date: string): string => date.replaceAll('-', '/')
