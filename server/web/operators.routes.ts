import { Router } from 'express'
import type { Knex } from 'knex'
import { paths } from '../paths.js'
import type { createFigures } from '../platform/figures.js'
import type { createMetrics } from '../platform/metrics.js'

/** A standby, or a server that is changing roles, answers but takes no writes. */
async function databaseState(db: Knex): Promise<'ok' | 'read-only database' | 'no database'> {
  try {
    const { rows } = await db.raw<{ rows: { readOnly: boolean }[] }>(
      `select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as "readOnly"`,
    )
    return rows[0]?.readOnly ? 'read-only database' : 'ok'
  } catch {
    return 'no database'
  }
}

/** For operators: alive, ready, figures. `draining` says that the process is on its way out. */
export function operatorsRoutes({
  db,
  metrics,
  figures,
  draining,
}: {
  db: Knex
  metrics: ReturnType<typeof createMetrics>
  figures: ReturnType<typeof createFigures>
  draining: () => boolean
}): Router {
  const router = Router()
  router.get(paths.live.pattern, (_req, res) => {
    res.json({ status: 'ok' })
  })
  router.get(paths.ready.pattern, async (_req, res) => {
    const status = draining() ? 'draining' : await databaseState(db)
    res.status(status === 'ok' ? 200 : 503).json({ status })
  })
  router.get(paths.metrics.pattern, async (_req, res) => {
    await figures.refresh()
    res.type(metrics.contentType).send(await metrics.text())
  })
  return router
}
