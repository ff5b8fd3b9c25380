import { expect } from 'chai'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { xlsx, type Workbook } from '../../../server/platform/xlsx.js'
import { cellsOf, libreOffice, shownByLibreOffice, unzipped } from '../../helpers/spreadsheet.js'

const rowsOf = (rows: readonly (readonly string[])[]) => Readable.from(rows) as AsyncIterable<readonly string[]>

const book = (rows: AsyncIterable<readonly string[]>, facts: Workbook['facts'] = []): Workbook => ({
  name: '差分一覧',
  facts,
  columns: ['社員番号', '氏名', '変更後'].map(label => ({ label, width: 20 })),
  rows,
})

const bytesOf = (made: Workbook) => buffer(Readable.from(xlsx(made)))

/** What a spreadsheet would calculate, cut or misread if it could. */
const ODD = [
  ['000123', '髙﨑 𠮟', '=1+1'],
  ['1E5', '-1', '+81 90-1234-5678'],
  ['2026-11-20', '@SUM(A1)', '_x0041_ と _x005F_'],
  ['0012', '<b>&"\'</b>', ' 前後の空白 '],
  ['TRUE', '1行目\n2行目', '=HYPERLINK("http://example.com","x")'],
]

describe('a workbook', () => {
  it('holds every cell as text, and says above the list what it is', async () => {
    const cells = cellsOf(
      await bytesOf(
        book(rowsOf(ODD), [
          ['取得日時', '2026/11/20 12:00'],
          ['実行者', '村上 理恵'],
        ]),
      ),
    )

    expect(cells.map(row => row.map(({ text }) => text))).to.deep.equal([
      ['取得日時', '2026/11/20 12:00'],
      ['実行者', '村上 理恵'],
      ['社員番号', '氏名', '変更後'],
      ...ODD,
    ])
    expect(new Set(cells.flat().map(({ type }) => type))).to.deep.equal(new Set(['inlineStr']))
    const styles = unzipped(await bytesOf(book(rowsOf([])))).get('xl/styles.xml') ?? ''
    expect(styles.match(/<xf numFmtId="49"/g)).to.have.length(2)
  })

  it('is opened by LibreOffice, which shows the same cells', async function () {
    // apt-get install libreoffice-calc-nogui
    if (!libreOffice && !process.env.CI) return this.skip()
    this.timeout(70_000)
    const [sheet] = await shownByLibreOffice(await bytesOf(book(rowsOf(ODD), [['実行者', '村上 理恵']])))

    expect(sheet).to.deep.equal([['実行者', '村上 理恵', ''], ['', '', ''], ['社員番号', '氏名', '変更後'], ...ODD])
  })

  it('leaves out what XML has no room for, and cuts what a cell has no room for', async () => {
    const cells = cellsOf(await bytesOf(book(rowsOf([['a\u0000b\u001fc\ufffe', '\ud800x', 'あ'.repeat(40_000)]]))))

    const [, row] = cells
    expect(row?.map(({ text }) => text.slice(0, 9))).to.deep.equal(['abc', '\ufffdx', 'あ'.repeat(9)])
    expect(row?.[2]?.text).to.have.length(32_767)
  })

  it('goes on in a second sheet where the first is full', async () => {
    const many = rowsOf(['1', '2', '3', '4', '5'].map(nth => [nth.padStart(6, '0')]))
    const made = { ...book(many), columns: [{ label: '社員番号', width: 10 }] }
    const parts = unzipped(await buffer(Readable.from(xlsx(made, { mostRows: 4 }))))

    expect(parts.get('xl/worksheets/sheet1.xml')).to.include('000003').and.not.include('000004')
    expect(parts.get('xl/worksheets/sheet2.xml')).to.include('000004').and.include('000005').and.include('社員番号')
    expect(parts.get('xl/workbook.xml')).to.include('差分一覧 (2)')
    expect(parts.get('[Content_Types].xml')).to.include('sheet2.xml')
  })

  it('begins before its first row is there, and stops asking when nobody reads on', async () => {
    let asked = 0
    let ended = false
    const endless = async function* () {
      try {
        for (;;) {
          asked += 1
          await Promise.resolve()
          yield ['000123', '氏名'.repeat(50), String(Math.random())]
        }
      } finally {
        ended = true
      }
    }
    const reading = xlsx(book(endless()))[Symbol.asyncIterator]()
    await reading.next()
    expect(asked).to.equal(0)
    await reading.next()
    await reading.return?.()
    await new Promise(done => setTimeout(done, 20))
    const then = asked
    await new Promise(done => setTimeout(done, 20))

    expect(ended).to.equal(true)
    expect(asked).to.equal(then)
  })

  it('ends with the failure of its rows', async () => {
    const failing = async function* () {
      yield ['000123']
      await Promise.resolve()
      throw new Error('the plan is another one')
    }
    const end = await bytesOf(book(failing())).then(
      () => 'whole',
      (error: Error) => error.message,
    )

    expect(end).to.equal('the plan is another one')
  })
})
