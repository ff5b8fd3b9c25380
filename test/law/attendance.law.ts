import type { World } from '../helpers/world.js'
import { accountDefault, crewsFrom, crewsHeld, crewWrites, tenantOf } from './side.smarthr.js'
import { alone, flat, type Held } from './held.js'
import type { Row, Write } from './judge.js'
import { calls } from './log.js'
import { blanker, type Pair, type Somebody } from './pairs.js'
import { at, kanaAs, row, sexes, slashes, status, typedAs } from './rows.js'
import type { FlowLaw } from './trial.js'

/** 勤革時, KING OF TIME and Touch On Time (king-of-time §4): one service under three names. */
const rows: readonly Row[] = [
  row('社員番号', at('emp_code'), at('code')),
  row('姓', at('last_name'), at('lastName')),
  row('名', at('first_name'), at('firstName')),
  row('姓（ヨミガナ）', at('last_name_yomi'), at('lastNamePhonetics')),
  row('名（ヨミガナ）', at('first_name_yomi'), at('firstNamePhonetics')),
  row('戸籍上の性別', at('gender', sexes), at('gender', sexes)),
  row('生年月日', at('birth_at', slashes), at('birthDate', slashes)),
  row('入社年月日', at('entered_at', slashes), at('hiredDate', slashes)),
  row('退職年月日', at('resigned_at', slashes), at('resignationDate', slashes)),
  status,
  row('メールアドレス', at('email'), at('emailAddresses.0')),
]

const employeeOf = (person: Somebody, brand: string): Record<string, unknown> => ({
  key: Buffer.from(`${brand} ${person.code}`).toString('hex').padEnd(64, '0'),
  code: person.code,
  lastName: typedAs(person.written, person.last),
  firstName: typedAs(person.written, person.first),
  lastNamePhonetics: kanaAs(person.written, person.lastKana) || null,
  firstNamePhonetics: kanaAs(person.written, person.firstKana) || null,
  gender: person.gender ?? 'no_selected',
  birthDate: person.birth || null,
  hiredDate: person.entered,
  resignationDate: person.resigned,
  // Two reserve addresses are the service's own.
  emailAddresses: person.email && [person.email, 'yobi@midori.example', 'ＹＯＢＩ@midori.example'],
  allDayRegardingWorkInMinute: 450,
  employeeGroups: [{ code: '01', name: '人事' }],
})

interface Employee {
  key: string
  code: string
  lastName: string
  firstName: string
}

const employees = async (world: World, brand: string) =>
  ((await world.control('GET', `/state?service=${brand}`)) as { employees: Employee[] }).employees

const employeesHeld = async (world: World, brand: string): Promise<Map<string, Held>> =>
  new Map((await employees(world, brand)).map(employee => [employee.key, alone(flat(employee))]))

async function employeeWrites(world: World, brand: string, from: number): Promise<Write[]> {
  const known = await employees(world, brand)
  return (await calls(world, brand, from)).flatMap((call): Write[] => {
    const [whole, key] = /\/employees(?:\/([^/]+))?$/.exec(call.path) ?? []
    if (whole === undefined) return []
    const body = call.body as Record<string, unknown>
    // The log keeps no codes; nobody shares a name.
    const named = known.find(({ lastName, firstName }) => lastName === body.lastName && firstName === body.firstName)
    return [{ id: key ?? String(named?.key), month: null, values: sentIn(body) }]
  })
}

const sentIn = (body: Record<string, unknown>) => Object.entries(flat(body)).map(([path, value]) => ({ path, value }))

async function fill(world: World, brand: string, pairs: readonly Pair[], smarthr: 'source' | 'target') {
  const settings = (await tenantOf(world)).bankAccountSettings.map(({ id }) => id)
  const there = smarthr === 'source' ? 'target' : 'source'
  await world.control('POST', '/people', { service: 'smarthr', people: crewsFrom(pairs, smarthr, settings) })
  const people = pairs.flatMap(pair => (pair[there] ? [employeeOf(pair[there], brand)] : []))
  await world.control('POST', '/people', { service: brand, people })
}

const codeThere = ({ own }: Held): string => String(own.code)
const codeHere = ({ own }: Held): string => String(own.emp_code)
const common = {
  keyOf: (pair: Pair) => (pair.source ?? pair.target)?.code ?? '',
  first: (referenceDate: string) => ({ referenceDate }),
  buttons: { choose: '同期を開始', go: '同期' },
}

export const toAttendance = (brand: string): FlowLaw<Pair> => ({
  ...common,
  rules: {
    rows,
    target: 'service',
    // chosen on the options page for everybody new (king-of-time §5.6)
    ofEverybodyNew: path => path === 'divisionCode' || path === 'typeCode',
    followsBySelf: () => false,
    beginsWith: {},
  },
  fill: (world, pairs) => fill(world, brand, blanker(pairs), 'source'),
  held: async world => ({ source: await crewsHeld(world), target: await employeesHeld(world, brand) }),
  target: brand,
  writes: (world, from) => employeeWrites(world, brand, from),
  sourceKey: codeHere,
  targetKey: codeThere,
})

export const fromAttendance = (brand: string): FlowLaw<Pair> => ({
  ...common,
  rules: {
    rows,
    target: 'smarthr',
    ofEverybodyNew: path => path === 'biz_establishment_id',
    followsBySelf: accountDefault,
    beginsWith: { emp_status: 'employed' },
  },
  fill: (world, pairs) => fill(world, brand, blanker(pairs), 'target'),
  held: async world => ({ source: await employeesHeld(world, brand), target: await crewsHeld(world) }),
  target: 'smarthr',
  writes: crewWrites,
  sourceKey: codeThere,
  targetKey: codeHere,
})
