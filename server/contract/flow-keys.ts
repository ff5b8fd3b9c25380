/** By what a flow tells people apart: 社員番号, or another field that the company has chosen. Pure. */
import { crew } from './crew-fields.js'
import { declared } from './declared.js'
import type { Connector, Directory, Entry, FieldPair, Flow, OtherKey, SyncFlow } from './contract.js'
import { keyOf } from './keys.js'

export const KEY_CHOICE = '従業員を見分ける項目'

/** What is preset: 社員番号, by its field's id. A choice of it is stored as null. */
export const NUMBER = crew.employeeNumber.id

/** A key that was chosen, by its field's id; null: 社員番号. */
export type ChosenKey = string | null

interface Chosen {
  other: OtherKey
  /** the fields of the key and of 社員番号 */
  pair: FieldPair
  number: FieldPair
}

/** What a choice comes to for a flow; null: it goes by its own key. */
function chosenIn(flow: Flow, key: ChosenKey): (Chosen & { flow: SyncFlow }) | null {
  if (key === null || flow.kind !== 'sync') return null
  const other = flow.otherKeys?.find(({ field }) => field === key)
  const [pair, number] = [key, NUMBER].map(id => flow.mapping.find(one => one.id === id))
  return other && pair && number ? { flow, other, pair, number } : null
}

/** What a company can choose from for a service, 社員番号 first; nothing where there is no choice. */
export function keyChoices({ flows }: Pick<Connector, 'flows'>): { id: ChosenKey; label: string }[] {
  const found = new Map<string, string>()
  for (const flow of flows) {
    if (flow.kind !== 'sync') continue
    for (const { field } of flow.otherKeys ?? []) {
      const pair = flow.mapping.find(({ id }) => id === field)
      if (pair) found.set(field, pair.label)
    }
  }
  if (found.size === 0) return []
  return [{ id: null, label: crew.employeeNumber.label }, ...[...found].map(([id, label]) => ({ id, label }))]
}

/** The flow as it goes by the key. */
export function flowBy(flow: Flow, key: ChosenKey): Flow {
  const chosen = chosenIn(flow, key)
  if (!chosen) return flow
  const { other, pair, number } = chosen
  const { normalise, personal, notes } = other
  const path = declared(pair.smarthr[0], 'path of a key')
  const own = declared((flow.direction === 'to-service' ? number.smarthr : number.service)[0], 'path of 社員番号')
  return {
    ...chosen.flow,
    key: { path, normalise, otherwise: { label: number.label, path: own }, ...(personal && { personal }) },
    words: { ...flow.words, key: pair.label },
    notes,
  }
}

/** The key of a record that a side has listed by 社員番号. */
export function keyOfEntry(flow: Flow, key: ChosenKey, side: 'smarthr' | 'service', entry: Entry): string | null {
  const chosen = chosenIn(flow, key)
  return chosen ? chosen.other.normalise(entry.values[declared(chosen.pair[side][0], 'path of a key')]) : entry.key
}

/** A connector whose flows go by the key. */
export const connectorBy = (connector: Connector, key: ChosenKey): Connector =>
  key === null ? connector : { ...connector, flows: connector.flows.map(flow => flowBy(flow, key)) }

/** What the flows' keys are called, whichever is chosen. */
export const keyWords = (flows: readonly Flow[]): string[] => [
  ...new Set([
    ...flows.map(({ words }) => words.key),
    ...flows.flatMap(flow =>
      flow.kind === 'sync' ? (flow.otherKeys ?? []).map(({ field }) => flowBy(flow, field).words.key) : [],
    ),
  ]),
]

/**
 * One side's records, told apart by the key. A record that was created is still looked for by its 社員番号: that is what
 * the side holds to be unique.
 */
export function keyedBy(directory: Directory, flow: Flow, key: ChosenKey, side: 'smarthr' | 'service'): Directory {
  const chosen = chosenIn(flow, key)
  if (!chosen) return directory
  const { other, pair, number } = chosen
  const [path = ''] = pair[side]
  const [numberPath = ''] = number[side]
  const keyed = <E extends Entry>(entry: E): E => ({
    ...entry,
    key: other.normalise(entry.values[path]),
    number: keyOf(entry.values[numberPath]),
  })
  const everyone = directory.everyone?.bind(directory)
  const one = directory.one?.bind(directory)
  return {
    ...directory,
    async *list(asOf, from) {
      for await (const page of directory.list(asOf, from)) yield { ...page, people: page.people.map(keyed) }
    },
    ...(everyone && {
      async *everyone(asOf) {
        // Of whom nothing but the id is known, nobody can say the key.
        for await (const people of everyone(asOf))
          yield people.map(person => ('values' in person ? keyed(person) : { ...person, key: null }))
      },
    }),
    ...(one && {
      async one(id, asOf) {
        const entry = await one(id, asOf)
        return entry && keyed(entry)
      },
    }),
    async reread(ids, asOf, page) {
      return new Map([...(await directory.reread(ids, asOf, page))].map(([id, entry]) => [id, keyed(entry)]))
    },
    findCreated: creates =>
      directory.findCreated(creates.map(create => ({ ...create, key: keyOf(create.values[numberPath]) }))),
  }
}
