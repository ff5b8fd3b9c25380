/** A 対応表 as a file: a line for each value of the source's list, with what stands for it in the target's. */
import { CsvError, parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import type { ListEntry } from '../contract/contract.js'
import type { TableEntries, ValueTable } from '../contract/value-tables.js'
import type { TableLists } from '../connections/table-lists.js'

/** Bytes of a file, its lines and the signs of a cell at most. */
export const MOST_BYTES = 1_048_576
const MOST_LINES = 5_000
const LONGEST_CELL = 300
/** Lines that are named in a refusal. */
const NAMED_LINES = 5

export const NOTHING_STORED = '対応表は変更していません。'
const UNREADABLE = `文字コードがUTF-8でもShift_JISでもないか、CSVファイルではないため、読み取れません。${NOTHING_STORED}［CSV（UTF-8）］でダウンロードしたファイルを修正して、選択し直してください。`
const QUOTES = `引用符（"）の位置が正しくないため、読み取れません。${NOTHING_STORED}表計算ソフトで保存し直してから、選択し直してください。`
const TOO_MANY = `行が${MOST_LINES.toLocaleString('ja-JP')}行を超えているため、読み取れません。${NOTHING_STORED}ファイルを分けて、選択し直してください。`
const EXTRA = '列の数が見出しと合いません。値に含まれるカンマが引用符で囲まれているか確認してください。'
const CUT_OFF =
  '列の数が見出しより少なくなっています。行が途中で切れていないかを確認してください。表計算ソフトで開いて保存し直すか、変更しない行を、行ごと削除してください。'
const EMPTY = `見出しのほかに行がないため、読み取れません。${NOTHING_STORED}値を入力したファイルを、選択し直してください。`

/**
 * Excel saves a CSV in blocks of so many rows, the heading's row being the first, and leaves out the last columns of a
 * block where all of its rows are blank there.
 */
const BLOCK = 16
/** The columns that say whose line it is; behind them stands the answer. */
const SUBJECT = 2

/** The headings of the file. */
export const headings = ({ option: { from, label } }: ValueTable): string[] => [
  `${from.label}コード`,
  from.label,
  `${label}コード`,
  label,
]

/** Every value of the source's list, mapped or not. */
export const tableRows = ({ sources, targets }: TableLists, entries: TableEntries): string[][] => {
  const byValue = new Map(targets.map(target => [target.value, target]))
  return sources.map(({ value, code, name }) => {
    const entry = Object.hasOwn(entries, value) ? entries[value] : undefined
    const target = entry && byValue.get(entry.value)
    return [code ?? '', name, target?.code ?? '', target?.name ?? '']
  })
}

/** Signs that no text has: of a file that is none, or in another encoding. */
const NO_TEXT = /[\0\u0080-\u009f\ufffd]/

function textOfFile(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return NO_TEXT.test(text) ? null : text
  } catch {
    const text = iconv.decode(bytes, 'cp932')
    return NO_TEXT.test(text) ? null : text
  }
}

/** As it was before it was guarded for spreadsheets (runs/csv.ts). */
const unguarded = (cell: string): string => cell.trim().replace(/^'(?=[\s\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫−])/u, '')

/** The entry that a line names by its code, its name or both; a sentence where there is none, or more than one. */
function entryOf(entries: readonly ListEntry[], label: string, code: string, name: string): ListEntry | string {
  const named = entries.filter(one => (code === '' || one.code === code) && (name === '' || one.name === name))
  const found = named.length > 1 && code === '' ? named.filter(one => one.code === null) : named
  const said = [code === '' ? '' : `コード「${code}」`, name === '' ? '' : `名前「${name}」`].filter(Boolean).join('と')
  const [one, ...more] = found.length === 0 ? named : found
  if (!one)
    return `${label}の${said}に当てはまるものが見つかりません。先頭の0が欠けていないかと、名前が変わっていないかを確認してください。`
  return more.length > 0 ? `${label}の${said}に当てはまるものが複数あります。コードを入力してください。` : one
}

/** What the lines of a file change: the source's value → the target's entry, null where it has none. */
export type ReadTable = { changes: ReadonlyMap<string, ListEntry | null> } | { fault: string }

/** Reads a file; one wrong line, and nothing of it counts. */
export function readTable(bytes: Buffer, table: ValueTable, lists: TableLists): ReadTable {
  const text = textOfFile(bytes)
  if (text === null) return { fault: UNREADABLE }
  let rows: string[][]
  try {
    rows = parse(text, { bom: true, relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'] })
  } catch (error) {
    if (error instanceof CsvError) return { fault: QUOTES }
    throw error
  }
  const [heading = []] = rows
  const wanted = headings(table)
  if (wanted.some((name, index) => heading[index]?.trim() !== name))
    return {
      fault: `1行目の見出しが「${wanted.join('、')}」ではないため、読み取れません。${NOTHING_STORED}この対応表からダウンロードしたファイルを修正して、選択し直してください。`,
    }
  if (rows.length - 1 > MOST_LINES) return { fault: TOO_MANY }
  return changesOf(completed(rows, wanted.length, /[\r\n]$/.test(text)).slice(1), table, lists)
}

/**
 * Lines with the blank columns that Excel has left out. A line that was cut off looks the same, and would take a choice
 * back: a short line is believed only where Excel would have written it, which is when all lines of its block end behind
 * the same column and still say whose they are. The last line has its line break, too, or the file itself was cut off.
 * Other short lines stay as they are, and are refused.
 */
function completed(rows: readonly string[][], width: number, isWhole: boolean): readonly string[][] {
  return rows.map((cells, index) => {
    const first = index - (index % BLOCK)
    const asExcel = rows.slice(first, first + BLOCK).every(({ length }) => length === cells.length)
    const isSaid = cells.length >= SUBJECT && asExcel && (isWhole || index < rows.length - 1)
    return isSaid && cells.length < width ? [...cells, ...Array<string>(width - cells.length).fill('')] : cells
  })
}

function changesOf(lines: readonly string[][], table: ValueTable, lists: TableLists): ReadTable {
  const changes = new Map<string, ListEntry | null>()
  const lineOf = new Map<string, number>()
  const faults: string[] = []
  for (const [index, line] of lines.entries()) {
    const cells = line.map(unguarded)
    if (cells.every(cell => cell === '')) continue
    const number = index + 2
    const read = lineChange(cells, table, lists)
    if (typeof read === 'string') faults.push(`${number}行目：${read}`)
    else if (lineOf.has(read.source.value))
      faults.push(
        `${number}行目：${table.option.from.label}「${read.source.name}」が、${lineOf.get(read.source.value)}行目にもあります。どちらか1行にしてください。`,
      )
    else {
      lineOf.set(read.source.value, number)
      changes.set(read.source.value, read.target)
    }
  }
  const more = faults.length > NAMED_LINES ? [`ほかに${faults.length - NAMED_LINES}行あります。`] : []
  if (faults.length > 0) return { fault: [...faults.slice(0, NAMED_LINES), ...more, NOTHING_STORED].join('') }
  return changes.size === 0 ? { fault: EMPTY } : { changes }
}

/** One line; a sentence where it is wrong. */
function lineChange(
  cells: readonly string[],
  table: ValueTable,
  { sources, targets }: TableLists,
): { source: ListEntry; target: ListEntry | null } | string {
  const { from, label } = table.option
  const [fromCode = '', fromName = '', toCode = '', toName = '', ...rest] = cells
  if (rest.some(cell => cell !== '')) return EXTRA
  // A line that is cut off does not say that nothing stands for the value; see `completed`.
  if (cells.length < headings(table).length) return CUT_OFF
  if (cells.some(cell => cell.length > LONGEST_CELL))
    return `値が長すぎます。1つの値は${LONGEST_CELL}文字以内で入力してください。`
  if (fromCode === '' && fromName === '') return `${from.label}が空欄です。コードまたは名前を入力してください。`
  const source = entryOf(sources, from.label, fromCode, fromName)
  if (typeof source === 'string') return source
  const target = toCode === '' && toName === '' ? null : entryOf(targets, label, toCode, toName)
  return typeof target === 'string' ? target : { source, target }
}
