import { setTimeout as sleep } from 'node:timers/promises'
import { within } from '../errors.js'
import type { Task } from '../runs/item.rows.js'
import type { Result } from '../runs/item.store.js'
import { sentence, uncertainReason } from '../runs/reasons.js'
import type { Creates } from './creates.js'
import { lookUp } from './look-up.js'
import { unconfirmed } from './outcomes.js'
import type { Writing } from './writing.js'

/** Looks in vain before a create is sent again to a target that refuses a second record itself. */
const LOOKS_BEFORE_REFUSAL = 2

/** How often a create is sent at most, to such a target and to one that would take a second record. */
const MAX_CREATES = { refused: 5, taken: 2 }

/** So many creates without an answer at a time: more would only pile up. */
const MOST_AT_A_TIME = 5

/** Between two looks, 中止 is noticed after this at the latest. */
const LONGEST_SLEEP_MS = 1_000

/** What this job knows of a create without an answer. One that takes over goes on with the next look, after the whole wait for it. */
interface Trace {
  /** how often it had been sent when this began */
  creates: number
  looks: number
  /** by performance.now() */
  nextLookAt: number
  foundId: string | null
}

/**
 * Creates without an answer. Each is looked up at growing distances, since a record made a moment ago may not be listed
 * yet, while the others go on. Only then is it sent again: at once where the target refuses a second record itself, else
 * when it was looked for to the end. What the target says of a create that is sent again proves nothing: the refusal may
 * be about the first one.
 */
export function createUncertain(writing: Writing, creates: Creates) {
  const { inTenant, clock, run, sides, lookUpAfterMs, signal } = writing
  const traces = new Map<string, Trace>()

  const nextLook = (looks: number) => performance.now() + (lookUpAfterMs[looks] ?? Number.POSITIVE_INFINITY)

  const traceOf = (task: Task): Trace => {
    const known = traces.get(task.id)
    if (known?.creates === task.creates) return known
    const { creates: sent, looks } = task
    const trace = { creates: sent, looks, nextLookAt: nextLook(looks), foundId: null }
    traces.set(task.id, trace)
    return trace
  }

  const refusesSecond = (task: Task) => sides.target.keysUnique && task.key !== null
  const seenToTheEnd = (task: Task) => traceOf(task).looks >= lookUpAfterMs.length
  const looked = (task: Task) => seenToTheEnd(task) || traceOf(task).looks >= LOOKS_BEFORE_REFUSAL
  const maySendAgain = (task: Task) =>
    creates.answerToRepeat(task) === undefined &&
    task.creates < (refusesSecond(task) ? MAX_CREATES.refused : MAX_CREATES.taken)

  const nobodyKnows = (task: Task): Result => {
    const answer = creates.answerToRepeat(task)
    const { target } = sides.names
    const doubt = uncertainReason(target)
    return unconfirmed(
      task,
      answer === undefined ? doubt : within(answer, text => `${doubt}再送に対する${target}の回答：${sentence(text)}`),
    )
  }

  /** Those that need no look any more. */
  const ready = (open: readonly Task[], stopping: boolean): Task[] =>
    open.filter(task => {
      if (task.targetId !== null || traceOf(task).foundId !== null || seenToTheEnd(task)) return true
      return looked(task) && (stopping || (refusesSecond(task) && maySendAgain(task)))
    })

  const look = async (tasks: readonly Task[]): Promise<void> => {
    const at = clock.now()
    const found = await lookUp(writing, tasks)
    for (const task of tasks) {
      const trace = traceOf(task)
      trace.looks += 1
      trace.nextLookAt = nextLook(trace.looks)
      trace.foundId = found.get(task.id) ?? null
    }
    const looks = tasks.map(({ id }) => ({ itemId: id, found: found.has(id) }))
    await inTenant(run.tenantId, ({ pendingItems }) => pendingItems.looked(run.id, looks, at))
  }

  return {
    ready,

    /** Those whose time for a look has come. */
    due: (open: readonly Task[]): Task[] => open.filter(task => traceOf(task).nextLookAt <= performance.now()),

    look,

    /** Whether no more creates should be begun yet: the target may be down, which the first look tells. */
    holdsUp: (open: readonly Task[]): boolean =>
      open.length >= MOST_AT_A_TIME || open.some(task => traceOf(task).looks === 0),

    /** Until the next look, or a little while of it. */
    async wait(open: readonly Task[]): Promise<void> {
      const next = Math.min(...open.map(task => traceOf(task).nextLookAt)) - performance.now()
      await sleep(Math.min(Math.max(next, 0), LONGEST_SLEEP_MS), undefined, { signal })
    },

    /**
     * Goes on with one of those that are ready: adopts what was found, or sends it once more, unless the administrator
     * asked to stop. `null`: it was sent again, and nobody can say yet.
     */
    async finish(task: Task, stopping: boolean): Promise<Result | null> {
      const id = task.targetId ?? traceOf(task).foundId
      if (id !== null) return creates.adopt(task, id)
      return stopping || !maySendAgain(task) ? nobodyKnows(task) : creates.create(task)
    },

    /** The run is given up: one more look, so that what is there is not called doubtful. `store`: each as it is known. */
    async lastLook(open: readonly Task[], store: (results: readonly Result[]) => Promise<void>): Promise<void> {
      const unseen = open.filter(task => task.targetId === null)
      if (unseen.length > 0) await look(unseen)
      for (const task of unseen) {
        const { foundId } = traceOf(task)
        const result = foundId === null ? null : await creates.adopt(task, foundId)
        if (result) await store([result])
      }
    },
  }
}

export type Uncertain = ReturnType<typeof createUncertain>
