import { yearMonthOf } from '../../platform/clock.js'
import type { Http } from '../../calls/call.js'
import type { Account, Directory, KnownPerson, ListPage, Person, Scalar } from '../../contract/contract.js'
import { keyOf } from '../../contract/conversions.js'
import { createdAmong, rereadBy } from '../../contract/lookups.js'
import { byOffset, listingOf, pagesOf, PAGES_AHEAD } from '../../contract/paging.js'
import { openCompany, PAGE, type CompanyApi, type CompanyEmployee, type FreeeEmployee } from './api.js'
import { personOf } from './employee.js'
import { isLater, writtenMonth, type YearMonth } from './months.js'
import { changesOf, leftAfterCreate, newEmployee } from './writes.js'

const inOrder = {
  most: PAGE,
  stretch: byOffset,
  idOf: (row: { id: number }) => String(row.id),
  name: 'freee人事労務',
}

/** A name as it may have been stored: composed or not, in either width, without invisible signs. */
const written = (name: Scalar) => keyOf(name)

const known = ({ id, num }: CompanyEmployee): KnownPerson => ({ id: String(id), key: keyOf(num) })

/** Whether the person joins in a later month than the day's, so that there is no version yet to write into. */
const joinsLater = (asOf: string, { entry_date }: CompanyEmployee) =>
  isLater(writtenMonth(asOf, entry_date), yearMonthOf(asOf))

/** People by the month they join in. */
function byMonth(asOf: string, joiners: readonly CompanyEmployee[]): { month: YearMonth; ids: ReadonlySet<string> }[] {
  const months = new Map<string, { month: YearMonth; ids: Set<string> }>()
  for (const { id, entry_date } of joiners) {
    const month = writtenMonth(asOf, entry_date)
    const named = `${month.year}-${month.month}`
    const found = months.get(named) ?? { month, ids: new Set<string>() }
    months.set(named, { month, ids: found.ids.add(String(id)) })
  }
  return [...months.values()]
}

/** The people of all months, page by page. */
async function* companyPages(company: CompanyApi): AsyncIterable<CompanyEmployee[]> {
  for await (const { rows } of pagesOf<CompanyEmployee>({ ...inOrder, ask: company.ofAllMonths })) yield rows
}

/** The people freee lists in a month, page by page. */
const listedIn = (company: CompanyApi, month: YearMonth, from?: string): AsyncIterable<ListPage<Person>> =>
  listingOf(
    pagesOf<FreeeEmployee>({
      ...inOrder,
      from,
      ask: stretch => company.inMonth(month, stretch),
      ahead: PAGES_AHEAD,
    }),
    personOf,
  )

/** Who joins in a later month is written into that month's version, so that is the one to compare with. */
async function* everyone(company: CompanyApi, asOf: string): AsyncIterable<readonly (KnownPerson | Person)[]> {
  const joiners: CompanyEmployee[] = []
  for await (const rows of companyPages(company)) {
    joiners.push(...rows.filter(row => joinsLater(asOf, row)))
    yield rows.filter(row => !joinsLater(asOf, row)).map(known)
  }
  for (const { month, ids } of byMonth(asOf, joiners)) {
    for await (const { people } of listedIn(company, month)) yield people.filter(person => ids.has(person.id))
  }
  // A person who was not listed there after all is known to exist at least.
  yield joiners.map(known)
}

/**
 * The employees of one freee company, month by month. What is listed on a day is the version of its month. A write goes
 * into the version that was read for it (`writtenMonth`).
 */
export function openEmployees({ http, account }: { http: Http; account: Account }): Directory<Person> {
  const company = openCompany(http, account)

  const oneIn = async (id: string, month: YearMonth): Promise<Person | null> => {
    const employee = await company.oneInMonth(id, month)
    return employee && personOf(employee)
  }

  /** Of those who have no version in the month of the day: the one of the month they join in. */
  const joiners = async function* (ids: readonly string[], asOf: string): AsyncIterable<Person[]> {
    for await (const rows of companyPages(company)) {
      for (const row of rows) {
        const id = String(row.id)
        if (!ids.includes(id) || !joinsLater(asOf, row)) continue
        const person = await oneIn(id, writtenMonth(asOf, row.entry_date))
        if (person) yield [person]
      }
    }
  }

  /** Who was there when last asked. Absence is never remembered: the person may have been registered since. */
  const seen = new Set<string>()

  return {
    pageSize: PAGE,
    keysUnique: false,
    keys: async function* () {
      for await (const rows of companyPages(company)) yield rows.map(row => keyOf(row.num))
    },

    list: (asOf, from) => listedIn(company, yearMonthOf(asOf), from),
    everyone: asOf => everyone(company, asOf),

    async exists(id) {
      if (seen.has(id)) return true
      // GET of one employee needs a month of their employment; the company's list needs none.
      for await (const rows of companyPages(company)) for (const row of rows) seen.add(String(row.id))
      return seen.has(id)
    },

    one: (id, asOf) => oneIn(id, yearMonthOf(asOf)),
    reread: rereadBy({
      page: async (asOf, page) =>
        (await company.inMonth(yearMonthOf(asOf), { offset: page * PAGE, limit: PAGE })).rows.map(personOf),
      byId: (id, asOf) => oneIn(id, yearMonthOf(asOf)),
      search: joiners,
    }),

    async create(values) {
      const employee = await company.create(newEmployee(values))
      const current = personOf(employee).values
      return { id: String(employee.id), current, left: leftAfterCreate(values, current) }
    },

    async update({ id, set, current, today }) {
      const month = writtenMonth(today, current.entry_date)
      for (const { rule, body } of changesOf(set, current)) await company.change(id, rule, month, body)
    },

    findCreated: createdAmong({
      lists: async function* () {
        for await (const rows of companyPages(company)) yield rows.map(row => ({ ...row, id: String(row.id) }))
      },
      fits({ key, values }) {
        // freee joins 姓 and 名 with a space (HR schema, create_employee)
        const name = written([values['profile_rule.last_name'], values['profile_rule.first_name']].join(' '))
        const entryDate = values.entry_date ?? null
        return row => keyOf(row.num) === key && row.entry_date === entryDate && written(row.display_name) === name
      },
    }),
  }
}
