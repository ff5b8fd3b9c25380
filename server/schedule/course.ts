import type { CheckMail } from '../jobs/mail.store.js'
import { toldOf } from '../runs/told.js'
import type { CheckStores } from './checks.deps.js'
import { pause, pausedReasons } from './pausing.js'
import { stillThere } from './recipients.js'
import type { Schedule } from './schedule.store.js'
import { nextSlot } from './slots.js'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** A check that finds somebody's run on, or gives way to one, comes so much later, so often. */
const LATER_MS = 20 * MINUTE_MS
const PUT_OFF_AT_MOST = 3

/** The same cause so often in a row: once a week from then on, with one mail. */
const ENOUGH = 3
/** Half a day short of a week, so that the hour of the day stays. */
const WEEK_MS = 6.5 * DAY_MS

const BUSY =
  '同期を実行中だったため、3回延期しましたが、確認できませんでした。次回の時刻に確認します。すぐに確認する場合は、ダッシュボードから同期を始めてください。'

/** A check that is to be, or was, made. */
export interface Attempt {
  schedule: Schedule
  /** the time by the rule; null: the figure is worked out again after a run */
  slotAt: Date | null
  minute: number
  /** the check, where it has begun */
  checkId?: string
  now: Date
}

/** Tells those whom the schedule names, or those who get the service's mails where it names nobody who is there still. */
export async function tell(
  { mails, mailRecipients, admins, jobs }: CheckStores,
  { schedule, runId, now }: { schedule: Schedule; runId: string | null; now: Date },
  about: Exclude<CheckMail, 'check-paused'>,
): Promise<void> {
  const { adminId, connector } = schedule
  const told = toldOf(await mailRecipients.find(connector), { startedBy: adminId, allWell: about === 'check' })
  const asResults = [...(told.starter ? [adminId] : []), ...told.others]
  for (const recipient of stillThere(schedule.recipients, await admins.administrators()) ?? asResults) {
    const mailId = await mails.addCheck(schedule.id, { about, runId, recipient }, now)
    if (mailId) await jobs.enqueue('mail.check', mailId)
  }
}

/** No figure this time, and why. What is worked out again after a run counts for nothing: the next check comes at its time. */
export async function failCheck(stores: CheckStores, attempt: Attempt, cause: string): Promise<void> {
  const { checks, schedules } = stores
  const { schedule, slotAt, minute, checkId, now } = attempt
  const [before] = await checks.latest(schedule.id, 1, { byRule: true })
  if (checkId === undefined) await checks.add({ scheduleId: schedule.id, slotAt, state: 'failed', cause, now })
  else await checks.end(checkId, { state: 'failed', cause, now })
  if (slotAt === null) return schedules.change(schedule.id, { recountAt: null })
  const failures = before?.state === 'failed' && before.cause === cause ? schedule.failures + 1 : 1
  const next = nextSlot(schedule, minute, failures >= ENOUGH ? new Date(now.getTime() + WEEK_MS) : now)
  await schedules.change(schedule.id, { failures, tries: 0, recountAt: null, slotAt: next, nextAt: next })
  if (failures === ENOUGH) await tell(stores, { schedule, runId: null, now }, 'check-failing')
}

/** The check ends with the reason for which no other one is made, unless somebody has stopped them meanwhile. */
export async function stopChecks(
  stores: CheckStores,
  { schedule, checkId, now }: Attempt,
  why: 'owner-left' | 'not-offered',
): Promise<void> {
  if (checkId !== undefined) await stores.checks.end(checkId, { state: 'failed', cause: pausedReasons[why], now })
  if (schedule.paused === null) await pause(stores, { schedule, why, now })
}

/** Somebody's run goes first: the check comes later. Once too often, that is said instead. */
export async function putOff(stores: CheckStores, attempt: Attempt): Promise<void> {
  const { checks, schedules } = stores
  const { schedule, slotAt, checkId, now } = attempt
  if (slotAt !== null && schedule.tries >= PUT_OFF_AT_MOST) return failCheck(stores, attempt, BUSY)
  if (checkId !== undefined) await checks.end(checkId, { state: 'put_off', now })
  const later = new Date(now.getTime() + LATER_MS)
  await schedules.change(
    schedule.id,
    slotAt === null ? { recountAt: later } : { slotAt, nextAt: later, tries: schedule.tries + 1 },
  )
}
