import type { FieldPair, Scalar } from '../../contract/contract.js'
import { dateOf, katakana, phoneOf } from '../../contract/conversions.js'
import { crew } from '../../contract/crew-fields.js'
import { statusAfter } from '../../contract/employment.js'
import { erasableDateField } from '../../contract/fields.js'
import { exactKeyOf } from '../../contract/keys.js'
import { isBlank, setOrTell, unsent } from '../../contract/unsent.js'
import { addressToService, addressToSmarthr, type Address } from './address.fields.js'
import { bankAccount } from './bank.fields.js'
import { category, date, groupedNumber, hyphenated, joined, SMARTHR, text, yesNo, type One } from './fields.js'
import { PRODUCT } from './errors.js'
import { HEALTH, insuredNumber, PENSION, standardRemuneration } from './insurance.fields.js'

/**
 * The 31 published pairs (freee §3.1) with the conversions of §3.2 and §3.3, and SmartHR's 在籍状況, which follows from
 * 退職年月日. A blank of freee's erases nothing but 退職年月日; a blank of SmartHR's also the yes/no and category fields,
 * which freee can't leave blank.
 */

const leavingDate = erasableDateField({ ...crew.leavingDate, service: 'retire_date' }, PRODUCT)

const resigned: FieldPair = {
  ...leavingDate,
  smarthr: [...leavingDate.smarthr, crew.hireDate.smarthr],
  reads: [crew.hireDate.smarthr],
  toService(values, context) {
    const [last = null, first = null] = values.map(dateOf)
    if (last !== null && first !== null && last < first) {
      return { problem: '退職年月日は入社年月日以降の日付を入力してください' }
    }
    return leavingDate.toService(values, context)
  },
}

const PHONE = '電話番号'
export const EXTENSION =
  '電話番号の内線番号は、freee人事労務に登録できないため連携されません。必要な場合は、SmartHRで確認してください。'
const notDivided = (value: One, source: string) =>
  unsent(PHONE, value, '日本の電話番号として市外局番・市内局番・番号に分けられない', source)

const phone: FieldPair = {
  id: 'phone',
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
    return setOrTell('tel_number', parts.some(isBlank) ? null : whole, whole, () => notDivided(whole, PRODUCT))
  },
  showSmarthr: joined,
  showService: hyphenated,
}

const genders = category({ ...crew.gender, service: 'profile_rule.gender' }, [
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

const employeeNumber: FieldPair = {
  ...text({ ...crew.employeeNumber, service: 'num' }, { fromSmarthr: exactKeyOf, fromFreee: exactKeyOf }),
  // Invisible signs are no difference.
  same: ([one], [other]) => exactKeyOf(one) === exactKeyOf(other),
}

const widow = category(
  { id: 'widow-or-single-parent', label: '寡婦・ひとり親', smarthr: 'widow_type', service: 'profile_rule.widow_type' },
  [
    { smarthr: 'widow', service: 'widow', label: '寡婦' },
    { smarthr: 'single_parent', service: 'one_parent', label: 'ひとり親' },
    // freee's special_widow and widower have no counterpart in SmartHR's schema of today: left alone, and told.
  ],
  'na',
)

const disability = category(
  { id: 'disability', label: '障害者区分', smarthr: 'handicapped_type', service: 'profile_rule.disability_type' },
  [
    { smarthr: 'ordinary_handicapped', service: 'general', label: '障害者' },
    { smarthr: 'special_handicapped', service: 'heavy', label: '特別障害者' },
  ],
  'na',
)

const ADDRESS: Address = { id: 'address', name: '現住所', smarthr: 'address', prefix: 'residential_' }
const REGISTERED: Address = {
  id: 'registered-address',
  name: '住民票住所',
  smarthr: 'resident_card_address',
  prefix: '',
}

const kana = (required: string) => ({ required, fromSmarthr: katakana, fromFreee: katakana })

const fieldsWith = (addressOf: (address: Address) => readonly FieldPair[]): readonly FieldPair[] => [
  text({ ...crew.lastName, service: 'profile_rule.last_name' }, { required: '姓' }),
  text({ ...crew.firstName, service: 'profile_rule.first_name' }, { required: '名' }),
  text({ ...crew.lastNameKana, label: '姓ヨミガナ', service: 'profile_rule.last_name_kana' }, kana('姓ヨミガナ')),
  text({ ...crew.firstNameKana, label: '名ヨミガナ', service: 'profile_rule.first_name_kana' }, kana('名ヨミガナ')),
  date({ ...crew.birthDate, service: 'birth_date' }, '生年月日'),
  gender,
  employeeNumber,
  text({ ...crew.jobTitle, service: 'profile_rule.title' }),
  date({ ...crew.hireDate, service: 'entry_date' }, '入社日'),
  resigned,
  statusAfter('retire_date'),
  yesNo(
    { id: 'spouse', label: '配偶者の有無', smarthr: 'having_spouse', service: 'profile_rule.married' },
    'あり',
    'なし',
  ),
  yesNo(
    {
      id: 'working-student',
      label: '勤労学生',
      smarthr: 'working_student_flag',
      service: 'profile_rule.is_working_student',
    },
    '該当',
    '非該当',
  ),
  widow,
  disability,
  ...addressOf(ADDRESS),
  ...addressOf(REGISTERED),
  phone,
  ...bankAccount,
  groupedNumber(
    {
      id: 'employment-insurance-number',
      label: '雇用保険の被保険者番号',
      smarthr: 'emp_ins_insured_person_number',
      service: 'employment_insurance_reference_number',
      sensitive: true,
      unique: 'number',
    },
    [4, 6, 1],
    '被保険者番号',
  ),
  groupedNumber(
    {
      id: 'basic-pension-number',
      label: '基礎年金番号',
      smarthr: 'basic_pension_number',
      service: 'base_pension_num',
      sensitive: true,
      unique: 'number',
    },
    [4, 6],
    '基礎年金番号',
  ),
  insuredNumber({ id: 'health-insurance-number', label: '健康保険の被保険者整理番号' }, HEALTH),
  insuredNumber({ id: 'pension-insurance-number', label: '厚生年金保険の被保険者整理番号' }, PENSION),
  standardRemuneration({ id: 'health-standard-remuneration', label: '健康保険の標準報酬月額' }, HEALTH),
  standardRemuneration({ id: 'pension-standard-remuneration', label: '厚生年金の標準報酬月額' }, PENSION),
]

export const employees: readonly FieldPair[] = fieldsWith(addressToService)

/** The same towards SmartHR, which keeps 市区町村 and 丁目・番地 apart and shows them so. */
export const employeesToSmarthr: readonly FieldPair[] = fieldsWith(addressToSmarthr)
