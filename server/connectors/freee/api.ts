import type { Http } from '../../calls/call.js'
import { ListingBroken, Uncertain, VendorMissing } from '../../errors.js'
import type { Account } from '../../contract/contract.js'
import { unreadableAnswer } from '../../contract/words.js'
import type { Stretch, Stretched } from '../../contract/paging.js'
import { PRODUCT } from './errors.js'
import type { YearMonth } from './months.js'

/** freee人事労務's calls about employees (HR schema). */

/** freee's largest page (HR schema, get_employees). */
export const PAGE = 100

/** `employee` as freee answers it, as far as we read it (HR schema). */
export interface FreeeEmployee extends Record<string, unknown> {
  id: number
  num: string | null
  display_name: string
  entry_date: string | null
  retire_date: string | null
  payroll_calculation?: boolean
}

/** An employee in the list of the company, which holds the people of all months. */
export interface CompanyEmployee {
  id: number
  num: string | null
  display_name: string
  entry_date: string | null
}

type Part = Pick<Stretch, 'offset' | 'limit'>

const UNREADABLE = unreadableAnswer(PRODUCT)

/** The calls of one company. */
export function openCompany(http: Http, account: Account) {
  const company_id = Number(account.id)
  const everyoneToo = { with_no_payroll_calculation: true }

  return {
    /** The people freee lists in a month. */
    async inMonth(month: YearMonth, { offset, limit }: Part): Promise<Stretched<FreeeEmployee>> {
      const { body } = await http.request<{ employees: FreeeEmployee[]; total_count: number } | null>({
        method: 'GET',
        path: '/api/v1/employees',
        query: { company_id, ...month, limit, offset, ...everyoneToo },
        kind: 'read',
      })
      if (!body || !Array.isArray(body.employees) || !Number.isInteger(body.total_count))
        throw new ListingBroken(UNREADABLE)
      return { rows: body.employees, total: body.total_count }
    },

    /** One employee in a month; null: not in that month, or gone. */
    async oneInMonth(id: string, month: YearMonth): Promise<FreeeEmployee | null> {
      try {
        const { body } = await http.request<{ employee: FreeeEmployee }>({
          method: 'GET',
          path: `/api/v1/employees/${encodeURIComponent(id)}`,
          pathTemplate: '/api/v1/employees/{id}',
          query: { company_id, ...month },
          kind: 'read',
        })
        return body.employee
      } catch (error) {
        if (error instanceof VendorMissing) return null
        throw error
      }
    },

    /** The people of all months. */
    async ofAllMonths({ offset, limit }: Part): Promise<Stretched<CompanyEmployee>> {
      const { body } = await http.request<CompanyEmployee[]>({
        method: 'GET',
        path: `/api/v1/companies/${company_id}/employees`,
        pathTemplate: '/api/v1/companies/{company_id}/employees',
        query: { limit, offset, ...everyoneToo },
        kind: 'read',
      })
      if (!Array.isArray(body)) throw new ListingBroken(UNREADABLE)
      // A bare array without a total (freee §3.4).
      return { rows: body, total: null }
    },

    async create(employee: object): Promise<FreeeEmployee> {
      const { body } = await http.request<{ employee?: FreeeEmployee } | null>({
        method: 'POST',
        path: '/api/v1/employees',
        body: { company_id, employee },
        kind: 'create',
      })
      // Taken, but the answer has no id: the record has to be looked up, never sent again.
      const created = body?.employee
      if (!created || !Number.isInteger(created.id)) throw new Uncertain(UNREADABLE)
      return created
    },

    /** Changes an employee, or one of its rules, in a month. */
    async change(id: string, rule: string | null, month: YearMonth, body: Record<string, unknown>): Promise<void> {
      const path = `/api/v1/employees/${encodeURIComponent(id)}`
      await http.request({
        method: 'PUT',
        ...(rule === null
          ? { path, pathTemplate: '/api/v1/employees/{id}' }
          : { path: `${path}/${rule}`, pathTemplate: `/api/v1/employees/{employee_id}/${rule}` }),
        body: { company_id, ...month, ...body },
        kind: 'update',
      })
    },
  }
}

export type CompanyApi = ReturnType<typeof openCompany>
