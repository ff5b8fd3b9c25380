import { zip, type ZipPart } from './zip.js'

/** A list as a workbook for Excel. Every cell is text: zeros in front stay, and nothing is calculated. */
export interface Workbook {
  /** of the sheet; a list that is too long for one goes on in 「名前 (2)」 */
  name: string
  /** above the list: a term and what it says */
  facts: readonly (readonly [term: string, text: string])[]
  columns: readonly { label: string; width: number }[]
  rows: AsyncIterable<readonly string[]>
}

/** What Excel takes: rows of a sheet, signs of a cell. */
const MOST_ROWS = 1_048_576
const MOST_SIGNS = 32_767

/** Rows are handed on in texts of about this size. */
const CHUNK = 16_384

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

/** Their places in the list of styles below. */
const [TEXT, HEADING] = [1, 2]

/** Format 49 is 「文字列」: what is typed into such a cell later stays text, too. */
const STYLES = [
  `${DECLARATION}<styleSheet xmlns="${MAIN}">`,
  '<fonts count="2"><font><sz val="11"/><name val="Yu Gothic"/></font>',
  '<font><b/><sz val="11"/><name val="Yu Gothic"/></font></fonts>',
  '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>',
  '<fill><patternFill patternType="solid"><fgColor rgb="FFEDEBE8"/></patternFill></fill></fills>',
  '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>',
  '<cellXfs count="3"><xf/>',
  '<xf numFmtId="49" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top"/></xf>',
  '<xf numFmtId="49" fontId="1" fillId="2" applyNumberFormat="1" applyFont="1" applyFill="1"/></cellXfs></styleSheet>',
].join('')

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r\n': '\n', '\r': '\n' }

const whole = (text: string): string =>
  text.length <= MOST_SIGNS ? text : `${text.slice(0, MOST_SIGNS - 1).replace(/[\uD800-\uDBFF]$/, '')}…`

/** Nothing in it that means more to XML, or to Excel, than itself. */
const PLAIN = /^[\t\n\x20-\x25\x27-\x3b\x3d\x3f-\x5e\x60-\x7e\xa0-\ud7ff\ue000-\ufffd]*$/

/** A text as XML has it: without signs that XML lacks. `_x0041_` would be read as the sign of that number. */
const xml = (text: string): string =>
  PLAIN.test(text)
    ? text
    : text
        .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
        .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '')
        .replace(/\p{Surrogate}/gu, '\ufffd')
        .replace(/\r\n?|[&<>]/g, sign => escapes[sign] ?? sign)

/** A, B, … of a column's number; a list has fewer than 26. */
const letter = (column: number): string => String.fromCharCode(65 + column)

const textOf = (cell: string): string => `<t xml:space="preserve">${xml(whole(cell))}</t>`

const rowOf = (cells: readonly string[], at: number, style: number): string =>
  `<row r="${at}">${cells
    .map((cell, column) =>
      cell === '' && style === TEXT
        ? ''
        : `<c r="${letter(column)}${at}" s="${style}" t="inlineStr"><is>${textOf(cell)}</is></c>`,
    )
    .join('')}</row>`

/** `headings`: the row that stays in view with those above it. */
const sheetHead = ({ columns }: Workbook, headings: number): string =>
  [
    `${DECLARATION}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">`,
    `<pane ySplit="${headings}" topLeftCell="A${headings + 1}" activePane="bottomLeft" state="frozen"/>`,
    '</sheetView></sheetViews><cols>',
    ...columns.map(
      ({ width }, index) =>
        `<col min="${index + 1}" max="${index + 1}" width="${width}" style="${TEXT}" customWidth="1"/>`,
    ),
    '</cols><sheetData>',
  ].join('')

/** One sheet, of rows that another one may go on with: `told` says whether this one is full. */
async function* sheet(
  { book, rows, mostRows }: { book: Workbook; rows: AsyncIterator<readonly string[]>; mostRows: number },
  told: { isFull: boolean },
) {
  const { facts, columns } = book
  const headings = facts.length > 0 ? facts.length + 2 : 1
  told.isFull = false
  let text = sheetHead(book, headings)
  for (const [index, fact] of facts.entries()) text += rowOf(fact, index + 1, TEXT)
  text += rowOf(
    columns.map(({ label }) => label),
    headings,
    HEADING,
  )
  // The head leaves before the first row is asked for.
  yield text
  text = ''
  let at = headings
  for (;;) {
    if (at === mostRows) {
      told.isFull = true
      break
    }
    const next = await rows.next()
    if (next.done) break
    at += 1
    text += rowOf(next.value, at, TEXT)
    if (text.length < CHUNK) continue
    yield text
    text = ''
  }
  yield `${text}</sheetData><autoFilter ref="A${headings}:${letter(columns.length - 1)}${at}"/></worksheet>`
}

type Relation = readonly [id: string, kind: string, target: string]

const relations = (all: readonly Relation[]): string =>
  [
    `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships">`,
    ...all.map(([id, kind, to]) => `<Relationship Id="${id}" Type="${RELATIONS}/${kind}" Target="${to}"/>`),
    '</Relationships>',
  ].join('')

const typeOf = (path: string, kind: string): string =>
  `<Override PartName="/xl/${path}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml"/>`

const sheetFile = (number: number) => `worksheets/sheet${number}.xml`

const one = (name: string, text: string): ZipPart => ({
  name,
  content: (async function* () {
    yield await Promise.resolve(text)
  })(),
})

/** Everything around the sheets, of which there are so many. */
function* frame(name: string, sheets: number): Iterable<ZipPart> {
  const numbers = Array.from({ length: sheets }, (_, index) => index + 1)
  const names = numbers.map(nth => (nth === 1 ? name : `${name} (${nth})`))
  yield one('xl/styles.xml', STYLES)
  yield one(
    'xl/workbook.xml',
    [
      `${DECLARATION}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>`,
      ...names.map((title, index) => `<sheet name="${xml(title)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`),
      '</sheets></workbook>',
    ].join(''),
  )
  yield one(
    'xl/_rels/workbook.xml.rels',
    relations([
      ...numbers.map((nth): Relation => [`rId${nth}`, 'worksheet', sheetFile(nth)]),
      ['styles', 'styles', 'styles.xml'],
    ]),
  )
  yield one('_rels/.rels', relations([['rId1', 'officeDocument', 'xl/workbook.xml']]))
  yield one(
    '[Content_Types].xml',
    [
      `${DECLARATION}<Types xmlns="${PACKAGE}/content-types">`,
      '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
      '<Default Extension="xml" ContentType="application/xml"/>',
      typeOf('workbook.xml', 'sheet.main'),
      typeOf('styles.xml', 'styles'),
      ...numbers.map(nth => typeOf(sheetFile(nth), 'worksheet')),
      '</Types>',
    ].join(''),
  )
}

async function* partsOf(book: Workbook, mostRows: number): AsyncGenerator<ZipPart> {
  const rows = book.rows[Symbol.asyncIterator]()
  try {
    const told = { isFull: true }
    let sheets = 0
    while (told.isFull) {
      sheets += 1
      yield { name: `xl/${sheetFile(sheets)}`, content: sheet({ book, rows, mostRows }, told) }
    }
    yield* frame(book.name, sheets)
  } finally {
    await rows.return?.()
  }
}

/** The bytes of a workbook, as its rows come: of a list of any length little is in memory. */
export const xlsx = (book: Workbook, { mostRows = MOST_ROWS } = {}): AsyncIterable<Buffer> =>
  zip(partsOf(book, mostRows))
