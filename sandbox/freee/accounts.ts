import { randomBytes } from 'node:crypto'
import { Router, urlencoded, type NextFunction, type Request, type Response } from 'express'
import { ACCESS_DENIED_DESCRIPTION, invalidClient, invalidGrant, Refused, unsupportedGrantType } from './errors.js'
import { sendRefusal } from './hr.js'
import { companyPage, consentPage, errorPage, loginPage } from './pages.js'
import type { Company, FreeeStore, Grant, User } from './store.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Lifetimes of freee §2.2 and §2.3. */
export const CODE_LIFETIME = 10 * MINUTE
export const ACCESS_TOKEN_LIFETIME = 6 * HOUR
export const REFRESH_TOKEN_LIFETIME = 90 * DAY

/** The one app registered in freee's app management: callback on this machine, any port. */
export const CLIENT = {
  id: 'renkei-sandbox-freee',
  secret: 'renkei-sandbox-freee-secret',
  callbackPath: '/freee/connection/callback',
} as const

const SESSION_COOKIE = 'freee_sandbox_session'
const REQUEST_KEYS = ['response_type', 'client_id', 'redirect_uri', 'state', 'prompt', 'scope', 'company_id']

/**
 * freee's accounts site: log-in, company chooser, アプリ連携の開始 and the token endpoints (freee §2). `now` gives
 * milliseconds.
 */
export function createAccountsRouter({ store, now }: { store: () => FreeeStore; now: () => number }) {
  const router = Router()
  router.use(urlencoded({ extended: false }))
  const signedIn = (req: Request) => {
    const { logIns, users } = store()
    const id = logIns.get(cookieOf(req, SESSION_COOKIE) ?? '')
    return users.find(user => user.id === id)
  }

  router.post('/login', (req, res) => {
    const { email, password, return_to: returnTo } = textsOf(req.body)
    const user = store().users.find(candidate => candidate.email === email && candidate.password === password)
    if (!user) {
      res.status(401).send(loginPage({ base: req.baseUrl, returnTo: returnTo ?? '', email: email ?? '', wrong: true }))
      return
    }
    const session = randomBytes(24).toString('hex')
    store().logIns.set(session, user.id)
    res.cookie(SESSION_COOKIE, session, { httpOnly: true, sameSite: 'lax', path: req.baseUrl })
    res.redirect(ownPage(req, returnTo))
  })

  router.post('/logout', (req, res) => {
    store().logIns.delete(cookieOf(req, SESSION_COOKIE) ?? '')
    res.clearCookie(SESSION_COOKIE, { path: req.baseUrl })
    res.redirect(ownPage(req, textsOf(req.body).return_to))
  })

  router.get('/public_api/authorize', (req, res) => {
    const request = pick(textsOf(req.query), REQUEST_KEYS)
    const problem = problemOf(request)
    if (problem) {
      res.status(400).send(errorPage(problem))
      return
    }
    const user = signedIn(req)
    if (!user) {
      res.send(loginPage({ base: req.baseUrl, returnTo: req.originalUrl, email: '', wrong: false }))
      return
    }
    const companies = companiesOf(store(), user)
    const { company_id: chosenId, ...withoutCompany } = request
    // The chooser appears only with prompt=select_company, and not for somebody with a single company.
    const select = request.prompt === 'select_company'
    const chosen = companies.length === 1 ? companies[0] : companies.find(company => String(company.id) === chosenId)
    if (select && !chosen) {
      res.send(companyPage({ base: req.baseUrl, request: withoutCompany, companies }))
      return
    }
    res.send(
      consentPage({
        base: req.baseUrl,
        request: select && chosen ? { ...withoutCompany, company_id: String(chosen.id) } : withoutCompany,
        logoutTo: withoutCompany,
        email: user.email,
        companyName: select && chosen ? chosen.name : companies.map(company => company.name).join('、'),
      }),
    )
  })

  router.post('/public_api/authorize', (req, res) => {
    const form = textsOf(req.body)
    const request = pick(form, REQUEST_KEYS)
    const problem = problemOf(request)
    const user = signedIn(req)
    if (problem || !user) {
      res.status(400).send(errorPage(problem ?? 'ログインの有効期限が切れました。もう一度やり直してください。'))
      return
    }
    const back = new URL(request.redirect_uri ?? '')
    if (form.decision === 'allow') {
      const select = request.prompt === 'select_company'
      const company = companiesOf(store(), user).find(candidate => String(candidate.id) === request.company_id)
      if (select && !company) {
        res.status(400).send(errorPage('事業所を選択してください。'))
        return
      }
      const code = randomBytes(32).toString('hex')
      store().codes.set(code, {
        code,
        clientId: CLIENT.id,
        redirectUri: request.redirect_uri ?? '',
        userId: user.id,
        companyId: select && company ? company.id : null,
        expiresAt: now() + CODE_LIFETIME,
        used: false,
      })
      back.searchParams.set('code', code)
    } else {
      back.searchParams.set('error', 'access_denied')
      back.searchParams.set('error_description', ACCESS_DENIED_DESCRIPTION)
    }
    if (request.state !== undefined) back.searchParams.set('state', request.state)
    res.redirect(back.href)
  })

  router.post('/public_api/token', (req, res) => {
    const form = textsOf(req.body)
    if (form.client_id !== CLIENT.id || form.client_secret !== CLIENT.secret) throw new Refused(invalidClient())
    if (form.grant_type === 'authorization_code') res.json(tokenJson(redeemCode(form)))
    else if (form.grant_type === 'refresh_token') res.json(tokenJson(refresh(form.refresh_token)))
    else throw new Refused(unsupportedGrantType())
  })

  router.post('/public_api/revoke', (req, res) => {
    const form = textsOf(req.body)
    const named = form.client_id !== undefined || form.client_secret !== undefined
    if (named && (form.client_id !== CLIENT.id || form.client_secret !== CLIENT.secret)) {
      throw new Refused(invalidClient())
    }
    const grant = store().grants.get(form.token ?? '') ?? grantOfRefreshToken(form.token)
    // Either token ends both (freee §2.3); an unknown one is no error (RFC 7009).
    if (grant && grant.ended === null) grant.ended = 'revoked'
    res.json({})
  })

  router.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => sendRefusal(error, res))

  function redeemCode(form: Texts): Grant {
    const code = store().codes.get(form.code ?? '')
    if (!code || code.used || code.expiresAt <= now() || code.redirectUri !== form.redirect_uri) {
      throw new Refused(invalidGrant())
    }
    code.used = true
    return issue(code)
  }

  function refresh(refreshToken: string | undefined): Grant {
    const grant = grantOfRefreshToken(refreshToken)
    if (!grant || grant.ended !== null || grant.refreshExpiresAt <= now()) throw new Refused(invalidGrant())
    // Single use, and the old access token stops at once.
    grant.ended = 'refreshed'
    return issue(grant)
  }

  function grantOfRefreshToken(refreshToken: string | undefined): Grant | undefined {
    return [...store().grants.values()].find(grant => grant.refreshToken === refreshToken)
  }

  function issue({ clientId, userId, companyId }: Pick<Grant, 'clientId' | 'userId' | 'companyId'>): Grant {
    const grant: Grant = {
      accessToken: randomBytes(32).toString('hex'),
      refreshToken: randomBytes(32).toString('hex'),
      clientId,
      userId,
      companyId,
      issuedAt: now(),
      accessExpiresAt: now() + ACCESS_TOKEN_LIFETIME,
      refreshExpiresAt: now() + REFRESH_TOKEN_LIFETIME,
      ended: null,
    }
    store().grants.set(grant.accessToken, grant)
    return grant
  }

  function tokenJson(grant: Grant) {
    const company = grant.companyId === null ? undefined : store().companies.get(grant.companyId)
    return {
      access_token: grant.accessToken,
      token_type: 'bearer',
      expires_in: ACCESS_TOKEN_LIFETIME / 1000,
      refresh_token: grant.refreshToken,
      scope: 'read write',
      created_at: Math.floor(grant.issuedAt / 1000),
      // A text, unlike everywhere else in the API.
      ...(company && { company_id: String(company.id), external_cid: company.externalCid }),
    }
  }

  return router
}

type Texts = Record<string, string>

/** The text values of a form or query; anything else in it is left out. */
function textsOf(source: unknown): Texts {
  if (typeof source !== 'object' || source === null) return {}
  return Object.fromEntries(
    Object.entries(source).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

const pick = (texts: Texts, keys: readonly string[]): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([key]) => keys.includes(key)))

/** Why the request is answered with a page instead of a redirect; a wrong address is never redirected to. */
function problemOf(request: Texts): string | null {
  if (request.client_id !== CLIENT.id) return 'クライアント認証に失敗しました。'
  if (!isRegisteredCallback(request.redirect_uri)) return 'リダイレクトURIが登録されていません。'
  if (request.response_type !== 'code') return '指定されたレスポンスタイプはサポートされていません。'
  return null
}

function isRegisteredCallback(address: string | undefined): boolean {
  if (address === undefined || !URL.canParse(address)) return false
  const url = new URL(address)
  return (
    ['http:', 'https:'].includes(url.protocol) &&
    ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) &&
    url.pathname === CLIENT.callbackPath &&
    url.search === '' &&
    url.hash === ''
  )
}

function companiesOf({ companies }: FreeeStore, user: User): Company[] {
  return user.roles.flatMap(({ companyId }) => companies.get(companyId) ?? [])
}

function ownPage(req: Request, path: string | undefined): string {
  return path?.startsWith(`${req.baseUrl}/public_api/authorize?`) ? path : `${req.baseUrl}/public_api/authorize`
}

function cookieOf(req: Request, name: string): string | undefined {
  const found = (req.headers.cookie ?? '').split(';').map(part => part.trim().split('='))
  return found.find(([key]) => key === name)?.[1]
}
