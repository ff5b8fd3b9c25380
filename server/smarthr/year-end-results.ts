import type { Directory, EntryOf, ListPage, PlainDate, Scalar } from '../contract/contract.js'
import type { YearEndResult } from '../contract/documents.js'
import { ListingBroken, VendorMissing } from '../errors.js'
import { keyOf, scalarOf } from '../contract/conversions.js'
import { namesFrom } from '../contract/person.js'
import type { Http } from '../calls/call.js'
import { neverWritten } from '../contract/listing.js'
import { rereadBy } from '../contract/lookups.js'
import { listing, PAGE, pageOf, UNREADABLE, type Json } from './pages.js'

/**
 * ASSUMED, and the place to swap: SmartHR publishes no endpoint for 年末調整. Neither its API document nor the list of a
 * token's resources names one; partners use an interface that is not public. Until that is known we read `GET
 * /api/v1/year_end_adjustments/{year}/results`, made like SmartHR's other lists. A result is `{ id, crew_id, emp_code,
 * year, status, person, … }`.
 */

/** The year of a run's reference date (`YYYY-…`). */
const yearOf = (asOf: PlainDate): string => asOf.slice(0, 4)

const callOf = (asOf: PlainDate) => ({
  path: `/api/v1/year_end_adjustments/${yearOf(asOf)}/results`,
  pathTemplate: '/api/v1/year_end_adjustments/{year}/results',
})

function entryOf(result: Json): EntryOf<YearEndResult> {
  const person = (result.person ?? {}) as Readonly<Record<string, Scalar>>
  // What is never passed on is not kept either.
  const { salary_income: _, ...document } = result
  return {
    id: String(result.id),
    key: keyOf(scalarOf(result.emp_code)),
    ...namesFrom([person.last_name, person.first_name], [person.last_name_yomi, person.first_name_yomi]),
    detail: '',
    personId: String(result.crew_id),
    values: {},
    payload: document,
  }
}

/** A year that was never set up is no list at all. */
const missing = (asOf: PlainDate) =>
  new VendorMissing(
    `${yearOf(asOf)}年の年末調整結果が見つかりません。SmartHRで${yearOf(asOf)}年の年末調整を行なっているか確認し、対象年を選び直してください。`,
  )

/** The results of a year, each handed on whole. Read only. */
export function createYearEndResults({ http }: { http: Http }): Directory<EntryOf<YearEndResult>> {
  const people = (rows: readonly Json[]) => Promise.resolve(rows.map(entryOf))

  return {
    pageSize: PAGE,
    keysUnique: false,

    async *list(asOf, from): AsyncIterable<ListPage<EntryOf<YearEndResult>>> {
      try {
        yield* listing(http, callOf(asOf), from, people)
      } catch (error) {
        throw error instanceof VendorMissing ? missing(asOf) : error
      }
    },

    // There is no call for one result, and its id does not tell its year.
    exists: () => Promise.resolve(true),

    async present(ids, asOf) {
      const wanted = new Set(ids)
      const found = new Map<string, EntryOf<YearEndResult>>()
      let seen = 0
      let all = 0
      try {
        for await (const { people: listed, total } of listing(http, callOf(asOf), undefined, people)) {
          for (const one of listed) if (wanted.has(one.id)) found.set(one.id, one)
          seen += listed.length
          all = total ?? seen
        }
      } catch (error) {
        throw error instanceof VendorMissing ? missing(asOf) : error
      }
      // A list that is too short is no proof.
      if (seen < all) throw new ListingBroken(UNREADABLE)
      return found
    },

    reread: rereadBy({
      page: async (asOf, page) => (await pageOf(http, callOf(asOf), { page: page + 1, limit: PAGE })).rows.map(entryOf),
    }),

    ...neverWritten,
  }
}
