import { Router, type Request, type Response } from 'express'
import type { Connector } from '../connectors/contract.js'
import { AppError, NotFound } from '../errors.js'
import type { Consent } from '../install/consent.js'
import { paths } from '../paths.js'
import { jstDateTime } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import type { Data } from '../stores.js'
import { textField, ticked, type FieldErrors } from '../web/form.js'
import { signedIn } from '../web/guard.js'
import { flash } from '../web/session.js'
import type { Connections } from './connection.service.js'

export interface ConnectionRoutesDeps {
  data: Data
  connections: Connections
  connectorOf(id: string): Connector
  consentOf(connector: Connector): Consent
  log: Logger
}

/** 連携設定: connect, confirm, reconnect, disconnect (freee §1.2, §1.4). */
export function connectionRoutes({ data, connections, connectorOf, consentOf, log }: ConnectionRoutesDeps): Router {
  const router = Router()
  const connectorIn = (req: Request) => connectorOf(String(req.params.connector))
  const current = (res: Response, connector: Connector) =>
    data.inTenant(signedIn(res).tenant.id, stores => stores.connections.current(signedIn(res).tenant.id, connector.id))

  const showForm = (res: Response, connector: Connector, typed: string, errors: FieldErrors, problem: string | null) =>
    res.render('pages/connection-new', { connector, typed, errors, problem })

  router.get(paths.connection.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const connection = await current(res, connector)
    if (connection) res.render('pages/connection', { connector, connection, since: jstDateTime(connection.createdAt) })
    else showForm(res, connector, '', {}, null)
  })

  // ［連携開始］ (also ［再連携する］): the number first, then the service's consent page.
  router.post(paths.connection.pattern, (req, res, next) => {
    const connector = connectorIn(req)
    const { labels, auth } = connector
    const { typed, value, broken } = textField(req.body, 'accountCode')
    const wrong = (error: string) => {
      res.status(422)
      showForm(res, connector, typed, { accountCode: error }, null)
    }
    if (value === '' && !broken) return wrong(`${labels.accountCode}が入力されていません。`)
    const normal = auth.accountCode.normalise(value)
    if (broken || !normal.ok) return wrong(normal.ok ? `${labels.accountCode}が正しくありません。` : normal.error)
    consentOf(connector).begin(req, res, next, { code: normal.code })
  })

  router.get(paths.connectionCallback.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    const outcome = await consentOf(connector).outcome(req, res)
    const problem = (status: number, text: string) => {
      res.status(status)
      showForm(res, connector, '', {}, text)
    }
    const { product } = connector.labels
    if (outcome.kind === 'denied') {
      return problem(
        403,
        `${product}との連携が許可されませんでした。連携する場合は、もう一度［連携開始］を押して、許可してください。`,
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
      return problem(502, `${product}の認証に失敗しました。時間をおいて、もう一度［連携開始］を押してください。`)
    }
    try {
      await connections.hold(tenant.id, admin.id, connector, outcome.token, outcome.carried.code ?? '')
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return problem(error.status, error.message)
    }
    res.redirect(303, paths.connectionConfirm.to({ connector: connector.id }))
  })

  const pendingOf = (res: Response, connector: Connector) => {
    const { tenant, admin } = signedIn(res)
    return data.inTenant(tenant.id, stores => stores.connections.pending(tenant.id, connector.id, admin.id))
  }

  router.get(paths.connectionConfirm.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const pending = await pendingOf(res, connector)
    if (pending) res.render('pages/connection-confirm', { connector, pending, ticks: {}, errors: {} })
    else res.redirect(paths.connection.to({ connector: connector.id }))
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
      res.status(422).render('pages/connection-confirm', { connector, pending, ticks, errors })
      return
    }
    await connections.confirm(tenant.id, admin.id, connector, textField(req.body, 'connection').value)
    log.info('service connected', { connector: connector.id })
    flash(req, { kind: 'success', text: connector.auth.texts.connected })
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
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
    res.render('pages/disconnect', { connector, connection: await inForce(res, connector), error: null })
  })

  router.post(paths.connectionEnd.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const connection = await inForce(res, connector)
    if (!ticked(req.body, 'sure')) {
      const error = '連携を解除する場合は、チェックを入れてください。'
      res.status(422).render('pages/disconnect', { connector, connection, error })
      return
    }
    await connections.disconnect(signedIn(res).tenant.id, connector, connection)
    log.info('service disconnected', { connector: connector.id })
    flash(req, { kind: 'success', text: connector.auth.texts.disconnected })
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
  })

  return router
}
