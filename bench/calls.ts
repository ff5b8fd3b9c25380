import { connectAttendance, connectMoneyForward, connectPca, linkMikiwame } from '../test/helpers/connecting.js'
import type { Visitor } from '../test/helpers/visitor.js'
import type { LoggedCall, World } from '../test/helpers/world.js'
import { fromAttendance, toAttendance } from '../test/law/attendance.law.js'
import { fromFreee, toFreee } from '../test/law/freee.law.js'
import { departmentPairs, mikiwameDepartments, mikiwameEmployees } from '../test/law/mikiwame.law.js'
import { pairsOf, TODAY, type Pair } from '../test/law/pairs.js'
import { freeePayslips, moneyForwardPayslips, peopleFor } from '../test/law/payslips.law.js'
import { fromPca, PRODUCTS, toPca } from '../test/law/pca.law.js'
import { toPlan, walk } from '../test/law/shown.js'
import type { FlowLaw, Made } from '../test/law/trial.js'

const PEOPLE = 400
const SEED = 20261120
const BRANDS = ['king-of-time', 'touch-on-time', 'kinkakuji'] as const

/** Calls of a phase, by what tells one from another: the same one made again could have been done without. */
const distinct = (calls: readonly LoggedCall[]): number =>
  new Set(calls.map(({ service, method, path, query, body }) => JSON.stringify([service, method, path, query, body])))
    .size

const SIGNING_IN = /oauth|authorize|login|\/plus/i

const isRead = ({ method }: LoggedCall) => method === 'GET'

/** Every call of the app to a service or SmartHR; signing in is not one of a run. */
async function callsOf(world: World): Promise<LoggedCall[]> {
  const all: LoggedCall[] = []
  for (const service of ['smarthr', 'freee', 'pca', 'mikiwame', 'money-forward', ...BRANDS])
    all.push(...(await world.calls(service)).filter(({ path }) => !SIGNING_IN.test(path)))
  return all
}

type Values = Record<string, number>

const ratio = (calls: readonly LoggedCall[]) => Number((calls.length / Math.max(1, distinct(calls))).toFixed(3))

/** One run of a flow over made-up pairs of people: its calls before the selection, and from 同期 to its end. */
async function ofFlow<P extends Made>(
  world: World,
  visitor: Visitor,
  { start, law, pairs }: { start: string; law: FlowLaw<P>; pairs: P[] },
): Promise<Values> {
  await law.fill(world, pairs)
  const before = (await callsOf(world)).length
  const runId = await toPlan(visitor, start, law.first(TODAY))
  const fetched = await since(world, before)
  const planned = before + fetched.length
  await walk(visitor, runId, law.buttons)
  const applied = await since(world, planned)
  return {
    'calls, reading': fetched.length,
    'calls, writing': applied.length,
    'reading ÷ different ones': ratio(fetched),
    'writing ÷ different ones': ratio(applied),
    'reads again before a write': applied.filter(isRead).length,
  }
}

/** The log is by service; what came later is what the count before does not hold. */
async function since(world: World, count: number): Promise<LoggedCall[]> {
  const all = await callsOf(world)
  return all.sort((a, b) => a.time.localeCompare(b.time)).slice(count)
}

/** Calls of one run of every flow of every connector that writes people or payslips. */
export async function callsOfFlows(world: World): Promise<{ scenario: string; people: number; values: Values }[]> {
  await world.reset()
  const visitor = await world.connected()
  for (const brand of BRANDS) await connectAttendance(visitor, brand)
  for (const product of Object.keys(PRODUCTS)) await connectPca(visitor, product)
  await connectMoneyForward(visitor)
  await linkMikiwame(visitor)
  await world.control('PUT', '/switches', { service: 'smarthr', bankAccountSettings: 2 })
  for (const service of ['smarthr', 'freee', 'pca', 'mikiwame', 'money-forward', ...BRANDS])
    await world.control('PUT', '/limits', { service, enabled: false })
  await world.startWorker()

  const people: Readonly<Record<string, FlowLaw<Pair>>> = {
    'freee/employees-from-smarthr': toFreee,
    'freee/employees-to-smarthr': fromFreee,
    'pca/employees-from-smarthr': toPca(PRODUCTS.pca),
    'pca/employees-to-smarthr': fromPca(PRODUCTS.pca),
    'king-of-time/employees-from-smarthr': toAttendance('king-of-time'),
    'king-of-time/employees-to-smarthr': fromAttendance('king-of-time'),
    'mikiwame/employees-from-smarthr': mikiwameEmployees,
  }
  const rows: { scenario: string; people: number; values: Values }[] = []
  const of = async <P extends Made>(name: string, law: FlowLaw<P>, pairs: P[]) => {
    const [connector, flow] = name.split('/')
    const start = `/${connector}/runs/new?flow=${flow}`
    rows.push({
      scenario: `calls of ${name}`,
      people: pairs.length,
      values: await ofFlow(world, visitor, { start, law, pairs }),
    })
  }
  let nth = 0
  for (const [name, law] of Object.entries(people)) {
    const prefix = name.startsWith('pca') ? String(100 + nth) : String.fromCharCode(65 + nth)
    await of(name, law, pairsOf({ count: PEOPLE, seed: SEED + nth, prefix }))
    nth += 1
  }
  await of(
    'mikiwame/departments-from-smarthr',
    mikiwameDepartments,
    departmentPairs({ count: 60, seed: SEED, prefix: 'Z' }),
  )
  for (const [name, law] of [
    ['freee/salary-payslips', freeePayslips('salaries')],
    ['freee/bonus-payslips', freeePayslips('bonuses')],
    ['money-forward/payslips', moneyForwardPayslips('salary')],
  ] as const) {
    await law.fill(world, peopleFor(PEOPLE, SEED, String.fromCharCode(65 + nth++)), SEED)
    const before = (await callsOf(world)).length
    await law.import(visitor)
    const all = await since(world, before)
    const wrote = all.filter(call => !isRead(call))
    rows.push({
      scenario: `calls of ${name}`,
      people: PEOPLE,
      values: {
        'calls, reading': all.length - wrote.length,
        'calls, writing': wrote.length,
        'writing ÷ different ones': ratio(wrote),
      },
    })
  }
  return rows
}
