import { Router, type Request, type Response } from 'express'
import { atOnceOf, type Connector } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { signedIn } from '../install/guard.js'
import { one } from '../web/fields.js'
import { textField } from '../web/form.js'
import { flash } from '../web/session.js'
import { beginPage } from './begin.view.js'
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

  // Another site may lead a browser here: nothing is made by looking.
  router.get(paths.newRun.pattern, (req, res) => {
    const connector = connectorIn(req)
    const { flow } = flowOf(connector.id, one(req.query.flow))
    res.render('pages/begin', { connector, page: beginPage(connector, flow) })
  })

  /** The wizard's first page, of a run that is made for it. */
  const begin = async (req: Request, res: Response, connector: Connector, flow: string) => {
    const { tenant, admin } = signedIn(res)
    const opened = await beginning.open({ tenantId: tenant.id, adminId: admin.id }, connector.id, flow)
    if ('runId' in opened) {
      const begins = flowOf(connector.id, flow).flow
      // Nothing to ask first: both sides are read at once.
      if (beginsWithFetch(begins)) await beginning.startFetch(tenant.id, opened.runId, {})
      res.redirect(303, firstStep({ id: opened.runId }, begins))
      return
    }
    res.redirect(303, whenBlocked(req, connector, opened.blocked))
  }

  // 「同期を開始」 leads through the steps; one click, 「SmartHRと同期」, asks nothing more.
  router.post(paths.newRun.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    const flowId = textField(req.body, 'flow').value
    if (textField(req.body, 'how').value === 'steps') return begin(req, res, connector, flowId)
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
