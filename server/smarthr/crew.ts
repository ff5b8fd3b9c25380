import type { Person, Scalar, Values } from '../contract/contract.js'
import { dateOf, keyOf, objectsOf, scalarOf, textOf } from '../contract/conversions.js'
import { DEPARTMENT_ID, departmentSource, EMPLOYMENT_TYPE, EMPLOYMENT_TYPE_ID } from '../contract/crew-fields.js'
import { namesFrom } from '../contract/person.js'
import { accountsOf, accountValues, changesAccount, type AccountOrder } from './crew-accounts.js'
import type { Json } from './pages.js'

/** A crew as the engine knows people, and what is written of one. */

export interface Crew extends Json {
  id: string
  emp_code: string | null
  created_at?: string
}

/** By which attribute people are known to the other side. */
export interface CrewKey {
  path: string
  normalise(value: Scalar | undefined): string | null
}

export const byNumber: CrewKey = { path: 'emp_code', normalise: keyOf }

/** Attributes that hold one value, and their names on SmartHR's screens (§3.1.2). */
const SCALARS: Readonly<Record<string, string>> = {
  emp_code: '社員番号',
  emp_status: '在籍状況',
  last_name: '姓',
  first_name: '名',
  last_name_yomi: '姓（カタカナ）',
  first_name_yomi: '名（カタカナ）',
  business_last_name: 'ビジネスネーム：姓',
  business_first_name: 'ビジネスネーム：名',
  business_last_name_yomi: 'ビジネスネーム：姓（カタカナ）',
  business_first_name_yomi: 'ビジネスネーム：名（カタカナ）',
  email: 'メールアドレス',
  birth_at: '生年月日',
  gender: '戸籍上の性別',
  entered_at: '入社年月日',
  resigned_at: '退職年月日',
  having_spouse: '配偶者の有無',
  working_student_flag: '勤労学生',
  widow_type: '寡婦・ひとり親',
  handicapped_type: '障害者区分',
  tel_number: '電話番号',
  emp_ins_insured_person_number: '雇用保険の被保険者番号',
  basic_pension_number: '基礎年金番号',
  hel_ins_insured_person_number: '健康保険の被保険者整理番号',
  soc_ins_insured_person_number: '厚生年金保険の被保険者整理番号',
  monthly_standard_income_hel: '健康保険の標準報酬月額',
  monthly_standard_income_pns: '厚生年金の標準報酬月額',
  biz_establishment_id: '事業所',
}
const SCALAR_NAMES = Object.keys(SCALARS)

const NESTED: Readonly<Record<string, string>> = {
  address: '現住所',
  resident_card_address: '住民票住所',
  bank_accounts: '口座情報',
  positions: '役職',
}

/** What SmartHR's screens call the attribute that holds this path. */
export function labelOf(path: string): string {
  const [attribute = ''] = path.split('.')
  return SCALARS[attribute] ?? NESTED[attribute] ?? path
}

const ADDRESSES = ['address', 'resident_card_address'] as const
const ADDRESS_FIELDS = ['country_number', 'zip_code', 'pref', 'city', 'street', 'building', 'literal_yomi'] as const

/** 役職1 */
export const TITLE = 'positions.0.name'
/** 兼務 titles beside the first; carried along, since a list is written whole */
const titleAt = (slot: number) => `positions.${slot}.name`

/** The path of a カスタム従業員項目. */
const customField = (name: string): string => `custom_fields.${name}`

/** A choice is given by its id or its physical name (§3.6); people know it by name. */
function choiceOf(template: unknown, value: unknown): Scalar {
  const chosen = objectsOf((template as Json | null)?.elements).find(
    element => element.id === value || element.physical_name === value,
  )
  return scalarOf(chosen ? chosen.name : value)
}

/** One crew as the engine knows people: legal names, 部署1 only, blanks as null. */
export function personOf(crew: Crew, accountOrder: AccountOrder, key: CrewKey = byNumber): Person {
  const values: Record<string, Scalar> = {}
  for (const field of SCALAR_NAMES) values[field] = scalarOf(crew[field])
  for (const address of ADDRESSES) {
    const read = (crew[address] ?? {}) as Json
    for (const field of ADDRESS_FIELDS) values[`${address}.${field}`] = scalarOf(read[field])
  }
  Object.assign(values, accountValues(objectsOf(crew.bank_accounts), accountOrder))
  // Slots may be empty: 部署1 and 役職1 are index 0, never the first that is filled (§4.2).
  const [department] = Array.isArray(crew.departments) ? (crew.departments as (Json | null)[]) : []
  const positions = Array.isArray(crew.positions) ? (crew.positions as (Json | null)[]) : []
  values[TITLE] = scalarOf(positions[0]?.name)
  for (const field of ['code', 'name'] as const) values[`departments.0.${field}`] = scalarOf(department?.[field])
  values[departmentSource.shown] = scalarOf(department?.full_name ?? department?.name)
  values[DEPARTMENT_ID] = scalarOf(department?.id)
  const employmentType = crew.employment_type as Json | null | undefined
  values[EMPLOYMENT_TYPE] = scalarOf(employmentType?.name)
  values[EMPLOYMENT_TYPE_ID] = scalarOf(employmentType?.id)
  for (const { template, value } of objectsOf(crew.custom_fields)) {
    const name = textOf(scalarOf((template as Json | null)?.name))
    if (name !== null) values[customField(name)] = choiceOf(template, value)
  }
  positions.forEach((position, slot) => {
    if (slot > 0 && position) values[titleAt(slot)] = scalarOf(position.name)
  })
  return {
    id: crew.id,
    key: key.normalise(values[key.path]),
    ...namesFrom([values.last_name, values.first_name], [values.last_name_yomi, values.first_name_yomi]),
    detail: textOf(values[departmentSource.shown]) ?? '',
    employedFrom: dateOf(values.entered_at),
    employedUntil: dateOf(values.resigned_at),
    values,
  }
}

/** The slots of 兼務 titles. */
const otherSlots = (values: Values): number[] =>
  Object.keys(values).flatMap(path => {
    const slot = Number(/^positions\.([1-9]\d*)\.name$/.exec(path)?.[1] ?? 0)
    return slot > 0 && textOf(values[path]) !== null ? [slot] : []
  })

/** The first empty slot in front of another title, which would move up if the list were written; null without one. */
export function emptySlot(values: Values): number | null {
  const filled = [...(textOf(values[TITLE]) === null ? [] : [0]), ...otherSlots(values)]
  const gap = filled.findIndex((slot, index) => slot !== index)
  return gap === -1 ? null : gap
}

/** Flat paths → the body SmartHR takes. Nested objects go whole, so that what we do not sync stays as it is. */
export function bodyOf(set: Values, current: Values): Json {
  const body: Json = {}
  for (const field of SCALAR_NAMES) if (field in set) body[field] = set[field]
  const merged: Values = { ...current, ...set }
  for (const address of ADDRESSES) {
    if (!ADDRESS_FIELDS.some(field => `${address}.${field}` in set)) continue
    body[address] = Object.fromEntries(ADDRESS_FIELDS.map(field => [field, merged[`${address}.${field}`] ?? null]))
  }
  if (changesAccount(set)) body.bank_accounts = accountsOf(merged)
  if (TITLE in set) {
    // assumed: the list replaces the old one and takes no empty slots; see emptySlot
    body.positions = [TITLE, ...otherSlots(merged).map(titleAt)].flatMap(path => textOf(merged[path]) ?? [])
  }
  return body
}

/** Read for the other side's sake and never written here. */
const READ_ONLY = /^(departments|employment_type|custom_fields)\./

/**
 * What was sent and came back as it was: an attribute we may not update is ignored without an error (§4.5). Whatever
 * else comes back is SmartHR's own way of writing it.
 */
export const ignoredOf = (set: Values, before: Values, taken: Values): Values =>
  Object.fromEntries(
    Object.entries(set).filter(([path, value]) => {
      const [wanted, was, is] = [value ?? '', before[path] ?? '', taken[path] ?? '']
      return !READ_ONLY.test(path) && is !== wanted && (is === was || is === '')
    }),
  )
