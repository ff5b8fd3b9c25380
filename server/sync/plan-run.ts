import type { Clock } from '../platform/clock.js'
import type { Data, Stores } from '../stores.js'
import type { PlannedItem } from './item.store.js'
import type { Link } from './link.store.js'
import { match, type Candidate, type Match } from './match.js'
import { difference } from './plan.js'
import type { ItemContent, Run } from './run.js'
import type { PlanCounts } from './run.store.js'
import { pairOf, type Sides } from './sides.js'
import type { StagedPerson } from './staging.store.js'

/** People planned at a time: bounds memory whatever the size of the company. */
const CHUNK = 500

export interface PlanOrder {
  data: Data
  clock: Clock
  run: Run
  asOf: string
  sides: Sides
}

const noContent: ItemContent = { set: {}, target: null, changes: [], problems: [] }

/**
 * The photograph the administrator sees: for each person of the source 新規登録 / 差分あり / 差分なし / 対象外 with the
 * fields before → after. Ends the fetch (fetching → ready).
 */
export async function planRun(order: PlanOrder): Promise<PlanCounts> {
  const { data, clock, run, asOf, sides } = order
  const { tenantId, id: runId } = run
  const only = run.retryOf
    ? new Set(await data.inTenant(tenantId, ({ items }) => items.unsuccessfulSources(tenantId, run.retryOf ?? '')))
    : null

  await data.inTenant(tenantId, ({ items }) => items.clear(tenantId, runId))
  let everyoneStaged = sides.target.everyone === undefined
  let leftOut = 0
  for (let position = -1; ;) {
    const chunk = await data.inTenant(tenantId, ({ staging }) =>
      staging.next(tenantId, runId, 'source', position, CHUNK),
    )
    const last = chunk.at(-1)
    if (!last) break
    position = last.position

    const included = chunk.filter(person => sides.flow.includes(person, asOf))
    leftOut += chunk.length - included.length
    const people = only ? included.filter(person => only.has(person.id)) : included
    if (!everyoneStaged && (await data.inTenant(tenantId, stores => lacksTarget(stores, order, people)))) {
      await stageEveryone(data, tenantId, runId, sides.target)
      everyoneStaged = true
    }
    await buryDeadLinks(order, people)
    await data.inTenant(tenantId, stores => planChunk(stores, order, people, only !== null))
  }

  return data.inTenant(tenantId, async ({ items, runs, staging }) => {
    const counts: PlanCounts = { ...(await items.countByClass(tenantId, runId)), leftOut }
    if (await runs.planned(tenantId, runId, counts, clock.now())) await staging.keepTargetIdsOnly(tenantId, runId)
    return counts
  })
}

const liveLinkOf = (links: readonly Link[], sides: Sides, sourceId: string) =>
  links.find(link => !link.dead && (sides.sourceIs === 'smarthr' ? link.smarthrId : link.serviceId) === sourceId)

const targetOf = (link: Link, sides: Sides) => (sides.targetIs === 'smarthr' ? link.smarthrId : link.serviceId)

/** Whether somebody in the chunk has no listed counterpart: then people the listing hides matter too. */
async function lacksTarget({ links, staging }: Stores, { run, sides }: PlanOrder, people: readonly StagedPerson[]) {
  const known = await links.of(
    sides.links,
    sides.sourceIs,
    people.map(person => person.id),
  )
  const linkedIds = known.filter(link => !link.dead).map(link => targetOf(link, sides))
  const listed = await staging.known(run.tenantId, run.id, linkedIds)
  const keys = people.flatMap(person => person.key ?? [])
  const byKey = new Set((await staging.targetsByKey(run.tenantId, run.id, keys)).map(target => target.key))
  return people.some(person => {
    const link = liveLinkOf(known, sides, person.id)
    return link ? !listed.has(targetOf(link, sides)) : person.key === null || !byKey.has(person.key)
  })
}

/**
 * Links whose target the other side no longer lists: asked for one by one, since no right to see somebody is not the
 * same as gone. Gone → tombstone (freee §5.1).
 */
async function buryDeadLinks({ data, run, sides }: PlanOrder, people: readonly StagedPerson[]) {
  const { tenantId, id: runId } = run
  const missing = await data.inTenant(tenantId, async ({ links, staging }) => {
    const live = (
      await links.of(
        sides.links,
        sides.sourceIs,
        people.map(person => person.id),
      )
    ).filter(link => !link.dead)
    const known = await staging.known(
      tenantId,
      runId,
      live.map(link => targetOf(link, sides)),
    )
    return live.filter(link => !known.has(targetOf(link, sides)))
  })
  for (const link of missing) {
    if (await sides.target.exists(targetOf(link, sides))) continue
    await data.inTenant(tenantId, ({ links }) => links.bury(sides.links, link))
  }
}

async function planChunk(stores: Stores, { clock, run, sides }: PlanOrder, people: StagedPerson[], preselect: boolean) {
  const { links, staging, items } = stores
  const { tenantId, id: runId } = run
  const keys = [...new Set(people.flatMap(person => person.key ?? []))]
  const [known, candidates, keyCounts] = [
    await links.of(
      sides.links,
      sides.sourceIs,
      people.map(person => person.id),
    ),
    await staging.targetsByKey(tenantId, runId, keys),
    await staging.sourceKeyCounts(tenantId, runId, keys),
  ]
  const linkedTargets = await staging.known(
    tenantId,
    runId,
    known.filter(link => !link.dead).map(link => targetOf(link, sides)),
  )
  const everLinked = new Set(
    (
      await links.of(
        sides.links,
        sides.targetIs,
        candidates.map(candidate => candidate.id),
      )
    ).map(link => targetOf(link, sides)),
  )
  const candidatesByKey = new Map<string, Candidate[]>()
  for (const { id, key, listed } of candidates) {
    candidatesByKey.set(key, [...(candidatesByKey.get(key) ?? []), { id, listed }])
  }

  const matches = new Map<string, Match>()
  for (const person of people) {
    const link = liveLinkOf(known, sides, person.id)
    matches.set(
      person.id,
      match({
        key: person.key,
        sourcesWithKey: person.key === null ? 0 : (keyCounts.get(person.key) ?? 1),
        linked: link ? linkedCandidate(targetOf(link, sides), linkedTargets) : null,
        candidates: person.key === null ? [] : (candidatesByKey.get(person.key) ?? []),
        everLinked,
        targetKeysUnique: sides.target.keysUnique,
        ...sides.names,
      }),
    )
  }

  const targetIds = [...matches.values()].flatMap(found => (found.kind === 'pair' ? found.targetId : []))
  const targets = new Map(
    (await staging.people(tenantId, runId, 'target', targetIds)).map(target => [target.id, target]),
  )
  const context = { today: clock.today() }
  const linkNow: { smarthrId: string; serviceId: string }[] = []
  const planned = people.map((person): PlannedItem => {
    const found = matches.get(person.id) ?? { kind: 'new' as const }
    const target = found.kind === 'pair' ? targets.get(found.targetId) : undefined
    const about = {
      sourceId: person.id,
      targetId: target?.id ?? null,
      targetPage: target ? Math.floor(target.position / sides.target.pageSize) : null,
      key: person.key,
      name: person.name,
      kana: person.kana,
      department: person.department,
    }
    const excludedReason = person.excluded ?? target?.excluded ?? (found.kind === 'excluded' ? found.reason : null)
    if (excludedReason !== null) {
      return { ...about, class: 'excluded', excludedReason, content: noContent, selected: false }
    }
    const content = difference(sides.flow.mapping, sides.flow.direction, person.values, target?.values ?? null, context)
    const nothingToDo = target !== undefined && content.changes.length === 0 && content.problems.length === 0
    // Equal in every field and number: remembering the pair needs nobody's consent, since nothing is written.
    if (nothingToDo && found.kind === 'pair' && !found.byLink) linkNow.push(pairOf(sides, person.id, found.targetId))
    const itemClass = target === undefined ? 'new' : nothingToDo ? 'same' : 'changed'
    return { ...about, class: itemClass, excludedReason: null, content, selected: preselect && itemClass !== 'same' }
  })
  await links.connect(sides.links, linkNow)
  await items.add(tenantId, runId, planned)
}

/** A live link whose target is neither listed nor known any more was buried before; here it still counts as hidden. */
const linkedCandidate = (id: string, known: ReadonlyMap<string, boolean>): Candidate => ({
  id,
  listed: known.get(id) ?? false,
})

/** Stages the people the target's listing hides, for questions about somebody nobody was found for. */
async function stageEveryone(data: Data, tenantId: string, runId: string, target: Sides['target']) {
  if (!target.everyone) return
  for await (const people of target.everyone()) {
    await data.inTenant(tenantId, ({ staging }) => staging.addKnown(tenantId, runId, people))
  }
}
