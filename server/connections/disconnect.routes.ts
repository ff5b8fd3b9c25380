import { Router, type Request, type Response } from 'express'
import { NotFound } from '../errors.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import { textField, ticked } from '../web/form.js'
import { flash } from '../web/session.js'
import type { ConnectionRoutesDeps } from './connection-pages.js'
import { disconnectPage } from './connection.view.js'

/** 連携を解除 */
export function disconnectRoutes({ inTenant, connections, connectorOf, log }: ConnectionRoutesDeps): Router {
  const router = Router()

  const subject = async (req: Request, res: Response) => {
    const connector = connectorOf(String(req.params.connector))
    const { tenant } = signedIn(res)
    const connection = await inTenant(tenant.id, stores => stores.connections.current(connector.id))
    if (!connection) throw new NotFound()
    return { connector, tenant, connection }
  }

  router.get(paths.connectionEnd.pattern, async (req, res) => {
    const { connector, connection } = await subject(req, res)
    res.render('pages/disconnect', { connector, page: disconnectPage({ connector, connection, error: null }) })
  })

  router.post(paths.connectionEnd.pattern, async (req, res) => {
    const { connector, tenant, connection } = await subject(req, res)
    const shown = textField(req.body, 'connection').value
    if (shown !== '' && shown !== connection.id) {
      const error =
        '表示していた連携は、すでに解除されています。現在の連携を解除する場合は、内容を確認し、もう一度チェックを入れてください。'
      res.status(409).render('pages/disconnect', { connector, page: disconnectPage({ connector, connection, error }) })
      return
    }
    if (!ticked(req.body, 'sure')) {
      const error = '連携を解除する場合は、チェックを入れてください。'
      res.status(422).render('pages/disconnect', { connector, page: disconnectPage({ connector, connection, error }) })
      return
    }
    await connections.disconnect(tenant.id, connector, connection)
    log.info('service disconnected', { connector: connector.id })
    flash(req, { kind: 'success', text: connector.auth.texts.disconnected })
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
  })

  return router
}
