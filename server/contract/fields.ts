/** Fields that most mappings have, one line each; a connector changes what its service does otherwise. Pure. */
import type { Converted, FieldPair, Scalar } from './contract.js'
import { dateOf, katakana, keyOf, slashed, textOf } from './conversions.js'
import { isBlank, setOrTell, unsent, WRONG_FORM } from './unsent.js'

/** A field with one path on either side. */
export interface FieldNames {
  id: string
  label: string
  smarthr: string
  service: string
  sensitive?: true
  unique?: 'number' | 'account'
  required?: 'service' | 'both'
}

const SMARTHR = 'SmartHR'

/** The first value as a person reads it. */
export const showText = ([value]: readonly Scalar[]): string => textOf(value) ?? ''
export const showDate = (values: readonly Scalar[]): string => slashed(showText(values))

/** The value at its path; a blank changes nothing. */
export const setOrKeep = (path: string, value: Scalar): Converted =>
  value === null ? 'keep' : { set: { [path]: value } }

type Into = (path: string, value: Scalar | undefined, source: 'smarthr' | 'service') => Converted

/** A field that is written by the same rule on both sides. */
export function field({ smarthr, service, ...names }: FieldNames, into: Into, show = showText): FieldPair {
  return {
    ...names,
    smarthr: [smarthr],
    service: [service],
    toService: ([value]) => into(service, value, 'smarthr'),
    toSmarthr: ([value]) => into(smarthr, value, 'service'),
    showSmarthr: show,
    showService: show,
  }
}

/** A text as it is. */
export const textField = (names: FieldNames): FieldPair => field(names, (path, value) => setOrKeep(path, textOf(value)))

/** A number as the key: set once and never changed, so that two people with the same one never differ in it. */
export const keyField = (names: FieldNames): FieldPair => ({
  ...field(names, (path, value) => setOrKeep(path, keyOf(value))),
  same: () => true,
})

const KANA_ONLY = /^[\u30a1-\u30ff\u3000 ・]+$/

/** Kana in full-width katakana, whatever width and kind it is read in. */
export const kanaField = (names: FieldNames): FieldPair => ({
  ...field(names, (path, value) => {
    const kana = katakana(value)
    if (kana !== null && !KANA_ONLY.test(kana)) return { problem: `${names.label}はカタカナで入力してください` }
    return setOrKeep(path, kana)
  }),
  same: ([one], [other]) => katakana(one) === katakana(other),
})

/** A plain date; what is none is told. `product`: the service, where its date is to be corrected. */
export const dateField = (names: FieldNames, product: string): FieldPair =>
  field(
    names,
    (path, value, source) =>
      setOrTell(path, dateOf(value), value, () =>
        unsent(names.label, value, WRONG_FORM, source === 'smarthr' ? SMARTHR : product),
      ),
    showDate,
  )

/** A plain date whose blank erases, as 退職年月日 that was taken back. What is no date is told, never taken for a blank. */
export const erasableDateField = (names: FieldNames, product: string): FieldPair => ({
  ...field(
    names,
    (path, value, source) =>
      dateOf(value) === null && !isBlank(value)
        ? unsent(names.label, value, WRONG_FORM, source === 'smarthr' ? SMARTHR : product)
        : { set: { [path]: dateOf(value) } },
    showDate,
  ),
  blankable: 'both',
})

/** A value of a closed list, as either side writes it and as people read it. */
export interface Choosable {
  smarthr: string
  service: string
  label: string
}

/** One of a closed list; what is not on it is told. */
export function choiceField(names: FieldNames, choices: readonly Choosable[], product: string): FieldPair {
  const from = (side: 'smarthr' | 'service', value: Scalar | undefined) =>
    choices.find(choice => choice[side] === textOf(value))
  return {
    ...field(names, (path, value, source) => {
      const found = from(source, value)?.[source === 'smarthr' ? 'service' : 'smarthr'] ?? null
      const told = () => unsent(names.label, value, WRONG_FORM, source === 'smarthr' ? SMARTHR : product)
      return setOrTell(path, found, value, told)
    }),
    showSmarthr: ([value]) => from('smarthr', value)?.label ?? '',
    showService: ([value]) => from('service', value)?.label ?? '',
  }
}

/** Parts of which one without the others would be wrong: half an address. They go as the first of them does. */
export const goingTogether = (parts: readonly FieldPair[]): FieldPair[] =>
  parts.map((pair, index) => (index === 0 || !parts[0] ? pair : { ...pair, follows: parts[0].id }))
