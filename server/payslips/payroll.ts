import { setTimeout as sleep } from 'node:timers/promises'
import type { GroupOrder, Grouping, PayslipRules } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { AppError, Conflict, Uncertain, VendorUnavailable } from '../errors.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { ItemStore } from '../runs/item.store.js'
import type { PendingItemStore } from '../runs/pending-item.store.js'
import type { RunStore } from '../runs/run.store.js'
import type { PayrollStore } from './payroll.store.js'
import type { PayslipItemStore } from './payslip-item.store.js'
import type { Result } from '../runs/item.store.js'
import type { Task } from '../runs/item.rows.js'
import { PAYROLL_CLOSED } from '../contract/payslip.js'
import { digestOf } from './payslip.js'
import { groupOrder } from './payroll-group.js'
import { namesOf } from './payroll-names.js'
import type { Run } from '../runs/run.js'
import { LeaseLost } from '../runs/run-failures.js'
import { daysOf, type Sides } from '../runs/sides.js'
import { repeatButtons } from '../runs/labels.js'

/** How often in a row the answer to the order of a payroll may be lost, and how long the run is put aside then. */
const MAX_ORDERS = 3
const LOST_WAIT_MS = 60_000

/** Selected records looked at together before anything is written. */
const CHUNK = 500

/** Whoever has no person in SmartHR any more keeps everybody else of the run from being imported. */
const stoppedBy = (keys: readonly string[], more: number, button: string) =>
  `社員番号${keys.map(key => `「${key}」`).join('')}${more > 0 ? `ほか${more}名` : ''}の従業員がSmartHRに存在しないため、取り込みを中断しました。この明細は取り込んでいません。［${button}］で、取り込み直してください。`

/** Numbers printed in a reason at most. */
const SHOWN_KEYS = 3

const movedReason = (source: string) =>
  `${source}の明細が、内容を確認した後に変更されたか、確定が解除されています。取り込んでいません。最新の内容を取得し直して、再度取り込んでください。`

/** The stores that a payroll is noted in. */
export interface PayrollStores {
  runs: Pick<RunStore, 'find' | 'check'>
  items: Pick<ItemStore, 'chosen' | 'countOutcomes' | 'changedFields' | 'settleRest'>
  pendingItems: Pick<PendingItemStore, 'unsettled' | 'remark'>
  payslipItems: Pick<PayslipItemStore, 'add'>
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

function createPayroll(
  { inTenant, clock, log, run, lease, sides, lookUpAfterMs, signal, store }: PayrollDeps,
  grouping: Grouping,
  rules: PayslipRules,
): Payroll {
  const { tenantId, id: runId } = run
  let current = run.groupId
  let checked = false
  const { asOf } = daysOf(sides.flow, run, clock)

  const keep = async (id: string | null) => {
    await inTenant(tenantId, ({ payrolls }) => payrolls.keep(runId, id))
    current = id
    if (id !== null) grouping.use(id)
  }

  /** What has changed since the plan, on either side. Returns how many can't be imported any more. */
  async function check(): Promise<number> {
    const statements = new Map<string, string>()
    for await (const { people } of sides.source.list(asOf)) {
      for (const person of people)
        if (!person.excluded && sides.flow.includes(person, asOf)) statements.set(person.id, digestOf(person.payload))
    }
    const crews = new Set<string>()
    for await (const { people } of sides.target.list(asOf)) for (const person of people) crews.add(person.id)

    const gone: Result[] = []
    const unknownKeys: string[] = []
    for (let after = '0'; ;) {
      const { items, hasNext } = await inTenant(tenantId, stores =>
        stores.items.chosen(runId, { after, limit: CHUNK, outcomes: [null] }),
      )
      for (const { id, key, sourceId, content } of items) {
        const known = crews.has(String(content.set.crew_id))
        if (!known) unknownKeys.push(key ?? '')
        const reason = !known
          ? rules.unknownReason
          : statements.get(sourceId) === content.digest
            ? null
            : movedReason(sides.names.source)
        if (reason !== null) gone.push({ itemId: id, outcome: 'failed', reason })
      }
      const last = items.at(-1)
      if (!hasNext || !last) break
      after = last.id
    }
    await store(gone)
    if (unknownKeys.length > 0 && rules.unknown === 'fails-all') {
      const reason = stoppedBy(
        unknownKeys.slice(0, SHOWN_KEYS),
        Math.max(0, unknownKeys.length - SHOWN_KEYS),
        repeatButtons.not_run,
      )
      await inTenant(tenantId, stores => stores.items.settleRest(runId, 'not_run', reason, clock.now()))
    }
    return gone.length
  }

  /** What went through is known to SmartHR from now on, and nobody is told of it as new again. */
  async function rememberItems(): Promise<void> {
    await inTenant(tenantId, async ({ items, payslipItems }) => {
      const sent = await items.changedFields(runId, 'succeeded')
      const fresh = run.newItems.filter(({ name }) => sent.includes(name))
      await payslipItems.add(
        sides.account,
        fresh.map(item => ({ ...item, shown: true })),
        clock.now(),
      )
    })
  }

  /** The payroll that was ordered and whose answer never came: one more than before it was. */
  async function ordered(order: GroupOrder, before: readonly string[]): Promise<string | null> {
    for (const ms of lookUpAfterMs) {
      await sleep(ms, undefined, { signal })
      const fresh = (await grouping.alike(order)).find(id => !before.includes(id))
      if (fresh !== undefined) return fresh
    }
    return null
  }

  /** The payroll as the plan has it. */
  async function firstOrder(): Promise<GroupOrder | null> {
    const { items } = await inTenant(tenantId, stores => stores.items.chosen(runId, { limit: 1 }))
    const group = items[0]?.content.group
    return group ? groupOrder(group, run) : null
  }

  /** A repeat writes into the payroll of the run before, which holds what went through then. */
  const inheritedFrom = async (id: string): Promise<Run | null> => {
    const { retryOf } = run
    const before = retryOf === null ? null : await inTenant(tenantId, ({ runs }) => runs.find(retryOf))
    return before?.groupId === id ? before : null
  }

  /** Names that were typed anew for a repeat are given to the payroll it goes on with; others may have been changed there. */
  async function nameAnew(id: string, order: GroupOrder): Promise<void> {
    const before = await inheritedFrom(id)
    const names = before && namesOf(before)
    if (names && (names.admin !== order.nameForAdmin || names.crew !== order.nameForCrew))
      await grouping.rename(id, order)
  }

  async function make(order: GroupOrder): Promise<void> {
    let before: readonly string[] | null = await inTenant(tenantId, ({ payrolls }) => payrolls.intent(runId))
    for (let orders = 0; orders < MAX_ORDERS; orders += 1) {
      const found = before && (await ordered(order, before))
      if (found) return keep(found)
      before ??= await grouping.alike(order)
      const known: readonly string[] = before
      if (!(await inTenant(tenantId, ({ payrolls }) => payrolls.intend(runId, lease, known)))) throw new LeaseLost()
      try {
        return await keep(await grouping.create(order))
      } catch (error) {
        if (error instanceof Uncertain) continue
        // Certainly not made: the next try has nothing to look for.
        await keep(null)
        throw error
      }
    }
    throw new VendorUnavailable('SmartHRから応答がありません。', new Date(Date.now() + LOST_WAIT_MS))
  }

  return {
    async resume() {
      const order = await firstOrder()
      if (!order) return
      if (current === null) {
        // Whoever was here before us may have ordered one and never learnt of it.
        const before = await inTenant(tenantId, ({ payrolls }) => payrolls.intent(runId))
        const found = before && (await ordered(order, before))
        if (found) await keep(found)
        return
      }
      if (await grouping.isOpen(current, order)) {
        await nameAnew(current, order)
        return grouping.use(current)
      }
      const { succeeded } = await inTenant(tenantId, ({ items }) => items.countOutcomes(runId))
      const begun = await inTenant(tenantId, ({ pendingItems }) => pendingItems.unsettled(runId, 1))
      if (succeeded > 0 || begun.length > 0) throw new Conflict(PAYROLL_CLOSED)
      await keep(null)
    },

    async ready(tasks) {
      if (!checked) {
        checked = true
        if ((await check()) > 0) return false
      }
      const [first] = tasks
      if (current === null && first?.content.group) await make(groupOrder(first.content.group, run))
      return true
    },

    async review() {
      if (current === null) return
      if (rules.items === 'sent') await rememberItems()
      try {
        const doubtful = await grouping.doubtful()
        if (doubtful.size > 0) await inTenant(tenantId, ({ pendingItems }) => pendingItems.remark(runId, doubtful))
      } catch (error) {
        // Everybody has an outcome; that one look fails changes none of them.
        if (!(error instanceof AppError)) throw error
        log.warn('payslips could not be reviewed', { err: error })
      }
    },

    async dropIfEmpty() {
      if (current === null || (await inheritedFrom(current))) return
      const { succeeded } = await inTenant(tenantId, ({ items }) => items.countOutcomes(runId))
      const uncertain = await inTenant(tenantId, ({ pendingItems }) => pendingItems.unsettled(runId, 1))
      if (succeeded > 0 || uncertain.length > 0) return
      try {
        if (await grouping.drop(current)) await keep(null)
      } catch (error) {
        // Another worker removes it.
        signal.throwIfAborted()
        log.warn('an empty payroll could not be removed', { err: error })
      }
    },
  }
}
