import type { World } from '../helpers/world.js'
import { accountDefault, crewsFrom, crewsHeld, crewWrites, tenantOf } from './side.smarthr.js'
import {
  employeeOf,
  employeesHeld,
  employeeWrites,
  freeeBeginsWith,
  freeeRows,
  monthRead,
  monthWritten,
} from './side.freee.js'
import type { Held } from './held.js'
import type { Pair } from './pairs.js'
import type { FlowLaw } from './trial.js'

async function fill(world: World, pairs: readonly Pair[], smarthr: 'source' | 'target') {
  const settings = (await tenantOf(world)).bankAccountSettings.map(({ id }) => id)
  const freee = smarthr === 'source' ? 'target' : 'source'
  await world.control('POST', '/people', { service: 'smarthr', people: crewsFrom(pairs, smarthr, settings) })
  const people = pairs.flatMap(pair => (pair[freee] ? [employeeOf(pair[freee], pair)] : []))
  await world.control('POST', '/people', { service: 'freee', people })
}

const numberIn = ({ own }: Held): string => String(own.num)
const codeIn = ({ own }: Held): string => String(own.emp_code)
const common = {
  keyOf: (pair: Pair) => (pair.source ?? pair.target)?.code ?? '',
  first: (referenceDate: string) => ({ referenceDate }),
  buttons: { choose: '確認', go: '同期' },
}

export const toFreee: FlowLaw<Pair> = {
  ...common,
  rules: {
    rows: freeeRows,
    target: 'service',
    // エクスポート設定, shown on its own page and applied to everybody new (freee §4)
    ofEverybodyNew: path => path.startsWith('settings.'),
    followsBySelf: path => path === 'display_name',
    beginsWith: freeeBeginsWith,
  },
  fill: (world, pairs) => fill(world, pairs, 'source'),
  held: async world => ({ source: await crewsHeld(world), target: await employeesHeld(world) }),
  target: 'freee',
  writes: employeeWrites,
  sourceKey: codeIn,
  targetKey: numberIn,
  monthWritten,
}

export const fromFreee: FlowLaw<Pair> = {
  ...common,
  rules: {
    rows: freeeRows,
    target: 'smarthr',
    ofEverybodyNew: () => false,
    followsBySelf: accountDefault,
    beginsWith: { emp_status: 'employed' },
  },
  fill: (world, pairs) => fill(world, pairs, 'target'),
  held: async world => ({ source: await employeesHeld(world), target: await crewsHeld(world) }),
  target: 'smarthr',
  writes: crewWrites,
  sourceKey: numberIn,
  targetKey: codeIn,
  monthRead,
}
