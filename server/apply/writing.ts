import type { Entry, UpdateOrder, Values } from '../contract/contract.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { StagingStore } from '../plan/staging.store.js'
import type { Task } from '../runs/item.rows.js'
import type { Result } from '../runs/item.store.js'
import type { LinkStore } from '../runs/link.store.js'
import type { PendingItemStore } from '../runs/pending-item.store.js'
import { takenReason } from '../runs/reasons.js'
import { holding, LeaseLost, type Order } from '../runs/lease.js'
import type { RunStore } from '../runs/run.store.js'
import type { Run } from '../runs/run.js'
import { pairOf, type Days, type Sides } from '../runs/sides.js'
import { failed } from './outcomes.js'

/** The stores that a write is noted in. */
export interface WriterStores {
  runs: Pick<RunStore, 'hold' | 'check'>
  pendingItems: PendingItemStore
  links: LinkStore
  /** the records that the target is known to have */
  staging: Pick<StagingStore, 'known'>
}

/** One run while its items are written: what every write is made with. */
export interface Writing<Stores = WriterStores> {
  inTenant: InTenant<Stores>
  clock: Clock
  run: Run
  /** needed for every create; see run.store claim() */
  lease: string
  sides: Sides
  days: Days
  /** waits before each look-up of an uncertain create, in ms; growing, some minutes in all */
  lookUpAfterMs: readonly number[]
  signal: AbortSignal
  /** how many writes the target has taken or refused since this job began: it is not down */
  answers: { count: number }
}

/** A record as last read. */
export type Current = Pick<Entry, 'id' | 'values' | 'payload'>

/** Whether pairs are what tells who is who. A payslip's id is no person's. */
export const usesLinks = ({ flow }: Pick<Sides, 'flow'>): boolean => flow.kind === 'sync' && flow.identity === 'links'

/** Remembers the pair, where pairs are used. False: one of the two is another one's. */
export async function connect({ sides }: Writing, { links }: WriterStores, task: Task, targetId: string) {
  if (!usesLinks(sides)) return true
  return (await links.connect(sides.account, [pairOf(sides, task.sourceId, targetId)])).length === 0
}

/** Notes what was created. Gives the failure of a task whose new record belongs to another; null when it is its own. */
export const remember = (writing: Writing, task: Task, targetId: string): Promise<Result | null> =>
  writing.inTenant(writing.run.tenantId, async stores => {
    await stores.pendingItems.created(writing.run.id, task.id, targetId)
    return (await connect(writing, stores, task, targetId)) ? null : failed(task, takenReason(writing.sides, 'created'))
  })

/** The worker before us was still at it and has finished one of them meanwhile: what it stored decides. */
export class FinishedElsewhere extends Error {}

/** The order of these writes: all are noted, or none. Throws FinishedElsewhere and LeaseLost when it is noted. */
export function orderOf({ inTenant, run, lease, clock }: Writing, tasks: readonly Task[]): Order {
  return {
    noted: false,
    touched: false,
    note: () =>
      inTenant(run.tenantId, async ({ pendingItems, runs }) => {
        const ids = tasks.map(({ id }) => id)
        if ((await pendingItems.intend(run.id, ids, lease, clock.now())) === ids.length) return
        if (!(await runs.check(run.id, lease)).held) throw new LeaseLost()
        throw new FinishedElsewhere()
      }),
  }
}

/**
 * Takes the intents back: nothing was sent, so that there is nothing to look up. Another worker's intents stay: it may
 * have sent what we have not. Throws LeaseLost.
 */
export const withdraw = (writing: Writing, tasks: readonly Task[]): Promise<void> =>
  holding(writing, async ({ pendingItems }) => {
    for (const task of tasks) await pendingItems.withdraw(writing.run.id, task.id)
  })

/** An error has stopped a write: its intent stays where a part of it may be there. Throws LeaseLost. */
export async function notBegun(writing: Writing, { noted, touched }: Order, tasks: readonly Task[]): Promise<void> {
  if (noted && !touched) await withdraw(writing, tasks)
}

/** What a create sends: the plan's fields and the connector's settings for new people. */
export const forCreate = ({ sides }: Writing, task: Task): Values => ({ ...task.content.set, ...sides.onCreate })

export const changing = ({ days }: Writing, set: Values, { id, values, payload }: Current): UpdateOrder => ({
  id,
  set,
  current: values,
  payload,
  today: days.plan,
})
