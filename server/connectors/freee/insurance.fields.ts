import type { FieldPair, Scalar } from '../../contract/contract.js'
import { amount, textOf, yen } from '../../contract/conversions.js'
import { showText } from '../../contract/fields.js'
import { setOrTell, unsent } from '../../contract/unsent.js'
import { SMARTHR, type One } from './fields.js'
import { PRODUCT } from './errors.js'

/** 健康保険 or 厚生年金: SmartHR's paths and freee's rule. */
interface Insurance {
  name: string
  number: string
  pay: string
  rule: string
}

export const HEALTH: Insurance = {
  name: '健康保険',
  number: 'hel_ins_insured_person_number',
  pay: 'monthly_standard_income_hel',
  rule: 'health_insurance_rule',
}

export const PENSION: Insurance = {
  name: '厚生年金',
  number: 'soc_ins_insured_person_number',
  pay: 'monthly_standard_income_pns',
  rule: 'welfare_pension_insurance_rule',
}

interface Names {
  id: string
  label: string
}

const NOT_YEN = '1円以上の整数ではない'
/** 0 says that the person is not insured, which either side shows as a blank. */
const paid = (value: One): Scalar => (yen(value) === 0 ? null : (value ?? null))

const showYen = ([value]: readonly Scalar[]) => {
  const whole = yen(value ?? null)
  return whole === null ? '' : `${amount(whole)}円`
}

export const standardRemuneration = ({ id, label }: Names, { pay: smarthr, rule }: Insurance): FieldPair => {
  const service = `${rule}.standard_monthly_remuneration`
  return {
    id,
    label,
    smarthr: [smarthr],
    service: [service],
    // assumed: SmartHR counts in yen as freee does (freee §10.9)
    toService: ([value]) =>
      setOrTell(service, yen(value, 1), paid(value), () => unsent(label, value, NOT_YEN, SMARTHR)),
    toSmarthr: ([value]) =>
      setOrTell(smarthr, yen(value, 1), paid(value), () => unsent(label, value, NOT_YEN, PRODUCT)),
    showSmarthr: showYen,
    showService: showYen,
  }
}

const INSURED_NUMBER = /^\d{1,9}$/

const sameNumber = (one: One, other: One) => {
  const [left, right] = [textOf(one) ?? '', textOf(other) ?? '']
  return INSURED_NUMBER.test(left) && INSURED_NUMBER.test(right) && Number(left) === Number(right)
}

export const withoutRemuneration = (label: string, written: string, insurance: string): string =>
  `${label}「${written}」は、${insurance}の標準報酬月額がSmartHRにもfreee人事労務にも登録されていないため連携されません。SmartHRの従業員情報で標準報酬月額を登録してください。`

/**
 * SmartHR keeps an integer, freee a text. freee takes the number only together with a 標準報酬月額, from either side (freee
 * §3.2). Without one the administrator is told instead.
 */
export const insuredNumber = ({ id, label }: Names, { name, number, pay, rule }: Insurance): FieldPair => ({
  id,
  label,
  sensitive: true,
  unique: 'number',
  smarthr: [number, pay],
  service: [`${rule}.reference_num`, `${rule}.standard_monthly_remuneration`],
  reads: [pay, `${rule}.standard_monthly_remuneration`],
  same: ([one], [other]) => sameNumber(one, other),
  toService([value, pay], { present: [, presentPay] }) {
    const written = textOf(value)
    if (written === null) return 'keep'
    if (yen(pay, 1) === null && yen(presentPay, 1) === null) {
      return {
        unsent: withoutRemuneration(label, written, name),
      }
    }
    return { set: { [`${rule}.reference_num`]: written } }
  },
  toSmarthr([value]) {
    const written = textOf(value)
    if (written === null) return 'keep'
    return INSURED_NUMBER.test(written)
      ? { set: { [number]: Number(written) } }
      : unsent(label, value, '9桁以内の数字ではない', PRODUCT)
  },
  showSmarthr: showText,
  showService: showText,
})
