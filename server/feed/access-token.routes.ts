import { Router, type Request, type Response } from 'express'
import type { AccessTokens, Connector } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import { paths } from '../paths.js'
import type { Logger } from '../platform/logger.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { AccessTokenStore } from '../connections/access-token.store.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import { isUuid } from '../web/ids.js'
import { signedIn } from '../install/guard.js'
import type { Tenant } from '../install/tenant.store.js'
import { flash } from '../web/session.js'
import { newTokenForm, parseTokenForm, permissionOf, type TokenForm } from './access-token.form.js'
import type { AccessTokenService } from './access-token.service.js'
import { newTokenPage, revokeTokenPage, shownTokenPage, tokensPage } from './access-token.view.js'

export interface AccessTokenRoutesDeps {
  inTenant: InTenant<{ connections: ConnectionStore; accessTokens: AccessTokenStore }>
  tokens: AccessTokenService
  connectorOf(id: string): Connector
  appUrl: string
  log: Logger
}

/** アクセストークン: issued, listed and revoked by administrators, for services that fetch from us. */
export function accessTokenRoutes({ inTenant, tokens, connectorOf, appUrl, log }: AccessTokenRoutesDeps): Router {
  const router = Router()

  const subject = async (req: Request, res: Response) => {
    const connector = connectorOf(String(req.params.connector))
    if (!connector.accessTokens) throw new NotFound()
    const { tenant, admin } = signedIn(res)
    const connection = await inTenant(tenant.id, stores => stores.connections.current(connector.id))
    return { connector, declared: connector.accessTokens, tenant, admin, connection }
  }

  const givenTo = ({ subdomain }: Tenant) => ({ url: appUrl, subdomain: subdomain ?? '' })

  const notConnected = (req: Request, res: Response, connector: Connector) => {
    flash(req, { kind: 'warning', text: connector.auth.texts.notice })
    res.redirect(303, paths.connection.to({ connector: connector.id }))
  }

  const showForm = (res: Response, connector: Connector, declared: AccessTokens, form: TokenForm) =>
    res.render('pages/access-token-new', { connector, page: newTokenPage(connector, declared, form) })

  router.get(paths.accessTokens.pattern, async (req, res) => {
    const { connector, declared, tenant, connection } = await subject(req, res)
    const issued = await inTenant(tenant.id, stores => stores.accessTokens.list(connector.id))
    const connected = connection !== null
    const page = tokensPage({ connector, tokens: declared, connected, issued, given: givenTo(tenant) })
    res.render('pages/access-tokens', { connector, page })
  })

  router.get(paths.newAccessToken.pattern, async (req, res) => {
    const { connector, declared, connection } = await subject(req, res)
    if (!connection) return notConnected(req, res, connector)
    showForm(res, connector, declared, newTokenForm(declared))
  })

  // The answer to the form is the one place that ever shows the token: it is kept in no session and can't be asked for.
  router.post(paths.newAccessToken.pattern, async (req, res) => {
    const { connector, declared, tenant, admin, connection } = await subject(req, res)
    if (!connection) return notConnected(req, res, connector)
    const form = parseTokenForm(declared, req.body)
    if (Object.keys(form.errors).length > 0) {
      res.status(422)
      return showForm(res, connector, declared, form)
    }
    const name = form.typed.name.trim()
    const token = await tokens.issue(
      { tenantId: tenant.id, adminId: admin.id },
      {
        id: form.id,
        connectionId: connection.id,
        connector: connector.id,
        name,
        memo: form.typed.memo.trim(),
        ...permissionOf(declared, form),
      },
    )
    if (token === null) {
      flash(req, {
        kind: 'warning',
        text: 'アクセストークンは、すでに発行されています。発行したときの画面にだけ表示されます。控えていない場合は、無効にして、新しく発行してください。',
      })
      return res.redirect(303, paths.accessTokens.to({ connector: connector.id }))
    }
    log.info('access token issued', { tokenId: form.id, connector: connector.id })
    const page = shownTokenPage({ connector, tokens: declared, name, issued: token, given: givenTo(tenant) })
    res.render('pages/access-token-shown', { connector, page })
  })

  const theToken = async (req: Request, res: Response) => {
    const { connector, declared, tenant } = await subject(req, res)
    const { token: id } = req.params
    const token = isUuid(id) ? await inTenant(tenant.id, stores => stores.accessTokens.find(id)) : null
    if (token?.connector !== connector.id) throw new NotFound()
    return { connector, declared, tenant, token }
  }

  router.get(paths.accessTokenEnd.pattern, async (req, res) => {
    const { connector, declared, token } = await theToken(req, res)
    if (token.revokedAt) return res.redirect(303, paths.accessTokens.to({ connector: connector.id }))
    res.render('pages/access-token-revoke', { connector, page: revokeTokenPage(connector, declared, token) })
  })

  router.post(paths.accessTokenEnd.pattern, async (req, res) => {
    const { connector, tenant, token } = await theToken(req, res)
    if (await tokens.revoke(tenant.id, token)) log.info('access token revoked', { tokenId: token.id })
    flash(req, { kind: 'success', text: 'アクセストークンを無効にしました' })
    res.redirect(303, paths.accessTokens.to({ connector: connector.id }))
  })

  return router
}
