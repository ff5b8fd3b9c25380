import type { Connector, Flow } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import type { Run } from './run.js'
import type { RunStore } from './run.store.js'

/** A connector and one of its flows; throws NotFound for what is not offered. */
export type FlowOf = (connectorId: string, flowId: string) => { connector: Connector; flow: Flow }

export const flowFinder =
  (connectorOf: (id: string) => Connector): FlowOf =>
  (connectorId, flowId) => {
    const connector = connectorOf(connectorId)
    const flow = connector.flows.find(candidate => candidate.id === flowId)
    if (!flow) throw new NotFound()
    return { connector, flow }
  }

/** The company's run; throws NotFound for one it does not have. */
export async function findRun({ runs }: { runs: Pick<RunStore, 'find'> }, runId: string): Promise<Run> {
  const run = await runs.find(runId)
  if (!run) throw new NotFound()
  return run
}
