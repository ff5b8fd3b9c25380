import type { GroupOrder, Grouping, PayslipRules } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { AppError, Conflict } from '../errors.js'
import type { Task } from '../runs/item.rows.js'
import { PAYROLL_CLOSED } from '../contract/payslip.js'
import { checkStatements } from './check-statements.js'
import { findOrdered, orderPayroll } from './order-payroll.js'
import type { PayrollDeps } from './payroll.deps.js'
import { groupOrder } from './payroll-group.js'
import { namesOf } from './payroll-names.js'
import { doubtSentence } from './statement-items.js'
import { holding, LeaseLost } from '../runs/lease.js'
import type { Run } from '../runs/run.js'

export interface Payroll {
  /** Goes on with the payroll an earlier worker, or the run that this one repeats, has made. */
  resume(): Promise<void>
  /**
   * Before the first payslip: both sides are still as planned, and there is a payroll to write into. False: some of the
   * people can't be imported after all, so that what is to do has to be read again.
   */
  ready(tasks: readonly Task[]): Promise<boolean>
  /** What SmartHR itself finds wrong with what it has taken is told with the result. */
  review(): Promise<void>
  /** A payroll that nothing was written into is removed, so that none is left behind without a word. */
  dropIfEmpty(): Promise<void>
}

/** The payroll of a run whose records are payslips; null for every other run. */
export function payrollFor(deps: PayrollDeps): Payroll | null {
  const { flow, target } = deps.sides
  return flow.kind === 'import' ? createPayroll(deps, declared(target.grouping, 'grouping'), flow.payslips) : null
}

function createPayroll(deps: PayrollDeps, grouping: Grouping, rules: PayslipRules): Payroll {
  const { inTenant, log, run, signal } = deps
  let current = run.groupId
  let checked = false

  const keep = async (id: string | null) => {
    await holding(deps, ({ payrolls }) => payrolls.keep(run.id, id))
    current = id
    if (id !== null) grouping.use(id)
  }

  return {
    async resume() {
      const order = await firstOrder(deps)
      if (!order) return
      if (current === null) {
        // The worker before us may have ordered one and never learnt of it.
        const before = await inTenant(run.tenantId, ({ payrolls }) => payrolls.intent(run.id))
        const found = before && (await findOrdered(deps, grouping, order, before))
        if (found) await keep(found)
        return
      }
      if (await grouping.isOpen(current, order)) {
        await nameAnew(deps, grouping, current, order)
        return grouping.use(current)
      }
      if (await isBegun(deps)) throw new Conflict(PAYROLL_CLOSED)
      await keep(null)
    },

    async ready(tasks) {
      if (!checked) {
        checked = true
        if ((await checkStatements(deps, rules)) > 0) return false
      }
      const [first] = tasks
      if (current === null && first?.content.group)
        await keep(await orderPayroll(deps, grouping, groupOrder(first.content.group, run)))
      return true
    },

    async review() {
      if (current === null) return
      if (rules.items === 'sent') await rememberItems(deps)
      try {
        const doubtful = await grouping.doubtful()
        if (doubtful.size === 0) return
        await inTenant(run.tenantId, async ({ payslipItems, pendingItems }) => {
          const ours = await payslipItems.of(deps.sides.account)
          const remarks = [...doubtful].map(([id, theirs]) => [id, doubtSentence(ours, theirs)] as const)
          await pendingItems.remark(run.id, new Map(remarks))
        })
      } catch (error) {
        // Every payslip has an outcome; that one look fails changes none of them.
        if (!(error instanceof AppError)) throw error
        log.warn('payslips could not be reviewed', { err: error })
      }
    },

    async dropIfEmpty() {
      if (current === null || (await inheritedFrom(deps, current)) || (await isBegun(deps))) return
      try {
        if (await grouping.drop(current)) await keep(null)
      } catch (error) {
        // Another worker removes it.
        signal.throwIfAborted()
        if (error instanceof LeaseLost) throw error
        log.warn('an empty payroll could not be removed', { err: error })
      }
    },
  }
}

/** The payroll as the plan has it. */
async function firstOrder({ inTenant, run }: PayrollDeps): Promise<GroupOrder | null> {
  const { items } = await inTenant(run.tenantId, stores => stores.items.chosen(run.id, { limit: 1 }))
  const group = items[0]?.content.group
  return group ? groupOrder(group, run) : null
}

/** Something is in the payroll, or may be. */
const isBegun = ({ inTenant, run }: PayrollDeps): Promise<boolean> =>
  inTenant(run.tenantId, async ({ items, pendingItems }) => {
    const { succeeded } = await items.countOutcomes(run.id)
    return succeeded > 0 || (await pendingItems.unsettled(run.id, 1)).length > 0
  })

/** A repeat writes into the payroll of the run before, which holds what went through then. */
async function inheritedFrom({ inTenant, run: { tenantId, retryOf } }: PayrollDeps, id: string): Promise<Run | null> {
  const before = retryOf === null ? null : await inTenant(tenantId, ({ runs }) => runs.find(retryOf))
  return before?.groupId === id ? before : null
}

/** Names typed anew for a repeat are given to the payroll it goes on with. Others may have been changed in SmartHR. */
async function nameAnew(deps: PayrollDeps, grouping: Grouping, id: string, order: GroupOrder): Promise<void> {
  const before = await inheritedFrom(deps, id)
  const names = before && namesOf(before)
  if (names && (names.admin !== order.nameForAdmin || names.crew !== order.nameForCrew))
    await grouping.rename(id, order)
}

/** SmartHR knows from now on the items that went through: nobody is told of them as new again. */
const rememberItems = ({ inTenant, clock, run, sides }: PayrollDeps): Promise<void> =>
  inTenant(run.tenantId, async ({ items, payslipItems }) => {
    const sent = await items.changedFields(run.id, 'succeeded')
    const fresh = run.newItems.filter(({ name }) => sent.includes(name))
    await payslipItems.add(
      sides.account,
      fresh.map(item => ({ ...item, shown: true })),
      clock.now(),
    )
  })
