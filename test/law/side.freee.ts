import type { World } from '../helpers/world.js'
import { calls } from './log.js'
import { monthOf, type Flat, type Held } from './held.js'
import type { Row, Write } from './judge.js'
import { at, row, sexes, slashes, status, typedAs, words } from './rows.js'
import { NOW, type Pair, type Place, type Somebody } from './pairs.js'

/** freee人事労務 (freee §3.1–3.4): its records, what it holds, what it was sent, and what its fields are called. */

const MONTH_NOW = monthOf(NOW)

/** In the order of the JIS codes (freee §3.3). */
const PREFECTURES =
  '北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県'.split(
    ' ',
  )

const nameOf = (month: number) => `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`

const addressOf = (prefix: string, place: Place | null) => ({
  [`${prefix}zipcode1`]: place?.zip.slice(0, 3) ?? null,
  [`${prefix}zipcode2`]: place?.zip.slice(4) ?? null,
  [`${prefix}prefecture_code`]: place ? PREFECTURES.indexOf(place.pref) : null,
  [`${prefix}address`]: place && place.city + place.street,
  [`${prefix}address_kana`]: place?.kana ?? '',
})

function partsOf(person: Somebody) {
  const written = (text: string) => typedAs(person.written, text)
  const [account] = person.accounts
  return {
    profile: {
      last_name: written(person.last),
      first_name: written(person.first),
      last_name_kana: person.lastKana,
      first_name_kana: person.firstKana,
      ...addressOf('', person.resident),
      ...addressOf('residential_', person.home),
      phone1: person.phone?.parts[0] ?? null,
      phone2: person.phone?.parts[1] ?? null,
      phone3: person.phone?.parts[2] ?? null,
      title: person.titles[0] ?? null,
      married: person.married === true,
      is_working_student: person.student === true,
      widow_type: person.widow === 'single_parent' ? 'one_parent' : (person.widow ?? 'na'),
      disability_type: person.disability ?? 'na',
      email: person.email,
    },
    health: { reference_num: person.healthNumber, standard_monthly_remuneration: person.healthPay ?? 0 },
    pension: { reference_num: person.welfareNumber, standard_monthly_remuneration: person.welfarePay ?? 0 },
    bank: {
      bank_code: account?.bank ?? null,
      branch_code: account?.branch ?? null,
      account_number: account?.number ?? null,
      account_name: account?.holder ?? null,
      account_type: account?.type ?? null,
    },
  }
}

/** As freee keeps them: from the month of joining on, with other values in earlier or later months where the pair says so. */
export function employeeOf(person: Somebody, pair: Pair): Record<string, unknown> {
  const group = pair.paidLater ? 'アルバイト' : '正社員'
  const shift = pair.paidLater ? 1 : 0
  const joined = monthOf(person.entered) + shift
  const now = Math.max(MONTH_NOW + shift, joined)
  const versions = [
    ...(pair.earlier && joined < now ? [{ from: joined, parts: partsOf(pair.earlier) }] : []),
    { from: pair.earlier ? now : joined, parts: partsOf(person) },
    // The month of the later reference date has a version of its own.
    ...(pair.later ? [{ from: now + 2, parts: partsOf(pair.later) }] : []),
  ].map(({ from, parts }) => ({ from: nameOf(from), parts }))
  const history = (part: keyof ReturnType<typeof partsOf>) =>
    versions.map(({ from, parts }) => ({ from, value: parts[part] }))
  return {
    // Its own in every trial: freee's ids stay with whom they were given.
    id: 1_000_000 + person.code.charCodeAt(0) * 10_000 + Number(person.code.slice(1)),
    num: person.code,
    birthDate: person.birth,
    entryDate: person.entered,
    retireDate: person.resigned,
    basePensionNum: person.pensionNumber,
    employmentInsuranceReferenceNumber: person.employmentNumber ?? '',
    gender: person.gender ?? 'unselected',
    payroll: {
      group,
      profile: history('profile'),
      health: history('health'),
      pension: history('pension'),
      bank: history('bank'),
    },
  }
}

const PARTS = {
  profile: 'profile_rule',
  health: 'health_insurance_rule',
  pension: 'welfare_pension_insurance_rule',
  bank: 'bank_account_rule',
  basicPay: 'basic_pay_rule',
} as const

interface Employee {
  id: number
  num: string
  displayName: string
  birthDate: string
  entryDate: string
  retireDate: string | null
  basePensionNum: string | null
  employmentInsuranceReferenceNumber: string
  gender: string
  payroll:
    (Record<keyof typeof PARTS, { from: string; value: Flat }[]> & { group: string; workingHoursSystem: string }) | null
}

async function employees(world: World): Promise<Employee[]> {
  const { companies } = (await world.control('GET', '/state?service=freee')) as {
    companies: { employees: Employee[] }[]
  }
  return companies[0]?.employees ?? []
}

/** Everybody freee holds, by id, under the names of its API. */
export async function employeesHeld(world: World): Promise<Map<string, Held>> {
  return new Map(
    (await employees(world)).map(employee => {
      const { payroll } = employee
      const parts = Object.entries(PARTS).map(([part, name]) => ({
        name,
        versions: (payroll?.[part as keyof typeof PARTS] ?? []).map(({ from, value }) => ({
          from: monthOf(`${from}-01`),
          value: Object.fromEntries(Object.entries(value).map(([key, each]) => [`${name}.${key}`, each])),
        })),
      }))
      const own = {
        num: employee.num,
        display_name: employee.displayName,
        birth_date: employee.birthDate,
        entry_date: employee.entryDate,
        retire_date: employee.retireDate,
        base_pension_num: employee.basePensionNum,
        employment_insurance_reference_number: employee.employmentInsuranceReferenceNumber,
        'profile_rule.gender': employee.gender,
        group: payroll?.group,
        system: payroll?.workingHoursSystem,
      }
      return [String(employee.id), { own, parts, shift: payroll?.group === 'アルバイト' ? 1 : 0 }] as const
    }),
  )
}

const ON_PROFILE = new Set(['last_name', 'first_name', 'last_name_kana', 'first_name_kana', 'gender', 'married'])
const OF_SETTINGS = new Set([
  'working_hours_system_name',
  'company_reference_date_rule_name',
  'pay_calc_type',
  'pay_amount',
])

/** What freee was sent about people; somebody new is known by the number. */
export async function employeeWrites(world: World, from: number): Promise<Write[]> {
  const known = await employees(world)
  return (await calls(world, 'freee', from)).flatMap((call): Write[] => {
    const [whole, id, rule] = /\/api\/v1\/employees(?:\/(\d+)(?:\/(\w+))?)?$/.exec(call.path) ?? []
    if (whole === undefined) return []
    const body = call.body as Record<string, Record<string, unknown>> & { year?: number; month?: number }
    const month = body.year === undefined || body.month === undefined ? null : body.year * 12 + body.month - 1
    const sent = Object.entries((rule ? body[`employee_${rule}`] : body.employee) ?? {})
    if (rule) return [{ id: id ?? '', month, values: sent.map(([key, value]) => ({ path: `${rule}.${key}`, value })) }]
    const path = (key: string) =>
      OF_SETTINGS.has(key) ? `settings.${key}` : ON_PROFILE.has(key) ? `profile_rule.${key}` : key
    const whose = id ?? String(known.find(({ num }) => num === sent.find(([key]) => key === 'num')?.[1])?.id)
    return [
      {
        id: whose,
        month: id === undefined ? null : month,
        values: sent.map(([key, value]) => ({ path: path(key), value })),
      },
    ]
  })
}

/** The month whose version is written (freee §5.2): that of execution, or of joining if that is later; freee shifts it. */
export const monthWritten = (employee: Held): number =>
  Math.max(MONTH_NOW, monthOf(String(employee.own.entry_date))) + employee.shift

export const monthRead = (employee: Held, referenceDate: string): number => monthOf(referenceDate) + employee.shift

const yen = ([value]: readonly unknown[]) =>
  Number(value ?? 0) >= 1 ? `${Number(value).toLocaleString('ja-JP')}円` : ''
const hyphened = (values: readonly unknown[]) =>
  values.flatMap(value => (value ? [String(value as string)] : [])).join('-')
const grouped =
  (...sizes: number[]) =>
  ([value]: readonly unknown[]) => {
    const digits = String((value as string | null) ?? '').replace(/\D/g, '')
    let from = 0
    return digits === '' ? '' : sizes.map(size => digits.slice(from, (from += size))).join('-')
  }

/** Japan's prefix and an extension are no other number. */
const digitsOfPhone = (text: string): string =>
  text
    .replace(/内線.*/, '')
    .replace(/^\+81-?/, '0')
    .replace(/\D/g, '')

const addressRows = (name: string, smarthr: string, prefix: string): Row[] => [
  row(
    `${name}（郵便番号）`,
    at(`${smarthr}.zip_code`),
    at([`profile_rule.${prefix}zipcode1`, `profile_rule.${prefix}zipcode2`], hyphened),
  ),
  row(
    `${name}（都道府県）`,
    at(`${smarthr}.pref`),
    at(`profile_rule.${prefix}prefecture_code`, ([code]) =>
      typeof code === 'number' ? (PREFECTURES[code] ?? '設定しない') : '',
    ),
  ),
  // One line or two: 市区町村 and 丁目・番地 are one field in freee.
  row(
    [`${name}（市区町村／丁目・番地）`, `${name}（市区町村）`, `${name}（丁目・番地）`],
    at([`${smarthr}.city`, `${smarthr}.street`]),
    at(`profile_rule.${prefix}address`),
  ),
  row(`${name}（市区町村）`, at(`${smarthr}.city`), at(`profile_rule.${prefix}address`), { loose: true }),
  row(`${name}（丁目・番地）`, at(`${smarthr}.street`), at(`profile_rule.${prefix}address`), { loose: true }),
  row(`${name}（ヨミガナ）`, at(`${smarthr}.literal_yomi`), at(`profile_rule.${prefix}address_kana`)),
]

const yes = (there: string, not: string) => words({ true: there, false: not })

/** freee §3.1. */
export const freeeRows: readonly Row[] = [
  row('姓', at('last_name'), at('profile_rule.last_name')),
  row('名', at('first_name'), at('profile_rule.first_name')),
  row('姓ヨミガナ', at('last_name_yomi'), at('profile_rule.last_name_kana')),
  row('名ヨミガナ', at('first_name_yomi'), at('profile_rule.first_name_kana')),
  row('生年月日', at('birth_at', slashes), at('birth_date', slashes)),
  row('戸籍上の性別', at('gender', sexes), at('profile_rule.gender', sexes)),
  row('社員番号', at('emp_code'), at('num')),
  row('役職', at('positions.0.name'), at('profile_rule.title')),
  row('入社年月日', at('entered_at', slashes), at('entry_date', slashes)),
  row('退職年月日', at('resigned_at', slashes), at('retire_date', slashes)),
  status,
  row('配偶者の有無', at('having_spouse', yes('あり', 'なし')), at('profile_rule.married', yes('あり', 'なし')), {
    loose: true,
  }),
  row(
    '勤労学生',
    at('working_student_flag', yes('該当', '非該当')),
    at('profile_rule.is_working_student', yes('該当', '非該当')),
    { loose: true },
  ),
  row(
    '寡婦・ひとり親',
    at('widow_type', words({ widow: '寡婦', single_parent: 'ひとり親' })),
    at('profile_rule.widow_type', words({ widow: '寡婦', one_parent: 'ひとり親' })),
  ),
  row(
    '障害者区分',
    at('handicapped_type', words({ ordinary_handicapped: '障害者', special_handicapped: '特別障害者' })),
    at('profile_rule.disability_type', words({ general: '障害者', heavy: '特別障害者' })),
  ),
  ...addressRows('現住所', 'address', 'residential_'),
  ...addressRows('住民票住所', 'resident_card_address', ''),
  row(
    '電話番号',
    at('tel_number'),
    at(['profile_rule.phone1', 'profile_rule.phone2', 'profile_rule.phone3'], hyphened),
    { plain: digitsOfPhone },
  ),
  row('銀行コード', at('bank_accounts.0.bank_code'), at('bank_account_rule.bank_code')),
  row('支店コード', at('bank_accounts.0.bank_branch_code'), at('bank_account_rule.branch_code')),
  row(
    '預金種別',
    at('bank_accounts.0.account_type', words({ saving: '普通', checking: '当座', deposit: '貯蓄' })),
    at('bank_account_rule.account_type', words({ ordinary: '普通', current: '当座', saving: '貯蓄' })),
  ),
  row('口座番号', at('bank_accounts.0.account_number'), at('bank_account_rule.account_number')),
  row('名義(カタカナ)', at('bank_accounts.0.account_holder_name'), at('bank_account_rule.account_name')),
  row(
    '雇用保険の被保険者番号',
    at('emp_ins_insured_person_number', grouped(4, 6, 1)),
    at('employment_insurance_reference_number', grouped(4, 6, 1)),
  ),
  row('基礎年金番号', at('basic_pension_number', grouped(4, 6)), at('base_pension_num', grouped(4, 6))),
  row('健康保険の被保険者整理番号', at('hel_ins_insured_person_number'), at('health_insurance_rule.reference_num')),
  row(
    '厚生年金保険の被保険者整理番号',
    at('soc_ins_insured_person_number'),
    at('welfare_pension_insurance_rule.reference_num'),
  ),
  row(
    '健康保険の標準報酬月額',
    at('monthly_standard_income_hel', yen),
    at('health_insurance_rule.standard_monthly_remuneration', yen),
  ),
  row(
    '厚生年金の標準報酬月額',
    at('monthly_standard_income_pns', yen),
    at('welfare_pension_insurance_rule.standard_monthly_remuneration', yen),
  ),
]

/** What somebody new in freee begins with, where it is no blank (freee §3.5). */
export const freeeBeginsWith: Flat = {
  'profile_rule.married': false,
  'profile_rule.is_working_student': false,
  'profile_rule.widow_type': 'na',
  'profile_rule.disability_type': 'na',
  'health_insurance_rule.standard_monthly_remuneration': 0,
  'welfare_pension_insurance_rule.standard_monthly_remuneration': 0,
}
