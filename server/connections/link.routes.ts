import { Router, type NextFunction, type Request, type Response } from 'express'
import type { AdminLink, Connector } from '../contract/contract.js'
import { AppError, NotFound } from '../errors.js'
import type { Consent } from '../install/consent.js'
import { paths } from '../paths.js'
import { jstDateTime, type Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import type { Data } from '../stores.js'
import { ticked } from '../web/form.js'
import { signedIn } from '../install/guard.js'
import { flash } from '../web/session.js'
import { daysLeft, linkStateOf } from './link.js'
import type { Links } from './link.service.js'

export interface LinkRoutesDeps {
  data: Data
  clock: Clock
  links: Links
  connectorOf(id: string): Connector
  /** SmartHR's own consent page, the one that signs people in */
  consent: Consent
  log: Logger
}

/** 外部ツールとの連携 of services that each administrator links for himself; other services pass by. */
export function linkRoutes({ data, clock, links, connectorOf, consent, log }: LinkRoutesDeps): Router {
  const router = Router()

  const withLink =
    (handle: (req: Request, res: Response, next: NextFunction, connector: Connector, link: AdminLink) => unknown) =>
    (req: Request, res: Response, next: NextFunction) => {
      const connector = connectorOf(String(req.params.connector))
      return connector.auth.link ? handle(req, res, next, connector, connector.auth.link) : next()
    }
  const mine = (res: Response, connector: Connector) => {
    const { tenant, admin } = signedIn(res)
    return data.inTenant(tenant.id, stores => stores.connections.current(connector.id, admin.id))
  }
  const toPage = (res: Response, connector: Connector) =>
    res.redirect(303, paths.connection.to({ connector: connector.id }))

  const show = async (res: Response, connector: Connector, link: AdminLink, error: string | null = null) => {
    const { tenant, admin } = signedIn(res)
    const connection = await mine(res, connector)
    const now = clock.now()
    const state = linkStateOf(connection, now)
    const gone = state === 'active' && (await links.itemIsGone(tenant, admin, connector)) === true
    res.render('pages/link', {
      connector,
      link,
      state,
      days: daysLeft(connection?.validUntil ?? null, now),
      since: connection && jstDateTime(connection.createdAt),
      until: connection?.validUntil && jstDateTime(connection.validUntil),
      again: gone ? connector.customItem?.again : null,
      error: gone ? error : null,
    })
  }

  router.get(
    paths.connection.pattern,
    withLink((_req, res, _next, connector, link) => show(res, connector, link)),
  )

  // 「カスタム項目を作り直す」: never without the tick, since it lets in whoever was kept out.
  router.post(
    paths.customItem.pattern,
    withLink(async (req, res, _next, connector, link) => {
      const { tenant, admin } = signedIn(res)
      const { customItem } = connector
      if (!customItem || linkStateOf(await mine(res, connector), clock.now()) !== 'active') throw new NotFound()
      if (!ticked(req.body, 'sure')) {
        res.status(422)
        return show(res, connector, link, customItem.again.untouched)
      }
      try {
        await links.makeItemAgain(tenant, admin, connector)
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
    withLink((_req, res, _next, connector) => {
      res.redirect(303, paths.connectionConfirm.to({ connector: connector.id }))
    }),
  )

  router.get(
    paths.connectionConfirm.pattern,
    withLink(async (_req, res, _next, connector, link) => {
      res.render('pages/link-confirm', { connector, link, renewing: (await mine(res, connector)) !== null })
    }),
  )

  router.post(
    paths.connectionConfirm.pattern,
    withLink((req, res, next, connector) => {
      consent.begin(req, res, next, {
        returnTo: paths.connectionCallback.to({ connector: connector.id }),
        link: connector.id,
      })
    }),
  )

  // Back from SmartHR: the session says whether consent was just given for this very purpose.
  router.get(
    paths.connectionCallback.pattern,
    withLink(async (req, res, _next, connector, link) => {
      const consented = req.session.linked === connector.id
      delete req.session.linked
      if (!consented) return toPage(res, connector)
      const { tenant, admin } = signedIn(res)
      try {
        await links.make(tenant, admin, connector, link)
        log.info('linked', { connector: connector.id })
        flash(req, { kind: 'success', text: link.texts.done })
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        flash(req, { kind: 'error', text: error.message })
      }
      toPage(res, connector)
    }),
  )

  router.get(
    paths.connectionEnd.pattern,
    withLink(async (_req, res, _next, connector, link) => {
      if (!(await mine(res, connector))) throw new NotFound()
      res.render('pages/unlink', { connector, link })
    }),
  )

  router.post(
    paths.connectionEnd.pattern,
    withLink(async (req, res, _next, connector, link) => {
      const connection = await mine(res, connector)
      if (connection) {
        await links.end(signedIn(res).tenant.id, connection)
        log.info('unlinked', { connector: connector.id })
      }
      flash(req, { kind: 'success', text: link.texts.ended })
      toPage(res, connector)
    }),
  )

  return router
}
