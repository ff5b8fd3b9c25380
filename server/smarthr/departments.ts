import type { Directory, Entry } from '../contract/contract.js'
import { scalarOf, textOf } from '../contract/conversions.js'
import type { Http } from '../calls/call.js'
import { neverWritten } from '../contract/listing.js'
import { isAmong, rereadBy } from '../contract/lookups.js'
import { everyRow, PAGE } from './pages.js'

export interface Department {
  id: string
  name?: string | null
  code?: string | null
  position?: number | null
  parent?: { id?: string } | null
}

/** Set on a department whose parent has no code: it stands at the top level on the other side. */
export const PARENT_WITHOUT_CODE = 'parent_without_code'
/** Set on departments that are each other's parents: neither can come first. */
export const IN_CYCLE = 'in_cycle'

const code = (department: Department | undefined) => textOf(scalarOf(department?.code))

/** Parents before children, siblings in SmartHR's own order. Departments in a circle come last. */
export function inOrder(departments: readonly Department[]): { department: Department; inCycle: boolean }[] {
  const known = new Map(departments.map(department => [department.id, department]))
  const children = new Map<string, Department[]>()
  const roots: Department[] = []
  for (const department of departments) {
    const parent = department.parent?.id
    if (parent === undefined || !known.has(parent)) roots.push(department)
    else children.set(parent, [...(children.get(parent) ?? []), department])
  }
  const byPosition = (list: readonly Department[]) => [...list].sort((a, b) => (a.position ?? 0) - (b.position ?? 0))
  const ordered: Department[] = []
  for (let level = byPosition(roots); level.length > 0;) {
    ordered.push(...level)
    level = level.flatMap(department => byPosition(children.get(department.id) ?? []))
  }
  const reached = new Set(ordered)
  return [
    ...ordered.map(department => ({ department, inCycle: false })),
    ...departments.filter(department => !reached.has(department)).map(department => ({ department, inCycle: true })),
  ]
}

/** SmartHR's departments as records of a run. They are read only: nothing is written there. */
export function createDepartmentDirectory({ http }: { http: Http }): Directory {
  const all = async (): Promise<Entry[]> => {
    const rows = await everyRow<Department>(http, { path: '/api/v1/departments' })
    const known = new Map(rows.map(row => [row.id, row]))
    return inOrder(rows).map(({ department, inCycle }) => {
      const parent = department.parent?.id === undefined ? undefined : known.get(department.parent.id)
      const name = textOf(scalarOf(department.name))
      return {
        id: department.id,
        key: code(department),
        name: name ?? '',
        kana: '',
        detail: '',
        values: {
          code: code(department),
          name,
          parent_code: code(parent) ?? null,
          [PARENT_WITHOUT_CODE]: parent !== undefined && code(parent) === null,
          [IN_CYCLE]: inCycle,
        },
      }
    })
  }
  const everything = async function* () {
    yield await all()
  }

  return {
    pageSize: PAGE,
    keysUnique: false,
    async *list() {
      const people = await all()
      yield { people, next: null, total: people.length }
    },
    exists: id => isAmong(id, everything()),
    reread: rereadBy({ search: everything }),
    ...neverWritten,
  }
}
