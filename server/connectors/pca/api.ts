import { Forbidden, ListingBroken, ReconnectNeeded, VendorRefused } from '../../errors.js'
import type { Call, Http } from '../../calls/call.js'
import type { Area, SessionAuth } from '../../contract/contract.js'
import { passwordSession } from '../../contract/session.js'
import { unreadableAnswer } from '../../contract/words.js'
import { CODES } from './errors.js'

/**
 * PCA's Web-API as far as its accounting and sales products show it (reference §4). The payroll employees are assumed
 * on top of it (§5). What turns out to be different is changed here.
 */
export const API = {
  version: 'v1',
  entity: 'Employee',
  resultPrefix: 'BEPayIntegrationResultOf',
  /** records per page and per write at most (§4.4) */
  page: 200,
  batch: 10,
} as const

/** One product: names and the code in the URL differ. */
export interface Product {
  id: string
  name: string
  /** hyper's is assumed (§4.1) */
  code: string
}

const at = ({ code }: Product, method: string) => `/${API.version}/${code}/${method}`

/** An employee as the API answers; a Modify sends all of it back (§5.2). */
export interface Employee {
  Id: number
  Code: string
  UpdateTime?: string
  [field: string]: unknown
}

const unreadable = ({ name }: Product) => new ListingBroken(unreadableAnswer(name, 'PCA'))

/** The password grant with the four things an administrator types (§4.2). The log-out frees the CAL. */
export const sessionOf = (product: Product): SessionAuth =>
  passwordSession({
    tokenPath: at(product, 'Auth/Token'),
    logOutPath: at(product, 'Logout'),
    credentials: ({ serviceId = '', servicePassword = '', userName = '', password = '' }) => ({
      service_id: serviceId,
      service_password: servicePassword,
      username: userName,
      password,
    }),
    unreadable: () => unreadable(product),
  })

interface DataArea {
  Name?: unknown
  CompanyCode?: unknown
  CompanyName?: unknown
  CompanyTermStart?: unknown
  CompanyTermEnd?: unknown
}

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '')

/** 20260401 → 2026/04/01 */
const dateText = (value: unknown) => text(value).replace(/^(\d{4})(\d{2})(\d{2})$/, '$1/$2/$3')

export async function findAreas(http: Http, product: Product): Promise<Area[]> {
  const { body } = await http.request<{ ArrayOfBECommonDataArea?: { BECommonDataArea?: DataArea[] } } | null>({
    method: 'POST',
    path: at(product, 'FindDataArea'),
    kind: 'read',
  })
  if (!body || typeof body !== 'object') throw unreadable(product)
  return (body.ArrayOfBECommonDataArea?.BECommonDataArea ?? []).map(area => ({
    value: text(area.Name),
    label: `${text(area.CompanyCode)}：${text(area.CompanyName)}`,
    detail: [`${dateText(area.CompanyTermStart)}〜${dateText(area.CompanyTermEnd)}`, text(area.Name)].join('　'),
  }))
}

/** One result of a write, in the order of what was sent (§4.5). */
export interface WriteResult {
  InnerStatus?: unknown
  ErrorCode?: unknown
  ErrorMessage?: unknown
  Target?: { Id?: unknown }
}

export interface Found {
  employees: Employee[]
  total: number | null
  snapshot: string | null
}

const ENVELOPE = `ArrayOfBE${API.entity}`
const RECORD = `BE${API.entity}`
const RESULT = `${API.resultPrefix}BE${API.entity}`

/** The calls of one data area. Every token is bound to one; a fresh one has to be bound first (§4.3). */
export function openArea(http: Http, product: Product, area: string) {
  let selected: Promise<unknown> | undefined

  const select = () =>
    (selected ??= http.request({
      method: 'POST',
      path: at(product, 'SelectDataArea'),
      body: { DataArea: area },
      kind: 'read',
      emptyAnswer: true,
    }))

  const inArea = async <T>(call: Call) => {
    await select()
    try {
      return await http.request<T>(call)
    } catch (error) {
      // A token renewed on the way is bound to nothing yet; the call was refused, so it is sent again.
      if (!(error instanceof VendorRefused && error.codes.includes(CODES.noArea))) throw error
      selected = undefined
      await select()
      return http.request<T>(call)
    }
  }

  const write = async (method: 'Create' | 'Modify', records: readonly object[]): Promise<WriteResult[]> => {
    const { body } = await inArea<Record<string, unknown> | null>({
      method: 'POST',
      path: at(product, `${method}/${API.entity}`),
      query: { Element: 'Array', InputModuleName: 'SmartHR' },
      body: { [ENVELOPE]: { [RECORD]: records } },
      // Neither is safe to repeat: a Modify that was stored has changed the update stamp.
      kind: 'create',
      // Any element that failed makes it 400, with the others stored.
      alsoAnswers: 400,
    })
    const answer = (body?.BusinessValue ?? body) as Record<string, Record<string, unknown>> | null | undefined
    const results = answer?.[`ArrayOf${RESULT}`]?.[RESULT]
    return Array.isArray(results) ? (results as WriteResult[]) : []
  }

  return {
    /** A page in a stable order; `snapshot` keeps all pages as they were at the first. */
    async find(query: Record<string, string | number>): Promise<Found> {
      const { body, headers } = await inArea<Record<string, Record<string, unknown>> | null>({
        method: 'GET',
        path: at(product, `Find/${API.entity}`),
        query,
        kind: 'read',
      })
      if (!body || typeof body !== 'object' || !(ENVELOPE in body)) throw unreadable(product)
      const rows = body[ENVELOPE]?.[RECORD] ?? []
      if (!Array.isArray(rows)) throw unreadable(product)
      const total = Number(headers['x-pca-pagination-totallistcount'] ?? Number.NaN)
      return {
        employees: rows as Employee[],
        total: Number.isFinite(total) ? total : null,
        snapshot: headers['x-pca-pagination-snapshotid'] ?? null,
      }
    },
    create: (records: readonly object[]) => write('Create', records),
    modify: (records: readonly object[]) => write('Modify', records),
    unreadable: () => unreadable(product),
  }
}

export type AreaApi = ReturnType<typeof openArea>

export const WRONG_LOGIN =
  'PCAへの接続に失敗しました。入力したIDとパスワードを確認してください。PCAが、このIDとパスワードを認めていません。'

/** The same failures, in words for the form that takes the credentials. */
export function forForm(error: unknown): never {
  if (error instanceof ReconnectNeeded) {
    throw new Forbidden(WRONG_LOGIN)
  }
  throw error
}
