import type { Entry, UpdateOrder, Values } from '../contract/contract.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { StagingStore } from '../plan/staging.store.js'
import type { Task } from '../runs/item.rows.js'
import type { Result } from '../runs/item.store.js'
import type { LinkStore } from '../runs/link.store.js'
import type { PendingItemStore } from '../runs/pending-item.store.js'
import { takenReason } from '../runs/reasons.js'
import { holding, type Order } from '../runs/lease.js'
import type { InScope, RunScopeStores } from '../runs/run-scope.js'
import type { RunStore } from '../runs/run.store.js'
import type { Run } from '../runs/run.js'
import { pairOf, type Days, type Sides } from '../runs/sides.js'
import { failed } from './outcomes.js'

/** The stores that a write is noted in. */
export interface WriterStores extends RunScopeStores {
  runs: Pick<RunStore, 'hold' | 'check'>
  pendingItems: PendingItemStore
  links: LinkStore
  /** the records that the target is known to have */
  staging: Pick<StagingStore, 'known'>
}

/** What is noted of a run's writes before they leave, and of the records that they made. */
export interface Ledger {
  /**
   * Stores the intents: all of them, or none, and when they were looked for in vain just before. Throws FinishedElsewhere
   * and LeaseLost.
   */
  intend(tasks: readonly Task[], lookedAt?: Date | null): Promise<void>
  /** Notes the record that a create has made. False: it belongs to another person. */
  created(task: Task, targetId: string): Promise<boolean>
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
  /** 対象範囲 of the run; null: everybody */
  scope: InScope | null
  /** waits before each look-up of an uncertain create, in ms; growing, some minutes in all */
  lookUpAfterMs: readonly number[]
  signal: AbortSignal
  ledger: Ledger
  /** how many writes the target has taken or refused since this job began: it is not down */
  answers: { count: number }
}

/** A record as last read. */
export type Current = Pick<Entry, 'id' | 'values' | 'payload'>

/** Whether pairs are what tells who is who. A payslip's id is no person's. */
export const usesLinks = ({ flow }: Pick<Sides, 'flow'>): boolean => flow.kind === 'sync' && flow.identity === 'links'

/** Remembers pairs, where pairs are used. Gives those tasks of which one of the two records is another one's. */
export async function connect(
  { sides, run, clock }: Pick<Writing, 'sides' | 'run' | 'clock'>,
  { links }: Pick<WriterStores, 'links'>,
  records: readonly { task: Task; targetId: string }[],
): Promise<ReadonlySet<Task>> {
  if (!usesLinks(sides)) return new Set()
  const pairs = records.map(({ task, targetId }) => ({ task, ...pairOf(sides, task.sourceId, targetId) }))
  return new Set(
    (await links.connect(sides.account, pairs, { runId: run.id, at: clock.now() })).map(({ task }) => task),
  )
}

/** Notes what was created. Gives the failure of a task whose new record belongs to another; null when it is its own. */
export const remember = async ({ ledger, sides }: Writing, task: Task, targetId: string): Promise<Result | null> =>
  (await ledger.created(task, targetId)) ? null : failed(task, takenReason(sides, 'created'))

/**
 * The order of these writes: all are noted, or none. `lookedAt`: when the target was found to have nobody of them. Throws
 * FinishedElsewhere and LeaseLost when it is noted.
 */
export const orderOf = ({ ledger }: Writing, tasks: readonly Task[], lookedAt: Date | null = null): Order => ({
  noted: false,
  touched: false,
  note: () => ledger.intend(tasks, lookedAt),
})

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
  asOf: days.asOf,
})
