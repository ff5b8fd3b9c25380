import { VendorStumbled } from '../errors.js'
import { remaining } from '../runs/difference.js'
import type { Task } from '../runs/item.rows.js'
import type { Result } from '../runs/item.store.js'
import { noting } from '../runs/lease.js'
import { partlyRefusedReason } from '../runs/reasons.js'
import { failed, orRefused, stuckReason, succeeded } from './outcomes.js'
import { FinishedElsewhere } from './ledger.js'
import { changing, notBegun, orderOf, type Current, type Writing } from './writing.js'

/** A record to be changed, and what the target says of it now. */
export interface Update {
  task: Task
  now: Current
}

/** So many set aside without an answer in between: the target is down. */
const MOST_IN_A_ROW = 5

/** So often an update is tried from the start, four times each. */
const ROUNDS = 2

/** An update at which the target failed again and again, and how many writes it had answered before. */
interface SetAside {
  task: Task
  error: VendorStumbled
  answersBefore: number
}

/** Updates one record at a time. One that the target stumbles over is set aside while the others go on. */
export function createUpdates(writing: Writing) {
  const { sides, answers } = writing
  const { target } = sides
  // Where the order counts, nobody may go on before the one ahead is done.
  const maySetAside = !(sides.flow.kind === 'sync' && sides.flow.inOrder)
  let aside: SetAside[] = []
  /** how often each was set aside */
  const rounds = new Map<string, number>()
  const sinceAnswer = () => aside.filter(({ answersBefore }) => answersBefore === answers.count)

  /** Sends what the target, as just re-read, does not say yet. */
  const send = async ({ task, now }: Update): Promise<Result | null> => {
    const set = remaining(task.content.set, now.values)
    if (Object.keys(set).length === 0) return succeeded(task)
    if ((rounds.get(task.id) ?? 0) >= ROUNDS) return failed(task, stuckReason(sides.names.target))
    const order = orderOf(writing, [task])
    try {
      const result = await orRefused(
        task,
        async () => {
          await noting(order, () => target.update(changing(writing, set, now)))
          return succeeded(task)
        },
        reason => (order.touched || task.intentAt !== null ? partlyRefusedReason(sides.names.target, reason) : reason),
      )
      // Refused before any of it was taken: nothing of it is there, and nothing has to be taken back.
      if (result.outcome === 'failed' && task.intentAt === null) await notBegun(writing, order, [task])
      return result
    } catch (error) {
      if (error instanceof FinishedElsewhere) return null
      await notBegun(writing, order, [task])
      throw error
    }
  }

  return {
    /** null: set aside, or finished by the worker before us. */
    async update(update: Update): Promise<Result | null> {
      const answersBefore = answers.count
      try {
        const result = await send(update)
        answers.count += 1
        return result
      } catch (error) {
        if (!maySetAside || !(error instanceof VendorStumbled)) throw error
        aside.push({ task: update.task, error, answersBefore })
        if (sinceAnswer().length >= MOST_IN_A_ROW) throw error
        return null
      }
    },

    /** The ids of those that were set aside. */
    setAside: (): readonly string[] => aside.map(({ task }) => task.id),

    /**
     * When there is nothing else to do: those set aside come once more, since an outage may be over; after the last round
     * they are looked at without being sent. False: there are none. Throws VendorStumbled when nothing has gone through
     * since they were set aside for the first time: then the target is down, and all of it is tried again later.
     */
    takeUpAside(): boolean {
      const down = sinceAnswer().find(({ task }) => !rounds.has(task.id))
      if (down) throw down.error
      for (const { task } of aside) rounds.set(task.id, (rounds.get(task.id) ?? 0) + 1)
      const any = aside.length > 0
      aside = []
      return any
    },

    /** The run is to stop: the outcomes of those set aside. */
    settleAside: (): Result[] => aside.map(({ task }) => failed(task, stuckReason(sides.names.target))),
  }
}
