import type { Flow, OptionsStep } from '../contract/contract.js'
import { paths } from '../paths.js'
import { amount } from '../runs/labels.js'
import type { Run } from '../runs/run.js'
import type { FieldErrors } from '../web/form.js'
import type { Field } from '../web/page.js'
import { wizardPage, type WizardPage } from './steps.view.js'
import type { OpenOption } from './choices.service.js'

/** The page on which values for new people are chosen. */
export interface OptionsPage extends WizardPage {
  /** who gets the values */
  lead: string
  /** what to know before the values are chosen */
  notes: readonly string[]
  problem: string | null
  errors: FieldErrors
  action: string
  revision: number
  /** `empty`: why there is no field, where the target's list is empty */
  options: { field: Field; empty: string | null }[]
  /** what was chosen while the lists could not be read: it goes along, unseen */
  kept: readonly (readonly [name: string, value: string])[]
  back: string
  mistyped: boolean
  /** nothing can be chosen now; the page can be loaded once more */
  stuck: boolean
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
}): OptionsPage => {
  const { flow, run, typed, errors, problem } = input
  const options = input.options.map(({ name, label, help, choices }) => ({
    field: {
      id: name,
      label,
      kind: 'choice' as const,
      value: typed[name] ?? run.options[name]?.value ?? '',
      error: errors[name],
      help,
      options: choices,
      required: true,
    },
    empty:
      choices.length === 0
        ? `${flow.to}に${label}が登録されていないため、新しい従業員を登録できません。${flow.to}で${label}を登録してから、やり直してください。`
        : null,
  }))
  const stuck = problem !== null || options.some(({ empty }) => empty !== null)
  const mistyped = Object.keys(errors).length > 0
  return {
    ...wizardPage(flow, 'options', '新規登録の設定'),
    hasErrors: mistyped || stuck,
    lead: `新しく登録する${amount(input.newcomers)}名に、同じ値を登録します。すでに登録されている従業員の値は変わりません。`,
    notes: input.step.notes,
    problem,
    errors,
    action: paths.step.to({ id: run.id, step: 'options' }),
    revision: run.revision,
    options,
    kept: problem === null ? [] : Object.entries(typed),
    back: paths.step.to({ id: run.id, step: 'select' }),
    mistyped,
    stuck,
  }
}
