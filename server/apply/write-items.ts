import type { Entry } from '../contract/contract.js'
import type { Payroll } from '../payslips/payroll.js'
import { movedSincePlan } from '../runs/difference.js'
import { comparedFields } from '../runs/compared-fields.js'
import type { Task } from '../runs/item.rows.js'
import type { Result } from '../runs/item.store.js'
import type { Groups } from './group.js'
import type { ItemWriter } from './item-writer.js'
import { failed, failedByPlan, hasProblems, missingReason, movedHalfwayReason, movedReason } from './outcomes.js'
import type { Update } from './updates.js'
import { inUnits } from './units.js'
import { takenReason } from '../runs/reasons.js'
import { outsideNow } from './still-inside.js'
import { connect, type WriterStores, type Writing } from './writing.js'

/** Creates taken up at a time; only bounds memory. */
const CREATES = 100

interface Writers {
  writer: ItemWriter
  groups: Groups
  /** the payroll that payslips are written into; null for every other run */
  payroll: Payroll | null
}

/** Writes until every item has an outcome; true: 中止 was asked for before that. */
export async function writeItems(writing: Writing, { writer, groups, payroll }: Writers): Promise<boolean> {
  const { inTenant, run, sides } = writing
  const inOrder = sides.flow.kind === 'sync' && sides.flow.inOrder === true
  const read = <T>(work: (stores: WriterStores) => Promise<T>) => inTenant(run.tenantId, work)
  for (;;) {
    const cancel = await groups.check()
    const open = await read(({ pendingItems }) => pendingItems.unsettled(run.id, CREATES))
    if (await settleSome(open, { writer, groups, cancel })) continue
    const mustWait = cancel || inOrder || writer.uncertain.holdsUp(open)
    if (open.length > 0 && mustWait) {
      await writer.uncertain.wait(open)
      continue
    }
    if (cancel) {
      await groups.store(writer.settleAside())
      return true
    }
    if (inOrder) {
      const [task] = await read(({ pendingItems }) => pendingItems.nextInOrder(run.id))
      if (!task) return false
      if (task.class === 'changed') await updateGroup(writing, [task], { writer, groups })
      else await groups.writeAll([[task]], writer.createAll)
      continue
    }
    const updates = await read(({ pendingItems }) => pendingItems.nextUpdates(run.id, writer.setAside()))
    if (updates.length > 0) {
      await updateGroup(writing, updates, { writer, groups })
      continue
    }
    const creates = await read(({ pendingItems }) => pendingItems.nextCreates(run.id, CREATES))
    if (creates.length === 0 && open.length > 0) {
      await writer.uncertain.wait(open)
      continue
    }
    if (creates.length === 0) {
      if (!writer.takeUpAside()) return false
      continue
    }
    if (payroll && !(await payroll.ready(creates))) continue
    const outside = await outsideNow(writing, creates, null)
    await groups.store(outside.results)
    await groups.writeAll(inUnits(outside.inside(creates), writer.unitSize), writer.createAll)
  }
}

/** Goes on with the creates that have no answer, as far as their time has come. False: there is nothing to do for them now. */
async function settleSome(
  open: readonly Task[],
  { writer, groups, cancel }: Pick<Writers, 'writer' | 'groups'> & { cancel: boolean },
): Promise<boolean> {
  const { uncertain } = writer
  const ready = uncertain.ready(open, cancel)
  if (ready.length > 0) {
    await groups.writeAll(ready, async task => [await uncertain.finish(task, cancel)], cancel)
    return true
  }
  const due = uncertain.due(open)
  if (due.length > 0) await uncertain.look(due)
  return due.length > 0
}

/** Re-reads the group's targets with one call and writes only what nobody else has touched since the plan. */
async function updateGroup(
  writing: Writing,
  tasks: readonly Task[],
  { writer, groups }: Pick<Writers, 'writer' | 'groups'>,
) {
  const { inTenant, run, sides, days } = writing
  const { flow, names, target } = sides
  const compared = flow.kind === 'sync' ? comparedFields(flow, run) : []
  const page = tasks[0]?.targetPage ?? 0
  const ids = tasks.flatMap(task => (hasProblems(task) ? [] : (task.targetId ?? [])))
  const fresh = ids.length > 0 ? await target.reread(ids, days.target, page) : new Map<string, Entry>()
  const outside = await outsideNow(writing, tasks, fresh)
  const stopped: Result[] = [...outside.results]
  const ready: Update[] = []
  for (const task of outside.inside(tasks)) {
    const now = task.targetId ? fresh.get(task.targetId) : undefined
    if (hasProblems(task)) stopped.push(failedByPlan(task, flow))
    else if (!now) stopped.push(failed(task, missingReason(names.target)))
    else if (movedSincePlan(compared, flow.direction, task.content, now.values))
      stopped.push(failed(task, (task.intentAt === null ? movedReason : movedHalfwayReason)(names.target)))
    else ready.push({ task, now })
  }
  const records = ready.map(({ task, now }) => ({ task, targetId: now.id }))
  const taken = await inTenant(run.tenantId, stores => connect(writing, stores, records))
  for (const task of taken) stopped.push(failed(task, takenReason(sides, 'known')))
  await groups.writeAll([stopped], results => Promise.resolve(results))
  await groups.writeAll(writer.updatesByCall(ready.filter(({ task }) => !taken.has(task))), writer.updateAll)
}
