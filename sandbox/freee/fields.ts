import type { Field } from './checks.js'

/** The request bodies of freee §3.5: keys, limits and enumerations as in the freee HR schema. */
const PAY_CALC_TYPE: Field = {
  key: 'pay_calc_type',
  label: '給与方式',
  kind: 'choice',
  values: ['monthly', 'daily', 'hourly'],
}
const PAY_AMOUNT: Field = { key: 'pay_amount', label: '基本給', kind: 'whole', min: 0, max: 99_999_999 }
const GENDER: Field = { key: 'gender', label: '性別', kind: 'choice', values: ['unselected', 'male', 'female'] }
const MARRIED: Field = { key: 'married', label: '配偶者', kind: 'flag' }
const GROUP: Field = {
  key: 'company_reference_date_rule_name',
  label: '締め日支払い日グループ名',
  kind: 'text',
  max: 15,
}
const NUM: Field = { key: 'num', label: '従業員番号', kind: 'text', max: 255 }
const DATES: readonly Field[] = [
  { key: 'birth_date', label: '生年月日', kind: 'date' },
  { key: 'entry_date', label: '入社日', kind: 'date' },
]
const NAMES: readonly Field[] = [
  { key: 'last_name', label: '姓', kind: 'text', max: 255 },
  { key: 'first_name', label: '名', kind: 'text', max: 255 },
  { key: 'last_name_kana', label: '姓カナ', kind: 'text', max: 255, only: 'nameKana' },
  { key: 'first_name_kana', label: '名カナ', kind: 'text', max: 255, only: 'nameKana' },
]
export const REQUIRED_NAMES = NAMES.map(field => field.key)

export const CREATE_FIELDS: readonly Field[] = [
  NUM,
  { key: 'working_hours_system_name', label: '勤務・賃金設定名', kind: 'text', max: 30 },
  GROUP,
  ...NAMES,
  ...DATES,
  PAY_CALC_TYPE,
  PAY_AMOUNT,
  GENDER,
  MARRIED,
  { key: 'no_payroll_calculation', label: '給与計算対象外', kind: 'flag' },
]

/** Refused together with `no_payroll_calculation: true`. */
export const PAYROLL_ONLY_KEYS = [
  'working_hours_system_name',
  'company_reference_date_rule_name',
  'pay_calc_type',
  'pay_amount',
] as const

export const UPDATE_FIELDS: readonly Field[] = [
  NUM,
  { key: 'display_name', label: '表示名', kind: 'text', max: 255 },
  { key: 'base_pension_num', label: '基礎年金番号', kind: 'digits', length: 10 },
  { key: 'employment_insurance_reference_number', label: '被保険者番号', kind: 'digits', length: 11 },
  ...DATES,
  { key: 'retire_date', label: '退職日', kind: 'date', nullable: true },
  GROUP,
]

const addressFields = (prefix: '' | 'residential_', name: string): Field[] => [
  { key: `${prefix}zipcode1`, label: `${name}の郵便番号1`, kind: 'text', max: 3 },
  { key: `${prefix}zipcode2`, label: `${name}の郵便番号2`, kind: 'text', max: 4 },
  { key: `${prefix}prefecture_code`, label: `${name}の都道府県`, kind: 'whole', min: -1, max: 46 },
  { key: `${prefix}address`, label: `${name}の市区町村以降の住所`, kind: 'text', max: 255 },
  {
    key: `${prefix}address_kana`,
    label: `${name}の市区町村以降の住所カナ`,
    kind: 'text',
    max: 255,
    only: 'addressKana',
  },
]

export const PROFILE_FIELDS: readonly Field[] = [
  ...NAMES,
  ...addressFields('', '住民票住所'),
  { key: 'phone1', label: '電話番号1', kind: 'text', max: 5 },
  { key: 'phone2', label: '電話番号2', kind: 'text', max: 4 },
  { key: 'phone3', label: '電話番号3', kind: 'text', max: 4 },
  ...addressFields('residential_', '現住所'),
  {
    key: 'employment_type',
    label: '雇用形態',
    kind: 'choice',
    values: ['board-member', 'regular', 'fixed-term', 'part-time', 'temporary', ''],
  },
  { key: 'title', label: '肩書', kind: 'text', max: 255 },
  GENDER,
  MARRIED,
  { key: 'is_working_student', label: '勤労学生', kind: 'flag' },
  {
    key: 'widow_type',
    label: '寡夫／寡婦',
    kind: 'choice',
    values: ['na', 'widower', 'widow', 'special_widow', 'one_parent'],
  },
  { key: 'disability_type', label: '障害者', kind: 'choice', values: ['na', 'general', 'heavy'] },
  { key: 'email', label: 'メールアドレス', kind: 'text', max: 255, nullable: true },
  { key: 'householder_name', label: '世帯主の名前', kind: 'text', max: 255 },
  {
    key: 'householder',
    label: '世帯主の続柄',
    kind: 'choice',
    values: [
      'myself',
      'husband',
      'wife',
      'father',
      'mother',
      'child',
      'senior_brother',
      'junior_brother',
      'senior_sister',
      'junior_sister',
      'grandchild',
      'grandfather',
      'grandmother',
      'father_in_law',
      'mother_in_law',
      'grandfather_in_law',
      'grandmother_in_law',
      'other',
    ],
  },
]

export const BANK_FIELDS: readonly Field[] = [
  { key: 'bank_name', label: '金融機関名', kind: 'text', max: 255 },
  { key: 'bank_name_kana', label: '金融機関名カナ', kind: 'text', max: 255, only: 'latinKana' },
  { key: 'bank_code', label: '金融機関コード', kind: 'digits', length: 4 },
  { key: 'branch_name', label: '支店名', kind: 'text', max: 255 },
  { key: 'branch_name_kana', label: '支店名カナ', kind: 'text', max: 255, only: 'latinKana' },
  { key: 'branch_code', label: '支店コード', kind: 'digits', length: 3 },
  { key: 'account_number', label: '口座番号', kind: 'digits', length: 7 },
  { key: 'account_name', label: '口座名義カナ', kind: 'text', max: 50, only: 'latinKana' },
  { key: 'account_type', label: '預金種類', kind: 'choice', values: ['ordinary', 'current', 'saving'] },
]

const calcType = (key: string): Field => ({ key, label: '計算方法', kind: 'choice', values: ['auto', 'manual'] })
/** 従業員負担分 are whole yen, 会社負担分 have four decimals. */
const amount = (key: string, kind: 'whole' | 'number'): Field => {
  const limit = kind === 'whole' ? 999_999_999 : 999_999_999.9999
  return { key, label: '直接指定金額', kind, min: -limit, max: limit, nullable: true }
}
const STANDARD_PAY: Field = {
  key: 'standard_monthly_remuneration',
  label: '標準報酬月額',
  kind: 'whole',
  min: 1,
  max: 2147483647,
}

/** Insurance amounts count only while their calculation is `manual`; with `auto` freee forgets them. */
export interface ManualAmounts {
  calcType: string
  amounts: readonly string[]
}

export const HEALTH_AMOUNTS: readonly ManualAmounts[] = [
  'health_insurance',
  'care_insurance',
  'child_support_fund',
].flatMap(name =>
  ['salary', 'bonus'].map(pay => ({
    calcType: `${name}_${pay}_calc_type`,
    amounts: [`manual_${name}_amount_of_employee_${pay}`, `manual_${name}_amount_of_company_${pay}`],
  })),
)

export const PENSION_AMOUNTS: readonly ManualAmounts[] = ['salary', 'bonus'].flatMap(pay => [
  {
    calcType: `welfare_pension_insurance_${pay}_calc_type`,
    amounts: [
      `manual_welfare_pension_insurance_amount_of_employee_${pay}`,
      `manual_welfare_pension_insurance_amount_of_company_${pay}`,
    ],
  },
  {
    calcType: `child_allowance_contribution_${pay}_calc_type`,
    amounts: [`manual_child_allowance_contribution_amount_${pay}`],
  },
])

const insuranceFields = (label: string, manual: readonly ManualAmounts[]): Field[] => [
  { key: 'entried', label: `${label}の加入`, kind: 'flag' },
  ...manual.flatMap(({ calcType: key, amounts }) => [
    calcType(key),
    ...amounts.map(name => amount(name, name.includes('_of_employee_') ? 'whole' : 'number')),
  ]),
  { key: 'reference_num', label: `${label}の被保険者整理番号`, kind: 'text', max: 255 },
  STANDARD_PAY,
]

export const HEALTH_FIELDS: readonly Field[] = [
  ...insuranceFields('健康保険', HEALTH_AMOUNTS),
  { key: 'health_insurance_qualification_required', label: '資格確認書の発行', kind: 'flag' },
]

export const PENSION_FIELDS: readonly Field[] = insuranceFields('厚生年金保険', PENSION_AMOUNTS)

export const BASIC_PAY_FIELDS: readonly Field[] = [PAY_CALC_TYPE, PAY_AMOUNT]
