import { Uncertain, VendorBlocked, VendorMissing } from '../errors.js'
import { scalarOf, textOf } from '../contract/conversions.js'
import type { ListEntry } from '../contract/contract.js'
import type { Http } from '../calls/call.js'
import type { Crew } from './crew.js'
import { everyRow, PAGE, pageOf, UNREADABLE, type Json } from './pages.js'

/** Our own writes must not come back as webhooks (§2.8). */
const NO_WEBHOOK = { skip_sending_webhook: true }

const CREWS = '/api/v1/crews'

/** Master lists that values may be chosen from: path → the attributes that name an entry, the first one that is filled. */
const MASTERS: Readonly<Record<string, readonly string[]>> = {
  biz_establishments: ['name'],
  departments: ['full_name', 'name'],
  employment_types: ['name'],
}

const one = (id: string) => ({ path: `${CREWS}/${encodeURIComponent(id)}`, pathTemplate: `${CREWS}/{id}` })

/** SmartHR's calls about crews; `fields`: the attributes that are read. */
export function openCrews(http: Http, fields: string) {
  const listCall = (query: Record<string, string>) => ({ path: CREWS, query: { fields, ...query } })

  return {
    /** All crews, in a stable order: page numbers over a moving one would skip people (§2.3). */
    everybody: listCall({ sort: 'created_at' }),

    /** The crews that fit a filter for so few that one page holds them. */
    some: async (filter: Record<string, string>): Promise<Crew[]> =>
      (await pageOf<Crew>(http, listCall(filter), { page: 1, limit: PAGE })).rows,

    /** Only a clear "not found" is false; no right to see the person is true. */
    async exists(id: string): Promise<boolean> {
      try {
        await http.request({ method: 'GET', ...one(id), query: { fields: 'id' }, kind: 'read' })
        return true
      } catch (error) {
        if (error instanceof VendorMissing) return false
        if (error instanceof VendorBlocked) return true
        throw error
      }
    },

    async create(body: Json): Promise<Crew> {
      const { body: crew } = await http.request<Crew | null>({
        method: 'POST',
        path: CREWS,
        query: NO_WEBHOOK,
        body,
        kind: 'create',
      })
      // Taken, but the answer has no id: the record has to be looked up, never sent again.
      if (typeof crew?.id !== 'string') throw new Uncertain(UNREADABLE)
      return crew
    },

    async update(id: string, body: Json): Promise<Crew> {
      const answer = await http.request<Crew>({ method: 'PATCH', ...one(id), query: NO_WEBHOOK, body, kind: 'update' })
      return answer.body
    },

    async choices(list: string): Promise<ListEntry[]> {
      const named = MASTERS[list]
      if (!named) throw new Error(`no list ${list}`)
      return (await everyRow<Json>(http, { path: `/api/v1/${list}` })).map(row => {
        const [name = ''] = named.flatMap(attribute => textOf(scalarOf(row[attribute])) ?? [])
        const code = textOf(scalarOf(row.code))
        return { value: String(row.id), label: code === null ? name : `${code} ${name}`, code, name }
      })
    },

    /** Names of all 役職. */
    titles: async (): Promise<ReadonlySet<string>> =>
      new Set((await everyRow(http, { path: '/api/v1/job_titles' })).map(row => String(row.name))),
  }
}
