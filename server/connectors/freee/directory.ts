import { yearMonthOf } from '../../platform/clock.js'
import type { Http } from '../../calls/call.js'
import { ListingBroken, Uncertain, VendorMissing, VendorRefused } from '../../errors.js'
import type {
  Account,
  Directory,
  KnownPerson,
  ListPage,
  Person,
  Scalar,
  UncertainCreate,
  Values,
} from '../../contract/contract.js'
import { dateOf, joinFilled, katakana, keyOf, scalarOf, yen } from '../../contract/conversions.js'
import { byOffset, pagesOf, type Stretch } from '../../contract/paging.js'
import { employees, onlyMapped } from './employees.mapping.js'
import { isLater, writtenMonth, type YearMonth } from './months.js'

/** freee's largest page (HR schema, get_employees). */
const PAGE = 100

type Rule = Record<string, Scalar> | null

/** `employee` as freee answers it, as far as we read it (HR schema). */
export interface FreeeEmployee extends Record<string, unknown> {
  id: number
  num: string | null
  display_name: string
  entry_date: string | null
  retire_date: string | null
  payroll_calculation?: boolean
}

interface EmployeePage {
  employees: FreeeEmployee[]
  total_count: number
}

interface CompanyEmployee {
  id: number
  num: string | null
  display_name: string
  entry_date: string | null
}

const UNREADABLE =
  'freee人事労務からの応答を読み取れませんでした。時間をおいて、やり直してください。続く場合は、freee人事労務の障害情報を確認してください。'
const NO_REMUNERATION =
  '標準報酬月額がfreee人事労務から削除されたため、被保険者整理番号を登録できません。SmartHRかfreee人事労務で標準報酬月額を登録してから、再度同期してください。'
const NO_PAYROLL = 'freee人事労務で給与計算対象外の従業員のため、同期できません。'

/** The value at a mapping path: on the employee itself or in one of its rules. */
function valueAt(employee: FreeeEmployee, path: string): Scalar {
  const [rule, field] = path.split('.')
  const raw = field === undefined ? employee[rule ?? ''] : (employee[rule ?? ''] as Rule | undefined)?.[field]
  return scalarOf(raw)
}

/** One employee as the engine knows people. */
export function personOf(employee: FreeeEmployee): Person {
  const read = (path: string) => valueAt(employee, path)
  const name = joinFilled([read('profile_rule.last_name'), read('profile_rule.first_name')])
  const kana = [read('profile_rule.last_name_kana'), read('profile_rule.first_name_kana')]
  return {
    id: String(employee.id),
    key: keyOf(employee.num),
    name: name === '' ? employee.display_name : name,
    kana: joinFilled(kana.map(katakana)),
    detail: '',
    employedFrom: dateOf(employee.entry_date),
    employedUntil: dateOf(employee.retire_date),
    ...(employee.payroll_calculation === false && { excluded: NO_PAYROLL }),
    values: onlyMapped(read),
  }
}

/** The rules that are written one by one: the mapping's prefix, the path's last part, the body's key (freee §3.5). */
const RULES = ['profile_rule', 'bank_account_rule', 'health_insurance_rule', 'welfare_pension_insurance_rule'] as const
type RuleName = (typeof RULES)[number]

/** What freee wants in every write of a part, changed or not. */
const COMPANIONS: Readonly<Record<RuleName, readonly string[]>> = {
  profile_rule: ['last_name', 'first_name', 'last_name_kana', 'first_name_kana'],
  bank_account_rule: [],
  health_insurance_rule: ['reference_num', 'standard_monthly_remuneration'],
  welfare_pension_insurance_rule: ['reference_num', 'standard_monthly_remuneration'],
}

const REMUNERATION = 'standard_monthly_remuneration'

/** What POST takes of a new employee's own fields; the rest follows in PUTs (freee §3.5). */
const ON_CREATE: readonly (readonly [key: string, path: string])[] = [
  ['last_name', 'profile_rule.last_name'],
  ['first_name', 'profile_rule.first_name'],
  ['last_name_kana', 'profile_rule.last_name_kana'],
  ['first_name_kana', 'profile_rule.first_name_kana'],
  ['birth_date', 'birth_date'],
  ['entry_date', 'entry_date'],
  ['num', 'num'],
  ['gender', 'profile_rule.gender'],
  ['married', 'profile_rule.married'],
]

/** エクスポート設定, by the keys POST knows; not part of the mapping. */
export const SETTING_KEYS = [
  'working_hours_system_name',
  'company_reference_date_rule_name',
  'pay_calc_type',
  'pay_amount',
] as const

const mapped = new Set(employees.flatMap(pair => pair.service))

/** The values of one part without its prefix. */
function partOf(values: Values, rule: RuleName): Record<string, Scalar> {
  const prefix = `${rule}.`
  return Object.fromEntries(
    Object.entries(values).flatMap(([path, value]) =>
      path.startsWith(prefix) ? [[path.slice(prefix.length), value]] : [],
    ),
  )
}

/** A name as it may have been stored: composed or not, in either width, without signs that nobody sees. */
const written = (name: Scalar) => keyOf(name)

const own = (values: Values): Record<string, Scalar> =>
  Object.fromEntries(Object.entries(values).filter(([path]) => !path.includes('.')))

/**
 * The employees of one freee company, month by month: what is listed on a day is the version of its month, and a write
 * goes into the version that was read for it (`writtenMonth`).
 */
export function openEmployees({ http, account }: { http: Http; account: Account }): Directory<Person> {
  const company_id = Number(account.id)
  const inOrder = {
    most: PAGE,
    stretch: byOffset,
    idOf: (row: { id: number }) => String(row.id),
    name: 'freee人事労務',
  }
  const everyoneToo = { with_no_payroll_calculation: true }

  const page = async (
    month: YearMonth,
    { offset, limit }: Pick<Stretch, 'offset' | 'limit'>,
  ): Promise<EmployeePage> => {
    const { body } = await http.request<EmployeePage | null>({
      method: 'GET',
      path: '/api/v1/employees',
      query: { company_id, ...month, limit, offset, ...everyoneToo },
      kind: 'read',
    })
    if (!body || !Array.isArray(body.employees) || !Number.isInteger(body.total_count))
      throw new ListingBroken(UNREADABLE)
    return body
  }

  const single = async (id: string, month: YearMonth): Promise<Person | null> => {
    try {
      const { body } = await http.request<{ employee: FreeeEmployee }>({
        method: 'GET',
        path: `/api/v1/employees/${encodeURIComponent(id)}`,
        pathTemplate: '/api/v1/employees/{id}',
        query: { company_id, ...month },
        kind: 'read',
      })
      return personOf(body.employee)
    } catch (error) {
      if (error instanceof VendorMissing) return null
      throw error
    }
  }

  const companyPages = async function* (): AsyncIterable<CompanyEmployee[]> {
    const pages = pagesOf<CompanyEmployee>({
      ...inOrder,
      async ask({ offset, limit }) {
        const { body } = await http.request<CompanyEmployee[]>({
          method: 'GET',
          path: `/api/v1/companies/${company_id}/employees`,
          pathTemplate: '/api/v1/companies/{company_id}/employees',
          query: { limit, offset, ...everyoneToo },
          kind: 'read',
        })
        if (!Array.isArray(body)) throw new ListingBroken(UNREADABLE)
        // A bare array without a total (freee §3.4).
        return { rows: body, total: null }
      },
    })
    for await (const { rows } of pages) yield rows
  }

  /** Who was there when last asked. Absence is never remembered: somebody may have been registered since. */
  const seen = new Set<string>()

  /** Everybody freee lists in a month, page by page. */
  const listedIn = async function* (month: YearMonth, from?: string): AsyncIterable<ListPage<Person>> {
    const pages = pagesOf<FreeeEmployee>({
      ...inOrder,
      from,
      async ask(stretch) {
        const { employees: rows, total_count: total } = await page(month, stretch)
        return { rows, total }
      },
    })
    for await (const { rows, ...rest } of pages) yield { people: rows.map(personOf), ...rest }
  }

  const known = ({ id, num }: CompanyEmployee): KnownPerson => ({ id: String(id), key: keyOf(num) })

  /** Whether somebody joins in a later month than that of the day, and so has no version yet that would be written. */
  const joinsLater = (asOf: string, { entry_date }: CompanyEmployee) =>
    isLater(writtenMonth(asOf, entry_date), yearMonthOf(asOf))

  /** People by the month they join in. */
  const byMonth = (joiners: readonly CompanyEmployee[]) => {
    const months = new Map<string, { month: YearMonth; ids: Set<string> }>()
    for (const { id, entry_date } of joiners) {
      const month = yearMonthOf(entry_date ?? '')
      const named = `${month.year}-${month.month}`
      const found = months.get(named) ?? { month, ids: new Set<string>() }
      months.set(named, { month, ids: found.ids.add(String(id)) })
    }
    return [...months.values()]
  }

  return {
    pageSize: PAGE,
    keysUnique: false,

    list: (asOf, from) => listedIn(yearMonthOf(asOf), from),

    /** Who joins in a later month is written into that month's version, so that is the one to compare with. */
    async *everyone(asOf): AsyncIterable<readonly (KnownPerson | Person)[]> {
      const joiners: CompanyEmployee[] = []
      for await (const rows of companyPages()) {
        joiners.push(...rows.filter(row => joinsLater(asOf, row)))
        yield rows.filter(row => !joinsLater(asOf, row)).map(known)
      }
      for (const { month, ids } of byMonth(joiners)) {
        for await (const { people } of listedIn(month)) yield people.filter(person => ids.has(person.id))
      }
      // Whoever was not listed there after all is known to exist at least.
      yield joiners.map(known)
    },

    async exists(id) {
      if (seen.has(id)) return true
      // GET of one employee needs a month in which they are employed; the company's list knows everybody.
      for await (const rows of companyPages()) for (const row of rows) seen.add(String(row.id))
      return seen.has(id)
    },

    async reread(ids, asOf, listingPage) {
      const found = new Map<string, Person>()
      if (ids.length > 1) {
        const { employees: rows } = await page(yearMonthOf(asOf), { offset: listingPage * PAGE, limit: PAGE })
        for (const row of rows) if (ids.includes(String(row.id))) found.set(String(row.id), personOf(row))
      }
      for (const id of ids) {
        const person = found.has(id) ? null : await single(id, yearMonthOf(asOf))
        if (person) found.set(id, person)
      }
      if (found.size === ids.length) return found
      const missing = new Set(ids.filter(id => !found.has(id)))
      for await (const rows of companyPages()) {
        for (const row of rows) {
          const id = String(row.id)
          if (!missing.has(id) || !joinsLater(asOf, row)) continue
          const person = await single(id, writtenMonth(asOf, row.entry_date))
          if (person) found.set(id, person)
        }
      }
      return found
    },

    async create(values) {
      const sent: Record<string, Scalar> = {}
      for (const [key, path] of ON_CREATE) {
        const value = values[path]
        if (value !== undefined && value !== null) sent[key] = value
      }
      for (const key of SETTING_KEYS) {
        const value = values[key]
        if (value !== undefined && value !== null) sent[key] = value
      }
      const { body } = await http.request<{ employee?: FreeeEmployee } | null>({
        method: 'POST',
        path: '/api/v1/employees',
        body: { company_id, employee: sent },
        kind: 'create',
      })
      // Taken, but not said as whom: it has to be looked up, never sent again.
      const employee = body?.employee
      if (!employee || !Number.isInteger(employee.id)) throw new Uncertain(UNREADABLE)
      const current = personOf(employee).values
      const left = Object.fromEntries(
        Object.entries(values).filter(([path, value]) => mapped.has(path) && (value ?? '') !== (current[path] ?? '')),
      )
      return { id: String(employee.id), current, left }
    },

    async update({ id, set, current, today }) {
      const month = writtenMonth(today, current.entry_date)
      const put = (path: string, pathTemplate: string, body: Record<string, unknown>) =>
        http.request({
          method: 'PUT',
          path,
          pathTemplate,
          body: { company_id, ...month, ...body },
          kind: 'update',
        })
      const at = `/api/v1/employees/${encodeURIComponent(id)}`
      const merged: Values = { ...current, ...set }

      const changedOwn = own(set)
      if (Object.keys(changedOwn).length > 0) {
        const { birth_date, entry_date } = merged
        await put(at, '/api/v1/employees/{id}', { employee: { birth_date, entry_date, ...changedOwn } })
      }
      for (const rule of RULES) {
        const changed = partOf(set, rule)
        if (Object.keys(changed).length === 0) continue
        const whole = partOf(merged, rule)
        // Without a 標準報酬月額 on either side this write can't be formed (freee §3.2); the plan has left it out.
        if (COMPANIONS[rule].includes(REMUNERATION) && yen(whole[REMUNERATION], 1) === null) {
          throw new VendorRefused(NO_REMUNERATION)
        }
        const companions = COMPANIONS[rule].flatMap(field => {
          const value = whole[field]
          return value === null || value === undefined ? [] : [[field, value] as const]
        })
        await put(`${at}/${rule}`, `/api/v1/employees/{employee_id}/${rule}`, {
          [`employee_${rule}`]: { ...Object.fromEntries(companions), ...changed },
        })
      }
    },

    async findCreated(creates: readonly UncertainCreate[]) {
      const wanted = creates.map(create => ({
        ref: create.ref,
        key: create.key,
        entryDate: create.values.entry_date ?? null,
        // freee joins 姓 and 名 with a space (HR schema, create_employee)
        name: written([create.values['profile_rule.last_name'], create.values['profile_rule.first_name']].join(' ')),
      }))
      const found = new Map<string, string[]>()
      for await (const rows of companyPages()) {
        for (const row of rows) {
          for (const { ref, key, entryDate, name } of wanted) {
            if (keyOf(row.num) !== key || row.entry_date !== entryDate || written(row.display_name) !== name) continue
            found.set(ref, [String(row.id), ...(found.get(ref) ?? [])])
          }
        }
      }
      return found
    },
  }
}
