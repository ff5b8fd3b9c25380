import type { MadeUpPerson } from '../people.js'
import { madeUpPeople } from '../people.js'
import {
  defaultSwitches,
  newDivision,
  newEmployee,
  setEmployees,
  type Admin,
  type Company,
  type Employee,
  type MikiwameStore,
} from './store.js'

/** The company token of みどり商会 (design §8). */
export const MIDORI_TOKEN = 'renkei-demo-mikiwame'
export const AOZORA_TOKEN = 'renkei-demo-mikiwame-aozora'

/** A made-up person as ミキワメ keeps them after a sync; departments go by their names. */
export function employeeOf(store: MikiwameStore, company: Company, person: MadeUpPerson): Employee {
  return newEmployee(store, {
    email: person.email ?? '',
    last_name: person.lastName,
    first_name: person.firstName,
    last_name_kana: person.lastNameKana,
    first_name_kana: person.firstNameKana,
    employee_number: person.code,
    gender: person.gender,
    birth_on: person.birthDate,
    division_code: company.divisions.find(division => division.name === person.department)?.code ?? null,
    job_title: person.title,
    joined_on: person.entryDate,
    retired_on: person.retireDate,
    employment_type: '正社員',
    retired: false,
  })
}

const admin = (id: number, email: string, name: [string, string], administrator = true): Admin => ({
  id: `ad_${id}`,
  email,
  last_name: name[0],
  first_name: name[1],
  administrator,
})

function emptyCompany(id: string, name: string, token: string, admins: readonly Admin[]): Company {
  return { id, name, token, admins, divisions: [], employees: [], byEmail: new Map() }
}

/** The three departments ミキワメ knows in both worked examples (§4.3) and in that of the employees (§5.5). */
const KNOWN = [
  ['A001', '営業部'],
  ['A002', '開発部'],
  ['A003', '人事部'],
] as const

/**
 * Two companies (§10), the same every time, ids included. `crews` are the people of SmartHR: the first are in ミキワメ
 * too, some of them with data that the next sync changes.
 */
export function seedStore(crews: readonly MadeUpPerson[]): MikiwameStore {
  const store: MikiwameStore = { companies: [], switches: defaultSwitches(), nextDivision: 1, nextEmployee: 1 }
  const midori = emptyCompany('co_1', '株式会社みどり商会', MIDORI_TOKEN, [
    admin(1, 'hanako@midori.example', ['緑川', '花子']),
    admin(2, 'jiro@midori.example', ['緑川', '次郎']),
    admin(3, 'sora@midori.example', ['青山', '空']),
    admin(4, 'member@midori.example', ['緑川', '三郎'], false),
  ])
  const aozora = emptyCompany('co_2', '青空工業株式会社', AOZORA_TOKEN, [
    admin(5, 'taro@aozora.example', ['青空', '太郎']),
    admin(6, 'sora@midori.example', ['青山', '空']),
  ])
  store.companies.push(midori, aozora)
  for (const [code, name] of KNOWN) midori.divisions.push(newDivision(store, { code, name, parent_code: null }))
  aozora.divisions.push(newDivision(store, { code: 'B001', name: '製造部', parent_code: null }))

  const known = crews.slice(0, 20).map(person => employeeOf(store, midori, person))
  const change = (index: number, fields: Partial<Employee>) => Object.assign(known[index] ?? {}, fields)
  change(4, { job_title: '課長代理' })
  change(5, { joined_on: '2001-04-01', division_code: 'A003' })
  // the key whatever its case: updated, not created
  change(6, { email: known[6]?.email.toUpperCase() })
  // SmartHR has another address since the last sync: a second record will appear (§5.4)
  change(7, { email: 'kyu-address@midori.example' })
  // set by hand in ミキワメ; the next sync takes it back (§5.1 note 6)
  change(8, { retired: true })
  const retiredSince = crews[33]
  const onlyHere = madeUpPeople({ count: 2, seed: 77 }).map((person, index) => ({
    ...person,
    code: `M-${index + 1}`,
    email: `mikiwame-only-${index + 1}@midori.example`,
    department: '人事部',
  }))
  const others = [...(retiredSince ? [retiredSince] : []), ...onlyHere]
  setEmployees(midori, [...known, ...others.map(person => employeeOf(store, midori, person))])
  setEmployees(
    aozora,
    madeUpPeople({ count: 2, seed: 78 }).map(person =>
      employeeOf(store, aozora, { ...person, email: `${person.code.toLowerCase()}@aozora.example` }),
    ),
  )
  return store
}
