import { Router, type Request, type Response } from 'express'
import type { Connector, CredentialsForm } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import { notReadable, notTyped, textField } from '../web/form.js'
import { connectOrShow, showConnectForm } from './connect-form.js'
import { chosenFor, type ConnectionRoutesDeps } from './connection-pages.js'
import type { Connection } from './connection.store.js'
import { connectionPage } from './connection.view.js'
import { parseCredentials } from './credentials.form.js'

/** What of a connection stands in its form's fields: never a secret. */
const shownAgain = ({ auth }: Connector, connection: Connection) =>
  Object.fromEntries((auth.form?.fields ?? []).flatMap(({ name, shows }) => (shows ? [[name, connection[shows]]] : [])))

/** The page that connects: a form, the service's consent page, or both. */
export function connectRoutes(deps: ConnectionRoutesDeps): Router {
  const { inTenant, connections, connectorOf, consentOf, outboundIps } = deps
  const router = Router()
  const connectorIn = (req: Request) => connectorOf(String(req.params.connector))

  router.get(paths.connection.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { connection, chosen } = await inTenant(signedIn(res).tenant.id, async stores => {
      const current = await stores.connections.current(connector.id)
      return { connection: current, chosen: current && (await chosenFor(stores, connector, current)) }
    })
    if (!connection || !chosen) return showConnectForm(deps, res, connector, {})
    const typed = shownAgain(connector, connection)
    const hasConsent = consentOf(connector) !== null
    const page = connectionPage({ ...chosen, connection, hasConsent, outboundIps, typed, errors: {} })
    res.render('pages/connection', { connector, page })
  })

  // Credentials typed here (also a new token for an old connection): tried at the service before they are kept.
  const takeTyped = async (req: Request, res: Response, connector: Connector, form: CredentialsForm) => {
    const { tenant, admin } = signedIn(res)
    const { typed, values, errors } = parseCredentials(form, req.body)
    if (Object.keys(errors).length > 0) {
      res.status(422)
      return showConnectForm(deps, res, connector, { typed, errors })
    }
    const who = { tenantId: tenant.id, adminId: admin.id }
    const connect = () => connections.typed(who, connector, form, values)
    return connectOrShow(deps, req, res, { connector, connect, typed })
  }

  // ［連携開始］ (also ［再連携する］): whatever the service needs to know first, then its consent page.
  router.post(paths.connection.pattern, async (req, res, next) => {
    const connector = connectorIn(req)
    const { auth } = connector
    const consent = consentOf(connector)
    if (auth.form && (!consent || textField(req.body, 'how').value === 'form')) {
      return takeTyped(req, res, connector, auth.form)
    }
    if (!consent) throw new NotFound()
    const asked = accountCodeIn(req.body, connector)
    if (asked.ok) {
      const { tenant } = signedIn(res)
      await inTenant(tenant.id, ({ audit }) => audit.add({ act: 'link.begun', connector: connector.id }))
      return consent.begin(req, res, next, asked.carried)
    }
    res.status(422)
    showConnectForm(deps, res, connector, { typed: { accountCode: asked.typed }, errors: { accountCode: asked.error } })
  })

  return router
}

/** The number that a service wants to know before its consent page, or a sentence for the field. */
function accountCodeIn(
  body: unknown,
  { labels, auth }: Connector,
): { ok: true; carried: Record<string, string> } | { ok: false; typed: string; error: string } {
  const { accountCode } = auth.consent ?? {}
  if (!accountCode) return { ok: true, carried: {} }
  const { typed, value, broken } = textField(body, 'accountCode')
  const wrong = (error: string) => ({ ok: false, typed, error }) as const
  if (value === '' && !broken) return wrong(notTyped(labels.accountCode))
  const normal = accountCode.normalise(value)
  if (!normal.ok) return wrong(normal.error)
  if (broken) return wrong(notReadable(labels.accountCode))
  return { ok: true, carried: { code: normal.code } }
}
