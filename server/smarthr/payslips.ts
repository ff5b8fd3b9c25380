import type { BatchResult, Directory, GroupOrder, Grouping, ListPage, Values } from '../contract/contract.js'
import { Conflict, Uncertain, VendorMissing, VendorRefused } from '../errors.js'
import type { Http } from '../calls/call.js'
import { createCrewDirectory } from './crews.js'
import { inPages, PAGE, rowPages, type Json } from './pages.js'

/** payslips per bulk call at most (SmartHR API reference, payslips) */
const BULK = 100

const UNREADABLE = 'SmartHRからの応答を読み取れませんでした。時間をおいて、やり直してください。'

/** Confirming and deleting are the administrator's, also in the middle of an import. */
export const CLOSED =
  '取り込み先の給与明細が、SmartHRで確定または削除されたため、残りの明細を取り込めませんでした。SmartHRの給与明細を確認してから、再度取り込んでください。'

/** SmartHR's own 項目合計金額の不整合フラグ: kinds come from its items, whatever we think an item is. */
const MISMATCH =
  '取り込みましたが、SmartHRで項目の合計金額が一致していません。SmartHRの給与明細項目に登録されていない項目か、種別が異なる項目があります。確定する前に、SmartHRの給与明細項目の種別を確認してください。'

/** Deleted between the last look and the write. */
const GONE =
  'この従業員は、取り込みの途中でSmartHRから削除されたため、明細を取り込めませんでした。SmartHRの従業員情報を確認してください。従業員を登録し直した場合は、再度取り込んでください。'

interface Payroll extends Json {
  id: string
  status: string
}

/** SmartHR's own form of an order. Attendances keep the form the service gives them. */
const payrollOf = (order: GroupOrder) => ({
  payment_type: order.paymentType,
  paid_at: order.paidAt,
  period_start_at: order.periodStart,
  period_end_at: order.periodEnd,
  numeral_system_handle_type: 'as_is',
  name_for_admin: order.nameForAdmin,
  name_for_crew: order.nameForCrew,
})

const payslipOf = (values: Values) => ({
  crew_id: values.crew_id,
  values: JSON.parse(String(values.values)) as unknown,
  ...(values.memo !== '' && { memo: values.memo }),
})

/**
 * SmartHR's payslips (給与明細) as a target. What is listed are the crews they are for; what is written are payslips of
 * the payroll in `use`. A payslip can't be updated, and confirming or publishing a payroll stays with the administrator.
 */
export function createPayslipDirectory({ http }: { http: Http }): Directory {
  const crews = createCrewDirectory({ http, paths: ['emp_code', 'last_name', 'first_name'] })
  let payroll: string | null = null

  const payrollPath = (id: string) => `/api/v1/payrolls/${encodeURIComponent(id)}`
  const inPayroll = (): string => {
    if (payroll === null) throw new Error('no payroll is in use')
    return payroll
  }

  async function* pages(path: string, pathTemplate: string, query: Record<string, string>): AsyncIterable<Json[]> {
    for await (const { rows } of rowPages(http, { path, pathTemplate, query })) yield rows
  }

  /** Null: it is not there any more. */
  const payrollAt = async (id: string): Promise<Payroll | null> => {
    try {
      const { body } = await http.request<Payroll>({
        method: 'GET',
        path: payrollPath(id),
        pathTemplate: '/api/v1/payrolls/{id}',
        kind: 'read',
      })
      return body
    } catch (error) {
      if (error instanceof VendorMissing) return null
      throw error
    }
  }

  const alike = async (order: GroupOrder): Promise<string[]> => {
    const wanted = payrollOf(order)
    const found: string[] = []
    const query = { paid_at_from: order.paidAt, paid_at_to: order.paidAt, payment_type: order.paymentType }
    for await (const rows of pages('/api/v1/payrolls', '/api/v1/payrolls', query)) {
      for (const row of rows) {
        if (Object.entries(wanted).every(([name, value]) => row[name] === value)) found.push(String(row.id))
      }
    }
    return found
  }

  /** crew → payslip */
  const byCrew = (rows: readonly Json[]) => new Map(rows.map(row => [String(row.crew_id), String(row.id)] as const))

  /** What the payroll in use holds for these crews. */
  const written = async (crewIds: readonly string[]): Promise<Map<string, string>> => {
    const found: Json[] = []
    const path = `${payrollPath(inPayroll())}/payslips`
    for (const asked of inPages(crewIds)) {
      const crew_id = asked.join(',')
      for await (const rows of pages(path, '/api/v1/payrolls/{id}/payslips', { crew_id })) found.push(...rows)
    }
    return byCrew(found)
  }

  const grouping: Grouping = {
    alike,

    async doubtful() {
      const found = new Map<string, string>()
      const path = `${payrollPath(inPayroll())}/payslips`
      for await (const rows of pages(path, '/api/v1/payrolls/{id}/payslips', {})) {
        for (const row of rows) if (row.mismatch === true) found.set(String(row.id), MISMATCH)
      }
      return found
    },

    async create(order) {
      const { body } = await http.request<Payroll | null>({
        method: 'POST',
        path: '/api/v1/payrolls',
        body: payrollOf(order),
        kind: 'create',
      })
      if (typeof body?.id !== 'string') throw new Uncertain(UNREADABLE)
      return body.id
    },

    async isOpen(id, order) {
      const { payment_type, paid_at, period_start_at, period_end_at } = payrollOf(order)
      const wanted = { status: 'wip', payment_type, paid_at, period_start_at, period_end_at }
      const found = await payrollAt(id)
      return Object.entries(wanted).every(([name, value]) => found?.[name] === value)
    },

    async rename(id, order) {
      const { name_for_admin, name_for_crew } = payrollOf(order)
      await http.request({
        method: 'PATCH',
        path: payrollPath(id),
        pathTemplate: '/api/v1/payrolls/{id}',
        body: { name_for_admin, name_for_crew },
        kind: 'update',
      })
    },

    use(id) {
      payroll = id
    },

    async drop(id) {
      const slips = pages(`${payrollPath(id)}/payslips`, '/api/v1/payrolls/{id}/payslips', {})
      for await (const rows of slips) if (rows.length > 0) return false
      await http.request({
        method: 'DELETE',
        path: payrollPath(id),
        pathTemplate: '/api/v1/payrolls/{id}',
        kind: 'update',
      })
      return true
    },
  }

  const post = async (values: Values): Promise<string> => {
    const { body } = await http.request<Json | null>({
      method: 'POST',
      path: `${payrollPath(inPayroll())}/payslips`,
      pathTemplate: '/api/v1/payrolls/{id}/payslips',
      body: payslipOf(values),
      kind: 'create',
    })
    if (typeof body?.id !== 'string') throw new Uncertain(UNREADABLE)
    return body.id
  }

  return {
    pageSize: PAGE,
    keysUnique: true,
    grouping,

    list: (asOf, from): AsyncIterable<ListPage> => crews.list(asOf, from),
    exists: id => crews.exists(id),
    reread: (ids, asOf, page) => crews.reread(ids, asOf, page),

    create: async values => ({ id: await post(values), current: values, left: {} }),
    update: () => Promise.reject(new Error('payslips are never changed')),

    batch: {
      size: BULK,
      /** All or nothing; when SmartHR refuses the whole, each is sent alone, so that everybody has an answer of their own. */
      async create(orders): Promise<readonly BatchResult[]> {
        let answer: unknown
        try {
          const sent = await http.request({
            method: 'POST',
            path: `${payrollPath(inPayroll())}/payslips/bulk`,
            pathTemplate: '/api/v1/payrolls/{id}/payslips/bulk',
            body: { payslips: orders.map(payslipOf) },
            kind: 'create',
          })
          answer = sent.body
        } catch (error) {
          if (!(error instanceof VendorRefused || error instanceof VendorMissing)) throw error
          if ((await payrollAt(inPayroll()))?.status !== 'wip') throw new Conflict(CLOSED)
          return eachAlone(orders)
        }
        const crewIds = orders.map(order => String(order.crew_id))
        const allOf = (ids: ReadonlyMap<string, string>) => crewIds.every(crew => ids.has(crew))
        let ids = byCrew(Array.isArray(answer) ? (answer as Json[]) : [])
        // The schema shows one payslip where an array would be expected.
        if (!allOf(ids)) ids = await written(crewIds).catch(() => new Map())
        if (!allOf(ids)) throw new Uncertain(UNREADABLE)
        return crewIds.map(crew => ({ id: ids.get(crew) ?? '' }))
      },
      update: () => Promise.reject(new Error('payslips are never changed')),
    },

    async findCreated(creates) {
      const ids = await written(creates.map(({ values }) => String(values.crew_id)))
      return new Map(
        creates.map(({ ref, values }) => {
          const id = ids.get(String(values.crew_id))
          return [ref, id === undefined ? [] : [id]] as const
        }),
      )
    },
  }

  /** SmartHR's own words, but for a person who is gone: of them it speaks as of an id. */
  async function reasonFor(order: Values, said: string): Promise<string> {
    try {
      return (await crews.exists(String(order.crew_id))) ? said : GONE
    } catch {
      // That nobody can look it up changes nothing about the refusal.
      return said
    }
  }

  async function eachAlone(orders: readonly Values[]): Promise<BatchResult[]> {
    const results: BatchResult[] = []
    for (const order of orders) {
      try {
        results.push({ id: await post(order) })
      } catch (error) {
        if (error instanceof VendorRefused || error instanceof VendorMissing)
          results.push({ refused: await reasonFor(order, error.message) })
        // Some are there already: which ones has to be looked up.
        else if (results.some(result => 'id' in result)) throw new Uncertain((error as Error).message)
        else throw error
      }
    }
    return results
  }
}
