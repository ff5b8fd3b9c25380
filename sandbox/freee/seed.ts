import { differingTwin, madeUpPeople, peopleOfCompany, type MadeUpPerson } from '../people.js'
import { employeeOf, newEmployee } from './records.js'
import { addStatements, payEverybody } from './seed-statements.js'
import {
  createEmployeeTable,
  DEFAULT_SWITCHES,
  type Company,
  type Employee,
  type FreeeStore,
  type ReferenceDateRule,
  type WorkingHoursSystem,
} from './store.js'

/** みどり商会, the company of the demo; and its second company, whose 事業所番号 has letters. */
export const MIDORI = { id: 123, externalCid: '0123456789' } as const
export const MIDORI_OSAKA = { id: 124, externalCid: '01234567af' } as const

const PASSWORD = 'renkei-demo'

const REGULAR: ReferenceDateRule = { name: '正社員', closingDay: 31, payDay: 25, monthOfPayDay: 'this_month' }
const PART_TIME: ReferenceDateRule = {
  name: 'アルバイト',
  closingDay: 31,
  payDay: 15,
  monthOfPayDay: 'next_month',
}
const FIXED_HOURS: WorkingHoursSystem = { name: '固定時間', flex: false }
const FLEX: WorkingHoursSystem = { name: 'フレックスタイム', flex: true }

/** How many of SmartHR's people are also in freee, and which of those (by position) differ. */
const OVERLAP = 25
const DIFFERS = new Set([1, 3, 6, 8, 10, 13, 15, 18, 20, 23])

const FREEE_ONLY = 90

/**
 * The seed: みどり商会 with people who are also in SmartHR (`crews`, in their order), people only freee knows, and each
 * special case of freee §9 once. The same every time, ids included.
 */
export function seedStore(crews: readonly MadeUpPerson[]): FreeeStore {
  const midori = emptyCompany(MIDORI, '株式会社みどり商会', 1001)
  const osaka = emptyCompany(MIDORI_OSAKA, '株式会社みどり商会 大阪', 5001)

  const shared = crews.slice(0, OVERLAP).map((person, position) =>
    hire(midori, DIFFERS.has(position) ? differingTwin(person, 1) : person, {
      group: position % 5 === 4 ? PART_TIME : REGULAR,
    }),
  )
  const onlyHere = madeUpPeople({ count: FREEE_ONLY, seed: 4242 }).map((person, position) =>
    hire(midori, freeeOnly(person, `F${String(person.index).padStart(4, '0')}`), {
      group: position % 10 === 9 ? PART_TIME : REGULAR,
      system: position % 15 === 14 ? FLEX : FIXED_HOURS,
    }),
  )
  hireSpecialCases(midori)
  addStatements(midori, shared, onlyHere)
  for (const person of madeUpPeople({ count: 5, seed: 777 })) hire(osaka, freeeOnly(person, `O${person.index}`), {})

  const staff = onlyHere[0]
  if (staff) Object.assign(staff, { userId: 2, loginEmail: 'staff@freee.example' })
  return {
    companies: new Map([midori, osaka].map(company => [company.id, company])),
    users: [
      {
        id: 1,
        email: 'owner@freee.example',
        password: PASSWORD,
        roles: [
          { companyId: MIDORI.id, role: 'company_admin' },
          { companyId: MIDORI_OSAKA.id, role: 'company_admin' },
        ],
      },
      { id: 2, email: 'staff@freee.example', password: PASSWORD, roles: [{ companyId: MIDORI.id, role: 'self_only' }] },
    ],
    codes: new Map(),
    grants: new Map(),
    logIns: new Map(),
    switches: { ...DEFAULT_SWITCHES },
  }
}

/** Of so many people at freee one differs a little from who they are elsewhere. */
const ONE_DIFFERS_OF = 20

/**
 * The owner gets companies more, each with so many of its people: 201 with 事業所番号 0200000001 and so on. One in twenty
 * differs from who they are in SmartHR.
 */
export function addCompanies(store: FreeeStore, sizes: readonly number[]) {
  for (const [index, size] of sizes.entries()) {
    const nth = index + 1
    const id = 200 + nth
    const externalCid = `02${String(nth).padStart(8, '0')}`
    const company = emptyCompany({ id, externalCid }, `株式会社さくら${nth}`, 10_000 * nth)
    store.companies.set(id, company)
    const people = peopleOfCompany(nth, size)
    if (size > 0)
      replaceEmployees(
        company,
        people.map(person => (person.index % ONE_DIFFERS_OF === 0 ? differingTwin(person, nth) : person)),
      )
    store.users.find(user => user.id === 1)?.roles.push({ companyId: id, role: 'company_admin' })
  }
}

/**
 * みどり商会 employs exactly these people from now on; every tenth is paid in the following month. Statements go; with
 * `now` there are new ones for its month and the month before.
 */
export function replaceEmployees(company: Company, people: readonly MadeUpPerson[], now?: Date) {
  const firstId = 100_001
  company.employees.replaceAll(
    people.map((person, position) =>
      employeeOf(person, {
        id: firstId + position,
        companyId: company.id,
        group: position % 10 === 9 ? PART_TIME : REGULAR,
        workingHoursSystem: FIXED_HOURS,
      }),
    ),
    firstId + people.length,
  )
  company.salaryStatements = now ? payEverybody(company.employees.all(), now) : []
  company.bonusStatements = []
}

function emptyCompany(
  { id, externalCid }: { id: number; externalCid: string },
  name: string,
  firstEmployeeId: number,
): Company {
  return {
    id,
    externalCid,
    name,
    groups: [REGULAR, PART_TIME],
    workingHoursSystems: [FIXED_HOURS, { name: '裁量労働', flex: false }, FLEX],
    employees: createEmployeeTable(firstEmployeeId),
    salaryStatements: [],
    bonusStatements: [],
  }
}

function hire(
  company: Company,
  person: MadeUpPerson,
  { group = REGULAR, system = FIXED_HOURS }: { group?: ReferenceDateRule; system?: WorkingHoursSystem },
): Employee {
  const employee = employeeOf(person, {
    id: company.employees.nextId(),
    companyId: company.id,
    group,
    workingHoursSystem: system,
  })
  company.employees.add(employee)
  return employee
}

/** Entered in freee by hand: the reading begins after the prefecture, as freee asks for it. */
function freeeOnly(person: MadeUpPerson, code: string): MadeUpPerson {
  const shorter = (address: MadeUpPerson['home']) => ({
    ...address,
    kana: address.kana.replace(/^(ホッカイドウ|トウキョウト|[ァ-ヶー]+?ケン|キョウトフ|オオサカフ)/, ''),
  })
  return { ...person, code, home: shorter(person.home), resident: shorter(person.resident) }
}

/** One person for each special case of freee §9; the code says which. */
function hireSpecialCases(company: Company) {
  const people = madeUpPeople({ count: 20, seed: 99 }).map(person => freeeOnly(person, `X${person.index}`))
  const special = (code: string, changes: Partial<MadeUpPerson>, place: Parameters<typeof hire>[2] = {}) => {
    const person = people.shift()
    if (!person) throw new Error('Not enough people for the special cases')
    return hire(company, { ...person, code, ...changes }, place)
  }
  special('S-TAISHOKU-MAE', { retireDate: '2026-10-30' })
  special('S-TAISHOKU-TOJITSU', { retireDate: '2026-10-31' })
  special('S-TAISHOKU-ATO', { retireDate: '2026-11-01' })
  special('S-TAISHOKU-ZENGETSU', { retireDate: '2026-09-30' })
  special('S-NYUSHA-TOJITSU', { entryDate: '2026-10-31' })
  special('S-NYUSHA-ATO', { entryDate: '2026-11-01' })
  special('S-NYUSHA-RAINEN', { entryDate: '2027-04-01' })
  special('S-CHOFUKU', {})
  special('S-CHOFUKU', {})
  special('', {})
  special('S-KANA-NASHI', { lastNameKana: '', firstNameKana: '' })
  special('S-SHAHO-MIKANYU', {
    healthInsuranceNumber: null,
    pensionInsuranceNumber: null,
    healthStandardPay: null,
    pensionStandardPay: null,
  })
  special('S-SEIRI-BANGO', { healthInsuranceNumber: '健-12', pensionInsuranceNumber: '厚-12' })
  special('S-KOZA-NASHI', { bank: null })
  special('S-FLEX', {}, { system: FLEX })
  const nowhere = special('S-KAIGAI', {})
  for (const profile of profilesOf(nowhere)) {
    Object.assign(profile, { prefecture_code: -1, address: null, address_kana: '', zipcode1: null, zipcode2: null })
    Object.assign(profile, { residential_prefecture_code: -1, residential_address: 'Rue de la Paix 1, Paris' })
  }
  const id = company.employees.nextId()
  company.employees.add(
    newEmployee({
      id,
      companyId: company.id,
      num: 'S-KEISAN-TAISHOGAI',
      lastName: '高田',
      firstName: '監査',
      lastNameKana: 'タカダ',
      firstNameKana: 'カンサ',
      birthDate: '1958-05-20',
      entryDate: '2020-06-25',
      gender: 'male',
      married: false,
      payroll: null,
    }),
  )
}

const profilesOf = (employee: Employee) => employee.payroll?.profile.map(entry => entry.value) ?? []
