import { Router, type Request } from 'express'
import { escapeHtml, page } from '../core/html.js'
import type { Company, Division, MikiwameStore } from './store.js'

const PER_PAGE = 100
const GENDERS = { male: '男性', female: '女性' } as const

const cell = (text: string | null) => `<td>${escapeHtml(text ?? '')}</td>`

const table = (heads: readonly string[], rows: readonly string[]) =>
  `<div style="overflow-x:auto"><table style="white-space:nowrap"><thead><tr>${heads
    .map(head => `<th scope="col">${head}</th>`)
    .join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`

/** The departments in the order of the tree, each with its depth. Those of an unknown parent stand at the top. */
function tree({ divisions }: Company): { division: Division; depth: number }[] {
  const codes = new Set(divisions.map(division => division.code))
  const seen = new Set<Division>()
  const below = (parent: string | null, depth: number): { division: Division; depth: number }[] =>
    divisions
      .filter(({ parent_code: code }) => (code !== null && codes.has(code) ? code : null) === parent)
      .filter(division => !seen.has(division) && seen.add(division))
      .flatMap(division => [{ division, depth }, ...below(division.code, depth + 1)])
  return below(null, 0)
}

/** ミキワメ's 部署管理 and 自社社員管理, for people who want to see what a sync did. `?company=` names the other company. */
export function pagesRouter(store: () => MikiwameStore): Router {
  const router = Router()
  const companyOf = (req: Request) => {
    const { companies } = store()
    return companies.find(company => company.id === req.query.company) ?? companies[0]
  }
  const frame = (title: string, company: Company, body: string) => {
    const link = (path: string, label: string, id = company.id) =>
      `<a href="/mikiwame/admin/${path}?company=${id}">${escapeHtml(label)}</a>`
    const others = store().companies.filter(candidate => candidate !== company)
    return page(
      `${title} | ミキワメ`,
      `<p>${escapeHtml(company.name)}（${others.map(other => link('departments', other.name, other.id)).join('、')}）</p>` +
        `<nav><p>${link('departments', '部署管理')} ${link('employees', '自社社員管理')}</p></nav>${body}`,
    )
  }

  router.get('/', (_req, res) => {
    res.redirect('/mikiwame/admin/departments')
  })

  router.get('/departments', (req, res) => {
    const company = companyOf(req)
    if (!company) return
    const nameOf = (code: string | null) => company.divisions.find(division => division.code === code)?.name
    const rows = tree(company).map(
      ({ division, depth }) =>
        `<tr>${cell(division.code)}<td style="padding-left:${8 + depth * 20}px">${escapeHtml(division.name)}</td>` +
        `${cell(division.parent_code === null ? null : `${nameOf(division.parent_code) ?? ''}（${division.parent_code}）`)}</tr>`,
    )
    res.send(frame('部署管理', company, `<p>${rows.length}件</p>${table(['部署コード', '部署名', '親部署'], rows)}`))
  })

  router.get('/employees', (req, res) => {
    const company = companyOf(req)
    if (!company) return
    const last = Math.max(1, Math.ceil(company.employees.length / PER_PAGE))
    const number = Math.min(last, Math.max(1, Math.trunc(Number(req.query.page)) || 1))
    const names = new Map(company.divisions.map(division => [division.code, division.name]))
    const rows = company.employees.slice((number - 1) * PER_PAGE, number * PER_PAGE).map(employee => {
      const { division_code: code } = employee
      const cells = [
        employee.employee_number,
        `${employee.last_name} ${employee.first_name}`,
        `${employee.last_name_kana} ${employee.first_name_kana}`,
        employee.email,
        code === null ? null : `${names.get(code) ?? ''}（${code}）`,
        employee.job_title,
        employee.employment_type,
        employee.gender && GENDERS[employee.gender],
        employee.birth_on,
        employee.joined_on,
        employee.retired_on,
        employee.retired ? '退職者' : null,
      ]
      return `<tr>${cells.map(cell).join('')}</tr>`
    })
    const heads =
      '社員番号,氏名,氏名カナ,メールアドレス,所属部署,役職,雇用形態,性別,生年月日,入社日,退職日,退職者フラグ'.split(',')
    const to = (target: number, label: string) =>
      target < 1 || target > last
        ? ''
        : ` <a href="/mikiwame/admin/employees?company=${company.id}&amp;page=${target}">${label}</a>`
    res.send(
      frame(
        '自社社員管理',
        company,
        `<p>${company.employees.length}名（${number}/${last}ページ）${to(number - 1, '前へ')}${to(number + 1, '次へ')}</p>` +
          table(heads, rows),
      ),
    )
  })
  return router
}
