import type { World } from '../helpers/world.js'
import { accountDefault, crewsFrom, crewsHeld, crewWrites, tenantOf } from './side.smarthr.js'
import { alone, type Held } from './held.js'
import type { Row, Write } from './judge.js'
import { calls } from './log.js'
import { blanker, type Pair, type Somebody } from './pairs.js'
import { at, kanaAs, row, sexes, typedAs } from './rows.js'
import type { FlowLaw } from './trial.js'

/** PCAクラウド給与 and 給与hyper (pca §6); dates are yyyymmdd, 0 is blank. */
export const PRODUCTS = {
  pca: { code: 'Pay20', area: 'P20V01C001PAY0001' },
  'pca-hyper': { code: 'PayHyper20', area: 'P20V01C001HYP0001' },
} as const
type Product = (typeof PRODUCTS)[keyof typeof PRODUCTS]

const dateThere = ([value]: readonly unknown[]): string =>
  Number(value ?? 0) > 0 ? String(value as number).replace(/^(\d{4})(\d{2})(\d{2})$/, '$1/$2/$3') : ''
const dateHere = ([value]: readonly unknown[]): string => (typeof value === 'string' ? value.replaceAll('-', '/') : '')

const rows: readonly Row[] = [
  row('社員番号', at('emp_code'), at('Code')),
  row('姓', at('last_name'), at('LastName')),
  row('名', at('first_name'), at('FirstName')),
  row('姓（ヨミガナ）', at('last_name_yomi'), at('LastKana')),
  row('名（ヨミガナ）', at('first_name_yomi'), at('FirstKana')),
  row('生年月日', at('birth_at', dateHere), at('BirthDate', dateThere)),
  row('戸籍上の性別', at('gender', sexes), at('Gender', sexes)),
  row('入社年月日', at('entered_at', dateHere), at('EnterDate', dateThere)),
  row('退職年月日', at('resigned_at', dateHere), at('RetireDate', dateThere)),
]

const plain = (date: string | null): string => date?.replaceAll('-', '') ?? '0'

/** 就労状況, 旧姓 and what else is not synced stays PCA's own. */
const employeeOf = (person: Somebody): Record<string, unknown> => ({
  Code: person.code,
  LastName: typedAs(person.written, person.last),
  FirstName: typedAs(person.written, person.first),
  LastKana: kanaAs(person.written, person.lastKana),
  FirstKana: kanaAs(person.written, person.firstKana),
  BirthDate: plain(person.birth),
  Gender: person.gender === 'female' ? 'Female' : 'Male',
  EnterDate: plain(person.entered),
  RetireDate: plain(person.resigned),
  WorkingState: 'Leave',
  MaidenName: '白鳥　ＡＢ',
  MaidenKana: 'ｼﾗﾄﾘ',
  NameChangeDate: '20210630',
  MyNumberManageNo: 'M-０１',
  DepartmentCode: '002',
})

interface Employee extends Record<string, unknown> {
  Id: number
  Code: string
}

async function employees(world: World, { code, area }: Product): Promise<Employee[]> {
  const { products } = (await world.control('GET', '/state?service=pca')) as {
    products: Record<string, { Name: string; employees: Employee[] }[]>
  }
  return products[code]?.find(({ Name }) => Name === area)?.employees ?? []
}

const employeesHeld = async (world: World, product: Product): Promise<Map<string, Held>> =>
  new Map(
    (await employees(world, product)).map(({ Id, UpdateTime: _stamp, ...employee }) => [
      String(Id),
      alone({ ...employee, Code: employee.Code.trim() }),
    ]),
  )

/** `{ SerializeTarget: 20220209 }` and `"20220209"` as the store has it. */
const valueOf = (path: string, value: unknown): unknown => {
  const inner =
    typeof value === 'object' && value !== null ? (value as { SerializeTarget?: unknown }).SerializeTarget : value
  return path.endsWith('Date') ? Number(inner ?? 0) : inner
}

async function employeeWrites(world: World, product: Product, from: number): Promise<Write[]> {
  const known = await employees(world, product)
  return (await calls(world, 'pca', from)).flatMap((call): Write[] => {
    if (!/\/(Create|Modify)\/Employee/.test(call.path)) return []
    const body = call.body as { ArrayOfBEEmployee?: { BEEmployee: Employee[] }; BEEmployee?: Employee }
    const elements = body.ArrayOfBEEmployee?.BEEmployee ?? (body.BEEmployee ? [body.BEEmployee] : [])
    return elements.map(({ Id, UpdateTime: _stamp, BEVersion: _version, ...element }) => {
      const named = known.find(each => each.LastName === element.LastName && each.FirstName === element.FirstName)
      const values = Object.entries(element).map(([path, value]) => ({ path, value: valueOf(path, value) }))
      return { id: String(Id ?? named?.Id), month: null, values }
    })
  })
}

async function fill(world: World, pairs: readonly Pair[], smarthr: 'source' | 'target') {
  const settings = (await tenantOf(world)).bankAccountSettings.map(({ id }) => id)
  const there = smarthr === 'source' ? 'target' : 'source'
  await world.control('POST', '/people', { service: 'smarthr', people: crewsFrom(pairs, smarthr, settings) })
  const people = pairs.flatMap(pair => (pair[there] ? [employeeOf(pair[there])] : []))
  await world.control('POST', '/people', { service: 'pca', people })
}

const codeThere = ({ own }: Held): string => String(own.Code)
const codeHere = ({ own }: Held): string => String(own.emp_code)
const common = (product: Product) => ({
  digitsOnly: true as const,
  keyOf: (pair: Pair) => (pair.source ?? pair.target)?.code ?? '',
  first: () => ({ area: product.area }),
  buttons: { choose: '確認', go: '同期' },
})

export const toPca = (product: Product): FlowLaw<Pair> => ({
  ...common(product),
  rules: {
    rows,
    target: 'service',
    ofEverybodyNew: () => false,
    followsBySelf: () => false,
    beginsWith: {},
  },
  fill: (world, pairs) => fill(world, blanker(pairs), 'source'),
  held: async world => ({ source: await crewsHeld(world), target: await employeesHeld(world, product) }),
  target: 'pca',
  writes: (world, from) => employeeWrites(world, product, from),
  sourceKey: codeHere,
  targetKey: codeThere,
})

export const fromPca = (product: Product): FlowLaw<Pair> => ({
  ...common(product),
  rules: {
    rows,
    target: 'smarthr',
    ofEverybodyNew: () => false,
    followsBySelf: accountDefault,
    beginsWith: { emp_status: 'employed' },
  },
  fill: (world, pairs) => fill(world, blanker(pairs), 'target'),
  held: async world => ({ source: await employeesHeld(world, product), target: await crewsHeld(world) }),
  target: 'smarthr',
  writes: crewWrites,
  sourceKey: codeThere,
  targetKey: codeHere,
})
