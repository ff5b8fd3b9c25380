import type { Area, AreaStep, Flow } from '../contract/contract.js'
import { paths } from '../paths.js'
import type { Run } from '../runs/run.js'
import type { FieldErrors } from '../web/form.js'
import type { Fact, Field } from '../web/page.js'
import { scopeAsked, scopeErrors, scopeField, type ScopeAsked } from './scope-choice.js'
import { wizardPage, type WizardPage } from './steps.view.js'

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
  /** 対象範囲, where there is one to choose */
  scope: Field | null
  errors: FieldErrors
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
  scope?: ScopeAsked
}): AreaPage {
  const { flow, step, run, problem, scope = scopeAsked([]) } = input
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
    hasErrors: input.error !== null || scope.error !== null || stuck !== null,
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
    scope: scopeField(scope),
    errors: { ...(input.error !== null && { area: input.error }), ...scopeErrors(scope) },
  }
}
