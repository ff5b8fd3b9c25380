import { escapeHtml, page } from '../core/html.js'
import { LABELS } from './labels.js'
import type { ImportResult, Json, Office, Outcome } from './store.js'

/** The admin site's pages: plain forms, so that they work in any browser and in a test without one. */

const BASE = '/money-forward/admin'

const KINDS: Readonly<Record<ImportResult['kind'], string>> = {
  employees_new: 'SmartHRから従業員データを取り込む',
  employees_update: '従業員情報の更新',
  year_end: '年末調整結果の取り込み',
}
const STATUSES: Readonly<Record<ImportResult['status'], string>> = {
  succeeded: '完了',
  failed: '失敗',
  stopped: '中断',
}
const OUTCOMES: Readonly<Record<Outcome['status'], string>> = {
  created: '追加',
  updated: '更新',
  skipped: '対象外',
  failed: 'エラー',
}

const form = (path: string, button: string, fields = '') =>
  `<form method="post" action="${BASE}/${path}">${fields}<button class="primary">${button}</button></form>`

const input = (name: string, label: string, value = '', type = 'text') =>
  `<label for="${name}">${label}</label>` +
  `<input id="${name}" name="${name}" type="${type}" value="${escapeHtml(value)}" autocomplete="off">`

const alert = (message: string | null) =>
  message === null ? '' : `<p class="error" role="alert">${escapeHtml(message)}</p>`

export interface View {
  office: Office
  notice: string | null
  error: string | null
}

const frame = (title: string, { office, notice, error }: View, body: string) =>
  page(
    `${title} | マネーフォワード クラウド給与`,
    `<div class="top"><p>${escapeHtml(office.name)}</p>` +
      `<form method="post" action="${BASE}/logout"><button>ログアウト</button></form></div>` +
      `<nav><p><a href="${BASE}/employees">従業員情報</a> <a href="${BASE}/year-end">年末調整</a> ` +
      `<a href="${BASE}/connections">連携設定</a></p></nav>` +
      `${notice === null ? '' : `<p role="status">${escapeHtml(notice)}</p>`}${alert(error)}${body}`,
  )

export const loginPage = (error: string | null) =>
  page(
    'ログイン | マネーフォワード クラウド給与',
    `${alert(error)}<form method="post" action="${BASE}/login">` +
      '<label for="email">メールアドレス</label><input id="email" name="email" type="email" autocomplete="username">' +
      '<label for="password">パスワード</label><input id="password" name="password" type="password" autocomplete="current-password">' +
      '<button class="primary">ログインする</button></form>' +
      '<p>サンドボックスのアカウント: owner@money-forward.example（パスワード renkei-demo）</p>',
  )

/** ［連携設定］; `typed` is what was typed into a form that was refused. The access token is never shown again. */
export function connectionsPage(view: View, appUrl: string, typed: Readonly<Record<string, string>> = {}) {
  const { apiKey, connection } = view.office
  return frame(
    '連携設定',
    view,
    `<h2>外部システム連携用識別子</h2><table><tr><th scope="row">API KEY</th><td><code>${apiKey}</code></td></tr></table>` +
      `<h2>SmartHR</h2><p>${connection ? '連携中' : '未連携'}</p>` +
      form(
        'connections/smarthr',
        '登録する',
        input('subdomain', 'サブドメイン', typed.subdomain ?? connection?.subdomain) +
          input('access_token', '接続文字列', '', 'password') +
          input('url', '接続先URL', typed.url ?? connection?.url ?? appUrl),
      ),
  )
}

export const employeesPage = (view: View) =>
  frame(
    '従業員情報',
    view,
    `<p><a class="button" href="${BASE}/employees/import">${KINDS.employees_new}</a></p>` +
      form('imports/employees_update', '更新') +
      lastImport(view.office, ['employees_new', 'employees_update']) +
      records([...view.office.employees.values()]),
  )

export const importPage = (view: View) =>
  frame(
    KINDS.employees_new,
    view,
    '<p>SmartHRのすべての従業員を取り込みます。従業員コードが同じ従業員の情報は、上書きされます。</p>' +
      form('imports/employees_new', '取り込む'),
  )

export const yearEndPage = (view: View, year: number) =>
  frame(
    '年末調整',
    view,
    form('imports/year_end', '取り込む', input('year', '年', String(year))) +
      lastImport(view.office, ['year_end']) +
      records([...view.office.declarations.values()], row => `${String(row.year)}年 `),
  )

function lastImport({ imports }: Office, kinds: readonly ImportResult['kind'][]): string {
  const last = imports.findLast(({ kind }) => kinds.includes(kind))
  if (!last) return ''
  const rows = last.results.map(
    ({ employee_code: code, status, message }) =>
      `<tr><td>${escapeHtml(code)}</td><td>${OUTCOMES[status]}</td><td>${escapeHtml(message ?? '')}</td></tr>`,
  )
  return (
    `<h2>前回の取り込み結果</h2><p>${KINDS[last.kind]}：${STATUSES[last.status]}（${escapeHtml(last.finished_at)}）</p>` +
    alert(last.error) +
    `<p>追加 ${last.created}件、更新 ${last.updated}件、対象外 ${last.skipped}件、エラー ${last.failed}件</p>` +
    (rows.length === 0
      ? ''
      : '<details><summary>従業員ごとの結果</summary><table><thead><tr><th scope="col">従業員コード</th>' +
        `<th scope="col">結果</th><th scope="col">内容</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`)
  )
}

/** One `details` per person, with every field there is. */
function records(rows: readonly Json[], prefix: (row: Json) => string = () => ''): string {
  const shown = rows.map(row => {
    const { last_name: last, first_name: first } = { ...row, ...((row.person ?? {}) as Json) }
    const title = `${prefix(row)}${String(row.employee_code)} ${words(last)} ${words(first)}`
    return `<details><summary>${escapeHtml(title)}</summary>${valueHtml(row)}</details>`
  })
  return `<h2>一覧</h2><p>${rows.length}件</p>${shown.join('')}`
}

function words(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'はい' : 'いいえ'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function valueHtml(value: unknown): string {
  if (Array.isArray(value))
    return value.length === 0 ? 'なし' : `<ol>${value.map(entry => `<li>${valueHtml(entry)}</li>`).join('')}</ol>`
  if (typeof value !== 'object' || value === null) return escapeHtml(words(value))
  const rows = Object.entries(value).map(
    ([key, entry]) => `<tr><th scope="row">${escapeHtml(LABELS[key] ?? key)}</th><td>${valueHtml(entry)}</td></tr>`,
  )
  return `<table>${rows.join('')}</table>`
}
