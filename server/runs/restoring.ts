import type { Direction, FieldPair, Scalar, Values } from '../contract/contract.js'
import { isBroken } from '../platform/odd-text.js'
import { blank, losesSigns, oriented, pick, sameScalar, unreadableTarget } from './difference.js'
import type { Change, ItemContent } from './run.js'

/** 取り消し: the fields that a run has written to a record, back to what they were. Pure. */

/** What an undo has to do for one record. */
export interface Restored {
  content: ItemContent
  /** fields that say something else by now than what the run wrote, and stay as they are */
  moved: readonly string[]
  /** fields that were blank, which the target can't make blank again */
  unblankable: readonly string[]
}

/** The places of a record that a field is written to. What it only reads belongs to another field. */
const writtenPaths = (pair: FieldPair, direction: Direction, set: Values): string[] =>
  oriented(pair, direction).to.filter(path => path in set && !pair.reads?.includes(path))

/** Fields that go along with each other go back with each other, too: half an address would be another one. */
function groups(mapping: readonly FieldPair[]): FieldPair[][] {
  const found = new Map<string, FieldPair[]>()
  for (const pair of mapping) {
    const lead = pair.follows ?? pair.id
    found.set(lead, [...(found.get(lead) ?? []), pair])
  }
  return [...found.values()]
}

const canBeBlank = ({ blankable }: FieldPair, direction: Direction): boolean =>
  blankable === 'both' || blankable === (direction === 'to-service' ? 'service' : 'smarthr')

/** Blank, or what the service says for a blank and would refuse. */
const isUnfilled = (pair: FieldPair, direction: Direction, values: readonly Scalar[]): boolean =>
  blank(values) || (direction === 'to-service' && values.every(value => pair.untaken?.(value) ?? false))

/**
 * What must change so that a record says again what it said before a run wrote `written` to it. `now`: what the target
 * says of it. A field that says by now neither what was written nor what it said before was changed by somebody else: it
 * stays, with all fields that go along with it. `clears`: whether the target takes a blank at a path.
 */
export function restoring(
  mapping: readonly FieldPair[],
  direction: Direction,
  written: Pick<ItemContent, 'set' | 'target'>,
  now: Values,
  clears: (path: string) => boolean = () => false,
): Restored {
  const before = written.target ?? {}
  const set: Record<string, Scalar> = {}
  const changes: Change[] = []
  const [moved, unblankable]: string[][] = [[], []]
  for (const group of groups(mapping)) {
    const theirs = group.map(pair => ({ pair, paths: writtenPaths(pair, direction, written.set) }))
    const paths = theirs.flatMap(one => one.paths)
    const isBack = (path: string) => sameScalar(now[path], before[path])
    if (paths.every(isBack)) continue
    if (paths.some(path => !isBack(path) && !sameScalar(now[path], written.set[path]))) {
      moved?.push(...theirs.filter(one => one.paths.some(path => !isBack(path))).map(({ pair }) => pair.label))
      continue
    }
    for (const { pair, paths: own } of theirs) {
      const back = own.filter(path => !isBack(path))
      if (back.length === 0) continue
      const side = oriented(pair, direction)
      const values = pick({ ...now, ...Object.fromEntries(own.map(path => [path, before[path] ?? null])) }, side.to)
      const [shown, shownBack] = [side.show(pick(now, side.to)), side.show(values)]
      // What reads the same is no change: 在籍状況 goes with 退職年月日, and the service keeps none.
      if (shown === shownBack) continue
      const ownBefore = pick(before, own)
      const isTaken = canBeBlank(pair, direction) || back.every(clears)
      if ((isUnfilled(pair, direction, ownBefore) && !isTaken) || ownBefore.some(isBroken)) {
        unblankable?.push(pair.label)
        continue
      }
      for (const path of back) set[path] = before[path] ?? null
      changes.push({ field: pair.id, label: pair.label, before: shown, after: shownBack })
    }
  }
  const problems = losesSigns(set, now) ? [unreadableTarget] : []
  return {
    content: { set, target: now, changes, problems, notes: [] },
    moved: [...new Set(moved)],
    unblankable: [...new Set(unblankable)],
  }
}
