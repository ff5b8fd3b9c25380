import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32, inflateRawSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'

const PROGRAMS = ['/usr/bin/soffice', '/usr/local/bin/soffice', '/Applications/LibreOffice.app/Contents/MacOS/soffice']

/** LibreOffice, where the machine has it. */
export const libreOffice = PROGRAMS.find(existsSync)

/** A workbook's sheets as LibreOffice shows them, each as rows of cells. */
export async function shownByLibreOffice(bytes: Buffer): Promise<string[][][]> {
  const folder = await mkdtemp(join(tmpdir(), 'renkei-sheet-'))
  try {
    await writeFile(join(folder, 'book.xlsx'), bytes)
    // comma, ", UTF-8, from the first line; cells as shown; every sheet
    const filter = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1'
    const profile = `-env:UserInstallation=file://${join(folder, 'profile')}`
    await promisify(execFile)(
      libreOffice ?? 'soffice',
      ['--headless', '--convert-to', filter, '--outdir', join(folder, 'out'), profile, join(folder, 'book.xlsx')],
      { timeout: 60_000 },
    )
    const files = (await readdir(join(folder, 'out'))).sort()
    return await Promise.all(
      files.map(async file =>
        parse(await readFile(join(folder, 'out', file)), {
          bom: true,
          relax_column_count: true,
          skip_empty_lines: false,
        }),
      ),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What is in an archive, by name. Throws where a checksum, a size or an end is not right. */
export function unzipped(bytes: Buffer): Map<string, string> {
  const last = bytes.length - 22
  if (bytes.readUInt32LE(last) !== 0x06054b50) throw new Error('the archive has no end')
  const parts = new Map<string, string>()
  let at = bytes.readUInt32LE(last + 16)
  for (let nth = 0; nth < bytes.readUInt16LE(last + 10); nth += 1) {
    const [checksum, packed, size] = [16, 20, 24].map(place => bytes.readUInt32LE(at + place))
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    const local = bytes.readUInt32LE(at + 42)
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const content = inflateRawSync(bytes.subarray(from, from + (packed ?? 0)))
    if (content.length !== size || crc32(content) !== checksum) throw new Error(`${name} is not whole`)
    parts.set(name, content.toString())
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return parts
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/_x005F_/gi, '_')

/** The first sheet's rows, each cell with its type and style; a cell that is left out is ''. */
export function cellsOf(bytes: Buffer): { text: string; type: string; style: string }[][] {
  const sheet = unzipped(bytes).get('xl/worksheets/sheet1.xml') ?? ''
  return [...sheet.matchAll(/<row r="(\d+)">(.*?)<\/row>/gs)].map(([, , row = '']) => {
    const cells: { text: string; type: string; style: string }[] = []
    for (const [, column = '', style = '', type = '', text = ''] of row.matchAll(
      /<c r="([A-Z])\d+" s="(\d+)" t="(\w+)"><is><t[^>]*>(.*?)<\/t><\/is><\/c>/gs,
    ))
      cells[column.charCodeAt(0) - 65] = { text: unescaped(text), type, style }
    return Array.from(cells, cell => cell ?? { text: '', type: '', style: '' })
  })
}

/** … and below its head the list itself: each row by the headings, which are those with a `heading` among them. */
export function listOf(bytes: Buffer, heading: string): { facts: Map<string, string>; rows: Record<string, string>[] } {
  const rows = cellsOf(bytes).map(row => row.map(({ text }) => text))
  const at = rows.findIndex(row => row.includes(heading))
  const headings = rows[at] ?? []
  return {
    facts: new Map(rows.slice(0, at).map(([term = '', text = '']) => [term, text])),
    rows: rows.slice(at + 1).map(row => Object.fromEntries(headings.map((name, index) => [name, row[index] ?? '']))),
  }
}
