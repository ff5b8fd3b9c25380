import { ListingBroken, Uncertain } from '../../errors.js'
import { filledOf } from '../../contract/blanks.js'
import { joinFilled, katakana, scalarOf, textOf } from '../../contract/conversions.js'
import type { Http } from '../../calls/call.js'
import { emailKeyOf, exactKeyOf } from '../../contract/keys.js'
import { createdAmong, isAmong, rereadBy, sameKey } from '../../contract/lookups.js'
import { byNumber, listingOf, pagesOf, type Stretch } from '../../contract/paging.js'
import type { Account, Directory, Entry, ListEntry } from '../../contract/contract.js'

/**
 * ミキワメ's side. No public API was found: the whole contract is assumed (reference §7) and stands here alone, so that
 * the real one can take its place.
 */

/** Largest page. */
const PAGE = 100

export const UNREADABLE =
  'ミキワメからの応答を読み取れませんでした。時間をおいて、やり直してください。続く場合は、ミキワメのサポートにお問い合わせください。'

type Row = Readonly<Record<string, unknown>> & { id: string }

/** E-mails are compared in compatibility form and without case (reference §5.1, assumed); codes exactly (§4.1). */
export const emailKey = emailKeyOf
export const codeKey = exactKeyOf

/** The two datasets: paths, envelopes and how a row becomes a record of a run. */
const DATASETS = {
  departments: {
    path: '/divisions',
    one: 'division',
    many: 'divisions',
    fields: ['code', 'name', 'parent_code'],
    key: (row: Row) => codeKey(scalarOf(row.code)),
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
    key: (row: Row) => emailKey(scalarOf(row.email)),
    name: (row: Row) => both(row.last_name, row.first_name),
    kana: (row: Row) => katakana(both(row.last_name_kana, row.first_name_kana)) ?? '',
  },
} as const

export type Dataset = keyof typeof DATASETS

const both = (one: unknown, two: unknown): string => joinFilled([scalarOf(one), scalarOf(two)])

/** The company that the token opens. */
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

/** A list of the company: whole, or one page of it. */
function listAt(http: Http, path: string, envelope: string) {
  const page = async ({ page, limit }: Pick<Stretch, 'page' | 'limit'>) => {
    const { body } = await http.request<Record<string, unknown> | null>({
      method: 'GET',
      path,
      query: { page, per_page: limit },
      kind: 'read',
    })
    const rows = body?.[envelope]
    const total = body?.total_count
    if (!Array.isArray(rows) || typeof total !== 'number') throw new ListingBroken(UNREADABLE)
    return { rows: rows as Row[], total }
  }
  return {
    page,
    pages: (from?: string) =>
      pagesOf<Row>({ most: PAGE, stretch: byNumber, ask: page, idOf: row => String(row.id), name: 'ミキワメ', from }),
  }
}

async function choicesOf(http: Http, list: string): Promise<ListEntry[]> {
  const choices: ListEntry[] = []
  for await (const { rows } of listAt(http, `/${list}`, list).pages())
    for (const row of rows) {
      const value = codeKey(scalarOf(row.code))
      // What has no code can't be chosen by one.
      if (value === null) continue
      const name = both(row.name, '')
      choices.push({ value, label: name, code: value, name })
    }
  return choices
}

/** One dataset of the company. */
export function openStore(http: Http, dataset: Dataset): Directory {
  const { path, one, many, fields, key, name, kana } = DATASETS[dataset]
  const list = listAt(http, path, many)

  const recordOf = (row: Row): Entry => ({
    id: row.id,
    key: key(row),
    name: name(row),
    kana: kana(row),
    detail: '',
    values: Object.fromEntries(fields.map(field => [field, scalarOf(row[field])])),
  })

  const everybody = async function* () {
    for await (const { rows } of list.pages()) yield rows.map(recordOf)
  }

  return {
    pageSize: PAGE,
    keysUnique: true,

    list: (_asOf, from) => listingOf(list.pages(from), recordOf),
    choices: name => choicesOf(http, name),
    exists: id => isAmong(id, everybody()),
    reread: rereadBy({
      page: async (_asOf, number) => (await list.page({ page: number + 1, limit: PAGE })).rows.map(recordOf),
      // A record may have been added or removed in between.
      search: everybody,
    }),
    findCreated: createdAmong({ lists: everybody, fits: sameKey }),

    async create(values) {
      const { body } = await http.request<Record<string, unknown> | null>({
        method: 'POST',
        path,
        body: { [one]: filledOf(values) },
        kind: 'create',
      })
      const created = body?.[one] as Row | undefined
      // Taken, but the answer has no id: the record has to be looked up, never sent again.
      if (typeof created?.id !== 'string') throw new Uncertain(UNREADABLE)
      return { id: created.id, current: values, left: {} }
    },

    async update({ id, set }) {
      if (Object.keys(set).length === 0) return
      await http.request({
        method: 'PATCH',
        path: `${path}/${encodeURIComponent(id)}`,
        pathTemplate: `${path}/{id}`,
        body: { [one]: set },
        kind: 'update',
      })
    },
  }
}
