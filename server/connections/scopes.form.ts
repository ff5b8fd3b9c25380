import { z } from 'zod'
import type { PlainDate, SyncFlow } from '../contract/contract.js'
import { STATUSES } from '../contract/employment.js'
import { MOST_VALUES, scopeConditions, type ScopeConditions } from '../contract/scope.js'
import type { ScopeLists } from '../smarthr/scope-lists.js'
import { many } from '../web/fields.js'
import { notChosen, notReadable, notTyped, textField, type FieldErrors } from '../web/form.js'
import type { Pairs } from '../web/since-shown.js'

export const MAX_NAME = 50
const MAX_REASON = 200
/** Exclusions of one scope. */
export const MAX_EXCEPTIONS = 50

/** The conditions that are ticked in a list, by their operator. */
export const listed = ['department', 'employment-type', 'establishment', 'status'] as const
export type Listed = (typeof listed)[number]

export const CONDITIONS: Readonly<Record<ScopeConditions[number]['op'], string>> = {
  department: '部署',
  'employment-type': '雇用形態',
  establishment: '事業所',
  status: '在籍状況',
  number: '社員番号',
  except: '個別の除外',
}

/** A form of 対象範囲, as it was typed. */
export interface TypedScope {
  name: string
  ticked: Readonly<Record<Listed, readonly string[]>>
  /** the ticked 雇用形態 are those that are left out */
  without: string
  from: string
  to: string
  exceptions: readonly TypedException[]
  presets: readonly string[]
}

/** What the ticks of 雇用形態 are for. */
export const TYPES_HOW = 'employment-type-how'
export const typesHow = { only: 'only', except: 'except' } as const

export interface TypedException {
  number: string
  reason: string
  until: string
}

/** What can be ticked. */
export type Offered = Readonly<Record<Listed, readonly { id: string; label: string }[]>>

/** The app's own words: they are there whether SmartHR answers or not. */
export const statusChoices: Offered['status'] = Object.entries(STATUSES).map(([id, label]) => ({ id, label }))

export const offeredOf = ({ departments, employmentTypes, establishments }: ScopeLists): Offered => ({
  department: departments.map(({ id, path }) => ({ id, label: path })),
  'employment-type': employmentTypes.map(({ id, name }) => ({ id, label: name })),
  establishment: establishments.map(({ id, name }) => ({ id, label: name })),
  status: statusChoices,
})

type Condition<Op extends ScopeConditions[number]['op']> = Extract<ScopeConditions[number], { op: Op }>

const valuesOf = <Op extends ScopeConditions[number]['op']>(
  conditions: ScopeConditions,
  op: Op,
): Condition<Op>['values'] | undefined =>
  conditions.find((one): one is Condition<Op> => one.op === op)?.values as Condition<Op>['values'] | undefined

/** What is saved, as the form shows it; a scope that can't be read is shown as an empty one. */
export function typedOf({
  name = '',
  conditions,
  presets = [],
}: { name?: string; conditions?: unknown; presets?: readonly string[] } = {}): TypedScope {
  const saved = scopeConditions.safeParse(conditions).data ?? []
  const [from = '', to = ''] = valuesOf(saved, 'number') ?? []
  return {
    name,
    ticked: {
      department: valuesOf(saved, 'department') ?? [],
      'employment-type': valuesOf(saved, 'employment-type') ?? [],
      establishment: valuesOf(saved, 'establishment') ?? [],
      status: valuesOf(saved, 'status') ?? [],
    },
    without: saved.some(one => one.op === 'employment-type' && one.except) ? typesHow.except : typesHow.only,
    from,
    to,
    exceptions: (valuesOf(saved, 'except') ?? []).map(({ number = '', reason, until }) => ({
      number,
      reason,
      until: until ?? '',
    })),
    presets,
  }
}

/** Fields that may stand several times in a form; exclusions are not told apart by the row they stand in. */
export const SCOPE_BOXES = [...listed, 'preset', 'except']

/** A scope as the form's fields; see SCOPE_BOXES. */
export const scopePairs = ({ name, ticked, without, from, to, exceptions, presets }: TypedScope): Pairs => [
  ['name', name],
  ...listed.flatMap(op => ticked[op].map(value => [op, value] as const)),
  [TYPES_HOW, without],
  ['from', from],
  ['to', to],
  ...presets.map(flow => ['preset', flow] as const),
  ...exceptions.map(({ number, reason, until }) => ['except', JSON.stringify({ number, reason, until })] as const),
]

/** … and the other way round, of fields that `scopePairs` has made. */
export function scopeOf(pairs: Pairs): TypedScope {
  const all = (name: string) => pairs.flatMap(([other, value]) => (other === name ? [value] : []))
  const text = (name: string) => all(name)[0] ?? ''
  return {
    name: text('name'),
    ticked: Object.fromEntries(listed.map(op => [op, all(op)])) as Record<Listed, string[]>,
    without: text(TYPES_HOW),
    from: text('from'),
    to: text('to'),
    exceptions: all('except').map(row => JSON.parse(row) as TypedException),
    presets: all('preset'),
  }
}

/** The names of an exclusion's fields. */
export const exceptionFields = (index: number) =>
  ({ number: `number-${index}`, reason: `reason-${index}`, until: `until-${index}` }) as const

const isEmpty = ({ number, reason, until }: TypedException) => `${number}${reason}${until}` === ''

const lengthOf = (text: string) => [...text].length

const isHow = (text: string) => Object.values<string>(typesHow).includes(text)

const isDay = (text: string) => z.iso.date().safeParse(text).success

/** Whether an exclusion's last day is over: the person takes part again. */
export const isOver = ({ until }: Pick<TypedException, 'until'>, today: PlainDate): boolean =>
  until !== '' && until < today

/** What is saved and may stay as it is, though its last day is over. */
const stands = ({ exceptions }: TypedScope, { number, until }: TypedException): boolean =>
  exceptions.some(one => one.number === number && one.until === until)

interface Against {
  /** what is saved */
  before: TypedScope
  today: PlainDate
}

function exceptionErrors(row: TypedException, index: number, { before, today }: Against): FieldErrors {
  const { number, reason, until } = row

  const fields = exceptionFields(index)
  const which = `個別の除外（${index + 1}行目）の`
  return {
    ...(number === '' && { [fields.number]: notTyped(`${which}社員番号`) }),
    ...(reason === ''
      ? { [fields.reason]: notTyped(`${which}理由`) }
      : lengthOf(reason) > MAX_REASON && {
          [fields.reason]: `${which}理由は、${MAX_REASON}文字以内で入力してください。`,
        }),
    ...(until !== '' && !isDay(until)
      ? { [fields.until]: notReadable(`${which}終了日`) }
      : isOver(row, today) &&
        !stands(before, row) && {
          [fields.until]: `${which}終了日が、過ぎています。除外する最後の日を、今日以降の日付で入力するか、除外が不要な場合は、この行を空欄にしてください。`,
        }),
  }
}

const STALE = '画面を開いた後に、選択肢がSmartHRで変更されています。内容を確認して、選択し直してください。'
const TOO_MANY = '選択した数が多すぎます。500個以内で選択してください。部署は、上位の部署を選択すると減らせます。'
const NO_CONDITION =
  '条件が1つも指定されていません。このまま保存すると対象者を決められないため、1つ以上の条件を指定してください。'
const RANGE =
  '社員番号の範囲が正しくありません。末尾が数字で、その前の文字が同じ社員番号を、小さいほうから順に、両方とも入力してください。'

/** A form as it was sent, whatever SmartHR has of it. */
export function sentScope(body: unknown, flows: readonly SyncFlow[]): TypedScope {
  const given = (body ?? {}) as Record<string, unknown>
  const text = (name: string) => textField(body, name).value
  const exceptions = Array.from({ length: MAX_EXCEPTIONS }, (_, index) => {
    const { number, reason, until } = exceptionFields(index)
    return { number: text(number), reason: text(reason), until: text(until).replaceAll('/', '-') }
  }).filter(row => !isEmpty(row))
  return {
    // Names that look alike on a page are the same.
    name: text('name').replace(/\s+/g, ' '),
    ticked: Object.fromEntries(listed.map(op => [op, many(given[op])])) as Record<Listed, string[]>,
    // The release before does not ask: it means what it shows, these alone.
    without: given[TYPES_HOW] === undefined ? typesHow.only : text(TYPES_HOW),
    from: text('from'),
    to: text('to'),
    exceptions,
    presets: flows.flatMap(({ id }) => (many(given.preset).includes(id) ? [id] : [])),
  }
}

/** What was typed, and what is wrong with it before SmartHR is asked who the exclusions are. */
export function parseScopeForm(
  body: unknown,
  { offered, flows, ...against }: Against & { offered: Offered; flows: readonly SyncFlow[] },
): { typed: TypedScope; errors: FieldErrors } {
  const typed = sentScope(body, flows)
  const { ticked: ticks, exceptions } = typed
  const known = (op: Listed) => ticks[op].every(value => offered[op].some(({ id }) => id === value))
  const number = { op: 'number' as const, values: [typed.from, typed.to] }
  const hasRange = typed.from !== '' || typed.to !== ''
  const isBare = listed.every(op => ticks[op].length === 0) && !hasRange && exceptions.length === 0
  const errors: FieldErrors = {
    ...(typed.name === ''
      ? { name: notTyped('名前') }
      : lengthOf(typed.name) > MAX_NAME && { name: `名前は、${MAX_NAME}文字以内で入力してください。` }),
    ...(isBare && { department: NO_CONDITION }),
    ...Object.fromEntries(listed.filter(op => ticks[op].length > MOST_VALUES).map(op => [op, TOO_MANY])),
    ...Object.fromEntries(listed.filter(op => !known(op)).map(op => [op, STALE])),
    ...(!isHow(typed.without) && { [TYPES_HOW]: notChosen('雇用形態の対象') }),
    ...(hasRange && !scopeConditions.safeParse([number]).success && { from: RANGE }),
    ...Object.fromEntries(exceptions.flatMap((row, index) => Object.entries(exceptionErrors(row, index, against)))),
  }
  return { typed, errors }
}

/**
 * Kinds of condition that were saved and would be gone, since SmartHR does not have what they named any more: saving must
 * not widen whom a run is about. By the field's name.
 */
export function lostConditions(before: TypedScope, typed: TypedScope, offered: Offered): FieldErrors {
  const isGone = (op: Listed) => before.ticked[op].some(value => !offered[op].some(({ id }) => id === value))
  const lost = listed.filter(op => typed.ticked[op].length === 0 && isGone(op))
  return Object.fromEntries(
    lost.map(op => [
      op,
      `指定していた${CONDITIONS[op]}が、SmartHRにありません。対象者が広がらないように、${CONDITIONS[op]}を選択し直してください。${CONDITIONS[op]}の条件が不要な場合は、新しい対象範囲を作成してください。`,
    ]),
  )
}

/** The conditions of a form without errors. `ids`: who each exclusion is, by its number. */
export function conditionsOf(typed: TypedScope, ids: ReadonlyMap<string, string>): ScopeConditions {
  const except = typed.exceptions.flatMap(({ number, reason, until }) => {
    const id = ids.get(number)
    return id === undefined ? [] : [{ id, number, reason, until: until === '' ? null : until }]
  })
  return scopeConditions.parse([
    ...listed.flatMap(op => {
      if (typed.ticked[op].length === 0) return []
      const isExcept = op === 'employment-type' && typed.without === typesHow.except
      return [{ op, values: typed.ticked[op], ...(isExcept && { except: true }) }]
    }),
    ...(typed.from === '' ? [] : [{ op: 'number', values: [typed.from, typed.to] }]),
    ...(except.length > 0 ? [{ op: 'except', values: except }] : []),
  ])
}

/** The numbers of saved exclusions and who they are, so that SmartHR is asked for new ones alone. */
export const knownExceptions = (conditions: unknown): Map<string, string> =>
  new Map(
    (valuesOf(scopeConditions.safeParse(conditions).data ?? [], 'except') ?? []).flatMap(({ number, id }) =>
      number === undefined ? [] : [[number, id] as const],
    ),
  )
