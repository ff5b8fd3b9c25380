import type { Batch, BatchResult } from '../contract/contract.js'
import { Uncertain, VendorRefused, VendorUnavailable } from '../errors.js'
import { remaining } from '../runs/difference.js'
import type { Task } from '../runs/item.rows.js'
import type { Result } from '../runs/item.store.js'
import { failed, failedByPlan, hasProblems, stuckReason, succeeded } from './outcomes.js'
import type { Update } from './updates.js'
import { noting, type Order } from '../runs/lease.js'
import { FinishedElsewhere } from './ledger.js'
import { changing, forCreate, orderOf, remember, notBegun, type Writing } from './writing.js'

/** How often in a row the answer to a batch may be lost before the run is put aside, and for how long. */
const MAX_LOST_BATCHES = 3
const LOST_WAIT_MS = 60_000

/** One record whose update was lost so often by itself, while others were answered, is the reason itself. */
const MAX_LOST_ALONE = 2

export const silentReason = (target: string) =>
  `${target}から応答がない状態が続いたため、中断しました。時間をおいて、やり直してください。`

/** A call with several records: its results, one per task; null: nobody can say. Certain failures of the whole are thrown. */
function createSend(writing: Writing) {
  let lostBatches = 0
  return async (
    tasks: readonly Task[],
    call: () => Promise<readonly BatchResult[]>,
    order: Order,
  ): Promise<(BatchResult | null)[]> => {
    if (tasks.length === 0) return []
    try {
      const results = [...(await noting(order, call))]
      lostBatches = 0
      writing.answers.count += 1
      return results
    } catch (error) {
      if (error instanceof FinishedElsewhere) return tasks.map(() => null)
      if (error instanceof Uncertain) {
        lostBatches += 1
        if (lostBatches > MAX_LOST_BATCHES)
          throw new VendorUnavailable(silentReason(writing.sides.names.target), new Date(Date.now() + LOST_WAIT_MS))
        return tasks.map(() => null)
      }
      if (error instanceof VendorRefused) return tasks.map((): BatchResult => ({ refused: error.reason }))
      await notBegun(writing, order, tasks)
      throw error
    }
  }
}

/** Several records in one call: each has its own result; a call whose answer is lost leaves all of them open. */
export function createBatches(writing: Writing, batch: Batch) {
  const { sides, days } = writing
  const send = createSend(writing)
  /** Updates whose batch got no answer, and how often they got none alone: one of them may be more than the target can do. */
  const alone = new Map<string, { lost: number; answersBefore: number }>()

  /** What became of updates that were sent: of those without an answer that they go alone, or that they are the reason. */
  const settled = (tasks: readonly Task[], results: readonly (BatchResult | null)[]): (Result | null)[] =>
    tasks.map((task, index) => {
      const result = resultOf(task, results[index])
      if (result !== null) return result
      const seen = alone.get(task.id) ?? { lost: 0, answersBefore: writing.answers.count }
      alone.set(task.id, seen)
      if (tasks.length > 1) return null
      seen.lost += 1
      // The target is down for all, unless it answered others meanwhile.
      const isReason = seen.lost >= MAX_LOST_ALONE && writing.answers.count > seen.answersBefore
      return isReason ? failed(task, stuckReason(sides.names.target)) : null
    })

  async function create(tasks: readonly Task[]): Promise<(Result | null)[]> {
    const [doomed, ready] = [tasks.filter(hasProblems), tasks.filter(task => !hasProblems(task))]
    const results = await send(
      ready,
      () =>
        batch.create(
          ready.map(task => forCreate(writing, task)),
          days.plan,
        ),
      orderOf(writing, ready),
    )
    const taken = await Promise.all(
      results.map((result, index) => {
        const task = ready[index]
        return task && result && 'id' in result ? remember(writing, task, result.id) : Promise.resolve(null)
      }),
    )
    return [
      ...doomed.map(task => failedByPlan(task, sides.flow)),
      ...ready.map((task, index) => taken[index] ?? resultOf(task, results[index])),
    ]
  }

  async function update(all: readonly Update[]): Promise<(Result | null)[]> {
    const orders = all.map(({ task, now }) => ({
      task,
      order: changing(writing, remaining(task.content.set, now.values), now),
    }))
    const open = orders.filter(({ order }) => Object.keys(order.set).length > 0)
    const results = await send(
      open.map(({ task }) => task),
      () => batch.update(open.map(({ order }) => order)),
      orderOf(
        writing,
        open.map(({ task }) => task),
      ),
    )
    return [
      // Our own write before its answer was lost, or another's: the target says it already.
      ...orders.filter(one => !open.includes(one)).map(({ task }) => succeeded(task)),
      ...settled(
        open.map(({ task }) => task),
        results,
      ),
    ]
  }

  return { create, update, goesAlone: (task: Task): boolean => alone.has(task.id) }
}

function resultOf(task: Task, result: BatchResult | null | undefined): Result | null {
  if (!result) return null
  return 'id' in result ? succeeded(task) : failed(task, result.refused)
}
