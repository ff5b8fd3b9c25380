import type { Connector, Flow } from '../contract/contract.js'
import { connectorBy, type ChosenKey } from '../contract/flow-keys.js'
import { NotFound } from '../errors.js'
import { readingStates, type Run } from './run.js'
import type { RunStore } from './run.store.js'

/** What a run says of the key that it goes by. */
export type KeyedRun = Pick<Run, 'state' | 'key' | 'keyed'>

/** What a plan is read by, and what is shown and written goes by what its plan has gone by. */
export const keyOfRun = ({ state, key, keyed }: KeyedRun): ChosenKey => (readingStates.includes(state) ? key : keyed)

/** A connector and one of its flows, by the key of the run where there is one; throws NotFound for what is not offered. */
export type FlowOf = (connectorId: string, flowId: string, run?: KeyedRun) => { connector: Connector; flow: Flow }

export const flowFinder =
  (connectorOf: (id: string) => Connector): FlowOf =>
  (connectorId, flowId, run) => {
    const connector = connectorBy(connectorOf(connectorId), run ? keyOfRun(run) : null)
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
