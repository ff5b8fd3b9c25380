import { Router, type Request, type Response } from 'express'
import type { Connector } from '../contract/contract.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import { textField, ticked, type FieldErrors } from '../web/form.js'
import { chosenFor, toConfirmOrDashboard, type ConnectionRoutesDeps } from './connection-pages.js'
import { confirmConnectionPage } from './connection.view.js'

/** 連携確認: what the administrator must tick before the connection takes force. */
export function confirmRoutes({ inTenant, connections, connectorOf, log }: ConnectionRoutesDeps): Router {
  const router = Router()
  const connectorIn = (req: Request) => connectorOf(String(req.params.connector))

  const pendingOf = (res: Response, connector: Connector) => {
    const { tenant, admin } = signedIn(res)
    return inTenant(tenant.id, async stores => {
      const pending = await stores.pendingConnections.find(connector.id, admin.id)
      return { pending, chosen: pending && (await chosenFor(stores, connector, pending)) }
    })
  }

  router.get(paths.connectionConfirm.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { pending, chosen } = await pendingOf(res, connector)
    if (!pending || !chosen) return res.redirect(paths.connection.to({ connector: connector.id }))
    const ticks = { account: false, notes: false }
    const page = confirmConnectionPage({ ...chosen, pending, ticks, errors: {} })
    res.render('pages/connection-confirm', { connector, page })
  })

  router.post(paths.connectionConfirm.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    const { pending, chosen } = await pendingOf(res, connector)
    const ticks = { account: ticked(req.body, 'account'), notes: ticked(req.body, 'notes') }
    const errors: FieldErrors = {
      ...(!ticks.account && {
        account: `連携する${connector.labels.account}を確認して、チェックを入れてください。`,
      }),
      ...(!ticks.notes && { notes: '注意事項を確認して、チェックを入れてください。' }),
    }
    if (pending && chosen && Object.keys(errors).length > 0) {
      const page = confirmConnectionPage({ ...chosen, pending, ticks, errors })
      res.status(422).render('pages/connection-confirm', { connector, page })
      return
    }
    const who = { tenantId: tenant.id, adminId: admin.id }
    await connections.confirm(who, connector, textField(req.body, 'connection').value)
    toConfirmOrDashboard(req, res, { connector, active: true, log })
  })

  // キャンセル: the tokens are dropped.
  router.post(`${paths.connectionConfirm.pattern}/cancel`, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    await connections.drop(tenant.id, admin.id, connector)
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
  })

  return router
}
