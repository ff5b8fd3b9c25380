import { Router, type Request, type Response } from 'express'
import { escapeHtml, page } from '../core/html.js'
import { Refused } from './errors.js'
import { fixPayroll, publishPayroll, unfixPayroll } from './payrolls.js'
import type { Json, Payroll, Payslip, SmarthrStore, Tenant, User } from './store.js'

interface PayrollPagesDeps {
  store(): SmarthrStore
  now(): Date
  loggedIn(req: Request): User | undefined
}

/** What SmartHR's screens call the states (Money Forward reference, §3.3). */
function stateOf({ status, published_at: at }: Payroll, now: Date): string {
  if (status === 'wip') return '未確定'
  if (at === null) return '確定済み'
  return new Date(at) > now ? '公開予約中' : '公開済み'
}

const cell = (value: unknown) =>
  `<td>${escapeHtml(typeof value === 'string' || typeof value === 'number' ? String(value) : '')}</td>`

/** 25.5 hours as 25:30 where the payslip is shown in minutes. */
function attendanceText({ amount, unit_type: unit, numeral_system_type: system }: Json): string {
  const hours = Number(amount)
  if (system !== 'sexagesimal') return `${hours}${unit === 'days' ? '日' : '時間'}`
  const minutes = Math.round(Math.abs(hours) * 60)
  return `${hours < 0 ? '-' : ''}${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}

function payslipHtml(tenant: Tenant, payslip: Payslip): string {
  const crew = tenant.crews.get(payslip.crew_id)
  const heading = [crew?.emp_code, crew?.last_name, crew?.first_name].filter(part => typeof part === 'string').join(' ')
  const rows = (kind: string, list: unknown, text: (entry: Json) => string) =>
    (list as Json[]).map(entry => `<tr>${cell(kind)}${cell(entry.name)}${cell(text(entry))}</tr>`).join('')
  const yen = ({ amount, value }: Json) => (typeof amount === 'number' ? amount.toLocaleString('ja-JP') : String(value))
  return (
    `<h2>${escapeHtml(heading)}</h2>` +
    (payslip.mismatch ? '<p class="error">項目の合計金額が一致していません。</p>' : '') +
    '<table><thead><tr><th>種別</th><th>項目</th><th>値</th></tr></thead><tbody>' +
    rows('勤怠', payslip.attendances, attendanceText) +
    rows('支給', payslip.allowances, yen) +
    rows('控除', payslip.deductions, yen) +
    rows('合計', payslip.payroll_aggregates, yen) +
    `</tbody></table>${typeof payslip.memo === 'string' ? `<pre>備考：${escapeHtml(payslip.memo)}</pre>` : ''}`
  )
}

const TYPES: Readonly<Record<string, string>> = { salary: '給与', bonus: '賞与' }

/** The payrolls of a company as its administrators see them, with ［給与明細を確定］ and ［公開］. */
export function payrollPagesRouter({ store, now, loggedIn }: PayrollPagesDeps): Router {
  const router = Router()

  /** The company of the path, or the log-in, or a page that refuses: then there is none. */
  const entered = (req: Request, res: Response): Tenant | undefined => {
    const user = loggedIn(req)
    if (!user) {
      res.redirect(303, `/smarthr/login?return_to=${encodeURIComponent(req.originalUrl)}`)
      return undefined
    }
    const tenant = store().tenants.find(({ subdomain }) => subdomain === req.params.subdomain)
    const member = tenant?.users.some(({ id }) => id === user.id)
    if (!tenant || !member || !user.admin) {
      res
        .status(403)
        .send(page('アクセス権限がありません', '<p><a href="/smarthr/logout">別のユーザーでログイン</a></p>'))
      return undefined
    }
    return tenant
  }
  const payrollIn = (tenant: Tenant, req: Request, res: Response): Payroll | undefined => {
    const payroll = tenant.payrolls.find(({ id }) => id === req.params.id)
    if (!payroll) res.status(404).send(page('お探しのページは見つかりませんでした', ''))
    return payroll
  }

  router.get('/t/:subdomain/payrolls', (req, res) => {
    const tenant = entered(req, res)
    if (!tenant) return
    const rows = [...tenant.payrolls]
      .reverse()
      .map(
        payroll =>
          `<tr><td><a href="/smarthr/t/${tenant.subdomain}/payrolls/${payroll.id}">${escapeHtml(payroll.name_for_admin)}</a></td>` +
          cell(TYPES[payroll.payment_type]) +
          cell(payroll.paid_at) +
          cell(`${tenant.payslips.get(payroll.id)?.length ?? 0}件`) +
          `${cell(stateOf(payroll, now()))}</tr>`,
      )
    const table =
      '<table><thead><tr><th>給与明細</th><th>種類</th><th>支給日</th><th>明細</th><th>状態</th></tr></thead>' +
      `<tbody>${rows.join('')}</tbody></table>`
    res.send(page(`${tenant.name} 給与明細`, rows.length > 0 ? table : '<p>給与明細はありません。</p>'))
  })

  const payrollPage = (tenant: Tenant, payroll: Payroll, error = '') => {
    const state = stateOf(payroll, now())
    const button = (step: string, label: string, primary: boolean) =>
      `<form method="post" action="/smarthr/t/${tenant.subdomain}/payrolls/${payroll.id}/${step}"><button${primary ? ' class="primary"' : ''}>${label}</button></form>`
    const buttons =
      state === '未確定'
        ? button('fix', '給与明細を確定', true)
        : (state === '公開済み' ? '' : button('publish', '公開', true)) + button('unfix', '未確定に戻す', false)
    const facts: [string, string][] = [
      ['従業員に表示する名前', payroll.name_for_crew],
      ['種類', TYPES[payroll.payment_type] ?? ''],
      ['支給日', payroll.paid_at],
      ['対象期間', `${payroll.period_start_at}〜${payroll.period_end_at}`],
      ['状態', state],
    ]
    const payslips = tenant.payslips.get(payroll.id) ?? []
    return page(
      payroll.name_for_admin,
      (error && `<p class="error" role="alert">${escapeHtml(error)}</p>`) +
        `<table><tbody>${facts.map(([name, value]) => `<tr><th>${name}</th>${cell(value)}</tr>`).join('')}</tbody></table>` +
        buttons +
        `<p>${payslips.length}件の給与明細</p>` +
        payslips.map(payslip => payslipHtml(tenant, payslip)).join('') +
        `<p><a href="/smarthr/t/${tenant.subdomain}/payrolls">給与明細の一覧に戻る</a></p>`,
    )
  }

  router.get('/t/:subdomain/payrolls/:id', (req, res) => {
    const tenant = entered(req, res)
    const payroll = tenant && payrollIn(tenant, req, res)
    if (payroll) res.send(payrollPage(tenant, payroll))
  })
  const press = (step: string, take: (payroll: Payroll) => void) =>
    router.post(`/t/:subdomain/payrolls/:id/${step}`, (req, res) => {
      const tenant = entered(req, res)
      const payroll = tenant && payrollIn(tenant, req, res)
      if (!payroll) return
      try {
        take(payroll)
        res.redirect(303, `/smarthr/t/${tenant.subdomain}/payrolls/${payroll.id}`)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        res.status(error.status).send(payrollPage(tenant, payroll, error.body.errors?.[0]?.message))
      }
    })
  press('fix', fixPayroll)
  press('unfix', unfixPayroll)
  press('publish', payroll => publishPayroll(payroll, {}, now()))
  return router
}
