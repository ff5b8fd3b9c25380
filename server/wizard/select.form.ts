import { z } from 'zod'
import type { FieldPair } from '../contract/contract.js'
import { id } from '../runs/id-place.js'
import type { ItemClass, SelectionView, SortColumn } from '../runs/run.js'
import { many, MAX_WORDS, NUL, one } from '../web/fields.js'
import { revisionOf } from '../web/form.js'
import type { ItemCursor } from './selection.store.js'

const classes: readonly ItemClass[] = ['new', 'changed', 'same', 'excluded']

const sorts: readonly SortColumn[] = ['key', 'kana', 'class']

type Fields = readonly Pick<FieldPair, 'id'>[]

const fieldOf = (fields: Fields, name: string): string | null => fields.find(({ id }) => id === name)?.id ?? null

/** What the list shows, from a query string or a form; `mapping`: the flow's. Nonsense falls back to everything. */
export function parseView(input: unknown, mapping: Fields): SelectionView {
  const fields = (input ?? {}) as Record<string, unknown>
  const sort = one(fields.sort)
  return {
    q: one(fields.q).trim().slice(0, MAX_WORDS),
    classes: classes.filter(name => many(fields.class).includes(name)),
    field: fieldOf(mapping, one(fields.field)),
    doomed: one(fields.doomed) === '1',
    sort: sorts.find(name => name === sort) ?? 'key',
    descending: one(fields.desc) === '1',
  }
}

/** The same as a query string that `parseView` reads. */
export const viewQuery = (view: SelectionView): URLSearchParams =>
  new URLSearchParams(
    [
      ...(view.q ? [['q', view.q]] : []),
      ...view.classes.map(name => ['class', name]),
      ...(view.field ? [['field', view.field]] : []),
      ...(view.doomed ? [['doomed', '1']] : []),
      ...(view.sort === 'key' ? [] : [['sort', view.sort]]),
      ...(view.descending ? [['desc', '1']] : []),
    ].map(([name = '', value = '']): [string, string] => [name, value]),
  )

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

export type SelectionOp =
  | { kind: 'keep' | 'search' | 'filter' | 'unfilter' | 'select-page' | 'select-all' | 'clear' | 'confirm' | 'back' }
  | { kind: 'page'; place: string }
  | { kind: 'sort'; column: SortColumn }
  | { kind: 'field'; field: string | null }
  | { kind: 'doomed'; doomed: boolean }
  /** a field is left out of the run, or comes back; null: the flow has no such field */
  | { kind: 'omit' | 'restore'; field: string | null }

export interface SelectionForm {
  revision: number
  shown: string[]
  chosen: string[]
  view: SelectionView
  op: SelectionOp
}

/** The selection page's one form. Ids that are not numbers are not ids; a tick counts only for a row that was shown. */
export function parseSelection(body: unknown, mapping: Fields): SelectionForm {
  const fields = (body ?? {}) as Record<string, unknown>
  const shown = many(fields.shown).filter(value => id.safeParse(value).success)
  const here = new Set(shown)
  const [kind = '', argument = ''] = one(fields.op).split(/:(.*)/s)
  return {
    revision: revisionOf(body),
    shown,
    chosen: many(fields.id).filter(value => here.has(value)),
    view: parseView(fields, mapping),
    op: parseOp(kind, argument, mapping),
  }
}

function parseOp(kind: string, argument: string, mapping: Fields): SelectionOp {
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
    case 'field':
    case 'omit':
    case 'restore':
      return { kind, field: fieldOf(mapping, argument) }
    case 'doomed':
      return { kind, doomed: argument === '1' }
    case 'sort':
      return { kind, column: sorts.find(name => name === argument) ?? 'key' }
    default:
      return { kind: 'search' }
  }
}
