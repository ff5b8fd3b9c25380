import { pipeline } from 'node:stream/promises'
import type { Readable, Writable } from 'node:stream'
import { stringify } from 'csv-stringify'
import iconv from 'iconv-lite'
import { forCp932 } from './cp932.js'

/**
 * A cell as a spreadsheet shows it instead of calculating it. Full-width signs and the minus of mathematics count, too:
 * Japanese spreadsheets take them for their half-width twins. Guarded after signs have changed for the encoding.
 */
export const guarded = (cell: string): string =>
  /^[\s\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫−\t\r\n]/u.test(cell) ? `'${cell}` : cell

export type Encoding = 'utf8' | 'sjis'

/** A cell as the encoding can hold it and a spreadsheet shows it. */
export const cellIn = (encoding: Encoding) =>
  encoding === 'utf8' ? guarded : (text: string) => guarded(forCp932(text).text)

/** Sends rows as a file for spreadsheets. */
export async function sendCsv(rows: Readable, encoding: Encoding, to: Writable): Promise<void> {
  const csv = stringify({ bom: encoding === 'utf8', record_delimiter: 'windows', quoted: true, quoted_empty: true })
  if (encoding === 'utf8') {
    await pipeline(rows, csv, to)
    return
  }
  csv.setEncoding('utf8')
  await pipeline(rows, csv, iconv.encodeStream('cp932'), to)
}
