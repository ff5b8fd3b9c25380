import type { Problem } from './errors.js'
import { emailKey, nameKey, type Company, type Division, type Employee } from './store.js'

type Json = Record<string, unknown>

/** What the 雇用形態 of ミキワメ are (§5.3). */
export const EMPLOYMENT_TYPES = [
  '正社員',
  '契約社員',
  '派遣社員',
  'パート・アルバイト',
  '業務委託',
  '役員（任用契約）',
  'その他',
] as const

interface Rule {
  field: string
  /** as the messages name it */
  label: string
  kind: 'text' | 'date' | 'boolean' | 'email' | readonly string[]
  required?: boolean
  /** characters; assumed for every attribute, no source names a length */
  max?: number
}

const DIVISION: readonly Rule[] = [
  { field: 'code', label: '部署コード', kind: 'text', required: true, max: 100 },
  { field: 'name', label: '部署名', kind: 'text', required: true, max: 100 },
  { field: 'parent_code', label: '親部署', kind: 'text' },
]

const EMPLOYEE: readonly Rule[] = [
  { field: 'email', label: 'メールアドレス', kind: 'email', required: true, max: 255 },
  { field: 'last_name', label: '氏名（姓）', kind: 'text', required: true, max: 255 },
  { field: 'first_name', label: '氏名（名）', kind: 'text', required: true, max: 255 },
  { field: 'last_name_kana', label: '姓（カナ）', kind: 'text', required: true, max: 255 },
  { field: 'first_name_kana', label: '名（カナ）', kind: 'text', required: true, max: 255 },
  { field: 'employee_number', label: '社員番号', kind: 'text', max: 255 },
  { field: 'gender', label: '性別', kind: ['male', 'female'] },
  { field: 'birth_on', label: '生年月日', kind: 'date' },
  { field: 'division_code', label: '所属部署', kind: 'text' },
  { field: 'job_title', label: '役職', kind: 'text', max: 255 },
  { field: 'joined_on', label: '入社日', kind: 'date' },
  { field: 'retired_on', label: '退職日', kind: 'date' },
  { field: 'employment_type', label: '雇用形態', kind: EMPLOYMENT_TYPES },
  { field: 'retired', label: '退職者フラグ', kind: 'boolean' },
]

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

function fits({ kind }: Rule, value: unknown): boolean {
  if (kind === 'boolean') return typeof value === 'boolean'
  if (typeof value !== 'string') return false
  if (kind === 'text') return true
  if (kind === 'date') return isDate(value)
  if (kind === 'email') return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value.trim())
  return kind.includes(value)
}

const invalid = ({ field, label }: Rule, message = `${label}の形式が正しくありません`): Problem => ({
  code: 'invalid',
  field,
  message,
})

function problemOf(rule: Rule, value: unknown): Problem | null {
  const { field, label, required, max } = rule
  const blank = value === null || (typeof value === 'string' && value.trim() === '')
  if (blank) return required ? { code: 'required', field, message: `${label}を入力してください` } : null
  if (!fits(rule, value)) return invalid(rule)
  if (max !== undefined && typeof value === 'string' && [...value.trim()].length > max)
    return invalid(rule, `${label}は${max}文字以内で入力してください`)
  return null
}

/** Problems of shape, attribute by attribute; `whole` demands the required ones. An unknown attribute is one too. */
function shapeProblems(rules: readonly Rule[], body: Json, whole: boolean): Problem[] {
  const unknown = Object.keys(body).filter(key => !rules.some(rule => rule.field === key))
  return [
    ...unknown.map(field => ({ code: 'invalid', field, message: `${field}という項目はありません` })),
    ...rules.flatMap(rule => {
      if (!(rule.field in body) && !(whole && rule.required)) return []
      return problemOf(rule, body[rule.field] ?? null) ?? []
    }),
  ]
}

/** Trimmed, blank as null; a flag cleared is off. */
function clean(rules: readonly Rule[], body: Json): Json {
  const named = rules.filter(rule => rule.field in body)
  return Object.fromEntries(
    named.map(({ field, kind }) => {
      const value = body[field]
      if (kind === 'boolean') return [field, value ?? false]
      return [field, typeof value === 'string' && value.trim() !== '' ? value.trim() : null]
    }),
  )
}

export type Checked<T> = { ok: true; fields: T } | { ok: false; problems: Problem[] }

const checked = <T>(problems: Problem[], fields: Json): Checked<T> =>
  problems.length > 0 ? { ok: false, problems } : { ok: true, fields: fields as T }

const isWithin = (company: Company, code: string | null, top: string): boolean => {
  if (code === null) return false
  if (code === top) return true
  return isWithin(company, company.divisions.find(division => division.code === code)?.parent_code ?? null, top)
}

/**
 * A department about to be created (`before` null) or changed. Codes compare exactly, names in compatibility form and
 * over the whole company; a parent must exist (§4.2, store-level guard of D4–D10).
 */
export function checkDivision(
  company: Company,
  body: Json,
  before: Division | null,
): Checked<Partial<Omit<Division, 'id'>>> {
  const problems = shapeProblems(DIVISION, body, before === null)
  const fields = clean(DIVISION, body)
  const { code, name, parent_code: parent } = fields
  const others = company.divisions.filter(division => division !== before)
  if (typeof code === 'string' && others.some(division => division.code === code))
    problems.push({ code: 'division_code_taken', field: 'code', message: '部署コードが重複しています' })
  if (typeof name === 'string' && others.some(division => nameKey(division.name) === nameKey(name)))
    problems.push({ code: 'division_name_taken', field: 'name', message: '部署名が重複しています' })
  if (typeof parent === 'string') {
    if (!company.divisions.some(division => division.code === parent))
      problems.push({ code: 'parent_not_found', field: 'parent_code', message: '親部署が登録されていません' })
    else if (before && isWithin(company, parent, before.code))
      problems.push({
        code: 'invalid',
        field: 'parent_code',
        message: '親部署に自身または配下の部署は指定できません',
      })
  }
  return checked(problems, fields)
}

/** An employee about to be created (`before` null) or changed (store-level guard of E1–E5). */
export function checkEmployee(
  company: Company,
  body: Json,
  before: Employee | null,
): Checked<Partial<Omit<Employee, 'id'>>> {
  const problems = shapeProblems(EMPLOYEE, body, before === null)
  const fields = clean(EMPLOYEE, body)
  const { email, division_code: division } = fields
  const holder = typeof email === 'string' ? company.byEmail.get(emailKey(email)) : undefined
  if (holder && holder !== before)
    problems.push({ code: 'email_taken', field: 'email', message: 'メールアドレスが重複しています' })
  if (typeof division === 'string' && !company.divisions.some(({ code }) => code === division))
    problems.push({ code: 'division_not_found', field: 'division_code', message: '所属部署が登録されていません' })
  return checked(problems, fields)
}

export const DIVISION_FIELDS = DIVISION.map(rule => rule.field)
export const EMPLOYEE_FIELDS = EMPLOYEE.map(rule => rule.field)
