import { z } from 'zod'
import type { Flow } from '../contract/contract.js'
import { fieldsOf } from '../contract/value-tables.js'
import { id } from '../runs/id-place.js'
import { pageSizes, type ItemClass, type SelectionView, type SortColumn } from '../runs/run.js'
import { many, NUL, one } from '../web/fields.js'
import { revisionOf } from '../web/form.js'
import { classOf, fieldOf, parseView, sortOf } from './list-view.js'
import type { ItemCursor } from './selection.store.js'

/** A page leads so far at most from a row that was seen. */
const MOST_SKIPPED = 1_000

const placeShape = z.object({
  f: z.boolean(),
  v: z
    .string()
    .max(300)
    .refine(value => !value.includes(NUL))
    .optional(),
  i: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional(),
  s: z.number().int().min(0).max(MOST_SKIPPED),
  p: z.number().int().min(1),
  t: z
    .number()
    .int()
    .min(1)
    .max(Math.max(...pageSizes))
    .optional(),
})

/** A place in the list, and the number of the page it leads to. */
export interface Place {
  cursor: ItemCursor | null
  page: number
  /** so many people stand on it: the last page is read from the list's end */
  take?: number
}

const firstPage: Place = { cursor: null, page: 1 }

/** A place as text, for addresses and buttons. */
export const encodePlace = ({ cursor, page, take }: Place & { cursor: ItemCursor }): string =>
  Buffer.from(
    JSON.stringify({ f: cursor.forward, v: cursor.from?.value, i: cursor.from?.id, s: cursor.skip, p: page, t: take }),
  ).toString('base64url')

/** A made-up or old place leads to the first page. */
export function decodePlace(text: unknown): Place {
  try {
    const { f, v, i, s, p, t } = placeShape.parse(JSON.parse(Buffer.from(one(text), 'base64url').toString()))
    const from = v === undefined || i === undefined ? null : { value: v, id: i }
    return { cursor: { forward: f, from, skip: s }, page: p, ...(t !== undefined && { take: t }) }
  } catch {
    return firstPage
  }
}

export type SelectionOp =
  | { kind: 'keep' | 'search' | 'filter' | 'unfilter' | 'select-page' | 'select-all' | 'clear' | 'confirm' | 'back' }
  | { kind: 'page'; place: string }
  | { kind: 'sort'; column: SortColumn }
  | { kind: 'field'; field: string | null }
  | { kind: 'doomed'; doomed: boolean }
  | { kind: 'warned'; warned: boolean }
  /** people of a class are shown besides, or no longer */
  | { kind: 'class'; name: ItemClass | null }
  /** a field is left out of the run, or comes back; null: the flow has no such field */
  | { kind: 'omit' | 'restore'; field: string | null }

export interface SelectionForm {
  revision: number
  shown: string[]
  chosen: string[]
  view: SelectionView
  op: SelectionOp
}

/** Rows that were shown, and those that are ticked. Ids that are not numbers are not ids; a tick counts only for a row. */
export function parseTicks(body: unknown): { shown: string[]; chosen: string[] } {
  const fields = (body ?? {}) as Record<string, unknown>
  const shown = many(fields.shown).filter(value => id.safeParse(value).success)
  const here = new Set(shown)
  return { shown, chosen: many(fields.id).filter(value => here.has(value)) }
}

/** The selection page's one form. */
export function parseSelection(body: unknown, flow: Flow): SelectionForm {
  const fields = (body ?? {}) as Record<string, unknown>
  const [kind = '', argument = ''] = one(fields.op).split(/:(.*)/s)
  return {
    revision: revisionOf(body),
    ...parseTicks(body),
    view: parseView(fields, flow),
    op: parseOp(kind, argument, flow),
  }
}

function parseOp(kind: string, argument: string, flow: Flow): SelectionOp {
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
      return { kind, field: fieldOf(fieldsOf(flow), argument) }
    case 'doomed':
      return { kind, doomed: argument === '1' }
    case 'warned':
      return { kind, warned: argument === '1' }
    case 'class':
      return { kind, name: classOf(argument) ?? null }
    case 'sort':
      return { kind, column: sortOf(argument) ?? 'key' }
    default:
      return { kind: 'search' }
  }
}
