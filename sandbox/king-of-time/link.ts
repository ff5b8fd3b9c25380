import { randomBytes } from 'node:crypto'
import { Router, type Response } from 'express'
import { escapeHtml, page } from '../core/html.js'
import type { Brand } from './brands.js'
import { newToken, type Store } from './store.js'

const MINUTE = 60_000

export const CODE_LIFETIME = 5 * MINUTE
export const LOCKED_FOR = 15 * MINUTE
const MISSES_ALLOWED = 5

const PASSWORD = 'renkei-demo'
const FULL_ADMINISTRATOR = 'admin'
const ADMINISTRATORS = [FULL_ADMINISTRATOR, 'general']

const REQUEST_KEYS = ['client_id', 'redirect_uri', 'state', 'product']

interface LinkDeps {
  brand: Brand
  store(): Store
  now(): Date
  /** where the app is; null: it may be anywhere */
  appUrl: string | null
}

type Texts = Record<string, string>

/** The one application registered with a brand. */
export const clientOf = ({ name }: Pick<Brand, 'name'>) => ({
  id: `renkei-sandbox-${name}`,
  secret: `renkei-sandbox-${name}-secret`,
})

/**
 * The consent page and the exchange of its code (King of Time reference, §9.2: assumed as a whole). Open in the
 * windows, as everything around tokens is.
 */
export function createLink({ brand, store, now, appUrl }: LinkDeps): Router {
  const router = Router()
  const client = clientOf(brand)

  router.get('/link', (req, res) => {
    const request = pick(textsOf(req.query))
    const problem = problemOf(request)
    if (problem) res.status(400).send(errorPage(problem))
    else show(res, request, req.baseUrl)
  })

  router.post('/link', (req, res) => {
    const form = textsOf(req.body)
    const request = pick(form)
    const problem = problemOf(request)
    if (problem) {
      res.status(400).send(errorPage(problem))
      return
    }
    const back = new URL(request.redirect_uri ?? '')
    if (form.decision === 'cancel') {
      back.searchParams.set('error', 'access_denied')
    } else {
      const refusal = refusalOf(form)
      if (refusal) {
        show(res.status(refusal.status), request, req.baseUrl, { ...refusal, loginId: form.login_id ?? '' })
        return
      }
      const code = randomBytes(24).toString('hex')
      store().codes.set(code, { expiresAt: now().getTime() + CODE_LIFETIME, used: false })
      back.searchParams.set('code', code)
    }
    if (request.state !== undefined) back.searchParams.set('state', request.state)
    res.redirect(302, back.href)
  })

  router.post('/link/token', (req, res) => {
    const { client_id: id, client_secret: secret, code: text } = textsOf(req.body)
    if (id !== client.id || secret !== client.secret) {
      res.status(401).json({ error: 'invalid_client' })
      return
    }
    const code = store().codes.get(text ?? '')
    if (!code || code.used || code.expiresAt <= now().getTime()) {
      res.status(400).json({ error: 'invalid_grant' })
      return
    }
    code.used = true
    const token = randomBytes(16).toString('hex')
    store().tokens.set(token, newToken(token, 'Renkei'))
    res.json({ access_token: token, company: store().company })
  })

  /** Why the request gets a page and no way back; a wrong address is never redirected to. */
  function problemOf({ client_id: id, redirect_uri: address, product }: Texts): string | null {
    if (id !== client.id) return '登録されていないアプリケーションです。'
    if (product !== undefined && !brand.productNames.includes(product)) return '製品の指定が正しくありません。'
    if (!isOfTheApp(address)) return '戻り先のURLが登録されていません。'
    return null
  }

  function isOfTheApp(address: string | undefined): boolean {
    if (address === undefined || !URL.canParse(address)) return false
    const { origin, protocol } = new URL(address)
    return ['http:', 'https:'].includes(protocol) && (appUrl === null || origin === new URL(appUrl).origin)
  }

  /** What keeps the accept button from working, or null. The tick comes first: without it nothing is looked at. */
  function refusalOf({ agree, login_id: id = '', password }: Texts): Refusal | null {
    if (agree === undefined) return refused(422, `${brand.agreement}を確認のうえ、同意してください。`)
    const { misses } = store()
    const at = now().getTime()
    const missed = misses.get(id) ?? { count: 0, lockedUntil: 0 }
    if (missed.lockedUntil > at) return LOCKED
    if (!ADMINISTRATORS.includes(id) || password !== PASSWORD) {
      const count = missed.count + 1
      const locks = count >= MISSES_ALLOWED
      misses.set(id, locks ? { count: 0, lockedUntil: at + LOCKED_FOR } : { count, lockedUntil: 0 })
      return locks ? LOCKED : refused(401, 'ログインIDまたはパスワードが正しくありません。')
    }
    misses.delete(id)
    return id === FULL_ADMINISTRATOR ? null : refused(403, '全権管理者のIDでログインしてください。')
  }

  function show(res: Response, request: Texts, base: string, refusal?: Refusal & { loginId: string }) {
    const hidden = Object.entries(request)
      .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`)
      .join('')
    res
      .type('html')
      .send(
        page(
          `${brand.product}連携設定画面`,
          `<p>「Renkei」が${escapeHtml(store().company.name)}の従業員情報を参照・更新することを承諾します。</p>` +
            (refusal ? `<p class="error" role="alert">${refusal.message}</p>` : '') +
            `<form method="post" action="${base}/link">${hidden}` +
            `<label for="login_id">${brand.idLabel}</label>` +
            `<input type="text" id="login_id" name="login_id" value="${escapeHtml(refusal?.loginId ?? '')}" autocomplete="username">` +
            '<label for="password">パスワード</label>' +
            '<input type="password" id="password" name="password" autocomplete="current-password">' +
            `<label><input type="checkbox" name="agree" value="1"> ${brand.agreement}を確認のうえ、同意します。</label>` +
            '<button class="primary" type="submit" name="decision" value="accept">承諾する</button>' +
            '<button type="submit" name="decision" value="cancel">キャンセル</button></form>' +
            `<p>サンドボックスのアカウント: ${ADMINISTRATORS.join(' / ')}（パスワード ${PASSWORD}、全権管理者は${FULL_ADMINISTRATOR}）</p>`,
        ),
      )
  }

  return router
}

interface Refusal {
  status: number
  message: string
}

const refused = (status: number, message: string): Refusal => ({ status, message })

const LOCKED = refused(
  423,
  'パスワードを5回間違えたため、このログインIDはロックされています。15分後に、もう一度お試しください。',
)

const errorPage = (message: string) => page('エラー', `<p class="error" role="alert">${escapeHtml(message)}</p>`)

const pick = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([key]) => REQUEST_KEYS.includes(key)))

/** The text values of a form, query or JSON body; anything else in it is left out. */
function textsOf(source: unknown): Texts {
  if (typeof source !== 'object' || source === null) return {}
  return Object.fromEntries(
    Object.entries(source).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
