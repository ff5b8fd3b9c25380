import type { Recorder } from '../audit/audit.store.js'
import { goesByLinks, stepOf, type Choice, type Connector, type Flow } from '../contract/contract.js'
import { Conflict, NotFound } from '../errors.js'
import { findRun } from '../runs/flow-of.js'
import { flowFacts, mayStart, ownerOf, type Who } from '../runs/may-start.js'
import { peopleFlows, type PersonStore } from '../runs/person.store.js'
import type { OnePerson } from '../runs/run.js'
import { readSides, type BeginningDeps, type BeginStores, type Begun } from './begin.service.js'
import type { ChoiceStore } from './choice.store.js'
import type { InTenant } from '../platform/in-tenant.js'

export interface CheckStores extends BeginStores {
  audit: Recorder
  people: Pick<PersonStore, 'links' | 'seen'>
  choices: BeginStores['choices'] & Pick<ChoiceStore, 'checked'>
}

/** A flow that a person can be checked by alone, or why not. */
export interface Check {
  connector: Connector
  flow: Flow
  /** null: it can */
  why: string | null
}

/** The pair of a person, and the area it was seen in. */
type Pair = { person: OnePerson; area: Choice | null } | { why: string }

/** Two clicks of one person within so long are one start. */
const SECOND_CLICK_MS = 10_000

const UNPAIRED = 'まだ紐付いていないため、1名だけの確認はできません。すべての従業員を取得して、同期してください。'

const notAlone = ({ labels }: Connector): string =>
  `${labels.product}からは、従業員を1名だけ取得できないため、1名だけの確認はできません。すべての従業員を取得して、同期してください。`

/** Who the person is on either side: by the remembered pair, or as a run has seen them last. */
async function pairOf(
  { people }: Pick<CheckStores, 'people'>,
  crewId: string,
  { connector, flow, accountId }: { connector: Connector; flow: Flow; accountId: string },
): Promise<Pair> {
  if (flow.kind !== 'sync' || !flow.onePerson) return { why: notAlone(connector) }
  const seen = (await people.seen(crewId, peopleFlows([connector]))).filter(one => one.accountId === accountId)
  const serviceIds = goesByLinks(flow)
    ? (await people.links(crewId)).flatMap(link =>
        link.connector === connector.id && link.accountId === accountId && !link.dead ? link.serviceId : [],
      )
    : seen.flatMap(one => {
        const its = connector.flows.find(({ id }) => id === one.flow)
        return its?.kind === 'sync' ? (its.direction === 'to-smarthr' ? one.sourceId : (one.targetId ?? [])) : []
      })
  const area = seen.find(one => one.area !== null)?.area ?? null
  const [serviceId] = serviceIds
  if (serviceId === undefined || (stepOf(flow, 'area') && area === null)) return { why: UNPAIRED }
  const [sourceId, targetId] = flow.direction === 'to-smarthr' ? [serviceId, crewId] : [crewId, serviceId]
  return { person: { crewId, sourceId, targetId }, area: stepOf(flow, 'area') ? area : null }
}

export interface PersonCheckDeps extends Omit<BeginningDeps, 'inTenant'> {
  inTenant: InTenant<CheckStores>
  connectors: readonly Connector[]
}

/** ［この人だけ差分を確認］: a run about one person, of whom both sides are asked alone. */
export function createPersonCheck(deps: PersonCheckDeps) {
  const { inTenant, clock, flowOf, connectors } = deps
  return {
    /** By which flows of connected services the person can be checked. */
    offers: (who: Who, crewId: string): Promise<Check[]> =>
      inTenant(who.tenantId, async stores => {
        const offers: Check[] = []
        for (const connector of connectors) {
          const flows = connector.flows.filter(flow => flow.kind === 'sync' && flow.dataset === 'employees')
          const connection =
            flows.length > 0 && (await stores.connections.current(connector.id, ownerOf(connector, who.adminId)))
          if (!connection) continue
          for (const flow of flows) {
            const pair = await pairOf(stores, crewId, { connector, flow, accountId: connection.accountId })
            offers.push({ connector, flow, why: 'why' in pair ? pair.why : null })
          }
        }
        return offers
      }),

    /** Begins it. Pressed again in the same moment, it gives the same run. */
    begin: (who: Who, crewId: string, asked: { connector: string; flow: string }): Promise<Begun> => {
      const { connector, flow } = flowOf(asked.connector, asked.flow)
      if (flow.kind !== 'sync' || flow.dataset !== 'employees') throw new NotFound()
      return inTenant(who.tenantId, async stores => {
        const now = clock.now()
        const start = mayStart(connector, flow, await flowFacts(stores, who, { connector, flow }, now))
        if ('blocked' in start) return start
        const { connection } = start
        const pair = await pairOf(stores, crewId, { connector, flow, accountId: connection.accountId })
        if ('why' in pair) throw new Conflict(pair.why)
        await stores.choices.oneAtATime(connection.id, flow.id, who.adminId)
        const since = new Date(now.getTime() - SECOND_CLICK_MS)
        const pressed = await stores.choices.checked(connection.id, flow.id, { adminId: who.adminId, crewId, since })
        if (pressed) return { runId: pressed.id }
        const { person, area } = pair
        const order = { adminId: who.adminId, connectionId: connection.id, connector: connector.id, flow: flow.id }
        const runId = await stores.runs.create({ ...order, person, now })
        const referenceDate = stepOf(flow, 'date') ? clock.today() : null
        // Whoever the flow's own 対象範囲 leaves out is left out here, too.
        const preset = (await stores.scopes.options(connector.id, flow.id)).find(({ isPreset }) => isPreset)
        const chosen = { referenceDate, area, ...(preset && { scope: { id: preset.id } }) }
        await readSides(deps, stores, await findRun(stores, runId), chosen)
        const details = {
          crew: crewId,
          ...(referenceDate !== null && { date: referenceDate }),
          ...(preset && { scope: preset.name }),
        }
        await stores.audit.add({ act: 'run.fetched', connector: connector.id, runId, about: crewId, details })
        return { runId }
      })
    },
  }
}

export type PersonCheck = ReturnType<typeof createPersonCheck>
