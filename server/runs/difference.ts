import type { ConvertContext, Direction, FieldPair, Scalar, Values } from '../contract/contract.js'
import { composed } from '../contract/conversions.js'
import { refusesBlank, requires } from '../contract/needed.js'
import { holdsBroken, isBroken } from '../platform/odd-text.js'
import type { Change, ItemContent } from './run.js'

/** Blank is blank, whether a side says null or an empty string; how a text is composed is no difference. */
export const sameScalar = (a: Scalar | undefined, b: Scalar | undefined) => a === b || plain(a) === plain(b)

const plain = (value: Scalar | undefined) => (typeof value === 'string' ? composed(value) : (value ?? ''))

export const pick = (values: Values, paths: readonly string[]): Scalar[] => paths.map(path => values[path] ?? null)

export const blank = (values: readonly Scalar[]) => values.every(value => (value ?? '') === '')

/** A value with a lost sign can't be written: what it said is not known. */
const UNREADABLE = '読み取れない文字が含まれています。'

/** Required, and blank. */
export const lackingReason = (label: string) => `${label}が登録されていません。`

export const unsentReason = (label: string) =>
  `${label}に${UNREADABLE}この項目は連携しません。入力し直してから、やり直してください。`

/** … nor can what would lose one. */
export const unreadableTarget = `書き込み先の登録内容に${UNREADABLE}書き込むと元の文字が失われるため、同期できません。書き込み先で入力し直してから、やり直してください。`

interface SidesOf {
  from: readonly string[]
  to: readonly string[]
  convert: FieldPair['toService']
  convertBack: FieldPair['toService']
  show: FieldPair['showService']
  same: (from: readonly Scalar[], to: readonly Scalar[]) => boolean
}

/** A mapping is asked for every person: each of its pairs is turned once. */
const turned: Readonly<Record<Direction, WeakMap<FieldPair, SidesOf>>> = {
  'to-service': new WeakMap(),
  'to-smarthr': new WeakMap(),
}

/** A field as a direction reads, converts and shows it. */
export function oriented(pair: FieldPair, direction: Direction): SidesOf {
  const known = turned[direction].get(pair)
  if (known) return known
  const sides = turn(pair, direction)
  turned[direction].set(pair, sides)
  return sides
}

const turn = (pair: FieldPair, direction: Direction): SidesOf =>
  direction === 'to-service'
    ? {
        from: pair.smarthr,
        to: pair.service,
        convert: (values, context) => pair.toService(values, context),
        convertBack: (values, context) => pair.toSmarthr(values, context),
        show: values => pair.showService(values),
        same: (from, to) => pair.same?.(from, to) ?? false,
      }
    : {
        from: pair.service,
        to: pair.smarthr,
        convert: (values, context) => pair.toSmarthr(values, context),
        convertBack: (values, context) => pair.toService(values, context),
        show: values => pair.showSmarthr(values),
        same: (from, to) => pair.same?.(to, from) ?? false,
      }

/**
 * What must change on the target so that it says what the source says, field by field. `target` null = a new person. A
 * field is the same when either side, converted, yields the other. Conversions may lose what the other side does not
 * know (a blank kana, how an address is split). That alone is no difference. Pure.
 */
export function difference(
  mapping: readonly FieldPair[],
  direction: Direction,
  source: Values,
  target: Values | null,
  context: Omit<ConvertContext, 'present'>,
): ItemContent {
  const set: Record<string, Scalar> = {}
  const changes: Change[] = []
  const problems: string[] = []
  const notes: string[] = []
  for (const pair of mapping) {
    const side = oriented(pair, direction)
    const sourceValues = pick(source, side.from)
    if (target === null && requires(pair, direction) && blank(sourceValues)) {
      problems.push(lackingReason(pair.label))
      continue
    }
    const targetValues = pick(target ?? {}, side.to)
    if (sourceValues.some(isBroken)) {
      if (target === null && (requires(pair, direction) || refusesBlank(pair, direction, context)))
        problems.push(unsentReason(pair.label))
      else notes.push(unsentReason(pair.label))
      continue
    }
    if (target && side.same(sourceValues, targetValues)) continue
    const converted = side.convert(sourceValues, { ...context, present: target ? targetValues : [] })
    if (converted === 'keep') continue
    if ('unsent' in converted) {
      notes.push(converted.unsent)
      continue
    }
    if ('problem' in converted) {
      problems.push(converted.problem)
      continue
    }
    const wanted = Object.entries(converted.set)
    const changed = wanted.filter(([path, value]) => !sameScalar(value, target?.[path]))
    if (changed.length === 0) continue
    if (target) {
      const back = side.convertBack(targetValues, { ...context, present: sourceValues })
      const agrees =
        back !== 'keep' &&
        'set' in back &&
        Object.keys(back.set).length > 0 &&
        side.from.every((path, index) => !(path in back.set) || sameScalar(back.set[path], sourceValues[index]))
      if (agrees && side.from.every(path => path in back.set)) continue
    }
    for (const [path, value] of changed) set[path] = value
    if (converted.note !== undefined) notes.push(converted.note)
    const before = target ? side.show(targetValues) : ''
    const after = side.show(
      // null is a wanted blank; what the conversion does not mention stays as it is.
      side.to.map((path, index) => (path in converted.set ? converted.set[path] : targetValues[index]) ?? null),
    )
    if (target || after !== '') changes.push({ field: pair.id, label: pair.label, before, after })
  }
  if (target && losesSigns(set, target)) problems.push(unreadableTarget)
  return { set, target, changes, problems: [...new Set(problems)], notes: [...new Set(notes)] }
}

/** What does not change may have to go along unchanged, and can't. */
export const losesSigns = (set: Values, target: Values): boolean =>
  Object.keys(set).length > 0 && Object.entries(target).some(([path, value]) => isBroken(value) && !(path in set))

/** The same for a target that wants its record back whole: why it can't be changed; null where it can. */
export const unreadableWhole = ({ set, problems }: ItemContent, payload: unknown): string | null =>
  holdsBroken(payload) && Object.keys(set).length > 0 && !problems.includes(unreadableTarget) ? unreadableTarget : null

/** Whether the target would certainly refuse a new person: something it requires is blank. */
export const lacksRequired = (mapping: readonly FieldPair[], direction: Direction, source: Values): boolean =>
  mapping.some(pair => {
    const values = pick(source, oriented(pair, direction).from)
    return requires(pair, direction) && (blank(values) || values.some(isBroken))
  })

/** The part of `set` that `current` does not say yet. */
export const remaining = (set: Values, current: Values): Values =>
  Object.fromEntries(Object.entries(set).filter(([path, value]) => !sameScalar(value, current[path])))

/**
 * Whether the target was changed by others since the plan. Then a path says neither what it said at the plan nor what
 * we want it to say. The latter is our own write before a crash.
 */
export const movedSincePlan = (
  mapping: readonly FieldPair[],
  direction: Direction,
  content: ItemContent,
  now: Values,
) =>
  mapping
    .flatMap(pair => oriented(pair, direction).to)
    .some(
      path =>
        !sameScalar(now[path], content.target?.[path]) &&
        !(path in content.set && sameScalar(now[path], content.set[path])),
    )
