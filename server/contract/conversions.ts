/** Conversions that mappings are made of. Pure; null = blank. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { Scalar } from './contract.js'

export { keyOf } from './keys.js'

/** A sign with the marks typed after it: voiced kana and accented letters. */
const MARK = /[\u0300-\u036f\u3099\u309a]/
const WITH_MARKS = /[^\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+/gu

/**
 * か + ゛ → が, as most keyboards type it. Nothing else is touched: NFC as a whole would also change the kanji of a name
 * (神 U+FA19 → 神 U+795E).
 */
export const composed = (text: string): string =>
  MARK.test(text) ? text.replace(WITH_MARKS, signs => signs.normalize('NFC')) : text

/** A scalar as trimmed text, its marks composed; null when blank. */
export function textOf(value: Scalar | undefined): string | null {
  if (value === null || value === undefined || typeof value === 'boolean') return null
  const text = composed(String(value).trim())
  return text === '' ? null : text
}

/** A value of an answer as a record holds it: objects, lists and blank texts are null. */
export function scalarOf(value: unknown): Scalar {
  if (typeof value === 'string') return value.trim() === '' ? null : value
  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** An object of an answer; an empty one for anything else, so that it can be looked into. */
export const objectOf = (value: unknown): Json => (isObject(value) ? value : {})

/** The objects of a list; none when it is no list. */
export const objectsOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** A text of an answer, trimmed; null when it is blank, or no text at all. */
export const plainText = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null

/** What is filled of several values, in one text; '' when all are blank. */
export const joinFilled = (values: readonly (Scalar | undefined)[], between = ' '): string =>
  values.flatMap(value => textOf(value) ?? []).join(between)

/** Hiragana and its iteration marks ゝゞ. */
const HIRAGANA = /[\u3041-\u3096\u309d\u309e]/g
const TO_KATAKANA = 0x60

/** Hiragana as katakana; everything else stays as it is. */
export const hiraganaShifted = (text: string): string =>
  text.replace(HIRAGANA, sign => String.fromCharCode(sign.charCodeAt(0) + TO_KATAKANA))

/** A hyphen or minus of any kind inside a word or at its end, after kana: the long vowel is meant. */
const LONG_VOWEL = /(?<=[ァ-ヺー-ヿ])[-‐‑‒–—―−─](?=[ァ-ヺー-ヿ\s]|$)/g

/**
 * Any kana as full-width katakana: ﾀｶｻﾞｷ, たかざき, カ゛ in two signs → タカザキ, ガ; みすゞ → ミスヾ; マリ－ → マリー (NFKC, then
 * hiragana shifted).
 */
export function katakana(value: Scalar | undefined): string | null {
  const text = textOf(value)
  if (text === null) return null
  const fullWidth = text.replace(/[゛ﾞ]/g, '\u3099').replace(/[゜ﾟ]/g, '\u309a').normalize('NFKC').trim()
  return hiraganaShifted(fullWidth).replace(LONG_VOWEL, 'ー')
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

/** The digits of a number in which nothing but digits, hyphens and blanks is written; null for any other text. */
export function numberOf(value: Scalar | undefined): string | null {
  const text =
    textOf(value)
      ?.normalize('NFKC')
      .replace(/[-‐‑‒–—―−ー\s]/g, '') ?? ''
  return /^\d+$/.test(text) ? text : null
}

/** A postal code's two parts; null unless it is seven digits, with or without 〒. */
export function zipParts(value: Scalar | undefined): [string, string] | null {
  const digits = numberOf(textOf(value)?.replace(/^〒/, ''))
  return digits?.length === 7 ? [digits.slice(0, 3), digits.slice(3)] : null
}

/** A phone number in three parts, and the extension (内線) written after it. */
export interface Phone {
  parts: [string, string, string]
  extension: string | null
}

/**
 * A Japanese phone number's three parts: at its own hyphens, else as the numbering plan divides it. Examples:
 * 0120-123-456, 0466-12-3456, +81 90 … → 090-…. Null when it can't be divided into at most 5, 4 and 4 digits.
 */
export function phoneOf(value: Scalar | undefined): Phone | null {
  const text =
    textOf(value)
      ?.normalize('NFKC')
      .replace(/[‐‑‒–—―−ー]/g, '-') ?? ''
  const [whole, extension = null] = split(text)
  const written = /^(\d{1,5})-(\d{1,4})-(\d{1,4})$/.exec(whole)
  const parts = written ? written.slice(1) : divided(whole)
  const [area, exchange, line, ...more] = parts
  if (!area || !exchange || !line || more.length > 0) return null
  if (area.length > 5 || exchange.length > 4 || line.length > 4) return null
  return { parts: [area, exchange, line], extension }
}

/** `03-1234-5678 (内線12)` → the number and 12. */
function split(text: string): [number: string, extension?: string] {
  const found = /(?:内線(?:番号)?|ext\.?|#)[\s:.]*(\d+)\)?$/i.exec(text)
  const extension = found?.[1]
  return extension === undefined ? [text] : [text.slice(0, found?.index).replace(/(?<![\s,(])[\s,(]+$/, ''), extension]
}

/** By the numbering plan; nothing for a number of another country, one that can't exist or one without its first 0. */
function divided(text: string): string[] {
  if (!/^\D*(?:0|(?<=\+)81)/.test(text)) return []
  const number = parsePhoneNumberFromString(text, 'JP')
  if (number?.country !== 'JP' || !number.isValid() || number.ext !== undefined) return []
  return number.formatNational().split('-')
}

/** The 47 prefectures in JIS order, so that index = JIS code − 1. */
export const prefectures: readonly string[] =
  '北海道,青森県,岩手県,宮城県,秋田県,山形県,福島県,茨城県,栃木県,群馬県,埼玉県,千葉県,東京都,神奈川県,新潟県,富山県,石川県,福井県,山梨県,長野県,岐阜県,静岡県,愛知県,三重県,滋賀県,京都府,大阪府,兵庫県,奈良県,和歌山県,鳥取県,島根県,岡山県,広島県,山口県,徳島県,香川県,愛媛県,高知県,福岡県,佐賀県,長崎県,熊本県,大分県,宮崎県,鹿児島県,沖縄県'.split(
    ',',
  )

/** The cities with wards of their own, which belong to 市区町村. */
const WITH_WARDS =
  '札幌|仙台|さいたま|千葉|横浜|川崎|相模原|新潟|静岡|浜松|名古屋|京都|大阪|堺|神戸|岡山|広島|北九州|福岡|熊本'
/** The districts and municipalities that have 市, 区, 町 or 村 inside their names; every other name ends with its first. */
const DISTRICTS = '余市|高市|田村|[東西北]村山'
const CITIES = '四日市|廿日市|野々市|市川|市原|十日町|大町|町田|大村|田村|羽村|村上|村山|東村山|武蔵村山'
const TOWNS = '余市|上市|下市|市貝|市川|市川三郷|大町|玉村|村田'
/** what a name's inside may be: numbers and blanks belong to what follows it */
const INSIDE = '[^市区町村\\d０-９\\s]'

/** Longer than any name there is: what is no address must not be searched from each of its places. */
const NAME = `${INSIDE}{1,20}`

const MUNICIPALITY = new RegExp(
  `^(?:(?:${WITH_WARDS})市(?:中村|${INSIDE}{1,4})区` +
    `|(?:(?:${DISTRICTS}|${NAME}?)郡)?(?:(?:${CITIES})市|(?:${TOWNS})町|${NAME}[市区町村]))`,
)

/**
 * A joined address as 市区町村 and the rest. A `prefecture` in front is left out, since it is written elsewhere; any other
 * one stays in front of 市区町村. Where no municipality is named, the text before the first number is taken for it. It is
 * never blank, as no service takes an address without.
 */
export function splitCity(address: string, prefecture: string | null = null): [city: string, street: string] {
  const known = prefecture !== null && address.startsWith(prefecture) ? prefecture : ''
  const text = address.slice(known.length).trim()
  const front = prefectures.find(name => text.startsWith(name)) ?? ''
  const rest = text.slice(front.length).trimStart()
  const city = MUNICIPALITY.exec(rest)?.[0] ?? /^[^\d０-９]+/.exec(rest)?.[0] ?? rest
  return text === '' ? [address, ''] : [front + city.trim(), rest.slice(city.length).trim()]
}

/** An amount in yen; null unless it is a whole number of at least `min`. */
export function yen(value: Scalar | undefined, min = 0): number | null {
  const number = typeof value === 'number' ? value : Number(textOf(value) ?? Number.NaN)
  return Number.isSafeInteger(number) && number >= min ? number : null
}

/** A day that every month has: nothing is to be looked up in the calendar. */
const IN_EVERY_MONTH = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/

/** A plain date as it is; null for anything that is not written `YYYY-MM-DD`, or is no day of the calendar. */
export function dateOf(value: Scalar | undefined): string | null {
  const text = textOf(value)
  if (text === null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  if (IN_EVERY_MONTH.test(text)) return text
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? text : null
}

/** 1234567 → `1,234,567`, as screens print numbers. */
export const amount = (number: number): string => number.toLocaleString('ja-JP')

/** `2026-11-20` → `2026/11/20`, as screens print dates. */
export const slashed = (date: string): string => date.replaceAll('-', '/')
