import { Router } from 'express'
import type { Knex } from 'knex'
import { paths } from '../paths.js'
import type { createMetrics } from '../platform/metrics.js'

/** For operators: alive, ready, figures. `draining` says that the process is on its way out. */
export function operatorsRoutes({
  db,
  metrics,
  draining,
}: {
  db: Knex
  metrics: ReturnType<typeof createMetrics>
  draining: () => boolean
}): Router {
  const router = Router()
  router.get(paths.live.pattern, (_req, res) => {
    res.json({ status: 'ok' })
  })
  router.get(paths.ready.pattern, async (_req, res) => {
    const reached = await db.raw('select 1').then(
      () => true,
      () => false,
    )
    const ready = reached && !draining()
    res.status(ready ? 200 : 503).json({ status: ready ? 'ok' : draining() ? 'draining' : 'no database' })
  })
  router.get(paths.metrics.pattern, async (_req, res) => {
    res.type(metrics.contentType).send(await metrics.text())
  })
  return router
}
