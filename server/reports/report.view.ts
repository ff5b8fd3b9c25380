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
import { fetchAgain } from '../runs/step-urls.js'
import { shownKey } from '../runs/reasons.js'
import {
  endStates,
  isPublished,
  repeatedOutcomes,
  type Change,
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
import type { LeftOut } from '../wizard/wizard.service.js'
import { dateText } from '../wizard/wizard.view.js'

export interface OutcomeRow {
  key: string
  name: string
  label: Label
  outcome: Label
  reason: string
  /** 登録した項目 once it is done, 登録する項目 before and after a failure */
  changesTitle: string
  notes: string[]
  changes: Change[]
  isNew: boolean
}

/** A run before 同期: what a fetch found. */
export interface Plan {
  fetching: boolean
  counts: { label: Label; text: string }[]
  text: string
  /** ［同期を開始→］; null: nothing to go on to */
  go: string | null
  again: { action: string; name: string; value: string } | null
}

function planOf(flow: Flow, run: Run): Plan | null {
  if (run.queuedAt !== null || !['fetching', 'ready', 'failed'].includes(run.state)) return null
  const { counts } = run
  const ready = run.state === 'ready'
  const somebody = counts.new + counts.changed + counts.same + counts.excluded > 0
  return {
    fetching: run.state === 'fetching',
    counts: ready
      ? (['new', 'changed', 'same', 'excluded'] as const).map(name => ({
          label: classLabels[name],
          text: `${classLabels[name].label} ${amount(counts[name])}${flow.words.counter}`,
        }))
      : [],
    text: ready
      ? somebody
        ? `${at(run.fetchedAt)}に取得しました。取得から24時間以内に、同期する${flow.words.item}を選択してください。`
        : flow.words.nobody
      : '',
    go: ready && somebody ? paths.step.to({ id: run.id, step: 'select' }) : null,
    again: run.state === 'fetching' || run.retryOf !== null ? null : fetchAgain(flow, run),
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
        until: at(endsAt(run, flow.publication)),
        steps: flow.publication.next,
        pulled:
          run.pulledAt === null
            ? 'まだ取得されていません。'
            : `${amount(run.selectedCount)}${flow.words.counter}のうち${amount(run.pulledCount)}${flow.words.counter}が取得されました（最終アクセス：${at(run.pulledAt)}）。`,
      }
    : null

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

export interface ReportPage {
  title: string
  /** 同期, 取り込み or 公開 */
  act: string
  state: Label
  /** above the classes of its people */
  classTitle: string
  ended: boolean
  progress: Progress
  stopping: boolean
  /** what was fetched and where it is chosen from; null once 同期 was pressed */
  plan: Plan | null
  /** what a run that publishes waits for; null: it does not publish, or not any more */
  onOffer: OnOffer | null
  waiting: string | null
  facts: [string, string][]
  results: [string, string][]
  failure: string | null
  failureTitle: string
  failures: { key: string; name: string; reason: string }[]
  moreFailures: boolean
  /** who took no part, where nobody chose whom */
  left: { key: string; name: string; reason: string }[]
  leftTotal: number
  filters: { href: string; label: string; current: boolean }[]
  rows: OutcomeRow[]
  pages: { href: string; label: string }[]
  /** where the payroll of the run is confirmed and published */
  payroll: string | null
  /** what to look at before that */
  remarks: string | null
  /** how many the flow's rule has left out, where nobody looked at the selection */
  leftOut: string | null
  /** what to look at in the target now that somebody was written there */
  afterwards: SyncFlow['afterwards'] | null
  /** beside the downloads in Shift_JIS; null where every sign has room */
  unwritable: { failed: string | null; all: string | null }
  /** the buttons that repeat the run for some of its people */
  repeats: { outcome: RepeatedOutcome; label: string }[]
  deleted: boolean
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
    const text = total
      ? `${amount(total)}${counter}のうち${amount(run.fetched)}${counter}を取得しました。`
      : `${amount(run.fetched)}${counter}を取得しました。`
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

/** The report of one run (design reference §5.10–5.13). */
export function reportPage(input: {
  connector: Connector
  flow: Flow
  run: Run
  counts: Readonly<Record<OutcomeFilter, number>>
  filter: OutcomeFilter | null
  page: ItemPage
  failures: ItemPage
  left: LeftOut
  /** how many went through and need a look all the same */
  remarks: number
  unwritable: { failed: number; all: number }
  /** SmartHR's page of the run's payroll */
  payroll: string | null
}): ReportPage {
  const { flow, run, counts, filter, page } = input
  const { settings } = input.connector
  const [date, period, area] = [stepOf(flow, 'date'), stepOf(flow, 'period'), stepOf(flow, 'area')]
  const written = run.fetchBegunAt && writtenPeriod(flow, jstDate(run.fetchBegunAt))
  const ended = endStates.includes(run.state)
  const here = (query: Record<string, string | undefined>) => paths.report.to({ id: run.id }, query)
  const took = run.endedAt && run.queuedAt ? duration(run.endedAt.getTime() - run.queuedAt.getTime()) : ''
  const outcome = filter ?? undefined
  const first = page.items[0]
  const last = page.items.at(-1)
  return {
    title: flow.title,
    act: flow.words.act,
    state: runLabel(run, flow.words),
    classTitle: classTitle(flow),
    ended,
    progress: progressOf(run, flow.words),
    stopping: run.cancelRequestedAt !== null && !ended,
    waiting: run.waitingReason,
    plan: planOf(flow, run),
    onOffer: onOfferOf(flow, run),
    facts: [
      ['実行者', run.adminName],
      ['受付日時', at(run.queuedAt ?? run.createdAt)],
      ['終了日時', at(run.endedAt)],
      ['所要時間', took],
      [flow.kind === 'sync' ? '同期の向き' : '処理内容', flow.panel.title],
      ...(date ? [[date.heading, dateText(flow, run.referenceDate)] as [string, string]] : []),
      ...publicationFacts(flow, run),
      ...(period ? [[period.heading, periodText(run.period)] as [string, string]] : []),
      ...(area ? [[area.label, run.area?.label ?? ''] as [string, string]] : []),
      ...payrollNames(run),
      ...(usesSettings(flow) && settings?.summary
        ? [[settings.title, settings.summary(run.settings)] as [string, string]]
        : []),
      ...createOptionsOf(flow).flatMap(({ name, label }): [string, string][] =>
        run.options[name] ? [[`新規登録の${label}`, run.options[name].label]] : [],
      ),
      ...settingFacts(input.connector, run.options),
      ...(written === null ? [] : [[`${flow.to}の登録先`, written] as [string, string]]),
    ],
    results: [
      ['成功', `${amount(run.succeededCount)}件`],
      ['失敗', `${amount(run.failedCount)}件`],
      ...(input.remarks > 0 ? [['要確認', `${amount(input.remarks)}件`] as [string, string]] : []),
      ...(input.left.total > 0 ? [['対象外', `${amount(input.left.total)}件`] as [string, string]] : []),
      ...(counts.not_run > 0 ? [['未実行', `${amount(counts.not_run)}件`] as [string, string]] : []),
    ],
    failure: run.failure,
    failureTitle: flow.kind === 'publication' ? '終了の理由' : 'エラー内容',
    failures: input.failures.items.map(item => ({ key: shownKey(item), name: item.name, reason: item.reason ?? '' })),
    moreFailures: input.failures.hasNext,
    left: input.left.items.map(item => ({
      key: shownKey(item),
      name: item.name,
      reason: leftReason(item),
    })),
    leftTotal: input.left.total,
    filters: [
      {
        href: here({}),
        label: `すべて（${amount(Object.values(counts).reduce((sum, count) => sum + count, 0))}件）`,
        current: filter === null,
      },
      ...outcomeFilters
        .filter(name => counts[name] > 0)
        .map(name => ({
          href: here({ outcome: name }),
          label: `${outcomeLabels[name].label}（${amount(counts[name])}件）`,
          current: filter === name,
        })),
    ],
    rows: page.items.map(item => ({
      key: shownKey(item),
      name: item.name,
      label: classLabel(flow.words, item.class),
      outcome: outcomeLabels[item.outcome ?? 'pending'],
      reason: item.reason ?? '',
      changesTitle:
        flow.kind === 'publication'
          ? '公開した項目'
          : `${item.class === 'new' ? '登録' : '変更'}${item.outcome === 'succeeded' ? 'した' : 'する'}項目`,
      changes: item.content.changes,
      notes: item.content.notes,
      isNew: item.class === 'new',
    })),
    pages: [
      ...(page.hasPrevious && first ? [{ href: here({ outcome, before: first.id }), label: '前へ' }] : []),
      ...(page.hasNext && last ? [{ href: here({ outcome, after: last.id }), label: '次へ' }] : []),
    ],
    payroll: input.payroll,
    remarks:
      input.remarks > 0
        ? `${amount(input.remarks)}件は、取り込みましたが、確認が必要です。理由を確認してから、確定・公開してください。`
        : null,
    unwritable: {
      failed: unwritableSentence(input.unwritable.failed),
      all: unwritableSentence(input.unwritable.all),
    },
    leftOut: leftOutSentence(flow, run),
    afterwards: (flow.kind === 'sync' && ended && run.succeededCount > 0 && flow.afterwards) || null,
    repeats:
      ended && run.peopleDeletedAt === null
        ? repeatedOutcomes
            .filter(outcome => counts[outcome] > 0)
            .map(outcome => ({ outcome, label: repeatButtons[outcome] }))
        : [],
    deleted: run.peopleDeletedAt !== null,
  }
}
