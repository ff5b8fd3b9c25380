import { askedOptions } from '../contract/value-tables.js'
import { Conflict } from '../errors.js'
import { approvalNeeded } from '../runs/approval.js'
import { APPROVAL_ASKED } from '../runs/approval.words.js'
import { findRun } from '../runs/flow-of.js'
import { firedSentences } from '../runs/guard.words.js'
import { firstView, type Run } from '../runs/run.js'
import { WrongCount } from '../wizard/guard.service.js'
import { lacksOptions } from '../wizard/refusals.js'
import { standing, startShown } from '../wizard/start.service.js'
import type { Check } from './check.store.js'
import type { CheckDeps, CheckStores } from './checks.deps.js'
import { planSince } from './plan-age.js'
import { tell } from './course.js'
import type { Schedule } from './schedule.store.js'

/** What has come of a check's plan: it is being written, waits for an administrator, or nobody of it can be taken. */
export type Came = { automatic: 'started' | 'held'; cause?: string } | 'nobody'

/**
 * Whether a check's plan may be written by itself at all: 自動で同期 was on when its reading began, it is a check by the
 * rule, and it has looked at those whom the schedule names. A worker of the release before reads everybody.
 */
export const isAutomatic = (schedule: Schedule, check: Pick<Check, 'slotAt' | 'begunAt'>, run: Run): boolean =>
  schedule.mode === 'auto' &&
  check.slotAt !== null &&
  schedule.autoSince !== null &&
  check.begunAt >= schedule.autoSince &&
  (run.scope?.id ?? null) === schedule.scopeId

/** 新規登録の設定 as it was chosen last, where the flow asks for it; what was never chosen stays open, and holds the run back. */
async function chooseAsBefore({ flowOf }: CheckDeps, { checks, choices }: CheckStores, run: Run): Promise<void> {
  const { flow } = flowOf(run.connector, run.flow, run)
  if (!lacksOptions(flow, run)) return
  const { options } = await checks.lastChoices(run.connectionId, run.flow)
  const asked = askedOptions(flow, run.tabled).flatMap(({ name }) =>
    options[name] ? [[name, options[name]] as const] : [],
  )
  await choices.options(run.id, run.revision, Object.fromEntries(asked))
}

/** 「すべてを選択」 of the selection page, and nobody whom that leaves out. Gives how many there are. */
async function chooseAll({ flowOf }: CheckDeps, { runs, selection }: CheckStores, runId: string): Promise<number> {
  const run = await runs.lock(runId)
  if (!run) return 0
  const { flow } = flowOf(run.connector, run.flow, run)
  return selection.keepChosen(run, [], await selection.selectAll(runId, firstView(flow)))
}

/** Why 同期 would not begin now: a sentence each, that somebody has to agree among them; nothing, where it has begun. */
async function whyNot(deps: CheckDeps, stores: CheckStores, run: Run): Promise<string[]> {
  const { flow } = deps.flowOf(run.connector, run.flow, run)
  const { mark, selected } = await standing(deps, stores, run)
  // Nobody was there to tick or to type anything.
  const shown = { revision: run.revision, mark, names: null, again: false, fewer: false, count: '', asks: false }
  try {
    const who = { tenantId: run.tenantId, adminId: run.adminId }
    await startShown(deps, stores, { who, runId: run.id, shown }, { automatic: true })
    return []
  } catch (error) {
    if (!(error instanceof Conflict)) throw error
    const fired = error instanceof WrongCount ? error.fired : []
    const asks = await approvalNeeded(stores, run, { fired, total: selected.total, now: deps.clock.now() })
    const reasons = error instanceof WrongCount ? firedSentences(flow, fired) : [error.message]
    return asks && !reasons.includes(APPROVAL_ASKED) ? [...reasons, APPROVAL_ASKED] : reasons
  }
}

/**
 * 自動で同期: the one place where a check's plan is started without anybody's hand, in the transaction that ends the check.
 * Everything is asked that 同期 asks; what stands in the way, were it the guard alone, leaves the plan to an administrator.
 */
export async function startByItself(
  deps: CheckDeps,
  stores: CheckStores,
  { schedule, runId, now }: { schedule: Schedule; runId: string; now: Date },
): Promise<Came> {
  const { checks, audit } = stores
  const isTaken = await checks.take(runId, {
    adminId: schedule.adminId,
    readSince: planSince('auto', now),
    now,
    automatic: true,
  })
  if (!isTaken) throw new Error('the plan of a check is gone in its own transaction')
  await chooseAsBefore(deps, stores, await findRun(stores, runId))
  const total = await chooseAll(deps, stores, runId)
  if (total === 0) {
    await checks.giveBack(runId)
    return 'nobody'
  }
  const reasons = await whyNot(deps, stores, await findRun(stores, runId))
  if (reasons.length === 0) return { automatic: 'started' }
  const details = { total, reason: reasons.join('') }
  await audit.add({ act: 'run.held-back', connector: schedule.connector, runId, details })
  await tell(stores, { schedule, runId, now }, 'check-held')
  return { automatic: 'held', cause: reasons.join('\n') }
}
