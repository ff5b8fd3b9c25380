import { Temporal } from 'temporal-polyfill'
import { VendorRefused } from '../../errors.js'
import { filledOf } from '../../contract/blanks.js'
import { dateOf, joinFilled, katakana, keyOf, plainText, textOf } from '../../contract/conversions.js'
import type { Http } from '../../calls/call.js'
import { createdByKey, isAmong, rereadBy } from '../../contract/lookups.js'
import { listingOf, pagesOfAnswer } from '../../contract/paging.js'
import type { Directory, Person, PlainDate, Scalar, Values } from '../../contract/contract.js'
import { openCompany, type Employee } from './api.js'
import type { Brand } from './brands.js'
import { employees, FIRST_EMAIL, RESERVE_EMAILS } from './employees.mapping.js'

/** The service lists everybody in one answer; so many are staged, and re-read just before they are written, at a time. */
const PAGE = 50

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
function bodyOf(set: Values, current: Values): Record<string, unknown> {
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

/** What was sent and did not come back: the service ignores what it may not change. */
const refusedOf = (set: Values, now: Values): string[] =>
  Object.entries(set).flatMap(([path, value]) =>
    (now[path] ?? '') === (value ?? '') ? [] : (labels.get(path) ?? path),
  )

/** The employees of one company. */
export function openEmployees({ http, brand, today }: { http: Http; brand: Brand; today: () => PlainDate }): Directory {
  const company = openCompany(http, brand)
  const everybody = async (date: PlainDate) => (await company.everybody(date)).map(personOf)

  /** People who join later than `date` are listed only for a later day; a year ahead is as far as the service looks. */
  const lastDay = () => Temporal.PlainDate.from(today()).add({ years: 1 }).toString()
  const everyone = async function* () {
    yield await everybody(lastDay())
  }

  return {
    pageSize: PAGE,
    keysUnique: true,
    // Everybody comes in one answer, and nothing in it says how many that should be.
    saysNoTotal: true,

    async *list(asOf, from) {
      const all = await company.everybody(asOf)
      const order = { most: PAGE, idOf: ({ key }: Employee) => key, name: brand.name, from }
      yield* listingOf(pagesOfAnswer(all, order), personOf)
    },

    everyone,
    choices: company.choices,
    exists: id => isAmong(id, everyone()),
    reread: rereadBy({ page: everybody, search: everyone }),
    findCreated: createdByKey('code', async code => (await company.withCode(code, lastDay())).map(personOf)),

    async create(values) {
      // One call takes everything; what the answer leaves out says nothing about it (§3.4).
      return { id: await company.create(bodyOf(filledOf(values), {})), current: values, left: {} }
    },

    async update({ id, set, current }) {
      const body = bodyOf(set, current)
      if (Object.keys(body).length === 0) return
      const refused = refusedOf(set, personOf(await company.update(id, body)).values)
      if (refused.length === 0) return
      throw new VendorRefused(
        `${brand.name}で更新できない項目がありました（${refused.join('、')}）。${brand.name}の設定を確認して、再度同期してください。`,
      )
    },
  }
}
