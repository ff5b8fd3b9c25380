import { badRequest, invalid, type Detail } from './errors.js'
import type { Json, Master, Tenant } from './store.js'

/** SmartHR's master of departments ends at ten levels. */
const LEVELS = 10

export const parentOf = (department: Master): Master | null => (department.parent as Master | null | undefined) ?? null

/** 本社/開発部/開発一課: follows every change of name above. */
export function fullName(department: Master): string {
  const parent = parentOf(department)
  return parent ? `${fullName(parent)}/${department.name}` : department.name
}

const depth = (department: Master | null): number => (department ? 1 + depth(parentOf(department)) : 0)

const isWithin = (department: Master | null, top: Master): boolean =>
  department !== null && (department.id === top.id || isWithin(parentOf(department), top))

/** A department as a parent: without children and timestamps (DepartmentNested). */
function nested(department: Master): Json {
  const parent = parentOf(department)
  return {
    id: department.id,
    name: department.name,
    full_name: fullName(department),
    position: department.position,
    code: department.code,
    parent: parent && nested(parent),
    company_id: department.company_id,
  }
}

const withChildren = (department: Master, children: Json[]): Json => ({
  ...nested(department),
  children,
  updated_at: department.updated_at,
  created_at: department.created_at,
})

/** As the list of departments shows them: flat, the tree in `parent` and `children` (SmartHR API reference, §3.2). */
export function departmentsShown(tenant: Tenant): (department: Master) => Json {
  const below = new Map<string, Master[]>()
  for (const department of tenant.departments) {
    const parent = parentOf(department)
    if (parent) below.set(parent.id, [...(below.get(parent.id) ?? []), department])
  }
  const shown = (department: Master): Json => withChildren(department, (below.get(department.id) ?? []).map(shown))
  return shown
}

/** As a crew shows them; whether children are included there is not documented, without them pages stay small. */
export const departmentOfCrew = (department: Master): Json => withChildren(department, [])

/** What is wrong with a department about to be written; `before` is null for a new one. */
export function departmentProblems(tenant: Tenant, { name, parent_id: parentId }: Json, before: Master | null) {
  const problems: Detail[] = []
  const wrong = (field: string, message: string) => problems.push(invalid('Department', field, message))
  if (typeof name === 'string' && name.includes('/')) wrong('name', '部署名に「/」は使用できません。')
  if (!parentId) return problems
  const parent = tenant.departments.find(department => department.id === parentId)
  if (!parent) {
    wrong('parent_id', '親部署は一覧にありません。')
    return problems
  }
  // assumed: the texts of the next two
  if (before && isWithin(parent, before)) {
    wrong('parent_id', '親部署に自身または配下の部署は指定できません。')
    return problems
  }
  const heights = before
    ? tenant.departments.filter(department => isWithin(department, before)).map(each => depth(each) - depth(before))
    : []
  if (depth(parent) + 1 + Math.max(0, ...heights) > LEVELS) wrong('parent_id', `部署は${LEVELS}階層まで登録できます。`)
  return problems
}

/** `parent_id` becomes the parent; where it is not named, the parent stays. */
export function completeDepartment(tenant: Tenant, { parent_id: parentId, ...fields }: Json): Json {
  if (parentId === undefined) return fields
  return { ...fields, parent: tenant.departments.find(department => department.id === parentId) ?? null }
}

/**
 * The department is no longer listed, and the slots of its people are empty; the other slots keep their places (§4.2).
 * Refused while it has children (assumed: no source says what becomes of them).
 */
export function removeDepartment(tenant: Tenant, department: Master): void {
  if (tenant.departments.some(candidate => parentOf(candidate)?.id === department.id))
    throw badRequest([invalid('Department', 'base', '配下に部署があるため、廃止できません。')])
  tenant.departments = tenant.departments.filter(candidate => candidate !== department)
  for (const crew of tenant.crews.values()) {
    const slots = crew.departments as (Master | null)[]
    if (slots.some(slot => slot?.id === department.id))
      crew.departments = slots.map(slot => (slot?.id === department.id ? null : slot))
  }
}

/** 廃止日 is the last day the department existed, and lies in the past (§3.2). */
export function checkDiscontinued(date: unknown, today: string): void {
  const problem =
    typeof date !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date))
      ? '廃止日は正しい形式で入力してください。'
      : date >= today
        ? '廃止日は過去の日付を入力してください。'
        : null
  if (problem !== null) throw badRequest([invalid('Department', 'discontinued_date', problem)])
}
