import { advised, ListingBroken, said, Uncertain, VendorRefused, within } from '../../errors.js'
import { oneByOne } from '../../contract/batch.js'
import { createdByKey, rereadBy } from '../../contract/lookups.js'
import { listingOf, snapshotPages } from '../../contract/paging.js'
import type { Batch, BatchResult, Directory, Person, UpdateOrder } from '../../contract/contract.js'
import { API, type AreaApi, type Employee, type Product, type WriteResult } from './api.js'
import { changedRecord, newRecord, personOf } from './employee.js'
import { CODES } from './errors.js'

export const STALE =
  '計画後に変更されています（他のユーザーにより更新されています）。上書きを防ぐため、書き込んでいません。最新の内容を取得し直して、再度同期してください。'

const NO_REASON = '理由は返されませんでした。内容を確認し、修正してから、やり直してください。'

export const refusedWith = (product: string, reason = NO_REASON): string =>
  `${product}が受け付けませんでした：${reason}`

/** Every write is a batch. */
function batchOf(api: AreaApi, { name }: Product): Batch {
  const resultsOf = (results: readonly WriteResult[], count: number): BatchResult[] => {
    // Stored or not is not known: look it up.
    if (results.length !== count) throw new Uncertain(api.unreadable().message)
    return results.map(({ InnerStatus, ErrorCode, Target, ErrorMessage }) => {
      if (InnerStatus === 'Success') return { id: typeof Target?.Id === 'number' ? String(Target.Id) : '' }
      const told = typeof ErrorMessage === 'string' && ErrorMessage !== ''
      const reason = told ? said(advised(ErrorMessage)) : NO_REASON
      if (ErrorCode === CODES.stale) return { refused: STALE }
      return { refused: within(reason, text => refusedWith(name, text)) }
    })
  }
  return {
    size: API.batch,

    async create(orders) {
      const results = resultsOf(await api.create(orders.map(newRecord)), orders.length)
      if (results.some(result => 'id' in result && result.id === '')) throw new Uncertain(api.unreadable().message)
      return results
    },

    async update(orders: readonly UpdateOrder<Employee>[]) {
      return resultsOf(await api.modify(orders.map(changedRecord)), orders.length)
    },
  }
}

/** The employees of one data area. */
export function openEmployees(api: AreaApi, product: Product): Directory<Person> {
  const batch = batchOf(api, product)

  const find = async (query: Record<string, string | number>): Promise<Person[]> =>
    (await api.find(query)).employees.map(personOf)

  const byId = async (id: string): Promise<Person | null> =>
    (await find({ Id: id })).find(person => person.id === id) ?? null

  return {
    pageSize: API.page,
    keysUnique: true,
    batch,
    ...oneByOne(batch, api.unreadable().message),

    list: (_asOf, from) =>
      listingOf(
        snapshotPages<Employee>({
          most: API.page,
          from,
          nameless: () => new ListingBroken(api.unreadable().message),
          async ask({ offset, limit, snapshot }) {
            const query = { Limit: limit, Offset: offset, ...(snapshot && { SnapshotId: snapshot }) }
            const page = await api.find(query).catch((error: unknown) => {
              // The snapshot is gone with its log-in: the listing starts over.
              if (error instanceof VendorRefused && error.codes.includes(CODES.unknownSnapshot)) throw api.unreadable()
              throw error
            })
            if (page.total === null) throw new ListingBroken(api.unreadable().message)
            return { rows: page.employees, total: page.total, snapshot: page.snapshot }
          },
        }),
        personOf,
      ),

    exists: async id => (await byId(id)) !== null,
    one: byId,
    reread: rereadBy({ page: (_asOf, page) => find({ Limit: API.page, Offset: page * API.page }), byId }),
    findCreated: createdByKey('Code', code => find({ Code: code })),
  }
}
