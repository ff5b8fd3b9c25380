import { jstDate } from '../platform/clock.js'
import { findRun } from '../runs/flow-of.js'
import type { Run } from '../runs/run.js'
import { readSides } from '../wizard/begin.service.js'
import type { CheckRun, Marks } from './check.store.js'
import { checkedFlow } from './checkable.js'
import type { CheckDeps, CheckStores } from './checks.deps.js'
import { failCheck, putOff, stopChecks, tell, type Attempt } from './course.js'
import type { Schedule } from './schedule.store.js'
import { isAutomatic, startByItself, type Came } from './start-by-itself.js'
import { isMonday, minuteOf, nextSlot } from './slots.js'

/** Who differed at both readings, and in the same way: nobody was in the middle of typing. */
const stillSo = (first: Marks, second: Marks): string[] => Object.keys(second).filter(id => first[id] === second[id])

/** The same people with the same differences have the same one; none has none. */
const fingerprintOf = (hash: (text: string) => string, marks: Marks, ids: readonly string[]): string | null =>
  ids.length === 0 ? null : hash(JSON.stringify([...ids].sort().map(id => [id, marks[id]])))

/** Something else than was told last; the same is told again on Mondays. */
const isNews = ({ toldFingerprint, toldAt }: Schedule, fingerprint: string | null, now: Date): boolean =>
  fingerprint !== null &&
  (fingerprint !== toldFingerprint || (isMonday(jstDate(now)) && (toldAt === null || jstDate(toldAt) !== jstDate(now))))

/** Both sides are read, twice where somebody differs: the figure, and a mail where it is news. */
async function done(
  deps: CheckDeps,
  stores: CheckStores,
  attempt: Attempt,
  { check, differing, firstRead }: CheckRun,
  run: Run,
): Promise<void> {
  const { schedule, slotAt, minute, now } = attempt
  const { checks, schedules, plannedItems, fetches } = stores
  const marks = differing ?? {}
  const ids = stillSo(firstRead ?? {}, marks)
  if (ids.length < Object.keys(marks).length) {
    await plannedItems.keepOnly(run.id, ids)
    await fetches.recounted(run.id)
  }
  const fingerprint = fingerprintOf(plannedItems.markOf, marks, ids)
  const byItself = fingerprint !== null && isAutomatic(schedule, check, run)
  if (byItself && (await checks.isBusy(run.connectionId))) {
    await checks.drop({ of: schedule.id, but: null }, now)
    return putOff(stores, attempt)
  }
  const came: Came = byItself ? await startByItself(deps, stores, { schedule, runId: run.id, now }) : 'nobody'
  await checks.end(check.id, {
    state: 'done',
    now,
    ...(fingerprint !== null && { fingerprint }),
    ...(came !== 'nobody' && came),
  })
  await checks.drop({ of: schedule.id, but: ids.length > 0 ? run.id : null }, now)
  const next = nextSlot(schedule, minute, now)
  // It was weekly while it failed. A check that is due is made all the same, though there is a figure after a run.
  if (slotAt !== null || (schedule.failures > 0 && next < schedule.slotAt))
    await schedules.change(schedule.id, { tries: 0, failures: 0, slotAt: next, nextAt: next })
  else if (schedule.failures > 0) await schedules.change(schedule.id, { failures: 0 })
  if (fingerprint === null) await schedules.change(schedule.id, { toldFingerprint: null })
  // Whoever has just run the flow knows what is left; of what has gone by itself nobody does.
  else if (came === 'nobody' && (slotAt !== null || schedule.mode === 'auto') && isNews(schedule, fingerprint, now)) {
    await tell(stores, { schedule, runId: run.id, now }, 'check')
    await schedules.change(schedule.id, { toldFingerprint: fingerprint, toldAt: now })
  }
}

/** What becomes of a check under way, by where its run stands; in the caller's transaction. */
export async function endCheck(deps: CheckDeps, stores: CheckStores, scheduleId: string): Promise<void> {
  const { checks, schedules, jobs, runs, admins } = stores
  const now = deps.clock.now()
  const schedule = await schedules.lock(scheduleId)
  if (!schedule) return
  for (const underWay of await checks.underWay(scheduleId)) {
    const { check, state, failure, firstRead, differing, jobStands } = underWay
    const { runId } = check
    const run = runId === null ? null : await runs.find(runId)
    const attempt: Attempt = {
      schedule,
      slotAt: check.slotAt,
      minute: run ? minuteOf(run.connectionId) : schedule.nextAt.getUTCMinutes(),
      checkId: check.id,
      now,
    }
    if (state === 'checking') {
      if (runId !== null && !jobStands) await jobs.enqueue('check.fetch', runId)
    } else if (checkedFlow(deps.flowOf, schedule) === null) await stopChecks(stores, attempt, 'not-offered')
    else if (state === 'checked' && runId !== null && firstRead === null && Object.keys(differing ?? {}).length > 0) {
      await checks.keepFirst(check.id, differing ?? {})
      const { referenceDate, area } = await findRun(stores, runId)
      await readSides(deps, stores, await findRun(stores, runId), { referenceDate, area, isCheck: true })
      await jobs.enqueue('check.fetch', runId, new Date(Date.now() + deps.checkAgainMs))
    } else if (state === 'checked' && run) await done(deps, stores, attempt, underWay, run)
    // Whoever is no administrator any more has no authorisation either: nobody else is to connect anew.
    else if (failure !== null && !(await admins.isAdministrator(schedule.adminId)))
      await stopChecks(stores, attempt, 'owner-left')
    else if (failure !== null) await failCheck(stores, attempt, failure)
    else await putOff(stores, attempt)
  }
}
