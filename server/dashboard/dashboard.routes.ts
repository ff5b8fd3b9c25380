import { Router, type Request } from 'express'
import { atOnceOf, type Connector } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { signedIn } from '../install/guard.js'
import { textField } from '../web/form.js'
import { flash } from '../web/session.js'
import { dashboardPage, RECENT } from './dashboard.view.js'
import { beginsWithFetch, firstStep } from '../runs/step-urls.js'
import { blockedMessage, wayOut } from '../runs/blocked.view.js'
import type { FlowOf } from '../runs/flow-of.js'
import { startFacts, type Blocked, type StartStores } from '../runs/may-start.js'
import type { RunStore } from '../runs/run.store.js'
import type { Beginning } from '../wizard/begin.service.js'

/** A connector's dashboard, and the start of a run. */
export function dashboardRoutes({
  inTenant,
  clock,
  beginning,
  flowOf,
  connectorOf,
}: {
  inTenant: InTenant<StartStores & { runs: RunStore }>
  clock: Clock
  beginning: Beginning
  flowOf: FlowOf
  connectorOf(id: string): Connector
}): Router {
  const router = Router()
  const connectorIn = (req: Request) => connectorOf(String(req.params.connector))

  /** Says why nothing was started. Returns where to go: the dashboard, or the page that is the way out. */
  const whenBlocked = (req: Request, connector: Connector, blocked: Blocked): string => {
    flash(req, { kind: 'warning', ...blockedMessage(connector, blocked) })
    return wayOut(connector, blocked) ?? paths.dashboard.to({ connector: connector.id })
  }

  router.get(paths.newRun.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    const flow = typeof req.query.flow === 'string' ? req.query.flow : ''
    const opened = await beginning.open({ tenantId: tenant.id, adminId: admin.id }, connector.id, flow)
    if ('runId' in opened) {
      const begins = flowOf(connector.id, flow).flow
      // Nothing to ask first: both sides are read at once.
      if (beginsWithFetch(begins)) await beginning.startFetch(tenant.id, opened.runId, {})
      res.redirect(firstStep({ id: opened.runId }, begins))
      return
    }
    res.redirect(whenBlocked(req, connector, opened.blocked))
  })

  // One click: 「SmartHRと同期」.
  router.post(paths.newRun.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    const flowId = textField(req.body, 'flow').value
    const started = await beginning.startAtOnce({ tenantId: tenant.id, adminId: admin.id }, connector.id, flowId)
    if ('blocked' in started) return res.redirect(303, whenBlocked(req, connector, started.blocked))
    const { flow } = flowOf(connector.id, flowId)
    const link = { href: paths.runs.to({ connector: connector.id }), label: '同期の実行状況を確認する' }
    flash(req, { kind: 'success', text: declared(atOnceOf(flow), 'atOnce').accepted, link })
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
  })

  router.get(paths.dashboard.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    const now = clock.now()
    const page = await inTenant(tenant.id, async stores =>
      dashboardPage({
        connector,
        ...(await startFacts(stores, { adminId: admin.id }, connector, now)),
        runs:
          connector.dashboard.recent === 'history'
            ? await stores.runs.history(connector.id, RECENT)
            : await stores.runs.list(connector.id, {}, RECENT),
      }),
    )
    res.render('pages/dashboard', { connector, page })
  })

  return router
}
