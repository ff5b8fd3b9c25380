import { dateOf, digitsOf, katakana, keyOf, textOf, zipParts } from '../../contract/conversions.js'
import type { PlainDate, Scalar } from '../../contract/contract.js'
import { employeeSchema } from './feed.schema.js'
import { changesOf, type FeedChange } from './feed.preview.js'
import { amountOf, codeOf, joinedWith, read, rows, type Json } from './record.js'
import {
  contractTypeOf,
  genderOf,
  handicapOf,
  livingTogetherOf,
  relationshipOf,
  sameLivingSpouseOf,
  singleParentOf,
  taxDependentOf,
  widowOf,
  workingStudentOf,
} from './tables.js'

/**
 * An employee of the feed (docs/feed.md), made from SmartHR's crew and family members. Rules: SmartHR help
 * 360026106414 「連携可能な従業員情報」. Null = blank, or not permitted to the token.
 */
export interface FeedEmployee {
  employee_code: string
  last_name: string | null
  first_name: string | null
  last_name_kana: string | null
  first_name_kana: string | null
  birth_date: PlainDate | null
  gender: string | null
  tel_number: string | null
  zip_code: string | null
  prefecture: string | null
  address1: string | null
  address2: string | null
  hired_on: PlainDate | null
  resigned_on: PlainDate | null
  resignation_type: string | null
  resignation_reason: string | null
  contract_type: string | null
  department: string | null
  occupation: string | null
  position: string | null
  foreigner: boolean | null
  social_insurance: {
    qualified_on: PlainDate | null
    health_insurance_number: string | null
    pension_insurance_number: string | null
    basic_pension_number: string | null
    disqualified_on: PlainDate | null
    standard_remuneration_revised_on: PlainDate | null
    health_standard_remuneration: number | null
  }
  employment_insurance: {
    qualified_on: PlainDate | null
    insured_person_number: string | null
    disqualified_on: PlainDate | null
  }
  bank_accounts: FeedBankAccount[] | null
  income_tax: {
    handicap: string | null
    working_student: string | null
    widow: string | null
    single_parent: string | null
  }
  dependents: FeedDependent[] | null
}

export interface FeedBankAccount {
  bank_code: string
  branch_code: string
  holder_kana: string | null
  account_number: string
}

export interface FeedDependent {
  last_name: string | null
  first_name: string | null
  last_name_kana: string | null
  first_name_kana: string | null
  birth_date: PlainDate | null
  relationship: string | null
  living_together: string | null
  tax_dependent: string | null
  same_living_spouse: string | null
  handicap: string | null
}

/** 現住所 as Money Forward divides it; the year-end results have the same one. */
export function addressOf(record: Json) {
  const zip = read(record, 'address.zip_code')
  return {
    zip_code: zipParts(zip)?.join('-') ?? codeOf(zip),
    prefecture: textOf(read(record, 'address.pref')),
    address1: joinedWith('', read(record, 'address.city'), read(record, 'address.street')),
    address2: textOf(read(record, 'address.building')),
  }
}

/** 姓 and 名 with their kana. */
export const namesOf = (record: Json) => ({
  last_name: textOf(read(record, 'last_name')),
  first_name: textOf(read(record, 'first_name')),
  last_name_kana: katakana(read(record, 'last_name_yomi')),
  first_name_kana: katakana(read(record, 'first_name_yomi')),
})

export const incomeTaxOf = (record: Json) => ({
  handicap: handicapOf(read(record, 'handicapped_type')),
  working_student: workingStudentOf(read(record, 'working_student_flag')),
  widow: widowOf(read(record, 'widow_type')),
  single_parent: singleParentOf(read(record, 'widow_type')),
})

const RESIGNATION = '一般退職'

/** How SmartHR writes Japan is not published; country codes elsewhere in its API are ISO numbers. */
const JAPAN = ['JPN', 'JP', '392', '日本']

/** 在留カード番号, its images, a nationality other than Japan's, 在留資格 or 在留期日: any one of them. */
function foreignerOf(crew: Json): boolean {
  const filled = (name: string) => read(crew, name) !== null
  // an attachment, or the mark that there is one
  const attached = (name: string) => {
    const file = crew[name]
    return typeof file === 'object' && file !== null
      ? filled(`${name}.file_name`) || filled(`${name}.url`)
      : filled(name)
  }
  const nationality = codeOf(read(crew, 'nationality_code'))
  return (
    ['foreign_resident_card_number', 'resident_status_type', 'resident_end_at'].some(filled) ||
    ['foreign_resident_card_image1', 'foreign_resident_card_image2'].some(attached) ||
    (nationality !== null && !JAPAN.includes(nationality.toUpperCase()))
  )
}

const MOST_ACCOUNTS = 4

/** A bank number with the leading zeros it may have lost. */
const padded = (value: Scalar, length: number): string | null => {
  const code = codeOf(value)
  return code !== null && code === digitsOf(code) ? code.padStart(length, '0') : code
}

/** The first four accounts, in the order given, that have 銀行コード, 支店コード and 口座番号. */
const bankAccountsOf = (crew: Json): FeedBankAccount[] =>
  rows(crew, 'bank_accounts')
    .flatMap(account => {
      const bank_code = padded(read(account, 'bank_code'), 4)
      const branch_code = padded(read(account, 'bank_branch_code'), 3)
      const account_number = padded(read(account, 'account_number'), 7)
      if (bank_code === null || branch_code === null || account_number === null) return []
      return [{ bank_code, branch_code, holder_kana: katakana(read(account, 'account_holder_name')), account_number }]
    })
    .slice(0, MOST_ACCOUNTS)

const WHERE = 'SmartHRの従業員情報'

const dependentOf = (dependent: Json, label: string, notes: string[]): FeedDependent => ({
  ...namesOf(dependent),
  birth_date: dateOf(read(dependent, 'birth_at')),
  relationship: relationshipOf(read(dependent, 'relation.name') ?? read(dependent, 'relation_name')),
  living_together: livingTogetherOf(read(dependent, 'live_together_type')),
  tax_dependent: taxDependentOf(read(dependent, 'tax_law_support_type')),
  // inferred: which of SmartHR's items the 年間所得見積額 is
  same_living_spouse: sameLivingSpouse(read(dependent, 'tax_deduction_income'), label, notes),
  handicap: handicapOf(read(dependent, 'handicapped_type')),
})

/** Null for an income that can't be read: it may be on either side of the limit. */
function sameLivingSpouse(income: Scalar, label: string, notes: string[]): string | null {
  const estimate = amountOf(income, notes, { label, where: WHERE })
  return income !== null && estimate === null ? null : sameLivingSpouseOf(estimate)
}

/** The first of the dates that is filled: the one date of both insurances, else that of either. */
const firstDate = (crew: Json, ...names: readonly string[]): PlainDate | null =>
  names.map(name => dateOf(read(crew, name))).find(date => date !== null) ?? null

/**
 * What Money Forward is given of a crew. `bank_accounts` in the order of the account settings; 部署1 and 役職1 are index
 * 0, never the first that is filled. `notes` collects what is not passed on although it is there.
 */
export function employeeOf(crew: Json, dependents: readonly Json[], notes: string[] = []): FeedEmployee {
  const text = (path: string) => textOf(read(crew, path))
  const code = (path: string) => codeOf(read(crew, path))
  const resigned_on = dateOf(read(crew, 'resigned_at'))
  return {
    employee_code: keyOf(read(crew, 'emp_code')) ?? '',
    ...namesOf(crew),
    birth_date: dateOf(read(crew, 'birth_at')),
    gender: genderOf(read(crew, 'gender')),
    tel_number: code('tel_number'),
    ...addressOf(crew),
    hired_on: dateOf(read(crew, 'entered_at')),
    resigned_on,
    resignation_type: resigned_on === null ? null : RESIGNATION,
    resignation_reason: text('resigned_reason'),
    contract_type: contractTypeOf({
      preset: read(crew, 'employment_type.preset_type'),
      name: read(crew, 'employment_type.name'),
    }),
    department: text('departments.0.name'),
    occupation: text('occupation'),
    position: text('positions.0.name'),
    foreigner: foreignerOf(crew),
    social_insurance: {
      qualified_on: firstDate(
        crew,
        'soc_ins_qualified_at',
        'health_insurance_qualified_at',
        'employees_pension_insurance_qualified_at',
      ),
      health_insurance_number: code('hel_ins_insured_person_number'),
      pension_insurance_number: code('soc_ins_insured_person_number'),
      basic_pension_number: code('basic_pension_number'),
      disqualified_on: firstDate(
        crew,
        'soc_ins_disqualified_at',
        'health_insurance_disqualified_at',
        'employees_pension_insurance_disqualified_at',
      ),
      standard_remuneration_revised_on: dateOf(read(crew, 'monthly_standard_income_updated_at')),
      health_standard_remuneration: amountOf(read(crew, 'monthly_standard_income_hel'), notes, {
        label: '健康保険の標準報酬月額',
        where: WHERE,
      }),
    },
    employment_insurance: {
      qualified_on: dateOf(read(crew, 'emp_ins_qualified_at')),
      insured_person_number: code('emp_ins_insured_person_number'),
      disqualified_on: dateOf(read(crew, 'emp_ins_disqualified_at')),
    },
    bank_accounts: bankAccountsOf(crew),
    income_tax: incomeTaxOf(crew),
    dependents: dependents.map((dependent, index) => dependentOf(dependent, `家族${index + 1}の年間所得見積額`, notes)),
  }
}

const missingOf = (needed: readonly (readonly [label: string, value: string | null])[]) =>
  needed.flatMap(([label, value]) => (value === null ? [label] : [])).join('、')

/**
 * Why a person can't be published. Money Forward takes no employee without 入社年月日, 姓 and 名. It stops the whole import at
 * a family member without 姓, 名 or 生年月日. Source: its support pages on the import from クラウド人事管理, assumed to hold here.
 * 社員番号 is the key and is asked for by the engine.
 */
export function employeeProblems(employee: FeedEmployee): string[] {
  const own = missingOf([
    ['姓', employee.last_name],
    ['名', employee.first_name],
    ['入社年月日', employee.hired_on],
  ])
  const family = (employee.dependents ?? []).flatMap((dependent, index) => {
    const missing = missingOf([
      ['姓', dependent.last_name],
      ['名', dependent.first_name],
      ['生年月日', dependent.birth_date],
    ])
    if (missing === '') return []
    const who = joinedWith(' ', `${index + 1}人目`, dependent.last_name, dependent.first_name)
    return [
      `家族情報（${who}）の${missing}が入力されていません。マネーフォワード クラウド給与の取り込み全体が中断されるため、SmartHRの家族情報で入力してください。`,
    ]
  })
  if (own === '') return family
  return [
    `${own}が入力されていません。マネーフォワード クラウド給与への取り込みに必要なため、SmartHRの従業員情報で入力してください。`,
    ...family,
  ]
}

/** Every filled item for the preview, under Money Forward's names. */
export const employeeChanges = (employee: FeedEmployee): FeedChange[] => changesOf(employeeSchema, employee)
