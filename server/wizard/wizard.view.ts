import {
  stepOf,
  type Area,
  type AreaStep,
  type Choice,
  type DateStep,
  type Flow,
  type OptionsStep,
  type Step,
  type StepKind,
} from '../contract/contract.js'
import { paths } from '../paths.js'
import type { FieldErrors } from '../web/form.js'
import { monthOf } from '../payslips/payslips.js'
import type { Run } from '../runs/run.js'
import { amount, plainDate } from '../runs/labels.js'
import { type OpenOption } from './wizard.service.js'

/** A page of the wizard as its head shows it. */
export interface Stage {
  label: string
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

export interface Steps {
  steps: Stage[]
  eyebrow: string
  /** 「（1/3）」 */
  place: string
}

/** The flow's pages; reading both sides belongs to the first (design reference §2.2). */
export function steps(flow: Flow, current: StepKind): Steps {
  // Reading belongs to the page before it, and items are asked for only now and then.
  const shown = flow.steps.filter(({ kind }) => kind !== 'fetch' && (kind !== 'items' || current === 'items'))
  const at = Math.max(
    0,
    shown.findIndex(({ kind }) => kind === current),
  )
  const place = `（${at + 1}/${shown.length}）`
  return {
    steps: shown.map((step, index) => ({
      label: labelOf(step, flow),
      state: index < at ? 'done' : index === at ? 'current' : 'open',
    })),
    eyebrow: flow.title + place,
    place,
  }
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

export interface DatePage extends Steps {
  heading: string
  lead: string
  help: string
  notes: readonly string[]
  kind: 'date' | 'choice'
  value: string
  options: Choice[]
  error: string | null
  problem: string | null
  action: string
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
    ...steps(flow, 'date'),
    heading: step.heading,
    lead: step.lead ?? LEAD,
    help: step.help,
    notes: step.notes,
    kind: step.unit ? 'choice' : 'date',
    value,
    options,
    error: input.error,
    problem: input.problem,
    action: paths.step.to({ id: input.run.id, step: 'date' }),
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
export interface AreaPage extends Steps {
  heading: string
  label: string
  lead: string
  action: string
  areas: { value: string; label: string; detail: string; checked: boolean }[]
  /** where areas are of several kinds, the links to each */
  kinds: { label: string; links: { label: string; href: string; current: boolean }[] } | null
  given: readonly [string, string] | null
  button: string
  empty: string | null
  error: string | null
  problem: string | null
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
  return {
    ...steps(flow, 'area'),
    heading: step.heading,
    label: step.label,
    lead: step.lead,
    action: here,
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
    given: step.given ?? null,
    button: step.button ?? '次へ',
    areas: areas.map(area => ({ ...area, checked: area === chosen })),
    empty: areas.length === 0 && problem === null ? step.empty : null,
    error: input.error,
    problem,
  }
}

/** The page on which values for everybody new are chosen. */
export interface OptionsPage extends Steps {
  action: string
  revision: number
  newcomers: string
  fields: {
    name: string
    label: string
    help: string
    value: string
    options: readonly Choice[]
    empty: string | null
  }[]
  back: string
  errors: FieldErrors
  problem: string | null
  /** what to know before the values are chosen */
  notes: readonly string[]
}

export const optionsPage = (input: {
  flow: Flow
  step: OptionsStep
  run: Run
  newcomers: number
  options: readonly OpenOption[]
  typed: Readonly<Record<string, string>>
  errors: FieldErrors
  problem: string | null
}): OptionsPage => ({
  ...steps(input.flow, 'options'),
  action: paths.step.to({ id: input.run.id, step: 'options' }),
  revision: input.run.revision,
  newcomers: `新しく登録する${amount(input.newcomers)}名に、同じ値を登録します。すでに登録されている従業員の値は変わりません。`,
  notes: input.step.notes,
  fields: input.options.map(({ name, label, help, choices }) => ({
    name,
    label,
    help,
    value: input.typed[name] ?? input.run.options[name]?.value ?? '',
    options: choices,
    empty:
      choices.length === 0
        ? `${input.flow.to}に${label}が登録されていないため、新しい従業員を登録できません。${input.flow.to}で${label}を登録してから、やり直してください。`
        : null,
  })),
  back: paths.step.to({ id: input.run.id, step: 'select' }),
  errors: input.errors,
  problem: input.problem,
})
