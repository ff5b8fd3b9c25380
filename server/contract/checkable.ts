import type { Connector, Flow, SyncFlow } from './contract.js'
import { readsFile } from './steps.js'

export const CHECKS = '定期チェック'

/** What 定期チェック can look at: differences between a company's two sides that nobody has to bring first. */
export const isCheckable = ({ auth }: Pick<Connector, 'auth'>, flow: Flow): flow is SyncFlow =>
  flow.kind === 'sync' && !readsFile(flow) && !auth.perAdmin

export const checkableFlows = (connector: Connector): SyncFlow[] =>
  connector.flows.filter((flow): flow is SyncFlow => isCheckable(connector, flow))
