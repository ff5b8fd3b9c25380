/** What another key would change about who is who. Pure. */
import type { ComparedFlow, Paired } from '../connections/flow-key.store.js'
import type { Entry, Person, PlainDate, SyncFlow } from '../contract/contract.js'
import { keyOf } from '../contract/keys.js'
import { match, type Match } from './match.js'

/** So many are shown; the others are counted. */
export const MOST_SHOWN = 50

/** Somebody of one side, as far as pairing goes: by each key that is compared. */
export interface Known extends Pick<Entry, 'id' | 'name'> {
  number: string | null
  now: string | null
  then: string | null
  /** takes part at the day of the comparison */
  included: boolean
}

/** What is kept of a record of one side while everybody is read. */
export const knownOf = (
  flow: SyncFlow,
  person: Person,
  keys: { number: string; now: (entry: Entry) => string | null; then: (entry: Entry) => string | null },
  asOf: PlainDate,
): Known => ({
  id: person.id,
  name: person.name,
  number: keyOf(person.values[keys.number]),
  now: keys.now(person),
  then: keys.then(person),
  included: flow.includes(person, asOf),
})

type Which = 'now' | 'then'

function indexed(people: readonly Known[], of: (person: Known) => string | null): Map<string, Known[]> {
  const found = new Map<string, Known[]>()
  for (const person of people) {
    const key = of(person)
    if (key !== null) found.set(key, [...(found.get(key) ?? []), person])
  }
  return found
}

/** Who of the target each of the source is by one key: the same rule as in a plan. */
function matcher(flow: SyncFlow, which: Which, source: readonly Known[], target: readonly Known[], other: boolean) {
  const [sources, targets] = [indexed(source, person => person[which]), indexed(target, person => person[which])]
  const holders = indexed(target, person => person.number)
  return (person: Known): Match => {
    const key = person[which]
    return match({
      key,
      keyRequired: true,
      sourcesWithKey: key === null ? 0 : (sources.get(key)?.length ?? 1),
      linked: null,
      candidates: key === null ? [] : (targets.get(key) ?? []).map(({ id }) => ({ id, listed: true })),
      number:
        other && person.number !== null
          ? { value: person.number, holders: (holders.get(person.number) ?? []).map(({ id }) => id) }
          : null,
      everLinked: new Set(),
      targetKeysUnique: true,
      when: null,
      source: flow.from,
      target: flow.to,
      word: flow.words.key,
      item: flow.words.item,
    })
  }
}

const isSame = (one: Match, other: Match): boolean =>
  one.kind === other.kind && (one.kind !== 'pair' || other.kind !== 'pair' || one.targetId === other.targetId)

/**
 * Everybody of a flow's source who would be somebody else in its target, or nobody. `flows`: the flow by each key;
 * `other`: whether that is another key than 社員番号.
 */
export function compareKeys(
  flows: Readonly<Record<Which, SyncFlow>>,
  other: Readonly<Record<Which, boolean>>,
  { source, target }: { source: readonly Known[]; target: readonly Known[] },
): ComparedFlow {
  const [now, then] = (['now', 'then'] as const).map(which =>
    matcher(flows[which], which, source, target, other[which]),
  ) as [(person: Known) => Match, (person: Known) => Match]
  const byId = new Map(target.map(person => [person.id, person]))
  const paired = (found: Match): Paired => {
    if (found.kind === 'excluded') return { label: '対象外', text: found.reason }
    if (found.kind === 'new') return { label: flows.now.words.new, text: '' }
    const { number = null, name = '' } = byId.get(found.targetId) ?? {}
    return { label: '一致', text: [number, name].filter(Boolean).join(' ') }
  }
  const result: ComparedFlow = { flow: flows.now.id, people: 0, differing: 0, shown: [] }
  for (const person of source) {
    if (!person.included) continue
    result.people += 1
    const [before, after] = [now(person), then(person)]
    if (isSame(before, after)) continue
    result.differing += 1
    if (result.shown.length === MOST_SHOWN) continue
    const { name, number } = person
    result.shown.push({ number: number ?? '', name, now: paired(before), then: paired(after) })
  }
  return result
}
