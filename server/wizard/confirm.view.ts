import {
  createOptionsOf,
  stepOf,
  type Connector,
  type DialogWords,
  type Flow,
  type Limits,
} from '../contract/contract.js'
import { paths } from '../paths.js'
import { nextClosedSpell } from '../calls/maintenance.js'
import type { FieldErrors } from '../web/form.js'
import type { ItemPage } from '../runs/item.rows.js'
import { NAME_LABELS, newItemsNote, payrollFacts, type PayrollNames } from '../payslips/payslips.js'
import type { ItemWithContent, Run } from '../runs/run.js'
import { shownKey, whyNot } from '../runs/reasons.js'
import {
  amount,
  at,
  classLabel,
  classLabels,
  duration,
  periodSentence,
  settingFacts,
  type Label,
} from '../runs/labels.js'
import { choosingStep } from '../runs/step-urls.js'
import { isYearly } from '../runs/publications.js'
import { shortfallSentence } from '../runs/shortfalls.js'
import { ownTicksText, personRow, type PersonRow } from './select.view.js'
import { dateText, steps, type Steps } from './wizard.view.js'

/** Seconds a call takes at the usual answer times; only for the estimate below. */
const SECONDS_PER_CALL = 0.3
const HOUR = 3600

/** How long 同期 will take at most, with the service's limits counted in (design §10). */
export function expectedMs(limits: Limits, selected: { new: number; changed: number }): number {
  const calls = selected.new * limits.callsPerPerson.new + selected.changed * limits.callsPerPerson.changed
  const atPace = Math.max(
    calls / (limits.perSecond ?? Number.MAX_SAFE_INTEGER),
    (calls * SECONDS_PER_CALL) / limits.concurrency,
  )
  const wholeHours = limits.perHour === undefined ? 0 : Math.floor(Math.max(0, calls - 1) / limits.perHour)
  return Math.max(atPace, wholeHours * HOUR) * 1000
}

export interface ConfirmPage extends Steps {
  heading: string
  title: string
  button: string
  summary: string
  counts: { label: Label; text: string }[]
  /** the period of the target that is compared and written, where it keeps several */
  period: string | null
  /** 情報取得基準日, what was chosen for everybody new, how long it will take */
  facts: [string, string][]
  rows: PersonRow[]
  notes: readonly string[]
  revision: number
  /** stands for the people shown; 同期 is for nobody else */
  mark: string
  action: string
  cancel: string
  previous: string | null
  next: string | null
  /** the payroll's names, where they are typed here */
  names: { id: string; label: string; help: string; value: string; error: string | undefined }[]
  /** a tick that is needed where a side lists far fewer people than before */
  fewer: { text: string; checked: boolean; error: string | undefined } | null
  /** people whom only a tick of their own takes, where nobody chose whom */
  ownTicks: { text: string; rows: readonly PersonRow[]; error: string | undefined } | null
  /** a tick that is needed before records are imported once more */
  again: { text: string; checked: boolean; error: string | undefined } | null
  /** people who will not be written, and why; where nobody chose whom */
  left: { key: string; name: string; reason: string }[]
  moreLeft: number
  /** what to look at before anything is written, whoever it is about */
  warning: string | null
  /** there is nobody to write */
  nobody: boolean
}

/** A run that will not be through before the service closes is told so. */
function interrupted(input: {
  connector: Connector
  flow: Flow
  limits: Limits
  selected: { new: number; changed: number }
  now: Date
}): string {
  const next = nextClosedSpell(input.connector.maintenance, input.now)
  const through = input.now.getTime() + expectedMs(input.limits, input.selected)
  return next && through > next.from.getTime() ? '（メンテナンス時間中は一時停止します）' : ''
}

const replacesNote = (before: Run, flow: Flow): string => {
  const { words } = flow
  const what = isYearly(flow) ? `${dateText(flow, before.referenceDate)}分として` : ''
  return `${what}${at(before.publishedAt)}に公開した内容（${amount(before.selectedCount)}${words.counter}中${amount(before.succeededCount + before.failedCount)}${words.counter}の取り込み結果あり）は、新しい内容に置き換わり、公開を終了します。`
}

/** The dialog in the flow's own words, or in those of most flows. */
export function dialogOf(flow: Flow, run: Pick<Run, 'referenceDate'>): DialogWords {
  const { item, counter } = flow.words
  const own = stepOf(flow, 'confirm')?.dialog
  if (!own)
    return {
      title: `${item}を同期しますか？`,
      button: '同期',
      summary: `${flow.from}から${flow.to}へ、{n}${counter}の${item}情報を同期します。`,
      started: `${flow.to}へ選択した${item}の同期を開始しました`,
    }
  const dated = (text: string) => text.replace('{date}', dateText(flow, run.referenceDate))
  return { title: dated(own.title), button: own.button, summary: dated(own.summary), started: dated(own.started) }
}

/** 「従業員を同期しますか？」 (design reference §5.9). */
export function confirmPage(input: {
  connector: Connector
  flow: Flow
  run: Run
  limits: Limits
  selected: { total: number; new: number; changed: number }
  page: ItemPage
  /** what everybody new gets by the connector's settings */
  forNew?: Run['options']
  mark: string
  repeated: number
  left: { items: readonly ItemWithContent[]; total: number } | null
  ownTicks?: { items: readonly ItemWithContent[]; total: number } | null
  /** the snapshot that a publication takes the place of */
  replaces?: Run | null
  /** the payroll's, proposed or as typed */
  names?: PayrollNames | null
  /** items of the selected that SmartHR may not know */
  newItems?: readonly string[]
  again?: boolean
  fewer?: boolean
  errors?: FieldErrors
  now: Date
}): ConfirmPage {
  const { flow, run, selected, page, errors = {} } = input
  const [date, area] = [stepOf(flow, 'date'), stepOf(flow, 'area')]
  const dialog = dialogOf(flow, run)
  const group = page.items[0]?.content.group
  const names = input.names ?? null
  const here = paths.step.to({ id: run.id, step: 'confirm' })
  const first = page.items[0]
  const last = page.items.at(-1)
  return {
    ...steps(flow, 'confirm'),
    heading: flow.kind === 'sync' ? '同期内容の確認' : flow.title,
    title: dialog.title,
    button: dialog.button,
    summary: dialog.summary.replace('{n}', amount(selected.total)),
    period: periodSentence(flow, run),
    counts: [
      {
        label: classLabel(flow.words, 'new'),
        text: `${flow.kind === 'sync' ? '新規' : flow.words.new} ${amount(selected.new)}${flow.words.counter}`,
      },
      ...(flow.kind === 'sync'
        ? [{ label: classLabels.changed, text: `更新 ${amount(selected.changed)}${flow.words.counter}` }]
        : []),
    ],
    facts: [
      ...(date ? [[date.heading, dateText(flow, run.referenceDate)] as [string, string]] : []),
      ...(area ? [[area.label, run.area?.label ?? ''] as [string, string]] : []),
      ...(group ? payrollFacts(group) : []),
      ...(selected.new > 0
        ? createOptionsOf(flow).map(({ name, label }): [string, string] => [
            `新規登録の${label}`,
            run.options[name]?.label ?? '',
          ])
        : []),
      ...settingFacts(input.connector, input.forNew ?? {}),
      ...(flow.kind === 'publication'
        ? []
        : [['所要時間の目安', duration(expectedMs(input.limits, selected)) + interrupted(input)] as [string, string]]),
    ],
    rows: page.items.map(item => personRow(item, flow)),
    notes: [...(input.replaces ? [replacesNote(input.replaces, flow)] : []), ...flow.notes],
    revision: run.revision,
    mark: input.mark,
    action: here,
    cancel: choosingStep(run, flow),
    previous: page.hasPrevious && first ? `${here}?before=${first.id}` : null,
    next: page.hasNext && last ? `${here}?after=${last.id}` : null,
    names: names
      ? [
          {
            id: 'name_for_admin',
            label: NAME_LABELS.admin,
            help: 'SmartHRの管理者の画面に表示されます。',
            value: names.admin,
            error: errors.name_for_admin,
          },
          {
            id: 'name_for_crew',
            label: NAME_LABELS.crew,
            help: '従業員が見る給与明細に表示されます。',
            value: names.crew,
            error: errors.name_for_crew,
          },
        ]
      : [],
    fewer:
      run.shortfalls.length > 0
        ? {
            text: run.shortfalls.map(one => shortfallSentence(one, flow.words)).join(''),
            checked: input.fewer ?? false,
            error: errors.fewer,
          }
        : null,
    ownTicks:
      input.ownTicks && input.ownTicks.total > 0
        ? {
            text: ownTicksText(flow, input.ownTicks.total),
            rows: input.ownTicks.items.map(item => personRow(item, flow)),
            error: errors.ownTicks,
          }
        : null,
    again:
      input.repeated > 0
        ? {
            text: `同じ明細が取り込み済みです（${amount(input.repeated)}${flow.words.counter}）。もう一度取り込むと、SmartHRに同じ明細が2つできます。`,
            checked: input.again ?? false,
            error: errors.again,
          }
        : null,
    left: (input.left?.items ?? []).map(item => ({
      key: shownKey(item),
      name: item.name,
      reason: item.excludedReason ?? whyNot(item.content.problems, flow),
    })),
    moreLeft: (input.left?.total ?? 0) - (input.left?.items.length ?? 0),
    warning: newItemsNote(input.newItems ?? []),
    nobody: selected.total === 0,
  }
}
