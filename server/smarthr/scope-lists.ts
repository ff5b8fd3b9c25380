import type { Http } from '../calls/call.js'
import { scalarOf, textOf } from '../contract/conversions.js'
import { scopedCrew, type ScopeList, type ScopeMasters, type ScopedCrew } from '../contract/scope.js'
import { personOf, type Crew } from './crew.js'
import { inOrder, type Department } from './departments.js'
import { everyRow, pageOf, rowPages, type Identified, type Json } from './pages.js'

/** What 対象範囲 is chosen from and judged by: a company's own lists in SmartHR. */

/** An entry of a list as a page offers it; a department with those above it. */
export interface ScopeChoice {
  id: string
  name: string
}

export interface ScopeLists extends ScopeMasters {
  departments: readonly (ScopeChoice & { parentId: string | null; path: string })[]
  employmentTypes: readonly ScopeChoice[]
  establishments: readonly ScopeChoice[]
}

const named = ({ id, name }: Json): ScopeChoice => ({ id: String(id), name: textOf(scalarOf(name)) ?? '' })

/** Each department below the one it belongs to, in SmartHR's own order; those in a circle come last. */
function asTree(rows: readonly Department[]): ScopeLists['departments'] {
  const known = new Set(rows.map(({ id }) => id))
  const below = new Map<string | null, Department[]>()
  const ordered = inOrder(rows)
  const [placed, circles] = [ordered.filter(({ inCycle }) => !inCycle), ordered.filter(({ inCycle }) => inCycle)]
  for (const { department } of placed) {
    const parent = department.parent?.id ?? null
    const above = parent !== null && known.has(parent) ? parent : null
    below.set(above, [...(below.get(above) ?? []), department])
  }
  const branch = (above: string | null, way: string): ScopeLists['departments'] =>
    (below.get(above) ?? []).flatMap(department => {
      const own = named({ ...department })
      return [{ ...own, parentId: above, path: way + own.name }, ...branch(own.id, `${way}${own.name} / `)]
    })
  const rest = circles.map(({ department }) => {
    const own = named({ ...department })
    return { ...own, parentId: department.parent?.id ?? null, path: own.name }
  })
  return [...branch(null, ''), ...rest]
}

/** The lists asked for; the others are empty. Throws like any call to SmartHR. */
export async function readScopeLists(http: Http, lists: readonly ScopeList[]): Promise<ScopeLists> {
  const read = async <Row extends Identified = Json>(list: ScopeList, path: string): Promise<Row[]> =>
    lists.includes(list) ? everyRow<Row>(http, { path: `/api/v1/${path}` }) : []
  const [departments, employmentTypes, establishments] = await Promise.all([
    read<Department>('departments', 'departments'),
    read('employmentTypes', 'employment_types'),
    read('establishments', 'biz_establishments'),
  ])
  return {
    departments: asTree(departments),
    employmentTypes: employmentTypes.map(named),
    establishments: establishments.map(named),
  }
}

const FIELDS = ['id', 'emp_code', 'emp_status', 'departments', 'employment_type']

const crewsCall = (extra: readonly string[], query: Record<string, string>) => ({
  path: '/api/v1/crews',
  query: { fields: [...FIELDS, ...extra].join(','), ...query },
})

/** People as scopes look at them, page by page, and how many there are in all. */
export async function* scopedCrews(
  http: Http,
  masters: ScopeMasters,
  extra: readonly string[],
): AsyncIterable<{ crews: ScopedCrew[]; total: number | null }> {
  for await (const { rows, total } of rowPages<Crew>(http, crewsCall(extra, { sort: 'created_at' })))
    yield { crews: rows.map(row => scopedCrew(personOf(row, new Map()), masters)), total }
}

/** The ids of whoever has this 社員番号; it is exact there. */
export async function crewsByNumber(http: Http, number: string): Promise<string[]> {
  const call = crewsCall([], { emp_code: number })
  return (await pageOf<Crew>(http, call, { page: 1, limit: 2 })).rows.map(({ id }) => id)
}
