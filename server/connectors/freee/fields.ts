import type { FieldPair, Scalar } from '../../contract/contract.js'
import { dateOf, grouped, joinFilled, numberOf, textOf } from '../../contract/conversions.js'
import { showDate, type FieldNames } from '../../contract/fields.js'
import { PRODUCT } from './errors.js'
import { isBlank, setOrTell, unsent, WRONG_FORM } from '../../contract/unsent.js'

/** Kinds of fields that freee's mapping is made of. A blank of freee's erases nothing. */

export type One = Scalar | undefined

/** Several values written one after the other. */
export const joined = (values: readonly Scalar[]) => joinFilled(values, '')
export const hyphenated = (values: readonly Scalar[]) => joinFilled(values, '-')

export const SMARTHR = 'SmartHR'

interface Options {
  /** freee's limit in characters */
  max?: number
  /** the sentence when freee needs a value and there is none (freee §6.4) */
  required?: string
  fromSmarthr?: (value: One) => string | null
  fromFreee?: (value: One) => Scalar
}

/** A text that both sides keep as it is, or after a conversion. */
export function text({ smarthr, service, ...names }: FieldNames, options: Options = {}): FieldPair {
  const { max = 255, required, fromSmarthr = textOf, fromFreee = textOf } = options
  const { label } = names
  return {
    ...names,
    smarthr: [smarthr],
    service: [service],
    toService([value]) {
      const converted = fromSmarthr(value)
      if (converted === null && required) return { problem: `${required}を入力してください` }
      if (converted === null) return isBlank(value) ? 'keep' : unsent(label, value, WRONG_FORM, SMARTHR)
      if ([...converted].length > max) return { problem: `${required ?? label}は${max}文字以内で入力してください` }
      return { set: { [service]: converted } }
    },
    toSmarthr: ([value]) =>
      setOrTell(smarthr, fromFreee(value), value, () => unsent(label, value, WRONG_FORM, PRODUCT)),
    showSmarthr: joined,
    showService: joined,
  }
}

export const date = (names: FieldNames, required: string): FieldPair => ({
  ...text(names, { required, fromSmarthr: dateOf, fromFreee: dateOf }),
  showSmarthr: showDate,
  showService: showDate,
})

/** A number that freee wants as digits only and SmartHR keeps in groups. */
export function groupedNumber(
  { smarthr, service, ...names }: FieldNames,
  sizes: readonly number[],
  name: string,
): FieldPair {
  const length = sizes.reduce((sum, size) => sum + size, 0)
  const show = ([value]: readonly Scalar[]) => {
    const digits = numberOf(value)
    return digits?.length === length ? grouped(digits, sizes) : (textOf(value) ?? '')
  }
  return {
    ...names,
    smarthr: [smarthr],
    service: [service],
    toService([value]) {
      if (isBlank(value)) return 'keep'
      const digits = numberOf(value)
      return digits?.length === length
        ? { set: { [service]: digits } }
        : { problem: `${name}は${length}桁の数字で入力してください` }
    },
    toSmarthr([value]) {
      const digits = numberOf(value)
      const converted = digits?.length === length ? grouped(digits, sizes) : null
      return setOrTell(smarthr, converted, value, () =>
        unsent(names.label, value, `${length}桁の数字ではない`, PRODUCT),
      )
    },
    showSmarthr: show,
    showService: show,
  }
}

const UNKNOWN_TO_PRODUCT = 'freee人事労務に同じ区分がない'
const UNKNOWN_TO_SMARTHR = 'SmartHRに同じ区分がない'
/** What freee calls its values that SmartHR does not know (freee §3.3). */
const PRODUCT_ONLY: Readonly<Record<string, string>> = { special_widow: '特別寡婦', widower: '寡夫' }
const wordOf = (value: One): Scalar => PRODUCT_ONLY[String(value)] ?? value ?? null

export interface Category {
  smarthr: Scalar
  service: Scalar
  label: string
}

/**
 * A closed list. `blank` is freee's value for "nothing", which freee can't leave out. SmartHR's null becomes `blank`,
 * and on the way back `blank` is read as null. Values that the other side does not know are left alone, and told.
 */
export function category(
  { smarthr, service, ...names }: FieldNames,
  categories: readonly Category[],
  blank?: string,
): FieldPair {
  const { label } = names
  const labelOf =
    (side: 'smarthr' | 'service') =>
    ([value]: readonly Scalar[]) => {
      if (value === blank || (textOf(value ?? null) === null && typeof value !== 'boolean')) return ''
      return categories.find(entry => entry[side] === value)?.label ?? joined([wordOf(value)])
    }
  return {
    ...names,
    ...(blank !== undefined && { blankable: 'service' }),
    smarthr: [smarthr],
    service: [service],
    toService([value], { present }) {
      const found = categories.find(entry => entry.smarthr === (value ?? null))
      if (found) return { set: { [service]: found.service } }
      if (!isBlank(value)) return unsent(label, value, UNKNOWN_TO_PRODUCT, SMARTHR)
      // A new person has freee's own "nothing".
      return blank !== undefined && present.length > 0 ? { set: { [service]: blank } } : 'keep'
    },
    toSmarthr([value]) {
      const found = categories.find(entry => entry.service === value)
      if (found) return { set: { [smarthr]: found.smarthr } }
      return isBlank(value) || value === blank ? 'keep' : unsent(label, wordOf(value), UNKNOWN_TO_SMARTHR, PRODUCT)
    },
    showSmarthr: labelOf('smarthr'),
    showService: labelOf('service'),
  }
}

/** SmartHR's blank counts as freee's false (freee §3.1 rows 11, 12). */
export const yesNo = (names: FieldNames, yes: string, no: string): FieldPair => ({
  ...category(names, [
    { smarthr: true, service: true, label: yes },
    { smarthr: false, service: false, label: no },
  ]),
  blankable: 'service',
  toService: ([value]) => ({ set: { [names.service]: value === true } }),
})
