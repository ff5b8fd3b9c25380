import { Router, type NextFunction, type Request, type Response } from 'express'
import type { PerAdminAuth, Connector } from '../contract/contract.js'
import type { Recorder } from '../audit/audit.store.js'
import { AppError, NotFound } from '../errors.js'
import type { Consent } from '../install/consent.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { Once } from '../platform/counting.js'
import type { Logger } from '../platform/logger.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { ConnectionStore } from './connection.store.js'
import { ticked } from '../web/form.js'
import { signedIn } from '../install/guard.js'
import { noHead } from '../web/security.js'
import { flash, isFlashed } from '../web/session.js'
import { sessionHash } from '../web/session.store.js'
import { ownConnectionStateOf } from './own-connection.js'
import type { OwnConnections } from './own-connection.service.js'
import { confirmOwnConnectionPage, ownConnectionPage, endOwnConnectionPage } from './own-connection.view.js'

export interface OwnConnectionRoutesDeps {
  inTenant: InTenant<{ connections: ConnectionStore; audit: Recorder }>
  clock: Clock
  ownConnections: OwnConnections
  connectorOf(id: string): Connector
  /** SmartHR's own consent page, the one that signs people in */
  consent: Consent
  once: Once
  log: Logger
}

const toPage = (res: Response, connector: Connector) =>
  res.redirect(303, paths.connection.to({ connector: connector.id }))

/** Does it, and says on the page that it is done or why it is not. */
async function thenToPage(req: Request, res: Response, connector: Connector, done: string, work: () => Promise<void>) {
  try {
    await work()
    flash(req, { kind: 'success', text: done })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    flash(req, { kind: 'error', text: error.message })
  }
  toPage(res, connector)
}

type Handle = (req: Request, res: Response, next: NextFunction, connector: Connector, auth: PerAdminAuth) => unknown

/** Only for services that each administrator connects alone; the pages of other services are elsewhere. */
const ofAdmin =
  ({ connectorOf }: OwnConnectionRoutesDeps) =>
  (handle: Handle) =>
  (req: Request, res: Response, next: NextFunction) => {
    const connector = connectorOf(String(req.params.connector))
    return connector.auth.perAdmin ? handle(req, res, next, connector, connector.auth.perAdmin) : next()
  }

/** The connection of the administrator who asks. */
const mineBy =
  ({ inTenant }: OwnConnectionRoutesDeps) =>
  (res: Response, connector: Connector) => {
    const { tenant, admin } = signedIn(res)
    return inTenant(tenant.id, ({ connections }) => connections.current(connector.id, admin.id))
  }

/** 外部ツールとの連携 of services that each administrator connects alone; other services pass by. */
export const ownConnectionRoutes = (deps: OwnConnectionRoutesDeps): Router =>
  Router().use(pageRoutes(deps), connectRoutes(deps), endRoutes(deps))

/** How the connection stands, and the offer to make a lost custom item again. */
function pageRoutes(deps: OwnConnectionRoutesDeps): Router {
  const { clock, ownConnections, log } = deps
  const router = Router()
  const [forOwn, mine] = [ofAdmin(deps), mineBy(deps)]

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
    forOwn((_req, res, _next, connector, auth) => show(res, connector, auth)),
  )

  // 「カスタム項目を作り直す」: never without the tick, since it lets in people who were kept out.
  router.post(
    paths.customItem.pattern,
    forOwn(async (req, res, _next, connector, auth) => {
      const { tenant, admin } = signedIn(res)
      const { customItem } = connector
      if (!customItem || ownConnectionStateOf(await mine(res, connector), clock.now()) !== 'active')
        throw new NotFound()
      if (!ticked(req.body, 'sure')) {
        res.status(422)
        return show(res, connector, auth, customItem.again.untouched)
      }
      await thenToPage(req, res, connector, customItem.again.done, async () => {
        await ownConnections.makeItemAgain(tenant, admin, connector)
        log.info('custom item made again', { connector: connector.id })
      })
    }),
  )

  return router
}

/** To SmartHR's consent page and back. */
function connectRoutes(deps: OwnConnectionRoutesDeps): Router {
  const { inTenant, ownConnections, consent, once, log } = deps
  const router = Router()
  const [forOwn, mine] = [ofAdmin(deps), mineBy(deps)]
  const begun = (res: Response, connector: Connector) =>
    inTenant(signedIn(res).tenant.id, ({ audit }) => audit.add({ act: 'link.begun', connector: connector.id }))

  // 「連携する」 and 「再連携する」 lead to a page that has the button once more, and that one to SmartHR.
  router.post(
    paths.connection.pattern,
    forOwn(async (req, res, _next, connector) => {
      try {
        ownConnections.mayConnect(signedIn(res).tenant, connector)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        flash(req, { kind: 'error', text: error.message })
        toPage(res, connector)
        return
      }
      await begun(res, connector)
      res.redirect(303, paths.connectionConfirm.to({ connector: connector.id }))
    }),
  )

  router.get(
    paths.connectionConfirm.pattern,
    forOwn(async (_req, res, _next, connector, auth) => {
      const renewing = (await mine(res, connector)) !== null
      res.render('pages/own-connection-confirm', {
        connector,
        page: confirmOwnConnectionPage(connector, auth, renewing),
      })
    }),
  )

  router.post(
    paths.connectionConfirm.pattern,
    forOwn(async (req, res, next, connector) => {
      await begun(res, connector)
      consent.begin(req, res, next, {
        returnTo: paths.connectionCallback.to({ connector: connector.id }),
        connects: connector.id,
      })
    }),
  )

  // Back from SmartHR: the session says whether consent was just given for this very purpose.
  router.get(
    paths.connectionCallback.pattern,
    noHead,
    forOwn(async (req, res, _next, connector, auth) => {
      const consented = req.session.consentedTo === connector.id
      delete req.session.consentedTo
      // It was said in a session of its own, which each of several requests at once has read.
      if (!consented || !(await once(`consented:${sessionHash(req.sessionID)}`))) return toPage(res, connector)
      const { tenant, admin } = signedIn(res)
      await thenToPage(req, res, connector, auth.texts.done, async () => {
        await ownConnections.make(tenant, admin, connector, auth)
        log.info('own connection made', { connector: connector.id })
      })
    }),
  )

  return router
}

/** 連携を解除する */
function endRoutes(deps: OwnConnectionRoutesDeps): Router {
  const { ownConnections, log } = deps
  const router = Router()
  const [forOwn, mine] = [ofAdmin(deps), mineBy(deps)]

  router.get(
    paths.connectionEnd.pattern,
    forOwn(async (_req, res, _next, connector, auth) => {
      if (!(await mine(res, connector))) throw new NotFound()
      res.render('pages/own-connection-end', { connector, page: endOwnConnectionPage(connector, auth) })
    }),
  )

  router.post(
    paths.connectionEnd.pattern,
    forOwn(async (req, res, _next, connector, auth) => {
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
