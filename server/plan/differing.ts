import type { ItemClass } from '../runs/run.js'
import type { PlannedItem } from './planned-item.store.js'

/** What a check keeps of a plan: those who differ, and of all others how many they are. */
export interface Differing {
  /** Counts these people, and gives those who differ. */
  keep(people: readonly PlannedItem[]): PlannedItem[]
  counts: Readonly<Record<ItemClass, number>>
  /** what differs of each of them, as a hash by the source's id */
  marks: Readonly<Record<string, string>>
}

/** What would be written of a person, as text: the same text, the same difference. */
const differenceOf = ({ class: of, targetId, content }: PlannedItem): string =>
  JSON.stringify([of, targetId, content.changes.map(({ field, before, after }) => [field, before, after])])

/** `markOf`: tells within the company whether two differences are the same, and nothing else. */
export function countDiffering(markOf: (text: string) => string): Differing {
  const counts: Record<ItemClass, number> = { new: 0, changed: 0, same: 0, excluded: 0 }
  const marks: Record<string, string> = {}
  return {
    counts,
    marks,
    keep(people) {
      const differ = people.filter(({ class: of }) => of === 'new' || of === 'changed')
      for (const { class: of } of people) counts[of] += 1
      for (const person of differ) marks[person.sourceId] = markOf(differenceOf(person))
      return differ
    },
  }
}
