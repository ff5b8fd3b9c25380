import { Temporal } from 'temporal-polyfill'
import { VendorRefused } from '../../errors.js'
import { filledOf } from '../../contract/blanks.js'
import { plainText, textOf } from '../../contract/conversions.js'
import type { Http } from '../../calls/call.js'
import { createdByKey, isAmong, rereadBy } from '../../contract/lookups.js'
import { mappedValues, personFrom } from '../../contract/person.js'
import { listingOf, pagesOfAnswer } from '../../contract/paging.js'
import type { Directory, EntryOf, Person, PlainDate, UpdateOrder, Values } from '../../contract/contract.js'
import { openCompany, type Employee } from './api.js'
import type { Brand } from './brands.js'
import { employees, FIRST_EMAIL } from './employees.mapping.js'
import { division, MASTERS, workingType } from './masters.js'

/**
 * The service lists all people in one answer. So many of them are staged, and re-read before they are written, at a
 * time.
 */
const PAGE = 50

const labels = new Map([
  ...employees.flatMap(pair => pair.service.map(path => [path, pair.label] as const)),
  [division.path, division.label],
  [workingType.path, workingType.label],
])

/** Kept by days: an update says from which one on. */
const DATED = [division.path, workingType.path]

/** What is no field of the mapping and has to be sent again with the first e-mail address. */
interface Reserve {
  emails: readonly string[]
}

/** One employee as the engine knows people. */
export function personOf(employee: Employee): Person & EntryOf<Reserve> {
  const emails = Array.isArray(employee.emailAddresses)
    ? employee.emailAddresses.filter(one => typeof one === 'string')
    : []
  const values = {
    ...mappedValues(employees, path => plainText(path === FIRST_EMAIL ? emails[0] : employee[path])),
    ...Object.fromEntries(MASTERS.map(path => [path, plainText(employee[path])])),
  }
  return {
    ...personFrom(employees, employee.key, values, textOf(values[division.shown]) ?? ''),
    payload: { emails: emails.slice(1) },
  }
}

/** Flat paths → the body the service takes. A property sent blank is erased, one not sent stays as it is (§3.5). */
function bodyOf(set: Values, reserve: Reserve = { emails: [] }): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const [path, value] of Object.entries(set)) {
    if (path !== FIRST_EMAIL) body[path] = value ?? ''
  }
  if (FIRST_EMAIL in set) body.emailAddresses = [set[FIRST_EMAIL], ...reserve.emails]
  return body
}

/** What was sent and did not come back: the service ignores what it may not change. */
const refusedOf = (set: Values, now: Values, unseen: readonly string[]): string[] =>
  Object.entries(set).flatMap(([path, value]) =>
    (now[path] ?? '') === (value ?? '') || unseen.includes(path) ? [] : (labels.get(path) ?? path),
  )

/** The employees of one company. */
export function openEmployees({
  http,
  brand,
  today,
}: {
  http: Http
  brand: Brand
  today: () => PlainDate
}): Directory<Person> {
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
    // All people come in one answer, and nothing in it says how many there should be.
    saysNoTotal: true,

    async *list(asOf, from) {
      const all = await company.everybody(asOf)
      const order = { most: PAGE, idOf: ({ key }: Employee) => key, name: brand.name, from }
      yield* listingOf(pagesOfAnswer(all, order), personOf)
    },

    everyone,
    choices: company.choices,
    exists: id => isAmong(id, everyone()),
    one: async (id, asOf) => (await everybody(asOf)).find(person => person.id === id) ?? null,
    reread: rereadBy({ page: everybody, search: everyone }),
    findCreated: createdByKey('code', async code => (await company.withCode(code, lastDay())).map(personOf)),

    async create(values) {
      // One call takes everything; what the answer leaves out says nothing about it (§3.4).
      return { id: await company.create(bodyOf(filledOf(values))), current: values, left: {} }
    },

    async update({ id, set, payload, asOf }: UpdateOrder<Reserve>) {
      const body = bodyOf(set, payload)
      if (Object.keys(body).length === 0) return
      const since = DATED.some(path => path in set) ? asOf : undefined
      // What counts from a later day on, the answer of today need not say yet.
      const unseen = since !== undefined && since > today() ? DATED : []
      const refused = refusedOf(set, personOf(await company.update(id, body, since)).values, unseen)
      if (refused.length === 0) return
      throw new VendorRefused(refusedFields(brand, refused))
    },
  }
}

/** Fields that the service has left as they were, without a word. */
export const refusedFields = ({ name }: Pick<Brand, 'name'>, labels: readonly string[]): string =>
  `${name}で更新できない項目がありました（${labels.join('、')}）。${name}の設定を確認して、再度同期してください。`
