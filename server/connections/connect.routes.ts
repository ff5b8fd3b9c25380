import { Router, type Request, type Response } from 'express'
import type { Connector, ConsentAuth, CredentialsForm } from '../contract/contract.js'
import { AppError, NotFound } from '../errors.js'
import type { ConsentOutcome } from '../install/consent.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import { textField, type FieldErrors } from '../web/form.js'
import { toConfirmOrDashboard, type ConnectionRoutesDeps } from './connection-pages.js'
import type { Connection } from './connection.store.js'
import { connectionPage, newConnectionPage } from './connection.view.js'
import { parseCredentials } from './credentials.form.js'

/** What of a connection stands in its form's fields: never a secret. */
const shownAgain = ({ auth }: Connector, connection: Connection) =>
  Object.fromEntries((auth.form?.fields ?? []).flatMap(({ name, shows }) => (shows ? [[name, connection[shows]]] : [])))

interface Shown {
  typed?: Readonly<Record<string, string>>
  errors?: FieldErrors
  problem?: string
}

/** The form that connects, the service's consent page, and the way back from there. */
export function connectRoutes(deps: ConnectionRoutesDeps): Router {
  const { inTenant, connections, connectorOf, consentOf, log } = deps
  const router = Router()
  const connectorIn = (req: Request) => connectorOf(String(req.params.connector))
  const hasConsent = (connector: Connector) => consentOf(connector) !== null

  const showForm = (res: Response, connector: Connector, { typed = {}, errors = {}, problem }: Shown) =>
    res.render('pages/connection-new', {
      connector,
      page: newConnectionPage({
        connector,
        hasConsent: hasConsent(connector),
        typed,
        errors,
        problem: problem ?? null,
      }),
    })

  /** `connect` says whether the connection is in force. What it throws on purpose is shown on the form. */
  const keep = async (
    req: Request,
    res: Response,
    connector: Connector,
    connect: () => Promise<boolean>,
    typed = {},
  ) => {
    try {
      toConfirmOrDashboard(req, res, { connector, active: await connect(), log })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      res.status(error.status)
      showForm(res, connector, { typed, problem: error.message })
    }
  }

  router.get(paths.connection.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const connection = await inTenant(signedIn(res).tenant.id, stores => stores.connections.current(connector.id))
    if (!connection) return showForm(res, connector, {})
    const typed = shownAgain(connector, connection)
    const page = connectionPage({ connector, connection, hasConsent: hasConsent(connector), typed, errors: {} })
    res.render('pages/connection', { connector, page })
  })

  // Credentials typed here (also a new token for an old connection): tried at the service before they are kept.
  const takeTyped = async (req: Request, res: Response, connector: Connector, form: CredentialsForm) => {
    const { tenant, admin } = signedIn(res)
    const { typed, values, errors } = parseCredentials(form, req.body)
    if (Object.keys(errors).length > 0) {
      res.status(422)
      return showForm(res, connector, { typed, errors })
    }
    const who = { tenantId: tenant.id, adminId: admin.id }
    return keep(req, res, connector, () => connections.typed(who, connector, form, values), typed)
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
    if (asked.ok) return consent.begin(req, res, next, asked.carried)
    res.status(422)
    showForm(res, connector, { typed: { accountCode: asked.typed }, errors: { accountCode: asked.error } })
  })

  router.get(paths.connectionCallback.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    const { consent } = connector.auth
    const outcome = await consentOf(connector)?.outcome(req, res)
    if (!consent || !outcome) throw new NotFound()
    if (outcome.kind !== 'granted') {
      if (outcome.kind === 'failed') {
        log.warn('service consent failed', { connector: connector.id, err: outcome.error })
      }
      res.status(outcome.kind === 'failed' ? 502 : 403)
      return showForm(res, connector, { problem: refusal(outcome, connector, consent) })
    }
    const who = { tenantId: tenant.id, adminId: admin.id }
    const { token, carried } = outcome
    await keep(req, res, connector, () => connections.grant(who, connector, consent, token, carried.code ?? ''))
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
  if (value === '' && !broken) return wrong(`${labels.accountCode}が入力されていません。`)
  const normal = accountCode.normalise(value)
  if (!normal.ok) return wrong(normal.error)
  if (broken) return wrong(`${labels.accountCode}が正しくありません。`)
  return { ok: true, carried: { code: normal.code } }
}

/** Why there is no connection after the service's consent page. */
function refusal(
  { kind }: Exclude<ConsentOutcome, { kind: 'granted' }>,
  { labels: { product } }: Connector,
  { button }: ConsentAuth,
): string {
  switch (kind) {
    case 'denied':
      return `${product}との連携が許可されませんでした。連携する場合は、もう一度［${button}］を押して、許可してください。`
    case 'stale':
      return '連携の手続きの有効期限が切れたか、別の画面で完了しています。もう一度、連携を開始してください。'
    case 'failed':
      return `${product}の認証に失敗しました。時間をおいて、もう一度［${button}］を押してください。`
  }
}
