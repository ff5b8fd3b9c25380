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
}

/** A rule that fires, with its number. */
export type Fired =
  | (Base & { rule: 'sensitive' | 'blank' | 'same' | 'swap'; fields: FieldCounts })
  | (Base & { rule: 'updates'; of: number })
  | (Base & { rule: 'new'; of: number })
  | (Base & { rule: 'fewer'; before: number })
  | (Base & { rule: 'first' })

export type Rule = Fired['rule']

/** Above a share, in whole numbers. */
const above = (part: number, percent: number, whole: number): boolean => part * 100 > percent * whole

const over = (counts: FieldCounts, isOver: (people: number, field: string) => boolean): FieldCounts =>
  Object.fromEntries(Object.entries(counts).filter(([field, people]) => isOver(people, field)))

/** A rule about fields: the most people of any of them. */
const ofFields = (rule: 'sensitive' | 'blank' | 'same' | 'swap', fields: FieldCounts): Fired[] =>
  Object.keys(fields).length > 0 ? [{ rule, people: Math.max(...Object.values(fields)), fields }] : []

/** Which rules fire, in the order of docs/guard.md. `sensitive`: ids of the fields that are. */
export function firedOf(
  counts: GuardCounts,
  { inScope, atTarget, source, first }: GuardBase,
  limits: GuardLimits,
  sensitive: ReadonlySet<string>,
): Fired[] {
  const { changed, new: created } = counts
  const many = (people: number, least: number, percent: number) => people > least && above(people, percent, inScope)
  const { sensitivePeople, sensitivePercent, blankPeople, blankPercent } = limits
  const isFewer = source !== null && above(source.before - source.now, limits.fewerPercent, source.before)
  return [
    ...ofFields(
      'sensitive',
      over(counts.fields, (people, field) => sensitive.has(field) && many(people, sensitivePeople, sensitivePercent)),
    ),
    ...ofFields(
      'blank',
      over(counts.blanks, people => many(people, blankPeople, blankPercent)),
    ),
    ...(many(changed, limits.updatesPeople, limits.updatesPercent)
      ? [{ rule: 'updates' as const, people: changed, of: inScope }]
      : []),
    ...(atTarget !== null && created > limits.newPeople && above(created, limits.newPercent, atTarget)
      ? [{ rule: 'new' as const, people: created, of: atTarget }]
      : []),
    ...ofFields(
      'swap',
      over(counts.swaps, pairs => pairs > 0),
    ),
    ...ofFields(
      'same',
      over(counts.same, people => people > limits.samePeople),
    ),
    ...(isFewer ? [{ rule: 'fewer' as const, people: source.now, before: source.before }] : []),
    ...(first && changed > limits.firstUpdates ? [{ rule: 'first' as const, people: changed }] : []),
  ]
}
