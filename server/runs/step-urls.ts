import type { Flow, StepKind } from '../contract/contract.js'
import { paths } from '../paths.js'
import { itemsToRegister } from '../payslips/payslips.js'
import type { Run } from './run.js'

/** Which page a run stands at, begins at, and is read anew from. Pure. */

/** Where a run begins: its reference date, its area, whatever the flow asks first. */
export const firstStep = (run: Pick<Run, 'id'>, flow: Flow): string =>
  paths.step.to({ id: run.id, step: flow.steps[0] ?? 'select' })

/** Where a finished plan is looked at: items to register come first, and a flow may ask nobody whom. */
const readyStep = (run: Run, flow: Flow): StepKind =>
  itemsToRegister(flow, run).length > 0 ? 'items' : flow.steps.includes('select') ? 'select' : 'confirm'

/** The page of the wizard where a run stands, or its report. */
export function whereItStands(run: Run, flow: Flow): string {
  if (run.state === 'draft') return firstStep(run, flow)
  if (flow.fetchShownIn === 'wizard') {
    if (run.state === 'ready') return paths.step.to({ id: run.id, step: readyStep(run, flow) })
    // A fetch that failed is shown where it was started.
    const unread = run.state === 'fetching' || (run.state === 'failed' && run.queuedAt === null)
    if (unread) return paths.step.to({ id: run.id, step: 'fetch' })
  }
  return paths.report.to({ id: run.id })
}

/** The page whose ［次へ］ begins the fetch: the last one before it. */
const fetchStep = (flow: Flow): StepKind => flow.steps[flow.steps.indexOf('fetch') - 1] ?? 'fetch'

/** The form that reads both sides once more, with what was chosen before. */
export interface FetchAgain {
  action: string
  name: string
  value: string
}

export const fetchAgain = (flow: Flow, run: Run): FetchAgain => ({
  action: paths.step.to({ id: run.id, step: fetchStep(flow) }),
  ...(flow.area
    ? { name: 'area', value: run.area?.value ?? '' }
    : { name: 'referenceDate', value: run.referenceDate ?? '' }),
})
