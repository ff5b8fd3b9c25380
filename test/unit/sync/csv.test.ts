import { Writable } from 'node:stream'
import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { connectors } from '../../../server/connectors/registry.js'
import { errorFileOf, type Flow } from '../../../server/contract/contract.js'
import { declared } from '../../../server/contract/declared.js'
import { forCp932 } from '../../../server/runs/cp932.js'
import { guarded } from '../../../server/runs/csv.js'
import { unwritableIn, unwritableSentence, writeErrorFile, writeReportCsv } from '../../../server/runs/errors-csv.js'
import type { Change, ItemWithContent } from '../../../server/runs/run.js'
import { anItem } from '../../views/samples.js'

const flowOf = (connectorId: string, id: string): Flow => {
  const flow = connectors.find(one => one.id === connectorId)?.flows.find(one => one.id === id)
  if (!flow) throw new Error(`no flow ${connectorId} ${id}`)
  return flow
}

async function* those(items: readonly ItemWithContent[]) {
  yield* await Promise.resolve(items)
}

const written = async (write: (to: Writable) => Promise<void>): Promise<Buffer> => {
  const chunks: Buffer[] = []
  await write(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(Buffer.from(chunk))
        done()
      },
    }),
  )
  return Buffer.concat(chunks)
}

const aRow = (name: string, changes: readonly Change[], other: Partial<ItemWithContent> = {}) =>
  anItem(1, {
    key: '0001',
    name,
    class: 'changed',
    outcome: 'failed',
    reason: null,
    content: { set: {}, target: {}, changes: [...changes], problems: [], notes: [] },
    ...other,
  })

describe('Shift_JIS', () => {
  const vectors: [text: string, held: string, lost: number][] = [
    ['〜−—髙﨑①㈱', '～－―髙﨑①㈱', 0],
    ['か\u3099き\u3099', 'がぎ', 0],
    ['ハ\u309aン', 'パン', 0],
    ['か\u309a', 'か゜', 0],
    // Both stand in CP932, each as itself: nothing it has is changed.
    ['\ufa19谷 神谷', '\ufa19谷 神谷', 0],
    ['\uf900', '\u8c48', 0],
    ['葛\u{e0100}城', '葛城', 0],
    ['A\u200b1', 'A1', 0],
    ['𠮷野', '?野', 1],
    ['𠮷𠮷', '??', 2],
    ['José', 'Jos?', 1],
    ['Jose\u0301', 'Jos?', 1],
    ['😀', '?', 1],
    ['?', '?', 0],
    ['\u00a0', ' ', 0],
  ]
  for (const [text, held, lost] of vectors) {
    it(`holds ${JSON.stringify(text)} as ${held}${lost ? `, and says that ${lost} could not be written` : ''}`, () => {
      const answer = forCp932(text)

      expect(iconv.decode(iconv.encode(answer.text, 'cp932'), 'cp932')).to.equal(held)
      expect(answer.lost).to.equal(lost)
    })
  }

  it('counts exactly the signs that become 「?」', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), text => {
        const { text: held, lost } = forCp932(text)
        const bytes = iconv.decode(iconv.encode(held, 'cp932'), 'cp932')
        expect(bytes).to.equal(held)
        expect(held.split('?').length - text.split('?').length).to.equal(lost)
      }),
      { numRuns: 1000 },
    )
  })

  it('says at the end of the file how many could not be written, the same as beside the download', async () => {
    const people = [
      aRow('𠮷野 太郎', [{ field: 'last-name', label: '姓', before: '吉野', after: '𠮷野' }]),
      aRow('佐藤', []),
    ]
    const file = await written(to =>
      writeReportCsv(flowOf('freee', 'employees-from-smarthr'), those(people), 'sjis', to),
    )
    const rows = parse<Record<string, string>>(iconv.decode(file, 'cp932'), { columns: true })

    expect(rows.at(-1)).to.include({ 結果: '注意', 理由: unwritableSentence(2) ?? '' })
    expect(people.map(unwritableIn)).to.deep.equal([2, 0])
    expect(unwritableSentence(2)).to.equal(
      'Shift_JISで表せない2文字は「?」になります。すべての文字が必要なときは、UTF-8のファイルをご利用ください。',
    )
    expect(unwritableSentence(0)).to.equal(null)
    const utf8 = await written(to =>
      writeReportCsv(flowOf('freee', 'employees-from-smarthr'), those(people), 'utf8', to),
    )
    expect(utf8.toString()).to.include('𠮷野').and.not.include('注意')
  })
})

describe('a cell', () => {
  for (const sign of [
    '=',
    '+',
    '-',
    '@',
    '＝',
    '＋',
    '－',
    '＠',
    '\u2212',
    '\t',
    '\r',
    '\n',
    ' =',
    '\u3000＝',
    '\ufeff=',
  ]) {
    it(`that begins with ${JSON.stringify(sign)} is no formula in either encoding`, async () => {
      expect(guarded(`${sign}1+1`)).to.equal(`'${sign}1+1`)
      const people = [aRow(`${sign}1+1`, [{ field: 'last-name', label: '姓', before: `${sign}2`, after: '佐藤=' }])]
      for (const encoding of ['utf8', 'sjis'] as const) {
        const file = await written(to =>
          writeReportCsv(flowOf('freee', 'employees-from-smarthr'), those(people), encoding, to),
        )
        const text = encoding === 'utf8' ? file.toString() : iconv.decode(file, 'cp932')
        const [row] = parse<Record<string, string>>(text, { columns: true, bom: true })
        expect(row?.['氏名']).to.match(/^'/)
        expect(row?.['変更前']).to.match(/^'/)
        expect(row?.['変更後']).to.equal('佐藤=')
      }
    })
  }

  it("is guarded in a flow's own error file, too", async () => {
    const flow = flowOf('mikiwame', 'departments-from-smarthr')
    const item = aRow('', [], { reason: '@reason' })
    item.content.cells = ['\u22121', '＝1', 'A001']
    const file = await written(to => {
      return writeErrorFile(flow, declared(errorFileOf(flow), 'error file'), null, those([item]), 'utf8', to)
    })

    expect(file.toString().split('\r\n')[1]).to.equal(`"'\u22121","'＝1","A001","'@reason"`)
  })

  it('says that a value was erased, and is headed by the words of the flow', async () => {
    const people = [
      aRow('', [{ field: 'parent-department', label: '親部署', before: 'A001', after: '' }]),
      aRow('', [{ field: 'department-name', label: '部署名', before: '', after: '営業部' }], { class: 'new' }),
    ]
    const file = await written(to =>
      writeReportCsv(flowOf('mikiwame', 'departments-from-smarthr'), those(people), 'utf8', to),
    )
    const rows = parse<Record<string, string>>(file, { columns: true, bom: true })

    expect(Object.keys(rows[0] ?? {}).slice(0, 2)).to.deep.equal(['部署コード', '部署名'])
    expect(rows.map(row => `${row['変更前']} → ${row['変更後']}`)).to.deep.equal(['A001 → （空白）', ' → 営業部'])
  })
})
