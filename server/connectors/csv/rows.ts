/** A file's rows, one at a time: quotes, line breaks inside cells and blank rows are dealt with here. */
import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import type { FileContent } from '../../contract/contract.js'
import { textOfFile } from './encoding.js'
import { FileFault } from './fault.js'

/** Rows of people at most; a spreadsheet's first row is the heading. */
export const MOST_ROWS = 20_000
/** The page of the columns is one form. */
const MOST_COLUMNS = 300
/** Signs of one row: more, and a quote was never closed. */
const LONGEST_ROW = 200_000

export interface Row {
  /** as a spreadsheet counts: the first row of the file is 1 */
  number: number
  cells: readonly string[]
}

export const QUOTES =
  '引用符（"）の位置が正しくないか、閉じられていません。値の中の引用符は「""」と書きます。表計算ソフトでファイルを開いて保存し直してから、選択してください。'

function faultOf(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error
  const line = Number((error as CsvError & { lines?: number }).lines)
  return new FileFault(Number.isSafeInteger(line) ? `${line}行目の付近で、${QUOTES}` : QUOTES)
}

/** Every row in which something stands. Throws FileFault where a row's end can't be told. */
export async function* rowsOf(file: FileContent): AsyncGenerator<Row> {
  const parser = parse({
    bom: true,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: LONGEST_ROW,
  })
  // What goes wrong before the parser comes out of it.
  pipeline(Readable.from(textOfFile(file), { objectMode: true }), parser, () => undefined)
  let number = 0
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      number += 1
      if (cells.some(cell => cell.trim() !== '')) yield { number, cells }
    }
  } catch (error) {
    throw faultOf(error)
  }
}

/** A column's name as it is compared and shown: without blanks around it or line breaks in it. */
const nameOf = (cell: string): string => cell.replace(/\s+/g, ' ').trim()

export const NO_COMMAS =
  '列がカンマで区切られていません。区切り文字をカンマにして書き出したファイルを選択してください。'
export const TOO_WIDE = `列が${MOST_COLUMNS}を超えているため、読み取れません。必要のない列を削除してから、選択してください。`
export const namedTwice = (names: readonly string[]): string =>
  `同じ見出しの列が複数あります（${names.join('、')}）。どの列を取り込むか特定できないため、見出しを変更するか、必要のない列を削除してから、選択してください。`

/** The file's heading, by place; '' where a column has none. Throws FileFault where it is no heading. */
export function headingOf({ cells }: Row): readonly string[] {
  const names = cells.map(nameOf)
  const named = names.filter(name => name !== '')
  if (cells.length === 1 && /[\t;]/.test(cells[0] ?? '')) throw new FileFault(NO_COMMAS)
  if (names.length > MOST_COLUMNS) throw new FileFault(TOO_WIDE)
  const twice = [...new Set(named.filter((name, index) => named.indexOf(name) !== index))]
  if (twice.length > 0) throw new FileFault(namedTwice(twice.slice(0, 5)))
  return names
}
