import type { FieldPair } from '../../contract/contract.js'
import { numberOf } from '../../contract/conversions.js'
import { setOrKeep, showText, textField } from '../../contract/fields.js'

/** Numbers of insurances; cells come read (columns.ts). */

const insured = (id: string, label: string, smarthr: string) => ({
  id,
  label,
  smarthr,
  service: id,
  sensitive: true as const,
  unique: 'number' as const,
})

export const insurance = {
  employment: insured('employment-insurance-number', '雇用保険の被保険者番号', 'emp_ins_insured_person_number'),
  basicPension: insured('basic-pension-number', '基礎年金番号', 'basic_pension_number'),
  health: insured('health-insurance-number', '健康保険の被保険者整理番号', 'hel_ins_insured_person_number'),
  pension: insured('pension-insurance-number', '厚生年金保険の被保険者整理番号', 'soc_ins_insured_person_number'),
} as const

const digitsOf = (text: string) => numberOf(text)?.replace(/^0+(?=.)/, '') ?? text

/** Hyphens, and zeros in front of a number that SmartHR keeps as one, are no difference. */
const same: FieldPair['same'] = (smarthr, file) =>
  showText(smarthr) !== '' && digitsOf(showText(smarthr)) === digitsOf(showText(file))

/** SmartHR keeps 整理番号 as a number. */
const asNumber = (names: ReturnType<typeof insured>): FieldPair => ({
  ...textField(names),
  toSmarthr: ([value = null]) => setOrKeep(names.smarthr, value === null ? null : Number(value)),
})

export const insurances: readonly FieldPair[] = [
  textField(insurance.employment),
  textField(insurance.basicPension),
  asNumber(insurance.health),
  asNumber(insurance.pension),
].map(pair => ({ ...pair, same }))
