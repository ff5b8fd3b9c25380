import type { Compared, FlowKeyStore, KeyComparison } from '../connections/flow-key.store.js'
import type { Connector, Directory, Entry, Person, SyncFlow } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { flowBy, keyOfEntry, NUMBER, type ChosenKey } from '../contract/flow-keys.js'
import { AppError } from '../errors.js'
import type { JobStore } from '../jobs/job.store.js'
import type { Clock } from '../platform/clock.js'
import { isDatabaseTrouble } from '../platform/database-trouble.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { Logger } from '../platform/logger.js'
import type { RunFailures } from '../runs/run-failures.js'
import { withSides, type OpenedFor, type OpenSides, type Sides } from '../runs/sides.js'
import { compareKeys, knownOf, type Known } from './compare-keys.js'
import { oneAhead } from './one-ahead.js'

export interface CompareDeps {
  inTenant: InTenant<{ flowKeys: FlowKeyStore; jobs: Pick<JobStore, 'enqueue'> }>
  clock: Clock
  log: Logger
  connectorOf(id: string): Connector
  openSides: OpenSides
  failures: Pick<RunFailures, 'asking'>
}

const UNEXPECTED =
  '予期しないエラーが発生したため、違いを確認できませんでした。設定は変わっていません。時間をおいて、やり直してください。解消しない場合は、日時を添えてお問い合わせください。'

/** The flows that go by the key that is chosen. */
const keyedFlows = ({ flows }: Connector): SyncFlow[] =>
  flows.filter((flow): flow is SyncFlow => flow.kind === 'sync' && (flow.otherKeys?.length ?? 0) > 0)

const sideOf = ({ sourceIs, targetIs }: Sides, side: 'source' | 'target') => (side === 'source' ? sourceIs : targetIs)

/** Reads both sides of a service and keeps what another key would change. Never writes to a service. */
export function createCompareJob({ inTenant, clock, log, connectorOf, openSides, failures }: CompareDeps) {
  return async (
    { tenantId, comparisonId }: { tenantId: string; comparisonId: string },
    signal: AbortSignal,
  ): Promise<void> => {
    const comparison = await inTenant(tenantId, ({ flowKeys }) => flowKeys.toCompare(comparisonId))
    if (!comparison) return
    try {
      const result = await compared(tenantId, comparison, signal)
      await inTenant(tenantId, ({ flowKeys }) => flowKeys.compared(comparisonId, result))
    } catch (error) {
      if (isDatabaseTrouble(error)) throw error
      // This process is going away: another worker begins anew.
      if (signal.aborted) return inTenant(tenantId, ({ jobs }) => jobs.enqueue('keys.compare', comparisonId))
      log[error instanceof AppError ? 'info' : 'error']('keys not compared', { err: error })
      const failure = error instanceof AppError ? error.message : UNEXPECTED
      await inTenant(tenantId, ({ flowKeys }) => flowKeys.compared(comparisonId, { failure }))
    }
  }

  async function compared(tenantId: string, comparison: KeyComparison, signal: AbortSignal): Promise<Compared> {
    const flows = keyedFlows(connectorOf(comparison.connector))
    const [first] = flows
    if (!first) return { flows: [] }
    const opened = openedFor(tenantId, comparison, first)
    const read: Partial<Record<'smarthr' | 'service', Person[]>> = {}
    await failures.asking(opened, () =>
      withSides(openSides, opened, { signal }, async sides => {
        const both = await Promise.all(
          (['source', 'target'] as const).map(
            async side => [sideOf(sides, side), await everybody(sides[side])] as const,
          ),
        )
        for (const [side, people] of both) read[side] = people
      }),
    )
    const { smarthr = [], service = [] } = read
    return { flows: flows.map(flow => compareFlow(flow, comparison, { smarthr, service })) }
  }

  /** All that a side lists today, and whom its listing hides. */
  async function everybody(directory: Directory): Promise<Person[]> {
    const found = new Map<string, Person>()
    const take = (people: readonly object[]) => {
      for (const person of people as Person[])
        if ('values' in person && !found.has(person.id)) found.set(person.id, person)
    }
    for await (const { people } of oneAhead(directory.list(clock.today()))) take(people)
    if (directory.everyone) for await (const people of directory.everyone(clock.today())) take(people)
    return [...found.values()]
  }

  function compareFlow(
    flow: SyncFlow,
    { now, then }: Pick<KeyComparison, 'now' | 'then'>,
    people: Readonly<Record<'smarthr' | 'service', readonly Person[]>>,
  ) {
    const [from, to] =
      flow.direction === 'to-service' ? (['smarthr', 'service'] as const) : (['service', 'smarthr'] as const)
    const known = (side: 'smarthr' | 'service'): Known[] => {
      const keyBy = (key: ChosenKey) => (entry: Entry) => keyOfEntry(flow, key, side, entry)
      const number = declared(flow.mapping.find(({ id }) => id === NUMBER)?.[side][0], 'path of 社員番号')
      return people[side].map(person =>
        knownOf(flow, person, { number, now: keyBy(now), then: keyBy(then) }, clock.today()),
      )
    }
    const by = (key: ChosenKey) => flowBy(flow, key) as SyncFlow
    return compareKeys(
      { now: by(now), then: by(then) },
      { now: now !== null, then: then !== null },
      { source: known(from), target: known(to) },
    )
  }
}

/** What the sides are opened for: of SmartHR no more is read than who somebody is. */
function openedFor(
  tenantId: string,
  { id, connectionId, connector, adminId, now, then }: KeyComparison,
  flow: SyncFlow,
): OpenedFor {
  const read = [NUMBER, now, then]
  const off = flow.mapping.map(pair => pair.id).filter(field => !read.includes(field))
  const rules = { off, unseen: [], keep: [], newOnly: [] }
  return {
    ...{ id, tenantId, connectionId, connector, flow: flow.id, adminId, state: 'fetching' },
    ...{ rules, ruled: null, tables: null, tabled: null, key: null, keyed: null, scope: null },
    ...{ area: null, period: null, settings: {}, options: {} },
  }
}
