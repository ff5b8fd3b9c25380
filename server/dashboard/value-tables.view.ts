import type { TableLists } from '../connections/table-lists.js'
import type { TableHeads } from '../connections/value-tables.store.js'
import type { RuleChoice } from '../connections/field-rules.view.js'
import type { Connector, ListEntry } from '../contract/contract.js'
import { VALUE_TABLES, tableUses, type SavedTable, type TableUse, type ValueTable } from '../contract/value-tables.js'
import { paths } from '../paths.js'
import { jstDateTime } from '../platform/clock.js'
import { amount } from '../runs/labels.js'
import type { FieldErrors } from '../web/form.js'
import type { Field, Page, PageLink } from '../web/page.js'
import { asShown, sinceShown, type SinceShown } from '../web/since-shown.js'
import { nameOf, NOTHING_SAVED, storedPairs, USE, type ops, type TypedTable } from './value-tables.form.js'

/** Rows of a page: each has a select with all of the target's list. */
const ROWS = 100

export const FILE = 'file'

export interface TableRow {
  label: string
  /** how many people have the value; '-': not known */
  heads: string
  /** what was chosen is there no more */
  gone: string | null
  choice: RuleChoice
}

/** ［対応表］ */
export interface ValueTablesPage extends Page {
  lead: string
  back: string
  tabs: (PageLink & { current: boolean })[]
  /** why nothing can be chosen now */
  problem: string | null
  /** tries again to read the lists; null: they are there, or what was sent would be lost by it */
  reload: PageLink | null
  /** what was sent while the lists could not be read, and the button that sends it again */
  kept: { text: string; action: string; fields: Kept['fields']; op: Kept['op']; button: string } | null
  notices: string[]
  errors: FieldErrors
  /** null: the lists could not be read */
  table: {
    title: string
    action: string
    use: Field
    caption: string
    columns: { source: string; heads: string; target: string }
    rows: TableRow[]
    /** what the numbers say, and of when */
    counted: string
    /** there is nothing in one of the lists */
    empty: string | null
    notes: string[]
    pages: PageLink[]
    /** in the rows or their use; a file has its own form */
    mistyped: boolean
    since: SinceShown
  } | null
  files: { title: string; text: string; links: PageLink[]; action: string; field: Field } | null
}

export const useLabels: Readonly<Record<TableUse, string>> = {
  none: '使わない',
  new: '使う（新規登録の従業員だけ）',
  all: '使う（登録済みの従業員にも送る）',
}

/** 「SmartHRの部署 → 勤怠の所属」 */
export const tableTitle = ({ flow, option }: ValueTable): string =>
  `${flow.from}の${option.from.label} → ${flow.to}の${option.label}`

/** What a file of the table is called. */
export const fileName = ({ option }: ValueTable): string => `${VALUE_TABLES}_${option.from.label}_${option.label}`

/** A form as it came, and what it was sent for. */
interface Kept {
  op: keyof typeof ops
  fields: readonly (readonly [name: string, value: string])[]
}

interface Shown {
  connector: Connector
  tables: readonly ValueTable[]
  table: ValueTable
  /** null: they could not be read */
  lists: TableLists | null
  saved: SavedTable | null
  heads: TableHeads | null
  /** what was typed or filled in; null: what is saved */
  typed: TypedTable | null
  /** it was sent while the lists could not be read */
  kept: Kept | null
  page: number
  /** nothing was saved: the form was that of an older page */
  changed: boolean
  /** what a page has shown that is drawn again before anything is saved */
  body: unknown
  problem: string | null
  notices: readonly string[]
  errors: FieldErrors
}

const addressOf = ({ connector, table }: Pick<Shown, 'connector' | 'table'>, page = 1): string =>
  paths.valueTables.to(
    { connector: connector.id },
    { table: table.option.name, ...(page > 1 && { page: String(page) }) },
  )

/** Those without a value first, the most frequent of them before the others. */
function inOrder({ saved, heads }: Pick<Shown, 'saved' | 'heads'>, { sources, targets }: TableLists): ListEntry[] {
  const there = new Set(targets.map(({ value }) => value))
  const entries = saved?.entries ?? {}
  const isMapped = ({ value }: ListEntry) => Object.hasOwn(entries, value) && there.has(entries[value]?.value ?? '')
  const people = ({ value }: ListEntry) => heads?.counts[value] ?? 0
  const open = sources.filter(source => !isMapped(source)).sort((a, b) => people(b) - people(a))
  return [...open, ...sources.filter(isMapped)]
}

function rowOf(input: Shown, { targets }: TableLists, source: ListEntry): TableRow {
  const { table, saved, heads, typed, errors } = input
  const name = nameOf(source.value)
  const entry = saved && Object.hasOwn(saved.entries, source.value) ? saved.entries[source.value] : undefined
  const isThere = targets.some(({ value }) => value === entry?.value)
  const error = errors[name]
  return {
    label: source.label,
    heads: heads ? `${amount(heads.counts[source.value] ?? 0)}${table.flow.words.counter}` : '-',
    gone:
      entry && !isThere
        ? `選択していた「${entry.label}」が、${table.flow.to}に見つかりません。選択し直してください。`
        : null,
    choice: {
      name,
      label: `${source.label}：${table.option.label}`,
      value: typed?.chosen[source.value] ?? (isThere ? (entry?.value ?? '') : ''),
      options: [{ value: '', label: '選択しない' }, ...targets],
      error,
    },
  }
}

const countedText = ({ table, heads }: Shown): string =>
  heads
    ? `人数は、${jstDateTime(heads.fetchedAt)}に「${table.flow.title}」で取得した従業員のうち、${table.option.from.label}がその値の人数です。`
    : `人数は、「${table.flow.title}」で従業員情報を取得すると、表示されます。`

function emptyText({ flow, option }: ValueTable, { sources, targets }: TableLists): string | null {
  const missing =
    sources.length === 0 ? [flow.from, option.from.label] : targets.length === 0 ? [flow.to, option.label] : null
  return missing && `${missing[0]}に${missing[1]}が登録されていません。登録してから、この画面を開き直してください。`
}

function notesOf({ flow, option: { from, label, dated } }: ValueTable): string[] {
  const { item, new: registered } = flow.words
  const notes = [
    '変更は、次に取得した情報から有効です。取得済みの同期は変わりません。',
    `使わない場合は、${registered}のたびに、新しく登録する全員に同じ${label}を選択します。`,
    `使う場合は、${from.label}に対応する${label}を選択していない${item}は、新しく登録できません。登録済みの${item}は、その値を変更しません。`,
    ...(dated
      ? [
          `登録済みの${item}に送る${label}は、情報取得基準日から有効な変更として登録します。基準日が、取得した月より前の月の日付のときは、送りません。`,
        ]
      : []),
  ]
  return notes
}

function pagesOf(input: Shown, rows: number): PageLink[] {
  const last = Math.max(1, Math.ceil(rows / ROWS))
  return [
    ...(input.page > 1 ? [{ href: addressOf(input, input.page - 1), label: '前へ' }] : []),
    ...(input.page < last ? [{ href: addressOf(input, input.page + 1), label: '次へ' }] : []),
  ]
}

/** What the rows of the page stand for; a page of rows knows of no others. */
function sinceOf({ saved, changed, body }: Shown, { targets }: TableLists, sources: ListEntry[]): SinceShown {
  const stored = storedPairs(saved ?? NOTHING_SAVED, { sources, targets })
  return changed ? sinceShown(stored, { changed }) : asShown(body, stored)
}

function tableOf(input: Shown, lists: TableLists): NonNullable<ValueTablesPage['table']> {
  const { table, saved, typed, page, errors } = input
  const { flow, option } = table
  const ordered = inOrder(input, lists)
  const rows = ordered.slice((page - 1) * ROWS, page * ROWS)
  return {
    title: tableTitle(table),
    action: addressOf(input, page),
    use: {
      id: USE,
      label: 'この対応表の使い方',
      kind: 'radio',
      value: typed?.use ?? saved?.use ?? 'none',
      error: errors[USE],
      options: tableUses.map(value => ({ value, label: useLabels[value] })),
    },
    caption: tableTitle(table),
    columns: {
      source: `${flow.from}の${option.from.label}`,
      heads: '人数',
      target: `${flow.to}の${option.label}`,
    },
    rows: rows.map(source => rowOf(input, lists, source)),
    counted: countedText(input),
    empty: emptyText(table, lists),
    notes: notesOf(table),
    pages: pagesOf(input, ordered.length),
    mistyped: Object.keys(errors).some(name => name !== FILE),
    since: sinceOf(input, lists, rows),
  }
}

function filesOf({ connector, table, errors }: Shown): ValueTablesPage['files'] {
  const [to, query] = [{ connector: connector.id }, { table: table.option.name }]
  return {
    title: 'CSVで編集する',
    text: 'ダウンロードしたCSVファイルを編集し、選択して取り込むと、対応表を変更できます。ファイルにない行は変わりません。右側の2列が空欄の行は、選択を解除します。',
    links: [
      { href: paths.valueTablesCsv.to(to, query), label: 'CSV（UTF-8）' },
      { href: paths.valueTablesCsv.to(to, { ...query, encoding: 'sjis' }), label: 'CSV（Shift_JIS）' },
    ],
    action: paths.valueTablesFile.to(to, query),
    field: {
      id: FILE,
      label: 'CSVファイル',
      kind: 'file',
      value: '',
      error: errors[FILE],
      help: '文字コードはUTF-8またはShift_JIS、1MB以内のファイルを選択できます。',
      accept: '.csv,text/csv',
    },
  }
}

const AGAIN = { save: 'もう一度保存する', fill: 'もう一度、同じ名前で埋める' } as const satisfies Record<
  Kept['op'],
  string
>

const keptText = (op: Kept['op']): string =>
  `一覧を取得できなかったため、対応表は保存していません。この画面で選択した内容は、すべて残しています。時間をおいて、［${AGAIN[op]}］を押してください。`

export function valueTablesPage(input: Shown): ValueTablesPage {
  const { connector, tables, table, lists, kept, page, problem, notices, errors } = input
  return {
    title: VALUE_TABLES,
    wide: true,
    hasErrors: Object.keys(errors).length > 0,
    lead: `SmartHRと${connector.labels.product}で呼びかたが違う値を、どの値と対応させるかを選択してください。`,
    back: paths.dashboard.to({ connector: connector.id }),
    tabs: tables.map(one => ({
      href: addressOf({ connector, table: one }),
      label: tableTitle(one),
      current: one.option.name === table.option.name,
    })),
    problem,
    reload: lists || kept ? null : { href: addressOf(input, page), label: '画面を再読み込み' },
    kept: kept && { text: keptText(kept.op), action: addressOf(input, page), button: AGAIN[kept.op], ...kept },
    notices: [...notices],
    errors,
    table: lists && tableOf(input, lists),
    files: lists && filesOf(input),
  }
}
