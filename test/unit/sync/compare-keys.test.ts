import { expect } from 'chai'
import { kinkakuji } from '../../../server/connectors/king-of-time/index.js'
import type { SyncFlow } from '../../../server/contract/contract.js'
import { flowBy } from '../../../server/contract/flow-keys.js'
import { compareKeys, MOST_SHOWN, type Known } from '../../../server/plan/compare-keys.js'

const flow = kinkakuji.flows.find(({ direction }) => direction === 'to-service') as SyncFlow
const byEmail = flowBy(flow, 'email') as SyncFlow

/** Numbers that come again for the same seed. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
}

const known = (id: string, number: string | null, email: string | null): Known => ({
  id,
  name: `name ${id}`,
  number,
  now: number,
  then: email,
  included: true,
})

const compared = (source: readonly Known[], target: readonly Known[]) =>
  compareKeys({ now: flow, then: byEmail }, { now: false, then: true }, { source, target })

/** Whom somebody is by a key, said in another way: the only one on either side, or nobody. */
function only(person: Known, of: (one: Known) => string | null, source: readonly Known[], target: readonly Known[]) {
  const key = of(person)
  if (key === null) return 'out'
  const [mine, theirs] = [source, target].map(side => side.filter(one => of(one) === key))
  if ((mine?.length ?? 0) > 1 || (theirs?.length ?? 0) > 1) return 'out'
  return theirs?.[0]?.id ?? 'new'
}

/** … by e-mail, unless the number is somebody else's. */
function byAddress(person: Known, source: readonly Known[], target: readonly Known[]) {
  const found = only(person, one => one.then, source, target)
  const holders = target.filter(one => person.number !== null && one.number === person.number)
  return found !== 'out' && holders.some(one => one.id !== found) ? 'out' : found
}

describe('what another key would change', () => {
  it('is exactly those whom the two keys make somebody else, over 2,000 generated companies', () => {
    const below = seeded(17)
    let differing = 0
    for (let company = 0; company < 2_000; company += 1) {
      const some = (side: string) =>
        Array.from({ length: 1 + below(7) }, (_, index) =>
          known(
            `${side}${index}`,
            below(6) === 0 ? null : String(below(6)),
            below(6) === 0 ? null : `${below(6)}@midori.example`,
          ),
        )
      const [source, target] = [some('s'), some('t')]
      const expected = source.filter(
        person => only(person, one => one.now, source, target) !== byAddress(person, source, target),
      )
      const result = compared(source, target)
      expect(result.shown.map(({ name }) => name)).to.deep.equal(expected.map(({ name }) => name))
      expect([result.people, result.differing]).to.deep.equal([source.length, expected.length])
      differing += expected.length
    }
    expect(differing).to.be.greaterThan(1_000)
  })

  it(`names ${MOST_SHOWN} people at most, and counts all; who takes no part is not counted`, () => {
    const people = Array.from({ length: 120 }, (_, index) => known(`s${index}`, String(index), null))
    const { shown, ...counts } = compared([...people, { ...known('x', 'x', null), included: false }], [])

    expect(counts).to.deep.equal({ flow: flow.id, people: 120, differing: 120 })
    expect(shown).to.have.lengthOf(MOST_SHOWN)
    expect(shown[0]).to.deep.equal({
      number: '0',
      name: 'name s0',
      now: { label: '新規登録', text: '' },
      then: {
        label: '対象外',
        text: 'メールアドレスが登録されていません。SmartHRでメールアドレスを登録してから、やり直してください。',
      },
    })
  })
})
