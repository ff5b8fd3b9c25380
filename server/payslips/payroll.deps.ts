import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { ItemStore } from '../runs/item.store.js'
import type { PendingItemStore } from '../runs/pending-item.store.js'
import type { RunStore } from '../runs/run.store.js'
import type { PayrollStore } from './payroll.store.js'
import type { PayslipItemStore } from './payslip-item.store.js'
import type { Result } from '../runs/item.store.js'
import type { Run } from '../runs/run.js'
import type { Sides } from '../runs/sides.js'

/** The stores that a payroll is noted in. */
export interface PayrollStores {
  runs: Pick<RunStore, 'find' | 'hold' | 'check'>
  items: Pick<ItemStore, 'chosen' | 'countOutcomes' | 'changedFields' | 'settleRest'>
  pendingItems: Pick<PendingItemStore, 'unsettled' | 'remark'>
  payslipItems: Pick<PayslipItemStore, 'of' | 'add'>
  payrolls: PayrollStore
}

export interface PayrollDeps {
  inTenant: InTenant<PayrollStores>
  clock: Clock
  log: Logger
  run: Run
  lease: string
  sides: Sides
  lookUpAfterMs: readonly number[]
  signal: AbortSignal
  /** stores outcomes that are certain without a write */
  store(results: readonly Result[]): Promise<void>
}
