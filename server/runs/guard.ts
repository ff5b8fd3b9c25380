/** The guard on dangerous changes: eight rules over counts of a selection. Which is what: docs/guard.md. Pure. */

/** Most that is written without a question. A company may ask for less, never for more. */
export const PRESET = {
  sensitivePeople: 3,
  sensitivePercent: 5,
  blankPeople: 3,
  blankPercent: 2,
  updatesPercent: 30,
  updatesPeople: 20,
  newPercent: 30,
  newPeople: 20,
  samePeople: 20,
  fewerPercent: 20,
  firstUpdates: 50,
} as const

export type GuardLimits = Readonly<Record<keyof typeof PRESET, number>>

/** The limits that hold: what a company has saved, as far as it is tighter. */
export const limitsOf = (saved: Readonly<Partial<Record<string, unknown>>>): GuardLimits => {
  const held: Record<keyof typeof PRESET, number> = { ...PRESET }
  for (const name of Object.keys(PRESET) as (keyof typeof PRESET)[]) {
    const own = saved[name]
    if (typeof own === 'number' && own >= 0 && own < held[name]) held[name] = own
  }
  return held
}

/** How many people each field is about, by its id. */
export type FieldCounts = Readonly<Record<string, number>>

/** What is counted of the selected people. */
export interface GuardCounts {
  new: number
  changed: number
  /** for how many each field changes */
  fields: FieldCounts
  /** … goes blank */
  blanks: FieldCounts
  /** … becomes one and the same, of those who differed before: whoever shared the commonest earlier value counts as one */
  same: FieldCounts
  /** pairs of people who swap what is one person's own */
  swaps: FieldCounts
}

/** What the counts are measured by. */
export interface GuardBase {
  /** people of the plan whom the flow includes: new, changed and same */
  inScope: number
  /** people listed at the target; null: not counted */
  atTarget: number | null
  /** people listed at the source, now and at the last success; null: not counted, or there was none */
  source: { before: number; now: number } | null
  /** nothing has been written by this connection yet */
  first: boolean
}

interface Base {
  people: number
  /** so many would be written without a question; of a listing so many per cent may be missing */
  most: number
}

/** A rule that fires, with its number and the limit it is above. */
export type Fired =
  | (Base & { rule: 'sensitive' | 'blank' | 'same' | 'swap'; fields: FieldCounts })
  | (Base & { rule: 'updates'; of: number })
  | (Base & { rule: 'new'; of: number })
  | (Base & { rule: 'fewer'; before: number })
  | (Base & { rule: 'first' })

export type Rule = Fired['rule']

/** Above a share, in whole numbers. */
const above = (part: number, percent: number, whole: number): boolean => part * 100 > percent * whole

/** The most people that are not above both of a rule's limits. */
const mostOf = (least: number, percent: number, whole: number): number =>
  Math.max(least, Math.floor((percent * whole) / 100))

const those = (counts: FieldCounts, ids: ReadonlySet<string>): FieldCounts =>
  Object.fromEntries(Object.entries(counts).filter(([field]) => ids.has(field)))

/** A rule about fields: the most people of any of them. */
function ofFields(rule: 'sensitive' | 'blank' | 'same' | 'swap', counts: FieldCounts, most: number): Fired[] {
  const fields = Object.fromEntries(Object.entries(counts).filter(([, people]) => people > most))
  return Object.keys(fields).length > 0 ? [{ rule, people: Math.max(...Object.values(fields)), most, fields }] : []
}

/** Which rules fire, in the order of docs/guard.md. `sensitive`: ids of the fields that are. */
export function firedOf(
  counts: GuardCounts,
  { inScope, atTarget, source, first }: GuardBase,
  limits: GuardLimits,
  sensitive: ReadonlySet<string>,
): Fired[] {
  const { changed, new: created } = counts
  const { sensitivePeople, sensitivePercent, blankPeople, blankPercent } = limits
  const mostUpdates = mostOf(limits.updatesPeople, limits.updatesPercent, inScope)
  const mostNew = atTarget === null ? Infinity : mostOf(limits.newPeople, limits.newPercent, atTarget)
  const isFewer = source !== null && above(source.before - source.now, limits.fewerPercent, source.before)
  return [
    ...ofFields('sensitive', those(counts.fields, sensitive), mostOf(sensitivePeople, sensitivePercent, inScope)),
    ...ofFields('blank', counts.blanks, mostOf(blankPeople, blankPercent, inScope)),
    ...(changed > mostUpdates ? [{ rule: 'updates' as const, people: changed, most: mostUpdates, of: inScope }] : []),
    ...(atTarget !== null && created > mostNew
      ? [{ rule: 'new' as const, people: created, most: mostNew, of: atTarget }]
      : []),
    ...ofFields('swap', counts.swaps, 0),
    ...ofFields('same', counts.same, limits.samePeople),
    ...(isFewer
      ? [{ rule: 'fewer' as const, people: source.now, most: limits.fewerPercent, before: source.before }]
      : []),
    ...(first && changed > limits.firstUpdates
      ? [{ rule: 'first' as const, people: changed, most: limits.firstUpdates }]
      : []),
  ]
}
