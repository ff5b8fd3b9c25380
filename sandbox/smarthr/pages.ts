import { Router, type Request, type Response } from 'express'
import { escapeHtml, page } from '../core/html.js'
import { hidden, loginPage, WRONG_PASSWORD } from './login-page.js'
import type { SmarthrStore, User } from './store.js'

interface PagesDeps {
  store(): SmarthrStore
  loggedIn(req: Request): User | undefined
  logIn(res: Response, fields: Record<string, unknown>): User | null
  logout(req: Request): void
}

/** Apps of the store, as far as they exist. */
const APPS = [
  {
    slug: 'freee',
    name: 'freee人事労務連携',
    summary: 'freee人事労務とSmartHRの従業員情報を、双方向に同期します。',
    path: '/freee',
    items: '氏名、生年月日、社員番号、役職、入退社日、住所、電話番号、口座、社会保険の番号と標準報酬月額など31項目',
  },
  {
    slug: 'kinkakuji',
    name: '勤革時 連携',
    summary: '勤革時とSmartHRの従業員情報を、双方向に同期します。',
    path: '/kinkakuji',
    items: '氏名、ヨミガナ、社員番号、性別、生年月日、入退社日、メールアドレスの10項目',
  },
  {
    slug: 'king-of-time',
    name: 'KING OF TIME 連携',
    summary: 'KING OF TIMEとSmartHRの従業員情報を、双方向に同期します。',
    path: '/king-of-time',
    items: '氏名、ヨミガナ、社員番号、性別、生年月日、入退社日、メールアドレスの10項目',
  },
  {
    slug: 'touch-on-time',
    name: 'Touch On Time 連携',
    summary: 'Touch On TimeとSmartHRの従業員情報を、双方向に同期します。',
    path: '/touch-on-time',
    items: '氏名、ヨミガナ、社員番号、性別、生年月日、入退社日、メールアドレスの10項目',
  },
  {
    slug: 'pca',
    name: 'PCAクラウド給与連携',
    summary: 'PCAクラウド給与とSmartHRの従業員情報を、双方向に同期します。',
    path: '/pca',
    items: '氏名、フリガナ、社員番号、生年月日、性別、入退社日の9項目',
  },
  {
    slug: 'pca-hyper',
    name: 'PCAクラウド給与hyper連携',
    summary: 'PCAクラウド給与hyperとSmartHRの従業員情報を、双方向に同期します。',
    path: '/pca-hyper',
    items: '氏名、フリガナ、社員番号、生年月日、性別、入退社日の9項目',
  },
  {
    slug: 'money-forward',
    name: 'マネーフォワード クラウド給与連携',
    summary: 'マネーフォワード クラウド給与の給与明細を取り込み、SmartHRの従業員情報と年末調整結果を公開します。',
    path: '/money-forward',
    items: '給与明細・賞与明細、従業員情報（家族情報、口座情報を含む）、年末調整結果',
  },
  {
    slug: 'csv',
    name: 'CSVファイル連携',
    summary: 'ほかのサービスから書き出したCSVファイルの従業員情報を、SmartHRに登録・更新します。',
    path: '/csv',
    items: '氏名、フリガナ、社員番号、生年月日、性別、入退社日、メールアドレス、電話番号、役職、現住所',
  },
  {
    slug: 'mikiwame',
    name: 'ミキワメ連携',
    summary: 'SmartHRの部署と従業員の情報を、ミキワメに同期します。',
    path: '/mikiwame',
    items:
      '部署（部署名、部署コード、親部署）、社員（氏名、カナ、社員番号、性別、生年月日、所属部署、役職、入退社日、雇用形態、メールアドレス、退職者フラグ）',
  },
]

/** The app store (SmartHR Plus) and the companies' home pages (SmartHR API reference, §1.3). */
export function pagesRouter({ store, loggedIn, logIn, logout }: PagesDeps): Router {
  const router = Router()
  const added = (user: User | undefined) =>
    user !== undefined &&
    store().tenants.some(tenant => tenant.installed && tenant.users.some(candidate => candidate.id === user.id))

  router.get('/plus', (_req, res) => {
    const rows = APPS.map(app => `<li><a href="/smarthr/plus/apps/${app.slug}">${app.name}</a><br>${app.summary}</li>`)
    res.send(page('SmartHR Plus', `<ul>${rows.join('')}</ul>`))
  })

  router.get('/plus/apps/:slug', (req, res) => {
    const app = APPS.find(candidate => candidate.slug === req.params.slug)
    if (!app) {
      res
        .status(404)
        .send(page('お探しのページは見つかりませんでした', '<p><a href="/smarthr/plus">アプリ一覧に戻る</a></p>'))
      return
    }
    const user = loggedIn(req)
    const { appUrl } = store().switches
    const start = `${appUrl}/auth/smarthr?returnTo=${encodeURIComponent(app.path)}`
    const button =
      user && !user.admin
        ? '<p>アプリを連携するには、SmartHR基本機能の管理者権限が必要です。</p>'
        : added(user)
          ? `<a class="button primary" href="${escapeHtml(appUrl + app.path)}">アプリを開く</a>`
          : `<a class="button primary" href="${escapeHtml(start)}">連携をはじめる</a>`
    res.send(
      page(
        app.name,
        `<div class="top"><p>${app.summary}</p><div>${button}</div></div>` +
          `<h2>連携される項目</h2><p>${app.items}</p>` +
          '<h2>お問い合わせ先</h2><p>Renkeiサポート（support@renkei.example）</p>' +
          '<p><a href="/smarthr/plus">アプリ一覧に戻る</a></p>',
      ),
    )
  })

  /** Pages of this stand-in only: nobody is sent elsewhere. */
  const returnTo = (value: unknown) =>
    typeof value === 'string' && value.startsWith('/smarthr/') ? value : '/smarthr/plus'
  router.get('/login', (req, res) => {
    res.send(loginPage(hidden({ return_to: returnTo(req.query.return_to) }), '/smarthr/login', ''))
  })
  router.post('/login', (req, res) => {
    const fields = (req.body ?? {}) as Record<string, unknown>
    const next = returnTo(fields.return_to)
    if (logIn(res, fields)) res.redirect(303, next)
    else res.status(401).send(loginPage(hidden({ return_to: next }), '/smarthr/login', WRONG_PASSWORD))
  })

  router.get('/logout', (req, res) => {
    logout(req)
    res.redirect('/smarthr/plus')
  })

  router.get('/t/:subdomain', (req, res) => {
    const tenant = store().tenants.find(candidate => candidate.subdomain === req.params.subdomain)
    if (!tenant) {
      res.status(404).send(page('お探しのページは見つかりませんでした', ''))
      return
    }
    const apps = tenant.installed
      ? `<ul>${APPS.map(app => `<li><a href="${escapeHtml(store().switches.appUrl + app.path)}">${app.name}</a></li>`).join('')}</ul>`
      : '<p>追加されたアプリはありません。</p>'
    const links = `<p><a href="/smarthr/t/${tenant.subdomain}/payrolls">給与明細</a></p><p><a href="/smarthr/plus">アプリストア</a></p>`
    res.send(page(`${tenant.name} ホーム`, `<h2>機能</h2>${apps}${links}`))
  })

  // assumed: the address of SmartHR's page of a person is not public
  router.get('/t/:subdomain/crews/:id', (req, res) => {
    const tenant = store().tenants.find(candidate => candidate.subdomain === req.params.subdomain)
    const crew = tenant?.crews.get(req.params.id)
    if (!tenant || !crew) {
      res.status(404).send(page('お探しのページは見つかりませんでした', ''))
      return
    }
    const text = (value: unknown) => escapeHtml(typeof value === 'string' ? value : '')
    const name = `${text(crew.last_name)} ${text(crew.first_name)}`
    const number = text(crew.emp_code)
    const back = `<p><a href="/smarthr/t/${tenant.subdomain}">${escapeHtml(tenant.name)} ホーム</a></p>`
    res.send(page('従業員情報', `<p>社員番号：${number}</p><p>氏名：${name}</p>${back}`))
  })
  return router
}
