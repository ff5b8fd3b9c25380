/** Questions about single records, answered from what a side can be asked: for the directories of connectors. */
import type { Directory, KnownPerson, Person, PlainDate, UncertainCreate } from './contract.js'
import { spellingsOf } from './keys.js'

/** Ways to read records as they are now, cheapest first. A side has one of them at least. */
export interface Reads {
  /** a whole listing page, from 0: one call for several records */
  page?(asOf: PlainDate, page: number): Promise<readonly Person[]>
  /** one record; null: there is no such one */
  byId?(id: string, asOf: PlainDate): Promise<Person | null>
  /** where the rest is looked for, call by call, until all are found */
  search?(ids: readonly string[], asOf: PlainDate): AsyncIterable<readonly Person[]>
}

/** `Directory.reread`: those of one listing page together, then the missing ones one by one, then the rest. */
export const rereadBy =
  ({ page, byId, search }: Reads): Directory['reread'] =>
  async (ids, asOf, listingPage) => {
    const found = new Map<string, Person>()
    const missing = () => ids.filter(id => !found.has(id))
    const take = (people: readonly Person[]) => {
      for (const person of people) if (ids.includes(person.id) && !found.has(person.id)) found.set(person.id, person)
    }
    // A single record costs less than a page, where the side can be asked for it.
    if (page && (ids.length > 1 || !byId)) take(await page(asOf, listingPage))
    if (byId) {
      for (const id of missing()) {
        const person = await byId(id, asOf)
        if (person) found.set(id, person)
      }
    }
    if (!search || missing().length === 0) return found
    for await (const people of search(missing(), asOf)) {
      take(people)
      if (missing().length === 0) break
    }
    return found
  }

/** `Directory.exists` for a side that can only be read through. */
export async function isAmong(id: string, lists: AsyncIterable<readonly KnownPerson[]>): Promise<boolean> {
  for await (const people of lists) if (people.some(person => person.id === id)) return true
  return false
}

/**
 * `Directory.findCreated` for a side that is asked for a key, as it was sent (at `path`) and as it may have been stored.
 * A create without a key is found by nothing.
 */
export const createdByKey =
  (path: string, ask: (spelling: string) => Promise<readonly KnownPerson[]>): Directory['findCreated'] =>
  async creates => {
    const found = new Map<string, readonly string[]>()
    for (const { ref, key, values } of creates) {
      if (key === null) continue
      const ids = new Set<string>()
      for (const spelling of spellingsOf(values[path], key)) {
        for (const person of await ask(spelling)) if (person.key === key) ids.add(person.id)
      }
      found.set(ref, [...ids])
    }
    return found
  }

/** Fits when the keys are equal; a create without a key is found by nothing. */
export const sameKey =
  ({ key }: UncertainCreate) =>
  (person: KnownPerson): boolean =>
    key !== null && person.key === key

/**
 * `Directory.findCreated` for a side that is read through once for all creates. `fits` says which rows could be the
 * result of one; the last listed comes first.
 */
export const createdAmong =
  <Row extends { id: string }>({
    lists,
    fits,
  }: {
    lists: () => AsyncIterable<readonly Row[]>
    fits: (create: UncertainCreate) => (row: Row) => boolean
  }): Directory['findCreated'] =>
  async creates => {
    const wanted = creates.map(create => ({ ref: create.ref, isIt: fits(create) }))
    const found = new Map<string, readonly string[]>()
    for await (const rows of lists()) {
      for (const row of rows) {
        for (const { ref, isIt } of wanted) if (isIt(row)) found.set(ref, [row.id, ...(found.get(ref) ?? [])])
      }
    }
    return found
  }
