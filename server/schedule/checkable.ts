import { isCheckable } from '../contract/checkable.js'
import { stepOf, type Connector, type Flow, type SyncFlow } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import type { FlowOf } from '../runs/flow-of.js'

/** Whether a run of the flow goes by a day that is chosen. */
export const asksDay = (flow: Flow): boolean => {
  const date = stepOf(flow, 'date')
  return date !== undefined && (date.unit ?? 'day') === 'day'
}

/** The flow of a schedule; null: the app has the service, or the flow, no longer. */
export function checkedFlow(
  flowOf: FlowOf,
  schedule: { connector: string; flow: string },
): { connector: Connector; flow: SyncFlow } | null {
  try {
    const { connector, flow } = flowOf(schedule.connector, schedule.flow)
    return isCheckable(connector, flow) ? { connector, flow } : null
  } catch (error) {
    if (error instanceof NotFound) return null
    throw error
  }
}
