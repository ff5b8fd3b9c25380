/**
 * How people are told apart by a key (社員番号, 従業員コード, メールアドレス, 部署コード): one rule for all services. Pure.
 *
 * Invisible signs never decide. Everything else that merely looks the same (hyphens, blanks, case, leading zeros) makes
 * two keys, but an administrator has to look at them: see `lookAlikeOf`.
 */
import type { Scalar } from './contract.js'

/**
 * Format characters (U+200B, U+FEFF, U+00AD, bidi marks …), variation selectors, fillers and joiners (U+3164, U+034F) and
 * the empty Braille pattern.
 */
const UNSEEN = /[\p{Cf}\p{Variation_Selector}\p{Default_Ignorable_Code_Point}\u2800]/gu

const seen = (value: Scalar | undefined): string =>
  value === null || value === undefined || typeof value === 'boolean' ? '' : String(value).replace(UNSEEN, '').trim()

const orNull = (text: string): string | null => (text === '' ? null : text)

/** A number as both sides compare it: what can be seen of it, NFKC, trimmed; null when blank. Case and zeros count. */
export const keyOf = (value: Scalar | undefined): string | null => orNull(seen(value).normalize('NFKC').trim())

/** A code for which full and half width are two: only what can be seen, trimmed; null when blank. */
export const exactKeyOf = (value: Scalar | undefined): string | null => orNull(seen(value))

/** An e-mail address as a key: as a number, and whatever its case. */
export const emailKeyOf = (value: Scalar | undefined): string | null => keyOf(value)?.toLowerCase() ?? null

/** A key that is an address of mail says who somebody is: no clear column holds it, whichever service it is a key of. */
export const isAddress = (text: string): boolean => text.includes('@')

/** Dashes of every script, and what is typed or read for one: minus, 長音, box drawing, 漢数字の一, tilde. */
const DASH = /[\p{Pd}\u2212\u2043\u02d7\u30fc\u2500\u2501\u4e00~]/gu

/** Letters of other scripts that are drawn like Latin ones, capital and small, in the same order. */
const FOREIGN = 'АВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧаеѕіјорсухο'
const LATIN = 'ABESIJKMHOPCTYXABEZHIKMNOPTYXaesijopcyxo'
const foreign = new RegExp(`[${FOREIGN}]`, 'gu')

/** Letters that are read for digits; in a number, not in an address. */
const asDigits = (key: string) => (key.includes('@') ? key : key.replace(/o/gi, '0').replace(/[il]/gi, '1'))

/** What people overlook, in the order in which it is taken away; the words say what two keys differ in. */
const overlooked: readonly (readonly [words: string, fold: (key: string) => string])[] = [
  ['全角と半角を区別しないと', key => key.normalize('NFKC')],
  ['空白を除くと', key => key.replace(/[\s\p{Cc}]/gu, '')],
  ['ハイフンの種類を区別しないと', key => key.replace(DASH, '-')],
  ['ほかの文字種の似た文字を区別しないと', key => key.replace(foreign, sign => LATIN[FOREIGN.indexOf(sign)] ?? sign)],
  ['大文字と小文字を区別しないと', key => key.toLowerCase()],
  ['似た英字と数字（Oと0、Iと1など）を区別しないと', asDigits],
  // An address is no number: its zeros are seen.
  ['先頭の0を除くと', key => (key.includes('@') ? key : key.replace(/^0+(?=.)/, ''))],
]

/** Two keys with the same result look alike: probably one person's, typed twice. */
export const lookAlikeOf = (key: string): string => overlooked.reduce((folded, [, fold]) => fold(folded), key)

/** What two keys that look alike differ in, as the beginning of a sentence. */
export const likenessOf = (one: string, other: string): string =>
  overlooked.find(([, fold]) => fold(one) === fold(other))?.[0] ??
  '全角・半角、空白、ハイフン、大文字・小文字、先頭の0を区別しないと'

/** A key to ask a service with: as it was sent, and as it may have been stored. */
export const spellingsOf = (sent: Scalar | undefined, key: string | null): string[] => [
  ...new Set([typeof sent === 'string' ? sent : null, key].flatMap(one => one ?? [])),
]
