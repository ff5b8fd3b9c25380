import type { CheckStores } from './checks.deps.js'
import { tell } from './course.js'
import { autoOffReasons } from './pausing.js'
import type { AutoOff, Schedule } from './schedule.store.js'

/** 自動で同期 ends, and what is found is somebody's to confirm, until it is switched on again. */
async function turnOff(
  stores: CheckStores,
  { schedule, why, runId, now }: { schedule: Schedule; why: AutoOff; runId: string | null; now: Date },
): Promise<Schedule> {
  const course = { mode: 'confirm', autoOff: why, autoSince: null, autoAccount: null } as const
  await stores.schedules.change(schedule.id, course)
  const details = { reason: autoOffReasons[why] }
  await stores.audit.add({
    act: 'schedule.auto-off',
    connector: schedule.connector,
    ...(runId !== null && { runId }),
    details,
  })
  await tell(stores, { schedule, runId, now }, 'check-auto-off')
  return { ...schedule, ...course }
}

/** The schedule as it is to go on: not by itself, where a run that it has started did not end well, or into another account. */
export async function asItMayGoOn(
  stores: CheckStores,
  { schedule, accountId, now }: { schedule: Schedule; accountId: string; now: Date },
): Promise<Schedule> {
  const { mode, autoSince, autoAccount, connector, flow } = schedule
  if (mode !== 'auto' || autoSince === null) return schedule
  const runId = await stores.checks.failedByItself(connector, flow, autoSince)
  if (runId !== null) return turnOff(stores, { schedule, why: 'failed', runId, now })
  return autoAccount === accountId ? schedule : turnOff(stores, { schedule, why: 'another-account', runId: null, now })
}
