import { closedSpell } from '../calls/maintenance.js'
import type { Connection } from '../connections/connection.store.js'
import { SCOPE_GONE } from '../connections/scopes.store.js'
import { stepOf, type Connector, type Flow } from '../contract/contract.js'
import { blockedMessage } from '../runs/blocked.view.js'
import { findRun } from '../runs/flow-of.js'
import { flowFacts, mayStart, type Blocked } from '../runs/may-start.js'
import { readSides } from '../wizard/begin.service.js'
import { asItMayGoOn } from './automatic.js'
import { asksDay, checkedFlow } from './checkable.js'
import type { CheckDeps, CheckStores } from './checks.deps.js'
import { failCheck, putOff, type Attempt } from './course.js'
import { pause } from './pausing.js'
import type { Schedule } from './schedule.store.js'
import { minuteOf, nextSlot, referenceDateOf } from './slots.js'

const HOUR_MS = 3_600_000

/** Nobody was there at its time: made up within so long, named as missed after that. */
const MADE_UP_MS = 6 * HOUR_MS

/** Nobody of the company was here for so long: nobody looks at what is found. */
const UNUSED_MS = 90 * 24 * HOUR_MS

/** Missed checks that are named one by one. */
const NAMED = 31

const MISSED =
  'アプリが停止していたため、この時刻の確認をしていません。次回の時刻に確認します。すぐに確認する場合は、ダッシュボードから同期を始めてください。'
const NO_AREA =
  '確認するデータ領域が決まっていないため、確認できませんでした。一度同期すると、同じデータ領域を確認します。ダッシュボードから同期を始めてください。'

/** The administrator it reads for has lost the right, or nobody comes any more. */
async function reasonToPause({ admins, schedules }: CheckStores, schedule: Schedule, now: Date) {
  if (!(await admins.isAdministrator(schedule.adminId))) return 'owner-left' as const
  const seen = await schedules.lastSignIn()
  return seen !== null && now.getTime() - seen.getTime() > UNUSED_MS ? ('unused' as const) : null
}

/** Names what was missed for too long. The time that is left to be made up, if any; never more than one. */
async function leftToMakeUp({ checks }: CheckStores, schedule: Schedule, minute: number, now: Date) {
  const slots: Date[] = []
  for (let slot = schedule.slotAt; slot <= now; slot = nextSlot(schedule, minute, slot)) slots.push(slot)
  const last = slots.at(-1)
  const madeUp = last && now.getTime() - last.getTime() <= MADE_UP_MS ? last : null
  for (const slotAt of slots.filter(slot => slot !== madeUp).slice(-NAMED))
    await checks.add({ scheduleId: schedule.id, slotAt, state: 'missed', cause: MISSED, now })
  return madeUp
}

/** Something is in the way: later, paused, or a check that failed. */
async function inTheWay(stores: CheckStores, connector: Connector, attempt: Attempt, blocked: Blocked): Promise<void> {
  const { schedule, slotAt, now } = attempt
  switch (blocked.because) {
    case 'not-connected':
      return pause(stores, { schedule, why: 'unlinked', now })
    case 'running':
      return putOff(stores, attempt)
    case 'closed': {
      const opens = closedSpell(connector.maintenance, now)?.until ?? now
      return stores.schedules.change(schedule.id, slotAt === null ? { recountAt: opens } : { slotAt, nextAt: opens })
    }
    default:
      return failCheck(stores, attempt, blockedMessage(connector, blocked).text)
  }
}

/** Reads both sides in the name of the schedule's administrator, up to the plan. */
async function start(
  deps: CheckDeps,
  stores: CheckStores,
  attempt: Attempt,
  { connector, flow, connection }: { connector: Connector; flow: Flow; connection: Connection },
): Promise<void> {
  const { schedule, slotAt, minute, now } = attempt
  const asksArea = stepOf(flow, 'area') !== undefined
  const area = asksArea ? await stores.checks.lastArea(connection.id, flow.id) : null
  if (asksArea && area === null) return failCheck(stores, attempt, NO_AREA)
  const { scopeId } = schedule
  if (scopeId !== null && (await stores.scopes.find(connector.id, scopeId)) === null)
    return failCheck(stores, attempt, SCOPE_GONE)
  // What whoever ran the flow last has left out is not written behind their back.
  const { omit } = schedule.mode === 'auto' ? await stores.checks.lastChoices(connection.id, flow.id) : { omit: [] }
  const referenceDate = asksDay(flow) ? referenceDateOf(schedule.reference, deps.clock.today()) : null
  const runId = await stores.runs.create({
    adminId: schedule.adminId,
    connectionId: connection.id,
    connector: connector.id,
    flow: flow.id,
    omit,
    now,
  })
  const scope = scopeId === null ? 'everybody' : { id: scopeId }
  await readSides(deps, stores, await findRun(stores, runId), { referenceDate, area, scope, isCheck: true })
  await stores.checks.begin({ scheduleId: schedule.id, runId, slotAt, begunAt: now })
  const next = nextSlot(schedule, minute, now)
  await stores.schedules.change(schedule.id, {
    recountAt: null,
    ...(slotAt !== null && { slotAt: next, nextAt: next }),
  })
}

/** Begins the check of a schedule that is due, or says why there is none, in the caller's transaction. */
export async function beginCheck(deps: CheckDeps, stores: CheckStores, scheduleId: string): Promise<void> {
  const now = deps.clock.now()
  const saved = await stores.schedules.lock(scheduleId)
  if (!saved || saved.paused !== null) return
  const isDue = saved.nextAt <= now
  if (!isDue && (saved.recountAt === null || saved.recountAt > now)) return
  if ((await stores.checks.underWay(scheduleId)).length > 0) return
  const why = await reasonToPause(stores, saved, now)
  if (why) return pause(stores, { schedule: saved, why, now })

  const known = checkedFlow(deps.flowOf, saved)
  if (!known) return pause(stores, { schedule: saved, why: 'not-offered', now })
  const { connector, flow } = known
  const facts = await flowFacts(stores, { adminId: saved.adminId }, known, now)
  if (!facts.connection) return pause(stores, { schedule: saved, why: 'unlinked', now })
  const schedule = await asItMayGoOn(stores, { schedule: saved, accountId: facts.connection.accountId, now })
  const minute = minuteOf(facts.connection.id)
  const slotAt = isDue ? await leftToMakeUp(stores, schedule, minute, now) : null
  if (isDue && slotAt === null) {
    const next = nextSlot(schedule, minute, now)
    return stores.schedules.change(schedule.id, { slotAt: next, nextAt: next, tries: 0 })
  }
  const attempt: Attempt = { schedule, slotAt, minute, now }
  const may = mayStart(connector, flow, facts)
  if ('blocked' in may) return inTheWay(stores, connector, attempt, may.blocked)
  if (await stores.checks.isBusy(may.connection.id)) return putOff(stores, attempt)
  await start(deps, stores, attempt, { connector, flow, connection: may.connection })
}
