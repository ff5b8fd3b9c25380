import type { Entry, Flow } from '../contract/contract.js'
import { textOf } from '../contract/conversions.js'
import { tabledOptions } from '../contract/value-tables.js'

/** How many people of a plan have each value of a table's source, by the option's name. */
export type Heads = Readonly<Record<string, Readonly<Record<string, number>>>>

/** Counts people while they are planned. */
export function createHeads(flow: Flow) {
  const counts = tabledOptions(flow).map(({ name, from }) => ({ name, path: from.path, of: new Map<string, number>() }))
  return {
    add(people: readonly Pick<Entry, 'values'>[]): void {
      for (const { path, of } of counts)
        for (const { values } of people) {
          const value = textOf(values[path])
          if (value !== null) of.set(value, (of.get(value) ?? 0) + 1)
        }
    },

    /** null: the flow has no table. */
    all: (): Heads | null =>
      counts.length === 0 ? null : Object.fromEntries(counts.map(({ name, of }) => [name, Object.fromEntries(of)])),
  }
}
