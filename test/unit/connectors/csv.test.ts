import { expect } from 'chai'
import fc from 'fast-check'
import { stringify } from 'csv-stringify/sync'
import iconv from 'iconv-lite'
import { openFile } from '../../../server/connectors/csv/directory.js'
import { csv } from '../../../server/connectors/csv/index.js'
import type { Columns, Person, UploadedFile } from '../../../server/contract/contract.js'
import { declared } from '../../../server/contract/declared.js'

const source = declared(csv.file, 'file')

/** A file in parts of so many bytes, as it comes out of the database. */
const fileOf = (content: string | Buffer, part = 65_536): { bytes(): AsyncIterable<Uint8Array> } => ({
  async *bytes() {
    const all = Buffer.from(content)
    for (let at = 0; at < all.length; at += part) yield await Promise.resolve(all.subarray(at, at + part))
  },
})

const examine = (content: string | Buffer, part?: number) => source.examine(fileOf(content, part))
const faultOf = async (content: string | Buffer) => {
  const found = await examine(content)
  return 'fault' in found ? found.fault : `no fault: ${JSON.stringify(found)}`
}

/** Everybody whom a file lists, with its columns taken for what their headings say. */
async function read(content: string | Buffer, { part = 65_536, from }: { part?: number; from?: string } = {}) {
  const found = await examine(content, part)
  if ('fault' in found) throw new Error(found.fault)
  const columns: Columns = source.propose(found.columns, {})
  const file: UploadedFile = { ...fileOf(content, part), rows: found.rows }
  const people: Person[] = []
  const pages: (string | null)[] = []
  for await (const page of openFile(file, columns).list('2026-11-20', from)) {
    people.push(...(page.people as Person[]))
    pages.push(page.next)
    expect(page.total).to.equal(found.rows)
  }
  return { people, pages }
}

const only = async (content: string | Buffer) => (await read(content)).people[0]

const HEAD = '社員番号,姓,名,生年月日'

describe('a CSV file', () => {
  describe('its text', () => {
    const text = `${HEAD}\r\n0001,髙橋,一郎①㈱～,1990/01/31\r\n`
    const encodings: readonly [string, Buffer][] = [
      ['UTF-8', Buffer.from(text)],
      ['UTF-8 with its mark', Buffer.from(`\ufeff${text}`)],
      ['CP932', iconv.encode(text, 'cp932')],
    ]
    for (const [name, bytes] of encodings)
      for (const part of [1, 2, 3, 65_536])
        it(`is read in ${name}, ${part} bytes at a time`, async () => {
          const { people } = await read(bytes, { part })

          expect(people.map(({ key, name: called, values }) => [key, called, values['birth-date']])).to.deep.equal([
            ['0001', '髙橋 一郎①㈱～', '1990-01-31'],
          ])
        })

    const others: readonly [string, Buffer, string][] = [
      ['a workbook', Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), 'Excelブック'],
      ['UTF-16', Buffer.from(`\ufeff${text}`, 'utf16le'), 'UTF-16'],
      ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff]), 'UTF-8でもShift_JISでもない'],
      ['what is neither', Buffer.concat([Buffer.from(text), Buffer.from([0x81, 0x20])]), 'UTF-8でもShift_JISでもない'],
      ['a mark and other signs', Buffer.concat([Buffer.from('\ufeff'), iconv.encode(text, 'cp932')]), 'UTF-8でも'],
    ]
    for (const [name, bytes, word] of others)
      it(`is refused where it is ${name}, with what to do`, async () => {
        expect(await faultOf(bytes))
          .to.include(word)
          .and.include('保存し')
      })
  })

  describe('its rows', () => {
    it('keep quotes and commas inside cells, and count as a spreadsheet does, line breaks inside cells too', async () => {
      const { people } = await read(
        `${HEAD},現住所（建物名・部屋番号）,メモ\n\n1,"山""田",太郎,,"緑ビル2,3階","電話で\n確認"\n,,,,,\n2,鈴木,花子,,,\n`,
      )

      expect(people.map(({ id, detail, key, name }) => [id, detail, key, name])).to.deep.equal([
        ['row-3', '3行目', '1', '山"田 太郎'],
        ['row-5', '5行目', '2', '鈴木 花子'],
      ])
      expect(people[0]?.values['address-building']).to.equal('緑ビル2,3階')
      expect(people[0]?.excluded).to.equal(undefined)
    })

    for (const [name, content] of [
      ['never closed', `${HEAD}\n1,"山田,太郎,\n2,鈴木,花子,\n`],
      ['closed in the middle of a cell', `${HEAD}\n1,"山"田,太郎,\n`],
      ['opened in the middle of a cell', `${HEAD}\n1,山"田,太郎,\n`],
    ] as const)
      it(`make the whole file a fault where a quote is ${name}: nobody could say whose row is whose`, async () => {
        expect(await faultOf(content)).to.match(/^\d+行目の付近で、引用符（"）の位置が正しくないか/)
      })

    it('come back as they were written, whatever stands in them', async () => {
      const cell = fc
        .string({ unit: 'grapheme', maxLength: 12 })
        .filter(text => !/[\0\u0080-\u009f]/.test(text) && !/^\s*=/.test(text))
      const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 })
      const broken = (text: string) => /[\r\n]/.test(text.trim())
      await fc.assert(
        fc.asyncProperty(
          rows,
          fc.constantFrom('\r\n', '\n', '\r'),
          fc.integer({ min: 1, max: 40 }),
          async (all, end, part) => {
            const table = [['社員番号', '姓', '名'], ...all.map(([last, first], index) => [`n${index}`, last, first])]
            const content = stringify(table, { record_delimiter: end, quoted_match: /[\r\n]/ })
            const { people } = await read(content, { part })

            expect(people.map(({ key }) => key)).to.deep.equal(all.map((_, index) => `n${index}`))
            expect(people.map(({ excluded }) => excluded?.includes('改行') ?? false)).to.deep.equal(
              all.map(names => names.some(broken)),
            )
            expect(people.map(({ values }) => [values['last-name'] ?? '', values['first-name'] ?? ''])).to.deep.equal(
              all.map(names =>
                names.map(text =>
                  (broken(text) ? '' : text.trim()).replace(
                    /[^\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+/gu,
                    signs => signs.normalize('NFC'),
                  ),
                ),
              ),
            )
          },
        ),
        { numRuns: 150 },
      )
    })

    it('go on where an earlier page ended', async () => {
      const content = `${HEAD}\n${Array.from({ length: 450 }, (_, index) => `${index},山田,太郎,\n`).join('')}`
      const { pages } = await read(content)

      expect(pages).to.deep.equal(['200', '400', null])
      expect((await read(content, { from: '400' })).people.map(({ key }) => key)).to.deep.equal(
        Array.from({ length: 50 }, (_, index) => String(400 + index)),
      )
    })
  })

  it('is read as it is needed: of 20 MB, no more than some parts are at hand when the first people are', async () => {
    const row = `${'9'.repeat(8)},${'あ'.repeat(300)},太郎,,\n`
    const rows = Math.floor((20 * 1_048_576) / Buffer.byteLength(row))
    const content = Buffer.from(`${HEAD},メモ\n${row.repeat(rows)}`)
    let asked = 0
    const counted = {
      async *bytes() {
        for await (const part of fileOf(content).bytes()) {
          asked += 1
          yield part
        }
      },
    }
    const columns = { 社員番号: 'employee-number', 姓: 'last-name' }
    const parts = Math.ceil(content.length / 65_536)
    for await (const { people } of openFile({ ...counted, rows }, columns).list('2026-11-20')) {
      expect(people).to.have.length(200)
      break
    }

    // Once from its beginning to its end for the encoding, a part at a time, and once as far as people were asked for.
    expect(asked).to.be.within(parts + 1, parts + 40)
  })

  describe('as a whole', () => {
    const faults: readonly [string, string, string][] = [
      ['nothing but a heading', `${HEAD}\n`, '従業員の行がありません'],
      ['no heading', '1,山田,太郎\n2,鈴木,花子\n', '見出し（社員番号、姓、名など）がありません'],
      ['the same heading twice', `${HEAD},姓\n1,山田,太郎,,山田\n`, '同じ見出しの列が複数あります（姓）'],
      ['tabs instead of commas', `社員番号\t姓\t名\n1\t山田\t太郎\n`, '区切り文字をカンマ'],
      [
        'too many columns',
        `${HEAD},${Array.from({ length: 300 }, (_, index) => `c${index}`).join(',')}\n1\n`,
        '列が300を',
      ],
      ['too many rows', `${HEAD}\n${'1,山田,太郎,\n'.repeat(20_001)}`, '20,000行まで'],
    ]
    for (const [name, content, sentence] of faults)
      it(`is refused for ${name}`, async () => {
        expect(await faultOf(content))
          .to.include(sentence)
          .and.include('ください')
      })

    it('may have 20,000 rows', async () => {
      expect(await examine(`${HEAD}\n${'1,山田,太郎,\n'.repeat(20_000)}`)).to.deep.include({ rows: 20_000 })
    })
  })

  it('has an address in half width, however it was typed', async () => {
    const row = await only('社員番号,メールアドレス\n1,Ｕｐｐｅｒ＠Midori.example\n')
    expect(row?.values.email).to.equal('Upper@Midori.example')
  })

  describe('a row with a fault', () => {
    const faults: readonly [string, string, string][] = [
      ['生年月日', '1990/02/30', '「生年月日」を日付として読み取れません'],
      ['入社日', '昭和64年1月8日', '「入社日」を日付として読み取れません'],
      ['性別', '1', '「性別」が「男性」「女性」のどちらでもありません'],
      ['電話番号', '9012345678', '「電話番号」を日本の電話番号として読み取れません。先頭の0'],
      ['郵便番号', '600001', '「郵便番号」が7桁の数字ではありません。先頭の0'],
      ['都道府県', '東京', '「都道府県」が都道府県名ではありません'],
      ['メールアドレス', 'hanako', '「メールアドレス」がメールアドレスの形ではありません'],
      ['メールアドレス', 'a＠b＠midori.example', '「メールアドレス」がメールアドレスの形ではありません'],
      ['氏名', '山田太郎', '「氏名」を姓と名に分けられません'],
      ['役職', '=A1&B1', '「役職」に数式が入力されています'],
    ]
    for (const [heading, value, sentence] of faults)
      it(`says which one and what to do: ${heading} ${value}`, async () => {
        const { people } = await read(`社員番号,${heading}\n1,${value}\n2,\n`)

        expect(people[0]?.excluded)
          .to.match(/^2行目：/)
          .and.include(sentence)
          .and.include('修正したファイルを選択し直すと')
        // What stands in the cell may be anybody's: the row's number tells.
        if (value.length > 3 && heading !== '都道府県') expect(people[0]?.excluded).not.to.include(value)
        expect(people[1]?.excluded).to.equal(undefined)
      })

    it('says so where cells are missing or too many, and tells each of its faults', async () => {
      const { people } = await read(
        `${HEAD}\n1,山田,太郎\n2,山田,太郎,,x\n3,山田,太郎,,,\n4,山田,太郎,明日\n,山田,太郎,\n`,
      )

      expect(people.map(({ excluded }) => excluded?.slice(0, 20))).to.deep.equal([
        '2行目：列の数が見出しと合わないため、値',
        '3行目：列の数が見出しと合わないため、値',
        undefined,
        '5行目：「生年月日」を日付として読み取れ',
        '6行目：社員番号が空欄です。CSVファイ',
      ])
    })

    it('takes no part in what only other columns say: a formula in a column that is not taken is none of ours', async () => {
      expect((await only(`社員番号,姓,メモ\n1,山田,=SUM(A1)\n`))?.excluded).to.equal(undefined)
    })
  })

  describe('its columns', () => {
    const named: readonly [string, string][] = [
      ['社員番号', 'employee-number'],
      ['従業員コード【必須】', 'employee-number'],
      ['社員Ｎｏ．', 'employee-number'],
      ['氏名', 'full-name'],
      ['フリガナ', 'full-name-kana'],
      ['姓（ヨミガナ）', 'last-name-kana'],
      ['生年月日', 'birth-date'],
      ['戸籍上の性別', 'gender'],
      ['退職日', 'leaving-date'],
      ['現住所（市区町村）', 'address-city'],
      ['血液型', ''],
    ]
    for (const [heading, field] of named)
      it(`are known by their heading: ${heading} is ${field === '' ? 'nothing' : field}`, () => {
        expect(source.propose([heading], {})[heading]).to.equal(field)
      })

    it('are what was said of them before, and each field has one', () => {
      const columns = source.propose(['番号', '社員番号', '名前'], {
        番号: 'employee-number',
        名前: 'first-name',
        他: 'email',
      })

      expect(columns).to.deep.equal({ 番号: 'employee-number', 社員番号: '', 名前: 'first-name' })
      expect(source.propose(['__proto__', 'constructor', '社員番号'], {})).to.deep.include({
        constructor: '',
        社員番号: 'employee-number',
      })
      expect(source.propose(['社員番号'], { 社員番号: 'no-such-field' })).to.deep.equal({ 社員番号: 'employee-number' })
    })

    it('need a number to tell people apart by, and no field twice', () => {
      expect(source.check({ a: 'last-name' })['']).to.include('社員番号の列が選択されていません')
      expect(source.check({ a: 'employee-number' })['']).to.include('取り込む列が選択されていません')
      expect(source.check({ a: 'employee-number', b: 'employee-number' }).b).to.include('列「a」でも選択されています')
      expect(source.check({ a: 'employee-number', b: 'full-name', c: 'last-name' }).b).to.include(
        'どちらも選択されています',
      )
      expect(source.check({ a: 'employee-number', b: 'full-name', c: '' })).to.deep.equal({})
    })
  })
})
