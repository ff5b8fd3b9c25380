import { katakana } from '../contract/conversions.js'

/** Signs of names that have no plain form in Unicode's own tables, and what people type instead. */
const PLAIN: Readonly<Record<string, string>> = { 髙: '高', 﨑: '崎', 𠮷: '吉' }

/** Nobody's name is longer; a service may send anything. */
const LONGEST = 1_000

/**
 * Text as the search compares it, on both sides. Compatibility forms (full width, ㈱, U+FA19) and kana are plain,
 * letters small, hyphens one. Blanks and invisible signs are gone, and so is what comes after a thousand signs. Pure.
 */
export const folded = (text: string): string =>
  // Invisible signs first: NFKC composes only what stands side by side.
  (katakana(text.slice(0, LONGEST).replace(/[\p{Cf}\p{Variation_Selector}]/gu, '')) ?? '')
    .replace(/[髙﨑𠮷]/gu, sign => PLAIN[sign] ?? sign)
    .replace(/[‐‑‒–—―−]/g, '-')
    .toLowerCase()
    .replace(/\s+/g, '')
    // Marks that had a blank before them (か゛) now stand beside their sign.
    .normalize('NFKC')

/** What of a record can be found: each text folded for itself, so that nothing is found across two of them. */
export const searchable = (texts: readonly string[]): string => texts.map(folded).join('\n')
