import type { GroupOrder, Grouping } from '../contract/contract.js'
import { objectsOf } from '../contract/conversions.js'
import type { ItemKind } from '../contract/statement.js'
import { Uncertain, VendorMissing } from '../errors.js'
import type { Http } from '../calls/call.js'
import { rowPages, UNREADABLE_SHORT, type Json } from './pages.js'

/** SmartHR's payrolls (給与明細グループ), and the payslips that one holds. */

const PAYROLLS = '/api/v1/payrolls'

const payrollAt = (id: string) => ({ path: `${PAYROLLS}/${encodeURIComponent(id)}`, pathTemplate: `${PAYROLLS}/{id}` })

/** The list of a payroll's payslips, and what stands below it. */
export const payslipsAt = (payrollId: string, below = '') => ({
  path: `${payrollAt(payrollId).path}/payslips${below}`,
  pathTemplate: `${PAYROLLS}/{id}/payslips${below}`,
})

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

const says = (row: Json | null, wanted: object) =>
  Object.entries(wanted).every(([name, value]: [string, unknown]) => row?.[name] === value)

/** Null: it is not there any more. */
export async function findPayroll(http: Http, id: string): Promise<Payroll | null> {
  try {
    return (await http.request<Payroll>({ method: 'GET', ...payrollAt(id), kind: 'read' })).body
  } catch (error) {
    if (error instanceof VendorMissing) return null
    throw error
  }
}

const LISTS: readonly [list: string, kind: ItemKind][] = [
  ['allowances', 'payment'],
  ['deductions', 'deduction'],
  ['attendances', 'attendance'],
  ['payroll_aggregates', 'other'],
]

const TOTALS_THERE: Readonly<Record<string, ItemKind>> = {
  net_payment: 'net',
  total_payment: 'gross',
  deduction: 'deductions',
}

/** The items of a payslip that have an amount, as SmartHR lists them. */
const kindsOn = (row: Json): Map<string, ItemKind> =>
  new Map(
    LISTS.flatMap(([list, kind]) =>
      objectsOf(row[list])
        .filter(({ amount }) => Number(amount) !== 0)
        .map(item => [String(item.name), TOTALS_THERE[String(item.aggregate_type)] ?? kind] as const),
    ),
  )

/** Payrolls as the groups of a run; one of them is in use. */
export function createPayrolls(http: Http): { grouping: Grouping; inUse(): string } {
  let payroll: string | null = null
  const inUse = (): string => {
    if (payroll === null) throw new Error('no payroll is in use')
    return payroll
  }

  const grouping: Grouping = {
    async alike(order) {
      const wanted = payrollOf(order)
      const found: string[] = []
      const query = { paid_at_from: order.paidAt, paid_at_to: order.paidAt, payment_type: order.paymentType }
      for await (const { rows } of rowPages(http, { path: PAYROLLS, query })) {
        for (const row of rows) if (says(row, wanted)) found.push(String(row.id))
      }
      return found
    },

    async create(order) {
      const { body } = await http.request<Payroll | null>({
        method: 'POST',
        path: PAYROLLS,
        body: payrollOf(order),
        kind: 'create',
      })
      if (typeof body?.id !== 'string') throw new Uncertain(UNREADABLE_SHORT)
      return body.id
    },

    async isOpen(id, order) {
      const { payment_type, paid_at, period_start_at, period_end_at } = payrollOf(order)
      return says(await findPayroll(http, id), { status: 'wip', payment_type, paid_at, period_start_at, period_end_at })
    },

    async rename(id, order) {
      const { name_for_admin, name_for_crew } = payrollOf(order)
      await http.request({
        method: 'PATCH',
        ...payrollAt(id),
        body: { name_for_admin, name_for_crew },
        kind: 'update',
      })
    },

    // SmartHR's own 項目合計金額の不整合フラグ: kinds come from its items, whatever we think an item is.
    async doubtful() {
      const found = new Map<string, ReadonlyMap<string, ItemKind>>()
      for await (const { rows } of rowPages(http, payslipsAt(inUse()))) {
        for (const row of rows) if (row.mismatch === true) found.set(String(row.id), kindsOn(row))
      }
      return found
    },

    use(id) {
      payroll = id
    },

    async drop(id) {
      for await (const { rows } of rowPages(http, payslipsAt(id))) if (rows.length > 0) return false
      await http.request({ method: 'DELETE', ...payrollAt(id), kind: 'update' })
      return true
    },

    async takeBack(id, ours) {
      const payroll = await findPayroll(http, id)
      if (payroll === null) return 'gone'
      // 未確定
      if (payroll.status !== 'wip') return 'closed'
      for await (const { rows } of rowPages(http, payslipsAt(id))) {
        if (rows.some(row => !ours.has(String(row.id)))) return 'shared'
      }
      await http.request({ method: 'DELETE', ...payrollAt(id), kind: 'update' })
      return 'removed'
    },
  }
  return { grouping, inUse }
}
