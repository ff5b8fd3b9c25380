import { Router } from 'express'
import type { Connector, ConsentAuth } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import type { ConsentOutcome } from '../install/consent.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import { noHead } from '../web/security.js'
import { connectOrShow, showConnectForm } from './connect-form.js'
import type { ConnectionRoutesDeps } from './connection-pages.js'

/** The way back from the service's consent page. */
export function consentCallbackRoutes(deps: ConnectionRoutesDeps): Router {
  const { connections, connectorOf, consentOf, log } = deps
  const router = Router()

  router.get(paths.connectionCallback.pattern, noHead, async (req, res) => {
    const connector = connectorOf(String(req.params.connector))
    const { tenant, admin } = signedIn(res)
    const { consent } = connector.auth
    const outcome = await consentOf(connector)?.outcome(req, res)
    if (!consent || !outcome) throw new NotFound()
    if (outcome.kind !== 'granted') {
      if (outcome.kind === 'failed') {
        log.warn('service consent failed', { connector: connector.id, err: outcome.error })
      }
      res.status(outcome.kind === 'failed' ? 502 : 403)
      return showConnectForm(deps, res, connector, { problem: consentRefusal(outcome, connector, consent) })
    }
    const who = { tenantId: tenant.id, adminId: admin.id }
    const { token, carried } = outcome
    const connect = () => connections.grant(who, connector, consent, token, carried.code ?? '')
    await connectOrShow(deps, req, res, { connector, connect })
  })

  return router
}

/** Why there is no connection after the service's consent page. */
export function consentRefusal(
  { kind }: Pick<Exclude<ConsentOutcome, { kind: 'granted' }>, 'kind'>,
  { labels: { product } }: Connector,
  { button }: ConsentAuth,
): string {
  switch (kind) {
    case 'denied':
      return `${product}との連携が許可されませんでした。連携する場合は、もう一度［${button}］を押して、許可してください。`
    case 'stale':
      return '連携の手続きの有効期限が切れたか、別の画面で完了しています。もう一度、連携を開始してください。'
    case 'failed':
      return `${product}の認証に失敗しました。${product}に接続できないか、許可の有効期限が切れています。時間をおいて、もう一度［${button}］を押してください。`
  }
}
