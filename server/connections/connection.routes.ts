import { Router, type Request, type Response } from 'express'
import type { Connector, CredentialsForm } from '../contract/contract.js'
import { AppError, NotFound } from '../errors.js'
import type { Consent } from '../install/consent.js'
import { paths } from '../paths.js'
import type { Logger } from '../platform/logger.js'
import type { InTenant } from '../platform/in-tenant.js'
import { textField, ticked, type FieldErrors } from '../web/form.js'
import { parseCredentials } from './credentials.form.js'
import { signedIn } from '../install/guard.js'
import { flash } from '../web/session.js'
import type { Connection, ConnectionStore } from './connection.store.js'
import type { PendingConnectionStore } from './pending-connection.store.js'
import type { Connections } from './connection.service.js'
import { confirmConnectionPage, connectionPage, disconnectPage, newConnectionPage } from './connection.view.js'

export interface ConnectionRoutesDeps {
  inTenant: InTenant<{ connections: ConnectionStore; pendingConnections: PendingConnectionStore }>
  connections: Connections
  connectorOf(id: string): Connector
  /** null: the app is not registered with the service */
  consentOf(connector: Connector): Consent | null
  log: Logger
}

/** What of a connection stands in its form's fields: never a secret. */
const shownAgain = ({ auth }: Connector, connection: Connection) =>
  Object.fromEntries((auth.form?.fields ?? []).flatMap(({ name, shows }) => (shows ? [[name, connection[shows]]] : [])))

/** 連携設定: connect, confirm, reconnect, disconnect. */
export function connectionRoutes({ inTenant, connections, connectorOf, consentOf, log }: ConnectionRoutesDeps): Router {
  const router = Router()
  const connectorIn = (req: Request) => connectorOf(String(req.params.connector))
  const current = (res: Response, connector: Connector) =>
    inTenant(signedIn(res).tenant.id, stores => stores.connections.current(connector.id))

  interface Shown {
    typed?: Readonly<Record<string, string>>
    errors?: FieldErrors
    problem?: string
  }
  const showForm = (res: Response, connector: Connector, { typed = {}, errors = {}, problem }: Shown) =>
    res.render('pages/connection-new', {
      connector,
      page: newConnectionPage({
        connector,
        hasConsent: consentOf(connector) !== null,
        typed,
        errors,
        problem: problem ?? null,
      }),
    })

  router.get(paths.connection.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const connection = await current(res, connector)
    if (!connection) return showForm(res, connector, {})
    const hasConsent = consentOf(connector) !== null
    const typed = shownAgain(connector, connection)
    res.render('pages/connection', {
      connector,
      page: connectionPage({ connector, connection, hasConsent, typed, errors: {} }),
    })
  })

  /** In force, or waiting for the page that confirms it. */
  const onward = (req: Request, res: Response, connector: Connector, active: boolean) => {
    if (!active) return res.redirect(303, paths.connectionConfirm.to({ connector: connector.id }))
    log.info('service connected', { connector: connector.id })
    flash(req, { kind: 'success', text: connector.auth.texts.connected })
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
  }

  // Credentials typed here (also a new token for an old connection): tried at the service before they are kept.
  const takeTyped = async (req: Request, res: Response, connector: Connector, form: CredentialsForm) => {
    const { tenant, admin } = signedIn(res)
    const { typed, values, errors } = parseCredentials(form, req.body)
    const again = (status: number, shown: Shown) => {
      res.status(status)
      showForm(res, connector, { typed, ...shown })
    }
    if (Object.keys(errors).length > 0) return again(422, { errors })
    try {
      onward(
        req,
        res,
        connector,
        await connections.typed({ tenantId: tenant.id, adminId: admin.id }, connector, form, values),
      )
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      again(error.status, { problem: error.message })
    }
  }

  // ［連携開始］ (also ［再連携する］): whatever the service needs to know first, then its consent page.
  router.post(paths.connection.pattern, async (req, res, next) => {
    const connector = connectorIn(req)
    const { labels, auth } = connector
    const consent = consentOf(connector)
    if (auth.form && (!consent || textField(req.body, 'how').value === 'form')) {
      return takeTyped(req, res, connector, auth.form)
    }
    if (!consent) throw new NotFound()
    const { accountCode } = auth.consent ?? {}
    if (!accountCode) return consent.begin(req, res, next, {})
    const { typed, value, broken } = textField(req.body, 'accountCode')
    const wrong = (error: string) => {
      res.status(422)
      showForm(res, connector, { typed: { accountCode: typed }, errors: { accountCode: error } })
    }
    if (value === '' && !broken) return wrong(`${labels.accountCode}が入力されていません。`)
    const normal = accountCode.normalise(value)
    if (broken || !normal.ok) return wrong(normal.ok ? `${labels.accountCode}が正しくありません。` : normal.error)
    consent.begin(req, res, next, { code: normal.code })
  })

  router.get(paths.connectionCallback.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    const { consent } = connector.auth
    const outcome = await consentOf(connector)?.outcome(req, res)
    if (!consent || !outcome) throw new NotFound()
    const problem = (status: number, text: string) => {
      res.status(status)
      showForm(res, connector, { problem: text })
    }
    const { product } = connector.labels
    const { button } = consent
    if (outcome.kind === 'denied') {
      return problem(
        403,
        `${product}との連携が許可されませんでした。連携する場合は、もう一度［${button}］を押して、許可してください。`,
      )
    }
    if (outcome.kind === 'stale') {
      return problem(
        403,
        '連携の手続きの有効期限が切れたか、別の画面で完了しています。もう一度、連携を開始してください。',
      )
    }
    if (outcome.kind === 'failed') {
      log.warn('service consent failed', { connector: connector.id, err: outcome.error })
      return problem(502, `${product}の認証に失敗しました。時間をおいて、もう一度［${button}］を押してください。`)
    }
    try {
      const who = { tenantId: tenant.id, adminId: admin.id }
      onward(
        req,
        res,
        connector,
        await connections.grant(who, connector, consent, outcome.token, outcome.carried.code ?? ''),
      )
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      problem(error.status, error.message)
    }
  })

  const pendingOf = (res: Response, connector: Connector) => {
    const { tenant, admin } = signedIn(res)
    return inTenant(tenant.id, ({ pendingConnections }) => pendingConnections.find(connector.id, admin.id))
  }

  router.get(paths.connectionConfirm.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const pending = await pendingOf(res, connector)
    if (!pending) return res.redirect(paths.connection.to({ connector: connector.id }))
    const ticks = { account: false, notes: false }
    const page = confirmConnectionPage({ connector, pending, ticks, errors: {} })
    res.render('pages/connection-confirm', { connector, page })
  })

  router.post(paths.connectionConfirm.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    const pending = await pendingOf(res, connector)
    const ticks = { account: ticked(req.body, 'account'), notes: ticked(req.body, 'notes') }
    const errors: FieldErrors = {
      ...(!ticks.account && {
        account: `連携する${connector.labels.account}を確認して、チェックを入れてください。`,
      }),
      ...(!ticks.notes && { notes: '注意事項を確認して、チェックを入れてください。' }),
    }
    if (pending && Object.keys(errors).length > 0) {
      const page = confirmConnectionPage({ connector, pending, ticks, errors })
      res.status(422).render('pages/connection-confirm', { connector, page })
      return
    }
    const who = { tenantId: tenant.id, adminId: admin.id }
    await connections.confirm(who, connector, textField(req.body, 'connection').value)
    onward(req, res, connector, true)
  })

  // キャンセル on the confirm page: the tokens are dropped.
  router.post(`${paths.connectionConfirm.pattern}/cancel`, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    await connections.drop(tenant.id, admin.id, connector)
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
  })

  const inForce = async (res: Response, connector: Connector) => {
    const connection = await current(res, connector)
    if (!connection) throw new NotFound()
    return connection
  }

  router.get(paths.connectionEnd.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const connection = await inForce(res, connector)
    res.render('pages/disconnect', { connector, page: disconnectPage({ connector, connection, error: null }) })
  })

  router.post(paths.connectionEnd.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const connection = await inForce(res, connector)
    if (!ticked(req.body, 'sure')) {
      const error = '連携を解除する場合は、チェックを入れてください。'
      res.status(422).render('pages/disconnect', { connector, page: disconnectPage({ connector, connection, error }) })
      return
    }
    await connections.disconnect(signedIn(res).tenant.id, connector, connection)
    log.info('service disconnected', { connector: connector.id })
    flash(req, { kind: 'success', text: connector.auth.texts.disconnected })
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
  })

  return router
}
