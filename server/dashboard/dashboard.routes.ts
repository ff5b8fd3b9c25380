import { Router } from 'express'
import type { FieldRulesStore } from '../connections/field-rules.store.js'
import { unseenFields } from '../contract/field-rules.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { ApprovalStore } from '../runs/approval.store.js'
import { startFacts, type StartStores } from '../runs/may-start.js'
import type { Uploading } from '../wizard/upload.service.js'
import { findRun } from '../runs/flow-of.js'
import type { RunStore } from '../runs/run.store.js'
import { beginRoutes, type BeginDeps } from './begin.routes.js'
import { uploadRoutes } from './upload.routes.js'
import { watchOf, type WatchStores } from '../schedule/watch.js'
import { dashboardPage, RECENT } from './dashboard.view.js'
import { NAMED_REQUESTS } from './waiting-approvals.view.js'

export interface DashboardDeps extends BeginDeps {
  uploading: Uploading
  inTenant: InTenant<
    StartStores &
      WatchStores & {
        runs: RunStore
        approvals: Pick<ApprovalStore, 'waiting' | 'unanswered'>
        fieldRules: Pick<FieldRulesStore, 'find'>
      }
  >
}

/** Requests of whoever looks that have ended without an agreement; those that the page names come with their runs. */
async function unansweredOf(
  { runs, approvals }: { runs: Pick<RunStore, 'find'>; approvals: Pick<ApprovalStore, 'unanswered'> },
  { connector, adminId, now }: { connector: string; adminId: string; now: Date },
) {
  const all = await approvals.unanswered(connector, adminId, now)
  const first = []
  for (const { runId, requestedAt } of all.slice(0, NAMED_REQUESTS))
    first.push({ run: await findRun({ runs }, runId), requestedAt })
  return { first, total: all.length }
}

/** A connector's dashboard, and the start of a run. */
export function dashboardRoutes(deps: DashboardDeps): Router {
  const { inTenant, clock, connectorOf } = deps
  const router = Router().use(beginRoutes(deps), uploadRoutes(deps))

  router.get(paths.dashboard.pattern, async (req, res) => {
    const connector = connectorOf(String(req.params.connector))
    const { tenant, admin } = signedIn(res)
    const now = clock.now()
    const page = await inTenant(tenant.id, async stores => {
      const facts = await startFacts(stores, { adminId: admin.id }, connector, now)
      const { connection } = facts
      const saved = connection && (await stores.fieldRules.find(connector.id, connection.accountId))
      return dashboardPage({
        connector,
        ...facts,
        unseen: unseenFields(connector, saved),
        watch: connection && (await watchOf(stores, connector, now)),
        waiting: await stores.approvals.waiting(connector.id, now),
        unanswered: await unansweredOf(stores, { connector: connector.id, adminId: admin.id, now }),
        adminId: admin.id,
        runs:
          connector.dashboard.recent === 'history'
            ? await stores.runs.history(connector.id, RECENT)
            : await stores.runs.list(connector.id, {}, RECENT),
      })
    })
    res.render('pages/dashboard', { connector, page })
  })

  return router
}
