import { randomUUID } from 'node:crypto'
import { invalid, type Detail } from './errors.js'
import type { Json, Master, Tenant } from './store.js'

const TYPES = ['date', 'decimal', 'enum', 'file', 'string', 'text']
const ACCESS = ['read_and_update', 'hidden', 'read_and_update_values', 'read_and_update_only_origin']

interface Element extends Json {
  id: string
  name: string
  physical_name: string | null
}

const elementsOf = (template: Json): Element[] => (template.elements ?? []) as Element[]

/** What is wrong with a group (SmartHR API reference, §3.6). Two groups of one name are taken: nobody says otherwise. */
export const groupProblems = (_tenant: Tenant, { access_type: access }: Json): Detail[] =>
  access === undefined || access === null || ACCESS.some(known => known === access)
    ? []
    : [invalid('CrewCustomFieldTemplateGroup', 'access_type', 'アクセス種別は一覧にありません。')]

/** What is wrong with an item (§3.6). Two items of one name are taken, as with groups. */
export function templateProblems(tenant: Tenant, fields: Json, before: Master | null): Detail[] {
  const problems: Detail[] = []
  const wrong = (field: string, message: string) => problems.push(invalid('CrewCustomFieldTemplate', field, message))
  const { type = before?.type, group_id: group, elements } = fields
  if (type !== undefined && type !== null && !TYPES.some(known => known === type))
    wrong('type', '種類は一覧にありません。')
  if (group !== undefined && group !== null && !tenant.templateGroups.some(candidate => candidate.id === group))
    wrong('group_id', 'グループは一覧にありません。')
  if (elements === undefined || elements === null) return problems
  if (!Array.isArray(elements)) {
    wrong('elements', '選択肢は正しい形式で入力してください。')
    return problems
  }
  if (type !== 'enum' && elements.length > 0) wrong('elements', '選択肢はドロップダウンリストにのみ指定できます。')
  for (const element of elements as Json[]) {
    if (typeof element.name !== 'string' || element.name === '') wrong('elements', '選択肢の名前を入力してください。')
    const known = element.id === undefined || (before && elementsOf(before).some(({ id }) => id === element.id))
    if (!known) wrong('elements', '選択肢は一覧にありません。')
  }
  return problems
}

/**
 * Elements get ids and positions. An element with an id changes the one there is; those not listed go with a PUT and
 * stay with a PATCH (§3.6).
 */
export function completeTemplate(fields: Json, before: Master | null, whole: boolean): Json {
  if (!('elements' in fields)) return fields
  if (!Array.isArray(fields.elements)) return { ...fields, elements: null }
  const given = fields.elements as Json[]
  const old = before ? elementsOf(before) : []
  const kept = old.filter(element => !whole && !given.some(({ id }) => id === element.id))
  const written = given.map((element, index) => ({
    physical_name: null,
    position: kept.length + index + 1,
    ...old.find(({ id }) => id === element.id),
    ...element,
    id: element.id ?? randomUUID(),
  }))
  return { ...fields, elements: [...kept, ...written] }
}

type Value = { value: unknown; template: Master }

const keepValues = (tenant: Tenant, keep: (field: Value) => boolean) => {
  for (const crew of tenant.crews.values()) crew.custom_fields = (crew.custom_fields as Value[]).filter(keep)
}

/** Values that named an element which is gone go too. */
export function dropLostValues(tenant: Tenant, template: Master): void {
  if (template.type !== 'enum') return
  const values = new Set(elementsOf(template).map(element => element.physical_name ?? element.id))
  keepValues(tenant, field => field.template.id !== template.id || values.has(field.value as string))
}

/** Every value of the item goes with it (§3.6). */
export function removeTemplate(tenant: Tenant, template: Master): void {
  tenant.templates = tenant.templates.filter(candidate => candidate !== template)
  keepValues(tenant, field => field.template.id !== template.id)
}

/** A group takes its items and every value with it (§3.6). */
export function removeGroup(tenant: Tenant, group: Master): void {
  tenant.templateGroups = tenant.templateGroups.filter(candidate => candidate !== group)
  for (const template of tenant.templates.filter(({ group_id: id }) => id === group.id))
    removeTemplate(tenant, template)
}

/** With `embed=templates`, a group carries its items. */
export const groupShown = (tenant: Tenant, group: Master, embed: string | undefined): Json =>
  embed === 'templates'
    ? { ...group, templates: tenant.templates.filter(template => template.group_id === group.id) }
    : group

/** With `embed=group`, the group stands where `group_id` stood. */
export function templateShown(tenant: Tenant, template: Master, embed: string | undefined): Json {
  if (embed !== 'group') return template
  const { group_id: id, ...rest } = template
  return { ...rest, group: tenant.templateGroups.find(group => group.id === id) ?? null }
}
