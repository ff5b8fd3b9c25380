/** What the selection page looks at, as an address and a form say it. Pure. */
import type { FieldPair, Flow } from '../contract/contract.js'
import { fieldsOf } from '../contract/value-tables.js'
import {
  firstView,
  pageSizes,
  wholeView,
  type ClassCounts,
  type ItemClass,
  type SelectionView,
  type SortColumn,
} from '../runs/run.js'
import { many, MAX_WORDS, one } from '../web/fields.js'

const classes: readonly ItemClass[] = ['new', 'changed', 'same', 'excluded']

/** Whoever stands in one of these classes; no class stands for all. */
export const within = (counts: ClassCounts, shown: readonly ItemClass[]): number =>
  (shown.length === 0 ? classes : shown).reduce((sum, name) => sum + counts[name], 0)

const sorts: readonly SortColumn[] = ['key', 'kana', 'class']

export const sortOf = (name: string): SortColumn | undefined => sorts.find(column => column === name)

export const classOf = (name: string): ItemClass | undefined => classes.find(one => one === name)

export const fieldOf = (mapping: readonly Pick<FieldPair, 'id'>[], name: string): string | null =>
  mapping.find(({ id }) => id === name)?.id ?? null

/** Nobody's department has a longer name. */
const LONGEST_VALUE = 500

/** Before a value that is chosen from a list: nothing means all, and the sign alone those who have none. */
const CHOSEN = '='

/** A value of a facet, as the list of them sends it. */
export const facetValue = (name: string | null): string => `${CHOSEN}${name ?? ''}`

function facetOf(value: unknown): string | null {
  const text = one(value)
  return text.startsWith(CHOSEN) ? text.slice(CHOSEN.length).slice(0, LONGEST_VALUE) : null
}

/** Where nothing is compared, all classes are what the list begins with. */
const isAll = ({ kind }: Flow, asked: readonly ItemClass[]): boolean =>
  kind !== 'sync' && asked.includes('new') && asked.includes('excluded')

/** What the list shows, from a query string or a form. Nonsense falls back to what the flow's list begins with. */
export const parseView = (input: unknown, flow: Flow): SelectionView => viewFrom(input, flow, firstView(flow))

/** The same of an address that shows everybody of itself: a file has the whole plan. */
export const parseWholeView = (input: unknown, flow: Flow): SelectionView => viewFrom(input, flow, wholeView)

function viewFrom(input: unknown, flow: Flow, first: SelectionView): SelectionView {
  const fields = (input ?? {}) as Record<string, unknown>
  const asked = classes.filter(name => many(fields.class).includes(name))
  return {
    q: one(fields.q).trim().slice(0, MAX_WORDS),
    classes: asked.length === 0 || isAll(flow, asked) ? first.classes : asked,
    field: fieldOf(fieldsOf(flow), one(fields.field)),
    doomed: one(fields.doomed) === '1',
    department: facetOf(fields.department),
    employmentType: facetOf(fields.type),
    warned: one(fields.warned) === '1',
    chosen: one(fields.chosen) === '1',
    sort: sortOf(one(fields.sort)) ?? first.sort,
    descending: one(fields.desc) === '1',
    rows: pageSizes.find(size => String(size) === one(fields.rows)) ?? first.rows,
  }
}

/** Whether two lists show people of the same classes. */
export const showsSame = ({ classes: one }: SelectionView, { classes: other }: SelectionView): boolean =>
  one.length === other.length && one.every(name => other.includes(name))

/** The list as a query string that can be read, reloaded and kept; empty for the list a flow begins with. */
export const queryOf = (flow: Flow, view: SelectionView, place = ''): string => queryFrom(firstView(flow), view, place)

/** The same for `parseWholeView`. */
export const wholeQuery = (view: SelectionView): string => queryFrom(wholeView, { ...view, rows: wholeView.rows }, '')

function queryFrom(first: SelectionView, view: SelectionView, place: string): string {
  const pairs: [string, string][] = [
    ['q', view.q],
    ...(showsSame(first, view) ? [] : view.classes.map((name): [string, string] => ['class', name])),
    ['field', view.field ?? ''],
    ['doomed', view.doomed ? '1' : ''],
    ['department', view.department === null ? '' : facetValue(view.department)],
    ['type', view.employmentType === null ? '' : facetValue(view.employmentType)],
    ['warned', view.warned ? '1' : ''],
    ['chosen', view.chosen ? '1' : ''],
    ['sort', view.sort === 'key' ? '' : view.sort],
    ['desc', view.descending ? '1' : ''],
    ['rows', view.rows === first.rows ? '' : String(view.rows)],
    ['at', place],
  ]
  return new URLSearchParams(pairs.filter(([, value]) => value !== '')).toString()
}

/**
 * What of a list is worth having again with another plan: no words, no ticks, no place, nor those alone with whom nothing
 * is to be done.
 */
export const forLater = (flow: Flow, view: SelectionView): SelectionView => ({
  ...view,
  q: '',
  doomed: false,
  chosen: false,
  classes: view.classes.some(name => name === 'new' || name === 'changed') ? view.classes : firstView(flow).classes,
})

/** Whether anything narrows the list more than it is narrowed from the beginning. */
export const isNarrowed = (flow: Flow, view: SelectionView): boolean =>
  queryOf(flow, { ...view, sort: 'key', descending: false, rows: firstView(flow).rows }) !== ''
