import { ListingBroken, Uncertain, VendorMissing } from '../../server/errors.js'
import type { Http } from '../../server/calls/call.js'
import type { Stretch, Stretched } from '../../server/contract/paging.js'
import { unreadableAnswer } from '../../server/contract/words.js'
import { PRODUCT } from './errors.js'

/** The service's calls, in its own words. What is assumed and not read in its reference stands here, with a comment. */

/** Largest page. */
export const PAGE = 100

/** An employee as the service answers. */
export interface Employee {
  id: string
  code: string | null
  last_name: string | null
  first_name: string | null
  last_name_kana: string | null
  first_name_kana: string | null
  birth_date: string | null
  gender: string | null
  hired_on: string | null
  left_on: string | null
}

const UNREADABLE = unreadableAnswer(PRODUCT)

const one = (id: string) => ({ path: `/employees/${encodeURIComponent(id)}`, pathTemplate: '/employees/{id}' })

/** The company that a token opens. */
export async function companyOf(http: Http): Promise<{ id: string; name: string }> {
  const { body } = await http.request<{ id?: unknown; name?: unknown } | null>({
    method: 'GET',
    path: '/company',
    kind: 'read',
  })
  if (typeof body?.id !== 'string' || typeof body.name !== 'string') throw new ListingBroken(UNREADABLE)
  return { id: body.id, name: body.name }
}

/** The calls about the employees of one company. `kind` says what may be repeated when an answer is lost. */
export const openApi = (http: Http) => ({
  /** Those that fit the query, in a stable order. */
  async list(
    { page, limit }: Pick<Stretch, 'page' | 'limit'>,
    query: { code?: string } = {},
  ): Promise<Stretched<Employee>> {
    const { body } = await http.request<{ employees?: Employee[]; total_count?: number } | null>({
      method: 'GET',
      path: '/employees',
      query: { page, per_page: limit, ...query },
      kind: 'read',
    })
    if (!Array.isArray(body?.employees) || typeof body.total_count !== 'number') throw new ListingBroken(UNREADABLE)
    return { rows: body.employees, total: body.total_count }
  },

  /** Null: there is no such employee. */
  async find(id: string): Promise<Employee | null> {
    try {
      return (await http.request<Employee>({ method: 'GET', ...one(id), kind: 'read' })).body
    } catch (error) {
      if (error instanceof VendorMissing) return null
      throw error
    }
  },

  async create(employee: object): Promise<Employee> {
    const { body } = await http.request<Employee | null>({
      method: 'POST',
      path: '/employees',
      body: employee,
      kind: 'create',
    })
    // Taken, but not said as whom: it has to be looked up, never sent again.
    if (typeof body?.id !== 'string') throw new Uncertain(UNREADABLE)
    return body
  },

  async update(id: string, changes: object): Promise<void> {
    await http.request({ method: 'PATCH', ...one(id), body: changes, kind: 'update' })
  },
})
