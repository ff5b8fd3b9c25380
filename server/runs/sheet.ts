import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Request, Response } from 'express'
import { inTurns } from '../platform/piecewise.js'
import { xlsx, type Workbook } from '../platform/xlsx.js'
import type { PageLink } from '../web/page.js'
import { forCp932 } from './cp932.js'
import { cellIn, sendCsv, type Encoding } from './csv.js'
import { unwritableSentence } from './errors-csv.js'

/** A list to take away, as a workbook for Excel or as CSV. */
export interface Sheet extends Workbook {
  /** of the file, without its ending */
  stem: string
  /** the same for programs that know no Japanese */
  id: string
}

export type SheetForm = 'xlsx' | Encoding

/** What a form is called in links. */
const sheetForms: Readonly<Record<SheetForm, string>> = {
  xlsx: 'Excel',
  utf8: 'CSV（UTF-8）',
  sjis: 'CSV（Shift_JIS）',
}

/** What a file is called in 操作履歴: 差分一覧（CSV、UTF-8）. */
export const fileLabel = (name: string, form: SheetForm): string =>
  `${name}（${sheetForms[form].replace('（', '、').replace('）', '')}）`

const types: Readonly<Record<SheetForm, string>> = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  utf8: 'text/csv; charset=utf-8',
  sjis: 'text/csv; charset=Shift_JIS',
}

/** Which form an address asks for: its ending, and `encoding` where that is csv. */
export const sheetForm = ({ path, query }: Pick<Request, 'path' | 'query'>): SheetForm =>
  path.endsWith('.xlsx') ? 'xlsx' : query.encoding === 'sjis' ? 'sjis' : 'utf8'

/** A link to each form. */
export const sheetLinks = (to: (ending: 'xlsx' | 'csv', query: { encoding?: 'sjis' }) => string): PageLink[] => [
  { href: to('xlsx', {}), label: sheetForms.xlsx },
  { href: to('csv', {}), label: sheetForms.utf8 },
  { href: to('csv', { encoding: 'sjis' }), label: sheetForms.sjis },
]

/** The rows as CSV has them: below the headings, with a last line about signs that the encoding lacks. */
async function* csvRows({ columns, rows }: Sheet, encoding: Encoding): AsyncIterable<string[]> {
  const cell = cellIn(encoding)
  yield columns.map(({ label }) => label)
  let lost = 0
  for await (const row of rows) {
    if (encoding === 'sjis') lost += row.reduce((sum, text) => sum + forCp932(text).lost, 0)
    yield row.map(cell)
  }
  const said = unwritableSentence(lost)
  if (said !== null) yield columns.map((_, index) => ['注意', said][index] ?? '')
}

/** Says what the file is, as far as its head goes. */
export function announceSheet(res: Response, { stem, id }: Pick<Sheet, 'stem' | 'id'>, form: SheetForm): void {
  const ending = form === 'xlsx' ? 'xlsx' : 'csv'
  const name = encodeURIComponent(`${stem}.${ending}`)
  res.set('Content-Disposition', `attachment; filename="${id}.${ending}"; filename*=UTF-8''${name}`)
  res.type(types[form])
}

/**
 * Sends a list as a file, as its rows come. The first bytes leave before the first row is asked for. Ends with an error
 * when who asked has left.
 */
export async function sendSheet(res: Response, list: Sheet, form: SheetForm): Promise<void> {
  const sheet = { ...list, rows: inTurns(list.rows) }
  announceSheet(res, sheet, form)
  if (form === 'xlsx') await pipeline(Readable.from(xlsx(sheet), { highWaterMark: 1 }), res)
  else await sendCsv(Readable.from(csvRows(sheet, form), { highWaterMark: 1 }), form, res)
}
