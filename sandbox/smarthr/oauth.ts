import { createHash, randomBytes } from 'node:crypto'
import { Router, type Request, type Response } from 'express'
import { cookieOf } from '../core/cookies.js'
import { escapeHtml, page } from '../core/html.js'
import { hidden, loginPage, WRONG_PASSWORD } from './login-page.js'
import type { Grant, SmarthrStore, Tenant, User } from './store.js'

const PASSWORD = 'renkei-demo'
const CLIENT = { id: 'renkei-sandbox', secret: 'renkei-sandbox-secret', name: 'Renkei' }
const LOGIN_COOKIE = 'smarthr_login'

const CODE_MS = 600_000
const GRACE_MS = 60_000
const IDLE_MS = 90 * 24 * 3_600_000

interface Asked {
  clientId: string
  redirectUri: string
  scope: string
  state: string | undefined
  challenge: string | null
}

/** Registered by path; on a loopback address any port (RFC 8252 §7.3). */
function registered(redirectUri: string): boolean {
  try {
    const { protocol, hostname, pathname, search, hash } = new URL(redirectUri)
    return (
      protocol === 'http:' &&
      (hostname === 'localhost' || hostname === '127.0.0.1') &&
      pathname === '/auth/smarthr/callback' &&
      search + hash === ''
    )
  } catch {
    return false
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const RESOURCES = [
  '従業員（参照・更新）',
  '家族情報（参照）',
  '給与明細（参照・更新）',
  '部署・役職・雇用形態（参照）',
  '事業所・会社（参照）',
  'アカウント（参照）',
]

export interface OAuthDeps {
  store(): SmarthrStore
  now(): number
}

/** The auth site: log-in, company, consent, tokens (SmartHR API reference, §1.4). */
export function createOAuth({ store, now }: OAuthDeps) {
  const router = Router()

  const usersOf = () => {
    const byId = new Map<string, User>()
    for (const tenant of store().tenants) for (const user of tenant.users) byId.set(user.id, user)
    return [...byId.values()]
  }
  const tenantsOf = (user: User): Tenant[] =>
    store().tenants.filter(tenant => tenant.users.some(candidate => candidate.id === user.id))
  const loggedIn = (req: Request): User | undefined => {
    const id = store().logIns.get(cookieOf(req, LOGIN_COOKIE) ?? '')
    return usersOf().find(user => user.id === id)
  }

  const askedOf = (fields: Record<string, unknown>): Asked | string => {
    const clientId = text(fields.client_id) ?? ''
    const redirectUri = text(fields.redirect_uri) ?? ''
    if (clientId !== CLIENT.id) return 'このアプリは登録されていません。'
    if (!registered(redirectUri)) return 'リダイレクトURIが、登録されたものと一致しません。'
    if (text(fields.response_type) !== 'code') return 'response_typeが正しくありません。'
    return {
      clientId,
      redirectUri,
      scope: text(fields.scope) ?? '',
      state: text(fields.state),
      challenge: text(fields.code_challenge) ?? null,
    }
  }
  const carried = (asked: Asked) =>
    hidden({
      response_type: 'code',
      client_id: asked.clientId,
      redirect_uri: asked.redirectUri,
      scope: asked.scope,
      state: asked.state,
      code_challenge: asked.challenge ?? undefined,
    })
  const back = (res: Response, asked: Asked, fields: Record<string, string>) => {
    const url = new URL(asked.redirectUri)
    for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value)
    if (asked.state !== undefined) url.searchParams.set('state', asked.state)
    res.redirect(303, url.href)
  }

  const tenantPage = (asked: Asked, tenants: readonly Tenant[]) =>
    page(
      '企業アカウント選択',
      `<form method="get" action="/smarthr/oauth/authorization">${carried(asked)}` +
        tenants
          .map(
            (tenant, index) =>
              `<label><input type="radio" name="tenant" value="${tenant.id}"${index === 0 ? ' checked' : ''}> ${escapeHtml(tenant.name)}</label>`,
          )
          .join('') +
        '<button class="primary">次へ</button></form>',
    )
  const consentPage = (asked: Asked, user: User, tenant: Tenant) =>
    page(
      `${CLIENT.name}との連携を許可しますか？`,
      `<p>企業アカウント：${escapeHtml(tenant.name)}<br>ユーザー：${escapeHtml(user.email)}</p>` +
        `<ul>${RESOURCES.map(resource => `<li>${resource}</li>`).join('')}</ul>` +
        `<form method="post" action="/smarthr/oauth/consent">${carried(asked)}${hidden({ tenant: tenant.id })}` +
        '<button name="answer" value="deny">キャンセル</button><button class="primary" name="answer" value="allow">許可する</button></form>',
    )

  router.get('/authorization', (req, res) => {
    const asked = askedOf(req.query)
    if (typeof asked === 'string') {
      // Never a redirect for an unknown client or address (RFC 6749 §4.1.2.1).
      res.status(400).send(page('認証で問題が発生しました', `<p>${asked}</p>`))
      return
    }
    const user = loggedIn(req)
    if (!user) {
      res.send(loginPage(carried(asked), '/smarthr/oauth/login', ''))
      return
    }
    if (!user.admin) {
      res
        .status(403)
        .send(
          page(
            'アクセス権限がありません',
            '<p>アプリを連携するには、SmartHR基本機能の管理者権限が必要です。</p><p><a href="/smarthr/logout">別のユーザーでログイン</a></p>',
          ),
        )
      return
    }
    const tenants = tenantsOf(user)
    const tenant = tenants.length === 1 ? tenants[0] : tenants.find(candidate => candidate.id === req.query.tenant)
    res.send(tenant ? consentPage(asked, user, tenant) : tenantPage(asked, tenants))
  })

  /** Remembers who gave the right password; null for anybody else. */
  const logIn = (res: Response, fields: Record<string, unknown>): User | null => {
    const user = usersOf().find(candidate => candidate.email === text(fields.email)?.trim())
    if (!user || fields.password !== PASSWORD) return null
    const session = randomBytes(16).toString('hex')
    store().logIns.set(session, user.id)
    res.cookie(LOGIN_COOKIE, session, { httpOnly: true, sameSite: 'lax', path: '/smarthr' })
    return user
  }

  router.post('/login', (req, res) => {
    const fields = (req.body ?? {}) as Record<string, unknown>
    const asked = askedOf(fields)
    if (typeof asked === 'string') {
      res.status(400).send(page('認証で問題が発生しました', `<p>${asked}</p>`))
      return
    }
    if (!logIn(res, fields)) {
      res.status(401).send(loginPage(carried(asked), '/smarthr/oauth/login', WRONG_PASSWORD))
      return
    }
    const url = new URLSearchParams(
      Object.entries(fields).flatMap(([name, value]) =>
        name !== 'email' && name !== 'password' && typeof value === 'string' && value !== ''
          ? [[name, value] as [string, string]]
          : [],
      ),
    )
    res.redirect(303, `/smarthr/oauth/authorization?${url.toString()}`)
  })

  router.post('/consent', (req, res) => {
    const fields = (req.body ?? {}) as Record<string, unknown>
    const asked = askedOf(fields)
    const user = loggedIn(req)
    const tenant = user && tenantsOf(user).find(candidate => candidate.id === fields.tenant)
    if (typeof asked === 'string' || !user?.admin || !tenant) {
      res.status(400).send(page('認証で問題が発生しました', '<p>もう一度、アプリから連携を始めてください。</p>'))
      return
    }
    if (fields.answer !== 'allow') {
      back(res, asked, { error: 'access_denied', error_description: 'The resource owner denied the request.' })
      return
    }
    tenant.installed = true
    const value = randomBytes(24).toString('base64url')
    store().codes.push({
      value,
      userId: user.id,
      tenantId: tenant.id,
      redirectUri: asked.redirectUri,
      scope: asked.scope,
      challenge: asked.challenge,
      until: now() + CODE_MS,
      used: false,
    })
    back(res, asked, { code: value })
  })

  const failure = (res: Response, status: number, error: string, description: string) =>
    res.status(status).json({ error, error_description: description })
  const invalidGrant = (res: Response) =>
    failure(
      res,
      400,
      'invalid_grant',
      'The provided authorization grant is invalid, expired, revoked, or was issued to another client.',
    )

  const answer = (res: Response, grant: Grant, withRefresh: boolean) => {
    const { switches, tenants } = store()
    const tenant = tenants.find(candidate => candidate.id === grant.tenantId)
    res.json({
      access_token: grant.accessToken,
      token_type: 'Bearer',
      ...(switches.accessTokenLifetime > 0 && { expires_in: switches.accessTokenLifetime }),
      ...(withRefresh && { refresh_token: grant.refreshToken }),
      scope: grant.scope,
      created_at: Math.floor(now() / 1000),
      ...(switches['tokenResponse.includeTenant'] && { tenant: { id: tenant?.id, subdomain: tenant?.subdomain } }),
    })
  }
  const newAccess = () => `shr_oauth_${randomBytes(24).toString('base64url')}`
  const newRefresh = () => `rt_${randomBytes(24).toString('base64url')}`
  const accessUntil = () => now() + (store().switches.accessTokenLifetime || 7200) * 1000

  router.post('/token', (req, res) => {
    res.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' })
    const fields = (req.body ?? {}) as Record<string, unknown>
    // Client authentication in the body, never HTTP Basic (§1.1).
    if (fields.client_id !== CLIENT.id || fields.client_secret !== CLIENT.secret) {
      failure(res, 401, 'invalid_client', 'Client authentication failed.')
      return
    }
    const { grants } = store()
    if (fields.grant_type === 'authorization_code') {
      const code = store().codes.find(candidate => candidate.value === fields.code)
      if (!code || code.until < now() || code.redirectUri !== fields.redirect_uri) {
        invalidGrant(res)
        return
      }
      if (code.used) {
        for (const grant of grants) if (grant.code === code.value) grant.ended = true
        invalidGrant(res)
        return
      }
      const verifier = text(fields.code_verifier)
      const proof = verifier && createHash('sha256').update(verifier).digest('base64url')
      if (code.challenge !== null && proof !== code.challenge) {
        invalidGrant(res)
        return
      }
      code.used = true
      const grant: Grant = {
        id: randomBytes(8).toString('hex'),
        userId: code.userId,
        tenantId: code.tenantId,
        scope: code.scope,
        accessToken: newAccess(),
        accessUntil: accessUntil(),
        refreshToken: newRefresh(),
        formerRefresh: null,
        idleUntil: now() + IDLE_MS,
        ended: false,
        code: code.value,
      }
      grants.push(grant)
      answer(res, grant, true)
      return
    }
    if (fields.grant_type === 'refresh_token') {
      const { switches } = store()
      const given = fields.refresh_token
      const grant = grants.find(
        candidate =>
          candidate.refreshToken === given ||
          (candidate.formerRefresh?.token === given && (candidate.formerRefresh?.until ?? 0) > now()),
      )
      if (!grant || grant.ended || grant.idleUntil < now()) {
        invalidGrant(res)
        return
      }
      const rotates = switches.rotateRefreshTokens && !switches.omitNewRefreshToken
      if (rotates && grant.refreshToken === given) {
        grant.formerRefresh = { token: grant.refreshToken, until: now() + GRACE_MS }
        grant.refreshToken = newRefresh()
      }
      Object.assign(grant, { accessToken: newAccess(), accessUntil: accessUntil(), idleUntil: now() + IDLE_MS })
      answer(res, grant, !switches.omitNewRefreshToken)
      return
    }
    failure(res, 400, 'unsupported_grant_type', 'The authorization grant type is not supported.')
  })

  router.post('/revoke', (req, res) => {
    const { token } = (req.body ?? {}) as Record<string, unknown>
    for (const grant of store().grants)
      if (grant.accessToken === token || grant.refreshToken === token) grant.ended = true
    res.json({})
  })

  return {
    router,
    loggedIn,
    logIn,
    logout: (req: Request) => store().logIns.delete(cookieOf(req, LOGIN_COOKIE) ?? ''),
  }
}
