import { dateOf, fullWidthKana, textOf } from '../../contract/conversions.js'
import { crew } from '../../contract/crew-fields.js'
import { showDate, showText, type FieldNames } from '../../contract/fields.js'
import type {
  ErrorFile,
  ExamineContext,
  Examiner,
  FieldPair,
  Flow,
  Entry,
  Scalar,
  Values,
} from '../../contract/contract.js'
import { exactKeyOf, keyOf } from '../../contract/keys.js'
import type { Reason } from '../../errors.js'
import { isBroken } from '../../platform/odd-text.js'
import { isBlank, unsent, WRONG_FORM } from '../../contract/unsent.js'
import { codeKey, emailKey } from './store.js'

/** 社員 (reference §5). Blanks of SmartHR overwrite: ミキワメ is a copy, not a second master. */

export const CUSTOM_ITEM = 'ミキワメ連携'
const KEEP_OUT = '連携しない'
const KEEP_OUT_PATH = `custom_fields.${CUSTOM_ITEM}`

interface Options {
  /** SmartHR's paths, where one is not enough */
  from?: readonly string[]
  convert?: (values: readonly Scalar[]) => Scalar
  shown?: (values: readonly Scalar[]) => string
}

/** One field, SmartHR → ミキワメ; the way back only serves to see whether the two agree, so it says nothing. */
function pair({ smarthr, service, ...names }: FieldNames, options: Options = {}): FieldPair {
  const { from = [smarthr], convert = ([value]) => textOf(value), shown = showText } = options
  return {
    ...names,
    smarthr: from,
    service: [service],
    blankable: 'service',
    toService: values => ({ set: { [service]: convert(values) } }),
    toSmarthr: () => 'keep',
    showSmarthr: shown,
    showService: shown,
  }
}

/** A value that is no date or no known choice is told and leaves ミキワメ's alone; only a blank erases. */
const orTold = (of: FieldPair): FieldPair => ({
  ...of,
  toService(values, context) {
    const converted = of.toService(values, context)
    const lost = values.find(value => !isBlank(value))
    const erases = converted !== 'keep' && 'set' in converted && Object.values(converted.set).every(isBlank)
    return erases && lost !== undefined ? unsent(of.label, lost, WRONG_FORM, 'SmartHR') : converted
  },
})

/** The business name where there is one, field by field. */
const businessFirst = ([business, legal]: readonly Scalar[]) => textOf(business) ?? textOf(legal)

/**
 * Kana of the name that is used. It is the business kana where there is a business name with kana, else the
 * legal kana.
 */
const kanaOf = ([businessName, businessKana, legalKana]: readonly Scalar[]) =>
  (textOf(businessName) !== null ? fullWidthKana(businessKana) : null) ?? fullWidthKana(legalKana)

const NAMES = {
  last: ['business_last_name', 'last_name'],
  first: ['business_first_name', 'first_name'],
  lastKana: ['business_last_name', 'business_last_name_yomi', 'last_name_yomi'],
  firstKana: ['business_first_name', 'business_first_name_yomi', 'first_name_yomi'],
} as const

const read = (values: Values, paths: readonly string[]) => paths.map(path => values[path] ?? null)

const GENDERS: Readonly<Record<string, string>> = { male: '男性', female: '女性' }

/** By exact name: an edited 正社員 keeps its preset and is その他 all the same (reference §5.3). */
const EMPLOYMENT_TYPES: Readonly<Record<string, string>> = {
  正社員: '正社員',
  契約社員: '契約社員',
  派遣社員: '派遣社員',
  'アルバイト・パート': 'パート・アルバイト',
  業務委託: '業務委託',
  役員: '役員（任用契約）',
}

const employmentType = ([name]: readonly Scalar[]): Scalar => {
  const text = textOf(name)
  return text === null ? null : (EMPLOYMENT_TYPES[text] ?? 'その他')
}

const date = (names: FieldNames) => orTold(pair(names, { convert: ([value]) => dateOf(value), shown: showDate }))

export const employees: readonly FieldPair[] = [
  {
    ...pair({ ...crew.email, service: 'email' }, { convert: ([value]) => keyOf(value) }),
    // The key: an address that differs in case or width only is the same person's, and stays as ミキワメ has it.
    same: ([one], [other]) => emailKey(one) === emailKey(other),
  },
  pair({ ...crew.lastName, service: 'last_name' }, { from: NAMES.last, convert: businessFirst }),
  pair({ ...crew.firstName, service: 'first_name' }, { from: NAMES.first, convert: businessFirst }),
  pair(
    { ...crew.lastNameKana, label: '姓（カタカナ）', service: 'last_name_kana' },
    { from: NAMES.lastKana, convert: kanaOf },
  ),
  pair(
    { ...crew.firstNameKana, label: '名（カタカナ）', service: 'first_name_kana' },
    { from: NAMES.firstKana, convert: kanaOf },
  ),
  pair({ ...crew.employeeNumber, service: 'employee_number' }, { convert: ([value]) => exactKeyOf(value) }),
  orTold(
    pair(
      { ...crew.gender, service: 'gender' },
      {
        convert: ([value]) => (GENDERS[textOf(value) ?? ''] ? textOf(value) : null),
        shown: ([value]) => GENDERS[textOf(value) ?? ''] ?? '',
      },
    ),
  ),
  date({ ...crew.birthDate, service: 'birth_on' }),
  // 部署1 and 役職1 only, never the first that is filled.
  pair(
    { id: 'department', label: '所属部署', smarthr: 'departments.0.code', service: 'division_code' },
    { convert: ([value]) => codeKey(value) },
  ),
  pair({ ...crew.jobTitle, service: 'job_title' }),
  date({ ...crew.hireDate, service: 'joined_on' }),
  date({ ...crew.leavingDate, service: 'retired_on' }),
  pair(
    { id: 'employment-type', label: '雇用形態', smarthr: 'employment_type.name', service: 'employment_type' },
    { convert: employmentType },
  ),
  pair(
    { id: 'has-left', label: '退職者フラグ', smarthr: 'emp_status', service: 'retired', sensitive: true },
    {
      convert: ([status]) => status === 'retired',
      shown: ([value]) => (value === true || value === 'retired' ? 'オン' : 'オフ'),
    },
  ),
]

/** E0: a person marked 「連携しない」 is out of scope; a blank is not. */
export const inScope: Flow['includes'] = ({ values }) => values[KEEP_OUT_PATH] !== KEEP_OUT

const enter = (what: string) => `SmartHRの従業員情報で、${what}を入力してから、もう一度同期してください。`

export const blanks = {
  name: `氏名が入力されていません。${enter('姓と名')}`,
  kana: `氏名カナが入力されていません。${enter('姓と名のヨミガナ')}`,
  email: `メールアドレスが入力されていません。${enter('メールアドレス')}`,
} as const

/** `whose`: the others' numbers, in brackets. */
export const sharedAddress = (whose: string): string =>
  `メールアドレスが重複しています${whose}。SmartHRの従業員情報で、メールアドレスを修正してから、もう一度同期してください。`

/** E1; a department without a code is never registered (D1). */
export function unknownDepartment(code: string | null, name: string | null): string {
  const called = name !== null && code !== null ? `${name}（${code}）` : (name ?? code ?? '')
  return `部署「${called}」がミキワメに登録されていません。${
    code === null
      ? '部署コードのない部署は、ミキワメに登録されません。SmartHRの部署の設定で部署コードを入力し、部署を同期してから、もう一度同期してください。'
      : '部署を同期してから、もう一度同期してください。'
  }`
}

/** Reasons E1–E5, all that hold, in this order. */
export async function examineEmployees({ choices, sharing }: ExamineContext): Promise<Examiner> {
  const divisions = new Set((await choices('divisions')).map(division => division.value))
  return async ({ id, key, values }) => {
    const problems: Reason[] = []
    const [code, name] = [codeKey(values['departments.0.code']), textOf(values['departments.0.name'])]
    if (code === null ? name !== null : !divisions.has(code)) {
      problems.push(unknownDepartment(code, name))
    }
    const blank = (paths: readonly (readonly string[])[], of: (values: readonly Scalar[]) => Scalar) =>
      paths.some(part => {
        const name = of(read(values, part))
        return name === null || isBroken(name)
      })
    if (blank([NAMES.last, NAMES.first], businessFirst)) problems.push(blanks.name)
    if (blank([NAMES.lastKana, NAMES.firstKana], kanaOf)) problems.push(blanks.kana)
    if (key === null) problems.push(blanks.email)
    else {
      const others = (await sharing(key)).filter(other => other.id !== id)
      if (others.length > 0) {
        const numbers = others.map(other => textOf(other.values.emp_code) ?? '未登録').join('、')
        problems.push({ shown: sharedAddress(`（社員番号: ${numbers}）`), kept: sharedAddress('') })
      }
    }
    return { problems, notes: [] }
  }
}

/** Read beyond the mapping: the department's name for the reasons, and the item that keeps people out. */
export const ALSO_READS = ['departments.0.name', KEEP_OUT_PATH]

const cell =
  (...paths: readonly string[]) =>
  ({ values }: Entry) =>
    businessFirst(read(values, paths)) ?? ''

export const employeeErrors: ErrorFile = {
  stem: 'examinees_error',
  columns: [
    { label: '社員番号', value: cell('emp_code') },
    { label: '姓', value: cell(...NAMES.last) },
    { label: '名', value: cell(...NAMES.first) },
    { label: '部署コード', value: cell('departments.0.code') },
    { label: '部署名', value: cell('departments.0.name') },
    { label: 'メールアドレス', value: cell('email') },
  ],
  reason: 'エラー内容',
}
