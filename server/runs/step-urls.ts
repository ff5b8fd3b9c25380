import { hasSelection, stepOf, type Flow, type StepKind } from '../contract/contract.js'
import { kept } from '../contract/declared.js'
import { paths } from '../paths.js'
import { hadSelection, isAsked, type Run, itemsToRegister } from './run.js'

/** Which page a run stands at, begins at, goes on to, and is read anew from. Pure. */

const pageOf = (run: Pick<Run, 'id'>, step: StepKind): string => paths.step.to({ id: run.id, step })

/** Where a run begins: its reference date, its area, whatever the flow asks first. */
export const firstStep = (run: Pick<Run, 'id'>, flow: Pick<Flow, 'steps'>): string => pageOf(run, flow.steps[0].kind)

/** Both sides are read at once: the flow asks nothing before. */
export const beginsWithFetch = ({ steps }: Pick<Flow, 'steps'>): boolean => steps[0].kind === 'fetch'

/** The flow's first page can be answered before there is a run. */
export const asksFirst = ({ steps }: Pick<Flow, 'steps'>): boolean =>
  ['date', 'period', 'upload'].includes(steps[0].kind)

/** The page after this one; after the last one the report. */
export function nextStep(run: Pick<Run, 'id'>, { steps }: Pick<Flow, 'steps'>, kind: StepKind): string {
  const next = steps[steps.findIndex(step => step.kind === kind) + 1]
  return next ? pageOf(run, next.kind) : paths.report.to({ id: run.id })
}

/** Where people are chosen; where they are not, the flow's beginning. */
export const choosingStep = (run: Pick<Run, 'id'>, flow: Pick<Flow, 'steps'>): string =>
  hasSelection(flow) ? pageOf(run, 'select') : firstStep(run, flow)

/** Where a finished plan is looked at: items to register come first, and a flow may offer no choice of people. */
const readyStep = (run: Run, flow: Flow): StepKind =>
  itemsToRegister(flow, run).length > 0 ? 'items' : hadSelection(flow, run) ? 'select' : 'confirm'

/** The page of the wizard where a run stands, or its report. */
export function whereItStands(run: Run, flow: Flow): string {
  if (run.state === 'draft') return firstStep(run, flow)
  if (isAsked(run)) return paths.approval.to({ id: run.id })
  if (stepOf(flow, 'fetch')?.shownIn === 'wizard') {
    if (run.state === 'ready') return pageOf(run, readyStep(run, flow))
    // A fetch that failed is shown where it was started.
    const unread = run.state === 'fetching' || (run.state === 'failed' && run.queuedAt === null)
    if (unread) return pageOf(run, 'fetch')
  }
  return paths.report.to({ id: run.id })
}

/** The page whose ［次へ］ begins the fetch: the last one before it. */
const fetchStep = ({ steps }: Flow): StepKind =>
  steps[steps.findIndex(({ kind }) => kind === 'fetch') - 1]?.kind ?? 'fetch'

/** The form that reads both sides once more, with what was chosen before. */
export interface FetchAgain {
  action: string
  name: string
  value: string
}

export const fetchAgain = (flow: Flow, run: Run): FetchAgain => ({
  action: pageOf(run, fetchStep(flow)),
  ...(stepOf(flow, 'columns')
    ? { name: 'again', value: 'yes' }
    : stepOf(flow, 'area')
      ? { name: 'area', value: kept(run.area, 'area').value }
      : { name: 'referenceDate', value: run.referenceDate ?? '' }),
})
