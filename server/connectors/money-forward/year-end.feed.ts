import { dateOf, katakana, keyOf, textOf } from '../../contract/conversions.js'
import type { PlainDate, Scalar } from '../../contract/contract.js'
import { addressOf, incomeTaxOf, namesOf } from './employees.feed.js'
import { changesOf, type FeedChange } from './feed.preview.js'
import { declarationSchema } from './feed.schema.js'
import { amountOf, codeOf, joinedWith, read, rows, type Json } from './record.js'
import { handicapOf, relationshipOf, TARGET } from './tables.js'

/**
 * A year-end result of the feed (docs/feed.md). What is taken and who is left out: SmartHR help 4409171668633 「マネーフォワード
 * クラウド年末調整に年末調整結果を取り込む」. The items are assumed on both sides, since neither vendor publishes them. They are replaced in
 * this file and in SmartHR's source. Salary income is never passed on: Money Forward knows what it paid. SmartHR's sum
 * includes the previous employers' part, which would then count twice (SmartHR notice news/16593).
 */
export interface FeedDeclaration {
  employee_code: string
  year: number
  status: string
  person: {
    last_name: string | null
    first_name: string | null
    last_name_kana: string | null
    first_name_kana: string | null
    birth_date: PlainDate | null
    zip_code: string | null
    prefecture: string | null
    address1: string | null
    address2: string | null
    householder_name: string | null
    householder_relationship: string | null
    handicap: string | null
    working_student: string | null
    widow: string | null
    single_parent: string | null
  }
  non_salary_incomes: { kind: string | null; revenue: number | null; income: number | null }[] | null
  previous_employers:
    | {
        name: string | null
        address: string | null
        left_on: PlainDate | null
        payment: number | null
        social_insurance: number | null
        withheld_tax: number | null
      }[]
    | null
  spouse: {
    name: string | null
    kana: string | null
    birth_date: PlainDate | null
    living_together: boolean | null
    estimated_income: number | null
    deduction: string | null
    handicap: string | null
  } | null
  dependents:
    | {
        name: string | null
        kana: string | null
        relationship: string | null
        birth_date: PlainDate | null
        living_together: boolean | null
        estimated_income: number | null
        handicap: string | null
        under_16: boolean | null
      }[]
    | null
  insurance_deductions: { kind: string | null; company: string | null; amount: number | null }[] | null
  housing_loans: { moved_in_on: PlainDate | null; year_end_balance: number | null; deduction: number | null }[] | null
}

/** ［対象外］ of SmartHR's 依頼一覧, as it shows people whose result is not passed on (SmartHR help 4409171668633). */
export const EXCLUSIONS: readonly string[] = [
  '対象外(紙による提出)',
  '対象外(乙欄)',
  '対象外(退職)',
  '対象外(給与支給なし)',
  '対象外(源泉)',
  '対象外(収入)',
  '乙欄対象外候補',
  '退職対象外候補',
  '源泉対象外候補',
]

const OTHER_WAY =
  '取り込むには、SmartHRで収集情報のCSVファイルをダウンロードし、マネーフォワードのサポートに問い合わせてください。'

const WHERE = 'SmartHRの年末調整'

/**
 * Why a result is not passed on in this year's snapshot, with what to do; null for 対象. An unknown status is left out
 * rather than guessed. A result of another year, or without a name, is left out too.
 */
export function exclusionOf(result: Json, year: number): string | null {
  return statusExclusion(result) ?? contentExclusion(result, year)
}

function contentExclusion(result: Json, year: number): string | null {
  const itsYear = codeOf(read(result, 'year'))
  if (itsYear !== String(year))
    return `${itsYear === null ? '対象年のない' : `${itsYear}年の`}年末調整結果のため、${year}年の結果として公開できません。SmartHRで年末調整の対象年を確認してください。`
  const person = personOf(result)
  const missing = [
    ...(text(person, 'last_name') === null ? ['姓'] : []),
    ...(text(person, 'first_name') === null ? ['名'] : []),
  ]
  return missing.length === 0
    ? null
    : `年末調整結果に${missing.join('・')}がないため、公開できません。SmartHRの年末調整で、本人の氏名を確認してください。`
}

const personOf = ({ person }: Json): Json => (typeof person === 'object' && person !== null ? person : {}) as Json

function statusExclusion(result: Json): string | null {
  // Brackets may be of either width.
  const status = textOf(read(result, 'status'))?.normalize('NFKC')
  if (status === TARGET) return null
  if (status === undefined) {
    return '年末調整の対象かどうかがSmartHRで確認できないため、連携できません。SmartHRの依頼一覧で［対象外］の表示を確認してください。'
  }
  if (EXCLUSIONS.includes(status)) {
    return `SmartHRの依頼一覧で「${status}」のため、連携できません。${OTHER_WAY}`
  }
  return `SmartHRの依頼一覧の状態「${status}」を判別できないため、連携できません。SmartHRの依頼一覧で［対象外］の表示を確認してください。${OTHER_WAY}`
}

const text = (record: Json, path: string) => textOf(read(record, path))
const date = (record: Json, path: string) => dateOf(read(record, path))
const flag = (value: Scalar): boolean | null => (typeof value === 'boolean' ? value : null)

type Amount = (record: Json, path: string, label: string) => number | null

/** A member of the family, in one piece. */
const relativeOf = (record: Json, amount: Amount, label: string) => ({
  name: joinedWith(' ', read(record, 'last_name'), read(record, 'first_name')),
  kana: joinedWith(' ', katakana(read(record, 'last_name_yomi')), katakana(read(record, 'first_name_yomi'))),
  birth_date: date(record, 'birth_at'),
  living_together: togetherOf(read(record, 'live_together_type')),
  estimated_income: amount(record, 'estimated_income', label),
  handicap: handicapOf(read(record, 'handicapped_type')),
})

const togetherOf = (type: Scalar): boolean | null =>
  type === 'living_together' ? true : type === 'living_separately' ? false : null

/**
 * What Money Forward is given of a result. The caller has asked `exclusionOf` before. `notes` collects what is not
 * passed on although it is there.
 */
export function declarationOf(result: Json, notes: string[] = []): FeedDeclaration {
  const { spouse } = result
  const person = personOf(result)
  const amount: Amount = (record, path, label) => amountOf(read(record, path), notes, { label, where: WHERE })
  /** an income may be a loss */
  const balance: Amount = (record, path, label) =>
    amountOf(read(record, path), notes, { label, where: WHERE, loss: true })
  return {
    employee_code: keyOf(read(result, 'emp_code')) ?? '',
    year: Number(read(result, 'year')),
    status: TARGET,
    person: {
      ...namesOf(person),
      birth_date: date(person, 'birth_at'),
      ...addressOf(person),
      householder_name: text(person, 'householder_name'),
      householder_relationship: text(person, 'householder_relation'),
      ...incomeTaxOf(person),
    },
    non_salary_incomes: rows(result, 'non_salary_incomes').map((income, index) => ({
      kind: text(income, 'kind'),
      revenue: amount(income, 'revenue', `給与以外の所得${index + 1}の収入金額`),
      income: balance(income, 'income', `給与以外の所得${index + 1}の所得金額`),
    })),
    previous_employers: rows(result, 'previous_employers').map((employer, index) => ({
      name: text(employer, 'name'),
      address: text(employer, 'address'),
      left_on: date(employer, 'resigned_at'),
      payment: amount(employer, 'payment_amount', `前職${index + 1}の支払金額`),
      social_insurance: amount(employer, 'social_insurance_amount', `前職${index + 1}の社会保険料`),
      withheld_tax: amount(employer, 'withholding_tax_amount', `前職${index + 1}の源泉徴収税額`),
    })),
    spouse:
      typeof spouse === 'object' && spouse !== null
        ? {
            ...relativeOf(spouse as Json, amount, '配偶者の所得見積額'),
            deduction: text(spouse as Json, 'deduction_type'),
          }
        : null,
    dependents: rows(result, 'dependents').map((dependent, index) => ({
      ...relativeOf(dependent, amount, `扶養親族${index + 1}の所得見積額`),
      relationship: relationshipOf(read(dependent, 'relation_name')),
      under_16: flag(read(dependent, 'under_16')),
    })),
    insurance_deductions: rows(result, 'insurance_deductions').map((deduction, index) => ({
      kind: text(deduction, 'kind'),
      company: text(deduction, 'company'),
      amount: amount(deduction, 'amount', `保険料控除${index + 1}の金額`),
    })),
    housing_loans: rows(result, 'housing_loans').map((loan, index) => ({
      moved_in_on: date(loan, 'moved_in_at'),
      year_end_balance: amount(loan, 'year_end_balance', `住宅借入金等${index + 1}の年末残高`),
      deduction: amount(loan, 'deduction_amount', `住宅借入金等${index + 1}の控除額`),
    })),
  }
}

/** Every filled item for the preview. */
export const declarationChanges = (declaration: FeedDeclaration): FeedChange[] =>
  changesOf(declarationSchema, declaration)
