import type { Entry, ListPage } from '../contract/contract.js'
import { ListingBroken } from '../errors.js'
import { unreadableAnswer } from '../contract/words.js'
import { byNumber, everyRowOf, pagesOf, PAGES_AHEAD, type Stretch } from '../contract/paging.js'
import type { Http } from '../calls/call.js'

/** SmartHR's lists: bare arrays by page number, the total in a header (SmartHR API reference, §2.3). */

/** SmartHR's largest page. */
export const PAGE = 100

export type Json = Record<string, unknown>

/** A row of a list, whatever else is read of it. */
export interface Identified {
  id?: unknown
}

export const UNREADABLE = unreadableAnswer('SmartHR')

/** The same in an import of payslips, which the administrator simply repeats. */
export const UNREADABLE_SHORT = 'SmartHRからの応答を読み取れませんでした。時間をおいて、やり直してください。'

export interface ListCall {
  path: string
  pathTemplate?: string
  query?: Readonly<Record<string, string>>
}

/** One page, from 1. Throws ListingBroken for anything but a list. */
export async function pageOf<Row = Json>(
  http: Http,
  { path, pathTemplate, query }: ListCall,
  { page, limit }: Pick<Stretch, 'page' | 'limit'>,
) {
  const { body, headers } = await http.request<Row[]>({
    method: 'GET',
    path,
    ...(pathTemplate !== undefined && { pathTemplate }),
    query: { page, per_page: limit, ...query },
    kind: 'read',
  })
  if (!Array.isArray(body)) throw new ListingBroken(UNREADABLE)
  const total = Number(headers['x-total-count'] ?? Number.NaN)
  return { rows: body, total: Number.isFinite(total) ? total : null }
}

const orderOf = <Row extends Identified = Json>(http: Http, call: ListCall) => ({
  most: PAGE,
  stretch: byNumber,
  ask: (stretch: Stretch) => pageOf<Row>(http, call, stretch),
  idOf: (row: Row) => String(row.id),
  name: 'SmartHR',
})

/** Every row of a small list, as far as its reader names what it reads. */
export const everyRow = <Row extends Identified = Json>(http: Http, call: ListCall): Promise<Row[]> =>
  everyRowOf(orderOf<Row>(http, call))

/** The rows of a list, page by page. */
export const rowPages = <Row extends Identified = Json>(http: Http, call: ListCall) => pagesOf(orderOf<Row>(http, call))

/** Ids by so many as one page of answers holds. */
export const inPages = (ids: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / PAGE) }, (_, page) => ids.slice(page * PAGE, (page + 1) * PAGE))

/** A whole listing, page by page, from an earlier page's `next` on. Throws ListingBroken without a total. */
export async function* listing<E extends Entry, Row extends Identified = Json>(
  http: Http,
  call: ListCall,
  from: string | undefined,
  people: (rows: readonly Row[]) => Promise<E[]>,
): AsyncIterable<ListPage<E>> {
  for await (const { rows, next, total } of pagesOf({ ...orderOf<Row>(http, call), from, ahead: PAGES_AHEAD })) {
    // Without the total a short answer looks like a small company.
    if (total === null) throw new ListingBroken(UNREADABLE)
    yield { people: await people(rows), next, total }
  }
}
