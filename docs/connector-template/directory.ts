import type { Http } from '../../server/calls/call.js'
import { filledOf } from '../../server/contract/blanks.js'
import type { Directory, Person } from '../../server/contract/contract.js'
import { dateOf, joinFilled, katakana, keyOf, scalarOf } from '../../server/contract/conversions.js'
import { createdByKey, rereadBy } from '../../server/contract/lookups.js'
import { byNumber, listingOf, pagesOf } from '../../server/contract/paging.js'
import { openApi, PAGE, type Employee } from './api.js'
import { PRODUCT } from './errors.js'
import { employees } from './employees.mapping.js'

const PATHS = [...new Set(employees.flatMap(pair => pair.service))]

/** One employee as the engine knows people: every path of the mapping, blanks as null. */
export function personOf(employee: Employee): Person {
  const { id, code, last_name, first_name, last_name_kana, first_name_kana, hired_on, left_on } = employee
  const read = new Map(Object.entries(employee))
  return {
    id,
    key: keyOf(code),
    name: joinFilled([last_name, first_name]),
    kana: joinFilled([last_name_kana, first_name_kana].map(katakana)),
    department: '',
    employedFrom: dateOf(hired_on),
    employedUntil: dateOf(left_on),
    values: Object.fromEntries(PATHS.map(path => [path, scalarOf(read.get(path))])),
  }
}

/** The employees of one company. */
export function openEmployees(http: Http): Directory {
  const api = openApi(http)
  const first = { page: 1, limit: PAGE }

  const byId = async (id: string) => {
    const employee = await api.find(id)
    return employee && personOf(employee)
  }

  return {
    pageSize: PAGE,
    // The service refuses a second employee with the same code.
    keysUnique: true,

    list: (_asOf, from) =>
      listingOf(
        pagesOf<Employee>({
          most: PAGE,
          stretch: byNumber,
          ask: stretch => api.list(stretch),
          idOf: row => row.id,
          name: PRODUCT,
          from,
        }),
        personOf,
      ),

    exists: async id => (await byId(id)) !== null,
    reread: rereadBy({
      page: async (_asOf, page) => (await api.list({ page: page + 1, limit: PAGE })).rows.map(personOf),
      byId,
    }),
    findCreated: createdByKey('code', async code => (await api.list(first, { code })).rows.map(personOf)),

    async create(values) {
      const created = await api.create(filledOf(values))
      return { id: created.id, current: values, left: {} }
    },

    async update({ id, set }) {
      if (Object.keys(set).length > 0) await api.update(id, set)
    },
  }
}
