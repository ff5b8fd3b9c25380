import { madeUpPeople, type MadeUpPerson } from '../people.js'
import type { Brand } from './brands.js'
import { plusDays, plusYears } from './dates.js'
import { newEmployee } from './fields.js'
import { DEFAULT_SWITCHES, keyOf, newToken, type AccessToken, type Employee, type Store } from './store.js'

/** An address nobody in a test calls from by accident. */
export const PERMITTED_ADDRESS = '203.0.113.10'

const NO_RIGHTS = { employeeRead: false, employeeWrite: false, companyRead: false }

/** The seed of one brand: みどり商会, its masters, its tokens and people relative to `today` (§9.3). */
export function seedStore({ name }: Brand, crews: readonly MadeUpPerson[], today: string): Store {
  return {
    brand: name,
    company: { key: 'cmp-midori', code: 'midori', name: '株式会社みどり商会' },
    divisions: [
      { code: '1000', name: '本社', dayBorderTime: '00:00' },
      { code: '2000', name: '大阪支店', dayBorderTime: '05:00' },
      { code: '3000', name: '倉庫', dayBorderTime: '00:00' },
    ],
    workingTypes: [
      { code: '1', name: '正社員' },
      { code: '2', name: 'パート' },
      { code: '3', name: '役員' },
    ],
    employees: byKey(seedEmployees(name, crews, today)),
    tokens: new Map(seedTokens(name).map(token => [token.token, token])),
    codes: new Map(),
    misses: new Map(),
    violations: [],
    punches: [],
    switches: { ...DEFAULT_SWITCHES },
  }
}

function seedTokens(name: string): AccessToken[] {
  const demo = `renkei-demo-${name}`
  return [
    newToken(demo, 'デモ'),
    newToken(`${demo}-readonly`, '参照のみ', { rights: { ...NO_RIGHTS, employeeRead: true, companyRead: true } }),
    newToken(`${demo}-norights`, '権限なし', { rights: NO_RIGHTS }),
    newToken(`${demo}-stopped`, '停止済み', { stopped: true }),
    newToken(`${demo}-ip`, 'IPアドレス制限', { allowedIps: [PERMITTED_ADDRESS] }),
  ]
}

const byKey = (employees: readonly Employee[]) => new Map(employees.map(employee => [employee.key, employee]))

/** A made-up person as this service keeps them. */
function employeeOf(brand: string, person: MadeUpPerson): Employee {
  return newEmployee(keyOf(`${brand} ${person.code}`), {
    code: person.code,
    lastName: person.lastName,
    firstName: person.firstName,
    gender: person.gender,
    divisionCode: '1000',
    typeCode: '1',
    lastNamePhonetics: person.lastNameKana,
    firstNamePhonetics: person.firstNameKana,
    birthDate: person.birthDate,
    hiredDate: person.entryDate,
    resignationDate: person.retireDate,
    emailAddresses: person.email === null ? null : [person.email],
  })
}

/** The people of みどり商会 are these from now on. */
export function replacePeople(store: Store, people: readonly MadeUpPerson[]): void {
  store.employees = byKey(people.map(person => employeeOf(store.brand, person)))
}

type Special = (employee: Employee, today: string) => Partial<Employee>

/**
 * The special cases of §9.3 among the people SmartHR has too, by their position there. SmartHR's own special people
 * begin at 26, of whom 29 has a day of joining here only. Who is named in neither list is equal on both sides.
 */
const SPECIAL: Readonly<Record<number, Special>> = {
  // married; the new name is in SmartHR only
  10: () => ({ lastName: '旧川', lastNamePhonetics: 'キュウカワ' }),
  // half-width kana mean the same
  11: ({ lastNamePhonetics, firstNamePhonetics }) => ({
    lastNamePhonetics: halfWidth(lastNamePhonetics),
    firstNamePhonetics: halfWidth(firstNamePhonetics),
  }),
  // the reserve address must survive an update
  12: () => ({ emailAddresses: ['former@midori.example', 'reserve@midori.example'] }),
  13: () => ({ emailAddresses: null }),
  14: (_, today) => ({ resignationDate: today }),
  15: (_, today) => ({ resignationDate: plusDays(today, 1) }),
  // hired in SmartHR already, here only next month
  16: (_, today) => ({ hiredDate: plusDays(today, 30) }),
  17: (_, today) => ({ resignationDate: plusYears(today, -1) }),
  18: () => ({ gender: 'no_selected' }),
  19: ({ hiredDate }) => ({ hiredDate: plusDays(hiredDate ?? '2020-04-01', 1) }),
  // without the leading zeros of SmartHR: somebody else
  20: ({ code }) => ({ code: code.replace(/^0+/, '') }),
  // SmartHR's business name
  28: () => ({
    lastName: '旧姓',
    firstName: 'はなこ',
    lastNamePhonetics: 'キュウセイ',
    firstNamePhonetics: 'ハナコ',
  }),
  33: () => ({ resignationDate: '2025-03-31' }),
  34: () => ({ resignationDate: '2026-06-30' }),
}

/** Only in SmartHR; 26 has no 社員番号 there. */
const ONLY_IN_SMARTHR = new Set([21, 22, 23, 24, 25, 26, 35])

/** Codes of the people only this side knows, and what is special about them. */
const ONLY_HERE: readonly (readonly [code: string, special?: Special])[] = [
  ['00103'],
  ['A0004'],
  ['00108', (_, today) => ({ resignationDate: today })],
  ['00110', (_, today) => ({ hiredDate: plusDays(today, 30) })],
  ['00118', (_, today) => ({ resignationDate: plusYears(today, -1) })],
  ['00112', () => ({ gender: 'no_selected' })],
  ['K0001'],
  ['K0002', () => ({ emailAddresses: null })],
  ['K0003', (_, today) => ({ resignationDate: plusDays(today, 1) })],
  ['K0004', () => ({ hiredDate: null, birthDate: null })],
]

/** Part-timers and other places, so that the order of the list shows. */
function placeOf(position: number): Partial<Employee> {
  return {
    divisionCode: position % 5 === 3 ? '2000' : position % 7 === 6 ? '3000' : '1000',
    ...(position % 6 === 5 && { typeCode: '2', allDayRegardingWorkInMinute: 300 }),
    ...(position === 0 && { typeCode: '3' }),
  }
}

function seedEmployees(brand: string, crews: readonly MadeUpPerson[], today: string): Employee[] {
  const shared = crews.flatMap((person, position) => {
    if (ONLY_IN_SMARTHR.has(position)) return []
    const employee = employeeOf(brand, person)
    return [{ ...employee, ...placeOf(position), ...SPECIAL[position]?.(employee, today) }]
  })
  const people = madeUpPeople({ count: ONLY_HERE.length, seed: 9393 })
  const own = ONLY_HERE.flatMap(([code, special], position) => {
    const person = people[position]
    if (!person) return []
    const employee = employeeOf(brand, { ...person, code, email: `${code.toLowerCase()}@midori.example` })
    return [{ ...employee, ...placeOf(position + 1), ...special?.(employee, today) }]
  })
  return [...shared, ...own]
}

const FULL =
  'アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲンァィゥェォャュョッー'
const HALF = 'ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰ'

/** サトウ → ｻﾄｳ, ガ → ｶﾞ */
function halfWidth(kana: string | null): string | null {
  return (
    kana &&
    [...kana.normalize('NFD')]
      .map(sign => ({ '\u3099': 'ﾞ', '\u309a': 'ﾟ' })[sign] ?? HALF[FULL.indexOf(sign)] ?? sign)
      .join('')
  )
}
