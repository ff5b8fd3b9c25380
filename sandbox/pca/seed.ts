import { madeUpPeople, type MadeUpPerson } from '../people.js'
import { employeeOf } from './records.js'
import { DEFAULT_SWITCHES, type Area, type Employee, type PcaStore, type Product, type Service } from './store.js'
import { createEmployeeTable, type NewEmployee } from './table.js'

const PASSWORD = 'renkei-demo'

/** The contract of the demo, and another one whose CALs are its own. */
const SERVICES: readonly Service[] = [
  {
    id: '12345678',
    password: PASSWORD,
    users: [
      { name: 'user01', password: PASSWORD },
      { name: 'user02', password: PASSWORD },
    ],
  },
  { id: '87654321', password: PASSWORD, users: [{ name: 'user01', password: PASSWORD }] },
]

/** The abbreviation of the product in the names of its areas; hyper's is assumed. */
const ABBREVIATION: Record<Product, string> = { Pay20: 'PAY', PayHyper20: 'HYP' }

const SEEDED_AT = '2026-03-31T18:00:00'

const DEPARTMENTS = [
  { Code: '001', Name: '本社' },
  { Code: '002', Name: '営業部' },
  { Code: '003', Name: '製造部' },
]

/** How many people of SmartHR are also in 給与; hyper has fewer of them. */
const OVERLAP: Record<Product, number> = { Pay20: 24, PayHyper20: 16 }

/** More than one page of 200. */
const OSAKA_EMPLOYEES: Record<Product, number> = { Pay20: 230, PayHyper20: 12 }

/** The same every time, ids and stamps included. `crews` are SmartHR's people of みどり商会, in their order. */
export function seedStore(crews: readonly MadeUpPerson[]): PcaStore {
  return {
    services: SERVICES,
    products: {
      Pay20: { areas: areasFor('Pay20', crews) },
      PayHyper20: { areas: areasFor('PayHyper20', crews) },
    },
    grants: [],
    sessions: new Map(),
    journal: [],
    switches: { ...DEFAULT_SWITCHES },
  }
}

/** Two years of みどり商会, the current one first; its daughter in Osaka; and a company without people. */
function areasFor(product: Product, crews: readonly MadeUpPerson[]): Area[] {
  const area = (company: string, number: string, year: number, name: [string, string], length: number): Area => ({
    Name: `P20V01C${company}${ABBREVIATION[product]}${number}`,
    CompanyCode: company,
    CompanyName: name[0],
    CompanyKana: name[1],
    CompanyTerm: year - 1990,
    CompanyTermStart: year * 10_000 + 101,
    CompanyTermEnd: year * 10_000 + 1231,
    UpdateTime: SEEDED_AT,
    departments: DEPARTMENTS,
    codes: { length, letters: false },
    employees: createEmployeeTable(),
  })
  const midori: [string, string] = ['株式会社みどり商会', 'ｶﾌﾞｼｷｶﾞｲｼｬﾐﾄﾞﾘｼｮｳｶｲ']
  const current = area('001', '0001', 2026, midori, 13)
  const lastYear = area('001', '0002', 2025, midori, 13)
  const osaka = area('002', '0001', 2026, ['株式会社みどり商会大阪', 'ｶﾌﾞｼｷｶﾞｲｼｬﾐﾄﾞﾘｼｮｳｶｲｵｵｻｶ'], 4)
  const farm = area('003', '0001', 2026, ['みどりファーム合同会社', 'ﾐﾄﾞﾘﾌｧｰﾑｺﾞｳﾄﾞｳｶﾞｲｼｬ'], 4)

  employCounterparts(current, crews, OVERLAP[product])
  employSpecialCases(current, crews)
  for (const person of madeUpPeople({ count: 8, seed: 2020 })) hire(current, person, String(9000 + person.index))

  // Last year: other people, some of this year's with what was known of them then, and some who have left since.
  for (const person of madeUpPeople({ count: 14, seed: 2525 })) {
    const left = person.index > 10 ? { RetireDate: 20251231, WorkingState: 'Retired' as const } : {}
    hire(lastYear, person, String(7000 + person.index), left)
  }
  for (const person of crews.slice(0, 6))
    hire(lastYear, person, person.code, { FirstName: `${person.firstName}（旧）` })

  for (const person of madeUpPeople({ count: OSAKA_EMPLOYEES[product], seed: 3030 })) {
    hire(osaka, person, String(person.index).padStart(4, '0'))
  }
  return [current, lastYear, osaka, farm]
}

function hire(area: Area, person: MadeUpPerson, code: string, changes: Partial<NewEmployee> = {}): Employee {
  return area.employees.add({ ...employeeOf(area, person), Code: code, ...changes }, SEEDED_AT)
}

/** Fields in which PCA differs from SmartHR, in turn. */
const DIFFERENCES: readonly Partial<NewEmployee>[] = [
  { BirthDate: 19880229 },
  { EnterDate: 20190701 },
  { FirstKana: 'アキヒロ' },
  { LastName: '綾小路', LastKana: 'アヤノコウジ' },
  { EnterDate: 0 },
]

/**
 * The people who are also in SmartHR: every third differs in one field, the others are equal – three of them only after
 * conversion.
 */
function employCounterparts(area: Area, crews: readonly MadeUpPerson[], count: number) {
  crews.slice(0, count).forEach((person, position) => {
    const differs = position % 3 === 1
    const changes = differs ? (DIFFERENCES[Math.floor(position / 3) % DIFFERENCES.length] ?? {}) : {}
    const kana = (text: string) => (position === 2 || position === 8 ? halfWidth(text) : text)
    const hidden =
      position === 5
        ? {
            MaidenName: '白鳥',
            MaidenKana: 'ｼﾗﾄﾘ',
            NameChangeDate: 20210630,
            MyNumberManageNo: 'M-000005',
            WorkingState: 'Leave' as const,
          }
        : {}
    hire(area, person, position === 3 || position === 8 ? person.code.padEnd(13) : person.code, {
      LastKana: kana(person.lastNameKana),
      FirstKana: kana(person.firstNameKana),
      ...hidden,
      ...changes,
    })
  })
}

/** Each special case of the reference's checklist (§8) once. */
function employSpecialCases(area: Area, crews: readonly MadeUpPerson[]) {
  // Retired in SmartHR too (its seed, positions 32–34): not known here yet; known; known, but 就労状況 left as it was.
  const retired: readonly [number, Partial<NewEmployee>][] = [
    [32, {}],
    [33, { RetireDate: 20250331, WorkingState: 'Retired' }],
    [34, { RetireDate: 20260630 }],
  ]
  for (const [position, changes] of retired) {
    const person = crews[position]
    if (person) hire(area, person, person.code, changes)
  }
  // Has no 社員番号 in SmartHR.
  const unnumbered = crews[26]
  if (unnumbered) hire(area, unnumbered, unnumbered.code)

  const onlyHere: readonly [string, Partial<NewEmployee>][] = [
    // The same number as a SmartHR 社員番号 but for its zeros: another person.
    ['1001', {}],
    ['0042', { LastKana: 'ﾔﾏﾀﾞ', FirstKana: 'ﾊﾅｺ' }],
    ['1234567890123', {}],
    ['A0012        ', {}],
    ['8001', { RetireDate: 20251231, WorkingState: 'Retired' }],
    ['8002', { RetireDate: 20270331 }],
    ['8003', { LastKana: 'さとう', FirstKana: 'ﾊﾟﾝ　ｼﾞｮｰ' }],
    ['8004', { FirstName: '', FirstKana: '', BirthDate: 0, EnterDate: 0 }],
    ['8005', { LastKana: 'Smith', FirstKana: 'John' }],
    ['8006', { MaidenName: '旧田', MaidenKana: 'ｷｭｳﾀﾞ', NameChangeDate: 20240401, MyNumberManageNo: 'M-008006' }],
    ['8007', { LastName: '髙﨑', LastKana: 'タカサキ', FirstName: '<b>太字</b>' }],
  ]
  const people = madeUpPeople({ count: onlyHere.length, seed: 1010 })
  onlyHere.forEach(([code, changes], position) => {
    const person = people[position]
    if (person) hire(area, person, code, changes)
  })
}

/** The area employs exactly these people from now on; it takes codes with letters if they have such. */
export function employ(area: Area, people: readonly MadeUpPerson[], stamp: string) {
  area.codes.letters = people.some(person => !/^[0-9]*$/.test(person.code))
  area.employees.clear()
  for (const person of people) area.employees.add(employeeOf(area, person), stamp)
}

/** ｱ–ﾟ by their full-width signs; voiced ones are two signs in half width. */
const HALF_WIDTH = new Map(
  Array.from({ length: 0xff9f - 0xff66 + 1 }, (_, position) => String.fromCodePoint(0xff66 + position)).map(half => [
    half.normalize('NFKC'),
    half,
  ]),
)

/** Full-width katakana in half width: `ヤマダ` → `ﾔﾏﾀﾞ`. */
export const halfWidth = (kana: string): string =>
  [...kana.normalize('NFD')].map(sign => HALF_WIDTH.get(sign) ?? sign).join('')
