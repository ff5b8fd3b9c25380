import { nextClosedSpell } from '../calls/maintenance.js'
import type { Connector, Limits } from '../contract/contract.js'

/** Seconds a call takes at the usual answer times; only for the estimate below. */
const SECONDS_PER_CALL = 0.3
const HOUR = 3600

/** How long 同期 will take at most, with the service's limits counted in. */
export function expectedMs(limits: Limits, selected: { new: number; changed: number }): number {
  const calls = selected.new * limits.callsPerPerson.new + selected.changed * limits.callsPerPerson.changed
  const atPace = Math.max(
    calls / (limits.perSecond ?? Number.MAX_SAFE_INTEGER),
    (calls * SECONDS_PER_CALL) / limits.concurrency,
  )
  const wholeHours = limits.perHour === undefined ? 0 : Math.floor(Math.max(0, calls - 1) / limits.perHour)
  return Math.max(atPace, wholeHours * HOUR) * 1000
}

/** The warning that the service closes before the run is through. */
export function interrupted(input: {
  connector: Connector
  limits: Limits
  selected: { new: number; changed: number }
  now: Date
}): string {
  const next = nextClosedSpell(input.connector.maintenance, input.now)
  const through = input.now.getTime() + expectedMs(input.limits, input.selected)
  return next && through > next.from.getTime() ? '（メンテナンス時間中は一時停止します）' : ''
}
