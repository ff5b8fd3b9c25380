import { ListingBroken, Uncertain, VendorMissing, VendorRefused } from '../../errors.js'
import type { Http } from '../../calls/call.js'
import type { ListEntry, PlainDate } from '../../contract/contract.js'
import { unreadableAnswer } from '../../contract/words.js'
import type { Brand } from './brands.js'

/** The platform's API v1.0 as far as it is used (reference §3). */

/** What the default answer leaves out (reference §3.3). */
const ADDITIONAL = 'lastNamePhonetics,firstNamePhonetics,hiredDate,birthDate,resignationDate,emailAddresses' as const

/** An employee as the service answers, as far as we read it; blank properties are left out. */
export interface Employee {
  key: string
  code: string
  lastName?: string
  firstName?: string
  divisionName?: string
  emailAddresses?: unknown
  [property: string]: unknown
}

/** The calls of one company. */
export function openCompany(http: Http, { name }: Brand) {
  const unreadable = unreadableAnswer(name)

  return {
    /** The people the service knows on that day, those who left before it included: one answer. */
    async everybody(date: PlainDate): Promise<Employee[]> {
      const { body } = await http.request<Employee[]>({
        method: 'GET',
        path: '/employees',
        query: { date, includeResigner: true, additionalFields: ADDITIONAL },
        kind: 'read',
      })
      if (!Array.isArray(body) || body.some(row => typeof row?.key !== 'string')) throw new ListingBroken(unreadable)
      return body
    },

    /** The person with this code on that day. */
    async withCode(code: string, date: PlainDate): Promise<Employee[]> {
      try {
        const { body } = await http.request<Employee | null>({
          method: 'GET',
          path: `/employees/${encodeURIComponent(code)}`,
          pathTemplate: '/employees/{code}',
          query: { date, includeResigner: true },
          kind: 'read',
        })
        return typeof body?.key === 'string' ? [body] : []
      } catch (error) {
        // That there is no such person is said with 404 or 400; neither is documented (§3.3).
        if (error instanceof VendorMissing || error instanceof VendorRefused) return []
        throw error
      }
    },

    /** The key of the new employee. */
    async create(employee: object): Promise<string> {
      const { body } = await http.request<Employee | null>({
        method: 'POST',
        path: '/employees',
        body: employee,
        kind: 'create',
      })
      // Taken, but the answer has no key: the record has to be looked up, never sent again.
      if (typeof body?.key !== 'string') throw new Uncertain(unreadable)
      return body.key
    },

    /** The employee as it is then. `updateDate`: from which day on 所属 and 雇用区分 count, where they change. */
    async update(key: string, changes: object, updateDate?: PlainDate): Promise<Employee> {
      const { body } = await http.request<Employee>({
        method: 'PUT',
        path: `/employees/${encodeURIComponent(key)}`,
        pathTemplate: '/employees/{key}',
        ...(updateDate !== undefined && { query: { updateDate } }),
        body: changes,
        kind: 'update',
      })
      return body
    },

    /** Divisions or working types. */
    async choices(list: string): Promise<ListEntry[]> {
      const { body } = await http.request<{ code: string; name: string }[]>({
        method: 'GET',
        path: `/${list}`,
        kind: 'read',
      })
      if (!Array.isArray(body)) throw new ListingBroken(unreadable)
      return body.map(({ code, name }) => ({ value: code, label: `${code} ${name}`, code, name }))
    },
  }
}
