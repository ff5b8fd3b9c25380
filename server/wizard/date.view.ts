import type { Choice, DateStep, Flow } from '../contract/contract.js'
import { monthOf } from '../runs/labels.js'
import type { FieldErrors } from '../web/form.js'
import type { Field } from '../web/page.js'
import { dateRange } from './date.form.js'
import { scopeAsked, scopeErrors, scopeField, type ScopeAsked } from './scope-choice.js'
import { wizardPage, type Asking, type WizardPage } from './steps.view.js'

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

export interface DatePage extends WizardPage, Asking {
  lead: string
  notes: readonly string[]
  problem: string | null
  errors: FieldErrors
  field: Field
  /** 対象範囲, where there is one to choose */
  scope: Field | null
}

const LEAD =
  '従業員情報を取得する基準日を指定してください。［次へ］を押すと、両方のサービスから従業員情報を取得します。この時点では、どちらにも書き込みません。'

/** ［情報取得基準日］, ［支給月］ or ［年度］ */
export function datePage(input: {
  flow: Flow
  step: DateStep
  asking: Asking
  /** a plain date, or what was typed */
  typed: string
  error: string | null
  problem: string | null
  scope?: ScopeAsked
  today: string
}): DatePage {
  const { flow, step, typed, scope = scopeAsked([]) } = input
  const value = step.unit === 'month' ? typed.slice(0, 7) : step.unit === 'year' ? typed.slice(0, 4) : typed
  const options = step.unit ? datesOf(step, input.today) : []
  const range = dateRange(step, input.today)
  return {
    ...wizardPage(flow, 'date', step.heading),
    hasErrors: input.error !== null || scope.error !== null,
    lead: step.lead ?? LEAD,
    notes: step.notes,
    problem: input.problem,
    errors: { ...(input.error !== null && { referenceDate: input.error }), ...scopeErrors(scope) },
    scope: scopeField(scope),
    ...input.asking,
    field: {
      id: 'referenceDate',
      label: step.heading,
      kind: step.unit ? 'choice' : 'date',
      value,
      error: input.error ?? undefined,
      help: step.help,
      ...(!step.unit && { min: range.first, max: range.last }),
      options,
      required: true,
    },
  }
}
