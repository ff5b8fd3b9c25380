import { jstDate } from '../platform/clock.js'
import { findRun } from '../runs/flow-of.js'
import { readSides } from '../wizard/begin.service.js'
import type { CheckRun, Marks } from './check.store.js'
import type { CheckDeps, CheckStores } from './checks.deps.js'
import { failCheck, putOff, tell, type Attempt } from './course.js'
import type { Schedule } from './schedule.store.js'
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
  stores: CheckStores,
  { schedule, slotAt, minute, now }: Attempt,
  { check, differing, firstRead }: CheckRun,
): Promise<void> {
  const { checks, schedules, plannedItems, fetches } = stores
  const marks = differing ?? {}
  const ids = stillSo(firstRead ?? {}, marks)
  if (check.runId !== null && ids.length < Object.keys(marks).length) {
    await plannedItems.keepOnly(check.runId, ids)
    await fetches.recounted(check.runId)
  }
  const fingerprint = fingerprintOf(plannedItems.markOf, marks, ids)
  await checks.end(check.id, { state: 'done', now, ...(fingerprint !== null && { fingerprint }) })
  await checks.drop({ of: schedule.id, but: ids.length > 0 ? check.runId : null }, now)
  // It was weekly while it failed.
  const next = nextSlot(schedule, minute, now)
  if (slotAt !== null || schedule.failures > 0)
    await schedules.change(schedule.id, { tries: 0, failures: 0, slotAt: next, nextAt: next })
  if (fingerprint === null) await schedules.change(schedule.id, { toldFingerprint: null })
  // Whoever has just run the flow knows what is left.
  else if (slotAt !== null && isNews(schedule, fingerprint, now)) {
    await tell(stores, { schedule, runId: check.runId, now }, 'check')
    await schedules.change(schedule.id, { toldFingerprint: fingerprint, toldAt: now })
  }
}

/** What becomes of a check under way, by where its run stands; in the caller's transaction. */
export async function endCheck(deps: CheckDeps, stores: CheckStores, scheduleId: string): Promise<void> {
  const { checks, schedules, jobs, runs } = stores
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
    } else if (state === 'checked' && runId !== null && firstRead === null && Object.keys(differing ?? {}).length > 0) {
      await checks.keepFirst(check.id, differing ?? {})
      const { referenceDate, area } = await findRun(stores, runId)
      await readSides(deps, stores, await findRun(stores, runId), { referenceDate, area, isCheck: true })
      await jobs.enqueue('check.fetch', runId, new Date(Date.now() + deps.checkAgainMs))
    } else if (state === 'checked') await done(stores, attempt, underWay)
    else if (failure !== null) await failCheck(stores, attempt, failure)
    else await putOff(stores, attempt)
  }
}
