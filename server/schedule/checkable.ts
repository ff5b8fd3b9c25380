import { readsFile, stepOf, type Connector, type Flow, type SyncFlow } from '../contract/contract.js'

/** What 定期チェック can look at: differences between a company's two sides that nobody has to bring first. */
export const isCheckable = ({ auth }: Pick<Connector, 'auth'>, flow: Flow): flow is SyncFlow =>
  flow.kind === 'sync' && !readsFile(flow) && !auth.perAdmin

export const checkableFlows = (connector: Connector): SyncFlow[] =>
  connector.flows.filter((flow): flow is SyncFlow => isCheckable(connector, flow))

/** Whether a run of the flow goes by a day that is chosen. */
export const asksDay = (flow: Flow): boolean => {
  const date = stepOf(flow, 'date')
  return date !== undefined && (date.unit ?? 'day') === 'day'
}
