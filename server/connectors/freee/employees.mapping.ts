import { exactKeyOf } from '../../contract/keys.js'
import type { Converted, ConvertContext, FieldPair, Scalar, Values } from '../../contract/contract.js'
import { statusAfter } from '../../contract/employment.js'
import { isBlank, setOrTell, unsent, WRONG_FORM } from '../../contract/unsent.js'
import {
  dateOf,
  fullWidthKana,
  grouped,
  hiraganaShifted,
  joinFilled,
  katakana,
  numberOf,
  phoneOf,
  prefectures,
  slashed,
  splitCity,
  textOf,
  yen,
  zipParts,
} from '../../contract/conversions.js'

/**
 * The 31 published pairs (freee §3.1) with the conversions of §3.2 and §3.3, and SmartHR's 在籍状況, which follows from
 * 退職年月日. One field, one line. A blank of freee's erases nothing but 退職年月日; a blank of SmartHR's also the yes/no
 * and category fields, which freee can't leave blank.
 */

type One = Scalar | undefined

const joined = (values: readonly Scalar[]) => joinFilled(values, '')
const shown = { showSmarthr: joined, showService: joined }

const FREEE = 'freee人事労務'
const SMARTHR = 'SmartHR'

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
      if (converted === null && required) return { problem: `${required}を入力してください` }
      if (converted === null) return isBlank(value) ? 'keep' : unsent(label, value, WRONG_FORM, SMARTHR)
      if ([...converted].length > max) return { problem: `${required ?? label}は${max}文字以内で入力してください` }
      return { set: { [service]: converted } }
    },
    toSmarthr: ([value]) => setOrTell(smarthr, fromFreee(value), value, () => unsent(label, value, WRONG_FORM, FREEE)),
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
    const digits = numberOf(value)
    return digits?.length === length ? grouped(digits, sizes) : (textOf(value) ?? '')
  }
  return {
    label,
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
      return setOrTell(smarthr, converted, value, () => unsent(label, value, `${length}桁の数字ではない`, FREEE))
    },
    showSmarthr: show,
    showService: show,
  }
}

/** A bank number of a fixed length; shorter ones lost their leading zeros somewhere. */
function padded(label: string, smarthr: string, service: string, length: number): FieldPair {
  const into = (path: string, value: One): Converted => {
    if (isBlank(value)) return 'keep'
    const digits = numberOf(value)
    return digits === null || digits.length > length
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

const UNKNOWN_TO_FREEE = 'freee人事労務に同じ区分がない'
const UNKNOWN_TO_SMARTHR = 'SmartHRに同じ区分がない'
/** What freee calls its values that SmartHR does not know (freee §3.3). */
const FREEE_ONLY: Readonly<Record<string, string>> = { special_widow: '特別寡婦', widower: '寡夫' }
const wordOf = (value: One): Scalar => FREEE_ONLY[String(value)] ?? value ?? null

interface Category {
  smarthr: Scalar
  service: Scalar
  label: string
}

/**
 * A closed list. `blank` is what freee says for "nothing", which it can't leave out; SmartHR's null becomes it, and it is
 * a blank like any other on the way back. Values that the other side does not know are left alone, and told.
 */
function category(
  label: string,
  smarthr: string,
  service: string,
  categories: readonly Category[],
  blank?: string,
): FieldPair {
  const labelOf =
    (side: 'smarthr' | 'service') =>
    ([value]: readonly Scalar[]) => {
      if (value === blank || (textOf(value ?? null) === null && typeof value !== 'boolean')) return ''
      return categories.find(entry => entry[side] === value)?.label ?? joined([wordOf(value)])
    }
  return {
    label,
    smarthr: [smarthr],
    service: [service],
    toService([value], { present }) {
      const found = categories.find(entry => entry.smarthr === (value ?? null))
      if (found) return { set: { [service]: found.service } }
      if (!isBlank(value)) return unsent(label, value, UNKNOWN_TO_FREEE, SMARTHR)
      // Somebody new has freee's own "nothing".
      return blank !== undefined && present.length > 0 ? { set: { [service]: blank } } : 'keep'
    },
    toSmarthr([value]) {
      const found = categories.find(entry => entry.service === value)
      if (found) return { set: { [smarthr]: found.smarthr } }
      return isBlank(value) || value === blank ? 'keep' : unsent(label, wordOf(value), UNKNOWN_TO_SMARTHR, FREEE)
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

const NOT_YEN = '1円以上の整数ではない'
/** 0 says that somebody is not insured, which either side shows as a blank. */
const paid = (value: One): Scalar => (yen(value) === 0 ? null : (value ?? null))

const standardPay = (label: string, { pay: smarthr, rule }: Insurance): FieldPair => {
  const service = `${rule}.standard_monthly_remuneration`
  const show = ([value]: readonly Scalar[]) => {
    const amount = yen(value ?? null)
    return amount === null ? '' : `${amount.toLocaleString('ja-JP')}円`
  }
  return {
    label,
    smarthr: [smarthr],
    service: [service],
    // assumed: SmartHR counts in yen as freee does (freee §10.9)
    toService: ([value]) =>
      setOrTell(service, yen(value, 1), paid(value), () => unsent(label, value, NOT_YEN, SMARTHR)),
    toSmarthr: ([value]) => setOrTell(smarthr, yen(value, 1), paid(value), () => unsent(label, value, NOT_YEN, FREEE)),
    showSmarthr: show,
    showService: show,
  }
}

/** 健康保険 or 厚生年金: SmartHR's paths and freee's rule. */
interface Insurance {
  name: string
  number: string
  pay: string
  rule: string
}

const HEALTH: Insurance = {
  name: '健康保険',
  number: 'hel_ins_insured_person_number',
  pay: 'monthly_standard_income_hel',
  rule: 'health_insurance_rule',
}

const PENSION: Insurance = {
  name: '厚生年金',
  number: 'soc_ins_insured_person_number',
  pay: 'monthly_standard_income_pns',
  rule: 'welfare_pension_insurance_rule',
}

const INSURED_NUMBER = /^\d{1,9}$/

const sameNumber = (one: One, other: One) => {
  const [left, right] = [textOf(one) ?? '', textOf(other) ?? '']
  return INSURED_NUMBER.test(left) && INSURED_NUMBER.test(right) && Number(left) === Number(right)
}

/**
 * SmartHR keeps an integer, freee a text. freee takes the number only together with a 標準報酬月額, from either side
 * (freee §3.2); without one the administrator is told instead.
 */
const insuredNumber = (label: string, { name, number, pay, rule }: Insurance): FieldPair => ({
  label,
  smarthr: [number, pay],
  service: [`${rule}.reference_num`, `${rule}.standard_monthly_remuneration`],
  same: ([one], [other]) => sameNumber(one, other),
  toService([value, amount], { present: [, presentAmount] }) {
    const written = textOf(value)
    if (written === null) return 'keep'
    if (yen(amount, 1) === null && yen(presentAmount, 1) === null) {
      return {
        unsent: `${label}「${written}」は、${name}の標準報酬月額がSmartHRにもfreee人事労務にも登録されていないため連携されません。SmartHRの従業員情報で標準報酬月額を登録してください。`,
      }
    }
    return { set: { [`${rule}.reference_num`]: written } }
  },
  toSmarthr([value]) {
    const written = textOf(value)
    if (written === null) return 'keep'
    return INSURED_NUMBER.test(written)
      ? { set: { [number]: Number(written) } }
      : unsent(label, value, '9桁以内の数字ではない', FREEE)
  },
  showSmarthr: ([value]) => textOf(value) ?? '',
  showService: ([value]) => textOf(value) ?? '',
})

/** 設定しない */
const NO_PREFECTURE = -1
const JAPAN = '392'

const CITY_AND_STREET = '（市区町村／丁目・番地）'

const prefectureOf = (code: One): string | null => (typeof code === 'number' && prefectures[code]) || null
const cityAndStreet = (address: string, code: One) => splitCity(address, prefectureOf(code))
const hyphenated = (values: readonly Scalar[]) => joinFilled(values, '-')

/** One of the two addresses; `prefix` is freee's (the unprefixed one is 住民票住所). */
function address(name: string, smarthr: string, prefix: string): FieldPair[] {
  const at = (field: string) => `${smarthr}.${field}`
  const of = (field: string) => `profile_rule.${prefix}${field}`
  const overseas = (country: One) => !['', JAPAN].includes(textOf(country) ?? '')
  const noPrefecture = (written: string) =>
    `${prefLabel}「${written}」は、都道府県名ではないため「設定しない」になります。SmartHRの従業員情報で修正してください。`
  const [zipLabel, prefLabel] = [`${name}（郵便番号）`, `${name}（都道府県）`]
  const notSeven = '7桁の数字ではない'
  return [
    {
      label: zipLabel,
      smarthr: [at('zip_code')],
      service: [of('zipcode1'), of('zipcode2')],
      toService([zip]) {
        const parts = zipParts(zip)
        if (parts) return { set: { [of('zipcode1')]: parts[0], [of('zipcode2')]: parts[1] } }
        return isBlank(zip) ? 'keep' : unsent(zipLabel, zip, notSeven, SMARTHR)
      },
      toSmarthr(parts) {
        const [whole, converted] = [hyphenated(parts), zipParts(joined(parts))?.join('-') ?? null]
        return setOrTell(at('zip_code'), converted, whole, () => unsent(zipLabel, whole, notSeven, FREEE))
      },
      showSmarthr: joined,
      showService: hyphenated,
    },
    {
      label: prefLabel,
      smarthr: [at('pref'), at('country_number')],
      service: [of('prefecture_code')],
      toService([pref, country]) {
        const written = textOf(pref)
        if (written === null) return 'keep'
        const code = overseas(country) ? NO_PREFECTURE : prefectures.indexOf(written)
        const set = { [of('prefecture_code')]: code }
        return overseas(country) || code !== NO_PREFECTURE ? { set } : { set, note: noPrefecture(written) }
      },
      toSmarthr([code]) {
        const told = () => unsent(prefLabel, code, '都道府県の番号ではない', FREEE)
        return setOrTell(at('pref'), prefectureOf(code), code === NO_PREFECTURE ? null : code, told)
      },
      showSmarthr: ([pref]) => textOf(pref) ?? '',
      showService: ([code]) => (typeof code === 'number' ? (prefectures[code] ?? '設定しない') : ''),
    },
    {
      label: `${name}${CITY_AND_STREET}`,
      smarthr: [at('city'), at('street')],
      // The prefecture is only read, for those who write it in front once more.
      service: [of('address'), of('prefecture_code')],
      same(parts, [whole, code]) {
        const theirs = textOf(whole)
        return theirs !== null && [theirs, cityAndStreet(theirs, code).join('')].includes(joined(parts))
      },
      toService(parts) {
        const whole = joined(parts)
        if (whole === '') return 'keep'
        if ([...whole].length > 255) return { problem: `${name}は255文字以内で入力してください` }
        return { set: { [of('address')]: whole } }
      },
      toSmarthr([whole, code]) {
        const written = textOf(whole)
        if (written === null) return 'keep'
        const [city, street] = cityAndStreet(written, code)
        return { set: { [at('city')]: city, [at('street')]: street } }
      },
      showSmarthr: joined,
      showService: ([whole]) => textOf(whole) ?? '',
    },
    // freee's kana starts at 市区町村, SmartHR's usually at the prefecture; copied as it is (freee §3.2).
    text(`${name}（ヨミガナ）`, at('literal_yomi'), of('address_kana'), {
      fromFreee: fullWidthKana,
    }),
  ]
}

/** What a pair of two values in SmartHR says of them, each on a line of its own. */
const onTwoLines = (pair: FieldPair): FieldPair[] =>
  ['（市区町村）', '（丁目・番地）'].map((part, index) => ({
    ...pair,
    label: pair.label.replace(CITY_AND_STREET, part),
    toSmarthr(values, context) {
      const converted = pair.toSmarthr(values, context)
      if (converted === 'keep' || !('set' in converted)) return converted
      return { set: Object.fromEntries(Object.entries(converted.set).filter(([path]) => path === pair.smarthr[index])) }
    },
    showSmarthr: values => textOf(values[index]) ?? '',
  }))

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
    const kana = hiraganaShifted(name)
    if (!ACCOUNT_NAME.test(kana)) return { problem: '口座名義は、カタカナまたは英数字で入力してください' }
    if ([...kana].length > 50) return { problem: '口座名義は50文字以内で入力してください' }
    return { set: { 'bank_account_rule.account_name': kana } }
  },
}

const resigned: FieldPair = {
  label: '退職年月日',
  smarthr: ['resigned_at', 'entered_at'],
  service: ['retire_date'],
  toService([resignedAt, enteredAt]) {
    const last = dateOf(resignedAt)
    const first = dateOf(enteredAt)
    // Never taken for a blank, which erases.
    if (last === null && !isBlank(resignedAt)) return unsent('退職年月日', resignedAt, WRONG_FORM, SMARTHR)
    if (last !== null && first !== null && last < first) {
      return { problem: '退職日は入社日以降の日付を入力してください' }
    }
    return { set: { retire_date: last } }
  },
  toSmarthr: ([retireDate]) =>
    dateOf(retireDate) === null && !isBlank(retireDate)
      ? unsent('退職年月日', retireDate, WRONG_FORM, FREEE)
      : { set: { resigned_at: dateOf(retireDate) } },
  showSmarthr: ([value]) => slashed(textOf(value) ?? ''),
  showService: ([value]) => slashed(textOf(value) ?? ''),
}

const PHONE = '電話番号'
const EXTENSION =
  '電話番号の内線番号は、freee人事労務に登録できないため連携されません。必要な場合は、SmartHRで確認してください。'
const notDivided = (value: One, source: string) =>
  unsent(PHONE, value, '日本の電話番号として市外局番・市内局番・番号に分けられない', source)

const phone: FieldPair = {
  label: PHONE,
  smarthr: ['tel_number'],
  service: ['profile_rule.phone1', 'profile_rule.phone2', 'profile_rule.phone3'],
  toService([value]) {
    const phone = phoneOf(value)
    if (!phone) return isBlank(value) ? 'keep' : notDivided(value, SMARTHR)
    const [phone1, phone2, phone3] = phone.parts
    const set = { 'profile_rule.phone1': phone1, 'profile_rule.phone2': phone2, 'profile_rule.phone3': phone3 }
    return phone.extension === null ? { set } : { set, note: EXTENSION }
  },
  toSmarthr(parts) {
    const whole = hyphenated(parts)
    return setOrTell('tel_number', parts.some(isBlank) ? null : whole, whole, () => notDivided(whole, FREEE))
  },
  showSmarthr: joined,
  showService: hyphenated,
}

const genders: FieldPair = category('戸籍上の性別', 'gender', 'profile_rule.gender', [
  { smarthr: 'male', service: 'male', label: '男性' },
  { smarthr: 'female', service: 'female', label: '女性' },
])
/** freee's 未選択 is a blank. */
const chosen = ([value]: readonly Scalar[]) => [value === 'unselected' ? null : (value ?? null)]
const gender: FieldPair = {
  ...genders,
  toSmarthr: (values, context) => genders.toSmarthr(chosen(values), context),
  showService: values => genders.showService(chosen(values)),
}

/** for conversions that ask for none */
const NO_CONTEXT: ConvertContext = { today: '', settings: {}, present: [] }

/** The width of a sign or blank is no difference between two holders' names. */
const alike = (one: Scalar | undefined, other: Scalar) =>
  one === other ||
  (typeof one === 'string' && typeof other === 'string' && one.normalize('NFKC') === other.normalize('NFKC'))

/** An account is compared part by part and sent only whole: parts of two accounts together would be a third one. */
const inWholeAccounts = (pairs: readonly FieldPair[]): FieldPair[] =>
  pairs.map(pair => {
    const parts = [pair, ...pairs.filter(other => other !== pair)]
    const [smarthr, service] = [parts.flatMap(part => part.smarthr), parts.flatMap(part => part.service)]
    const sent = (converted: Converted) =>
      converted !== 'keep' && 'set' in converted ? Object.values(converted.set)[0] : undefined
    const whole =
      (convert: 'toService' | 'toSmarthr', source: string): FieldPair['toService'] =>
      (values, context) => {
        const [own, ...others] = values.map((value, index) => parts[index]?.[convert]([value], context) ?? 'keep')
        if (own === undefined || sent(own) === undefined) return own ?? 'keep'
        const missing = others.flatMap((part, index) =>
          sent(part) === undefined ? (parts[index + 1]?.label ?? []) : [],
        )
        if (missing.length === 0) return own
        const show = convert === 'toService' ? pair.showSmarthr : pair.showService
        return unsent(
          pair.label,
          show([values[0] ?? null]),
          `口座情報の${missing.join('、')}が登録されていない`,
          source,
        )
      }
    return {
      ...pair,
      smarthr,
      service,
      same: ([ours = null], [theirs = null]) =>
        (!isBlank(theirs) && alike(sent(pair.toService([ours], NO_CONTEXT)), theirs)) ||
        (!isBlank(ours) && alike(sent(pair.toSmarthr([theirs], NO_CONTEXT)), ours)),
      toService: whole('toService', SMARTHR),
      toSmarthr: whole('toSmarthr', FREEE),
      showSmarthr: ([own = null]) => pair.showSmarthr([own]),
      showService: ([own = null]) => pair.showService([own]),
    }
  })

/** 銀行口座1 and SmartHR's main account. */
const account = inWholeAccounts([
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
  statusAfter('retire_date'),
  yesNo('配偶者の有無', 'having_spouse', 'profile_rule.married', 'あり', 'なし'),
  yesNo('勤労学生', 'working_student_flag', 'profile_rule.is_working_student', '該当', '非該当'),
  category(
    '寡婦・ひとり親',
    'widow_type',
    'profile_rule.widow_type',
    [
      { smarthr: 'widow', service: 'widow', label: '寡婦' },
      { smarthr: 'single_parent', service: 'one_parent', label: 'ひとり親' },
      // freee's special_widow and widower have no counterpart in SmartHR's schema of today: left alone, and told.
    ],
    'na',
  ),
  category(
    '障害者区分',
    'handicapped_type',
    'profile_rule.disability_type',
    [
      { smarthr: 'ordinary_handicapped', service: 'general', label: '障害者' },
      { smarthr: 'special_handicapped', service: 'heavy', label: '特別障害者' },
    ],
    'na',
  ),
  ...address('現住所', 'address', 'residential_'),
  ...address('住民票住所', 'resident_card_address', ''),
  phone,
  ...account,
  groupedNumber(
    '雇用保険の被保険者番号',
    'emp_ins_insured_person_number',
    'employment_insurance_reference_number',
    [4, 6, 1],
    '被保険者番号',
  ),
  groupedNumber('基礎年金番号', 'basic_pension_number', 'base_pension_num', [4, 6], '基礎年金番号'),
  insuredNumber('健康保険の被保険者整理番号', HEALTH),
  insuredNumber('厚生年金保険の被保険者整理番号', PENSION),
  standardPay('健康保険の標準報酬月額', HEALTH),
  standardPay('厚生年金の標準報酬月額', PENSION),
]

/** The same towards SmartHR, which keeps 市区町村 and 丁目・番地 apart and shows them so. */
export const employeesToSmarthr: readonly FieldPair[] = employees.flatMap(pair =>
  pair.label.endsWith(CITY_AND_STREET) ? onTwoLines(pair) : [pair],
)

/** Every path the mapping reads or writes on freee's side. */
export const servicePaths: readonly string[] = [...new Set(employees.flatMap(pair => pair.service))]

/** Somebody's values by path, blanks as null, so that both sides compare alike. */
export const onlyMapped = (read: (path: string) => Scalar): Values =>
  Object.fromEntries(servicePaths.map(path => [path, read(path)]))
