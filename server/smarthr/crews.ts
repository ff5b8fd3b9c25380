import type { Directory, Person, UncertainCreate, Values } from '../contract/contract.js'
import { filledOf } from '../contract/blanks.js'
import { joinFilled, keyOf, objectsOf, scalarOf, textOf } from '../contract/conversions.js'
import { VendorRefused } from '../errors.js'
import type { Http } from '../calls/call.js'
import { spellingsOf } from '../contract/keys.js'
import { rereadBy } from '../contract/lookups.js'
import { accountProblem, createAccountOrder } from './crew-accounts.js'
import { openCrews } from './crew-api.js'
import { bodyOf, byNumber, emptySlot, ignoredOf, labelOf, personOf, TITLE, type Crew, type CrewKey } from './crew.js'
import { inPages, listing, PAGE, type Json } from './pages.js'

/** What every run reads of a crew: who it is, and when they are employed. */
const ALWAYS = [
  'id',
  'created_at',
  'departments',
  'employment_type',
  'emp_code',
  'emp_status',
  'last_name',
  'first_name',
  'last_name_yomi',
  'first_name_yomi',
  'entered_at',
  'resigned_at',
]

/** The attributes that hold these paths: a full crew has 145 (§4.6), and no more is read than the flow maps. */
const attributesOf = (paths: readonly string[]): string =>
  [...new Set([...ALWAYS, ...paths.map(path => path.split('.')[0] ?? path)])].join(',')

/**
 * What SmartHR refuses to empty once all of it is filled (reference §3.1.1), what it keeps in slots that would move up, and
 * what it takes only whole.
 */
const NEVER_BLANK =
  /^(emp_code|emp_status|last_name|first_name|last_name_yomi|first_name_yomi|gender|birth_at|address|positions|bank_accounts)(\.|$)/

/** SmartHR's clock and ours may differ; a record that was there at the plan is ruled out anyway. */
const CLOCK_SKEW_MS = 15 * 60_000

/** Whether a crew could be the result of a lost create. */
const isResultOf =
  ({ key, values, at }: UncertainCreate) =>
  (crew: Crew): boolean =>
    key === null
      ? scalarOf(crew.birth_at) === (values.birth_at ?? null) &&
        scalarOf(crew.last_name) === (values.last_name ?? null) &&
        scalarOf(crew.first_name) === (values.first_name ?? null) &&
        new Date(crew.created_at ?? 0).getTime() >= at.getTime() - CLOCK_SKEW_MS
      : keyOf(crew.emp_code) === key

/** A bank account is taken only whole, and all of them together. */
function checkAccounts(body: Json): void {
  const problem = accountProblem(objectsOf(body.bank_accounts))
  if (problem !== null) throw new VendorRefused(problem)
}

function checkTaken(set: Values, before: Values, taken: Values): void {
  const ignored = new Set(Object.keys(ignoredOf(set, before, taken)).map(labelOf))
  if (ignored.size === 0) return
  throw new VendorRefused(ignoredReason([...ignored]))
}

export const ignoredReason = (labels: readonly string[]): string =>
  `SmartHRで更新できない項目がありました（${labels.join('、')}）。アプリの従業員項目のアクセス許可を、SmartHRの管理者が確認してください。`

/** `slot`: counted from 1. */
export const emptyTitleReason = (slot: number): string =>
  `SmartHRの役職${slot}が空白で、そのまま更新すると後ろの役職が繰り上がるため、更新していません。SmartHRの従業員情報で役職${slot}を登録してから、再度同期してください。`

export const unknownTitleReason = (title: string): string =>
  `役職「${title}」は、SmartHRに登録されていません。SmartHRの［共通設定］>［役職］で登録してから、再度同期してください。`

/** A 役職 must exist: what SmartHR does with an unknown name is not said, and master data is not ours to make. */
function createTitleCheck(titlesNow: () => Promise<ReadonlySet<string>>) {
  let titles: Promise<ReadonlySet<string>> | undefined
  return async (set: Values, current: Values = {}): Promise<void> => {
    const empty = TITLE in set ? emptySlot({ ...current, ...set }) : null
    if (empty !== null) {
      throw new VendorRefused(emptyTitleReason(empty + 1))
    }
    const title = textOf(set[TITLE])
    if (title === null) return
    titles ??= titlesNow()
    if (!(await titles).has(title)) {
      throw new VendorRefused(unknownTitleReason(title))
    }
  }
}

/**
 * SmartHR's crews. Writes are one call each: POST for a new person, PATCH with what changes. `department` and
 * `position` as strings are never sent, since SmartHR would create master data from a typo (§3.1.3). `paths`: what is
 * read.
 */
export function createCrewDirectory({
  http,
  paths,
  key = byNumber,
  before = () => Promise.resolve(),
}: {
  http: Http
  paths: readonly string[]
  key?: CrewKey
  /** what must hold before people are listed; throws when it does not */
  before?: () => Promise<void>
}): Directory<Person> {
  const crews = openCrews(http, attributesOf(paths))
  const accountOrder = createAccountOrder(http)
  const checkTitle = createTitleCheck(crews.titles)

  const people = async (rows: readonly Crew[]): Promise<Person[]> => {
    const order = await accountOrder(rows)
    return rows.map(crew => personOf(crew, order, key))
  }

  return {
    pageSize: PAGE,
    keysUnique: true,
    clears: path => !NEVER_BLANK.test(path),
    choices: crews.choices,
    exists: crews.exists,

    async *list(_asOf, from) {
      await before()
      yield* listing(http, crews.everybody, from, people)
    },

    one: async id => (await people(await crews.some({ id }))).find(person => person.id === id) ?? null,
    reread: rereadBy({
      async *search(ids) {
        for (const asked of inPages(ids)) yield people(await crews.some({ id: asked.join(',') }))
      },
    }),

    async create(values) {
      await checkTitle(values)
      const known = filledOf(values)
      const body = bodyOf(known, {})
      checkAccounts(body)
      const crew = await crews.create(body)
      const current = personOf(crew, new Map()).values
      // The record exists whatever was ignored: sending the rest as an update says so by name.
      return { id: crew.id, current, left: ignoredOf(known, {}, current) }
    },

    async update({ id, set, current }) {
      const body = bodyOf(set, current)
      if (Object.keys(body).length === 0) return
      await checkTitle(set, current)
      checkAccounts(body)
      const crew = await crews.update(id, body)
      checkTaken(set, current, personOf(crew, await accountOrder([crew])).values)
    },

    async findCreated(creates) {
      const found = new Map<string, readonly string[]>()
      for (const create of creates) {
        const { ref, key: wanted, values } = create
        const rows: Crew[] = []
        if (wanted === null) {
          rows.push(
            ...(await crews.some({ q: joinFilled([values.last_name, values.first_name]), sort: '-created_at' })),
          )
        } else {
          // The filter is exact: a person is found by what was sent, or by what SmartHR made of it.
          for (const code of spellingsOf(values.emp_code, wanted)) rows.push(...(await crews.some({ emp_code: code })))
        }
        found.set(ref, [...new Set(rows.filter(isResultOf(create)).map(crew => crew.id))])
      }
      return found
    },
  }
}
