import { parentOf } from './departments.js'
import { employmentTypeOfCrew, renameOnCrews } from './employment-types.js'
import { removeGroup, removeTemplate } from './custom-fields.js'
import { crewOf, emptyCrew, uuid } from './records.js'
import { populateDependents } from './seed-dependents.js'
import { clearCrews, putCrew, type Crew, type Json, type Master, type Tenant } from './store.js'
import type { MadeUpPerson } from '../people.js'

/**
 * What tests put in the place of a company's records, past the API's checks: SmartHR may hold what its API refuses.
 * Every function throws, with a sentence, on what it does not understand.
 */

const entriesOf = (what: string, value: unknown): Json[] => {
  const isEntry = (entry: unknown) => typeof entry === 'object' && entry !== null && !Array.isArray(entry)
  if (!Array.isArray(value) || !value.every(isEntry)) throw new Error(`${what} is a list of objects`)
  return value as Json[]
}

const idOf = ({ id }: Json): string | undefined => (typeof id === 'string' ? id : undefined)

const knownOnly = (what: string, entry: Json, known: readonly string[]) => {
  for (const key of Object.keys(entry)) if (!known.includes(key)) throw new Error(`${what} has no "${key}"`)
}

/**
 * The departments are these from now on, in this order: `{ name, code?, position?, parent?, id? }`, where `parent` is
 * another entry's code or id, before or after it. A code known so far keeps its id, so that its people stay in it.
 */
export function replaceDepartments(tenant: Tenant, value: unknown): void {
  const entries = entriesOf('departments', value)
  const taken = new Set<string>()
  const fresh = entries.map((entry, index): Master => {
    knownOnly('a department', entry, ['id', 'name', 'code', 'position', 'parent'])
    const { name, code = null, position = index + 1 } = entry
    if (typeof name !== 'string') throw new Error('a department needs a name')
    const former = code === null ? undefined : tenant.departments.find(department => department.code === code)
    const id = [idOf(entry), former?.id].find(each => each && !taken.has(each)) ?? uuid(`at ${index} ${name}`)
    taken.add(id)
    const timestamps = { updated_at: '2026-04-01T00:00:00.000Z', created_at: '2024-04-01T00:00:00.000Z' }
    return { id, name, code, position, parent: null, company_id: tenant.companies[0]?.id, ...timestamps }
  })
  fresh.forEach((department, index) => {
    const named = entries[index]?.parent ?? null
    if (named === null) return
    const parent = fresh.find(candidate => candidate.id === named || candidate.code === named)
    if (!parent) throw new Error(`no department has the code or id ${JSON.stringify(named)}`)
    for (let above: Master | null = parent; above; above = parentOf(above))
      if (above === department) throw new Error(`${department.name} is its own ancestor`)
    department.parent = parent
  })
  tenant.departments = fresh
  for (const crew of tenant.crews.values()) {
    const slots = crew.departments as (Master | null)[]
    crew.departments = slots.map(slot => fresh.find(candidate => candidate.id === slot?.id) ?? null)
  }
}

const named = (kind: string, list: readonly Master[], by: readonly string[], value: unknown): Master => {
  const found = list.find(master => by.some(key => master[key] === value))
  if (!found) throw new Error(`there is no ${kind} ${JSON.stringify(value)}`)
  return found
}

/** `{ "ミキワメ連携": "連携しない" }`: items by their names, choices by theirs. */
function customFields(tenant: Tenant, value: unknown): Json[] {
  return Object.entries(value as Json).map(([name, chosen]) => {
    const template = named('custom item', tenant.templates, ['name', 'id'], name)
    if (template.type !== 'enum') return { value: chosen, template }
    const choice = named('choice', template.elements as Master[], ['name', 'physical_name', 'id'], chosen)
    return { value: choice.physical_name ?? choice.id, template }
  })
}

/**
 * One crew from attributes as the API answers them. Some may be short: `departments` as codes, ids or null by slot,
 * `positions` as names or null by slot, `employment_type` as a name, `custom_fields` as an object of names.
 */
function replacement(tenant: Tenant, entry: Json, index: number): Crew {
  const at = new Date(Date.parse('2024-04-01T00:00:00Z') + index * 60_000)
  const empty = emptyCrew(tenant, idOf(entry) ?? uuid(`replacement ${index}`), at)
  knownOnly('a crew', entry, Object.keys(empty))
  const crew: Crew = { ...empty, ...entry, id: empty.id }
  const slots = <T>(name: string, read: (value: unknown) => T) =>
    (crew[name] as unknown[]).map(slot => slot && read(slot))
  crew.departments = slots('departments', value =>
    named('department', tenant.departments, ['code', 'id'], typeof value === 'string' ? value : (value as Json).id),
  )
  crew.positions = slots('positions', value => {
    if (typeof value !== 'string') return value
    const title = tenant.jobTitles.find(candidate => candidate.name === value)
    return {
      id: title?.id ?? uuid(`job title ${value}`),
      name: value,
      rank: title?.rank ?? null,
      code: title?.code ?? null,
    }
  })
  crew.position = ((crew.positions as (Json | null)[])[0]?.name as string | undefined) ?? null
  if (typeof entry.employment_type === 'string')
    crew.employment_type = employmentTypeOfCrew(
      named('employment type', tenant.employmentTypes, ['name'], entry.employment_type),
    )
  crew.emp_type = (crew.employment_type as Json | null)?.preset_type ?? null
  if (!Array.isArray(crew.custom_fields)) crew.custom_fields = customFields(tenant, crew.custom_fields)
  return crew
}

/** The crews are these from now on; what an entry leaves out is blank. Payslips and families of former crews go. */
export function replaceCrews(tenant: Tenant, value: unknown): void {
  const crews = entriesOf('crews', value).map((entry, index) => replacement(tenant, entry, index))
  clearCrews(tenant)
  for (const crew of crews) putCrew(tenant, crew)
}

/** The crews are these made-up people from now on. */
export function replaceByPeople(tenant: Tenant, people: readonly MadeUpPerson[], now: Date): void {
  clearCrews(tenant)
  people.forEach((person, index) => {
    const at = new Date(now.getTime() - (people.length - index) * 1000)
    putCrew(tenant, crewOf(tenant, person, uuid(`populated ${person.code}`), at))
  })
  populateDependents(tenant)
}

/** So many 給与振込口座, numbered from 1; the first stays as it is. */
export function numberOfAccounts(tenant: Tenant, value: unknown): void {
  if (!Number.isSafeInteger(value) || Number(value) < 1) throw new Error('bankAccountSettings is a whole number')
  const [first] = tenant.bankAccountSettings
  if (!first) throw new Error('there is no 給与振込口座')
  tenant.bankAccountSettings = Array.from({ length: Number(value) }, (_, index) =>
    index === 0
      ? first
      : {
          ...first,
          id: uuid(`account setting ${index}`),
          name: `給与振込口座${index + 1}`,
          number: index + 1,
          preset_type: null,
        },
  )
}

/** `{ from, to }`: an employment type gets another name and keeps its preset, as SmartHR's screen allows. */
export function renameEmploymentType(tenant: Tenant, value: unknown): void {
  const { from, to } = (value ?? {}) as Json
  const type = named('employment type', tenant.employmentTypes, ['name'], from)
  if (typeof to !== 'string') throw new Error('renameEmploymentType is { from, to }')
  type.name = to
  renameOnCrews(tenant, type)
}

/** A custom item, or a whole group, is deleted on SmartHR's screen, with every value. */
export function deleteCustomField(tenant: Tenant, name: unknown): void {
  const group = tenant.templateGroups.find(candidate => candidate.name === name)
  if (group) removeGroup(tenant, group)
  else removeTemplate(tenant, named('custom item or group', tenant.templates, ['name'], name))
}
