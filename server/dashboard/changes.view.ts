import type { Connector, Flow } from '../contract/contract.js'
import { fieldsOf } from '../contract/value-tables.js'
import { amount, slashed } from '../contract/conversions.js'
import { keyWords } from '../contract/flow-keys.js'
import { paths } from '../paths.js'
import { jstDateTime } from '../platform/clock.js'
import { shortened } from '../runs/change-list.js'
import type { WrittenClass } from '../runs/change.store.js'
import { storyLink } from '../runs/crew-link.js'
import { inCells } from '../runs/errors-csv.js'
import { classLabels } from '../runs/labels.js'
import { shownKey } from '../runs/reasons.js'
import { startedBy, type Change, type Run } from '../runs/run.js'
import { sheetLinks, type Sheet } from '../runs/sheet.js'
import type { FieldErrors } from '../web/form.js'
import type { Field, Page, PageLink, Table } from '../web/page.js'
import type { Downloads } from '../wizard/plan-file.view.js'
import type { Days } from './changes.form.js'
import type { Written } from './changes.service.js'
import { titleOf } from './run-list.view.js'

export interface ChangeRow {
  at: string
  key: string
  name: string
  /** to the person's story */
  story: string | null
  /** one field; null: the record of somebody new */
  change: { field: string; sides: { label: string; value: string }[] } | null
  /** that record, behind its number of fields */
  record: { title: string; changes: { label: string; value: string }[] } | null
  by: string
  run: PageLink
}

export interface ChangesPage extends Page {
  lead: string
  action: string
  days: Field[]
  /** whom to show; null: there is one kind alone */
  kinds: { all: string; options: { value: string; label: string }[]; chosen: string } | null
  errors: FieldErrors
  /** of runs whose people are forgotten; null: there are none */
  forgotten: string | null
  list: (Table & { rowView: '/partials/rows/changed-field'; rows: ChangeRow[] }) | null
  /** what to do where there is nothing to show */
  empty: string | null
  downloads: Downloads | null
  pages: PageLink[]
}

const FORGOTTEN =
  '一部の同期は、保存期間が過ぎたため、変更した項目だけを表示しています。従業員の氏名などと、変更前・変更後の内容は削除されました。記録が必要な場合は、保存期間内に一覧をダウンロードしてください。'

const UNKNOWN_FIELD = '（記録なし）'

const flowOf = ({ flows }: Connector, run: Run): Flow | undefined => flows.find(({ id }) => id === run.flow)

/** What the flows' keys are called: one word, where all have the same. */
const keyTitle = ({ flows }: Connector): string => keyWords(flows).join('・')

/** A field's cells: 項目, 変更前, 変更後. Of somebody forgotten the field alone. */
function cells(item: Written['item'], change: Change | null, flow: Flow | undefined): [string, string, string] {
  if (change === null) return [UNKNOWN_FIELD, '', '']
  if (item.content.changes.length > 0) return inCells(change, item.class)
  // Ids of fields are kept; the release before the first to have them kept what it called them.
  const label = flow && fieldsOf(flow).find(({ id }) => id === change.field)?.label
  return [label ?? change.label, '', '']
}

/** What stood there and what stands there now; '' of somebody forgotten. */
const sidesOf = ({ before, after }: { before: string; after: string }) => [
  { label: '変更前', value: before },
  { label: '変更後', value: after },
]

function rowOf(connector: Connector, { run, item, changes }: Written): ChangeRow {
  const flow = flowOf(connector, run)
  const lines = changes.map(change => {
    const [field, before, after] = cells(item, change && flow ? shortened(change, flow) : change, flow)
    return { field, before, after }
  })
  const [only] = lines
  const isNew = item.class === 'new'
  return {
    at: jstDateTime(item.appliedAt),
    key: shownKey(item),
    name: item.name,
    story: flow ? storyLink(flow, item) : null,
    change: isNew || !only ? null : { field: only.field, sides: sidesOf(only) },
    record: isNew
      ? {
          title: recordTitle(flow, changes),
          changes: lines.map(({ field, after }) => ({ label: field, value: after })),
        }
      : null,
    by: startedBy(run),
    run: { href: paths.report.to({ id: run.id }), label: titleOf(connector, run) || run.flow },
  }
}

/** What the flow calls somebody new. */
const newWord = (flow: Flow | undefined): string => flow?.words.new ?? classLabels.new.label

/** 「新規登録（30項目）」 */
const recordTitle = (flow: Flow | undefined, changes: Written['changes']): string => {
  const known = changes.filter(change => change !== null).length
  return `${newWord(flow)}（${known > 0 ? `${amount(known)}項目` : '記録なし'}）`
}

/** The kinds of rows, where there are two: somebody new, in the words of the flows, and somebody who was there. */
function kindsOf(
  { flows }: Connector,
  of: WrittenClass | null,
  counts: Readonly<Record<WrittenClass, number>> | undefined,
): ChangesPage['kinds'] {
  if (!flows.some(({ kind }) => kind === 'sync')) return null
  const news = [...new Set(flows.map(({ words }) => words.new))].join('・')
  const counted = (label: string, count: number | undefined) =>
    count === undefined ? label : `${label}（${amount(count)}件）`
  return {
    all: counted('すべて', counts && counts.changed + counts.new),
    options: [
      { value: 'changed', label: counted('更新のみ', counts?.changed) },
      { value: 'new', label: counted(`${news}のみ`, counts?.new) },
    ],
    chosen: of ?? '',
  }
}

const forgottenOf = (runs: readonly Run[]): string | null =>
  runs.some(({ peopleDeletedAt }) => peopleDeletedAt !== null) ? FORGOTTEN : null

const LEAD =
  'この連携で登録・変更された従業員を、新しい順で確認できます。変更は項目ごとに、新規登録は1名ずつ表示します。'

const leadOf = (since: string | null): string =>
  since === null ? LEAD : `${LEAD}開始日は、最後に取り込んだ給与の締め日（${slashed(since)}）の翌日です。`

/** 変更者一覧. `found`: null where the days can't be read. */
export function changesPage(input: {
  connector: Connector
  typed: Days
  of: WrittenClass | null
  errors: FieldErrors
  /** the day a payroll was closed, where the list begins behind it unasked */
  since: string | null
  found: {
    runs: readonly Run[]
    counts: Readonly<Record<WrittenClass, number>>
    rows: readonly Written[]
    next: string | null
    isFirst: boolean
  } | null
}): ChangesPage {
  const { connector, typed, of, errors, found } = input
  const to = { connector: connector.id }
  const asked = { ...typed, ...(of && { of }) }
  const day = (id: keyof Days, label: string): Field => ({
    id,
    label,
    kind: 'date',
    value: typed[id],
    error: errors[id],
  })
  const rows = (found?.rows ?? []).map(written => rowOf(connector, written))
  return {
    title: '変更者一覧',
    wide: true,
    hasErrors: found === null,
    lead: leadOf(input.since),
    action: paths.changes.to(to),
    days: [day('from', '開始日'), day('to', '終了日')],
    kinds: kindsOf(connector, of, found?.counts),
    errors,
    forgotten: found && forgottenOf(found.runs),
    list:
      rows.length === 0
        ? null
        : {
            caption: { table: '変更者一覧', region: '変更者一覧の表' },
            columns: [
              { label: '日時' },
              { label: keyTitle(connector) },
              { label: '氏名', look: 'who' },
              { label: '項目' },
              { label: '変更前' },
              { label: '変更後' },
              { label: '実行者' },
              { label: '同期' },
            ],
            rowView: '/partials/rows/changed-field',
            rows,
          },
    empty:
      found && rows.length === 0
        ? of === null
          ? 'この期間に登録・変更された従業員はいません。期間を変更するか、ダッシュボードから同期を開始してください。'
          : '該当する従業員はいません。別の条件を試してください。'
        : null,
    downloads:
      rows.length === 0
        ? null
        : {
            title: '一覧をダウンロード',
            text: '表示中の期間に登録・変更されたすべての従業員を、新規登録も含めて項目ごとに出力します。',
            links: sheetLinks((ending, form) =>
              (ending === 'xlsx' ? paths.changesXlsx : paths.changesCsv).to(to, { ...typed, ...form }),
            ),
          },
    pages: [
      ...(found && !found.isFirst ? [{ href: paths.changes.to(to, asked), label: '最初へ' }] : []),
      ...(found?.next ? [{ href: paths.changes.to(to, { ...asked, at: found.next }), label: '次へ' }] : []),
    ],
  }
}

/** 変更者一覧 as a file, with whole values. */
export function changesSheet(
  connector: Connector,
  days: Days,
  now: Date,
  { runs, rows }: { runs: readonly Run[]; rows: AsyncIterable<Written> },
): Sheet {
  const forgotten = forgottenOf(runs)
  return {
    ...changesFile(connector, days),
    name: '変更者一覧',
    facts: [
      ['内容', `${connector.labels.app}の変更者一覧`],
      ['期間', `${slashed(days.from)}〜${slashed(days.to)}`],
      ['出力日時', jstDateTime(now)],
      ...(forgotten === null ? [] : [['注意', forgotten] as const]),
    ],
    columns: [
      { label: '日時', width: 18 },
      { label: keyTitle(connector), width: 16 },
      { label: '氏名', width: 20 },
      { label: '種類', width: 12 },
      { label: '項目', width: 24 },
      { label: '変更前', width: 32 },
      { label: '変更後', width: 32 },
      { label: '実行者', width: 20 },
      { label: '同期', width: 40 },
      { label: '同期ID', width: 38 },
    ],
    rows: (async function* () {
      for await (const { run, item, changes } of rows) {
        const flow = flowOf(connector, run)
        const kind = item.class === 'new' ? newWord(flow) : '更新'
        const who = [jstDateTime(item.appliedAt), shownKey(item), item.name, kind]
        const how = [startedBy(run), titleOf(connector, run) || run.flow, run.id]
        for (const change of changes) yield [...who, ...cells(item, change, flow), ...how]
      }
    })(),
  }
}

/** What the file is called. */
export const changesFile = ({ labels }: Connector, { from, to }: Days): Pick<Sheet, 'stem' | 'id'> => ({
  stem: `${labels.app}_変更者一覧_${[from, to].map(date => date.replaceAll('-', '')).join('-')}`,
  id: 'renkei-changes',
})
