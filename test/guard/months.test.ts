import { expect } from 'chai'
import { firedOf, limitsOf, type GuardCounts } from '../../server/runs/guard.js'

/**
 * Ordinary months of ordinary companies, as counts of everything that a month's 同期 changes. What is assumed:
 *
 * - Companies of 10 to 10,000 people, each order of size as frequent as the others; 12 months, April and March as they are
 *   in Japan. Everybody who differs is selected. The service has had a 同期 before, and lists about the same people.
 * - Leaving: 1 % a month, 3 % at the end of March; nobody had 退職年月日 before, and nine in ten get the same day.
 * - Joining: 1.1 % a month, 3.5 % in April. They are new, not changed.
 * - New names (family name and its kana, mostly by marriage) 0.06 %; kana corrected 0.02 %; birth date corrected 0.01 %.
 * - Bank accounts 0.3 %, by all parts; pension and insurance numbers that were blank and are filled in: as many as joined
 *   the month before.
 * - Addresses 0.5 % (1 % in March and April), phone numbers 0.4 %, mail addresses 0.1 %.
 * - Departments 0.4 % (8 % in April and October), to one of a company's departments of 8 people each; positions 0.2 %
 *   (4 % in April), a tenth of which go blank.
 *
 * Not ordinary, and asked about on purpose: the first 同期, a reorganisation that moves a third of the company, another
 * mail domain for all, and the yearly 定時決定, which changes 標準報酬月額 of nearly everybody in services that are told it.
 */
const MONTHS = 10_000

function createDice(seed: number) {
  let state = seed
  const next = () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return (state + 0.5) / 4_294_967_296
  }
  const normal = () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next())
  return {
    next,
    /** How many of so many it happens to: a Poisson number, for many its normal limit. */
    of(people: number, share: number): number {
      const mean = people * share
      if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()))
      let count = 0
      for (let product = next(); product > Math.exp(-mean); product *= next()) count += 1
      return Math.min(count, people)
    },
  }
}

type Dice = ReturnType<typeof createDice>

/** The most people who come together in one department out of several. */
function gathered(dice: Dice, moved: number, departments: number): number {
  const pairs = new Map<number, Map<number, number>>()
  for (let one = 0; one < moved; one += 1) {
    const [from, to] = [Math.floor(dice.next() * departments), Math.floor(dice.next() * departments)]
    const into = pairs.get(to) ?? new Map<number, number>()
    pairs.set(to, into.set(from, (into.get(from) ?? 0) + 1))
  }
  return Math.max(
    0,
    ...[...pairs.values()].map(from => {
      const counts = [...from.values()]
      return counts.reduce((sum, count) => sum + count, 0) - Math.max(...counts) + 1
    }),
  )
}

function aMonth(dice: Dice) {
  const size = Math.round(10 ** (1 + 3 * dice.next()))
  const month = 1 + Math.floor(dice.next() * 12)
  const [march, april] = [month === 3, month === 4]
  const [spring, moving] = [march || april, april || month === 10]
  const leaving = dice.of(size, march ? 0.03 : 0.01)
  const joining = dice.of(size, april ? 0.035 : 0.011)
  const married = dice.of(size, 0.0006)
  const accounts = dice.of(size, 0.003)
  const positions = dice.of(size, april ? 0.04 : 0.002)
  const departments = dice.of(size, moving ? 0.08 : 0.004)
  const numbers = dice.of(size, april ? 0.035 : 0.011)
  const fields = {
    'leaving-date': leaving,
    'employment-status': leaving,
    'last-name': married,
    'last-name-kana': married + dice.of(size, 0.0002),
    'first-name-kana': dice.of(size, 0.0002),
    'birth-date': dice.of(size, 0.0001),
    'bank-code': accounts,
    'bank-branch-code': accounts,
    'bank-account-number': accounts,
    'bank-account-holder': dice.of(size, 0.0006),
    'basic-pension-number': numbers,
    'employment-insurance-number': numbers,
    address: dice.of(size, spring ? 0.01 : 0.005),
    phone: dice.of(size, 0.004),
    email: dice.of(size, 0.001),
    department: departments,
    'job-title': positions,
  }
  const counts: GuardCounts = {
    new: joining,
    // Nobody has two changes: as many people as there can be.
    changed:
      leaving +
      fields['last-name-kana'] +
      accounts +
      fields['birth-date'] +
      numbers +
      fields.address +
      departments +
      positions,
    fields,
    blanks: { 'job-title': dice.of(positions, 0.1) },
    same: {
      // All were blank; of those with the day of the month nobody had another one.
      'leaving-date': Math.min(1, leaving),
      department: gathered(dice, departments, Math.max(2, Math.round(size / 8))),
    },
    swaps: {},
  }
  const before = size + dice.of(size, 0.01)
  return { size, counts, before }
}

const SENSITIVE = new Set([
  'leaving-date',
  'employment-status',
  'last-name',
  'last-name-kana',
  'first-name-kana',
  'birth-date',
  'bank-code',
  'bank-branch-code',
  'bank-account-number',
  'bank-account-holder',
  'basic-pension-number',
  'employment-insurance-number',
])

describe('the guard in ordinary months', () => {
  it(`asks in 2 % of ${MONTHS} of them at most`, () => {
    const dice = createDice(12)
    const asked: Record<string, number> = {}
    let months = 0
    for (let month = 0; month < MONTHS; month += 1) {
      const { size, counts, before } = aMonth(dice)
      const fired = firedOf(
        counts,
        { inScope: size + counts.new, atTarget: size, source: { before, now: size }, first: false },
        limitsOf({}),
        SENSITIVE,
      )
      if (fired.length > 0) months += 1
      for (const { rule } of fired) asked[rule] = (asked[rule] ?? 0) + 1
    }

    expect(months / MONTHS, JSON.stringify(asked)).to.be.lessThanOrEqual(0.02)
  })
})
