import type { Visitor } from '../helpers/visitor.js'
import type { World } from '../helpers/world.js'
import { at, type Held } from './held.js'
import {
  erasedByNote,
  erasedByRun,
  judge,
  missed,
  onePicture,
  type Person,
  type Rules,
  type Violation,
  type Write,
} from './judge.js'
import { mark } from './log.js'
import { TODAY, type Pair } from './pairs.js'
import { readSelection, toPlan, walk, type Seen } from './shown.js'

/** How one flow is tried: how its services are filled, looked at and told apart. */
export interface FlowLaw {
  rules: Rules
  /** both sides hold exactly these people */
  fill(world: World, pairs: readonly Pair[]): Promise<void>
  /** what the source and the target hold, by their ids */
  held(world: World): Promise<{ source: ReadonlyMap<string, Held>; target: ReadonlyMap<string, Held> }>
  /** whose log the writes are in */
  target: string
  writes(world: World, from: number): Promise<Write[]>
  /** what the pages call somebody, and that in either side's values */
  keyOf(pair: Pair): string
  sourceKey(held: Held): string
  targetKey(held: Held): string
  /** the version that is written, and the one that is read */
  monthWritten?(held: Held): number
  monthRead?(held: Held, referenceDate: string): number
  /** the first page's answers; null: it asks nothing */
  first(referenceDate: string): Readonly<Record<string, string>> | null
  buttons: { choose: string; go: string }
  /** sees to what the connection still lacks */
  prepare?(world: World): Promise<void>
}

const byKey = (held: ReadonlyMap<string, Held>, key: (one: Held) => string) =>
  new Map([...held].map(([id, one]) => [key(one), { id, held: one }]))

export interface Trial {
  law: FlowLaw
  start: string
  pairs: readonly Pair[]
  referenceDate?: string
}

/** One run over many pairs, then a second plan at the same reference date; everything that breaks a law. */
export async function tryFlow(
  world: World,
  visitor: Visitor,
  { law, start, pairs, referenceDate = TODAY }: Trial,
): Promise<(Violation & { pair: Pair | null })[]> {
  const { rules } = law
  await law.fill(world, pairs)
  const before = await law.held(world)
  const from = await mark(world, law.target)
  const runId = await toPlan(visitor, start, law.first(referenceDate))
  const seen = await walk(visitor, runId, law.buttons)
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
  const found: (Violation & { pair: Pair | null })[] = []
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
      ...(planned?.choosable ? onePicture(key, seen) : []),
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
  found.push(...notes(seen.notes, blanks, rules).map(violation => ({ ...violation, pair: null })))
  return found
}

function same(key: string, told: Seen | null, again: Seen | undefined): Violation[] {
  if (told?.outcome !== '成功' || !again || again.class === '差分なし' || again.class === '対象外') return []
  const what = again.changes.map(({ label, before, after }) => `「${label}」 ${before} → ${after}`).join('、')
  return [{ law: 'same again', key, what: `${again.class} once more: ${what}` }]
}

function notes(said: readonly string[], blanks: readonly { person: Person; seen: Seen }[], rules: Rules): Violation[] {
  if (blanks.length === 0) return []
  const erased = [...erasedByRun(blanks, rules)].sort()
  const named = erasedByNote(said)
  if (named !== null && JSON.stringify([...named].sort()) === JSON.stringify(erased)) return []
  return [
    {
      law: 'notes',
      key: '-',
      what: `the page says that a blank erases ${named === null ? 'nothing about it' : JSON.stringify(named)}, and ${JSON.stringify(erased)} changed`,
    },
  ]
}
