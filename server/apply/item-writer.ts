import type { Task } from '../runs/item.rows.js'
import type { Result } from '../runs/item.store.js'
import { createBatches } from './batches.js'
import { createCreates } from './creates.js'
import { createUncertain } from './uncertain.js'
import { createUpdates, type Update } from './updates.js'
import { inUnits } from './units.js'
import type { Writing } from './writing.js'

/**
 * Writes items, several in one call where the target takes batches. A refusal concerns its item alone and becomes a
 * failed result; everything that concerns the whole run is thrown. `null` = nobody can say yet: an item with an intent
 * is looked up later, one set aside comes last.
 */
export function createItemWriter(writing: Writing) {
  const { batch } = writing.sides.target
  const batches = batch && createBatches(writing, batch)
  const creates = createCreates(writing)
  const updates = createUpdates(writing)
  return {
    /** how many items one call takes */
    unitSize: batch?.size ?? 1,

    createAll: async (tasks: readonly Task[]): Promise<readonly (Result | null)[]> =>
      batches ? batches.create(tasks) : Promise.all(tasks.map(creates.create)),

    /** … and which of these updates go into one */
    updatesByCall: (all: readonly Update[]): Update[][] => {
      const alone = all.filter(({ task }) => batches?.goesAlone(task))
      return [
        ...inUnits(
          all.filter(one => !alone.includes(one)),
          batch?.size ?? 1,
        ),
        ...inUnits(alone, 1),
      ]
    },

    updateAll: async (all: readonly Update[]): Promise<readonly (Result | null)[]> =>
      batches ? batches.update(all) : Promise.all(all.map(updates.update)),

    uncertain: createUncertain(writing, creates),
    setAside: updates.setAside,
    takeUpAside: updates.takeUpAside,
    settleAside: updates.settleAside,
  }
}

export type ItemWriter = ReturnType<typeof createItemWriter>
