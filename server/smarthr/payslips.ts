import type { Batch, BatchResult, Directory, Person, Values } from '../contract/contract.js'
import { objectsOf } from '../contract/conversions.js'
import { PAYROLL_CLOSED, payslipItems } from '../contract/payslip.js'
import { AppError, Conflict, Uncertain, VendorMissing, VendorRefused, type Reason } from '../errors.js'
import type { Http } from '../calls/call.js'
import { createCrewDirectory } from './crews.js'
import { inPages, PAGE, rowPages, UNREADABLE_SHORT, type Json } from './pages.js'
import { createPayrolls, findPayroll, payslipsAt } from './payrolls.js'

/** payslips per bulk call at most (SmartHR API reference, payslips) */
const BULK = 100

/** Deleted between the last look and the write. */
export const GONE =
  'この従業員は、取り込みの途中でSmartHRから削除されたため、明細を取り込めませんでした。SmartHRの従業員情報を確認してください。従業員を登録し直した場合は、再度取り込んでください。'

const payslipOf = (values: Values) => ({
  crew_id: values.crew_id,
  values: payslipItems(values),
  ...(values.memo !== '' && { memo: values.memo }),
})

const crewOf = (order: Values) => String(order.crew_id)

const neverChanged = () => Promise.reject(new Error('payslips are never changed'))

/** crew → payslip */
const byCrew = (rows: readonly Json[]): Map<string, string> =>
  new Map(rows.map(row => [String(row.crew_id), String(row.id)]))

/** The calls about the payslips of the payroll in use. */
const openPayslips = (http: Http, inUse: () => string) => ({
  /** The new payslip's id. */
  async create(order: Values): Promise<string> {
    const { body } = await http.request<Json | null>({
      method: 'POST',
      ...payslipsAt(inUse()),
      body: payslipOf(order),
      kind: 'create',
    })
    if (typeof body?.id !== 'string') throw new Uncertain(UNREADABLE_SHORT)
    return body.id
  },

  /** All or nothing. Crew → payslip, as far as the answer says: the schema shows one where a list would be expected. */
  async createAll(orders: readonly Values[]): Promise<Map<string, string>> {
    const { body } = await http.request({
      method: 'POST',
      ...payslipsAt(inUse(), '/bulk'),
      body: { payslips: orders.map(payslipOf) },
      kind: 'create',
    })
    return byCrew(objectsOf(body))
  },

  /** What the payroll holds for these crews: crew → payslip. */
  async written(crewIds: readonly string[]): Promise<Map<string, string>> {
    const found: Json[] = []
    for (const asked of inPages(crewIds)) {
      const query = { crew_id: asked.join(',') }
      for await (const { rows } of rowPages(http, { ...payslipsAt(inUse()), query })) found.push(...rows)
    }
    return byCrew(found)
  },
})

/**
 * SmartHR's payslips (給与明細) as a target. What is listed are the crews they are for; what is written are payslips of
 * the payroll in use. A payslip can't be updated, and confirming or publishing a payroll stays with the administrator.
 */
export function createPayslipDirectory({ http }: { http: Http }): Directory<Person> {
  const crews = createCrewDirectory({ http, paths: ['emp_code', 'last_name', 'first_name'] })
  const { grouping, inUse } = createPayrolls(http)
  const payslips = openPayslips(http, inUse)

  /** SmartHR's own words. For a person who is gone they name only an id, so that reason is ours. */
  const reasonFor = async (order: Values, said: Reason): Promise<Reason> => {
    try {
      return (await crews.exists(crewOf(order))) ? said : GONE
    } catch {
      // If it can't be looked up, it is refused all the same.
      return said
    }
  }

  const eachAlone = async (orders: readonly Values[]): Promise<BatchResult[]> => {
    const results: BatchResult[] = []
    for (const order of orders) {
      try {
        results.push({ id: await payslips.create(order) })
      } catch (error) {
        if (error instanceof VendorRefused || error instanceof VendorMissing)
          results.push({ refused: await reasonFor(order, error.reason) })
        // Some are there already: which ones has to be looked up.
        else if (results.some(result => 'id' in result))
          throw new Uncertain(error instanceof AppError ? error.reason : (error as Error).message)
        else throw error
      }
    }
    return results
  }

  const batch: Batch = {
    size: BULK,

    /** When SmartHR refuses the whole, each is sent alone, so that every person has an answer of their own. */
    async create(orders) {
      let ids: ReadonlyMap<string, string>
      try {
        ids = await payslips.createAll(orders)
      } catch (error) {
        if (!(error instanceof VendorRefused || error instanceof VendorMissing)) throw error
        if ((await findPayroll(http, inUse()))?.status !== 'wip') throw new Conflict(PAYROLL_CLOSED)
        return eachAlone(orders)
      }
      const crewIds = orders.map(crewOf)
      const results = () => crewIds.flatMap(crew => ids.get(crew) ?? []).map(id => ({ id }))
      if (results().length < crewIds.length) ids = await payslips.written(crewIds).catch(() => new Map())
      if (results().length < crewIds.length) throw new Uncertain(UNREADABLE_SHORT)
      return results()
    },

    update: neverChanged,
  }

  return {
    pageSize: PAGE,
    keysUnique: true,
    grouping,
    batch,

    list: (asOf, from) => crews.list(asOf, from),
    exists: id => crews.exists(id),
    reread: (ids, asOf, page) => crews.reread(ids, asOf, page),

    create: async values => ({ id: await payslips.create(values), current: values, left: {} }),
    update: neverChanged,

    async findCreated(creates) {
      const ids = await payslips.written(creates.map(({ values }) => crewOf(values)))
      return new Map(
        creates.map(({ ref, values }) => {
          const id = ids.get(crewOf(values))
          return [ref, id === undefined ? [] : [id]] as const
        }),
      )
    },
  }
}
