import { expect } from 'chai'
import { connectors } from '../../server/connectors/registry.js'
import type { Visitor } from '../helpers/visitor.js'
import { startWorld, type World } from '../helpers/world.js'
import { fromFreee, toFreee } from './freee.law.js'
import { dates, NOW, pairsOf, type Pair } from './pairs.js'
import { tryFlow, type FlowLaw } from './trial.js'
import type { Violation } from './judge.js'

/**
 * The law: what is shown is what is sent, what is sent is what is held, nothing else is touched, a second plan finds
 * nothing, and the notes say what blanks do. Tried over made-up pairs of people for every flow of every connector, on
 * what the services hold and received and on what the pages print. `LAW_PAIRS` pairs per flow, made of `LAW_SEED`.
 */
const PAIRS = Number(process.env.LAW_PAIRS ?? 200)
const SEED = Number(process.env.LAW_SEED ?? 20261120)

/** Violations of one kind that a failure prints in full. */
const PRINTED = 2

const laws: Readonly<Record<string, FlowLaw>> = {
  'freee/employees-from-smarthr': toFreee,
  'freee/employees-to-smarthr': fromFreee,
}

/** A snapshot that is fetched later is another matter. */
const written = connectors.flatMap(({ id, flows }) =>
  flows
    .filter(flow => !flow.publication && !flow.payslips)
    .map(flow => ({ name: `${id}/${flow.id}`, connector: id, flow })),
)

function complain(name: string, when: string, found: readonly (Violation & { pair: Pair | null })[]): string {
  const groups = new Map<string, (Violation & { pair: Pair | null })[]>()
  for (const violation of found) {
    const kind = `${violation.law} · ${/^「[^」]*」|^[^\s:]+/.exec(violation.what)?.[0].replace(/\d+/g, '…')} ${violation.what.length > 40 ? violation.what.slice(-20).replace(/\[.*/, '') : ''}`
    groups.set(kind, [...(groups.get(kind) ?? []), violation])
  }
  const lines = [...groups].flatMap(([, violations]) => [
    ...violations
      .slice(0, PRINTED)
      .map(({ law, key, what, pair }) => `  ${law}: ${key} (${pair?.kind ?? '-'}): ${what}`),
    ...(violations.length > PRINTED ? [`  … and ${violations.length - PRINTED} more like it`] : []),
  ])
  const [first] = found.filter(({ pair }) => pair)
  return [
    `${name}, ${when}: ${found.length} violations; LAW_SEED=${SEED} LAW_PAIRS=${PAIRS}`,
    ...lines,
    ...(first ? [`  the first pair: ${JSON.stringify(first.pair)}`] : []),
  ].join('\n')
}

describe('The law', function () {
  this.timeout(600_000)
  let world: World
  let visitor: Visitor
  before(async () => {
    world = await startWorld({ at: NOW })
    visitor = await world.connected()
    // Up to four accounts a person, of which the app reads and writes the first.
    await world.control('PUT', '/switches', { service: 'smarthr', bankAccountSettings: 2 })
    for (const service of ['smarthr', 'freee']) await world.control('PUT', '/limits', { service, enabled: false })
  })
  after(() => world.close())

  let trials = 0
  for (const { name, connector, flow } of written) {
    const law = laws[name]
    if (!law) continue
    const days = flow.date ? Object.entries(dates) : [['today', dates.today] as const]
    for (const [when, referenceDate] of days) {
      const prefix = String.fromCharCode(65 + trials++)
      it(`holds for ${name}, with a reference date of ${when}`, async () => {
        const count = Math.ceil(PAIRS / days.length)
        const pairs = pairsOf({ count, seed: SEED + trials * 1000, prefix })
        const start = `/${connector}/runs/new?flow=${flow.id}`
        const found = await tryFlow(world, visitor, { law, start, pairs, referenceDate })
        if (found.length > 0) throw new Error(complain(name, when, found))
      })
    }
  }

  it('is tried for every flow that writes', () => {
    expect(written.map(({ name }) => name).filter(name => !laws[name])).to.deep.equal([])
  })
})
