import type { Knex } from 'knex'
import { mapPiecewise } from '../platform/piecewise.js'
import type { Sealer } from '../platform/seal.js'
import { unwritableIn } from '../runs/errors-csv.js'
import { searchable } from '../runs/folding.js'
import { isAddress } from '../contract/keys.js'
import type { GuardFacts } from '../runs/guard.facts.js'
import { itemReader, itemRow, itemSeal, WAS_SENT, WITHIN, type Task } from '../runs/item.rows.js'
import type { ItemClass, ItemContent, RepeatedOutcome, Run } from '../runs/run.js'
import type { PlanCounts } from './fetch.store.js'

export interface PlannedItem {
  class: ItemClass
  excludedReason: string | null
  /** … says something of the person, and stands in no clear column */
  sealReason?: boolean
  sourceId: string
  targetId: string | null
  /** SmartHR's id of the person, where neither record is the person: of a payslip, of a year-end result */
  crewId?: string | null
  /** listing page of the target */
  targetPage: number | null
  key: string | null
  name: string
  kana: string
  detail: string
  content: ItemContent
  blocked: boolean
  selected: boolean
  /** taken by a tick of its own alone */
  ownTick?: boolean
  groupKey?: Readonly<Record<string, string>>
  /** what the guard counts of somebody whose record changes */
  guard?: GuardFacts
  repeated?: boolean
  /** 部署 and 雇用形態 as SmartHR has them; absent where SmartHR has nobody, or nobody asks */
  crew?: { department: string | null; employmentType: string | null }
}

/** A content of fewer signs is the one of somebody with nothing to write. */
const WORTH_PACKING = 200

/** There is something to look at (⚠) of somebody who can be written, or could be. */
const isWarned = ({ class: of, content, ownTick }: PlannedItem): boolean =>
  of !== 'excluded' && (content.notes.length > 0 || content.problems.length > 0 || (ownTick ?? false))

/** What the clear columns hold, and what goes into the sealed content instead. */
function parted({ key, excludedReason, sealReason = false, content }: PlannedItem) {
  const hidden = {
    ...(key !== null && isAddress(key) && { key }),
    ...(excludedReason !== null && (sealReason || isAddress(excludedReason)) && { excludedReason }),
  }
  return {
    key: hidden.key ? WITHIN : (key ?? ''),
    excludedReason: hidden.excludedReason ? WITHIN : excludedReason,
    content: { ...content, ...hidden },
  }
}

/** Signs of a hash that are kept: 96 bits. */
const DIGEST = 16

/** The people of a plan, as it is made. */
function planned(db: Knex, tenantId: string, sealer: Sealer) {
  const items = (runId: string) => db('run_items').where({ tenant_id: tenantId, run_id: runId })
  const aad = itemSeal(tenantId)
  const sealContent = (content: string, row: string) =>
    content.length < WORTH_PACKING ? sealer.seal(content, aad, row) : sealer.sealPacked(content, aad, row)

  return {
    /** Tells within one run's plan whether two texts of a field are the same, and nothing else. */
    digestsOf:
      (runId: string) =>
      (text: string, field: string): string =>
        sealer.hash(text, `${tenantId}|run_items.guard|${runId}|${field}`).slice(-DIGEST),

    /** Tells from one check to the next whether two differences of a person are the same, and nothing else. */
    markOf: (text: string): string => sealer.hash(text, `${tenantId}|runs.differing`).slice(-DIGEST),

    /** Of a check's plan these alone stay. */
    async keepOnly(runId: string, sourceIds: readonly string[]): Promise<void> {
      await items(runId)
        .whereRaw('not source_id = any(?)', [[...sourceIds]])
        .delete()
    },

    async add(runId: string, people: readonly PlannedItem[]): Promise<void> {
      if (people.length === 0) return
      const rows = await mapPiecewise(people, item => {
        const clear = parted(item)
        return {
          class: item.class,
          excluded_reason: clear.excludedReason,
          source_id: item.sourceId,
          target_id: item.targetId,
          crew_id: item.crewId ?? null,
          target_page: item.targetPage,
          key: clear.key,
          name: item.name,
          kana: item.kana,
          department: item.detail,
          changed_fields: item.content.changes.map(change => change.field),
          sealed: sealContent(JSON.stringify(clear.content), itemRow(runId, item.sourceId)),
          blocked: item.blocked,
          doomed: item.class !== 'excluded' && item.content.problems.length > 0,
          own_tick: item.ownTick ?? false,
          selected: item.selected,
          group_key: item.groupKey ?? null,
          repeated: item.repeated ?? false,
          unwritable: unwritableIn(item),
          guard: item.guard ?? null,
          crew_department: item.crew?.department ?? null,
          employment_type: item.crew?.employmentType ?? null,
          warned: isWarned(item),
          search: searchable([
            clear.key === WITHIN ? '' : clear.key,
            item.name,
            item.kana,
            item.detail,
            ...(item.content.named ? [item.content.named.value] : []),
          ]),
        }
      })
      await db.raw(
        `insert into run_items (tenant_id, run_id, class, excluded_reason, source_id, target_id, crew_id, target_page,
           key, name, kana, department, changed_fields, sealed, blocked, doomed, own_tick, selected, group_key,
           repeated, search, unwritable, guard, crew_department, employment_type, warned)
         select ?::uuid, ?::uuid, r.class, r.excluded_reason, r.source_id, r.target_id, r.crew_id, r.target_page,
           r.key, r.name, r.kana, r.department, r.changed_fields, r.sealed, r.blocked, r.doomed, r.own_tick,
           r.selected, r.group_key, r.repeated, r.search, r.unwritable, r.guard, r.crew_department, r.employment_type, r.warned
         from jsonb_to_recordset(?::jsonb) as r(class text, excluded_reason text, source_id text, target_id text, crew_id text,
           target_page integer, key text, name text, kana text, department text, changed_fields text[], sealed text,
           blocked boolean, doomed boolean, own_tick boolean, selected boolean, group_key jsonb, repeated boolean, search text,
           unwritable integer, guard jsonb, crew_department text, employment_type text, warned boolean)`,
        [tenantId, runId, JSON.stringify(rows)],
      )
    },

    async clear(runId: string): Promise<void> {
      await items(runId).delete()
    },

    async countByClass(runId: string): Promise<Omit<PlanCounts, 'leftOut'>> {
      const rows: { class: ItemClass; n: number }[] = await items(runId)
        .groupBy('class')
        .select('class', db.raw('count(*)::int as n'))
      const counts = { new: 0, changed: 0, same: 0, excluded: 0 }
      for (const row of rows) counts[row.class] = row.n
      return counts
    },
  }
}

/** What earlier runs say of these people. */
function earlierRuns(db: Knex, tenantId: string, sealer: Sealer) {
  const items = (runId: string) => db('run_items').where({ tenant_id: tenantId, run_id: runId })
  const read = itemReader(tenantId, sealer)
  return {
    /** Which of these records of the source an earlier run of the flow has imported from the same connection, and when. */
    async importedBefore(run: Run, sourceIds: readonly string[]): Promise<Map<string, Date>> {
      if (sourceIds.length === 0) return new Map()
      // The runs first: whose ids are given, their days alone are looked at.
      const runs = await db('runs')
        .where({ tenant_id: tenantId, connector: run.connector, flow: run.flow })
        .whereNot({ id: run.id })
        .whereNull('taken_back_at')
        .pluck<string[]>('id')
      const rows: { source_id: string; applied_at: Date }[] = await db('run_results')
        .where({ tenant_id: tenantId, outcome: 'succeeded' })
        .whereRaw('run_id = any(?::uuid[]) and source_id = any(?)', [runs, [...sourceIds]])
        .orderBy('applied_at')
        .select('source_id', 'applied_at')
      return new Map(rows.map(row => [row.source_id, row.applied_at]))
    },

    /**
     * New people of whom an earlier run, ended a moment ago, could not say whether it registered them: they are looked for
     * before they are created. What that long ago was registered would have been listed by now.
     */
    async keepDoubts(run: Run, withinMinutes: number): Promise<void> {
      const { connectionId, flow, id: runId } = run
      const doubtful: { id: string }[] = await db('runs')
        .where({ tenant_id: tenantId, connection_id: connectionId, flow })
        .where('unconfirmed_count', '>', 0)
        .whereRaw('written_until > clock_timestamp() - make_interval(mins => ?)', [withinMinutes])
        .select('id')
      for (const { id } of doubtful) {
        await db.raw(
          `update run_items i set intent_at = d.intent_at, creates = 1 from run_items d
           where i.tenant_id = :tenantId and i.run_id = :runId and i.class = 'new'
             and d.tenant_id = :tenantId and d.run_id = :id and d.class = 'new' and d.outcome = 'unconfirmed'
             and d.source_id = i.source_id`,
          { tenantId, runId, id },
        )
      }
    },

    /** Whom a run has sent to its target, or may have; by id, `limit` of them after `after`. */
    async sentBy(runId: string, after: string, limit: number): Promise<Task[]> {
      return read(
        items(runId).where({ selected: true }).where('id', '>', after).whereRaw(WAS_SENT).orderBy('id').limit(limit),
      )
    },

    /** Source ids a repeat run is about. */
    async unsuccessfulSources(runId: string, outcomes: readonly RepeatedOutcome[]): Promise<string[]> {
      const rows: { source_id: string }[] = await items(runId)
        .where({ selected: true })
        .whereRaw('outcome = any(?)', [[...outcomes]])
        .select('source_id')
      return rows.map(row => row.source_id)
    },
  }
}

/** The people of a plan, and what earlier runs say of them. */
export const createPlannedItemStore = (db: Knex, tenantId: string, sealer: Sealer) => ({
  ...planned(db, tenantId, sealer),
  ...earlierRuns(db, tenantId, sealer),
})

export type PlannedItemStore = ReturnType<typeof createPlannedItemStore>
