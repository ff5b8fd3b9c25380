import { ListingBroken, Uncertain } from '../../errors.js'
import { joinFilled, katakana, scalarOf, textOf } from '../../contract/conversions.js'
import type { Http } from '../../calls/call.js'
import { emailKeyOf, exactKeyOf } from '../../contract/keys.js'
import { byNumber, pagesOf, type Stretch } from '../../contract/paging.js'
import type { Account, Choice, Directory, ListPage, Person, UncertainCreate, Values } from '../../contract/contract.js'

/**
 * ミキワメ's side. No public API was found: the whole contract is assumed (reference §7) and stands here alone, so that
 * the real one can take its place.
 */

/** Largest page. */
const PAGE = 100

const UNREADABLE =
  'ミキワメからの応答を読み取れませんでした。時間をおいて、やり直してください。続く場合は、ミキワメのサポートにお問い合わせください。'

type Row = Readonly<Record<string, unknown>> & { id: string }

/** The two datasets: paths, envelopes and how a row becomes a record of a run. */
const DATASETS = {
  departments: {
    path: '/divisions',
    one: 'division',
    many: 'divisions',
    fields: ['code', 'name', 'parent_code'],
    key: 'code',
    name: (row: Row) => textOf(scalarOf(row.name)) ?? '',
    kana: () => '',
  },
  employees: {
    path: '/employees',
    one: 'employee',
    many: 'employees',
    fields: [
      'email',
      'last_name',
      'first_name',
      'last_name_kana',
      'first_name_kana',
      'employee_number',
      'gender',
      'birth_on',
      'division_code',
      'job_title',
      'joined_on',
      'retired_on',
      'employment_type',
      'retired',
    ],
    key: 'email',
    name: (row: Row) => both(row.last_name, row.first_name),
    kana: (row: Row) => katakana(both(row.last_name_kana, row.first_name_kana)) ?? '',
  },
} as const

export type Dataset = keyof typeof DATASETS

const both = (one: unknown, two: unknown): string => joinFilled([scalarOf(one), scalarOf(two)])

/** E-mails are compared in compatibility form and without case (reference §5.1, assumed); codes exactly (§4.1). */
export const emailKey = emailKeyOf
export const codeKey = exactKeyOf

/** The company the operator's token opens. */
export async function identifyCompany(http: Http): Promise<Account> {
  const { body } = await http.request<{ admin?: { company?: { id?: unknown; name?: unknown } } } | null>({
    method: 'GET',
    path: '/admins/me',
    kind: 'read',
  })
  const company = body?.admin?.company
  if (typeof company?.id !== 'string') throw new ListingBroken(UNREADABLE)
  return { id: company.id, code: '', name: typeof company.name === 'string' ? company.name : '' }
}

/** One dataset of the company. */
export function openStore(http: Http, dataset: Dataset): Directory {
  const { path, one, many, fields, key, name, kana } = DATASETS[dataset]
  const normalise = dataset === 'employees' ? emailKey : codeKey

  const recordOf = (row: Row): Person => {
    const values = Object.fromEntries(fields.map(field => [field, scalarOf(row[field])]))
    return {
      id: row.id,
      key: normalise(values[key]),
      name: name(row),
      kana: kana(row),
      department: '',
      employedFrom: null,
      employedUntil: null,
      values,
    }
  }

  const pageOf = async (listPath: string, envelope: string, { page, limit }: Pick<Stretch, 'page' | 'limit'>) => {
    const { body } = await http.request<Record<string, unknown> | null>({
      method: 'GET',
      path: listPath,
      query: { page, per_page: limit },
      kind: 'read',
    })
    const rows = body?.[envelope]
    const total = body?.total_count
    if (!Array.isArray(rows) || typeof total !== 'number') throw new ListingBroken(UNREADABLE)
    return { rows: rows as Row[], total }
  }

  const pages = (listPath: string, envelope: string, from?: string) =>
    pagesOf<Row>({
      most: PAGE,
      stretch: byNumber,
      ask: stretch => pageOf(listPath, envelope, stretch),
      idOf: row => String(row.id),
      name: 'ミキワメ',
      from,
    })

  const idOf = (body: Record<string, unknown> | null): string => {
    const row = body?.[one] as Row | undefined
    // Taken, but not said as whom: it has to be looked up, never sent again.
    if (typeof row?.id !== 'string') throw new Uncertain(UNREADABLE)
    return row.id
  }

  return {
    pageSize: PAGE,
    keysUnique: true,

    async *list(_asOf, from): AsyncIterable<ListPage> {
      for await (const { rows, ...rest } of pages(path, many, from)) yield { people: rows.map(recordOf), ...rest }
    },

    async choices(list): Promise<Choice[]> {
      const choices: Choice[] = []
      for await (const { rows } of pages(`/${list}`, list))
        choices.push(...rows.map(row => ({ value: codeKey(scalarOf(row.code)) ?? '', label: both(row.name, '') })))
      return choices
    },

    async exists(id) {
      for await (const { rows } of pages(path, many)) if (rows.some(row => row.id === id)) return true
      return false
    },

    async reread(ids, _asOf, listingPage) {
      const found = new Map<string, Person>()
      const take = (rows: readonly Row[]) => {
        for (const row of rows) if (ids.includes(row.id)) found.set(row.id, recordOf(row))
      }
      take((await pageOf(path, many, { page: listingPage + 1, limit: PAGE })).rows)
      if (found.size === ids.length) return found
      // Somebody may have been added or removed in between.
      for await (const { rows } of pages(path, many)) {
        take(rows)
        if (found.size === ids.length) break
      }
      return found
    },

    async create(values) {
      const { body } = await http.request<Record<string, unknown> | null>({
        method: 'POST',
        path,
        body: { [one]: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) },
        kind: 'create',
      })
      return { id: idOf(body), current: values, left: {} }
    },

    async update({ id, set }) {
      if (Object.keys(set).length === 0) return
      await http.request({
        method: 'PATCH',
        path: `${path}/${encodeURIComponent(id)}`,
        pathTemplate: `${path}/{id}`,
        body: { [one]: set as Values },
        kind: 'update',
      })
    },

    async findCreated(creates: readonly UncertainCreate[]) {
      const wanted = new Map(
        creates.flatMap(({ ref, key: wantedKey }) => (wantedKey === null ? [] : [[wantedKey, ref]])),
      )
      const found = new Map<string, readonly string[]>()
      for await (const { rows } of pages(path, many)) {
        for (const row of rows) {
          const ref = wanted.get(normalise(scalarOf(row[key])) ?? '')
          if (ref !== undefined) found.set(ref, [row.id])
        }
      }
      return found
    },
  }
}
