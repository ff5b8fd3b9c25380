import { exactKeyOf } from '../../platform/keys.js'
import type { Converted, FieldPair, Scalar, Values } from '../contract.js'
import {
  dateOf,
  digitsOf,
  fullWidthKana,
  grouped,
  katakana,
  phoneParts,
  prefectures,
  slashed,
  splitCity,
  textOf,
  yen,
  zipParts,
} from '../../platform/conversions.js'

/**
 * The 31 published pairs (freee §3.1) with the conversions of §3.2 and §3.3. One field, one line. A blank never erases,
 * except 退職年月日 and the yes/no and category fields, which freee can't leave blank.
 */

type One = Scalar | undefined

const joined = (values: readonly Scalar[]) => values.map(value => textOf(value) ?? '').join('')
const shown = { showSmarthr: joined, showService: joined }

const setOrKeep = (path: string, value: Scalar): Converted => (value === null ? 'keep' : { set: { [path]: value } })

interface Options {
  /** freee's limit in characters */
  max?: number
  /** the sentence when freee needs a value and there is none (freee §6.4) */
  required?: string
  fromSmarthr?: (value: One) => string | null
  fromFreee?: (value: One) => Scalar
}

/** A text that both sides keep as it is, or after a conversion. */
function text(label: string, smarthr: string, service: string, options: Options = {}): FieldPair {
  const { max = 255, required, fromSmarthr = textOf, fromFreee = textOf } = options
  return {
    label,
    smarthr: [smarthr],
    service: [service],
    toService([value]) {
      const converted = fromSmarthr(value)
      if (converted === null) return required ? { problem: `${required}を入力してください` } : 'keep'
      if ([...converted].length > max) return { problem: `${required ?? label}は${max}文字以内で入力してください` }
      return { set: { [service]: converted } }
    },
    toSmarthr: ([value]) => setOrKeep(smarthr, fromFreee(value)),
    ...shown,
  }
}

function date(label: string, smarthr: string, service: string, required: string): FieldPair {
  const show = ([value]: readonly Scalar[]) => slashed(textOf(value) ?? '')
  return {
    ...text(label, smarthr, service, { required, fromSmarthr: dateOf, fromFreee: dateOf }),
    showSmarthr: show,
    showService: show,
  }
}

/** A number that freee wants as digits only and SmartHR keeps in groups. */
function groupedNumber(
  label: string,
  smarthr: string,
  service: string,
  sizes: readonly number[],
  name: string,
): FieldPair {
  const length = sizes.reduce((sum, size) => sum + size, 0)
  const show = ([value]: readonly Scalar[]) => {
    const digits = digitsOf(value)
    return digits?.length === length ? grouped(digits, sizes) : (textOf(value) ?? '')
  }
  return {
    label,
    smarthr: [smarthr],
    service: [service],
    toService([value]) {
      const digits = digitsOf(value)
      if (digits === null) return 'keep'
      return digits.length === length
        ? { set: { [service]: digits } }
        : { problem: `${name}は${length}桁の数字で入力してください` }
    },
    toSmarthr([value]) {
      const digits = digitsOf(value)
      return digits?.length === length ? { set: { [smarthr]: grouped(digits, sizes) } } : 'keep'
    },
    showSmarthr: show,
    showService: show,
  }
}

/** A bank number of a fixed length; shorter ones lost their leading zeros somewhere. */
function padded(label: string, smarthr: string, service: string, length: number): FieldPair {
  const into = (path: string, value: One): Converted => {
    const digits = digitsOf(value)
    if (digits === null) return 'keep'
    return digits.length > length
      ? { problem: `${label}は${length}桁以内の数字で入力してください` }
      : { set: { [path]: digits.padStart(length, '0') } }
  }
  return {
    label,
    smarthr: [smarthr],
    service: [service],
    toService: ([value]) => into(service, value),
    toSmarthr: ([value]) => into(smarthr, value),
    ...shown,
  }
}

interface Category {
  smarthr: Scalar
  service: Scalar
  label: string
}

/**
 * A closed list. `blank` stands on the freee side for "nothing", which freee can't leave out; SmartHR's null becomes it.
 * Values that the other side does not know are left alone.
 */
function category(
  label: string,
  smarthr: string,
  service: string,
  categories: readonly Category[],
  blank?: Category,
): FieldPair {
  const all = blank ? [...categories, blank] : categories
  const labelOf =
    (side: 'smarthr' | 'service') =>
    ([value]: readonly Scalar[]) => {
      if (textOf(value ?? null) === null && typeof value !== 'boolean') return ''
      return all.find(entry => entry[side] === value)?.label ?? joined([value ?? null])
    }
  return {
    label,
    smarthr: [smarthr],
    service: [service],
    toService([value]) {
      const found = all.find(entry => entry.smarthr === (value ?? null))
      if (found) return { set: { [service]: found.service } }
      return blank && textOf(value) === null ? { set: { [service]: blank.service } } : 'keep'
    },
    toSmarthr([value]) {
      const found = all.find(entry => entry.service === value)
      return found ? { set: { [smarthr]: found.smarthr } } : 'keep'
    },
    showSmarthr: labelOf('smarthr'),
    showService: labelOf('service'),
  }
}

/** SmartHR's blank counts as freee's false (freee §3.1 rows 11, 12). */
const yesNo = (label: string, smarthr: string, service: string, yes: string, no: string): FieldPair => ({
  ...category(label, smarthr, service, [
    { smarthr: true, service: true, label: yes },
    { smarthr: false, service: false, label: no },
  ]),
  toService: ([value]) => ({ set: { [service]: value === true } }),
})

const standardPay = (label: string, smarthr: string, service: string): FieldPair => {
  const show = ([value]: readonly Scalar[]) => {
    const amount = yen(value ?? null)
    return amount === null ? '' : `${amount.toLocaleString('ja-JP')}円`
  }
  return {
    label,
    smarthr: [smarthr],
    service: [service],
    // assumed: SmartHR counts in yen as freee does (freee §10.9)
    toService: ([value]) => setOrKeep(service, yen(value, 1)),
    toSmarthr: ([value]) => setOrKeep(smarthr, yen(value, 1)),
    showSmarthr: show,
    showService: show,
  }
}

/** SmartHR keeps an integer, freee a text; a text that is no integer is left alone. */
const insuredNumber = (label: string, smarthr: string, service: string): FieldPair => ({
  label,
  smarthr: [smarthr],
  service: [service],
  toService: ([value]) => setOrKeep(service, textOf(value)),
  toSmarthr: ([value]) => {
    const number = textOf(value)
    return number !== null && /^\d{1,9}$/.test(number) ? { set: { [smarthr]: Number(number) } } : 'keep'
  },
  ...shown,
})

/** 設定しない */
const NO_PREFECTURE = -1
const JAPAN = '392'

/** One of the two addresses; `prefix` is freee's (the unprefixed one is 住民票住所). */
function address(name: string, smarthr: string, prefix: string): FieldPair[] {
  const at = (field: string) => `${smarthr}.${field}`
  const of = (field: string) => `profile_rule.${prefix}${field}`
  const overseas = (country: One) => !['', JAPAN].includes(textOf(country) ?? '')
  return [
    {
      label: `${name}（郵便番号）`,
      smarthr: [at('zip_code')],
      service: [of('zipcode1'), of('zipcode2')],
      toService([zip]) {
        const parts = zipParts(zip)
        return parts ? { set: { [of('zipcode1')]: parts[0], [of('zipcode2')]: parts[1] } } : 'keep'
      },
      toSmarthr([first, second]) {
        const parts = zipParts(joined([first ?? null, second ?? null]))
        return parts ? { set: { [at('zip_code')]: parts.join('-') } } : 'keep'
      },
      showSmarthr: joined,
      showService: values => values.flatMap(value => textOf(value) ?? []).join('-'),
    },
    {
      label: `${name}（都道府県）`,
      smarthr: [at('pref'), at('country_number')],
      service: [of('prefecture_code')],
      toService([pref, country]) {
        if (textOf(pref) === null) return 'keep'
        const code = overseas(country) ? NO_PREFECTURE : prefectures.indexOf(textOf(pref) ?? '')
        return { set: { [of('prefecture_code')]: code } }
      },
      toSmarthr([code]) {
        const pref = typeof code === 'number' ? prefectures[code] : undefined
        return pref ? { set: { [at('pref')]: pref } } : 'keep'
      },
      showSmarthr: ([pref]) => textOf(pref) ?? '',
      showService: ([code]) => (typeof code === 'number' ? (prefectures[code] ?? '設定しない') : ''),
    },
    {
      label: `${name}（市区町村／丁目・番地）`,
      smarthr: [at('city'), at('street')],
      service: [of('address')],
      toService(parts) {
        const whole = joined(parts)
        if (whole === '') return 'keep'
        if ([...whole].length > 255) return { problem: `${name}は255文字以内で入力してください` }
        return { set: { [of('address')]: whole } }
      },
      toSmarthr([whole]) {
        const written = textOf(whole)
        if (written === null) return 'keep'
        const [city, street] = splitCity(written)
        return { set: { [at('city')]: city, [at('street')]: street } }
      },
      ...shown,
    },
    // freee's kana starts at 市区町村, SmartHR's usually at the prefecture; copied as it is (freee §3.2).
    text(`${name}（ヨミガナ）`, at('literal_yomi'), of('address_kana'), {
      fromFreee: fullWidthKana,
    }),
  ]
}

/** 英字カナ: kana, letters, digits, brackets, dots, hyphens and spaces, in full or half width (freee §3.2). */
const ACCOUNT_NAME = /^[ァ-ヶー・ｦ-ﾟA-Za-zＡ-Ｚａ-ｚ0-9０-９（）()．.\-－ 　]+$/

const accountHolder: FieldPair = {
  ...text('名義(カタカナ)', 'bank_accounts.0.account_holder_name', 'bank_account_rule.account_name', {
    max: 50,
    fromFreee: fullWidthKana,
  }),
  toService([value]) {
    const name = textOf(value)
    if (name === null) return 'keep'
    const kana = name.replace(/[\u3041-\u3096]/g, sign => String.fromCharCode(sign.charCodeAt(0) + 0x60))
    if (!ACCOUNT_NAME.test(kana)) return { problem: '口座名義は、カタカナまたは英数字で入力してください' }
    if ([...kana].length > 50) return { problem: '口座名義は50文字以内で入力してください' }
    return { set: { 'bank_account_rule.account_name': kana } }
  },
}

const resigned: FieldPair = {
  label: '退職年月日',
  smarthr: ['resigned_at', 'entered_at', 'emp_status'],
  service: ['retire_date'],
  toService([resignedAt, enteredAt]) {
    const last = dateOf(resignedAt)
    const first = dateOf(enteredAt)
    if (last !== null && first !== null && last < first) {
      return { problem: '退職日は入社日以降の日付を入力してください' }
    }
    return { set: { retire_date: last } }
  },
  toSmarthr([retireDate], { today }) {
    const last = dateOf(retireDate)
    const set: Record<string, Scalar> = { resigned_at: last }
    // SmartHR retires people by itself only for future dates (SmartHR API reference, §4.6).
    if (last !== null && last < today) set.emp_status = 'retired'
    return { set }
  },
  showSmarthr: ([value]) => slashed(textOf(value) ?? ''),
  showService: ([value]) => slashed(textOf(value) ?? ''),
}

const phone: FieldPair = {
  label: '電話番号',
  smarthr: ['tel_number'],
  service: ['profile_rule.phone1', 'profile_rule.phone2', 'profile_rule.phone3'],
  toService([value]) {
    const parts = phoneParts(value)
    if (!parts) return 'keep'
    const [phone1, phone2, phone3] = parts
    return { set: { 'profile_rule.phone1': phone1, 'profile_rule.phone2': phone2, 'profile_rule.phone3': phone3 } }
  },
  toSmarthr(parts) {
    const written = parts.flatMap(part => textOf(part) ?? [])
    return written.length === 3 ? { set: { tel_number: written.join('-') } } : 'keep'
  },
  showSmarthr: joined,
  showService: values => values.flatMap(value => textOf(value) ?? []).join('-'),
}

const gender: FieldPair = category('戸籍上の性別', 'gender', 'profile_rule.gender', [
  { smarthr: 'male', service: 'male', label: '男性' },
  { smarthr: 'female', service: 'female', label: '女性' },
])

export const employees: readonly FieldPair[] = [
  text('姓', 'last_name', 'profile_rule.last_name', { required: '姓' }),
  text('名', 'first_name', 'profile_rule.first_name', { required: '名' }),
  text('姓ヨミガナ', 'last_name_yomi', 'profile_rule.last_name_kana', {
    required: '姓カナ',
    fromSmarthr: katakana,
    fromFreee: katakana,
  }),
  text('名ヨミガナ', 'first_name_yomi', 'profile_rule.first_name_kana', {
    required: '名カナ',
    fromSmarthr: katakana,
    fromFreee: katakana,
  }),
  date('生年月日', 'birth_at', 'birth_date', '生年月日'),
  gender,
  {
    ...text('社員番号', 'emp_code', 'num', { fromSmarthr: exactKeyOf, fromFreee: exactKeyOf }),
    // Signs that nobody sees are no difference.
    same: ([one], [other]) => exactKeyOf(one) === exactKeyOf(other),
  },
  text('役職', 'positions.0.name', 'profile_rule.title'),
  date('入社年月日', 'entered_at', 'entry_date', '入社日'),
  resigned,
  yesNo('配偶者の有無', 'having_spouse', 'profile_rule.married', 'あり', 'なし'),
  yesNo('勤労学生', 'working_student_flag', 'profile_rule.is_working_student', '該当', '非該当'),
  category(
    '寡婦・ひとり親',
    'widow_type',
    'profile_rule.widow_type',
    [
      { smarthr: 'widow', service: 'widow', label: '寡婦' },
      { smarthr: 'single_parent', service: 'one_parent', label: 'ひとり親' },
      // freee's special_widow and widower have no counterpart in SmartHR's schema of today and are left alone.
    ],
    { smarthr: null, service: 'na', label: '' },
  ),
  category(
    '障害者区分',
    'handicapped_type',
    'profile_rule.disability_type',
    [
      { smarthr: 'ordinary_handicapped', service: 'general', label: '障害者' },
      { smarthr: 'special_handicapped', service: 'heavy', label: '特別障害者' },
    ],
    { smarthr: null, service: 'na', label: '' },
  ),
  ...address('現住所', 'address', 'residential_'),
  ...address('住民票住所', 'resident_card_address', ''),
  phone,
  padded('銀行コード', 'bank_accounts.0.bank_code', 'bank_account_rule.bank_code', 4),
  padded('支店コード', 'bank_accounts.0.bank_branch_code', 'bank_account_rule.branch_code', 3),
  // SmartHR's saving is 普通, freee's saving is 貯蓄: never passed through (freee §3.3).
  category('預金種別', 'bank_accounts.0.account_type', 'bank_account_rule.account_type', [
    { smarthr: 'saving', service: 'ordinary', label: '普通' },
    { smarthr: 'checking', service: 'current', label: '当座' },
    { smarthr: 'deposit', service: 'saving', label: '貯蓄' },
  ]),
  padded('口座番号', 'bank_accounts.0.account_number', 'bank_account_rule.account_number', 7),
  accountHolder,
  groupedNumber(
    '雇用保険の被保険者番号',
    'emp_ins_insured_person_number',
    'employment_insurance_reference_number',
    [4, 6, 1],
    '被保険者番号',
  ),
  groupedNumber('基礎年金番号', 'basic_pension_number', 'base_pension_num', [4, 6], '基礎年金番号'),
  insuredNumber('健康保険の被保険者整理番号', 'hel_ins_insured_person_number', 'health_insurance_rule.reference_num'),
  insuredNumber(
    '厚生年金保険の被保険者整理番号',
    'soc_ins_insured_person_number',
    'welfare_pension_insurance_rule.reference_num',
  ),
  standardPay(
    '健康保険の標準報酬月額',
    'monthly_standard_income_hel',
    'health_insurance_rule.standard_monthly_remuneration',
  ),
  standardPay(
    '厚生年金の標準報酬月額',
    'monthly_standard_income_pns',
    'welfare_pension_insurance_rule.standard_monthly_remuneration',
  ),
]

/** Every path the mapping reads or writes on freee's side. */
export const servicePaths: readonly string[] = [...new Set(employees.flatMap(pair => pair.service))]

/** Somebody's values by path, blanks as null, so that both sides compare alike. */
export const onlyMapped = (read: (path: string) => Scalar): Values =>
  Object.fromEntries(servicePaths.map(path => [path, read(path)]))
