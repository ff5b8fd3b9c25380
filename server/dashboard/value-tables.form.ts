import type { Choice, ListEntry } from '../contract/contract.js'
import { sameName, tableUses, type SavedTable, type TableEntries, type TableUse } from '../contract/value-tables.js'
import { many } from '../web/fields.js'
import { notChosen, textField, type FieldErrors } from '../web/form.js'
import type { TableLists } from '../connections/table-lists.js'
import { changedSince, type Pairs } from '../web/since-shown.js'

/** The field of a source's value. */
export const PREFIX = 'to-'
export const nameOf = (value: string): string => `${PREFIX}${value}`
export const USE = 'use'

const UNKNOWN =
  '画面に表示した後に、一覧にない値が含まれています。画面が古い可能性があるため、保存していません。開き直してから、もう一度保存してください。'
const gone = (name: string) => `「${name}」に選択した値が見つかりません。選択し直してください。`
export const NOTHING = '値が1つも選択されていません。対応表を使う場合は、1つ以上の値を選択してから保存してください。'

export const choiceOf = ({ value, label }: ListEntry): Choice => ({ value, label })

/** What was chosen of the rows that the page showed: the source's value → the target's, '' for none. */
export interface TypedTable {
  use: string
  chosen: Readonly<Record<string, string>>
}

/** What a table says. */
export type Content = Pick<SavedTable, 'use' | 'entries'>

/** … where nobody has saved one. */
export const NOTHING_SAVED: Content = { use: 'none', entries: {} }

export type ParsedTable =
  | { ok: true; use: TableUse; entries: TableEntries }
  | { ok: false; typed: TypedTable; errors: FieldErrors; changed?: true }

/** The rows that came, as they were typed. */
export function typedTable(body: unknown): TypedTable {
  const names = Object.keys((body ?? {}) as object).filter(name => name.startsWith(PREFIX))
  return {
    use: textField(body, USE).value,
    chosen: Object.fromEntries(names.map(name => [name.slice(PREFIX.length), textField(body, name).typed])),
  }
}

/** What is saved, as the form's fields; a value that the target has no more is chosen by nobody. */
export const storedPairs = ({ use, entries }: Content, { sources, targets }: TableLists): Pairs => [
  [USE, use],
  ...sources.map(({ value }): [string, string] => {
    const entry = Object.hasOwn(entries, value) ? entries[value] : undefined
    return [nameOf(value), targets.some(target => target.value === entry?.value) ? (entry?.value ?? '') : '']
  }),
]

/** The form came from a page that showed another table than is saved now: what to show instead; null: nothing to mind. */
export function tableSince(body: unknown, stored: Pairs): TypedTable | null {
  const { use, chosen } = typedTable(body)
  const typed: Pairs = [[USE, use], ...Object.entries(chosen).map(([value, to]) => [nameOf(value), to] as const)]
  const merged = changedSince(body, { typed, stored })
  return merged && typedTable(Object.fromEntries(merged))
}

/** What pressing the button of a form says, beside its fields. */
export const OP = 'op'
export const ops = { save: 'save', fill: 'fill' } as const

/** All fields that came, for a form that brings them once more; what they mean is judged then. */
export const carriedFields = (body: unknown): (readonly [name: string, value: string])[] =>
  Object.entries((body ?? {}) as object)
    .filter(([name]) => name !== OP && name !== '_csrf')
    .flatMap(([name, value]) => many(value).map(one => [name, one] as const))

/** The entries as they are after the rows: those of other rows stay, as long as the source has the value. */
export function mergedEntries(
  before: TableEntries,
  { sources }: Pick<TableLists, 'sources'>,
  changes: ReadonlyMap<string, ListEntry | null>,
): TableEntries {
  return Object.fromEntries(
    sources.flatMap(({ value }): [string, Choice][] => {
      const changed = changes.get(value)
      if (changed !== undefined) return changed === null ? [] : [[value, choiceOf(changed)]]
      const old = Object.hasOwn(before, value) ? before[value] : undefined
      return old ? [[value, old]] : []
    }),
  )
}

/** Whether a table is used though nothing of it has a value: whoever is new could not be registered. */
export const lacksValues = ({ use, entries }: { use: TableUse; entries: TableEntries }): boolean =>
  use !== 'none' && Object.keys(entries).length === 0

/** ［保存］: only what both lists hold now can be chosen. */
export function parseTable(lists: TableLists, before: TableEntries, body: unknown): ParsedTable {
  const typed = typedTable(body)
  const errors: Record<string, string> = {}
  const sources = new Map(lists.sources.map(entry => [entry.value, entry]))
  const targets = new Map(lists.targets.map(entry => [entry.value, entry]))
  const changes = new Map<string, ListEntry | null>()
  for (const [source, chosen] of Object.entries(typed.chosen)) {
    const [from, to] = [sources.get(source), targets.get(chosen)]
    if (!from) errors[USE] = UNKNOWN
    else if (textField(body, nameOf(source)).broken || (chosen !== '' && !to)) errors[nameOf(source)] = gone(from.name)
    else changes.set(source, to ?? null)
  }
  const use = tableUses.find(one => one === typed.use)
  if (!use) errors[USE] ??= notChosen('対応表の使い方')
  const entries = mergedEntries(before, lists, changes)
  if (use && lacksValues({ use, entries })) errors[USE] ??= NOTHING
  return use && Object.keys(errors).length === 0 ? { ok: true, use, entries } : { ok: false, typed, errors }
}

/** ［同じ名前で埋める］: rows without a value get the one that is called the same; how many did. */
export function filledByName(lists: TableLists, typed: TypedTable): { typed: TypedTable; filled: number } {
  let filled = 0
  const names = new Map(lists.sources.map(entry => [entry.value, entry]))
  const chosen = Object.entries(typed.chosen).map(([source, value]): [string, string] => {
    const from = names.get(source)
    const same = value === '' && from ? sameName(from, lists.targets) : null
    if (same) filled += 1
    return [source, same?.value ?? value]
  })
  return { typed: { ...typed, chosen: Object.fromEntries(chosen) }, filled }
}
