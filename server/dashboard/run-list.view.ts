import { errorFileOf, peopleWords, stepOf, type Connector, type Words } from '../contract/contract.js'
import { paths } from '../paths.js'
import {
  amount,
  at,
  outcomeLabels,
  resultCounts,
  runLabel,
  stateLabel,
  unconfirmedOf,
  type Label,
} from '../runs/labels.js'
import { publishedFor } from '../runs/publications.js'
import { moves, progressBar, type ProgressBar } from '../runs/progress.view.js'
import { isAsked, isHeldBack, startedBy, type Run, type RunState } from '../runs/run.js'
import type { Page, PageLink, Table } from '../web/page.js'
import { dateText } from '../runs/date-text.js'
import { undoLabel } from '../runs/undoing.words.js'

const flowOfRun = (connector: Connector, run: Run) => connector.flows.find(flow => flow.id === run.flow)

const hasErrorFile = (connector: Connector, run: Run): boolean => {
  const flow = flowOfRun(connector, run)
  return flow !== undefined && errorFileOf(flow) !== undefined
}

/** The words of the run's flow; those of 同期 where the flow no longer exists. */
export const wordsOf = (connector: Connector, run: Run): Words => flowOfRun(connector, run)?.words ?? peopleWords

/** What the run does; the year, too, where two of them may be on offer side by side. */
export function titleOf(connector: Connector, run: Run): string {
  const flow = flowOfRun(connector, run)
  const year = flow ? publishedFor(flow, run) : ''
  return undoLabel(`${flow?.panel.title ?? ''}${year === '' ? '' : `（${year}年）`}`, run)
}

export const labelOf = (connector: Connector, run: Run) =>
  undoLabel(connector.flows.find(flow => flow.id === run.flow)?.historyLabel ?? '', run)

const dateOf = (connector: Connector, run: Run) => dateText(flowOfRun(connector, run), run.referenceDate)

const stateOf = (connector: Connector, run: Run): Label => {
  const label = runLabel(run, wordsOf(connector, run))
  return { ...label, label: connector.dashboard.states?.[run.state] ?? label.label }
}

export interface RunRow {
  href: string
  state: Label
  /** how far it is, while it moves by itself */
  progress: ProgressBar | null
  title: string
  /** what the run is for; null: the list has no such column */
  date: string | null
  received: string
  ended: string
  /** the flow's own error file, when there is something in it; null: the list has no such column */
  errorFile: { href: string | null } | null
  summary: string
  unconfirmed: ReturnType<typeof unconfirmedOf>
  by: string
}

/** The report list as a table, and which template draws a row of it. */
export interface RunList extends Table {
  rowView: '/partials/rows/run'
  rows: RunRow[]
}

const fileOf = (connector: Connector, run: Run): RunRow['errorFile'] => {
  const has = hasErrorFile(connector, run) && (run.failedCount + run.unconfirmedCount > 0 || run.failure !== null)
  return { href: has ? paths.errorsCsv.to({ id: run.id }) : null }
}

export const listTitle = ({ dashboard }: Connector): string => dashboard.allTitle ?? '連携レポート'

/** The report list: every run from the fetch on. */
export function runList(connector: Connector, runs: readonly Run[], now: Date): RunList {
  const hasFiles = connector.flows.some(errorFileOf)
  // What the dates are, where flows ask for different ones: 「情報取得基準日・支給月」.
  const headings = new Set(connector.flows.flatMap(flow => stepOf(flow, 'date')?.heading ?? []))
  const date = headings.size > 0 ? [...headings].join('・') : undefined
  return {
    caption: { table: '連携レポート', region: '連携レポート' },
    columns: [
      { label: 'ステータス' },
      { label: '処理名' },
      ...(date === undefined ? [] : [{ label: date }]),
      { label: '開始日時' },
      { label: '終了日時' },
      { label: '結果概要' },
      { label: '実行者' },
      ...(hasFiles ? [{ label: 'エラーファイル' }] : []),
    ],
    rowView: '/partials/rows/run',
    rows: runs.map(run => ({
      href: isAsked(run)
        ? paths.approval.to({ id: run.id })
        : isHeldBack(run)
          ? paths.step.to({ id: run.id, step: run.atOnce ? 'confirm' : 'select' })
          : paths.report.to({ id: run.id }),
      state: stateOf(connector, run),
      progress: moves(run) ? progressBar(run, wordsOf(connector, run), now) : null,
      title: hasErrorFile(connector, run) ? labelOf(connector, run) : titleOf(connector, run),
      date: date === undefined ? null : dateOf(connector, run),
      received: at(run.createdAt),
      ended: at(run.endedAt),
      errorFile: hasFiles ? fileOf(connector, run) : null,
      summary: run.queuedAt ? resultCounts(run) : '',
      unconfirmed: unconfirmedOf(run),
      by: startedBy(run),
    })),
  }
}

/** Beside the states: runs of which somebody is to be looked at, and those that wait for another administrator. */
export const UNCONFIRMED = 'unconfirmed'
export const ASKED = 'asked'

const stateName = (connector: Connector, state: RunState): string =>
  connector.dashboard.states?.[state] ?? stateLabel(connector, state)

/** Those of the states that the connector calls the same: one entry of the filter. */
export const statesLike = (connector: Connector, state: RunState, all: readonly RunState[]): RunState[] =>
  all.filter(other => stateName(connector, other) === stateName(connector, state))

/** What a filter has found, read out and where the page opens; of several pages, what this one shows. */
export const foundText = (rows: number, ofMore: boolean): string =>
  ofMore ? `絞り込んだ結果のうち、${amount(rows)}件を表示しています。` : `${amount(rows)}件が見つかりました。`

interface PageOption {
  value: string
  label: string
}

/** ［連携レポート］: all runs, filtered by state and flow. */
export interface RunsPage extends Page {
  filter: {
    states: { options: PageOption[]; chosen: string }
    flows: { label: string; options: PageOption[]; chosen: string }
  }
  list: RunList
  /** see foundText */
  found: string | null
  /** why the list is empty */
  empty: string | null
  pages: PageLink[]
}

export function runsPage(input: {
  connector: Connector
  runs: readonly Run[]
  /** what is chosen; '' is everything */
  filter: { state: string; flow: string }
  states: readonly RunState[]
  first: string | null
  next: string | null
  now: Date
}): RunsPage {
  const { connector, runs, filter, first, next } = input
  const { dashboard, flows } = connector
  const title = listTitle(connector)
  const filtered = filter.state !== '' || filter.flow !== ''
  const none = filtered
    ? `該当する${dashboard.allTitle ? '処理' : title}はありません。別の条件を試してください。`
    : `${title}はありません。`
  return {
    title,
    wide: true,
    filter: {
      states: {
        options: [
          ...input.states
            .filter((value, _, all) => statesLike(connector, value, all)[0] === value)
            .map(value => ({ value, label: stateName(connector, value) })),
          { value: ASKED, label: '承認待ち' },
          { value: UNCONFIRMED, label: `${outcomeLabels.unconfirmed.label}あり` },
        ],
        chosen: filter.state,
      },
      flows: {
        label: flows.some(flow => flow.kind !== 'sync') ? '処理内容' : '同期の向き',
        options: flows.map(flow => ({ value: flow.id, label: flow.panel.title })),
        chosen: filter.flow,
      },
    },
    list: runList(connector, runs, input.now),
    found: filtered ? foundText(runs.length, next !== null || first !== null) : null,
    empty: runs.length === 0 ? none : null,
    pages: [...(first ? [{ href: first, label: '最初へ' }] : []), ...(next ? [{ href: next, label: '次へ' }] : [])],
  }
}
