import type { Knex } from 'knex'
import type { Choice, Flow } from '../contract/contract.js'
import type { Sealer } from '../platform/seal.js'
import type { WrittenItem } from './change.store.js'
import { crewPlaceOf } from './crew-link.js'
import { itemReader, type Task } from './item.rows.js'
import { pairChanges } from './pair-change.store.js'
import { runRows } from './run.rows.js'
import type { Run } from './run.js'

/** What a run did about a person. */
export interface StoryItem extends WrittenItem {
  ofRun: string
}

/** A person in a run. */
export interface SeenItem extends Task {
  ofRun: string
}

/** Where a page of the story goes on: behind this item. */
export interface StoryPlace {
  at: Date
  item: string
}

/** A pair that is remembered of a person, or was. */
export interface PersonLink {
  connector: string
  accountId: string
  accountName: string
  serviceId: string
  dead: boolean
  since: Date
  /** who had it made, and by which run; null: not known, or by hand */
  by: string | null
  runId: string | null
}

/** What was asked or sent about somebody new; see migrations/047_person_events.ts. */
export interface PersonEvent {
  at: Date
  what: 'looked' | 'sent' | 'made'
  /** of a look: whether there was somebody */
  found: boolean | null
}

/** Where a flow's runs have seen a person on both sides last. */
export interface Seen {
  connector: string
  flow: string
  sourceId: string
  targetId: string | null
  at: Date
  accountId: string
  area: Choice | null
}

/** A flow of a service, and in which of an item's ids its people are found. */
export interface PeopleFlow {
  connector: string
  flow: string
  place: string
}

const columnOf = { sourceId: 'source_id', targetId: 'target_id', crewId: 'crew_id' } as const

/** Those of these services' flows that are about people. */
export const peopleFlows = (connectors: readonly { id: string; flows: readonly Flow[] }[]): PeopleFlow[] =>
  connectors.flatMap(({ id, flows }) =>
    flows.flatMap(flow => {
      const place = crewPlaceOf(flow)
      return place === null ? [] : [{ connector: id, flow: flow.id, place: columnOf[place] }]
    }),
  )

/** Somebody's items, whichever of their ids is SmartHR's; what that id is to a flow decides. */
const ofPerson = (
  items: string,
) => `(${items}.source_id = :crewId or ${items}.target_id = :crewId or ${items}.crew_id = :crewId)
  and exists (select from runs its join jsonb_to_recordset(:flows) as f (connector text, flow text, place text)
      on f.connector = its.connector and f.flow = its.flow
    where its.tenant_id = :tenantId and its.id = ${items}.run_id
      and case f.place when 'source_id' then ${items}.source_id when 'target_id' then ${items}.target_id
        else ${items}.crew_id end = :crewId)`

/** What runs have done about a person, and what they have seen. */
function items(db: Knex, tenantId: string, sealer: Sealer) {
  const read = itemReader(tenantId, sealer)
  const of = (table: 'run_items' | 'run_results', crewId: string, flows: readonly PeopleFlow[]) =>
    db(table)
      .where({ tenant_id: tenantId })
      .whereRaw(ofPerson(table), { crewId, tenantId, flows: JSON.stringify(flows) })

  return {
    /** What became of the person in each run that took them, the newest first; of forgotten days what is kept. */
    async items(
      crewId: string,
      flows: readonly PeopleFlow[],
      { behind, limit }: { behind: StoryPlace | null; limit: number },
    ): Promise<StoryItem[]> {
      const query = of('run_results', crewId, flows)
        .whereNotNull('outcome')
        .whereNotNull('applied_at')
        .orderBy([
          { column: 'applied_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit)
        .select({ appliedAt: 'applied_at', ofRun: 'run_id' })
      if (behind) void query.whereRaw('(applied_at, id) < (?, ?)', [behind.at, behind.item])
      return (await read(query)) as StoryItem[]
    },

    /** The person as a run has seen them last, whatever became of them; null: nobody is known by this id any more. */
    async latest(crewId: string, flows: readonly PeopleFlow[]): Promise<SeenItem | null> {
      const [item] = await read(
        of('run_items', crewId, flows)
          .whereNot({ name: '' })
          .orderBy([
            { column: 'run_id', order: 'desc' },
            { column: 'id', order: 'desc' },
          ])
          .limit(1)
          .select({ ofRun: 'run_id' }),
      )
      return (item as SeenItem | undefined) ?? null
    },

    /**
     * People whose number or name holds the words, as the newest run of each flow has read them, and whoever of any kept
     * run has exactly this number. Somebody may come several times.
     */
    async search(words: string, key: string | null, flows: readonly PeopleFlow[], limit: number): Promise<SeenItem[]> {
      const kept = (newest: string) =>
        db.raw(
          `select ${newest} r.id from runs r join jsonb_to_recordset(:flows) as f (connector text, flow text)
             on f.connector = r.connector and f.flow = r.flow
           where r.tenant_id = :tenantId and r.people_deleted_at is null and r.fetched_at is not null
             and r.retry_of is null and r.undo_of is null and r.person is null and r.state not in ('draft', 'fetching', 'cancelled')
           order by r.connector, r.flow, r.created_at desc`,
          { tenantId, flows: JSON.stringify(flows) },
        )
      const people = (newest: string) =>
        db('run_items')
          .where({ tenant_id: tenantId })
          .whereNot({ name: '' })
          .whereRaw('run_id = any(array(?))', [kept(newest)])
          .limit(limit)
          .select({ ofRun: 'run_id' })
      const named = people('distinct on (r.connector, r.flow)')
        .whereRaw('strpos(search, ?) > 0', [words])
        .orderBy([{ column: 'key' }, { column: 'id' }])
      const numbered = people('').where({ key }).orderBy('run_id', 'desc')
      return [...(await read(named)), ...(key === null ? [] : await read(numbered))] as SeenItem[]
    },
  }
}

/** Records of a service, whoever they belong to. */
function records(db: Knex, tenantId: string, sealer: Sealer) {
  const read = itemReader(tenantId, sealer)
  return {
    /**
     * Records of a service whose number or name holds the words, as the newest run that has listed them on this connection
     * has kept them; null: there is none.
     */
    async records(
      at: { connectionId: string; flows: readonly string[] },
      words: string,
      limit: number,
    ): Promise<Task[] | null> {
      const run = (await db('runs')
        .where({ tenant_id: tenantId, connection_id: at.connectionId, people_deleted_at: null })
        .whereIn('flow', at.flows)
        .whereNotNull('fetched_at')
        .whereRaw('retry_of is null and undo_of is null and person is null')
        .whereNotIn('state', ['draft', 'fetching', 'cancelled', 'failed'])
        .orderBy('created_at', 'desc')
        .first('id')) as { id: string } | undefined
      if (!run) return null
      return read(
        db('run_items')
          .where({ tenant_id: tenantId, run_id: run.id })
          .whereRaw('strpos(search, ?) > 0', [words])
          .orderBy([{ column: 'key' }, { column: 'id' }])
          .limit(limit),
      )
    },
  }
}

/** What stands around the items of a person. */
function surroundings(db: Knex, tenantId: string) {
  return {
    /** Where each flow has seen the person on both sides last. */
    async seen(crewId: string, flows: readonly PeopleFlow[]): Promise<Seen[]> {
      const { rows } = await db.raw<{ rows: Seen[] }>(
        `select distinct on (r.connector, r.flow) r.connector, r.flow, i.source_id as "sourceId",
           i.target_id as "targetId", coalesce(i.applied_at, r.fetched_at) as at, c.account_id as "accountId", r.area
         from run_results i join runs r on r.tenant_id = i.tenant_id and r.id = i.run_id
           join connections c on c.tenant_id = r.tenant_id and c.id = r.connection_id
         where i.tenant_id = :tenantId and i.class <> 'excluded' and i.target_id is not null and ${ofPerson('i')}
         order by r.connector, r.flow, r.created_at desc`,
        { crewId, tenantId, flows: JSON.stringify(flows) },
      )
      return rows
    },

    /** What was asked and sent about these items, as it was. */
    async events(items: readonly Pick<StoryItem, 'ofRun' | 'id'>[]): Promise<(PersonEvent & { itemId: string })[]> {
      if (items.length === 0) return []
      const { rows } = await db.raw<{ rows: (PersonEvent & { itemId: string })[] }>(
        `select item_id::text as "itemId", at, what, found
         from person_events e join unnest(?::uuid[], ?::bigint[]) as i (run, item) on e.run_id = i.run and e.item_id = i.item
         where e.tenant_id = ? order by at, nth`,
        [items.map(({ ofRun }) => ofRun), items.map(({ id }) => id), tenantId],
      )
      return rows
    },

    /** The runs of these items. */
    async runs(ids: readonly string[]): Promise<Map<string, Run>> {
      const runs = ids.length === 0 ? [] : await runRows(db, tenantId).whereIn('runs.id', [...new Set(ids)])
      return new Map(runs.map(run => [run.id, run]))
    },

    /** The person's pairs in every account that the company has had. */
    async links(crewId: string): Promise<PersonLink[]> {
      const { rows } = await db.raw<{ rows: PersonLink[] }>(
        `select l.connector, l.account_id as "accountId", a.account_name as "accountName", l.service_id as "serviceId",
           l.dead, l.created_at as since, coalesce(byhand.name, starter.name) as by, l.run_id as "runId"
         from (select distinct on (connector, account_id) connector, account_id, account_name from connections
             where tenant_id = :tenantId order by connector, account_id, created_at desc) as a
           join links l on l.tenant_id = :tenantId and l.connector = a.connector and l.account_id = a.account_id
             and l.smarthr_id = :crewId
           left join admins byhand on byhand.id = l.admin_id
           left join runs on runs.tenant_id = :tenantId and runs.id = l.run_id
           left join admins starter on starter.id = runs.admin_id
         order by l.connector, l.dead, l.created_at desc`,
        { tenantId, crewId },
      )
      return rows
    },
  }
}

/** What was done about one person of SmartHR, by all of a company's runs. */
export const createPersonStore = (db: Knex, tenantId: string, sealer: Sealer) => ({
  ...items(db, tenantId, sealer),
  ...records(db, tenantId, sealer),
  ...surroundings(db, tenantId),
  ...pairChanges(db, tenantId),
})

export type PersonStore = ReturnType<typeof createPersonStore>
