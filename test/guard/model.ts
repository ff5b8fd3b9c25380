/**
 * Which rules a selection breaks, worked out person by person from what the issue says. It shares no code with the guard
 * and knows no digest, query or percentage sign: it looks at texts and counts heads.
 */

export interface ModelPerson {
  kind: 'new' | 'changed' | 'same'
  selected: boolean
  /** field → what it said, what it will say */
  changes: Readonly<Record<string, readonly [string, string]>>
  /** the whole account, where a part of it changes */
  account?: readonly [string, string]
}

export interface ModelLimits {
  sensitive: { people: number; percent: number }
  blank: { people: number; percent: number }
  updates: { people: number; percent: number }
  new: { people: number; percent: number }
  same: number
  fewer: number
  first: number
}

export interface ModelCase {
  people: readonly ModelPerson[]
  listedAtTarget: number
  listedBefore: number | null
  listedNow: number
  isFirst: boolean
  limits: ModelLimits
}

/** Written down once more: what is sensitive and what nobody shares. */
const SENSITIVE = ['last-name', 'bank-account-number', 'employee-number', 'basic-pension-number']
const NUMBERS = ['employee-number', 'basic-pension-number']

const fieldsIn = (people: readonly ModelPerson[]): Set<string> =>
  new Set(people.flatMap(({ changes }) => Object.keys(changes)))

/** How often the commonest of these texts is there. */
function commonest(texts: readonly string[]): number {
  let most = 0
  for (const text of texts) most = Math.max(most, texts.filter(other => other === text).length)
  return most
}

export function brokenRules({ people, listedAtTarget, listedBefore, listedNow, isFirst, limits }: ModelCase): string[] {
  const broken = new Set<string>()
  const chosen = people.filter(({ selected }) => selected)
  const updates = chosen.filter(({ kind }) => kind === 'changed')
  const created = chosen.length - updates.length
  const exceeds = (heads: number, limit: { people: number; percent: number }, whole: number) =>
    heads > limit.people && heads / 1 > (whole * limit.percent) / 100

  for (const field of fieldsIn(updates)) {
    const theirs = updates.flatMap(({ changes }) => (changes[field] ? [changes[field]] : []))
    if (SENSITIVE.includes(field) && exceeds(theirs.length, limits.sensitive, people.length)) broken.add('sensitive')
    if (exceeds(theirs.filter(([was, will]) => was !== '' && will === '').length, limits.blank, people.length))
      broken.add('blank')
    for (const [, value] of theirs) {
      const befores = theirs.filter(([, will]) => will === value && value !== '').map(([was]) => was)
      // Those who shared the commonest value are one.
      if (befores.length > 0 && befores.length - (commonest(befores) - 1) > limits.same) broken.add('same')
    }
  }
  for (const one of updates)
    for (const other of updates) {
      if (one === other) continue
      const pairs = [
        ...NUMBERS.map(field => [one.changes[field], other.changes[field]] as const),
        [one.account, other.account] as const,
      ]
      for (const [mine, theirs] of pairs) {
        if (!mine || !theirs || mine.includes('') || theirs.includes('')) continue
        if (mine[0] === theirs[1] && mine[1] === theirs[0] && mine[0] !== mine[1]) broken.add('swap')
      }
    }
  if (exceeds(updates.length, limits.updates, people.length)) broken.add('updates')
  if (exceeds(created, limits.new, listedAtTarget)) broken.add('new')
  if (listedBefore !== null && (listedBefore - listedNow) / 1 > (listedBefore * limits.fewer) / 100) broken.add('fewer')
  if (isFirst && updates.length > limits.first) broken.add('first')
  return [...broken].sort()
}
