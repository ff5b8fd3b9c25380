import {
  stepOf,
  type Area,
  type AreaStep,
  type Choice,
  type DateStep,
  type Flow,
  type Step,
  type StepKind,
} from '../contract/contract.js'
import { paths } from '../paths.js'
import type { FieldErrors } from '../web/form.js'
import type { Fact, Field, Page, PageLink } from '../web/page.js'
import { monthOf } from '../payslips/payslips.js'
import type { Run } from '../runs/run.js'
import { plainDate } from '../runs/labels.js'
import { fetchProgress, type FetchProgress } from '../runs/progress.view.js'
import { fetchAgain, type FetchAgain } from '../runs/step-urls.js'

/** A page of the wizard as its head shows it. */
export interface Stage {
  label: string
  /** its number, or a tick once it is done */
  mark: string
  state: 'done' | 'current' | 'open'
}

function labelOf(step: Step, { words }: Flow): string {
  switch (step.kind) {
    case 'period':
    case 'date':
      return step.heading
    case 'area':
      return step.label
    case 'fetch':
      return `${words.item}情報の取得`
    case 'items':
      return '項目の登録'
    case 'select':
      return `${words.item}の選択`
    case 'options':
      return '新規登録の設定'
    case 'confirm':
      return step.dialog ? '内容の確認' : '同期内容の確認'
  }
}

/** A page of the wizard: above its content stand the flow, the heading and the steps. */
export interface WizardPage extends Page {
  wizard: { eyebrow: string; heading: string; steps: Stage[] }
}

/** The head of a step's page; reading both sides belongs to the first (design reference §2.2). */
export function wizardPage(flow: Flow, current: StepKind, heading: string): WizardPage {
  // Reading belongs to the page before it, and items are asked for only now and then.
  const shown = flow.steps.filter(({ kind }) => kind !== 'fetch' && (kind !== 'items' || current === 'items'))
  const at = Math.max(
    0,
    shown.findIndex(({ kind }) => kind === current),
  )
  const place = `（${at + 1}/${shown.length}）`
  const steps = shown.map((step, index): Stage => {
    const state = index < at ? 'done' : index === at ? 'current' : 'open'
    return {
      label: labelOf(step, flow),
      mark: state === 'done' ? '✓' : String(index + 1),
      state,
    }
  })
  return { title: heading + place, wizard: { eyebrow: flow.title + place, heading, steps } }
}

const MONTHS_BACK = 24
const YEARS_BACK = 4

/** What a date's page begins with: today, this month or this year. */
export const presetDate = ({ unit }: DateStep, today: string): string =>
  unit === 'month' ? `${today.slice(0, 7)}-01` : unit === 'year' ? `${today.slice(0, 4)}-12-31` : today

/** Months from the next one back, years from this one back; newest first. */
function datesOf({ unit }: DateStep, today: string): Choice[] {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))]
  if (unit === 'year')
    return Array.from({ length: YEARS_BACK + 1 }, (_, back) => ({
      value: String(year - back),
      label: `${year - back}年`,
    }))
  return Array.from({ length: MONTHS_BACK + 2 }, (_, back) => {
    const at = year * 12 + month - back
    const value = `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`
    return { value, label: monthOf(`${value}-01`) }
  })
}

export interface DatePage extends WizardPage {
  lead: string
  notes: readonly string[]
  problem: string | null
  errors: FieldErrors
  action: string
  field: Field
}

const LEAD =
  '従業員情報を取得する基準日を指定してください。［次へ］を押すと、両方のサービスから従業員情報を取得します。この時点では、どちらにも書き込みません。'

/** ［情報取得基準日］, ［支給月］ or ［年度］ */
export function datePage(input: {
  flow: Flow
  step: DateStep
  run: Run
  /** a plain date, or what was typed */
  typed: string
  error: string | null
  problem: string | null
  today: string
}): DatePage {
  const { flow, step, typed } = input
  const value = step.unit === 'month' ? typed.slice(0, 7) : step.unit === 'year' ? typed.slice(0, 4) : typed
  const options = step.unit ? datesOf(step, input.today) : []
  return {
    ...wizardPage(flow, 'date', step.heading),
    hasErrors: input.error !== null,
    lead: step.lead ?? LEAD,
    notes: step.notes,
    problem: input.problem,
    errors: input.error === null ? {} : { referenceDate: input.error },
    action: paths.step.to({ id: input.run.id, step: 'date' }),
    field: {
      id: 'referenceDate',
      label: step.heading,
      kind: step.unit ? 'choice' : 'date',
      value,
      error: input.error ?? undefined,
      help: step.help,
      options,
      required: true,
    },
  }
}

/** The reference date as people read it. */
export function dateText(flow: Pick<Flow, 'steps'>, date: string | null): string {
  if (date === null) return ''
  switch (stepOf(flow, 'date')?.unit) {
    case 'month':
      return monthOf(date)
    case 'year':
      return `${date.slice(0, 4)}年`
    case undefined:
      return plainDate(date)
  }
}

/** The page on which the area of the run is chosen. */
export interface AreaPage extends WizardPage {
  lead: string
  action: string
  /** why there is nothing to choose from; the page can be loaded once more */
  stuck: string | null
  error: string | null
  /** what is decided already: label and value */
  given: Fact | null
  /** where areas are of several kinds, the links to each */
  kinds: { label: string; links: { label: string; href: string; current: boolean }[] } | null
  label: string
  areas: { value: string; label: string; detail: string; checked: boolean }[]
  button: string
}

export function areaPage(input: {
  flow: Flow
  step: AreaStep
  run: Run
  areas: readonly Area[]
  /** the kind asked for */
  kind: string | null
  /** the one chosen last */
  last: string | null
  error: string | null
  problem: string | null
}): AreaPage {
  const { flow, step, run, problem } = input
  const preset = run.area?.value ?? input.last
  const here = paths.step.to({ id: run.id, step: 'area' })
  const { kinds } = step
  const kind =
    kinds?.options.find(option => option.value === input.kind)?.value ??
    input.areas.find(area => area.value === preset)?.kind ??
    kinds?.options[0]?.value
  const areas = input.areas.filter(area => !kinds || area.kind === kind)
  const chosen = areas.find(area => area.value === preset) ?? (areas.length === 1 ? areas[0] : undefined)
  const stuck = problem ?? (areas.length === 0 ? step.empty : null)
  return {
    ...wizardPage(flow, 'area', step.heading),
    hasErrors: input.error !== null || stuck !== null,
    lead: step.lead,
    action: here,
    stuck,
    error: input.error,
    given: step.given ?? null,
    kinds: kinds
      ? {
          label: kinds.label,
          links: kinds.options.map(option => ({
            label: option.label,
            href: `${here}?kind=${encodeURIComponent(option.value)}`,
            current: option.value === kind,
          })),
        }
      : null,
    label: step.label,
    areas: areas.map(area => ({ ...area, checked: area === chosen })),
    button: step.button ?? '次へ',
  }
}

/** The page that shows a fetch, and why it failed. */
export interface FetchPage extends WizardPage {
  progress: FetchProgress | null
  failed: { bar: string; reason: string; again: FetchAgain; chooseAgain: PageLink | null } | null
}

export function fetchPage(flow: Flow, run: Run): FetchPage {
  const heading = `${flow.words.item}情報の取得`
  const failed = run.state === 'failed'
  const area = stepOf(flow, 'area')
  return {
    ...wizardPage(flow, 'fetch', heading),
    title: failed ? `${heading}に失敗しました` : heading,
    progress: failed ? null : fetchProgress(flow, run),
    failed: failed
      ? {
          bar: `${heading}に失敗しました。`,
          reason: run.failure ?? '',
          again: fetchAgain(flow, run),
          chooseAgain: area
            ? { href: paths.step.to({ id: run.id, step: 'area' }), label: `${area.label}を選択し直す` }
            : null,
        }
      : null,
  }
}
