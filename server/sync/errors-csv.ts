import { pipeline } from 'node:stream/promises'
import { Readable, type Writable } from 'node:stream'
import { stringify } from 'csv-stringify'
import iconv from 'iconv-lite'
import type { ErrorFile, Flow } from '../connectors/contract.js'
import { problemsOf, whyNot } from './reasons.js'
import type { ItemWithContent } from './run.js'

/** CP932 has no room for these; Windows' own twins read the same (libraries: iconv-lite writes ? for them). */
const cp932Twins: Readonly<Record<string, string>> = {
  '\u301c': '\uff5e',
  '\u2212': '\uff0d',
  '\u2014': '\u2015',
  '\u2016': '\u2225',
  '\u00a2': '\uffe0',
  '\u00a3': '\uffe1',
  '\u00ac': '\uffe2',
  '\u00a6': '\uffe4',
  '\u00a5': '\uffe5',
}

export const forCp932 = (text: string): string =>
  text.replace(/[\u301c\u2212\u2014\u2016\u00a2\u00a3\u00ac\u00a6\u00a5]/g, sign => cp932Twins[sign] ?? sign)

const csvOf = (encoding: 'utf8' | 'sjis') =>
  stringify({
    bom: encoding === 'utf8',
    record_delimiter: 'windows',
    quoted: true,
    quoted_empty: true,
    escape_formulas: true,
  })

const classNames = { new: '新規登録', changed: '差分あり', same: '差分なし', excluded: '対象外' } as const
const outcomeNames = { succeeded: '成功', failed: '失敗', not_run: '未実行' } as const

const header = ['社員番号', '氏名', '変更差分', '結果', '理由', '項目', '変更前', '変更後']

/** The flow's own error file: one line per record, its reasons together; a run that broke off is told in a line, too. */
export async function writeErrorFile(
  flow: Flow,
  file: ErrorFile,
  failure: string | null,
  items: AsyncIterable<ItemWithContent>,
  to: Writable,
): Promise<void> {
  const rows = Readable.from(
    (async function* () {
      yield [...file.columns.map(column => column.label), file.reason]
      let any = false
      for await (const { content, reason } of items) {
        any = true
        const reasons = reason === whyNot(content.problems, flow) ? problemsOf(content.problems, flow) : [reason ?? '']
        yield [...file.columns.map((_, index) => content.cells?.[index] ?? ''), reasons.join(' / ')]
      }
      if (!any && failure !== null) yield [...file.columns.map(() => ''), failure]
    })(),
  )
  await pipeline(rows, csvOf('utf8'), to)
}

/** One line per changed field, so that each before → after can be filtered; people without changes have one line. */
function* lines(item: ItemWithContent): Iterable<string[]> {
  const about = [
    item.key ?? '',
    item.name,
    classNames[item.class],
    item.outcome ? outcomeNames[item.outcome] : '処理中',
    item.reason ?? '',
  ]
  if (item.content.changes.length === 0) yield [...about, '', '', '']
  for (const change of item.content.changes) yield [...about, change.label, change.before, change.after]
}

/**
 * The report's rows as CSV for Excel: UTF-8 with BOM or CP932, CRLF, every cell quoted, nothing that a spreadsheet would
 * take for a formula. Streams; a company of any size fits.
 */
export async function writeReportCsv(
  people: AsyncIterable<ItemWithContent>,
  encoding: 'utf8' | 'sjis',
  to: Writable,
): Promise<void> {
  const rows = Readable.from(
    (async function* () {
      yield header
      for await (const item of people) yield* lines(item)
    })(),
  )
  const csv = csvOf(encoding)
  if (encoding === 'utf8') {
    await pipeline(rows, csv, to)
    return
  }
  csv.setEncoding('utf8')
  const twins = async function* (chunks: AsyncIterable<string>) {
    for await (const chunk of chunks) yield forCp932(chunk)
  }
  await pipeline(rows, csv, twins, iconv.encodeStream('cp932'), to)
}
