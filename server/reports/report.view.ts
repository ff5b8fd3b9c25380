import {
  createOptionsOf,
  stepOf,
  usesSettings,
  writtenPeriod,
  type Connector,
  type Flow,
  type SyncFlow,
  type Words,
} from '../contract/contract.js'
import { paths } from '../paths.js'
import { jstDate } from '../platform/clock.js'
import type { ItemPage } from '../runs/item.rows.js'
import { unwritableSentence } from '../runs/errors-csv.js'
import { fetchedSentence, fetchProgress, type FetchProgress, type ProgressBar } from '../runs/progress.view.js'
import { fetchAgain, type FetchAgain } from '../runs/step-urls.js'
import { shownKey } from '../runs/reasons.js'
import {
  endStates,
  isPublished,
  repeatedOutcomes,
  type Change,
  type ItemWithContent,
  type Outcome,
  type RepeatedOutcome,
  type Run,
} from '../runs/run.js'
import {
  amount,
  at,
  classLabel,
  classLabels,
  classTitle,
  duration,
  leftOutSentence,
  leftReason,
  outcomeLabels,
  repeatButtons,
  runLabel,
  settingFacts,
  type Label,
} from '../runs/labels.js'
import { endsAt } from '../runs/publications.js'
import { NAME_LABELS, periodText } from '../payslips/payslips.js'
import type { Report } from './report.service.js'
import { dateText } from '../runs/date-text.js'
import type { Fact, Page, PageLink, Table } from '../web/page.js'

export interface OutcomeRow {
  key: string
  name: string
  label: Label
  outcome: Label
  reason: string
  notes: string[]
  changes: Change[]
  /** 登録した項目 once it is done, 登録する項目 before and after a failure */
  changeList: { title: string; isNew: boolean }
}

/** A run before 同期: what a fetch found. */
export interface Plan {
  /** the fetch is under way; nothing else is shown then */
  fetching: FetchProgress | null
  heading: string
  failure: string | null
  counts: Label[]
  text: string
  again: FetchAgain | null
  cancellable: boolean
  /** ［同期を開始→］; null: nothing to go on to */
  go: string | null
}

function planHeading(flow: Flow, run: Run, go: string | null): string {
  if (go !== null) return `${flow.words.act}の準備ができました`
  return run.failure !== null ? `${flow.words.item}情報の取得に失敗しました` : '取得が終わりました'
}

function planOf(flow: Flow, run: Run): Plan | null {
  if (run.queuedAt !== null || !['fetching', 'ready', 'failed'].includes(run.state)) return null
  const { counts } = run
  const fetching = run.state === 'fetching'
  const ready = run.state === 'ready'
  const somebody = counts.new + counts.changed + counts.same + counts.excluded > 0
  const go = ready && somebody ? paths.step.to({ id: run.id, step: 'select' }) : null
  return {
    fetching: fetching ? fetchProgress(flow, run) : null,
    heading: planHeading(flow, run, go),
    failure: run.failure,
    counts: ready
      ? (['new', 'changed', 'same', 'excluded'] as const).map(name => ({
          look: classLabels[name].look,
          label: `${classLabels[name].label} ${amount(counts[name])}${flow.words.counter}`,
        }))
      : [],
    text: ready
      ? somebody
        ? `${at(run.fetchedAt)}に取得しました。取得から24時間以内に、同期する${flow.words.item}を選択してください。`
        : flow.words.nobody
      : '',
    again: fetching || run.retryOf !== null ? null : fetchAgain(flow, run),
    cancellable: !endStates.includes(run.state),
    go,
  }
}

/** A snapshot on offer: what to do in the service, and until when. */
export interface OnOffer {
  until: string
  steps: readonly string[]
  /** the service has fetched some of it, or has yet to */
  pulled: string
}

const onOfferOf = (flow: Flow, run: Run): OnOffer | null =>
  flow.kind === 'publication' && isPublished(run)
    ? {
        until: `公開期限：${at(endsAt(run, flow.publication))}（期限を過ぎると、取り込めなくなります）`,
        steps: flow.publication.next,
        pulled:
          run.pulledAt === null
            ? 'まだ取得されていません。'
            : `${amount(run.selectedCount)}${flow.words.counter}のうち${amount(run.pulledCount)}${flow.words.counter}が取得されました（最終アクセス：${at(run.pulledAt)}）。`,
      }
    : null

/** A run at work, or a snapshot that waits to be fetched. */
export interface Running {
  heading: string
  bar: ProgressBar
  onOffer: OnOffer | null
  waiting: string | null
  /** 中止しています, once the button was pressed */
  stopping: string | null
  stop: { title: string; text: string; button: string }
}

/** What the button that stops a run does, asked before it is pressed. */
function stopOf({ words }: Flow, published: boolean): Running['stop'] {
  const { item } = words
  const [act, done, open] = published
    ? ['公開', `すでに取り込まれた${item}の情報`, `取り込まれていない${item}`]
    : [words.act, `すでに処理が終わった${item}の変更`, `処理していない${item}`]
  return {
    title: `${act}の中止`,
    text: `${act}を中止しますか？　${done}は、元に戻りません。${open}は、未実行になります。`,
    button: `${act}を中止`,
  }
}

function runningOf(flow: Flow, run: Run): Running {
  const progress = progressOf(run, flow.words)
  const onOffer = onOfferOf(flow, run)
  return {
    heading: onOffer ? `${flow.to}での取り込みを待っています` : `${flow.words.act}の実行状況`,
    bar: {
      url: paths.progress.to({ id: run.id }),
      state: run.state,
      max: Math.max(1, progress.total),
      value: progress.done,
      text: progress.text,
    },
    onOffer,
    waiting: run.waitingReason,
    stopping:
      run.cancelRequestedAt === null ? null : `中止しています。処理中の${flow.words.item}が終わりしだい、停止します。`,
    stop: stopOf(flow, onOffer !== null),
  }
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

export type OutcomeFilter = Outcome | 'pending'

export const outcomeFilters: readonly OutcomeFilter[] = ['succeeded', 'failed', 'not_run', 'pending']

/** People with a reason each, and the way to the rest of them. */
export interface ReasonList {
  heading: string
  table: Table
  rows: { key: string; name: string; reason: string }[]
  more: PageLink | null
}

/** How a run ended, and what can be done about it. */
export interface Result {
  numbers: Fact[]
  /** how many the flow's rule has left out, where nobody looked at the selection */
  leftOut: string | null
  failure: { title: string; text: string } | null
  deleted: string | null
  /** the buttons that repeat the run for some of its people; null: it has not ended */
  repeats: { outcome: RepeatedOutcome; label: string; primary: boolean }[] | null
  /** what to look at before the payroll is confirmed */
  remarks: string | null
  /** what to look at in the target now that somebody was written there */
  afterwards: SyncFlow['afterwards'] | null
  /** where the payroll of the run is confirmed and published */
  payroll: string | null
  /** `note`: how many signs the file has no room for */
  downloads: { href: string; label: string; note: string | null }[]
}

/** Everybody of the run, narrowed to an outcome. */
export interface ReportPeople {
  heading: string
  filters: { href: string; label: string; current: boolean }[]
  table: Table
  rows: OutcomeRow[]
  pages: PageLink[]
}

export interface ReportPage extends Page {
  status: Label
  lead: string
  /** what was fetched and where it is chosen from; null once 同期 was pressed */
  plan: Plan | null
  /** null: not begun, or ended */
  running: Running | null
  facts: Fact[]
  result: Result | null
  failures: ReasonList | null
  /** who took no part, where nobody chose whom */
  left: ReasonList | null
  people: ReportPeople | null
}

export interface Progress {
  state: string
  ended: boolean
  done: number
  total: number
  succeeded: number
  failed: number
  text: string
  /** why nothing moves just now, and when it goes on */
  waiting: string | null
}

/** How far a run has got, as figures and in words; polled by the page. */
export function progressOf(run: Run, { counter }: Pick<Words, 'counter'>): Progress {
  const ended = endStates.includes(run.state)
  if (run.queuedAt === null || run.state === 'fetching') {
    const total = run.fetchTotal ?? 0
    const text = fetchedSentence(run, { counter })
    return {
      state: run.state,
      ended,
      done: run.fetched,
      total,
      succeeded: 0,
      failed: 0,
      text,
      waiting: run.waitingReason,
    }
  }
  const done = run.succeededCount + run.failedCount
  return {
    state: run.state,
    ended,
    done,
    total: run.selectedCount,
    succeeded: run.succeededCount,
    failed: run.failedCount,
    text: `${amount(run.selectedCount)}${counter}のうち${amount(done)}${counter}の${run.publishedAt ? '取り込み結果が届きました' : '処理が終わりました'}。`,
    waiting: run.waitingReason,
  }
}

const payrollNames = ({ options }: Run): [string, string][] =>
  options.name_for_admin
    ? [
        [NAME_LABELS.admin, options.name_for_admin.value],
        [NAME_LABELS.crew, options.name_for_crew?.value ?? ''],
      ]
    : []

interface ReportInput {
  connector: Connector
  flow: Flow
  run: Run
  counts: Readonly<Record<OutcomeFilter, number>>
  filter: OutcomeFilter | null
  page: ItemPage
  failures: ItemPage
  left: Report['left']
  /** how many went through and need a look all the same */
  remarks: number
  unwritable: { failed: number; all: number }
  /** SmartHR's page of the run's payroll */
  payroll: string | null
}

function factsOf({ connector, flow, run }: ReportInput): Fact[] {
  const { settings } = connector
  const [date, period, area] = [stepOf(flow, 'date'), stepOf(flow, 'period'), stepOf(flow, 'area')]
  const written = run.fetchBegunAt && writtenPeriod(flow, jstDate(run.fetchBegunAt))
  const took = run.endedAt && run.queuedAt ? duration(run.endedAt.getTime() - run.queuedAt.getTime()) : ''
  const options = createOptionsOf(flow).flatMap(({ name, label }): Fact[] =>
    run.options[name] ? [[`新規登録の${label}`, run.options[name].label]] : [],
  )
  const facts: Fact[] = [
    ['実行者', run.adminName],
    ['受付日時', at(run.queuedAt ?? run.createdAt)],
    ['終了日時', at(run.endedAt)],
    ['所要時間', took],
    [flow.kind === 'sync' ? '同期の向き' : '処理内容', flow.panel.title],
    ...(date ? [[date.heading, dateText(flow, run.referenceDate)] as const] : []),
    ...publicationFacts(flow, run),
    ...(period ? [[period.heading, periodText(run.period)] as const] : []),
    ...(area ? [[area.label, run.area?.label ?? ''] as const] : []),
    ...payrollNames(run),
    ...(usesSettings(flow) && settings?.summary ? [[settings.title, settings.summary(run.settings)] as const] : []),
    ...options,
    ...settingFacts(connector, run.options),
    ...(written === null ? [] : [[`${flow.to}の登録先`, written] as const]),
  ]
  return facts.map(([term, text]) => [term, text || '-'])
}

/** Two files of those who failed, if any, and two of everybody. */
function downloadsOf({ flow, run, failures, unwritable }: ReportInput): Result['downloads'] {
  if (run.peopleDeletedAt !== null) return []
  const files = (who: string, query: { all?: number }, signs: number): Result['downloads'] => [
    { href: paths.errorsCsv.to({ id: run.id }, query), label: `${who}（CSV、UTF-8）`, note: null },
    {
      href: paths.errorsCsv.to({ id: run.id }, { ...query, encoding: 'sjis' }),
      label: `${who}（CSV、Shift_JIS）`,
      note: unwritableSentence(signs),
    },
  ]
  const { item } = flow.words
  return [
    ...(failures.items.length > 0 ? files(`失敗した${item}`, {}, unwritable.failed) : []),
    ...files(`すべての${item}`, { all: 1 }, unwritable.all),
  ]
}

function resultOf(input: ReportInput, ended: boolean): Result {
  const { flow, run, counts, left, remarks } = input
  const repeatable = run.peopleDeletedAt === null ? repeatedOutcomes.filter(outcome => counts[outcome] > 0) : []
  return {
    numbers: [
      ['成功', `${amount(run.succeededCount)}件`],
      ['失敗', `${amount(run.failedCount)}件`],
      ...(remarks > 0 ? [['要確認', `${amount(remarks)}件`] as const] : []),
      ...(left.total > 0 ? [['対象外', `${amount(left.total)}件`] as const] : []),
      ...(counts.not_run > 0 ? [['未実行', `${amount(counts.not_run)}件`] as const] : []),
    ],
    leftOut: leftOutSentence(flow, run),
    failure:
      run.failure === null
        ? null
        : { title: flow.kind === 'publication' ? '終了の理由' : 'エラー内容', text: run.failure },
    deleted:
      run.peopleDeletedAt === null
        ? null
        : `保存期間が過ぎたため、${flow.words.item}の個人情報は削除されました。件数・結果・理由だけを表示しています。`,
    repeats: ended
      ? repeatable.map((outcome, index) => ({ outcome, label: repeatButtons[outcome], primary: index === 0 }))
      : null,
    remarks:
      remarks > 0
        ? `${amount(remarks)}件は、取り込みましたが、確認が必要です。理由を確認してから、確定・公開してください。`
        : null,
    afterwards: (flow.kind === 'sync' && ended && run.succeededCount > 0 && flow.afterwards) || null,
    payroll: input.payroll,
    downloads: downloadsOf(input),
  }
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

function failuresOf({ flow, run, failures }: ReportInput): ReasonList | null {
  if (failures.items.length === 0) return null
  const who = `失敗した${flow.words.item}`
  return {
    ...reasonTable(flow, who, '失敗理由', run.failedCount),
    rows: failures.items.map(item => ({ key: shownKey(item), name: item.name, reason: item.reason ?? '' })),
    more: failures.hasNext
      ? { href: paths.report.to({ id: run.id }, { outcome: 'failed' }), label: `${who}をすべて見る` }
      : null,
  }
}

function leftOf({ flow, left }: ReportInput): ReasonList | null {
  if (left.items.length === 0) return null
  return {
    ...reasonTable(flow, `取り込まなかった${flow.words.item}`, '理由', left.total),
    rows: left.items.map(item => ({ key: shownKey(item), name: item.name, reason: leftReason(item) })),
    more: null,
  }
}

function outcomeRow(flow: Flow, item: ItemWithContent): OutcomeRow {
  const { changes, notes } = item.content
  const isNew = item.class === 'new'
  const done = item.outcome === 'succeeded' ? 'した' : 'する'
  const what = flow.kind === 'publication' ? '公開した項目' : `${isNew ? '登録' : '変更'}${done}項目`
  return {
    key: shownKey(item),
    name: item.name,
    label: classLabel(flow.words, item.class),
    outcome: outcomeLabels[item.outcome ?? 'pending'],
    reason: item.reason ?? '',
    notes,
    changes,
    changeList: { title: `${what}（${changes.length}件）`, isNew },
  }
}

function peopleOf({ flow, run, counts, filter, page }: ReportInput): ReportPeople {
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
        .filter(name => counts[name] > 0)
        .map(name => ({
          href: here({ outcome: name }),
          label: `${outcomeLabels[name].label}（${amount(counts[name])}件）`,
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
    rows: page.items.map(item => outcomeRow(flow, item)),
    pages: [
      ...(page.hasPrevious && first ? [{ href: here({ outcome, before: first.id }), label: '前へ' }] : []),
      ...(page.hasNext && last ? [{ href: here({ outcome, after: last.id }), label: '次へ' }] : []),
    ],
  }
}

/** The report of one run (design reference §5.10–5.13). */
export function reportPage(input: ReportInput): ReportPage {
  const { flow, run } = input
  const ended = endStates.includes(run.state)
  const plan = planOf(flow, run)
  return {
    title: flow.title,
    wide: true,
    status: runLabel(run, flow.words),
    lead: `${flow.words.act}の状況と結果を、${flow.words.item}ごとに確認できます。`,
    plan,
    running: plan || ended ? null : runningOf(flow, run),
    facts: factsOf(input),
    result: plan ? null : resultOf(input, ended),
    failures: failuresOf(input),
    left: leftOf(input),
    people: plan ? null : peopleOf(input),
  }
}
