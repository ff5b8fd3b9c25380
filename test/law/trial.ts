import type { Visitor } from '../helpers/visitor.js'
import type { World } from '../helpers/world.js'
import { at, type Held } from './held.js'
import { judge, missed, notesAgree, onePicture, type Person, type Rules, type Violation, type Write } from './judge.js'
import { mark } from './log.js'
import { TODAY } from './pairs.js'
import { oneClick, readSelection, toPlan, walk, type Seen } from './shown.js'

/** How one flow is tried: how its services are filled, looked at and told apart. */
/** What was made up: somebody or something, on either side. */
export interface Made {
  kind: string
}

export interface FlowLaw<P extends Made> {
  rules: Rules
  /** both sides hold exactly these people */
  fill(world: World, pairs: readonly P[]): Promise<void>
  /** what the source and the target hold, by their ids */
  held(world: World): Promise<{ source: ReadonlyMap<string, Held>; target: ReadonlyMap<string, Held> }>
  /** whose log the writes are in */
  target: string
  writes(world: World, from: number): Promise<Write[]>
  /** what the pages call somebody, and that in either side's values */
  keyOf(pair: P): string
  sourceKey(held: Held): string
  targetKey(held: Held): string
  /** the version that is written, and the one that is read */
  monthWritten?(held: Held): number
  monthRead?(held: Held, referenceDate: string): number
  /** the first page's answers; null: it asks nothing */
  first(referenceDate: string): Readonly<Record<string, string>> | null
  buttons: { choose: string; go: string }
  /** the service takes numbers of digits alone */
  digitsOnly?: true
}

const byKey = (held: ReadonlyMap<string, Held>, key: (one: Held) => string) =>
  new Map([...held].map(([id, one]) => [key(one), { id, held: one }]))

export type Broken<P> = Violation & { pair: P | null }

/** What came of a trial. */
export interface Tried<P> {
  broken: Broken<P>[]
  pairs: number
  /** who was written, and the reasons of those who were not */
  written: number
  failures: string[]
}

export interface Trial<P extends Made> {
  law: FlowLaw<P>
  start: string
  pairs: readonly P[]
  referenceDate?: string
  /** without a page before it */
  atOnce?: { connector: string; flow: string }
}

/** One run over many pairs, then a second plan at the same reference date; everything that breaks a law. */
export async function tryFlow<P extends Made>(
  world: World,
  visitor: Visitor,
  { law, start, pairs, referenceDate = TODAY, atOnce }: Trial<P>,
): Promise<Tried<P>> {
  const { rules } = law
  await law.fill(world, pairs)
  const before = await law.held(world)
  const from = await mark(world, law.target)
  const seen = atOnce
    ? await oneClick(visitor, atOnce.connector, atOnce.flow)
    : await walk(visitor, await toPlan(visitor, start, law.first(referenceDate)), law.buttons)
  const after = await law.held(world)
  const writes = new Map<string, Write[]>()
  for (const write of await law.writes(world, from)) writes.set(write.id, [...(writes.get(write.id) ?? []), write])
  await toPlan(visitor, start, law.first(referenceDate))
  const again = new Map((await readSelection(visitor)).map(one => [one.key, one]))
  // Nothing more is to be done with that plan.
  await visitor.press('キャンセル')

  const [sources, targets, results] = [
    byKey(before.source, law.sourceKey),
    byKey(before.target, law.targetKey),
    byKey(after.target, law.targetKey),
  ]
  const found: Broken<P>[] = []
  const blanks: { person: Person; seen: Seen }[] = []
  const accounted = new Set<string>()
  for (const pair of pairs) {
    const key = law.keyOf(pair)
    const [source, target, result] = [sources.get(key), targets.get(key), results.get(key)]
    const id = result?.id ?? target?.id
    if (id !== undefined) accounted.add(id)
    const now = target?.held ?? result?.held
    const read = (one: Held) => at(one, law.monthRead?.(one, referenceDate) ?? 0)
    const person: Person = {
      key,
      before: target?.held ?? null,
      after: result?.held ?? null,
      writes: id === undefined ? [] : (writes.get(id) ?? []),
      month: now ? (law.monthWritten?.(now) ?? 0) : 0,
      source: source ? read(source.held) : null,
    }
    const told = seen.report.get(key) ?? null
    const planned = seen.selection.get(key)
    const broken = [
      ...(planned?.choosable || (atOnce && told) ? onePicture(key, seen) : []),
      ...judge(person, told, rules),
      ...(planned && planned.class !== '対象外' ? missed(person, seen.dialog.get(key) ?? planned, rules) : []),
      ...same(key, told, again.get(key)),
    ]
    found.push(...broken.map(violation => ({ ...violation, pair })))
    if (pair.kind === 'source is blank' && told) blanks.push({ person, seen: told })
  }
  for (const [id] of writes)
    if (!accounted.has(id))
      found.push({ law: 'shown = sent', key: id, what: 'was written and belongs to nobody of the pairs', pair: null })
  if (seen.notes) found.push(...notesAgree(seen.notes, blanks, rules).map(violation => ({ ...violation, pair: null })))
  const outcomes = [...seen.report.values()]
  return {
    broken: found,
    pairs: pairs.length,
    written: outcomes.filter(({ outcome }) => outcome === '成功').length,
    failures: outcomes.filter(({ outcome }) => outcome !== '成功').map(({ key, words }) => `${key}: ${words}`),
  }
}

function same(key: string, told: Seen | null, again: Seen | undefined): Violation[] {
  if (told?.outcome !== '成功' || !again || again.class === '差分なし' || again.class === '対象外') return []
  const what = again.changes.map(({ label, before, after }) => `「${label}」 ${before} → ${after}`).join('、')
  return [{ law: 'same again', key, what: `${again.class} once more: ${what}` }]
}
