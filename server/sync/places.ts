import type { Flow } from '../connectors/contract.js'
import { paths } from '../paths.js'
import type { Run } from './run.js'

/** Which page a run stands at, begins at, and is read anew from. Pure. */

/** Where a run begins: its reference date, its area, whatever the flow asks first. */
export const firstStep = (run: Pick<Run, 'id'>, flow: Flow): string =>
  paths.step.to({ id: run.id, step: flow.steps[0] ?? 'select' })

/** The page of the wizard where a run stands, or its report. */
export function whereItStands(run: Run, flow: Flow): string {
  if (run.state === 'draft') return firstStep(run, flow)
  if (flow.fetchShownIn === 'wizard') {
    if (run.state === 'ready') return paths.step.to({ id: run.id, step: 'select' })
    // A fetch that failed is shown where it was started.
    const unread = run.state === 'fetching' || (run.state === 'failed' && run.queuedAt === null)
    if (unread) return paths.step.to({ id: run.id, step: 'fetch' })
  }
  return paths.report.to({ id: run.id })
}

/** The form that reads both sides once more, with what was chosen before. */
export const fetchAgain = (flow: Flow, run: Run): { action: string; name: string; value: string } => ({
  action: paths.step.to({ id: run.id, step: flow.steps[0] ?? 'fetch' }),
  ...(flow.area
    ? { name: 'area', value: run.area?.value ?? '' }
    : { name: 'referenceDate', value: run.referenceDate ?? '' }),
})
