import { Router, type NextFunction, type Request, type Response } from 'express'
import type { PerAdminAuth, Connector } from '../contract/contract.js'
import { AppError, NotFound } from '../errors.js'
import type { Consent } from '../install/consent.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { ConnectionStore } from './connection.store.js'
import { ticked } from '../web/form.js'
import { signedIn } from '../install/guard.js'
import { flash, isFlashed } from '../web/session.js'
import { ownConnectionStateOf } from './own-connection.js'
import type { OwnConnections } from './own-connection.service.js'
import { confirmOwnConnectionPage, ownConnectionPage, endOwnConnectionPage } from './own-connection.view.js'

export interface OwnConnectionRoutesDeps {
  inTenant: InTenant<{ connections: ConnectionStore }>
  clock: Clock
  ownConnections: OwnConnections
  connectorOf(id: string): Connector
  /** SmartHR's own consent page, the one that signs people in */
  consent: Consent
  log: Logger
}

/** 外部ツールとの連携 of services that each administrator connects alone; other services pass by. */
export function ownConnectionRoutes({
  inTenant,
  clock,
  ownConnections,
  connectorOf,
  consent,
  log,
}: OwnConnectionRoutesDeps): Router {
  const router = Router()

  const ofAdmin =
    (handle: (req: Request, res: Response, next: NextFunction, connector: Connector, auth: PerAdminAuth) => unknown) =>
    (req: Request, res: Response, next: NextFunction) => {
      const connector = connectorOf(String(req.params.connector))
      return connector.auth.perAdmin ? handle(req, res, next, connector, connector.auth.perAdmin) : next()
    }
  const mine = (res: Response, connector: Connector) => {
    const { tenant, admin } = signedIn(res)
    return inTenant(tenant.id, stores => stores.connections.current(connector.id, admin.id))
  }
  const toPage = (res: Response, connector: Connector) =>
    res.redirect(303, paths.connection.to({ connector: connector.id }))

  const show = async (res: Response, connector: Connector, auth: PerAdminAuth, error: string | null = null) => {
    const { tenant, admin } = signedIn(res)
    const connection = await mine(res, connector)
    const now = clock.now()
    const active = ownConnectionStateOf(connection, now) === 'active'
    const gone = active && (await ownConnections.itemIsGone(tenant, admin, connector)) === true
    const toldOfEnd = isFlashed(res.req, auth.texts.expired)
    const page = ownConnectionPage({ connector, auth, connection, now, itemIsGone: gone, error, toldOfEnd })
    res.render('pages/own-connection', { connector, page })
  }

  router.get(
    paths.connection.pattern,
    ofAdmin((_req, res, _next, connector, auth) => show(res, connector, auth)),
  )

  // 「カスタム項目を作り直す」: never without the tick, since it lets in whoever was kept out.
  router.post(
    paths.customItem.pattern,
    ofAdmin(async (req, res, _next, connector, auth) => {
      const { tenant, admin } = signedIn(res)
      const { customItem } = connector
      if (!customItem || ownConnectionStateOf(await mine(res, connector), clock.now()) !== 'active')
        throw new NotFound()
      if (!ticked(req.body, 'sure')) {
        res.status(422)
        return show(res, connector, auth, customItem.again.untouched)
      }
      try {
        await ownConnections.makeItemAgain(tenant, admin, connector)
        log.info('custom item made again', { connector: connector.id })
        flash(req, { kind: 'success', text: customItem.again.done })
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        flash(req, { kind: 'error', text: error.message })
      }
      toPage(res, connector)
    }),
  )

  // 「連携する」 and 「再連携する」 lead to a page that has the button once more, and that one to SmartHR.
  router.post(
    paths.connection.pattern,
    ofAdmin((_req, res, _next, connector) => {
      res.redirect(303, paths.connectionConfirm.to({ connector: connector.id }))
    }),
  )

  router.get(
    paths.connectionConfirm.pattern,
    ofAdmin(async (_req, res, _next, connector, auth) => {
      const renewing = (await mine(res, connector)) !== null
      res.render('pages/own-connection-confirm', {
        connector,
        page: confirmOwnConnectionPage(connector, auth, renewing),
      })
    }),
  )

  router.post(
    paths.connectionConfirm.pattern,
    ofAdmin((req, res, next, connector) => {
      consent.begin(req, res, next, {
        returnTo: paths.connectionCallback.to({ connector: connector.id }),
        connects: connector.id,
      })
    }),
  )

  // Back from SmartHR: the session says whether consent was just given for this very purpose.
  router.get(
    paths.connectionCallback.pattern,
    ofAdmin(async (req, res, _next, connector, auth) => {
      const consented = req.session.consentedTo === connector.id
      delete req.session.consentedTo
      if (!consented) return toPage(res, connector)
      const { tenant, admin } = signedIn(res)
      try {
        await ownConnections.make(tenant, admin, connector, auth)
        log.info('own connection made', { connector: connector.id })
        flash(req, { kind: 'success', text: auth.texts.done })
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        flash(req, { kind: 'error', text: error.message })
      }
      toPage(res, connector)
    }),
  )

  router.get(
    paths.connectionEnd.pattern,
    ofAdmin(async (_req, res, _next, connector, auth) => {
      if (!(await mine(res, connector))) throw new NotFound()
      res.render('pages/own-connection-end', { connector, page: endOwnConnectionPage(connector, auth) })
    }),
  )

  router.post(
    paths.connectionEnd.pattern,
    ofAdmin(async (req, res, _next, connector, auth) => {
      const connection = await mine(res, connector)
      if (connection) {
        await ownConnections.end(signedIn(res).tenant.id, connection)
        log.info('own connection ended', { connector: connector.id })
      }
      flash(req, { kind: 'success', text: auth.texts.ended })
      toPage(res, connector)
    }),
  )

  return router
}
