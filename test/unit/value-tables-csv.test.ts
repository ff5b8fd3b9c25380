import { expect } from 'chai'
import iconv from 'iconv-lite'
import { connectors } from '../../server/connectors/registry.js'
import type { ListEntry } from '../../server/contract/contract.js'
import { tablesOf } from '../../server/contract/value-tables.js'
import { headings, readTable, tableRows } from '../../server/dashboard/value-tables.csv.js'

const entry = (value: string, code: string | null, name: string): ListEntry => ({ value, code, name, label: name })

const lists = {
  sources: [
    entry('d1', 'A001', '本社/営業部'),
    entry('d2', '0042', '本社/開発部'),
    entry('d3', null, '準備室'),
    entry('d4', 'B1', '同名'),
    entry('d5', 'B2', '同名'),
    entry('d6', '-7', '負の部署'),
  ],
  targets: [entry('1000', '1000', '本社'), entry('2000', '2000', '大阪支店')],
}

const [table] = connectors.flatMap(tablesOf).filter(({ option }) => option.from.list === 'departments')
if (!table) throw new Error('no table of departments')
const HEAD = headings(table)

const read = (text: string | Buffer) => readTable(typeof text === 'string' ? Buffer.from(text) : text, table, lists)
const file = (...lines: readonly string[]) => [HEAD.join(','), ...lines].join('\r\n')
const changed = (text: string | Buffer): Record<string, string | null> => {
  const found = read(text)
  if ('fault' in found) throw new Error(found.fault)
  return Object.fromEntries([...found.changes].map(([source, target]) => [source, target?.value ?? null]))
}
const fault = (text: string | Buffer): string => {
  const found = read(text)
  return 'fault' in found ? found.fault : ''
}

describe('a file of a 対応表', () => {
  it('takes codes, names or both, and what is blank for a choice that is taken back', () => {
    expect(
      changed(
        file('A001,,1000,', ',本社/開発部,,大阪支店', ',準備室,2000,大阪支店', 'B1,同名,,', '', ',,,', "'-7,,1000,"),
      ),
    ).to.deep.equal({ d1: '1000', d2: '2000', d3: '2000', d4: null, d6: '1000' })
  })

  it('reads UTF-8 with its mark and Shift_JIS, and takes its own file back as it was', () => {
    expect(changed(`\ufeff${file('A001,本社/営業部,2000,大阪支店')}`)).to.deep.equal({ d1: '2000' })
    expect(changed(iconv.encode(file('A001,本社/営業部,2000,大阪支店'), 'cp932'))).to.deep.equal({ d1: '2000' })
    const entries = { d2: { value: '1000', label: '1000 本社' }, d4: { value: 'gone', label: '' } }
    const rows = tableRows(lists, entries)
    expect(changed(file(...rows.map(row => row.join(','))))).to.deep.equal({
      d1: null,
      d2: '1000',
      d3: null,
      d4: null,
      d5: null,
      d6: null,
    })
  })

  for (const [what, line, says] of [
    ['a code that is unknown', 'A009,,1000,', '2行目：部署のコード「A009」に当てはまるものが見つかりません。'],
    ['a code that has lost its first 0', '42,本社/開発部,1000,', '先頭の0が欠けていないか'],
    ['a name that is unknown', ',営業部,1000,', '2行目：部署の名前「営業部」に当てはまるものが見つかりません。'],
    ['a name that several have', ',同名,1000,', '当てはまるものが複数あります。コードを入力してください。'],
    ['an unknown target', 'A001,,9999,', '所属事業所のコード「9999」に当てはまるものが見つかりません。'],
    ['a target whose code and name differ', 'A001,,1000,大阪支店', 'コード「1000」と名前「大阪支店」'],
    ['nothing to go by', ',,1000,', '2行目：部署が空欄です。'],
    ['more cells than headings', 'A001,,1000,,あふれ', '2行目：列の数が見出しと合いません。'],
    ['fewer cells than headings', 'A001,本社/営業部,1000', '2行目：列の数が見出しより少なくなっています。'],
    ['a line that ends behind its code', 'A001', '変更しない行を、行ごと削除してください。'],
    ['a cell that is too long', `A001,${'長'.repeat(301)},1000,`, '2行目：値が長すぎます。'],
    ['the same line twice', 'A001,,1000,\r\nA001,,2000,', '3行目：部署「本社/営業部」が、2行目にもあります。'],
    ['a quote that is not closed', '"A001,,1000,', '引用符（"）の位置が正しくないため'],
  ] as const)
    it(`refuses ${what} by the line’s number, and takes nothing of the file`, () => {
      expect(fault(file(line)))
        .to.include(says)
        .and.include('対応表は変更していません。')
      expect(fault(file('B2,,1000,', line))).to.not.equal('')
    })

  describe('as Excel saves it, without the last columns of 16 rows that are all blank there', () => {
    const many = {
      ...lists,
      sources: Array.from({ length: 40 }, (_, n) => entry(`s${n}`, `S${n}`, `第${n}課`)),
    }
    /** Lines of the departments from `from` on, each with this behind its code and name. */
    const lines = (from: number, to: number, behind: string) =>
      Array.from({ length: to - from }, (_, n) => `S${from + n},第${from + n}課${behind}`)
    const saved = (...blocks: readonly string[][]) => `${file(...blocks.flat())}\r\n`
    const readMany = (text: string) => readTable(Buffer.from(text), table, many)
    const targets = (text: string) => {
      const found = readMany(text)
      if ('fault' in found) throw new Error(found.fault)
      return [...found.changes.values()].map(target => target?.value ?? null)
    }
    // The heading and 15 lines are the first 16 rows.
    const filled = lines(0, 15, ',1000,本社')

    it('takes a row without them as one that is blank there', () => {
      expect(targets(saved(filled, lines(15, 40, '')))).to.deep.equal([
        ...Array<string>(15).fill('1000'),
        ...Array<null>(25).fill(null),
      ])
      expect(targets(saved(filled, lines(15, 31, ',2000'), lines(31, 40, '')))).to.deep.equal([
        ...Array<string>(15).fill('1000'),
        ...Array<string>(16).fill('2000'),
        ...Array<null>(9).fill(null),
      ])
    })

    for (const [what, text] of [
      ['one line among whole ones', saved(filled, lines(15, 20, ',1000,本社'), lines(20, 21, ''), lines(21, 31, ',,'))],
      ['a line beside the heading', saved(lines(0, 14, ',1000,本社'), lines(14, 15, ''))],
      ['a last line that is alone and lacks its line break', saved(filled, lines(15, 16, '')).trimEnd()],
      ['lines of which some end earlier', saved(filled, lines(15, 30, ''), lines(30, 31, ',1000'))],
      ['lines that end behind their code', saved(filled, ['S15', 'S16'])],
    ] as const)
      it(`refuses ${what}: it may have been cut off`, () => {
        const found = readMany(text)
        expect('fault' in found ? found.fault : '').to.include('列の数が見出しより少なくなっています。')
      })
  })

  it('names the first lines of many', () => {
    const said = fault(file(...Array.from({ length: 9 }, (_, n) => `X${n},,1000,`)))
    expect(said).to.include('2行目：').and.include('6行目：').and.not.include('7行目：')
    expect(said).to.include('ほかに4行あります。')
  })

  it('refuses what is no such file', () => {
    expect(fault('社員番号,姓\r\n1,相沢')).to.include('1行目の見出しが')
    expect(fault(file())).to.include('見出しのほかに行がない')
    expect(fault('')).to.include('1行目の見出しが')
    expect(fault(Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0xff, 0xfe]))).to.include('読み取れません。')
    expect(fault(file(...Array.from({ length: 5_001 }, () => 'A001,,1000,')))).to.include('5,000行を超えている')
  })
})
