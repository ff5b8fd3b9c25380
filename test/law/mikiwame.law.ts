import fc from 'fast-check'
import type { World } from '../helpers/world.js'
import { crewsFrom, crewsHeld, tenantOf } from './side.smarthr.js'
import { alone, flat, type Held } from './held.js'
import type { Row, Write } from './judge.js'
import { calls } from './log.js'
import { DEPARTMENTS, type Pair, type Somebody } from './pairs.js'
import { at, firstFilled, kanaAs, row, sexes, slashes, typedAs, words } from './rows.js'
import type { FlowLaw } from './trial.js'

/** ミキワメ (mikiwame §4, §5): SmartHR's blanks overwrite, business names win, 部署1 and 役職1 alone count. */
const TYPES = {
  正社員: '正社員',
  契約社員: '契約社員',
  'アルバイト・パート': 'パート・アルバイト',
  嘱託社員: 'その他',
} as const

const kana = ([used, usedKana, legalKana]: readonly unknown[]): string =>
  firstFilled(firstFilled([used]) === '' ? [legalKana] : [usedKana, legalKana])
const flag = words({ true: 'オン', false: 'オフ', retired: 'オン', employed: 'オフ', absent: 'オフ' })

const employeeRows: readonly Row[] = [
  row('メールアドレス', at('email'), at('email')),
  row('姓', at(['business_last_name', 'last_name'], firstFilled), at('last_name')),
  row('名', at(['business_first_name', 'first_name'], firstFilled), at('first_name')),
  row(
    '姓（カタカナ）',
    at(['business_last_name', 'business_last_name_yomi', 'last_name_yomi'], kana),
    at('last_name_kana'),
  ),
  row(
    '名（カタカナ）',
    at(['business_first_name', 'business_first_name_yomi', 'first_name_yomi'], kana),
    at('first_name_kana'),
  ),
  row('社員番号', at('emp_code'), at('employee_number')),
  row('戸籍上の性別', at('gender', sexes), at('gender', sexes)),
  row('生年月日', at('birth_at', slashes), at('birth_on', slashes)),
  row('所属部署', at('departments.0.code'), at('division_code')),
  row('役職', at('positions.0.name'), at('job_title')),
  row('入社年月日', at('entered_at', slashes), at('joined_on', slashes)),
  row('退職年月日', at('resigned_at', slashes), at('retired_on', slashes)),
  row('雇用形態', at('employment_type.name', words(TYPES)), at('employment_type')),
  row('退職者フラグ', at('emp_status', flag), at('retired', flag)),
]

const employeeOf = (person: Somebody): Record<string, unknown> => ({
  email: person.email,
  last_name: typedAs(person.written, person.last),
  first_name: typedAs(person.written, person.first),
  last_name_kana: kanaAs(person.written, person.lastKana),
  first_name_kana: kanaAs(person.written, person.firstKana),
  employee_number: person.code,
  gender: person.gender,
  birth_on: person.birth,
  division_code: person.departments[0] ?? null,
  job_title: person.titles[0] ?? null,
  joined_on: person.entered,
  retired_on: person.resigned,
  employment_type: person.employmentType && TYPES[person.employmentType as keyof typeof TYPES],
  retired: person.status === 'retired',
})

type Json = Record<string, unknown>

async function company(world: World): Promise<{ divisions: Json[]; employees: Json[] }> {
  const { companies } = (await world.control('GET', '/state?service=mikiwame')) as {
    companies: { divisions: Json[]; employees: Json[] }[]
  }
  const [first] = companies
  if (!first) throw new Error("ミキワメ's stand-in has no みどり商会")
  return first
}

const held = (records: readonly Json[]): Map<string, Held> =>
  new Map(records.map(({ id, ...record }) => [String(id), alone(flat(record))]))

async function writes(world: World, from: number, kind: 'employee' | 'division', sameAs: string): Promise<Write[]> {
  const known = (await company(world))[`${kind}s`]
  return (await calls(world, 'mikiwame', from)).flatMap((call): Write[] => {
    const [whole, id] = new RegExp(`/${kind}s(?:/([^/]+))?$`).exec(call.path) ?? []
    if (whole === undefined) return []
    const sent = (call.body as Record<string, Json>)[kind] ?? {}
    const values = Object.entries(sent).map(([path, value]) => ({ path, value }))
    return [{ id: id ?? String(known.find(each => each[sameAs] === sent[sameAs])?.id), month: null, values }]
  })
}

/** Everybody has an address; the names of departments are SmartHR's own. */
export const mikiwameEmployees: FlowLaw<Pair> = {
  rules: {
    rows: employeeRows,
    target: 'service',
    ofEverybodyNew: () => false,
    followsBySelf: () => false,
    beginsWith: { retired: false },
  },
  async fill(world, pairs) {
    const settings = (await tenantOf(world)).bankAccountSettings.map(({ id }) => id)
    const business = ({ source }: Pair) =>
      source && source.written !== 'plain'
        ? { business_last_name: '神谷', business_last_name_yomi: 'カミヤ', business_first_name: '' }
        : {}
    const departments = DEPARTMENTS.map(code => ({ code, name: `部署${code}` }))
    await world.control('PUT', '/switches', { service: 'smarthr', departments })
    await world.control('POST', '/people', {
      service: 'smarthr',
      people: crewsFrom(pairs, 'source', settings, business),
    })
    await world.control('PUT', '/switches', { service: 'mikiwame', departments })
    const people = pairs.flatMap(({ target }) => (target ? [employeeOf(target)] : []))
    await world.control('POST', '/people', { service: 'mikiwame', people })
  },
  held: async world => ({ source: await crewsHeld(world), target: held((await company(world)).employees) }),
  target: 'mikiwame',
  writes: (world, from) => writes(world, from, 'employee', 'email'),
  keyOf: pair => (pair.source ?? pair.target)?.email ?? '',
  sourceKey: ({ own }) => String(own.email),
  targetKey: ({ own }) => String(own.email),
  first: () => null,
  buttons: { choose: '確認', go: '同期' },
}

export interface Department {
  code: string
  name: string
  parent: string | null
}

export interface DepartmentPair {
  kind: string
  source: Department | null
  target: Department | null
}

const departmentKinds = [
  'equal',
  'another name',
  'another parent',
  'source is blank',
  'target is blank',
  'only in the source',
  'only in the target',
  'written differently',
] as const

const NAMES = ['髙島屋担当', '𠮷野営業所', '神田・﨑陽課', '第１営業部', '品質管理', 'ｼｽﾃﾑ部', 'がくしゅう課'] as const

/** Departments in three storeys: a parent is one of the ten before it that stands on both sides, so nothing is its own ancestor. */
export function departmentPairs({
  count,
  seed,
  prefix,
}: {
  count: number
  seed: number
  prefix: string
}): DepartmentPair[] {
  const arbitrary = fc.record({
    name: fc.constantFrom(...NAMES),
    other: fc.constantFrom(...NAMES),
    above: fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })),
  })
  return fc.sample(arbitrary, { seed, numRuns: count }).map(({ name, other, above }, index): DepartmentPair => {
    const kind = departmentKinds[index % departmentKinds.length] ?? 'equal'
    const code = `${prefix}${String(index + 1).padStart(4, '0')}`
    // Names are unique in the whole company (D4–D7).
    const [one, two] = [`${name}${index}`, `${other}改${index}`]
    const storey = Math.floor(index / 40)
    const parentOf = (step: number) =>
      storey === 0 ? null : `${prefix}${String((storey - 1) * 40 + (step % 5) * 8 + 1).padStart(4, '0')}`
    const [here, there] = [parentOf(above[0]), parentOf(above[1])]
    const equal = { code, name: one, parent: here }
    switch (kind) {
      case 'another name':
        return { kind, source: { ...equal, name: two }, target: equal }
      case 'another parent':
        return { kind, source: equal, target: { ...equal, parent: there } }
      case 'source is blank':
        return { kind, source: { ...equal, parent: null }, target: equal }
      case 'target is blank':
        return { kind, source: equal, target: { ...equal, parent: null } }
      case 'only in the source':
        return { kind, source: equal, target: null }
      case 'only in the target':
        return { kind, source: null, target: equal }
      case 'written differently':
        return { kind, source: { ...equal, name: one.normalize('NFD') }, target: equal }
      default:
        return { kind, source: equal, target: equal }
    }
  })
}

const departmentRows: readonly Row[] = [
  row('部署コード', at('code'), at('code')),
  row('部署名', at('name'), at('name')),
  row('親部署', at('parent'), at('parent_code')),
]

export const mikiwameDepartments: FlowLaw<DepartmentPair> = {
  rules: {
    rows: departmentRows,
    target: 'service',
    ofEverybodyNew: () => false,
    followsBySelf: () => false,
    beginsWith: {},
  },
  async fill(world, pairs) {
    const sources = pairs.flatMap(({ source }) => (source ? [source] : []))
    const targets = pairs.flatMap(({ target }) => (target ? [target] : []))
    await world.control('POST', '/people', { service: 'smarthr', people: [] })
    await world.control('PUT', '/switches', {
      service: 'smarthr',
      departments: sources.map(({ parent, ...department }) => ({ ...department, ...(parent && { parent }) })),
    })
    await world.control('PUT', '/switches', {
      service: 'mikiwame',
      employees: [],
      departments: targets.map(({ parent, ...department }) => ({ ...department, parent_code: parent })),
    })
  },
  async held(world) {
    const { departments } = await tenantOf(world)
    const source = departments.map(({ id, code, name, parent }) => ({ id, code, name, parent: parent?.code ?? null }))
    return { source: held(source), target: held((await company(world)).divisions) }
  },
  target: 'mikiwame',
  writes: (world, from) => writes(world, from, 'division', 'name'),
  keyOf: pair => (pair.source ?? pair.target)?.code ?? '',
  sourceKey: ({ own }) => String(own.code),
  targetKey: ({ own }) => String(own.code),
  first: () => null,
  buttons: { choose: '確認', go: '同期' },
}
