import type { Flow, Period, PeriodStep } from '../contract/contract.js'
import type { FieldErrors } from '../web/form.js'
import type { Field } from '../web/page.js'
import { wizardPage, type Asking, type WizardPage } from './steps.view.js'

/** ［賞与対象開始日と締日］ */
export interface PeriodPage extends WizardPage, Asking {
  lead: string
  fields: Field[]
  errors: FieldErrors
}

export const periodPage = (input: {
  flow: Flow
  step: PeriodStep
  asking: Asking
  typed: Period
  errors: FieldErrors
}): PeriodPage => ({
  ...wizardPage(input.flow, 'period', input.step.heading),
  hasErrors: Object.keys(input.errors).length > 0,
  lead: input.step.lead,
  ...input.asking,
  fields: (['from', 'to'] as const).map(id => ({
    id,
    label: input.step[id],
    kind: 'date',
    value: input.typed[id],
    error: input.errors[id],
    required: true,
  })),
  errors: input.errors,
})
