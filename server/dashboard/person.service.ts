import type { Recorder } from '../audit/audit.store.js'
import type { Connector } from '../contract/contract.js'
import { keyOf } from '../contract/keys.js'
import { NotFound } from '../errors.js'
import type { InTenant } from '../platform/in-tenant.js'
import { crewIdOf } from '../runs/crew-link.js'
import { folded } from '../runs/folding.js'
import type { PairChange } from '../runs/pair-change.store.js'
import {
  peopleFlows,
  type PeopleFlow,
  type PersonEvent,
  type PersonLink,
  type PersonStore,
  type Seen,
  type SeenItem,
  type StoryItem,
  type StoryPlace,
} from '../runs/person.store.js'
import type { Run } from '../runs/run.js'

/** What was done about a person in one run. */
export interface Episode {
  run: Run
  item: StoryItem
  /** how it was known that somebody new is not registered twice */
  events: readonly PersonEvent[]
}

export interface Story {
  crewId: string
  /** as a run has seen the person last; null: all of that is forgotten */
  latest: { run: Run; item: SeenItem } | null
  links: readonly PersonLink[]
  seen: readonly Seen[]
  episodes: readonly Episode[]
  /** what became of the person's pairs meanwhile; like the episodes, the newest first */
  pairs: readonly PairChange[]
}

/** Somebody who was found, as a run has seen them last. */
export interface FoundPerson {
  crewId: string
  run: Run
  item: SeenItem
}

/** People that a search shows, and rows that are looked through for them: somebody stands in a row of each flow. */
const FOUND = 50
const LOOKED_AT = 400

/** Runs of a page, and such as are read at once for a file. */
const ROWS = 20
const CHUNK = 25

export interface PersonStores {
  people: PersonStore
  audit: Recorder
}

async function search(
  people: PersonStore,
  typed: string,
  { flows, connectors }: { flows: readonly PeopleFlow[]; connectors: readonly Connector[] },
): Promise<{ found: FoundPerson[]; more: boolean }> {
  const words = folded(typed)
  if (words === '') return { found: [], more: false }
  const items = await people.search(words, keyOf(typed), flows, LOOKED_AT)
  const known = await people.latest(typed.trim(), flows)
  if (known) items.unshift(known)
  const runs = await people.runs(items.map(({ ofRun }) => ofRun))
  const found = new Map<string, FoundPerson>()
  for (const item of items) {
    const run = runs.get(item.ofRun)
    const flow = connectors.find(({ id }) => id === run?.connector)?.flows.find(({ id }) => id === run?.flow)
    const crewId = flow ? crewIdOf(flow, item) : null
    if (!run || crewId === null) continue
    const before = found.get(crewId)
    if (!before || before.run.createdAt < run.createdAt) found.set(crewId, { crewId, run, item })
  }
  const all = [...found.values()]
  return { found: all.slice(0, FOUND), more: all.length > FOUND || items.length >= LOOKED_AT }
}

/** One person's story: what all runs of a company have done about somebody of SmartHR. */
export function createPersonStories({
  inTenant,
  connectors,
}: {
  inTenant: InTenant<PersonStores>
  /** all of them: what one that is offered no more has done stays in the story */
  connectors: readonly Connector[]
}) {
  const flows = peopleFlows(connectors)

  const episodesOf = async ({ people }: PersonStores, crewId: string, behind: StoryPlace | null, limit: number) => {
    const items = await people.items(crewId, flows, { behind, limit })
    const runs = await people.runs(items.map(({ ofRun }) => ofRun))
    const events = await people.events(items.filter(item => item.class === 'new'))
    return items.flatMap((item): Episode[] => {
      const run = runs.get(item.ofRun)
      return run ? [{ run, item, events: events.filter(({ itemId }) => itemId === item.id) }] : []
    })
  }

  /** Who it is; throws NotFound for somebody of whom the company's runs know nothing. */
  async function whoIs({ people }: PersonStores, crewId: string): Promise<Omit<Story, 'episodes'>> {
    const latest = await people.latest(crewId, flows)
    const links = await people.links(crewId)
    const seen = await people.seen(crewId, flows)
    const run = latest && (await people.runs([latest.ofRun])).get(latest.ofRun)
    if (!latest && links.length === 0 && (await people.items(crewId, flows, { behind: null, limit: 1 })).length === 0)
      throw new NotFound()
    const pairs = await people.pairChanges(crewId)
    return { crewId, latest: latest && run ? { run, item: latest } : null, links, seen, pairs }
  }

  return {
    /** Whose number or name holds what was typed, or whose id in SmartHR it is; each person once. `more`: not all. */
    search: (tenantId: string, typed: string): Promise<{ found: FoundPerson[]; more: boolean }> =>
      inTenant(tenantId, ({ people }) => search(people, typed, { flows, connectors })),

    /** One page of the story, and where the next begins. That somebody has opened it (`isOpened`) is recorded with it. */
    page: (
      tenantId: string,
      crewId: string,
      { behind, isOpened }: { behind: StoryPlace | null; isOpened: boolean },
    ): Promise<Story & { next: StoryPlace | null }> =>
      inTenant(tenantId, async stores => {
        const who = await whoIs(stores, crewId)
        const found = await episodesOf(stores, crewId, behind, ROWS + 1)
        const episodes = found.slice(0, ROWS)
        if (isOpened) await stores.audit.add({ act: 'person.viewed', about: crewId, details: { crew: crewId } })
        const next = found.length > ROWS ? placeOf(episodes) : null
        return { ...who, episodes, pairs: who.pairs.filter(({ at }) => isBetween(at, behind, next)), next }
      }),

    /** Whether there is such a person, without opening anything. */
    check: (tenantId: string, crewId: string): Promise<void> =>
      inTenant(tenantId, async stores => void (await whoIs(stores, crewId))),

    /**
     * All of it for a file, some runs at a time and each few in a transaction of their own. Says that the file leaves,
     * before it does: also one that is cut short has been taken.
     */
    async exported(tenantId: string, crewId: string, file: string) {
      const { who, first } = await inTenant(tenantId, async stores => {
        const found = { who: await whoIs(stores, crewId), first: await episodesOf(stores, crewId, null, CHUNK) }
        await stores.audit.add({ act: 'export.person', about: crewId, details: { file, crew: crewId } })
        return found
      })
      const episodes = async function* (): AsyncIterable<Episode> {
        let some = first
        yield* some
        while (some.length === CHUNK) {
          const behind = placeOf(some)
          some = await inTenant(tenantId, stores => episodesOf(stores, crewId, behind, CHUNK))
          yield* some
        }
      }
      return { ...who, episodes: episodes() }
    },
  }
}

/** Whether something stands on the page that begins behind one place and ends with another; null: with no other page. */
const isBetween = (at: Date, behind: StoryPlace | null, last: StoryPlace | null): boolean =>
  (behind === null || at < behind.at) && (last === null || at >= last.at)

const placeOf = (episodes: readonly Episode[]): StoryPlace | null => {
  const last = episodes.at(-1)
  return last ? { at: last.item.appliedAt, item: last.item.id } : null
}

export type PersonStories = ReturnType<typeof createPersonStories>
