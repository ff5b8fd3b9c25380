import type { Directory, Values } from '../contract/contract.js'
import { Uncertain, VendorBlocked, VendorRefused, VendorStumbled, type Reason } from '../errors.js'
import { remaining } from '../runs/difference.js'
import type { Clock } from '../platform/clock.js'
import type { Task } from '../runs/item.rows.js'
import type { Result } from '../runs/item.store.js'
import { halfDoneReason, uncertainReason } from '../runs/reasons.js'
import {
  failed,
  failedByPlan,
  hasProblems,
  keyFoundReason,
  keyTakenReason,
  orRefused,
  stuckReason,
  succeeded,
  unconfirmed,
} from './outcomes.js'
import { noting } from '../runs/lease.js'
import { FinishedElsewhere } from './ledger.js'
import { changing, forCreate, orderOf, remember, notBegun, type Current, type Writing } from './writing.js'

/** So long the keys of everybody at the target are believed. */
const KEYS_HOLD_MS = 5 * 60_000

/**
 * Whether somebody has this key at the target by now: registered there by hand since the plan, which may be a day old. A
 * target that refuses a second record itself is not asked. The others are read through before the first create, again
 * after a while, and whenever the question is `anew`. `at`: when they were; null: nobody was asked.
 */
function createTakenKeys({ keysUnique, keys }: Pick<Directory, 'keysUnique' | 'keys'>, clock: Pick<Clock, 'now'>) {
  const readAll = async () => {
    const all = new Set<string | null>()
    for await (const page of keys?.() ?? []) for (const key of page) all.add(key)
    return all
  }
  let read: { since: number; at: Date; all: Promise<ReadonlySet<string | null>> } | null = null
  return async (key: string | null, { anew }: { anew: boolean }): Promise<{ taken: boolean; at: Date | null }> => {
    if (keysUnique || key === null) return { taken: false, at: null }
    if (anew || read === null || performance.now() - read.since > KEYS_HOLD_MS)
      read = { since: performance.now(), at: clock.now(), all: readAll() }
    const { at, all } = read
    return { taken: (await all).has(key), at }
  }
}

/** What the first gives, when the second has ended, too; the first one's failure counts. */
async function both<T>(first: Promise<T>, second: Promise<unknown>): Promise<T> {
  await Promise.allSettled([first, second])
  return first
}

/** Somebody is there already: nothing is sent, so that no other note of the run tells it. */
const noteFound = ({ inTenant, run }: Writing, { id }: Task, at: Date): Promise<void> =>
  inTenant(run.tenantId, ({ pendingItems }) => pendingItems.looked(run.id, [{ itemId: id, found: true }], at))

/** Creates one record at a time. `null`: nobody can say yet; the item keeps its intent and is looked up. */
export function createCreates(writing: Writing) {
  const { sides, days, clock } = writing
  const { target } = sides
  const lookForKey = createTakenKeys(target, clock)
  let createsBlocked: Reason | null = null
  const answersToRepeats = new Map<string, Reason>()
  /** whose rest the target has stumbled over once */
  const stumbledOver = new Set<string>()

  /** Sent for the second time, after a first one whose fate nobody knows: a refusal may be about that one. */
  const refused = (task: Task, reason: Reason): Result | null => {
    if (task.creates === 0) return failed(task, reason)
    answersToRepeats.set(task.id, reason)
    return null
  }

  const halfDone = (reason: Reason) => halfDoneReason(sides.names.target, reason)

  /** null: tried once more, from what the target says then. */
  const sendRest = async (task: Task, current: Current, left: Values): Promise<Result | null> => {
    const answersBefore = writing.answers.count
    try {
      return await orRefused(
        task,
        async () => {
          if (Object.keys(left).length > 0) await target.update(changing(writing, left, current))
          return succeeded(task)
        },
        halfDone,
      )
    } catch (error) {
      // Others got their answers meanwhile: the target is not down, it stumbles over this record.
      if (!(error instanceof VendorStumbled) || writing.answers.count === answersBefore) throw error
      if (!stumbledOver.has(task.id)) {
        stumbledOver.add(task.id)
        return null
      }
      return failed(task, halfDone(stuckReason(sides.names.target)))
    }
  }

  /** The new record, a refusal as a result, or null when nobody can say whether it was created. */
  const send = async (task: Task, lookedAt: Date | null) => {
    const order = orderOf(writing, [task], lookedAt)
    try {
      const created = await noting(order, () => target.create(forCreate(writing, task), days.plan))
      writing.answers.count += 1
      return created
    } catch (error) {
      if (error instanceof Uncertain || error instanceof FinishedElsewhere) return null
      if (error instanceof VendorRefused) {
        writing.answers.count += 1
        return refused(task, error.reason)
      }
      if (error instanceof VendorBlocked && error.onlyCreates) {
        createsBlocked = error.reason
        return refused(task, error.reason)
      }
      // Thrown before the service took it (limits, rights, maintenance): nothing to look up next time.
      await notBegun(writing, order, [task])
      throw error
    }
  }

  const create = async (task: Task): Promise<Result | null> => {
    if (hasProblems(task)) return failedByPlan(task, sides.flow)
    if (createsBlocked !== null) return refused(task, createsBlocked)
    // A second time: the first one may be there after all, or somebody else with the number.
    const looked = await lookForKey(task.key, { anew: task.creates > 0 })
    if (looked.taken) {
      await noteFound(writing, task, looked.at ?? clock.now())
      return task.creates > 0 ? unconfirmed(task, keyFoundReason(sides)) : failed(task, keyTakenReason(sides))
    }
    const created = await send(task, looked.at)
    if (created === null || 'outcome' in created) return created
    // Who takes over finds a record that was noted or looks for it, and sends what is missing.
    const rest = sendRest(task, { id: created.id, values: created.current }, created.left)
    return (await both(remember(writing, task, created.id), rest)) ?? rest
  }

  /** Goes on with a create that was interrupted: its record is there. */
  const adopt = async (task: Task, id: string): Promise<Result | null> => {
    const taken = await remember(writing, task, id)
    if (taken) return taken
    // A payslip is never changed once it is there.
    if (sides.flow.kind === 'import') return succeeded(task)
    const current = (await target.reread([id], days.target, 0)).get(id)
    if (!current) return unconfirmed(task, uncertainReason(sides.names.target))
    return sendRest(task, current, remaining(task.content.set, current.values))
  }

  return {
    create,
    adopt,
    /** What the target answered when the create was sent again; undefined: nothing, or it was not. */
    answerToRepeat: (task: Task): Reason | undefined => answersToRepeats.get(task.id),
  }
}

export type Creates = ReturnType<typeof createCreates>
