import * as tables from './tables.js'

/**
 * The records of the feed as JSON Schemas, components of its OpenAPI 3.1 document. Titles are Money Forward's item
 * names and stand in the preview and in the choice of attributes. They are from SmartHR help 360026106414 for
 * employees, assumed for year-end results. Descriptions say which item of SmartHR's it is.
 */
export interface Schema {
  type: string | readonly string[]
  title: string
  description: string
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  additionalProperties?: false
  items?: Schema
  enum?: readonly (string | null)[]
  format?: 'date'
  minLength?: number
  'x-unit'?: '円' | '年'
}

const from = (item: string) => `SmartHRの［${item}］`
const text = (title: string, item = title): Schema => ({ type: ['string', 'null'], title, description: from(item) })
const date = (title: string, item = title): Schema => ({ ...text(title, item), format: 'date' })
const choice = (title: string, item: string, values: readonly string[]): Schema => ({
  ...text(title, item),
  enum: [...values, null],
})
const yesNo = (title: string, description: string): Schema => ({ type: ['boolean', 'null'], title, description })
const yen = (title: string, item = title): Schema => ({
  type: ['integer', 'null'],
  title,
  description: `${from(item)}（円）`,
  'x-unit': '円',
})
const group = (title: string, description: string, properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  title,
  description,
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})
const orNull = (schema: Schema): Schema => ({ ...schema, type: ['object', 'null'] })
const list = (title: string, description: string, items: Schema): Schema => ({
  type: ['array', 'null'],
  title,
  description,
  items,
})
/** one row of a list; its title is numbered in the preview */
const row = (title: string, properties: Readonly<Record<string, Schema>>) => group(title, title, properties)

const employeeCode: Schema = {
  type: 'string',
  minLength: 1,
  title: '従業員コード',
  description: `${from('社員番号')}。従業員を特定するキーで、項目を制限していても必ず出力します`,
}
const names = {
  last_name: text('苗字（氏名）', '姓'),
  first_name: text('名前（氏名）', '名'),
  last_name_kana: text('苗字（氏名フリガナ）', '姓（ヨミガナ）'),
  first_name_kana: text('名前（氏名フリガナ）', '名（ヨミガナ）'),
}
const address = {
  zip_code: text('郵便番号', '現住所（郵便番号）'),
  prefecture: text('都道府県', '現住所（都道府県）'),
  address1: text('住所1', '現住所（市区町村・丁目・番地）'),
  address2: text('住所2', '現住所（建物名・部屋番号）'),
}
const incomeTax = {
  handicap: choice('障がい者区分', '障害者区分', tables.HANDICAPS),
  working_student: choice('勤労学生区分', '勤労学生', tables.WORKING_STUDENTS),
  widow: choice('寡婦区分', '寡婦・ひとり親', tables.WIDOWS),
  single_parent: choice('ひとり親区分', '寡婦・ひとり親', tables.SINGLE_PARENTS),
}

export const employeeSchema: Schema = group('従業員', 'マネーフォワード クラウド給与に渡す従業員', {
  employee_code: employeeCode,
  ...names,
  birth_date: date('生年月日'),
  gender: choice('性別', '戸籍上の性別', tables.GENDERS),
  tel_number: text('電話番号'),
  ...address,
  hired_on: date('入社年月日'),
  resigned_on: date('退職年月日'),
  resignation_type: {
    ...choice('退職区分', '退職年月日', ['一般退職']),
    description: '退職年月日があれば「一般退職」',
  },
  resignation_reason: text('退職理由', '退職事由'),
  contract_type: choice('契約種別', '雇用形態', tables.CONTRACT_TYPES),
  department: text('部門', '部署1'),
  occupation: text('職種', '業務内容'),
  position: text('業務情報（役職）', '役職1'),
  foreigner: yesNo('外国人', '在留カード番号・画像、国籍（日本以外）、在留資格、在留期日のいずれかがあればtrue'),
  social_insurance: group('健康保険/厚生年金保険', '社会保険の情報', {
    qualified_on: date('健康保険/厚生年金保険の資格取得年月日', '社会保険の資格取得年月日'),
    health_insurance_number: text('健康保険の被保険者整理番号'),
    pension_insurance_number: text('厚生年金保険の被保険者整理番号'),
    basic_pension_number: text('基礎年金番号'),
    disqualified_on: date('健康保険/厚生年金保険の資格喪失年月日', '社会保険の資格喪失年月日'),
    standard_remuneration_revised_on: date('標準報酬月額の改定年月日', '標準報酬月額の適用開始日'),
    health_standard_remuneration: yen('健康保険の標準報酬月額'),
  }),
  employment_insurance: group('雇用保険', '雇用保険の情報', {
    qualified_on: date('雇用保険の資格取得年月日'),
    insured_person_number: text('雇用保険の被保険者番号'),
    disqualified_on: date('雇用保険の資格喪失年月日', '雇用保険の離職等年月日'),
  }),
  bank_accounts: list(
    '口座情報',
    '銀行コード・支店コード・口座番号がそろった口座を4件まで。リソース bank_accounts の許可がなければnull',
    row('口座', {
      bank_code: { ...text('銀行コード'), type: 'string' },
      branch_code: { ...text('支店コード'), type: 'string' },
      holder_kana: text('名義人フリガナ', '名義（カタカナ）'),
      account_number: { ...text('口座番号'), type: 'string' },
    }),
  ),
  income_tax: group('所得税', '所得税の情報', incomeTax),
  dependents: list(
    '家族情報',
    '家族情報。リソース dependents の許可がなければnull',
    row('家族', {
      last_name: text('苗字', '姓'),
      first_name: text('名前', '名'),
      last_name_kana: text('苗字カナ', '姓（ヨミガナ）'),
      first_name_kana: text('名前カナ', '名（ヨミガナ）'),
      birth_date: date('生年月日'),
      relationship: choice('続柄（性別）', '続柄', tables.RELATIONSHIPS),
      living_together: choice('同居区分', '同居・別居の別', tables.TARGETS),
      tax_dependent: choice('扶養区分', '所得税の扶養状況', tables.TARGETS),
      same_living_spouse: choice('同一生計配偶者区分', '年間所得見積額（1月〜12月）', tables.TARGETS),
      handicap: choice('障がい者区分', '障害者区分', tables.HANDICAPS),
    }),
  ),
})

/** The year-end result's items are assumed: the tables of both vendors are not published. */
export const declarationSchema: Schema = group('年末調整結果', 'マネーフォワード クラウド年末調整に渡す年末調整結果', {
  employee_code: employeeCode,
  year: { type: 'integer', title: '対象年', description: '年末調整の対象年', 'x-unit': '年' },
  status: { type: 'string', title: '対象区分', description: '対象外の従業員は出力しません', enum: [tables.TARGET] },
  person: group('本人', '本人の情報', {
    ...names,
    birth_date: date('生年月日'),
    ...address,
    householder_name: text('世帯主の氏名'),
    householder_relationship: text('世帯主との続柄'),
    ...incomeTax,
  }),
  non_salary_incomes: list(
    '給与以外の収入および所得',
    '給与以外の収入および所得。給与収入および所得は出力しません',
    row('給与以外の所得', { kind: text('所得の種類'), revenue: yen('収入金額'), income: yen('所得金額') }),
  ),
  previous_employers: list(
    '前職の情報',
    '前職の情報',
    row('前職', {
      name: text('会社名'),
      address: text('住所'),
      left_on: date('退職年月日'),
      payment: yen('支払金額'),
      social_insurance: yen('社会保険料'),
      withheld_tax: yen('源泉徴収税額'),
    }),
  ),
  spouse: orNull(
    group('配偶者', '配偶者の情報。配偶者がいなければnull', {
      name: text('配偶者の氏名'),
      kana: text('配偶者のフリガナ'),
      birth_date: date('配偶者の生年月日'),
      living_together: yesNo('配偶者との同居', from('同居・別居の別')),
      estimated_income: yen('配偶者の所得見積額'),
      deduction: text('配偶者の控除区分'),
      handicap: choice('配偶者の障がい者区分', '障害者区分', tables.HANDICAPS),
    }),
  ),
  dependents: list(
    '扶養親族',
    '扶養親族の情報',
    row('扶養親族', {
      name: text('氏名'),
      kana: text('フリガナ'),
      relationship: choice('続柄', '続柄', tables.RELATIONSHIPS),
      birth_date: date('生年月日'),
      living_together: yesNo('同居', from('同居・別居の別')),
      estimated_income: yen('所得見積額'),
      handicap: choice('障がい者区分', '障害者区分', tables.HANDICAPS),
      under_16: yesNo('16歳未満', from('16歳未満')),
    }),
  ),
  insurance_deductions: list(
    '保険料控除',
    '生命保険料、地震保険料、社会保険料、小規模企業共済等掛金の控除',
    row('保険料控除', { kind: text('種類'), company: text('会社・名称'), amount: yen('金額') }),
  ),
  housing_loans: list(
    '住宅借入金等',
    '住宅借入金等特別控除',
    row('住宅借入金等', {
      moved_in_on: date('居住開始年月日'),
      year_end_balance: yen('年末残高'),
      deduction: yen('控除額'),
    }),
  ),
})

/** Components of `/feed/v1/openapi.json`. */
export const feedSchemas = { Employee: employeeSchema, Declaration: declarationSchema } as const

/** What a token may be limited to, item by item. */
export interface FeedAttribute {
  /** `birth_date`, `social_insurance.qualified_on` */
  path: string
  label: string
}

/** Say whose record it is and what it is; no token hides them. */
export const ALWAYS = ['employee_code', 'year', 'status']

/** Lists of an employee that are resources of their own. */
export const RESOURCES = ['bank_accounts', 'dependents']

const attributesOf = (schema: Schema, resources: readonly string[] = []): FeedAttribute[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (ALWAYS.includes(name) || resources.includes(name)) return []
    if (!property.properties) return [{ path: name, label: property.title }]
    return Object.entries(property.properties).map(([inner, { title }]) => ({ path: `${name}.${inner}`, label: title }))
  })

export const employeeAttributes: readonly FeedAttribute[] = attributesOf(employeeSchema, RESOURCES)
export const declarationAttributes: readonly FeedAttribute[] = attributesOf(declarationSchema)
