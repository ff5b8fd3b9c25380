import {
  createOptionsOf,
  stepOf,
  usesSettings,
  writtenPeriod,
  type Connector,
  type Flow,
} from '../contract/contract.js'
import { paths } from '../paths.js'
import { jstDate } from '../platform/clock.js'
import { crewLink, storyLink } from '../runs/crew-link.js'
import type { ItemPage } from '../runs/item.rows.js'
import { shownKey } from '../runs/reasons.js'
import { changeListOf, type ChangeList } from '../runs/change-list.js'
import { approverOf, endStates, startedBy, type ItemWithContent, type Run } from '../runs/run.js'
import {
  amount,
  at,
  classLabel,
  classTitle,
  duration,
  leftReason,
  outcomeLabel,
  outcomeLabels,
  runLabel,
  settingFacts,
  type Label,
} from '../runs/labels.js'
import { moves, REFRESH_SECONDS } from '../runs/progress.view.js'
import { endsAt } from '../runs/publications.js'
import { NAME_LABELS, namesOf } from '../payslips/payroll-names.js'
import { periodText } from '../payslips/payroll-group.js'
import { dateText } from '../runs/date-text.js'
import { scopeFact } from '../runs/run-scope.js'
import { rulesFact } from '../runs/field-rules.words.js'
import { excludedRows } from '../runs/excluded-rows.js'
import { omittedFact } from '../runs/omitting.js'
import { actOf, undoFact, undoLabel } from '../runs/undoing.words.js'
import { tablesFact } from '../runs/value-tables.words.js'
import { outcomeFilters, resultOf, type OutcomeFilter, type Result, type ResultInput } from './result.view.js'
import type { UndoSection } from './undo.view.js'
import { planOf, runningOf, type Plan, type Running } from './under-way.view.js'
import type { Fact, Page, PageLink, Table } from '../web/page.js'
import { planDownloads, type Downloads } from '../wizard/plan-file.view.js'

export interface OutcomeRow {
  key: string
  name: string
  /** to the person's story; null: SmartHR has nobody yet */
  story: string | null
  label: Label
  outcome: Label
  reason: string
  /** to the person in SmartHR, where something is to be put right there */
  crew: PageLink | null
  notes: string[]
  /** 登録した項目 once it is done, 登録する項目 before and after a failure */
  changeList: ChangeList
}

/** What was published until when, and who fetched it. */
const publicationFacts = (flow: Flow, run: Run): [string, string][] =>
  flow.kind === 'publication' && run.publishedAt
    ? [
        ['公開期限', at(endsAt(run, flow.publication))],
        ['取得済み', `${amount(run.pulledCount)}${flow.words.counter}`],
        ['最終アクセス日時', at(run.pulledAt)],
        ['使われたアクセストークン', run.pulledWith ?? ''],
      ]
    : []

/** People with a reason each, and the way to the rest of them. */
export interface ReasonList {
  heading: string
  table: Table
  rows: { key: string; name: string; story: string | null; reason: string; crew: PageLink | null }[]
  more: PageLink | null
}

/** All people of the run, narrowed to an outcome. */
export interface ReportPeople {
  heading: string
  filters: { href: string; label: string; current: boolean }[]
  table: Table
  rows: OutcomeRow[]
  pages: PageLink[]
}

export interface ReportPage extends Page {
  heading: string
  status: Label
  lead: string
  /** what was fetched and where it is chosen from; null once 同期 was pressed */
  plan: Plan | null
  /** null: not begun, or ended */
  running: Running | null
  facts: Fact[]
  /** what was fetched, as a file; null: nothing, or it is forgotten */
  downloads: Downloads | null
  result: Result | null
  failures: ReasonList | null
  /** who was sent and could not be confirmed */
  unconfirmed: ReasonList | null
  /** who took no part, where people were not chosen */
  left: ReasonList | null
  /** null: nothing is said of taking it back */
  undo: UndoSection | null
  people: ReportPeople | null
}

function payrollNames(run: Run): [string, string][] {
  const names = namesOf(run)
  if (names === null) return []
  return [
    [NAME_LABELS.admin, names.admin],
    [NAME_LABELS.crew, names.crew],
  ]
}

interface ReportInput extends ResultInput {
  connector: Connector
  filter: OutcomeFilter | null
  page: ItemPage
  /** the company's SmartHR */
  site: string
  undo: UndoSection | null
  now: Date
}

function factsOf({ connector, flow, run }: ReportInput): Fact[] {
  const { settings } = connector
  const [date, period, area] = [stepOf(flow, 'date'), stepOf(flow, 'period'), stepOf(flow, 'area')]
  const [left, approver] = [excludedRows(flow, run), approverOf(run)]
  const written = run.fetchBegunAt && writtenPeriod(flow, jstDate(run.fetchBegunAt))
  const took = run.endedAt && run.queuedAt ? duration(run.endedAt.getTime() - run.queuedAt.getTime()) : ''
  const options = createOptionsOf(flow).flatMap(({ name, label }): Fact[] =>
    run.options[name] ? [[`新規登録の${label}`, run.options[name].label]] : [],
  )
  const facts: Fact[] = [
    ['実行者', startedBy(run)],
    ...(approver === null ? [] : [['承認者', approver] as const]),
    ['受付日時', at(run.queuedAt ?? run.createdAt)],
    ['終了日時', at(run.endedAt)],
    ['所要時間', took],
    [flow.kind === 'sync' ? '同期の向き' : '処理内容', flow.panel.title],
    ...(date ? [[date.heading, dateText(flow, run.referenceDate)] as const] : []),
    ...publicationFacts(flow, run),
    ...(period ? [[period.heading, periodText(run.period)] as const] : []),
    ...(area ? [[area.label, run.area?.label ?? ''] as const] : []),
    ...payrollNames(run),
    ...undoFact(flow, run),
    ...scopeFact(run),
    ...rulesFact(flow, run),
    ...tablesFact(flow, run),
    ...omittedFact(flow, run),
    ...(left === null ? [] : [[`${flow.words.act}しない行`, left.text] as const]),
    ...(usesSettings(flow) && settings?.summary ? [[settings.title, settings.summary(run.settings)] as const] : []),
    ...options,
    ...settingFacts(connector, run.options),
    ...(written === null ? [] : [[`${flow.to}の${run.undoneAt ? '対象月' : '登録先'}`, written] as const]),
  ]
  return facts.map(([term, text]) => [term, text || '-'])
}

/** `who` as a heading, with how many there are of them. */
function reasonTable(
  { words }: Flow,
  who: string,
  reason: string,
  total: number,
): Pick<ReasonList, 'heading' | 'table'> {
  return {
    heading: `${who}（${amount(total)}${words.counter}）`,
    table: {
      caption: { table: who, region: `${who}の表` },
      columns: [{ label: words.key }, { label: words.name, look: 'who' }, { label: reason }],
    },
  }
}

function reasonsOf(
  { flow, run, site }: ReportInput,
  people: ItemPage,
  { who, reason, total, outcome }: { who: string; reason: string; total: number; outcome: OutcomeFilter },
): ReasonList | null {
  if (people.items.length === 0) return null
  return {
    ...reasonTable(flow, who, reason, total),
    rows: people.items.map(item => ({
      key: shownKey(item),
      name: item.name,
      story: storyLink(flow, item),
      reason: item.reason ?? '',
      crew: crewLink({ site, run }, flow, item),
    })),
    more: people.hasNext ? { href: paths.report.to({ id: run.id }, { outcome }), label: `${who}をすべて見る` } : null,
  }
}

const failuresOf = (input: ReportInput): ReasonList | null =>
  reasonsOf(input, input.failures, {
    who: `失敗した${input.flow.words.item}`,
    reason: '失敗理由',
    total: input.run.failedCount,
    outcome: 'failed',
  })

const unconfirmedOf = (input: ReportInput): ReasonList | null =>
  reasonsOf(input, input.unconfirmed, {
    who: `登録・更新できたかを確認できなかった${input.flow.words.item}`,
    reason: '理由',
    total: input.run.unconfirmedCount,
    outcome: 'unconfirmed',
  })

function leftOf({ flow, run, left, site }: ReportInput): ReasonList | null {
  if (left.items.length === 0) return null
  return {
    ...reasonTable(flow, `取り込まなかった${flow.words.item}`, '理由', left.total),
    rows: left.items.map(item => ({
      key: shownKey(item),
      name: item.name,
      story: storyLink(flow, item),
      reason: leftReason(item),
      crew: crewLink({ site, run }, flow, item),
    })),
    more: null,
  }
}

function outcomeRow({ flow, run, site }: ReportInput, item: ItemWithContent): OutcomeRow {
  const { notes } = item.content
  const isNew = item.class === 'new'
  const done = item.outcome === 'succeeded' ? 'した' : 'する'
  const what = flow.kind === 'publication' ? '公開した項目' : `${isNew ? '登録' : '変更'}${done}項目`
  return {
    key: shownKey(item),
    name: item.name,
    story: storyLink(flow, item),
    label: classLabel(flow.words, item.class),
    outcome: outcomeLabel(item),
    reason: item.reason ?? '',
    crew: item.reason === null ? null : crewLink({ site, run }, flow, item),
    notes,
    changeList: changeListOf(item, flow, what),
  }
}

function peopleOf(input: ReportInput): ReportPeople {
  const { flow, run, counts, remarks, filter, page } = input
  const { words } = flow
  const here = (query: Record<string, string | undefined>) => paths.report.to({ id: run.id }, query)
  const outcome = filter ?? undefined
  const first = page.items[0]
  const last = page.items.at(-1)
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const heading = `${words.item}ごとの結果`
  return {
    heading,
    filters: [
      { href: here({}), label: `すべて（${amount(all)}件）`, current: filter === null },
      ...outcomeFilters
        .map(name => ({ name, count: counts[name] + (name === 'unconfirmed' ? remarks : 0) }))
        .filter(({ count }) => count > 0)
        .map(({ name, count }) => ({
          href: here({ outcome: name }),
          label: `${outcomeLabels[name].label}（${amount(count)}件）`,
          current: filter === name,
        })),
    ],
    table: {
      caption: { table: heading, region: `${heading}の表` },
      columns: [
        { label: '結果' },
        { label: classTitle(flow) },
        { label: words.key },
        { label: words.name, look: 'who' },
        { label: '内容' },
      ],
    },
    rows: page.items.map(item => outcomeRow(input, item)),
    pages: [
      ...(page.hasPrevious && first ? [{ href: here({ outcome, before: first.id }), label: '前へ' }] : []),
      ...(page.hasNext && last ? [{ href: here({ outcome, after: last.id }), label: '次へ' }] : []),
    ],
  }
}

/** The report of one run. */
export function reportPage(input: ReportInput): ReportPage {
  const { flow, run } = input
  const ended = endStates.includes(run.state)
  const status = runLabel(run, flow.words)
  const plan = planOf(flow, run, input.first, input.now)
  return {
    ...(moves(run) && { refresh: REFRESH_SECONDS }),
    title: `${undoLabel(flow.title, run)}（${at(run.queuedAt ?? run.createdAt)} ${status.label}）`,
    heading: undoLabel(flow.title, run),
    wide: true,
    status,
    lead: `${actOf(flow, run)}の状況と結果を、${flow.words.item}ごとに確認できます。`,
    plan,
    running: plan || ended ? null : runningOf(flow, run, input.now),
    facts: factsOf(input),
    downloads: planDownloads(flow, run, { isNarrowed: false }),
    result: plan ? null : resultOf(input, ended),
    failures: failuresOf(input),
    unconfirmed: unconfirmedOf(input),
    left: leftOf(input),
    undo: input.undo,
    people: plan ? null : peopleOf(input),
  }
}
