import { Temporal } from 'temporal-polyfill'
import { ListingBroken, Uncertain, VendorMissing, VendorRefused } from '../../errors.js'
import { dateOf, joinFilled, katakana, keyOf, plainText, textOf } from '../../contract/conversions.js'
import type { Http } from '../../calls/call.js'
import { spellingsOf } from '../../contract/keys.js'
import { byOffset, pagesOf } from '../../contract/paging.js'
import type {
  Directory,
  ListPage,
  Person,
  PlainDate,
  Scalar,
  UncertainCreate,
  Values,
} from '../../contract/contract.js'
import type { Brand } from './brands.js'
import { employees, FIRST_EMAIL, RESERVE_EMAILS } from './employees.mapping.js'

/** The service lists everybody in one answer; so many are staged, and re-read just before they are written, at a time. */
const PAGE = 50

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

const PLAIN = [
  'code',
  'lastName',
  'firstName',
  'lastNamePhonetics',
  'firstNamePhonetics',
  'gender',
  'birthDate',
  'hiredDate',
  'resignationDate',
] as const

const labels = new Map(employees.flatMap(pair => pair.service.map(path => [path, pair.label] as const)))

/** One employee as the engine knows people. */
export function personOf(employee: Employee): Person {
  const values: Record<string, Scalar> = {}
  for (const property of PLAIN) values[property] = plainText(employee[property])
  const emails = Array.isArray(employee.emailAddresses)
    ? employee.emailAddresses.filter(one => typeof one === 'string')
    : []
  values[FIRST_EMAIL] = plainText(emails[0])
  values[RESERVE_EMAILS] = emails.length > 1 ? JSON.stringify(emails.slice(1)) : null
  return {
    id: employee.key,
    key: keyOf(values.code),
    name: joinFilled([values.lastName, values.firstName]),
    kana: joinFilled([values.lastNamePhonetics, values.firstNamePhonetics].map(katakana)),
    department: textOf(plainText(employee.divisionName)) ?? '',
    employedFrom: dateOf(values.hiredDate),
    employedUntil: dateOf(values.resignationDate),
    values,
  }
}

/** Flat paths → the body the service takes. A property sent blank is erased, one not sent stays as it is (§3.5). */
export function bodyOf(set: Values, current: Values): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const [path, value] of Object.entries(set)) {
    if (path !== FIRST_EMAIL) body[path] = value ?? ''
  }
  if (FIRST_EMAIL in set) {
    const reserve = textOf(current[RESERVE_EMAILS])
    body.emailAddresses = [set[FIRST_EMAIL], ...(reserve === null ? [] : (JSON.parse(reserve) as string[]))]
  }
  return body
}

/** The employees of one company. */
export function openEmployees({ http, brand, today }: { http: Http; brand: Brand; today: () => PlainDate }): Directory {
  const unreadable = () =>
    new ListingBroken(
      `${brand.name}からの応答を読み取れませんでした。時間をおいて、やり直してください。続く場合は、${brand.name}の障害情報を確認してください。`,
    )

  /** Everybody the service knows on that day, people who left before it included. */
  const everybody = async (date: PlainDate): Promise<Person[]> => {
    const { body } = await http.request<Employee[]>({
      method: 'GET',
      path: '/employees',
      query: { date, includeResigner: true, additionalFields: ADDITIONAL },
      kind: 'read',
    })
    if (!Array.isArray(body) || body.some(row => typeof row?.key !== 'string')) throw unreadable()
    return body.map(personOf)
  }

  /** People who join later than `date` are listed only for a later day; a year ahead is as far as the service looks. */
  const lastDay = () => Temporal.PlainDate.from(today()).add({ years: 1 }).toString()

  return {
    pageSize: PAGE,
    keysUnique: true,
    // Everybody comes in one answer, and nothing in it says how many that should be.
    saysNoTotal: true,

    async *list(asOf, from): AsyncIterable<ListPage> {
      const all = await everybody(asOf)
      // Read again by another worker it is another answer, which must still say the same up to where it goes on.
      const pages = pagesOf<Person>({
        most: PAGE,
        stretch: byOffset,
        ask: ({ offset, limit }) => Promise.resolve({ rows: all.slice(offset, offset + limit), total: all.length }),
        idOf: person => person.id,
        name: brand.name,
        from,
      })
      for await (const { rows, ...rest } of pages) yield { people: rows, ...rest }
    },

    async *everyone() {
      yield await everybody(lastDay())
    },

    async choices(list) {
      const { body } = await http.request<{ code: string; name: string }[]>({
        method: 'GET',
        path: `/${list}`,
        kind: 'read',
      })
      if (!Array.isArray(body)) throw unreadable()
      return body.map(({ code, name }) => ({ value: code, label: `${code} ${name}` }))
    },

    async exists(id) {
      return (await everybody(lastDay())).some(person => person.id === id)
    },

    async reread(ids, asOf) {
      const found = new Map<string, Person>()
      const wanted = new Set(ids)
      for (const date of [asOf, lastDay()]) {
        if (found.size === wanted.size) break
        for (const person of await everybody(date)) {
          if (wanted.has(person.id) && !found.has(person.id)) found.set(person.id, person)
        }
      }
      return found
    },

    async create(values) {
      const known = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
      const { body } = await http.request<Employee | null>({
        method: 'POST',
        path: '/employees',
        body: bodyOf(known, {}),
        kind: 'create',
      })
      // Taken, but not said as whom: it has to be looked up, never sent again.
      if (typeof body?.key !== 'string') throw new Uncertain(unreadable().message)
      // One call takes everything; what the answer leaves out says nothing about it (§3.4).
      return { id: body.key, current: values, left: {} }
    },

    async update({ id, set, current }) {
      const body = bodyOf(set, current)
      if (Object.keys(body).length === 0) return
      const answer = await http.request<Employee>({
        method: 'PUT',
        path: `/employees/${encodeURIComponent(id)}`,
        pathTemplate: '/employees/{key}',
        body,
        kind: 'update',
      })
      const now = personOf(answer.body).values
      const refused = Object.entries(set).flatMap(([path, value]) =>
        (now[path] ?? '') === (value ?? '') ? [] : (labels.get(path) ?? path),
      )
      if (refused.length === 0) return
      throw new VendorRefused(
        `${brand.name}で更新できない項目がありました（${refused.join('、')}）。${brand.name}の設定を確認して、再度同期してください。`,
      )
    },

    async findCreated(creates: readonly UncertainCreate[]) {
      const found = new Map<string, readonly string[]>()
      for (const { ref, key, values } of creates) {
        if (key === null) continue
        for (const code of spellingsOf(values.code, key)) {
          try {
            const { body } = await http.request<Employee>({
              method: 'GET',
              path: `/employees/${encodeURIComponent(code)}`,
              pathTemplate: '/employees/{code}',
              query: { date: lastDay(), includeResigner: true },
              kind: 'read',
            })
            if (typeof body?.key === 'string' && keyOf(plainText(body.code)) === key) {
              found.set(ref, [body.key])
              break
            }
          } catch (error) {
            // Whether nobody is there is said with 404 or 400; neither is documented (§3.3).
            if (!(error instanceof VendorMissing || error instanceof VendorRefused)) throw error
          }
        }
      }
      return found
    },
  }
}
