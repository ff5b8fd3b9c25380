import { madeUpPeople, peopleOfCompany, type MadeUpPerson } from '../people.js'
import { seedRelations } from './dependent-relations.js'
import { employmentTypeOfCrew } from './employment-types.js'
import { seedPayslipItems } from './payslip-items.js'
import { crewOf, emptyCrew, uuid } from './records.js'
import { master, seedDepartments } from './seed-departments.js'
import { seedDependents } from './seed-dependents.js'
import { completeCrew } from './seed-special-crews.js'
import { putCrew, type Tenant, type User } from './store.js'

const SEED = 20260401
const SEED_AT = new Date('2024-04-01T00:00:00Z')

/** The people of みどり商会 as made-up people; their 社員番号 are what freee's seed shares. */
export const seedPeople: readonly MadeUpPerson[] = madeUpPeople({ count: 36, seed: SEED }).map((person, index) => ({
  ...person,
  // leading zeros count: 社員番号 is text
  code: String(1001 + index).padStart(6, '0'),
}))

const EMPLOYMENT_TYPES: readonly [string, string | null][] = [
  ['役員', 'board_member'],
  ['正社員', 'full_timer'],
  ['契約社員', 'contract_worker'],
  ['派遣社員', 'permatemp'],
  ['アルバイト・パート', 'part_timer'],
  ['業務委託', 'outsourcing_contractor'],
  ['その他', 'etc'],
  ['嘱託社員', null],
]

/** More companies than the seed has, with so many people each; `admin-1@companies.example` administers the first of them. */
export const furtherTenants = (sizes: readonly number[], now: Date): Tenant[] =>
  sizes.map((count, index) => {
    const nth = index + 1
    const tenant = emptyTenant(`株式会社さくら${nth}`, `sakura-${nth}`, [user(`admin-${nth}@companies.example`, true)])
    for (const person of peopleOfCompany(nth, count))
      putCrew(tenant, crewOf(tenant, person, uuid(`${tenant.subdomain} crew ${person.code}`), now))
    return tenant
  })

/** Every title the made-up people have, so that both directions find it. */
const TITLES = [
  ...new Set([
    '部長',
    '課長',
    '係長',
    '主任',
    '一般',
    ...madeUpPeople({ count: 300, seed: 1 }).flatMap(person => person.title ?? []),
  ]),
]

function emptyTenant(name: string, subdomain: string, users: readonly User[]): Tenant {
  const company = master('company', name, {
    code: '001',
    corporate_number: '1234567890123',
    address: null,
    tel_number: '03-0000-0000',
    owner_id: null,
  })
  const blankEstablishment = {
    hel_ins_type: 'kyokai_kenpo',
    hel_ins_name: null,
    company_id: company.id,
    hel_ins_ref_code: null,
    soc_ins_owner_id: null,
    soc_ins_address: null,
    soc_ins_tel_number: null,
    soc_ins_ref_code: null,
    soc_ins_number: null,
    lab_ins_owner_id: null,
    lab_ins_address: null,
    lab_ins_tel_number: null,
    lab_ins_number: null,
    emp_ins_number: null,
    sr: null,
    jurisdiction_tax: null,
    salary_payer_address: null,
  }
  const establishment = (place: string) =>
    master('establishment', `${subdomain} ${place}`, {
      ...blankEstablishment,
      name: place,
      soc_ins_name: `${name} ${place}`,
      lab_ins_name: `${name} ${place}`,
    })
  const group = master('group', `${subdomain} 資格・備品`, {
    name: '資格・備品',
    position: 1,
    access_type: 'read_and_update',
  })
  const template = (label: string, type: string, position: number, more: Record<string, unknown> = {}) =>
    master('template', `${subdomain} ${label}`, {
      name: label,
      type,
      elements: null,
      group_id: group.id,
      hint: null,
      scale: null,
      separated_by_commas: false,
      position,
      ...more,
    })
  return {
    id: uuid(`tenant ${subdomain}`),
    name,
    subdomain,
    crews: new Map(),
    byCode: new Map(),
    companies: [company],
    bizEstablishments: [establishment('本社'), establishment('大阪支店')],
    departments: seedDepartments(company.id),
    employmentTypes: EMPLOYMENT_TYPES.map(([label, preset], index) =>
      master('employment type', label, { preset_type: preset, code: String(index + 1).padStart(2, '0') }),
    ),
    jobTitles: TITLES.map((title, index) =>
      master('job title', title, { rank: (index + 1) * 10, code: String(index + 1).padStart(3, '0') }),
    ),
    grades: ['G1', 'G2', 'G3'].map((grade, index) => master('grade', grade, { rank: index + 1 })),
    jobCategories: ['営業職', '技術職', '事務職'].map(category => master('job category', category)),
    recruitmentTypes: [
      master('recruitment type', '新卒', { preset_type: 'new_graduate' }),
      master('recruitment type', '中途', { preset_type: 'mid_career' }),
    ],
    paymentPeriods: [
      master('payment period', '月給', { period_type: 'monthly' }),
      master('payment period', '時給', { period_type: 'hourly' }),
    ],
    bankAccountSettings: [
      master('bank account setting', '給与振込口座', { enabled: true, number: 1, preset_type: 'salary_bank_account' }),
      ...[2, 3, 4].map(number =>
        master('bank account setting', `給与振込口座${number}`, { enabled: true, number, preset_type: null }),
      ),
    ],
    templateGroups: [group],
    templates: [
      template('資格の期限', 'date', 1),
      template('貸与PC番号', 'string', 2),
      template('備考', 'text', 3),
      template('保有資格数', 'decimal', 4, { scale: 0 }),
      template('証明書', 'file', 5),
      template('制服サイズ', 'enum', 6, {
        elements: ['S', 'M', 'L'].map((size, index) => ({
          id: uuid(`element ${size}`),
          name: size,
          physical_name: size.toLowerCase(),
          position: index + 1,
        })),
      }),
    ],
    payslipItems: seedPayslipItems(),
    payrolls: [],
    payslips: new Map(),
    dependentRelations: seedRelations(),
    dependents: new Map(),
    users: [...users],
    installed: false,
  }
}

const crewIdOf = (code: string) => uuid(`crew ${code}`)

/** `crew`: the 社員番号 of the employee the user is; undefined: none, as of an adviser outside the company. */
const user = (email: string, admin: boolean, crew?: string): User => ({
  id: uuid(`user ${email}`),
  email,
  admin,
  crewId: crew === undefined ? null : crewIdOf(crew),
})

/** `sora` administers both companies; ids are the same in each, as one person has one login. */
const sora = user('sora@midori.example', true)

/** The seed (SmartHR API reference §6.3), the same every time, ids included. */
export function seedTenants(): Tenant[] {
  const midori = emptyTenant('株式会社みどり商会', 'midori-shokai', [
    user('hanako@midori.example', true, seedPeople[1]?.code),
    user('jiro@midori.example', true, seedPeople[2]?.code),
    user('member@midori.example', false),
    sora,
  ])
  const department = (name: string) => midori.departments.find(candidate => candidate.name === name) ?? null
  seedPeople.forEach((person, index) => {
    const crew = crewOf(midori, person, crewIdOf(person.code), new Date(SEED_AT.getTime() + index * 60_000))
    // one address for two people, which ミキワメ refuses
    if (index === 25 || index === 26) Object.assign(crew, { email: 'front@midori.example' })
    const type = midori.employmentTypes[index - 26]
    if (index > 25 && type)
      Object.assign(crew, { employment_type: employmentTypeOfCrew(type), emp_type: type.preset_type })
    // Each special case of §6.3 once; the first 25 people are also in freee and stay plain.
    if (index === 26) Object.assign(crew, { emp_code: null })
    if (index === 27) Object.assign(crew, { departments: [null, department('営業部')] })
    if (index === 28) {
      Object.assign(crew, {
        business_last_name: '旧姓',
        business_first_name: 'はなこ',
        business_last_name_yomi: 'キュウセイ',
        business_first_name_yomi: 'ハナコ',
      })
    }
    if (index === 29) Object.assign(crew, { entered_at: null, departments: [department('新規事業準備室')] })
    if (index === 30 || index === 31) Object.assign(crew, { emp_status: 'absent' })
    if (index === 32) Object.assign(crew, { resigned_at: '2026-10-31', emp_status: 'retired' })
    if (index === 33) Object.assign(crew, { resigned_at: '2025-03-31', emp_status: 'retired' })
    if (index === 34) Object.assign(crew, { resigned_at: '2026-06-30', emp_status: 'retired' })
    if (index === 35)
      Object.assign(crew, { last_name: seedPeople[0]?.lastName, last_name_yomi: seedPeople[0]?.lastNameKana })
    putCrew(midori, completeCrew(crew, index))
  })
  // 書きかけ: people entered with next to nothing, as SmartHR lets one do.
  const unfinished: readonly [string, string, string][] = [
    ['U-0001', '仮', '太郎'],
    ['U-0002', '仮', '花子'],
    ['U-0003', '長谷川原田山本佐藤鈴木高橋伊藤渡辺中村小林加藤', '寿限無寿限無五劫の擦り切れ海砂利水魚'],
    ['U-0004', '<script>alert(1)</script>', '髙﨑'],
  ]
  unfinished.forEach(([code, last, first], index) => {
    const crew = emptyCrew(midori, uuid(`crew ${code}`), new Date(SEED_AT.getTime() + (100 + index) * 60_000))
    putCrew(midori, {
      ...crew,
      emp_code: code,
      last_name: last,
      first_name: first,
      gender: 'male',
      entered_at: '2026-04-01',
    })
  })
  seedDependents(midori)

  const aozora = emptyTenant('青空工業株式会社', 'aozora-kogyo', [user('taro@aozora.example', true), sora])
  // A company that gave the system's 正社員 a name of its own, which the screen lets one do and the API does not.
  for (const type of aozora.employmentTypes) if (type.preset_type === 'full_timer') type.name = '正社員（無期）'
  madeUpPeople({ count: 12, seed: SEED + 1 }).forEach((person, index) => {
    const crew = crewOf(
      aozora,
      person,
      uuid(`aozora crew ${person.code}`),
      new Date(SEED_AT.getTime() + index * 60_000),
    )
    putCrew(aozora, crew)
  })
  return [midori, aozora]
}
