import { expect } from 'chai'
import { connectAttendance, connectPca } from '../helpers/connecting.js'
import type { Visitor } from '../helpers/visitor.js'
import { startWorld, type World } from '../helpers/world.js'
import { fromAttendance, toAttendance } from './attendance.law.js'
import { fromFreee, toFreee } from './freee.law.js'
import { at, isBlank, monthsOf, type Held } from './held.js'
import { NOW, pairsOf, TODAY, type Pair } from './pairs.js'
import { fromPca, PRODUCTS, toPca } from './pca.law.js'
import { runIn, toPlan, walk, type Seen } from './shown.js'
import type { FlowLaw } from './trial.js'

/**
 * A run, and the run that takes it back: whoever was there holds what was held before, field by field, in every period.
 * What was blank and can't be blanked again is named; nothing else may differ. `LAW_PAIRS` made-up pairs per flow.
 */
const PAIRS = Number(process.env.LAW_PAIRS ?? 120)
const SEED = Number(process.env.LAW_SEED ?? 20261121)

const BRAND = 'king-of-time'
const PRODUCT = 'pca-hyper' in PRODUCTS ? 'pca-hyper' : (Object.keys(PRODUCTS)[0] ?? '')

const flows: readonly { connector: string; flow: string; law: FlowLaw<Pair> }[] = [
  { connector: 'freee', flow: 'employees-from-smarthr', law: toFreee },
  { connector: 'freee', flow: 'employees-to-smarthr', law: fromFreee },
  { connector: BRAND, flow: 'employees-from-smarthr', law: toAttendance(BRAND) },
  { connector: BRAND, flow: 'employees-to-smarthr', law: fromAttendance(BRAND) },
  ...Object.entries(PRODUCTS)
    .filter(([id]) => id === PRODUCT)
    .flatMap(([id, product]) => [
      { connector: id, flow: 'employees-from-smarthr', law: toPca(product) },
      { connector: id, flow: 'employees-to-smarthr', law: fromPca(product) },
    ]),
]

/** The pages of an undo say 「確認」 and 「元に戻す」, whatever those of the run say. */
async function takeBack(visitor: Visitor, runId: string): Promise<ReadonlyMap<string, Seen>> {
  await visitor.get(`/runs/${runId}`)
  await visitor.press('この同期を取り消す')
  const undoId = await runIn(visitor, null)
  return (await walk(visitor, undoId, { choose: '確認', go: '元に戻す' })).selection
}

const same = (one: unknown, other: unknown) => one === other || (isBlank(one) && isBlank(other))

/** What of somebody says something else than before: period, place, what it was and what it is. */
function differing(before: Held, now: Held): { month: number; path: string; was: unknown; is: unknown }[] {
  return monthsOf(before, now).flatMap(month => {
    const [was, is] = [at(before, month), at(now, month)]
    return [...new Set([...Object.keys(was), ...Object.keys(is)])]
      .filter(path => !same(was[path], is[path]))
      .map(path => ({ month, path, was: was[path], is: is[path] }))
  })
}

describe('The law of taking back', function () {
  this.timeout(600_000)
  let world: World
  let visitor: Visitor
  before(async () => {
    world = await startWorld({ at: NOW })
    visitor = await world.connected()
    await connectAttendance(visitor, BRAND)
    await connectPca(visitor, PRODUCT)
    for (const service of ['smarthr', 'freee', 'pca', BRAND])
      await world.control('PUT', '/limits', { service, enabled: false })
  })
  after(() => world.close())

  for (const [index, { connector, flow, law }] of flows.entries()) {
    it(`holds for ${connector}/${flow}`, async () => {
      const prefix = connector === PRODUCT ? String(300 + index) : `U${'ABCDEFGH'[index] ?? 'Z'}`
      const pairs = pairsOf({ count: PAIRS, seed: SEED + index * 1000, prefix })
      await law.fill(world, pairs)
      const before = (await law.held(world)).target
      const { runId } = await walk(
        visitor,
        await toPlan(visitor, `/${connector}/runs/new?flow=${flow}`, law.first(TODAY)),
        law.buttons,
      )
      const written = (await law.held(world)).target
      const seen = await takeBack(visitor, runId)
      const after = (await law.held(world)).target

      const [wrong, restored, named]: [string[], string[], string[]] = [[], [], []]
      for (const [id, was] of before) {
        const [done, now] = [written.get(id), after.get(id)]
        if (!done || !now) continue
        const did = differing(was, done)
        const told = seen.get(law.targetKey(was))
        for (const one of did)
          (differing(was, now).some(left => left.path === one.path && left.month === one.month)
            ? named
            : restored
          ).push(one.path)
        for (const left of differing(was, now)) {
          const excused = (isBlank(left.was) || left.was === 0) && /空白に戻せない/.test(told?.words ?? '')
          const ours = did.some(one => one.path === left.path && one.month === left.month)
          if (!excused || !ours) wrong.push(`${id} ${JSON.stringify(left)} ${told?.words ?? 'not listed'}`)
        }
      }
      expect(wrong.slice(0, 5), `${wrong.length} wrong`).to.deep.equal([])
      expect(restored.length, 'fields that came back').to.be.greaterThan(0)
      process.stdout.write(
        `    ${connector}/${flow}: ${restored.length} values back, ${named.length} named as not to be blanked\n`,
      )
      expect([...after.keys()].filter(id => !before.has(id))).to.deep.equal(
        [...written.keys()].filter(id => !before.has(id)),
      )
    })
  }
})
