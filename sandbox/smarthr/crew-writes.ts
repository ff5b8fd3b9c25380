import {
  ADDRESS_FIELDS,
  ADDRESS_KANA,
  ADDRESS_LABELS,
  ADDRESS_NAMES,
  crewFields,
  GUARDED,
  NAME_KANA,
  PREFECTURES,
  type CrewField,
} from './fields.js'
import { isRealDate } from './dates.js'
import { fullName } from './departments.js'
import { employmentTypeOfCrew } from './employment-types.js'
import { badRequest, forbidden, invalid, planLimit, type Detail } from './errors.js'
import { emptyCrew, inJapan } from './records.js'
import { putCrew, type Crew, type Json, type Master, type SmarthrStore, type Tenant } from './store.js'

const INT32 = 2_147_483_647

const wrongForm = (label: string) => `${label}は正しい形式で入力してください。`
const notListed = (label: string) => `${label}は一覧にありません。`

/** What is wrong with one attribute; null when it is taken. null as a value clears. */
function problemOf({ label, kind }: CrewField, value: unknown): string | null {
  if (value === null) return null
  switch (kind.type) {
    case 'text':
      if (typeof value !== 'string') return wrongForm(label)
      return kind.max !== undefined && [...value].length > kind.max
        ? `${label}は${kind.max}文字以内で入力してください。`
        : null
    case 'kana':
      if (typeof value !== 'string') return wrongForm(label)
      return NAME_KANA.test(value) ? null : `${label}は全角カタカナで入力してください。`
    case 'date':
      return typeof value === 'string' && isRealDate(value) ? null : wrongForm(label)
    case 'integer':
      return Number.isInteger(value) && Math.abs(value as number) <= INT32 ? null : wrongForm(label)
    case 'boolean':
      return typeof value === 'boolean' ? null : wrongForm(label)
    case 'enum':
      return typeof value === 'string' && kind.values.includes(value) ? null : notListed(label)
    case 'attachment':
      return typeof value === 'object' ? null : wrongForm(label)
  }
}

const crewProblem = (field: string, message: string) => invalid('Crew', field, message)

function checkAddress(name: string, value: unknown, problems: Detail[]): void {
  if (value === null) return
  if (typeof value !== 'object' || Array.isArray(value)) {
    problems.push(crewProblem(name, wrongForm(ADDRESS_LABELS[name] ?? name)))
    return
  }
  const address = value as Json
  const label = ADDRESS_LABELS[name] ?? ''
  for (const field of ADDRESS_FIELDS) {
    const part = address[field]
    if (part !== null && part !== undefined && typeof part !== 'string')
      problems.push(crewProblem(field, wrongForm(label)))
  }
  // `city` is required inside the object (§3.1.3).
  if (!address.city) problems.push(crewProblem('city', `${label}（市区町村）を入力してください。`))
  const { pref, zip_code: zip, literal_yomi: yomi } = address
  if (typeof pref === 'string' && pref !== '' && !PREFECTURES.has(pref))
    problems.push(crewProblem('pref', notListed(`${label}（都道府県）`)))
  if (typeof zip === 'string' && zip !== '' && !/^\d{3}-?\d{4}$/.test(zip))
    problems.push(crewProblem('zip_code', wrongForm(`${label}（郵便番号）`)))
  if (typeof yomi === 'string' && !ADDRESS_KANA.test(yomi)) {
    problems.push(crewProblem('literal_yomi', '従業員の住所（ヨミガナ）は全角カタカナで入力してください。'))
  }
}

const ACCOUNT_TYPES = ['saving', 'checking', 'deposit']

function checkAccounts(tenant: Tenant, value: unknown, problems: Detail[]): void {
  if (value === null) return
  const wrong = (message: string) => problems.push(crewProblem('bank_accounts', message))
  if (!Array.isArray(value)) {
    wrong(wrongForm('口座情報'))
    return
  }
  const accounts = value as Json[]
  const withSetting = accounts.filter(
    account => account.bank_account_setting_id !== undefined && account.bank_account_setting_id !== null,
  )
  if (withSetting.length > 0 && withSetting.length < accounts.length) wrong('口座情報の指定方法が混在しています。')
  if (
    withSetting.some(
      account => !tenant.bankAccountSettings.some(setting => setting.id === account.bank_account_setting_id),
    )
  ) {
    wrong(notListed('口座情報の設定'))
  }
  const active = tenant.bankAccountSettings.filter(setting => setting.enabled).length
  if (withSetting.length === 0 && accounts.length > active) wrong('口座情報の数が設定の数を超えています。')
  for (const account of accounts) {
    const {
      bank_code: bank,
      bank_branch_code: branch,
      account_number: number,
      account_type: type,
      account_holder_name: holder,
    } = account
    if (typeof bank !== 'string' || !/^\d{4}$/.test(bank))
      problems.push(crewProblem('bank_code', wrongForm('銀行コード')))
    if (typeof branch !== 'string' || !/^\d{3}$/.test(branch))
      problems.push(crewProblem('bank_branch_code', wrongForm('支店コード')))
    if (typeof number !== 'string' || !/^\d{1,7}$/.test(number))
      problems.push(crewProblem('account_number', wrongForm('口座番号')))
    if (!ACCOUNT_TYPES.includes(String(type))) problems.push(crewProblem('account_type', notListed('預金種別')))
    if (typeof holder !== 'string' || !/^[ァ-ヶー・　 ０-９Ａ-Ｚａ-ｚ（）．－]+$/.test(holder)) {
      problems.push(crewProblem('account_holder_name', '名義（カタカナ）は全角カタカナで入力してください。'))
    }
  }
}

interface Lookup {
  /** body key, label, list, and where the object goes */
  key: string
  label: string
  of(tenant: Tenant): readonly Master[]
  by: 'id' | 'name'
  target: string
}

const LOOKUPS: readonly Lookup[] = [
  {
    key: 'employment_type_id',
    label: '雇用形態',
    of: tenant => tenant.employmentTypes,
    by: 'id',
    target: 'employment_type',
  },
  {
    key: 'payment_period_id',
    label: '給与支給形態',
    of: tenant => tenant.paymentPeriods,
    by: 'id',
    target: 'payment_period',
  },
  { key: 'grade', label: '等級', of: tenant => tenant.grades, by: 'name', target: 'grade' },
  { key: 'job_category', label: '職種', of: tenant => tenant.jobCategories, by: 'name', target: 'job_category' },
  {
    key: 'recruitment_type',
    label: '採用区分',
    of: tenant => tenant.recruitmentTypes,
    by: 'name',
    target: 'recruitment_type',
  },
]

function applyLookups(tenant: Tenant, body: Json, crew: Json, problems: Detail[]): void {
  for (const { key, label, of, by, target } of LOOKUPS) {
    if (!(key in body)) continue
    const found = of(tenant).find(master => master[by] === body[key])
    if (body[key] !== null && !found) problems.push(crewProblem(key, notListed(label)))
    crew[target] = found ?? null
    if (key === 'employment_type_id')
      Object.assign(crew, {
        employment_type: found ? employmentTypeOfCrew(found) : null,
        emp_type: found?.preset_type ?? null,
      })
  }
  if ('biz_establishment_id' in body) {
    const known = tenant.bizEstablishments.some(establishment => establishment.id === body.biz_establishment_id)
    if (!known && body.biz_establishment_id !== null)
      problems.push(crewProblem('biz_establishment_id', notListed('事業所')))
    crew.biz_establishment_id = body.biz_establishment_id
  }
  if ('department_ids' in body) {
    const ids = Array.isArray(body.department_ids) ? (body.department_ids as unknown[]) : []
    const slots = ids.map(id =>
      id === null ? null : (tenant.departments.find(candidate => candidate.id === id) ?? 'unknown'),
    )
    if (slots.includes('unknown')) problems.push(crewProblem('department_ids', notListed('部署')))
    crew.departments = slots
    const [first] = slots
    crew.department = first && first !== 'unknown' ? fullName(first) : null
  }
  if ('positions' in body) {
    const names = Array.isArray(body.positions) ? (body.positions as unknown[]) : []
    const found = names.map(name => tenant.jobTitles.find(title => title.name === name))
    if (found.includes(undefined)) problems.push(crewProblem('positions', notListed('役職')))
    crew.positions = found.flatMap(title =>
      title
        ? [{ id: title.id, name: title.name, rank: title.rank, code: title.code, created_at: title.created_at }]
        : [],
    )
    crew.position = found[0]?.name ?? null
  }
}

function applyCustomFields(tenant: Tenant, body: Json, crew: Crew, problems: Detail[]): void {
  if (!Array.isArray(body.custom_fields)) return
  const values = [...(crew.custom_fields as { value: unknown; template: Master }[])]
  for (const { template_id: id, value } of body.custom_fields as { template_id?: unknown; value?: unknown }[]) {
    const template = tenant.templates.find(candidate => candidate.id === id)
    if (!template) {
      problems.push(crewProblem('custom_fields', notListed('カスタム項目')))
      continue
    }
    const elements = (template.elements ?? []) as { id: string; physical_name: string | null }[]
    const element = elements.find(candidate => candidate.physical_name === value || candidate.id === value)
    const wrong =
      value !== null &&
      ((template.type === 'enum' && !element) ||
        (template.type === 'date' && !(typeof value === 'string' && isRealDate(value))) ||
        (template.type === 'decimal' && !Number.isFinite(Number(value))))
    if (wrong) problems.push(crewProblem('custom_fields', wrongForm(template.name)))
    const at = values.findIndex(entry => entry.template.id === id)
    if (at >= 0) values.splice(at, 1)
    if (value !== null) values.push({ value: element ? (element.physical_name ?? element.id) : value, template })
  }
  crew.custom_fields = values
}

/** Refuses or silently drops attributes the token may not change (§4.5; a switch says which). */
function permitted(store: SmarthrStore, body: Json): Json {
  const { write, onWrite } = store.switches.forbiddenAttributes
  if (!write.some(name => name in body)) return body
  if (onWrite === 'refuse') throw forbidden()
  return Object.fromEntries(Object.entries(body).filter(([key]) => !write.includes(key)))
}

/** Writes a crew: all failing attributes are named at once, and then nothing is stored (§6.2 no. 6). */
function write(store: SmarthrStore, tenant: Tenant, before: Crew, given: Json, now: Date): Crew {
  const body = permitted(store, given)
  const crew: Crew = { ...before }
  const problems: Detail[] = []
  for (const field of crewFields) {
    if (!(field.name in body)) continue
    const value = body[field.name] ?? null
    const problem = problemOf(field, value)
    if (problem !== null) problems.push(crewProblem(field.name, problem))
    else crew[field.name] = value === null && /^business_/.test(field.name) ? '' : value
  }
  if (crew.emp_code === '') crew.emp_code = null
  if (crew.emp_code !== null) {
    const holder = tenant.byCode.get(crew.emp_code)
    if (holder !== undefined && holder !== crew.id)
      problems.push(crewProblem('emp_code', '社員番号はすでに存在します。'))
  }
  for (const name of ADDRESS_NAMES) {
    if (!(name in body)) continue
    checkAddress(name, body[name] ?? null, problems)
    const written = body[name] as Json | null
    const old = before[name] as Json | null
    crew[name] = written ? { ...old, ...written, id: old?.id ?? `${crew.id}-${name}` } : null
  }
  if ('bank_accounts' in body) {
    checkAccounts(tenant, body.bank_accounts, problems)
    const accounts = (body.bank_accounts ?? []) as Json[]
    const defaults = {
      transfer_type: 'full',
      specified_transfer_amount: null,
      transfer_category: 'salary_and_bonus',
      bankbook_image: null,
    }
    crew.bank_accounts = Array.isArray(accounts)
      ? accounts.map((account, index) => ({
          ...defaults,
          ...account,
          bank_account_setting_id: account.bank_account_setting_id ?? tenant.bankAccountSettings[index]?.id ?? null,
        }))
      : []
  }
  applyLookups(tenant, body, crew, problems)
  applyCustomFields(tenant, body, crew, problems)

  const guarded = GUARDED.every(name => before[name] !== null && before[name] !== '')
  if (guarded) {
    for (const name of GUARDED) {
      if (crew[name] !== null && crew[name] !== '') continue
      const label = crewFields.find(field => field.name === name)?.label ?? ADDRESS_LABELS[name] ?? name
      problems.push(crewProblem(name, `${label}を入力してください。`))
    }
  }
  if (problems.length > 0) throw badRequest(problems)
  crew.updated_at = inJapan(now)
  putCrew(tenant, crew)
  return crew
}

const counted = (tenant: Tenant) => [...tenant.crews.values()].filter(crew => crew.emp_status !== 'retired').length

export function createCrew(store: SmarthrStore, tenant: Tenant, id: string, body: Json, now: Date): Crew {
  const { headCountLimit } = store.switches
  // Retired people are free (§4.4).
  if (headCountLimit !== null && body.emp_status !== 'retired' && counted(tenant) >= headCountLimit) throw planLimit()
  return write(store, tenant, emptyCrew(tenant, id, now), body, now)
}

export const updateCrew = (store: SmarthrStore, tenant: Tenant, crew: Crew, body: Json, now: Date): Crew =>
  write(store, tenant, crew, body, now)
