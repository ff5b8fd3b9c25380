import type { FieldPair, Scalar } from '../../contract/contract.js'
import { fullWidthKana, prefectures, splitCity, textOf, zipParts } from '../../contract/conversions.js'
import { goingTogether, showText } from '../../contract/fields.js'
import { isBlank, setOrTell, unsent } from '../../contract/unsent.js'
import { hyphenated, joined, SMARTHR, text, type One } from './fields.js'
import { PRODUCT } from './errors.js'

/** 設定しない */
const NO_PREFECTURE = -1
const JAPAN = '392'

const CITY_AND_STREET = '（市区町村／丁目・番地）'

const prefectureOf = (code: One): string | null => (typeof code === 'number' && prefectures[code]) || null
const cityAndStreet = (address: string, code: One) => splitCity(address, prefectureOf(code))
const isOverseas = (country: One) => !['', JAPAN].includes(textOf(country) ?? '')

/** One of the two addresses. */
export interface Address {
  /** beginning of its fields' ids */
  id: string
  name: string
  /** SmartHR's attribute */
  smarthr: string
  /** beginning of freee's names; 住民票住所 has none */
  prefix: string
}

/** SmartHR's and freee's path of one part. */
const pathsOf = ({ smarthr, prefix }: Address) => ({
  at: (field: string) => `${smarthr}.${field}`,
  of: (field: string) => `profile_rule.${prefix}${field}`,
})

const NOT_SEVEN = '7桁の数字ではない'

function postalCode(address: Address): FieldPair {
  const { at, of } = pathsOf(address)
  const label = `${address.name}（郵便番号）`
  return {
    id: `${address.id}-postal-code`,
    label,
    smarthr: [at('zip_code')],
    service: [of('zipcode1'), of('zipcode2')],
    toService([zip]) {
      const parts = zipParts(zip)
      if (parts) return { set: { [of('zipcode1')]: parts[0], [of('zipcode2')]: parts[1] } }
      return isBlank(zip) ? 'keep' : unsent(label, zip, NOT_SEVEN, SMARTHR)
    },
    toSmarthr(parts) {
      const [whole, converted] = [hyphenated(parts), zipParts(joined(parts))?.join('-') ?? null]
      return setOrTell(at('zip_code'), converted, whole, () => unsent(label, whole, NOT_SEVEN, PRODUCT))
    },
    showSmarthr: joined,
    showService: hyphenated,
  }
}

function prefecture(address: Address): FieldPair {
  const { at, of } = pathsOf(address)
  const label = `${address.name}（都道府県）`
  const unknown = (written: string) =>
    `${label}「${written}」は、都道府県名ではないため「設定しない」になります。SmartHRの従業員情報で修正してください。`
  return {
    id: `${address.id}-prefecture`,
    label,
    smarthr: [at('pref'), at('country_number')],
    service: [of('prefecture_code')],
    toService([pref, country]) {
      const written = textOf(pref)
      if (written === null) return 'keep'
      const code = isOverseas(country) ? NO_PREFECTURE : prefectures.indexOf(written)
      const set = { [of('prefecture_code')]: code }
      return isOverseas(country) || code !== NO_PREFECTURE ? { set } : { set, note: unknown(written) }
    },
    toSmarthr([code]) {
      const told = () => unsent(label, code, '都道府県の番号ではない', PRODUCT)
      return setOrTell(at('pref'), prefectureOf(code), code === NO_PREFECTURE ? null : code, told)
    },
    showSmarthr: showText,
    showService: ([code]) => (typeof code === 'number' ? (prefectures[code] ?? '設定しない') : ''),
  }
}

function cityWithStreet(address: Address): FieldPair {
  const { at, of } = pathsOf(address)
  return {
    id: `${address.id}-city-and-street`,
    label: `${address.name}${CITY_AND_STREET}`,
    smarthr: [at('city'), at('street')],
    // The prefecture is only read, for those who write it in front once more.
    service: [of('address'), of('prefecture_code')],
    reads: [of('prefecture_code')],
    same(parts, [whole, code]) {
      const theirs = textOf(whole)
      return theirs !== null && [theirs, cityAndStreet(theirs, code).join('')].includes(joined(parts))
    },
    toService(parts) {
      const whole = joined(parts)
      if (whole === '') return 'keep'
      if ([...whole].length > 255) return { problem: `${address.name}は255文字以内で入力してください` }
      return { set: { [of('address')]: whole } }
    },
    toSmarthr([whole, code]) {
      const written = textOf(whole)
      if (written === null) return 'keep'
      const [city, street] = cityAndStreet(written, code)
      return { set: { [at('city')]: city, [at('street')]: street } }
    },
    showSmarthr: joined,
    showService: showText,
  }
}

/** SmartHR keeps 市区町村 and 丁目・番地 apart: towards it each is a field of its own. */
const cityThenStreet = (address: Address): FieldPair[] => {
  const both = cityWithStreet(address)
  const parts = [
    ['city', '（市区町村）'],
    ['street', '（丁目・番地）'],
  ] as const
  return parts.map(([id, label], index) => ({
    ...both,
    id: `${address.id}-${id}`,
    label: `${address.name}${label}`,
    reads: [...(both.reads ?? []), ...both.smarthr.filter((_, other) => other !== index)],
    toSmarthr(values, context) {
      const converted = both.toSmarthr(values, context)
      if (converted === 'keep' || !('set' in converted)) return converted
      return { set: Object.fromEntries(Object.entries(converted.set).filter(([path]) => path === both.smarthr[index])) }
    },
    showSmarthr: (values: readonly Scalar[]) => textOf(values[index]) ?? '',
  }))
}

/** freee's kana starts at 市区町村, SmartHR's usually at the prefecture; copied as it is (freee §3.2). */
function kana(address: Address): FieldPair {
  const { at, of } = pathsOf(address)
  return text(
    {
      id: `${address.id}-kana`,
      label: `${address.name}（ヨミガナ）`,
      smarthr: at('literal_yomi'),
      service: of('address_kana'),
    },
    { fromFreee: fullWidthKana },
  )
}

export const addressToService = (address: Address): FieldPair[] =>
  goingTogether([postalCode(address), prefecture(address), cityWithStreet(address), kana(address)])

export const addressToSmarthr = (address: Address): FieldPair[] =>
  goingTogether([postalCode(address), prefecture(address), ...cityThenStreet(address), kana(address)])
