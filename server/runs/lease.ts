import { AsyncLocalStorage } from 'node:async_hooks'
import type { InTenant } from '../platform/in-tenant.js'
import type { RunStore } from './run.store.js'
import type { Run } from './run.js'

/** Another worker has the run now; the one that notices this stops without another write. */
export class LeaseLost extends Error {
  override name = 'LeaseLost'
  override message = 'another worker has the run'
}

/** The stores that say who has a run. */
export interface LeaseStores {
  runs: Pick<RunStore, 'hold' | 'check'>
}

/** The worker that has a run, by the lease it was given. */
export interface Holder {
  run: Run
  /** see run.store claim() */
  lease: string
}

/**
 * One transaction of the worker that has the run: none of it is stored once another one has it, and nobody takes the
 * run over meanwhile. Throws LeaseLost.
 */
export const holding = <Stores extends LeaseStores, T>(
  { inTenant, run, lease }: Holder & { inTenant: InTenant<Stores> },
  work: (stores: Stores) => Promise<T>,
): Promise<T> =>
  inTenant(run.tenantId, async stores => {
    if (!(await stores.runs.hold(run.id, lease))) throw new LeaseLost()
    return work(stores)
  })

/** A write on its way to the service, and what is stored of it before it leaves. */
export interface Order {
  /** Stores its intent, while the run is ours. Throws LeaseLost. */
  note: () => Promise<void>
  noted: boolean
  /** The target has taken a part of it, or may have. */
  touched: boolean
}

const orders = new AsyncLocalStorage<Order>()

/**
 * Sends what `send` sends; directly before its first write leaves, behind every wait, `order` is noted. So a worker that
 * dies in a wait leaves no intent of what it has not sent, and nothing to be looked for.
 */
export const noting = <T>(order: Order, send: () => Promise<T>): Promise<T> => orders.run(order, send)

/** The write that is on its way was taken, or may have been. */
export function touched(): void {
  const order = orders.getStore()
  if (order) order.touched = true
}

/** An update goes out on the word of a look that is at most so old: sent twice, it leaves the same record. */
const FRESH_MS = 1_000

/**
 * So long an answer of the database holds, its own way included. Another worker takes a run over seconds after that, and
 * this process may have been stopped meanwhile.
 */
const HOLDS_MS = 2_000

/**
 * The question before every write of a run: is it still ours, and until when is that certain? Asked of the database before
 * each create. A worker that was stopped for a while, or waited for a slot, may find that another one has gone on in its
 * place.
 */
export function createFence({
  inTenant,
  run,
  lease,
}: Omit<Holder, 'run'> & { run: Pick<Run, 'id' | 'tenantId'>; inTenant: InTenant<LeaseStores> }) {
  let heldAt = Number.NEGATIVE_INFINITY
  return async (kind: 'update' | 'create'): Promise<number> => {
    const order = orders.getStore()
    if (kind === 'update' && order?.noted !== false && performance.now() - heldAt < FRESH_MS) return heldAt + HOLDS_MS
    const askedAt = performance.now()
    if (order && !order.noted) {
      await order.note()
      order.noted = true
    } else {
      const { held } = await inTenant(run.tenantId, ({ runs }) => runs.check(run.id, lease))
      if (!held) throw new LeaseLost()
    }
    heldAt = askedAt
    return askedAt + HOLDS_MS
  }
}
