import { escapeHtml, page } from '../core/html.js'

export const WRONG_PASSWORD = '社員番号またはメールアドレス、もしくはパスワードが正しくありません。'

/** What a form carries along without showing it. */
export const hidden = (fields: Record<string, string | undefined>): string =>
  Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value ?? '')}">`)
    .join('')

/** The log-in, for an app that asks and for a page; `carried` are hidden fields, as HTML. */
export const loginPage = (carried: string, action: string, error: string): string =>
  page(
    'SmartHRにログイン',
    (error ? `<p class="error" role="alert">${escapeHtml(error)}</p>` : '') +
      `<form method="post" action="${action}">${carried}` +
      '<label for="email">社員番号またはメールアドレス</label><input id="email" name="email" type="text" autocomplete="username">' +
      '<label for="password">パスワード</label><input id="password" name="password" type="password" autocomplete="current-password">' +
      '<button class="primary">ログイン</button></form>',
  )
