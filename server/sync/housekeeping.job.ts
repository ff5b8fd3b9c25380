import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import type { Data } from '../stores.js'

const HOUR = 3_600_000

/** A plan is a photograph of yesterday after a day (design §4). */
const READY_FOR = 24 * HOUR
const DRAFT_FOR = 24 * HOUR

/** Company after company: plans that got too old expire, people of old runs are deleted. */
export function createHousekeeping({
  data,
  clock,
  log,
  retentionDays,
}: {
  data: Data
  clock: Clock
  log: Logger
  retentionDays: number
}) {
  return async (): Promise<void> => {
    const now = clock.now()
    const ago = (ms: number) => new Date(now.getTime() - ms)
    for (const tenantId of await data.tenants.ids()) {
      await data.inTenant(tenantId, async ({ runs, items, staging, connections }) => {
        const expired = await runs.expire(tenantId, ago(READY_FOR), ago(DRAFT_FOR), now)
        const stale = await runs.withStalePeople(tenantId, ago(retentionDays * 24 * HOUR), 100)
        for (const runId of stale) {
          await items.deletePeople(tenantId, runId)
          await staging.clear(tenantId, runId)
          await runs.peopleDeleted(tenantId, runId, now)
        }
        const dropped = await connections.dropStalePending(tenantId, ago(HOUR / 2))
        if (expired.length + stale.length + dropped > 0) {
          log.info('housekeeping', { tenantId, expired: expired.length, peopleDeleted: stale.length, dropped })
        }
      })
    }
  }
}
