import { hasSelection, stepOf, type Connector, type DialogWords, type Flow, type Limits } from '../contract/contract.js'
import { kept } from '../contract/declared.js'
import { askedOptions } from '../contract/value-tables.js'
import { paths } from '../paths.js'
import type { FieldErrors } from '../web/form.js'
import type { Checkbox, Dialog, Fact, Field, Label } from '../web/page.js'
import type { Approval } from '../runs/approval.js'
import { ASK, askNote } from '../runs/approval.words.js'
import { scopeFact } from '../runs/run-scope.js'
import { notesOf, rulesFact } from '../runs/field-rules.words.js'
import { excludedRows } from '../runs/excluded-rows.js'
import { omittedFact } from '../runs/omitting.js'
import { actOf, undoDialog, undoFact, undoLabel } from '../runs/undoing.words.js'
import { tablesFact } from '../runs/value-tables.words.js'
import { choosingStep } from '../runs/step-urls.js'
import { NAME_LABELS, type PayrollNames } from '../payslips/payroll-names.js'
import { newItemsNote } from '../payslips/statement-items.js'
import { payrollFacts } from '../payslips/payroll-group.js'
import type { ItemWithContent, Run } from '../runs/run.js'
import { shownKey, whyNot } from '../runs/reasons.js'
import { amount, at, classLabel, classLabels, duration, periodSentence, settingFacts } from '../runs/labels.js'
import { isYearly } from '../runs/publications.js'
import { shortfallSentence } from '../runs/shortfalls.js'
import { peopleOf, type ConfirmPeople, type ConfirmPeopleInput } from './confirm-people.view.js'
import { doomedText } from './fields.view.js'
import { ownTicksText, personRow } from './person.view.js'
import { COUNT_FIELD } from './guard.form.js'
import type { FiredWithPeople } from './guard.service.js'
import { countField, guardQuestion, type GuardQuestion } from './guard.view.js'
import { expectedMs, interrupted } from './estimate.js'
import { dateText } from '../runs/date-text.js'
import { wizardPage, type WizardPage } from './steps.view.js'

/** The dialog in the flow's own words, or in those of most flows. */
export function dialogOf(flow: Flow, run: Pick<Run, 'referenceDate' | 'undoneAt'>): DialogWords {
  if (run.undoneAt) return undoDialog(flow, run.undoneAt)
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

/** What will happen, in a sentence, in numbers and in facts. */
export interface Summary {
  text: string
  /** the period of the target that is compared and written, where it keeps several */
  period: string | null
  counts: Label[]
  /** 情報取得基準日, データ領域: what it is about */
  about: Fact[]
  /** what to look at before anything is written, about any person */
  warnings: string[]
}

/** People who need a tick of their own, where people are not chosen. */
export interface OwnTicks {
  title: string
  text: string
  error: string | undefined
  rows: { id: string; who: string; ticked: boolean; focus: boolean; notes: string }[]
}

export interface ConfirmPage extends WizardPage {
  summary: Summary
  /** the payroll's names, where they are typed here */
  names: Field[]
  /** another administrator has to agree, and what the last one has said; null: nobody has to */
  approval: { note: string; returned: string | null } | null
  /** what is dangerous about the selection; how many it is about is asked beside the button */
  guard: GuardQuestion | null
  /** what has to be agreed to, with the reason */
  ticks: { text: string; box: Checkbox }[]
  ownTicks: OwnTicks | null
  /** people who will not be written, and why; where people are not chosen */
  left: { title: string; rows: string[]; more: string | null } | null
  /** there is no person to write */
  empty: string | null
  people: ConfirmPeople
  /** behind a fold below the people: what was chosen for new people, how long it will take */
  facts: { title: string; list: Fact[] } | null
  /** more than a few of them stand behind a fold */
  notes: { title: string; texts: readonly string[]; folded: boolean }
}

const replacesNote = (before: Run, flow: Flow): string => {
  const { words } = flow
  const what = isYearly(flow) ? `${dateText(flow, before.referenceDate)}分として` : ''
  return `${what}${at(before.publishedAt)}に公開した内容（${amount(before.selectedCount)}${words.counter}中${amount(before.succeededCount + before.failedCount)}${words.counter}の取り込み結果あり）は、新しい内容に置き換わり、公開を終了します。`
}

export interface ConfirmInput extends ConfirmPeopleInput {
  connector: Connector
  limits: Limits
  selected: { total: number; new: number; changed: number; doomed?: number }
  /** what new people get by the connector's settings */
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
  /** rules of the guard that fire, and what was typed about them */
  fired?: readonly FiredWithPeople[]
  count?: string
  /** what was asked last about the run */
  asked?: Approval | null
  errors?: FieldErrors
  /** the list as it was left, for the way back */
  list?: string
  now: Date
}

/** The day, the area, the payroll or the run before that the plan is about. */
function aboutOf({ flow, run, page }: ConfirmInput): Fact[] {
  const group = page.items[0]?.content.group
  const [date, area] = [stepOf(flow, 'date'), stepOf(flow, 'area')]
  return [
    ...(date ? [[date.heading, dateText(flow, run.referenceDate)] as const] : []),
    ...(area ? [[area.label, kept(run.area, 'area').label] as const] : []),
    ...(group ? payrollFacts(group) : []),
    ...undoFact(flow, run),
    ...scopeFact(run),
  ]
}

function factsOf(input: ConfirmInput): Fact[] {
  const { flow, run, selected } = input
  const options: Fact[] = askedOptions(flow, run.tabled).map(({ name, label }) => [
    `新規登録の${label}`,
    run.options[name]?.label ?? '',
  ])
  const time = duration(expectedMs(input.limits, selected)) + interrupted(input)
  return [
    ...rulesFact(flow, run),
    ...tablesFact(flow, run),
    ...omittedFact(flow, run),
    ...(selected.new > 0 ? options : []),
    ...settingFacts(input.connector, input.forNew ?? {}),
    ...(flow.kind === 'publication' ? [] : [['所要時間の目安', time] as const]),
  ]
}

function summaryOf(input: ConfirmInput): Summary {
  const { flow, run, selected } = input
  const { kind, words } = flow
  const counted = (word: string, count: number) => `${word} ${amount(count)}${words.counter}`
  return {
    text: dialogOf(flow, run).summary.replace('{n}', amount(selected.total)),
    period: periodSentence(flow, run),
    counts: run.undoneAt
      ? [{ look: classLabels.changed.look, label: counted('元に戻す', selected.changed) }]
      : [
          { look: classLabel(words, 'new').look, label: counted(kind === 'sync' ? '新規' : words.new, selected.new) },
          ...(kind === 'sync' ? [{ look: classLabels.changed.look, label: counted('更新', selected.changed) }] : []),
        ],
    about: aboutOf(input),
    warnings: [
      newItemsNote(input.newItems ?? []),
      doomedText(flow, run, selected.doomed ?? 0, input.forApproval !== undefined),
      excludedRows(flow, run)?.[input.forApproval ? 'fact' : 'text'] ?? null,
    ].filter(text => text !== null),
  }
}

/** The dialog opens at what has to be put right, which may be far down. */
const isFirst = (errors: FieldErrors, id: string): boolean => Object.keys(errors)[0] === id

function nameFields(names: PayrollNames, errors: FieldErrors): Field[] {
  const field = (id: string, label: string, value: string, help: string): Field => ({
    id,
    label,
    kind: 'text',
    value,
    error: errors[id],
    focus: isFirst(errors, id),
    help,
    required: true,
  })
  return [
    field('name_for_admin', NAME_LABELS.admin, names.admin, 'SmartHRの管理者の画面に表示されます。'),
    field('name_for_crew', NAME_LABELS.crew, names.crew, '従業員が見る給与明細に表示されます。'),
  ]
}

/** Records that are imported once more, a side that lists far fewer people than before. */
function ticksOf({ flow, run, repeated, again, fewer, errors = {} }: ConfirmInput): ConfirmPage['ticks'] {
  const tick = (name: string, label: string, checked = false): Checkbox => ({
    name,
    value: 'yes',
    label,
    checked,
    error: errors[name],
    focus: isFirst(errors, name),
  })
  return [
    ...(repeated > 0
      ? [
          {
            text: `同じ明細が取り込み済みです（${amount(repeated)}${flow.words.counter}）。もう一度取り込むと、SmartHRに同じ明細が2つできます。`,
            box: tick('again', '取り込み済みの明細を、もう一度取り込む', again),
          },
        ]
      : []),
    ...(run.shortfalls.length > 0
      ? [
          {
            text: run.shortfalls.map(one => shortfallSentence(one, flow.words)).join(''),
            box: tick('fewer', '人数に間違いがないことを確認した', fewer),
          },
        ]
      : []),
  ]
}

function ownTicksOf({ flow, ownTicks, errors = {} }: ConfirmInput): OwnTicks | null {
  if (!ownTicks || ownTicks.total === 0) return null
  const { item, counter } = flow.words
  return {
    title: `1${counter}ずつ確認する${item}`,
    text: ownTicksText(flow, ownTicks.total),
    error: errors.ownTicks,
    rows: ownTicks.items.map((one, index) => {
      const { id, key, name, ticked, notes } = personRow(one, flow)
      return {
        id,
        who: `${key} ${name}`,
        ticked: ticked ?? false,
        focus: index === 0 && isFirst(errors, 'ownTicks'),
        notes: notes.join(''),
      }
    }),
  }
}

function leftOf({ flow, left }: ConfirmInput): ConfirmPage['left'] {
  if (!left || left.items.length === 0) return null
  const { item, counter } = flow.words
  const more = left.total - left.items.length
  return {
    title: `取り込めない${item}（${left.total}${counter}）`,
    rows: left.items.map(
      one => `${shownKey(one)} ${one.name}：${one.excludedReason ?? whyNot(one.content.problems, flow)}`,
    ),
    more: more > 0 ? `ほか${more}${counter}` : null,
  }
}

/** Back to the list as it was left, and there to the button that led here. */
const wayBack = ({ flow, run, list = '' }: ConfirmInput): string =>
  hasSelection(flow) ? `${choosingStep(run, flow)}${list === '' ? '' : `?${list}`}#go` : choosingStep(run, flow)

function dialogFor(input: ConfirmInput): Dialog {
  const { flow, run, mark, selected, field, fired = [], count, asks = false, errors = {} } = input
  const { title, button } = dialogOf(flow, run)
  return {
    title,
    content: `対象の${flow.words.item}`,
    action: paths.step.to({ id: run.id, step: 'confirm' }),
    hidden: { revision: run.revision, selection: mark, ...(field && { field }), ...(asks && { asks: 'yes' }) },
    cancel: wayBack(input),
    button: selected.total === 0 ? null : asks ? ASK : button,
    dangerous: false,
    asked: countField(flow, fired, { selected, typed: count, error: errors[COUNT_FIELD] }),
    hasErrors: Object.keys(errors).length > 0,
  }
}

export const COMMENT_GONE = '保存期間が終了したため、表示できません。'

/** What another administrator has said when they sent it back. */
export const returnedText = (approval: Approval | null | undefined): string | null =>
  approval?.state === 'returned'
    ? `${approval.decidedByName ?? ''}さんが差し戻しました（${at(approval.decidedAt)}）。コメント：${approval.comment ?? COMMENT_GONE}`
    : null

/** So many notes are shown without a click. */
const FEW_NOTES = 3

/** 「従業員を同期しますか？」. */
export function confirmPage(input: ConfirmInput): ConfirmPage {
  const { flow, run, selected, replaces, names, errors = {} } = input
  const notes = [...(replaces ? [replacesNote(replaces, flow)] : []), ...notesOf(flow, run)]
  const facts = factsOf(input)
  return {
    ...wizardPage(flow, 'confirm', flow.kind === 'sync' ? `${actOf(flow, run)}内容の確認` : flow.title, run),
    wide: true,
    hasErrors: Object.keys(errors).length > 0,
    dialog: dialogFor(input),
    summary: summaryOf(input),
    names: names ? nameFields(names, errors) : [],
    approval: input.asks
      ? { note: askNote(undoLabel(flow.words.act, run)), returned: returnedText(input.asked) }
      : null,
    guard: guardQuestion(flow, input.fired ?? []),
    ticks: ticksOf(input),
    ownTicks: ownTicksOf(input),
    left: leftOf(input),
    empty:
      selected.total === 0
        ? `取り込める${flow.words.item}がいません。取り込めない理由を確認し、修正してから取得し直してください。`
        : null,
    people: peopleOf(input, input.forApproval?.typesHere ?? (names != null || (input.fired ?? []).length > 0)),
    facts: facts.length > 0 ? { title: `${actOf(flow, run)}の設定・所要時間`, list: facts } : null,
    notes: { title: '注意事項', texts: notes, folded: notes.length > FEW_NOTES },
  }
}
