/**
 * 対象範囲: which people a run may write, as a company has put it. Pure. Fails closed: what is stored and can't be read
 * ends the fetch, and whoever can't be judged is outside.
 */
import { z } from 'zod'
import { ScopeBroken } from '../errors.js'
import type { Connector, Entry, Flow, Scalar, SyncFlow } from './contract.js'
import { textOf } from './conversions.js'
import { DEPARTMENT_ID, EMPLOYMENT_TYPE, EMPLOYMENT_TYPE_ID, ESTABLISHMENT_ID } from './crew-fields.js'
import { STATUSES } from './employment.js'
import { keyOf } from './keys.js'
import { readsFile } from './steps.js'

export const SCOPE = '対象範囲'

/**
 * Where an examiner decides who can be written, or one click does, nobody is asked whom a run is about. Whom a file is
 * about, it says itself.
 */
export const isScoped = (flow: Flow): flow is SyncFlow =>
  flow.kind === 'sync' && flow.dataset === 'employees' && !flow.examiner && !flow.atOnce && !readsFile(flow)

/** The flows of a service whose runs may have a scope. */
export const scopedFlows = ({ flows }: Pick<Connector, 'flows'>): SyncFlow[] => flows.filter(isScoped)

/** Values of one condition. */
export const MOST_VALUES = 500

const ids = z.array(z.string().min(1).max(200)).min(1).max(MOST_VALUES)
const day = z.iso.date()

const oneOf = <Op extends string>(op: Op) => z.strictObject({ op: z.literal(op), values: ids })

/** The letters in front of a 社員番号's last digits, and the digits. */
function split(number: string | null): { letters: string; digits: bigint } | null {
  const [, letters, digits] = /^(.*?)(\d{1,30})$/s.exec(number ?? '') ?? []
  return letters === undefined || digits === undefined ? null : { letters, digits: BigInt(digits) }
}

const isRange = ([from, to]: readonly [string, string]): boolean => {
  const [first, last] = [split(keyOf(from)), split(keyOf(to))]
  return first !== null && last !== null && first.letters === last.letters && first.digits <= last.digits
}

const condition = z.discriminatedUnion('op', [
  /** SmartHR's ids; whatever is below them belongs to them */
  oneOf('department'),
  /** `except`: all but these, also those that SmartHR gets later; who has none is no more inside than without it */
  oneOf('employment-type').extend({ except: z.literal(true).optional() }),
  oneOf('establishment'),
  z.strictObject({ op: z.literal('status'), values: z.array(z.enum(['employed', 'absent', 'retired'])).min(1) }),
  /** the first and the last 社員番号, both included */
  z.strictObject({ op: z.literal('number'), values: z.tuple([z.string(), z.string()]).refine(isRange) }),
  /** single people, by SmartHR's id; `until`: the last day, null for good; `number`: what they were named by */
  z.strictObject({
    op: z.literal('except'),
    values: z
      .array(
        z.strictObject({
          id: z.string().min(1),
          number: z.string().optional(),
          reason: z.string().trim().min(1).max(200),
          until: day.nullable(),
        }),
      )
      .min(1)
      .max(MOST_VALUES),
  }),
])

/** All of them have to hold. Every kind stands there once at most, so that two of them can't empty each other. */
export const scopeConditions = z
  .array(condition)
  .min(1)
  .refine(conditions => new Set(conditions.map(({ op }) => op)).size === conditions.length)

export type ScopeConditions = z.infer<typeof scopeConditions>

/** What a company has in SmartHR, so that conditions that name it can be read. */
export interface ScopeMasters {
  departments: readonly { id: string; parentId: string | null }[]
  employmentTypes: readonly { id: string }[]
  establishments: readonly { id: string; name?: string }[]
}

/** The lists that a scope's conditions name something of. */
export type ScopeList = keyof ScopeMasters

const LISTS: Readonly<Record<string, ScopeList>> = {
  department: 'departments',
  'employment-type': 'employmentTypes',
  establishment: 'establishments',
}

/** A scope as a run knows it: which one, and what it asks of people besides (paths of SmartHR). */
export interface RunScope {
  id: string
  name: string
  digest: string
  paths: readonly string[]
}

/** … and as it keeps it. `sealed` null: the conditions can't be read, and the fetch will say so. */
export interface FrozenScope {
  scope: RunScope
  sealed: string | null
}

/** What has to be read of SmartHR before a scope can be opened. One that can't be read needs nothing: it does not open. */
export const listsOf = (stored: unknown): ScopeList[] =>
  (scopeConditions.safeParse(stored).data ?? []).flatMap(({ op }) => LISTS[op] ?? [])

/** SmartHR's paths that a scope needs of people besides those that every run reads. */
export const pathsOf = (stored: unknown): string[] =>
  listsOf(stored).includes('establishments') ? [ESTABLISHMENT_ID] : []

/** What is known of a person in SmartHR. `department`: 部署1. */
export interface ScopedCrew {
  id: string
  number: string | null
  department: Named | null
  employmentType: Named | null
  establishment: Named | null
  status: string | null
}

interface Named {
  id: string
  name: string
}

/** A record of SmartHR as scopes look at it. */
export function scopedCrew({ id, values }: Pick<Entry, 'id' | 'values'>, masters: ScopeMasters): ScopedCrew {
  const named = (known: Scalar | undefined, name: Scalar | undefined): Named | null => {
    const value = textOf(known)
    return value === null ? null : { id: value, name: textOf(name) ?? '' }
  }
  const establishment = masters.establishments.find(one => one.id === values[ESTABLISHMENT_ID])
  return {
    id,
    number: textOf(values.emp_code),
    department: named(values[DEPARTMENT_ID], values['departments.0.name']),
    employmentType: named(values[EMPLOYMENT_TYPE_ID], values[EMPLOYMENT_TYPE]),
    establishment: named(values[ESTABLISHMENT_ID], establishment?.name),
    status: textOf(values.emp_status),
  }
}

/** Somebody a run is about: `crew` is null for whoever SmartHR does not have yet, `key` the other service's number. */
export interface Scoped {
  crew: ScopedCrew | null
  key: string | null
}

/** Why somebody is outside; null: the person is inside. `today`: the day in Japan. */
export type Scope = (person: Scoped, today: string) => string | null

/** What has to be done about it. */
const REMEDY = '対象範囲を確認して保存してから、取得し直してください。'

/** Whether a run has ended since its scope was broken. */
export const endedByScope = ({ failure }: { failure: string | null }): boolean => failure?.endsWith(REMEDY) ?? false

/** … in the words of a run that may have written some already. */
export const brokenMidway = (why: string): string =>
  `${why}ため、同期を中断しました。まだ同期していない従業員には書き込んでいません。${REMEDY}`

/** Ends the fetch: a scope that can't be read is never taken for a wider one. */
const broken = (why: string) =>
  new ScopeBroken(`${why}ため、同期の対象者を決められませんでした。データは変更していません。${REMEDY}`, why)

/** The departments and all below them. Departments in a circle come once. */
function withLower(chosen: readonly string[], departments: ScopeMasters['departments']): Set<string> {
  const lower = new Map<string, string[]>()
  for (const { id, parentId } of departments) {
    if (parentId !== null) lower.set(parentId, [...(lower.get(parentId) ?? []), id])
  }
  const reached = new Set<string>()
  for (let level = [...chosen]; level.length > 0;) {
    const fresh = level.filter(id => !reached.has(id))
    for (const id of fresh) reached.add(id)
    level = fresh.flatMap(id => lower.get(id) ?? [])
  }
  return reached
}

/** … and whoever SmartHR has no longer. */
export const NOBODY_IN_SMARTHR = '対象範囲かどうかを確認できません（SmartHRに登録されていないため）。'

/** `shown` is what the person has: 雇用形態：業務委託. */
const outside = (label: string, shown: string | null | undefined) =>
  `対象範囲の外です（${label}：${shown || '未登録'}）。`

/** What SmartHR no longer has is known by its id alone: the scope's name says where to look. */
const whole = (
  list: readonly { id: string }[],
  values: readonly string[],
  label: string,
  scope: string,
): ReadonlySet<string> => {
  const known = new Set(list.map(({ id }) => id))
  if (!values.every(id => known.has(id))) throw broken(`${scope}に指定した${label}がSmartHRにない`)
  return new Set(values)
}

/** One condition, ready to be asked. */
function asked(one: ScopeConditions[number], masters: ScopeMasters, scope: string): Scope {
  const among =
    (label: string, of: (crew: ScopedCrew) => Named | null, chosen: Pick<ReadonlySet<string>, 'has'>): Scope =>
    ({ crew }) => {
      if (crew === null) return NOBODY_IN_SMARTHR
      const has = of(crew)
      return has !== null && chosen.has(has.id) ? null : outside(label, has?.name)
    }
  switch (one.op) {
    case 'department':
      whole(masters.departments, one.values, '部署', scope)
      return among('部署', crew => crew.department, withLower(one.values, masters.departments))
    case 'employment-type': {
      const chosen = whole(masters.employmentTypes, one.values, '雇用形態', scope)
      const others = { has: (id: string) => !chosen.has(id) }
      return among('雇用形態', crew => crew.employmentType, one.except ? others : chosen)
    }
    case 'establishment':
      return among('事業所', crew => crew.establishment, whole(masters.establishments, one.values, '事業所', scope))
    case 'status': {
      const chosen = new Set<string>(one.values)
      const named = (status: string): Named => ({ id: status, name: STATUSES[status] ?? status })
      return among('在籍状況', ({ status }) => (status === null ? null : named(status)), chosen)
    }
    case 'number': {
      const [first, last] = one.values.map(value => split(keyOf(value)))
      return ({ crew, key }) => {
        // A number in SmartHR is the person's; the other service's stands in only for whoever SmartHR does not have.
        const shown = crew ? crew.number : key
        const number = split(keyOf(shown ?? undefined))
        const isInside =
          number && first && last && number.letters === first.letters && inRange(number.digits, first, last)
        return isInside ? null : outside('社員番号', shown)
      }
    }
    case 'except': {
      // Whoever stands there twice is out as long as either says so.
      const stillOut = (until: string | null, today: string) => until === null || until >= today
      return ({ crew }, today) => {
        // The id of somebody new is not known yet, so nobody can have been excluded by it.
        const found = crew && one.values.find(({ id, until }) => id === crew.id && stillOut(until, today))
        if (!found) return null
        return outside('個別の除外', found.reason)
      }
    }
  }
}

const inRange = (digits: bigint, first: { digits: bigint }, last: { digits: bigint }) =>
  first.digits <= digits && digits <= last.digits

/**
 * A scope as it is stored, against what SmartHR has now. Throws ScopeBroken for what is empty, unknown or gone: the
 * fetch ends with the sentence, and nobody is written. `name`: what the company calls it, if it has one by now.
 */
export function openScope(stored: unknown, masters: ScopeMasters, name: string | null = null): Scope {
  const scope = name === null ? SCOPE : `${SCOPE}「${name}」`
  const read = scopeConditions.safeParse(stored)
  if (!read.success) throw broken(`保存された${scope}を読み取れない`)
  const conditions = read.data.map(one => asked(one, masters, scope))
  return (person, today) => {
    for (const judge of conditions) {
      const why = judge(person, today)
      if (why !== null) return why
    }
    return null
  }
}
