import { randomUUID } from 'node:crypto'
import { malformed, unknownSnapshot } from './errors.js'
import { employeeJson } from './records.js'
import type { Area, Employee, PcaSwitches, Session } from './store.js'

const DEFAULT_PAGE = 50
const LARGEST_PAGE = 200

type Query = Record<string, unknown>

/**
 * `Find/Employee` (reference §4.4): one page of a list. The first page freezes the list under a SnapshotId; a later
 * page without it starts another list, in which people may have moved.
 */
export function findEmployees(
  { area, session, switches }: { area: Area; session: Session; switches: PcaSwitches },
  query: Query,
): { headers: Record<string, string>; body: object } {
  const { snapshotId, rows } = listOf(area, session, query)
  const limit = Math.min(LARGEST_PAGE, whole(query.Limit, DEFAULT_PAGE))
  const offset = whole(query.Offset, 0)
  const numbers = query.FlagFormat === 'Number'
  const page = rows.slice(offset, offset + limit).map(employee => employeeJson(employee, switches, numbers))
  return {
    headers: {
      'X-PCA-Pagination-SnapshotId': snapshotId,
      'X-PCA-Pagination-TotalListCount': String(rows.length),
    },
    body: { ArrayOfBEEmployee: page.length === 0 ? {} : { BEEmployee: page } },
  }
}

function listOf(area: Area, session: Session, query: Query): { snapshotId: string; rows: readonly Employee[] } {
  const asked = query.SnapshotId
  if (asked !== undefined && asked !== '') {
    const rows = typeof asked === 'string' ? session.snapshots.get(`${area.Name} ${asked}`) : undefined
    if (typeof asked !== 'string' || !rows) throw unknownSnapshot()
    return { snapshotId: asked, rows }
  }
  const snapshotId = randomUUID()
  const rows = filtered(area, query)
  session.snapshots.set(`${area.Name} ${snapshotId}`, rows)
  return { snapshotId, rows }
}

function filtered(area: Area, { Id, Code }: Query): readonly Employee[] {
  if (Id !== undefined) {
    const found = area.employees.get(whole(Id, 0))
    return found ? [found] : []
  }
  if (typeof Code === 'string') return area.employees.withCode(Code)
  return area.employees.all()
}

function whole(value: unknown, otherwise: number): number {
  if (value === undefined || value === '') return otherwise
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) throw malformed()
  return Number(value)
}
