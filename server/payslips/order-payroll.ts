import { setTimeout as sleep } from 'node:timers/promises'
import type { GroupOrder, Grouping } from '../contract/contract.js'
import { Uncertain, VendorUnavailable } from '../errors.js'
import { holding, LeaseLost } from '../runs/lease.js'
import type { PayrollDeps } from './payroll.deps.js'

/** How often in a row the answer to the order of a payroll may be lost, and how long the run is put aside then. */
const MAX_ORDERS = 3
const LOST_WAIT_MS = 60_000

export const NOT_ANSWERED =
  'SmartHRから応答がありません。SmartHRが混み合っているか、メンテナンス中の可能性があります。時間をおいて、やり直してください。'

type OrderDeps = Pick<PayrollDeps, 'inTenant' | 'run' | 'lease' | 'lookUpAfterMs' | 'signal'>

/** The payroll that was ordered and whose answer never came: one more than `before`, the ids noted before the order. */
export async function findOrdered(
  { lookUpAfterMs, signal }: OrderDeps,
  grouping: Grouping,
  order: GroupOrder,
  before: readonly string[],
): Promise<string | null> {
  for (const ms of lookUpAfterMs) {
    await sleep(ms, undefined, { signal })
    const fresh = (await grouping.alike(order)).find(id => !before.includes(id))
    if (fresh !== undefined) return fresh
  }
  return null
}

/**
 * Has a payroll made, never twice: the payrolls that are alike are noted first, and a lost answer is looked up.
 * Gives its id. Throws LeaseLost, and VendorUnavailable after three lost answers.
 */
export async function orderPayroll(deps: OrderDeps, grouping: Grouping, order: GroupOrder): Promise<string> {
  const { inTenant, run, lease } = deps
  let before: readonly string[] | null = await inTenant(run.tenantId, ({ payrolls }) => payrolls.intent(run.id))
  for (let orders = 0; orders < MAX_ORDERS; orders += 1) {
    const found = before && (await findOrdered(deps, grouping, order, before))
    if (found) return found
    before ??= await grouping.alike(order)
    const known: readonly string[] = before
    if (!(await inTenant(run.tenantId, ({ payrolls }) => payrolls.intend(run.id, lease, known)))) throw new LeaseLost()
    try {
      return await grouping.create(order)
    } catch (error) {
      if (error instanceof Uncertain) continue
      // Certainly not made: the next try has nothing to look for.
      await holding(deps, ({ payrolls }) => payrolls.keep(run.id, null))
      throw error
    }
  }
  throw new VendorUnavailable(NOT_ANSWERED, new Date(Date.now() + LOST_WAIT_MS))
}
