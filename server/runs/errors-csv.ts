import { Readable, type Writable } from 'node:stream'
import { readsFile, type ErrorFile, type Flow } from '../contract/contract.js'
import { inOneLine } from '../errors.js'
import { inTurns } from '../platform/piecewise.js'
import { forCp932 } from './cp932.js'
import { cellIn, sendCsv, type Encoding } from './csv.js'
import { problemsOf, shownKey, whyNot } from './reasons.js'
import { amount, classLabel, classTitle } from './labels.js'
import type { Change, ItemClass, ItemWithContent } from './run.js'

const outcomeNames = { succeeded: '成功', failed: '失敗', unconfirmed: '要確認', not_run: '未実行' } as const

/** What the report's files need to know of a flow. */
type Reported = Pick<Flow, 'kind' | 'words' | 'from' | 'steps'>

const [OUTCOME, REASON] = ['結果', '理由']

/** Of a file, which row of it a line is about stands first. */
const headerOf = (flow: Reported) => [
  ...(readsFile(flow) ? [flow.words.detail] : []),
  flow.words.key,
  flow.words.name,
  classTitle(flow),
  OUTCOME,
  REASON,
  '項目',
  '変更前',
  '変更後',
]

/** The flow's own error file: one line per record, its reasons together; a run that broke off is told in a line, too. */
export async function writeErrorFile(
  flow: Flow,
  file: ErrorFile,
  failure: string | null,
  items: AsyncIterable<ItemWithContent>,
  encoding: Encoding,
  to: Writable,
): Promise<void> {
  const cell = cellIn(encoding)
  const rows = Readable.from(
    (async function* () {
      yield [...file.columns.map(column => column.label), file.reason].map(cell)
      let any = false
      for await (const { content, reason } of inTurns(items)) {
        any = true
        const reasons = reason === whyNot(content.problems, flow) ? problemsOf(content.problems, flow) : [reason ?? '']
        yield [...file.columns.map((_, index) => content.cells?.[index] ?? ''), reasons.join(' / ')].map(cell)
      }
      if (!any && failure !== null) yield [...file.columns.map(() => ''), cell(failure)]
    })(),
  )
  await sendCsv(rows, encoding, to)
}

/** What a record is called in the files, as on the report. */
type Filed = Pick<ItemWithContent, 'key' | 'name' | 'class' | 'reason' | 'outcome'> & {
  content: Pick<ItemWithContent['content'], 'changes' | 'named' | 'notes'>
}

/** A row of a file that took no part: what is said instead of an outcome, and why. */
function leftOut(
  { class: of, excludedReason, blocked, content }: ItemWithContent,
  flow: Reported,
): { outcome: string; reason: string } {
  const { problems } = content
  const excluded = classLabel(flow.words, 'excluded').label
  if (excludedReason !== null) return { outcome: excluded, reason: excludedReason }
  if (blocked) return { outcome: excluded, reason: whyNot(problems, flow) }
  if (of === 'same') return { outcome: classLabel(flow.words, of).label, reason: NOTHING_TO_CHANGE }
  return { outcome: '未選択', reason: inOneLine([NOT_CHOSEN, ...problemsOf(problems, flow)]) }
}

const NOTHING_TO_CHANGE = '変更する項目はありません。'
const NOT_CHOSEN = 'チェックが入っていないため、対象にしていません。'

const isLeftOut = ({ selected }: ItemWithContent, flow: Reported): boolean => readsFile(flow) && !selected

/** What became of a record, and why. */
const told = (item: ItemWithContent, flow: Reported): { outcome: string; reason: string | null } =>
  isLeftOut(item, flow)
    ? leftOut(item, flow)
    : { outcome: item.outcome ? outcomeNames[item.outcome] : '処理中', reason: item.reason }

/** A change in three cells: 項目, 変更前, 変更後. */
export const inCells = ({ label, before, after }: Change, of: ItemClass): [string, string, string] => [
  label,
  // A new person had nothing before; elsewhere an empty cell would leave open whether it is blank or left out.
  of === 'new' ? before : before || BLANK,
  after || BLANK,
]

const BLANK = '（空白）'

/** One line per changed field, so that each before → after can be filtered; people without changes have one line. */
function* lines(
  item: ItemWithContent,
  flow: Reported,
  { outcome, reason }: ReturnType<typeof told>,
): Iterable<string[]> {
  const about = [
    ...(readsFile(flow) ? [item.detail] : []),
    shownKey(item),
    item.name,
    classLabel(flow.words, item.class).label,
    outcome,
    inOneLine([...(reason === null ? [] : [reason]), ...item.content.notes]),
  ]
  const { changes } = item.content
  if (changes.length === 0) yield [...about, '', '', '']
  for (const change of changes) yield [...about, ...inCells(change, item.class)]
}

/** Signs of a record's values that a file in Shift_JIS has no room for; its reason is known later, and counts apart. */
export const unwritableIn = ({ key, name, content }: Omit<Filed, 'class' | 'reason' | 'outcome'>): number =>
  [
    shownKey({ key, content }),
    name,
    ...content.notes,
    ...content.changes.flatMap(({ label, before, after }) => [label, before, after]),
  ]
    .map(text => forCp932(text).lost)
    .reduce((sum, lost) => sum + lost, 0)

/** The same of a reason. */
export const unwritableInReason = (reason: string): number => forCp932(reason).lost

/** Said beside the download and at the end of the file; null when every sign has room. */
export const unwritableSentence = (signs: number): string | null =>
  signs === 0
    ? null
    : `Shift_JISで表せない${amount(signs)}文字は「?」になります。すべての文字が必要なときは、UTF-8のファイルをご利用ください。`

/**
 * The report's rows as CSV for Excel: UTF-8 with BOM or CP932, CRLF, every cell quoted, nothing that a spreadsheet would
 * take for a formula. Signs that CP932 lacks are counted in a last line. Streams; a company of any size fits.
 */
export async function writeReportCsv(
  flow: Reported,
  people: AsyncIterable<ItemWithContent>,
  encoding: Encoding,
  to: Writable,
): Promise<void> {
  const cell = cellIn(encoding)
  const rows = Readable.from(
    (async function* () {
      const header = headerOf(flow)
      yield header
      let lost = 0
      for await (const one of inTurns(people)) {
        // Of whoever took no part nothing was written.
        const item = isLeftOut(one, flow) ? { ...one, content: { ...one.content, changes: [] } } : one
        const become = told(item, flow)
        if (encoding === 'sjis') lost += unwritableIn(item) + unwritableInReason(become.reason ?? '')
        for (const line of lines(item, flow, become)) yield line.map(cell)
      }
      const said = encoding === 'sjis' ? unwritableSentence(lost) : null
      if (said !== null) yield header.map(name => (name === OUTCOME ? '注意' : name === REASON ? said : ''))
    })(),
  )
  await sendCsv(rows, encoding, to)
}
