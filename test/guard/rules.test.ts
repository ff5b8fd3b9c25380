import { expect } from 'chai'
import { firedOf, limitsOf, PRESET, type GuardBase, type GuardCounts } from '../../server/runs/guard.js'

const QUIET: GuardCounts = { new: 0, changed: 0, fields: {}, blanks: {}, same: {}, swaps: {} }
const OLD: GuardBase = { inScope: 1_000, atTarget: 1_000, source: { before: 1_000, now: 1_000 }, first: false }
const SENSITIVE = new Set(['last-name', 'bank-account-number'])

/** Rules that fire for these counts at the presets. */
const rules = (counts: Partial<GuardCounts>, base: Partial<GuardBase> = {}, limits = limitsOf({})) =>
  firedOf({ ...QUIET, ...counts }, { ...OLD, ...base }, limits, SENSITIVE).map(({ rule }) => rule)

type Counted = [counts: Partial<GuardCounts>, base?: Partial<GuardBase>]

/** At a limit and one above it: nothing, and this rule alone. */
type Vector = [what: string, rule: string, at: Counted, above: Counted]

const vectors: Vector[] = [
  [
    'R1: a sensitive field for 5 % of many',
    'sensitive',
    [{ fields: { 'last-name': 50 } }],
    [{ fields: { 'last-name': 51 } }],
  ],
  [
    'R1: a sensitive field for 3 of few',
    'sensitive',
    [{ fields: { 'bank-account-number': 3 } }, { inScope: 10 }],
    [{ fields: { 'bank-account-number': 4 } }, { inScope: 10 }],
  ],
  ['R2: 2 % of many go blank', 'blank', [{ blanks: { phone: 20 } }], [{ blanks: { phone: 21 } }]],
  [
    'R2: 3 of few go blank',
    'blank',
    [{ blanks: { phone: 3 } }, { inScope: 10 }],
    [{ blanks: { phone: 4 } }, { inScope: 10 }],
  ],
  ['R3: 30 % are updated', 'updates', [{ changed: 300 }], [{ changed: 301 }]],
  ['R3: 20 are updated', 'updates', [{ changed: 20 }, { inScope: 20 }], [{ changed: 21 }, { inScope: 21 }]],
  ['R4: 30 % of the target’s people are new', 'new', [{ new: 300 }], [{ new: 301 }]],
  ['R4: 20 are new at an empty target', 'new', [{ new: 20 }, { atTarget: 0 }], [{ new: 21 }, { atTarget: 0 }]],
  ['R5: nobody swaps, two do', 'swap', [{ swaps: {} }], [{ swaps: { 'employee-number': 1 } }]],
  ['R6: 20 who differed become the same', 'same', [{ same: { phone: 20 } }], [{ same: { phone: 21 } }]],
  [
    'R7: 20 % fewer are listed',
    'fewer',
    [{}, { source: { before: 1_000, now: 800 } }],
    [{}, { source: { before: 1_000, now: 799 } }],
  ],
  ['R8: 50 updates at first', 'first', [{ changed: 50 }, { first: true }], [{ changed: 51 }, { first: true }]],
]

describe('the rules of the guard', () => {
  for (const [what, rule, at, above] of vectors)
    it(`${what}: at its limit it asks nothing, one above it asks`, () => {
      expect(rules(...at)).to.deep.equal([])
      expect(rules(...above)).to.deep.equal([rule])
    })

  it('R1 asks about sensitive fields alone', () => {
    expect(rules({ fields: { phone: 290, 'last-name': 1 } })).to.deep.equal([])
  })

  it('R4 and R7 ask nothing where nobody has counted', () => {
    expect(rules({ new: 500 }, { atTarget: null, source: null })).to.deep.equal([])
  })

  it('fires all that hold, in order, each with its number and the limit it is above', () => {
    const fired = firedOf(
      {
        new: 400,
        changed: 600,
        fields: { 'last-name': 80, phone: 600 },
        blanks: { phone: 30 },
        same: { phone: 500 },
        swaps: { 'employee-number': 2 },
      },
      { ...OLD, source: { before: 1_000, now: 500 }, first: true },
      limitsOf({}),
      SENSITIVE,
    )

    expect(fired).to.deep.equal([
      { rule: 'sensitive', people: 80, most: 50, fields: { 'last-name': 80 } },
      { rule: 'blank', people: 30, most: 20, fields: { phone: 30 } },
      { rule: 'updates', people: 600, most: 300, of: 1_000 },
      { rule: 'new', people: 400, most: 300, of: 1_000 },
      { rule: 'swap', people: 2, most: 0, fields: { 'employee-number': 2 } },
      { rule: 'same', people: 500, most: 20, fields: { phone: 500 } },
      { rule: 'fewer', people: 500, most: 20, before: 1_000 },
      { rule: 'first', people: 600, most: 50 },
    ])
  })

  it('says of a limit in people and in per cent the one that lets more through', () => {
    const most = (inScope: number) =>
      firedOf({ ...QUIET, changed: inScope }, { ...OLD, inScope }, limitsOf({}), SENSITIVE).flatMap(fired => fired.most)

    expect([21, 66, 67, 70, 100].map(most)).to.deep.equal([[20], [20], [20], [21], [30]])
  })

  it('holds a company to what it has tightened, and to the preset wherever it has not', () => {
    const limits = limitsOf({ sensitivePeople: 0, sensitivePercent: 0 })

    expect(rules({ fields: { 'last-name': 1 } }, {}, limits)).to.deep.equal(['sensitive'])
    expect(limits).to.deep.equal({ ...PRESET, sensitivePeople: 0, sensitivePercent: 0 })
  })

  it('is loosened and switched off by nothing that stands in its table, for bank accounts least of all', () => {
    for (const value of [Number.MAX_SAFE_INTEGER, 101, -1, NaN, null, false, 'off', '99', undefined]) {
      const limits = limitsOf(Object.fromEntries(Object.keys(PRESET).map(name => [name, value])))
      expect(limits, String(value)).to.deep.equal(PRESET)
      expect(rules({ fields: { 'bank-account-number': 51 } }, {}, limits)).to.deep.equal(['sensitive'])
    }
  })
})
