import type { PublicationFlow } from '../contract/contract.js'
import { holdsBroken } from '../platform/odd-text.js'
import { findTargets } from './matching.js'
import type { PlannedItem } from './planned-item.store.js'
import { about, excluded, unreadableRecord, type Planner, type PlanOrder } from './planner.js'
import type { Staged } from './staging.store.js'

/** What the service will fetch of each person. */
export function publicationPlanner(order: PlanOrder, flow: PublicationFlow): Planner {
  const { inTenant, run, days, sides } = order

  const planPerson = (person: Staged, remark: string | undefined, preselect: boolean): PlannedItem => {
    const { record, changes, problems, notes, excluded: reason } = flow.publication.publish(person, { asOf: days.asOf })
    if (reason !== null) return excluded(person, reason)
    // What the service would leave out, or break off at, is not published.
    const blocked = problems.length > 0
    const ownTick = remark !== undefined
    return {
      ...about(person),
      crewId: person.personId ?? null,
      class: 'new',
      excludedReason: null,
      content: {
        set: {},
        record,
        target: null,
        changes: [...changes],
        problems: [...problems],
        notes: [...(remark === undefined ? [] : [remark]), ...notes],
      },
      blocked,
      ownTick,
      selected: preselect && !blocked && !ownTick,
    }
  }

  return {
    plan: (people, preselect) =>
      inTenant(run.tenantId, async stores => {
        const found = await findTargets(stores, order, people, false)
        const planned = people.map(person => {
          const match = found.matchOf(person)
          if (person.excluded !== undefined) return excluded(person, person.excluded)
          if (match.kind === 'excluded') return excluded(person, match.reason)
          if (holdsBroken(person.payload)) return excluded(person, unreadableRecord(sides.names.source))
          return planPerson(person, found.remarkOf(person), preselect)
        })
        await stores.plannedItems.add(run.id, planned)
      }),
    newItems: () => [],
  }
}
