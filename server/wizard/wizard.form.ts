import { z } from 'zod'
import { Temporal } from 'temporal-polyfill'
import type { Choice, DateStep, Period, PeriodStep } from '../contract/contract.js'
import { itemKinds, TOTALS, type ItemKind } from '../contract/statement.js'
import { textField, ticked, type FieldErrors } from '../web/form.js'
import type { ItemCursor } from './selection.store.js'
import { MAX_NAME, NAME_LABELS, type PayrollNames, type RegisteredItem } from '../payslips/payslips.js'
import type { ItemClass, SelectionView, SortColumn } from '../runs/run.js'

const NUL = '\u0000'

const classes: readonly ItemClass[] = ['new', 'changed', 'same', 'excluded']
const sorts: readonly SortColumn[] = ['key', 'kana', 'class']

/** Longest search text taken; longer ones are cut, since a search can't do harm. */
const MAX_WORDS = 100

const one = (value: unknown): string => (typeof value === 'string' ? value.replaceAll(NUL, '') : '')

const many = (value: unknown): string[] =>
  [value ?? []].flat().flatMap(entry => (typeof entry === 'string' ? [entry] : []))

export type Parsed<T> = { ok: true; value: T } | { ok: false; typed: string; error: string }

/** A month stands for its first day, a year for its last. */
const whole = (text: string, unit: DateStep['unit']): string => {
  if (unit === 'month' && /^\d{4}-\d{2}$/.test(text)) return `${text}-01`
  return unit === 'year' && /^\d{4}$/.test(text) ? `${text}-12-31` : text
}

const slashes = (date: string) => date.replaceAll('-', '/')

/**
 * The reference date as typed: `YYYY-MM-DD` (a full-width or slashed date is understood), within the flow's range when
 * it has one. Errors are sentences for the field.
 */
export function parseReferenceDate(
  body: unknown,
  range: Pick<DateStep, 'heading' | 'unit' | 'yearsBack' | 'yearsAhead' | 'outOfRange'>,
  today: string,
): Parsed<string> {
  const label = range.heading
  const given = (body as Record<string, unknown> | undefined)?.referenceDate
  const typed = one(given).slice(0, MAX_WORDS)
  const text = whole(typed.normalize('NFKC').trim().replaceAll('/', '-'), range.unit)
  if (text === '') return { ok: false, typed, error: `${label}が入力されていません。` }
  let date: Temporal.PlainDate
  try {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new RangeError('not a plain date')
    date = Temporal.PlainDate.from(text, { overflow: 'reject' })
  } catch {
    return {
      ok: false,
      typed,
      error: range.unit
        ? `${label}が正しくありません。一覧から選択してください。`
        : `${label}が正しくありません。「2026/01/31」のように、実在する日付を入力してください。`,
    }
  }
  const now = Temporal.PlainDate.from(today)
  const first =
    range.yearsBack === undefined ? Temporal.PlainDate.from('2000-01-01') : now.subtract({ years: range.yearsBack })
  const last =
    range.yearsAhead === undefined ? Temporal.PlainDate.from('2100-12-31') : now.add({ years: range.yearsAhead })
  if (Temporal.PlainDate.compare(date, first) < 0 || Temporal.PlainDate.compare(date, last) > 0) {
    return {
      ok: false,
      typed,
      error:
        range.outOfRange ?? `${slashes(first.toString())}から${slashes(last.toString())}までの日付を指定してください。`,
    }
  }
  return { ok: true, value: date.toString() }
}

/** What the list shows, from a query string or a form. Nonsense falls back to everything. */
export function parseView(input: unknown): SelectionView {
  const fields = (input ?? {}) as Record<string, unknown>
  const sort = one(fields.sort)
  return {
    q: one(fields.q).trim().slice(0, MAX_WORDS),
    classes: classes.filter(name => many(fields.class).includes(name)),
    sort: sorts.find(name => name === sort) ?? 'key',
    descending: one(fields.desc) === '1',
  }
}

const cursorShape = z.object({
  f: z.boolean(),
  v: z
    .string()
    .max(300)
    .refine(value => !value.includes(NUL)),
  i: z.string().regex(/^\d{1,18}$/),
  p: z.number().int().min(1),
})

/** A place in the list: the row next to it and the number of the page it leads to. */
export interface Place {
  cursor: ItemCursor | null
  page: number
}

export const encodePlace = (cursor: ItemCursor, page: number): string =>
  Buffer.from(JSON.stringify({ f: cursor.forward, v: cursor.value, i: cursor.id, p: page })).toString('base64url')

/** A made-up or old cursor leads to the first page. */
export function decodePlace(text: unknown): Place {
  try {
    const { f, v, i, p } = cursorShape.parse(JSON.parse(Buffer.from(one(text), 'base64url').toString()))
    return { cursor: { forward: f, value: v, id: i }, page: p }
  } catch {
    return { cursor: null, page: 1 }
  }
}

const id = z.string().regex(/^\d{1,18}$/)

export type SelectionOp =
  | { kind: 'keep' | 'search' | 'filter' | 'unfilter' | 'select-page' | 'select-all' | 'clear' | 'confirm' | 'back' }
  | { kind: 'page'; place: string }
  | { kind: 'sort'; column: SortColumn }

export interface SelectionForm {
  revision: number
  shown: string[]
  chosen: string[]
  view: SelectionView
  op: SelectionOp
}

/** The selection page's one form. Ids that are not numbers are not ids; a tick counts only for a row that was shown. */
export function parseSelection(body: unknown): SelectionForm {
  const fields = (body ?? {}) as Record<string, unknown>
  const shown = many(fields.shown).filter(value => id.safeParse(value).success)
  const here = new Set(shown)
  const [kind = '', argument = ''] = one(fields.op).split(/:(.*)/s)
  const revision = Number(one(fields.revision))
  return {
    revision: Number.isSafeInteger(revision) ? revision : 0,
    shown,
    chosen: many(fields.id).filter(value => here.has(value)),
    view: parseView(fields),
    op: parseOp(kind, argument),
  }
}

function parseOp(kind: string, argument: string): SelectionOp {
  switch (kind) {
    case 'keep':
    case 'filter':
    case 'unfilter':
    case 'select-page':
    case 'select-all':
    case 'clear':
    case 'confirm':
    case 'back':
      return { kind }
    case 'page':
      return { kind, place: argument }
    case 'sort':
      return { kind, column: sorts.find(name => name === argument) ?? 'key' }
    default:
      return { kind: 'search' }
  }
}

/** What the confirm page showed: the plan and the ticks that 同期 is for. */
export function parseConfirmation(body: unknown): { revision: number; mark: string; again: boolean; fewer: boolean } {
  const fields = (body ?? {}) as Record<string, unknown>
  const revision = Number(one(fields.revision))
  return {
    revision: Number.isSafeInteger(revision) ? revision : 0,
    mark: one(fields.selection),
    again: ticked(body, 'again'),
    fewer: ticked(body, 'fewer'),
  }
}

/** Ticks that the dialog asks for one by one, and whether the button beside them was pressed. */
export function parseOwnTicks(body: unknown): { shown: string[]; chosen: string[]; pressed: boolean } {
  const fields = (body ?? {}) as Record<string, unknown>
  const { shown, chosen } = parseSelection(body)
  return { shown, chosen, pressed: one(fields.op) === 'own-ticks' }
}

export interface OptionsForm {
  revision: number
  chosen: Record<string, Choice>
  typed: Record<string, string>
  errors: FieldErrors
}

/** The values for everybody new. Only what the target's list holds now can be chosen. */
export function parseOptions(
  options: readonly { name: string; label: string; choices: readonly Choice[] }[],
  body: unknown,
): OptionsForm {
  const revision = Number(one((body as Record<string, unknown> | undefined)?.revision))
  const chosen: Record<string, Choice> = {}
  const typed: Record<string, string> = {}
  const errors: Record<string, string> = {}
  for (const { name, label, choices } of options) {
    const { typed: value } = textField(body, name)
    const choice = choices.find(candidate => candidate.value === value)
    typed[name] = value
    if (choice) chosen[name] = choice
    else if (value === '') errors[name] = `${label}が選択されていません。`
    else errors[name] = `選択した${label}が見つかりません。選択し直してください。`
  }
  return { revision: Number.isSafeInteger(revision) ? revision : 0, chosen, typed, errors }
}

/** Place in a list by id: `after` or `before` a row. */
export function parseIdPlace(query: unknown): { after?: string; before?: string } {
  const fields = (query ?? {}) as Record<string, unknown>
  const after = id.safeParse(fields.after)
  const before = id.safeParse(fields.before)
  if (after.success) return { after: after.data }
  return before.success ? { before: before.data } : {}
}

export const isRunId = (value: unknown): value is string => z.uuid().safeParse(value).success

export interface PeriodForm {
  typed: Record<'from' | 'to', string>
  value: Period | null
  errors: FieldErrors
}

/** The first and the last day that records are for: both real, in this order. */
export function parsePeriod(body: unknown, step: PeriodStep): PeriodForm {
  const fields = (body ?? {}) as Record<string, unknown>
  const read = (name: 'from' | 'to') =>
    parseReferenceDate({ referenceDate: fields[name] }, { heading: step[name] }, '2026-01-01')
  const [from, to] = [read('from'), read('to')]
  const typed = { from: one(fields.from).slice(0, MAX_WORDS), to: one(fields.to).slice(0, MAX_WORDS) }
  if (!from.ok || !to.ok) {
    return {
      typed,
      value: null,
      errors: { ...(!from.ok && { from: from.error }), ...(!to.ok && { to: to.error }) },
    }
  }
  if (from.value > to.value) {
    return { typed, value: null, errors: { to: `${step.to}は、${step.from}以降の日付を指定してください。` } }
  }
  return { typed, value: { from: from.value, to: to.value }, errors: {} }
}

export interface ItemsForm {
  revision: number
  items: RegisteredItem[]
  errors: FieldErrors
}

const totals: readonly ItemKind[] = TOTALS

/** 項目登録画面: for each new item what it is and whether employees see it. A total can be there only once. */
export function parseItems(
  newItems: readonly { name: string; kind: ItemKind }[],
  registered: Iterable<RegisteredItem>,
  body: unknown,
): ItemsForm {
  const fields = (body ?? {}) as Record<string, unknown>
  const revision = Number(one(fields.revision))
  const errors: Record<string, string> = {}
  const seen = new Map([...registered].filter(item => item.shown).map(item => [item.kind, item.name]))
  const items = newItems.map(({ name, kind }, index): RegisteredItem => {
    const typed = one(fields[`kind-${index}`])
    const chosen = (Object.keys(itemKinds) as ItemKind[]).find(candidate => candidate === typed)
    const shown = one(fields[`shown-${index}`]) === '1'
    if (!chosen) errors[`kind-${index}`] = `「${name}」の種別が選択されていません。`
    else if (shown && totals.includes(chosen)) {
      const other = seen.get(chosen)
      if (other !== undefined)
        errors[`kind-${index}`] =
          `${itemKinds[chosen]}にできる項目は1つだけです。すでに「${other}」が登録されています。`
      seen.set(chosen, name)
    }
    return { name, kind: chosen ?? kind, shown }
  })
  const missing = TOTALS.filter(kind => !seen.has(kind)).map(kind => itemKinds[kind])
  if (Object.keys(errors).length === 0 && missing.length > 0)
    errors['kind-0'] =
      `${missing.join('、')}の項目がありません。給与明細には、差引支給額・支給合計・控除合計の3つが必要です。該当する項目にチェックを入れ、種別を選択してください。`
  return { revision: Number.isSafeInteger(revision) ? revision : 0, items, errors }
}

/** The names of a payroll, as typed in the dialog. */
export function parseNames(body: unknown): { typed: PayrollNames; errors: FieldErrors } {
  // As typed: a name may hold full-width signs.
  const typed = {
    admin: textField(body, 'name_for_admin').typed.trim(),
    crew: textField(body, 'name_for_crew').typed.trim(),
  }
  const errors: Record<string, string> = {}
  const check = (field: string, label: string, value: string) => {
    if (value === '') errors[field] = `${label}が入力されていません。`
    else if ([...value].length > MAX_NAME) errors[field] = `${label}は、${MAX_NAME}文字以内で入力してください。`
  }
  check('name_for_admin', NAME_LABELS.admin, typed.admin)
  check('name_for_crew', NAME_LABELS.crew, typed.crew)
  return { typed, errors }
}
