/** Who of the source is who of the target, asked of what was staged and of the remembered pairs. */
import { goesByLinks, writtenPeriod, type Entry } from '../contract/contract.js'
import type { Link, LinkSide } from '../runs/link.store.js'
import type { Sides } from '../runs/sides.js'
import { oneAhead } from './one-ahead.js'
import { remarksOf, strangersOf } from './look-alikes.js'
import { match, type Candidate, type Match } from './match.js'
import type { PlanOrder, PlanStores } from './planner.js'
import type { Staged } from './staging.store.js'

const liveLinkOf = (links: readonly Link[], sides: Sides, sourceId: string) =>
  links.find(link => !link.dead && (sides.sourceIs === 'smarthr' ? link.smarthrId : link.serviceId) === sourceId)

const targetOf = (link: Link, sides: Sides) => (sides.targetIs === 'smarthr' ? link.smarthrId : link.serviceId)

/** The id that links know a record's person by. */
const linkIdOf = (entry: Entry): string => entry.personId ?? entry.id

/** The remembered pairs of these people; a flow that goes by number alone remembers none. */
const linksOf = async ({ links }: PlanStores, sides: Sides, side: LinkSide, ids: readonly string[]) =>
  goesByLinks(sides.flow) ? links.of(sides.account, side, ids) : []

/** Whether somebody in the chunk has no listed counterpart: then people the listing hides matter too. */
async function lacksTarget(stores: PlanStores, { run, sides }: PlanOrder, people: readonly Entry[]) {
  const { staging } = stores
  const known = await linksOf(stores, sides, sides.sourceIs, people.map(linkIdOf))
  const linkedIds = known.filter(link => !link.dead).map(link => targetOf(link, sides))
  const listed = await staging.known(run.id, linkedIds)
  const keys = people.flatMap(person => person.key ?? [])
  const byKey = new Set((await staging.targetsByKey(run.id, keys)).map(target => target.key))
  return people.some(person => {
    const link = liveLinkOf(known, sides, linkIdOf(person))
    if (link) return !listed.has(targetOf(link, sides))
    return person.key === null ? goesByLinks(sides.flow) : !byKey.has(person.key)
  })
}

/** Stages the people the target's listing hides, once somebody has no counterpart in it. */
export function hiddenPeople(order: PlanOrder): (people: readonly Entry[]) => Promise<void> {
  const { inTenant, run, days, sides } = order
  const { target } = sides
  let staged = false
  return async people => {
    if (staged || !target.everyone || !(await inTenant(run.tenantId, stores => lacksTarget(stores, order, people))))
      return
    for await (const hidden of oneAhead(target.everyone(days.target))) {
      await inTenant(run.tenantId, async ({ staging }) => {
        const whole = hidden.filter(person => 'values' in person)
        const ids = hidden.filter(person => !('values' in person))
        await staging.addUnlisted(run.id, whole)
        await staging.addKnown(run.id, ids)
      })
    }
    staged = true
  }
}

/**
 * Links whose target the other side no longer lists: asked for one by one, since no right to see somebody is not the
 * same as gone. Gone → tombstone.
 */
export async function buryDeadLinks(
  { inTenant, clock, run, sides }: PlanOrder,
  people: readonly Entry[],
): Promise<void> {
  const { tenantId, id: runId } = run
  const missing = await inTenant(tenantId, async stores => {
    const live = (await linksOf(stores, sides, sides.sourceIs, people.map(linkIdOf))).filter(link => !link.dead)
    const known = await stores.staging.known(
      runId,
      live.map(link => targetOf(link, sides)),
    )
    return live.filter(link => !known.has(targetOf(link, sides)))
  })
  for (const link of missing) {
    if (await sides.target.exists(targetOf(link, sides))) continue
    await inTenant(tenantId, ({ links }) => links.bury(sides.account, link, { runId, at: clock.now() }))
  }
}

/** A live link whose target is neither listed nor known any more was buried before; here it still counts as hidden. */
const linkedCandidate = (id: string, known: ReadonlyMap<string, boolean>): Candidate => ({
  id,
  listed: known.get(id) ?? false,
})

/** What was found of each of these people, and whose key looks like another's. */
export interface Found {
  matchOf(entry: Entry): Match
  remarkOf(entry: Entry): string | undefined
  /** whoever is paired with a listed record: its id → the record */
  targets: ReadonlyMap<string, Staged>
}

/** `examined`: an examiner decides who may lack a key or share one. */
export async function findTargets(
  stores: PlanStores,
  { days, run, sides }: PlanOrder,
  people: readonly Entry[],
  examined: boolean,
): Promise<Found> {
  const { flow } = sides
  const { staging } = stores
  const { id: runId } = run
  const keys = [...new Set(people.flatMap(person => person.key ?? []))]
  const [known, candidates, keyCounts] = [
    await linksOf(stores, sides, sides.sourceIs, people.map(linkIdOf)),
    await staging.targetsByKey(runId, keys),
    await staging.sourceKeyCounts(runId, keys),
  ]
  const linkedTargets = await staging.known(
    runId,
    known.filter(link => !link.dead).map(link => targetOf(link, sides)),
  )
  const everLinked = new Set(
    (
      await linksOf(
        stores,
        sides,
        sides.targetIs,
        candidates.map(candidate => candidate.id),
      )
    ).map(link => targetOf(link, sides)),
  )
  const holders = await staging.targetsByNumber(
    runId,
    people.flatMap(person => person.number ?? []),
  )
  const candidatesByKey = new Map<string, Candidate[]>()
  for (const { id, key, listed } of candidates) {
    candidatesByKey.set(key, [...(candidatesByKey.get(key) ?? []), { id, listed }])
  }

  const matches = new Map<string, Match>()
  for (const person of people) {
    const link = liveLinkOf(known, sides, linkIdOf(person))
    matches.set(
      person.id,
      match({
        key: person.key,
        keyRequired: !goesByLinks(flow) && !examined,
        // Where an examiner decides, it also says what becomes of those who share a key.
        sourcesWithKey: person.key === null ? 0 : examined ? 1 : (keyCounts.get(person.key) ?? 1),
        linked: link ? linkedCandidate(targetOf(link, sides), linkedTargets) : null,
        candidates: person.key === null ? [] : (candidatesByKey.get(person.key) ?? []),
        number: person.number ? { value: person.number, holders: holders.get(person.number) ?? [] } : null,
        everLinked,
        targetKeysUnique: sides.target.keysUnique,
        when: writtenPeriod(flow, days.plan),
        ...sides.names,
        word: flow.words.key,
        item: flow.words.item,
      }),
    )
  }

  const targetIds = [...matches.values()].flatMap(found => (found.kind === 'pair' ? found.targetId : []))
  const targets = new Map((await staging.people(runId, 'target', targetIds)).map(target => [target.id, target]))
  const remarks = new Map([
    ...strangersOf(people, matches, targets, sides),
    ...remarksOf(people, matches, await staging.lookAlikes(runId, keys), sides),
  ])
  return {
    matchOf: ({ id }) => matches.get(id) ?? { kind: 'new' },
    remarkOf: ({ id }) => remarks.get(id),
    targets,
  }
}
