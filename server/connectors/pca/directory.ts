import { ListingBroken, Uncertain, VendorRefused } from '../../errors.js'
import { dateOf, joinFilled, katakana, keyOf, plainText } from '../../contract/conversions.js'
import { spellingsOf } from '../../contract/keys.js'
import type {
  BatchResult,
  Directory,
  ListPage,
  Person,
  Scalar,
  UncertainCreate,
  UpdateOrder,
  Values,
} from '../../contract/contract.js'
import { API, type AreaApi, type Employee, type Product, type WriteResult } from './api.js'
import { CODES } from './errors.js'

const TEXTS = ['Code', 'LastName', 'FirstName', 'LastKana', 'FirstKana'] as const
const DATES = ['BirthDate', 'EnterDate', 'RetireDate'] as const

/** The whole record as read: a Modify sends back what it does not change, stamp included (reference §4.4, §5.2). */
const RECORD = '#record'

const STALE =
  '計画後に変更されています（他のユーザーにより更新されています）。上書きを防ぐため、書き込んでいません。最新の内容を取得し直して、再度同期してください。'

/** `{ "SerializeTarget": 20220209 }`, `"20220209"` or 20220209 → `2022-02-09`; 0 and blanks are no date. */
export function plainDateOf(value: unknown): string | null {
  const inner =
    typeof value === 'object' && value !== null ? (value as { SerializeTarget?: unknown }).SerializeTarget : value
  const digits = typeof inner === 'number' || typeof inner === 'string' ? String(inner) : ''
  return dateOf(digits.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'))
}

/** The same date in the form that the record itself uses. */
const dateLike = (date: string, model: unknown): unknown => {
  const number = Number(date.replaceAll('-', ''))
  return typeof model === 'string' ? String(number) : { SerializeTarget: number }
}

const genderOf = (value: unknown): Scalar =>
  value === 'Male' || value === 0 ? 'Male' : value === 'Female' || value === 1 ? 'Female' : null

/** One employee as the engine knows people. */
export function personOf(employee: Employee): Person {
  const values: Record<string, Scalar> = { [RECORD]: JSON.stringify(employee) }
  for (const field of TEXTS) values[field] = plainText(employee[field])
  for (const field of DATES) values[field] = plainDateOf(employee[field])
  values.Gender = genderOf(employee.Gender)
  return {
    id: String(employee.Id),
    key: keyOf(values.Code),
    name: joinFilled([values.LastName, values.FirstName]),
    kana: joinFilled([values.LastKana, values.FirstKana].map(katakana)),
    department: '',
    employedFrom: dateOf(values.EnterDate),
    employedUntil: dateOf(values.RetireDate),
    values,
  }
}

/** Paths → the fields of a record, dates in the form of `model`. */
export function fieldsOf(set: Values, model: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const dates: readonly string[] = DATES
  return Object.fromEntries(
    Object.entries(set).flatMap(([path, value]) => {
      if (path === RECORD || value === null) return []
      return [[path, dates.includes(path) ? dateLike(String(value), model[path]) : value]]
    }),
  )
}

/** The employees of one data area. Every write is a batch; a single one is a batch of one. */
export function openEmployees(api: AreaApi, { name }: Product): Directory {
  const resultsOf = (results: readonly WriteResult[], count: number): BatchResult[] => {
    // Stored or not, nobody can say which: look it up.
    if (results.length !== count) throw new Uncertain(api.unreadable().message)
    return results.map(({ InnerStatus, ErrorCode, Target, ErrorMessage }) => {
      if (InnerStatus === 'Success') return { id: typeof Target?.Id === 'number' ? String(Target.Id) : '' }
      const reason =
        typeof ErrorMessage === 'string' && ErrorMessage !== '' ? ErrorMessage : '理由は返されませんでした。'
      if (ErrorCode === CODES.stale) return { refused: STALE }
      return { refused: `${name}が受け付けませんでした：${reason}` }
    })
  }

  const createAll = async (orders: readonly Values[]) => {
    const results = resultsOf(await api.create(orders.map(order => fieldsOf(order, {}))), orders.length)
    if (results.some(result => 'id' in result && result.id === '')) throw new Uncertain(api.unreadable().message)
    return results
  }

  const updateAll = async (orders: readonly UpdateOrder[]) => {
    const records = orders.map(({ set, current }) => {
      const record = JSON.parse(String(current[RECORD])) as Record<string, unknown>
      return { ...record, ...fieldsOf(set, record) }
    })
    return resultsOf(await api.modify(records), orders.length)
  }

  /** The result of a batch of one. */
  const only = ([result]: readonly BatchResult[]) => {
    if (!result) throw new Uncertain(api.unreadable().message)
    if ('refused' in result) throw new VendorRefused(result.refused)
    return result
  }

  const byId = async (id: string): Promise<Person | null> => {
    const { employees } = await api.find({ Id: id })
    const found = employees.find(employee => String(employee.Id) === id)
    return found ? personOf(found) : null
  }

  return {
    pageSize: API.page,
    keysUnique: true,

    async *list(_asOf, from): AsyncIterable<ListPage> {
      let [offset = 0, snapshot = ''] = (from?.split(/:(.*)/s) ?? []).map((part, index) =>
        index ? part : Number(part),
      ) as [number?, string?]
      for (;;) {
        const query = { Limit: API.page, Offset: offset, ...(snapshot && { SnapshotId: snapshot }) }
        const page = await api.find(query).catch((error: unknown) => {
          // The photograph is gone with its log-in: the listing starts over.
          if (error instanceof VendorRefused && error.codes.includes(CODES.unknownSnapshot)) throw api.unreadable()
          throw error
        })
        if (page.total === null) throw new ListingBroken(api.unreadable().message)
        offset += page.employees.length
        snapshot = page.snapshot ?? snapshot
        const last = page.employees.length === 0 || offset >= page.total
        yield { people: page.employees.map(personOf), next: last ? null : `${offset}:${snapshot}`, total: page.total }
        if (last) return
      }
    },

    exists: async id => (await byId(id)) !== null,

    async reread(ids, _asOf, listingPage) {
      const found = new Map<string, Person>()
      if (ids.length > 1) {
        const { employees } = await api.find({ Limit: API.page, Offset: listingPage * API.page })
        for (const employee of employees) {
          if (ids.includes(String(employee.Id))) found.set(String(employee.Id), personOf(employee))
        }
      }
      for (const id of ids) {
        const person = found.has(id) ? null : await byId(id)
        if (person) found.set(id, person)
      }
      return found
    },

    batch: { size: API.batch, create: orders => createAll(orders), update: updateAll },

    async create(values) {
      return { id: only(await createAll([values])).id, current: values, left: {} }
    },

    async update(order) {
      if (Object.keys(order.set).length > 0) only(await updateAll([order]))
    },

    async findCreated(creates: readonly UncertainCreate[]) {
      const found = new Map<string, readonly string[]>()
      for (const { ref, key, values } of creates) {
        if (key === null) continue
        const ids = new Set<string>()
        for (const code of spellingsOf(values.Code, key)) {
          const { employees } = await api.find({ Code: code })
          for (const employee of employees) if (keyOf(plainText(employee.Code)) === key) ids.add(String(employee.Id))
        }
        found.set(ref, [...ids])
      }
      return found
    },
  }
}
