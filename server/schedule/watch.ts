import { checkableFlows } from '../contract/checkable.js'
import type { Connector } from '../contract/contract.js'
import type { CheckStore } from './check.store.js'
import type { ScheduleStore } from './schedule.store.js'
import { CHARTED, watchSection, type Watched, type WatchSection } from './watch.view.js'

export interface WatchStores {
  schedules: Pick<ScheduleStore, 'of'>
  checks: Pick<CheckStore, 'latest' | 'underWay' | 'ranSince'>
}

/** What the dashboard says of 定期チェック; null where the service has nothing that could be checked. */
export async function watchOf(
  { schedules, checks }: WatchStores,
  connector: Connector,
  now: Date,
): Promise<WatchSection | null> {
  const flows = checkableFlows(connector)
  if (flows.length === 0) return null
  const watched: Watched[] = []
  for (const schedule of await schedules.of(connector.id)) {
    const known = await checks.latest(schedule.id, CHARTED)
    const [underWay] = await checks.underWay(schedule.id)
    const [last] = known
    watched.push({
      schedule,
      checks: known,
      reading: underWay?.check ?? null,
      ran: last ? await checks.ranSince(connector.id, schedule.flow, last.begunAt) : null,
    })
  }
  return watchSection(connector.id, { flows, watched, now })
}
