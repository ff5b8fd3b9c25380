import type { Knex } from 'knex'
import type { Sealer } from '../platform/seal.js'
import { unwritableIn, unwritableInReason } from './errors-csv.js'
import { folded, searchable } from './folding.js'
import type {
  Item,
  ItemClass,
  ItemContent,
  ItemWithContent,
  Outcome,
  RepeatedOutcome,
  Run,
  SelectionView,
  SortColumn,
} from './run.js'
import type { GroupCount } from '../payslips/payslips.js'
import type { PlanCounts } from './run.store.js'

export interface PlannedItem {
  class: ItemClass
  excludedReason: string | null
  sourceId: string
  targetId: string | null
  /** listing page of the target */
  targetPage: number | null
  key: string | null
  name: string
  kana: string
  department: string
  content: ItemContent
  blocked: boolean
  selected: boolean
  /** taken by a tick of its own alone */
  ownTick?: boolean
  groupKey?: Readonly<Record<string, string>>
  repeated?: boolean
}

interface ItemRow {
  id: string
  class: ItemClass
  excluded_reason: string | null
  source_id: string
  target_id: string | null
  target_page: number | null
  key: string
  name: string
  kana: string
  department: string
  changed_fields: string[]
  sealed: string | null
  blocked: boolean
  own_tick: boolean
  repeated: boolean
  selected: boolean
  intent_at: Date | null
  creates: number
  outcome: Outcome | null
  reason: string | null
}

/** An item as apply works on it. */
export interface Task extends ItemWithContent {
  targetPage: number | null
  intentAt: Date | null
  /** how often a create was sent */
  creates: number
}

export interface Result {
  itemId: string
  outcome: Outcome
  reason: string | null
}

/** Where a page of the list starts: after or before the row with this sort value and id. */
export interface ItemCursor {
  forward: boolean
  value: string
  id: string
}

export interface ItemPage<T extends Item = ItemWithContent> {
  items: T[]
  hasPrevious: boolean
  hasNext: boolean
}

const sortColumns: Record<SortColumn, string> = { key: 'key', kana: 'kana', class: 'class_rank' }

const emptyContent: ItemContent = { set: {}, target: null, changes: [], problems: [], notes: [] }

/** The people of a run. Before → after and raw values are sealed; see migrations/003_runs.ts and 014 for what stands in clear. */
export function createItemStore(db: Knex, tenantId: string, sealer: Sealer) {
  const aad = `${tenantId}|run_items.sealed`
  const items = (runId: string) => db('run_items').where({ tenant_id: tenantId, run_id: runId })

  const fromRow = (row: ItemRow): Task => ({
    id: String(row.id),
    class: row.class,
    excludedReason: row.excluded_reason,
    sourceId: row.source_id,
    targetId: row.target_id,
    targetPage: row.target_page,
    key: row.key === '' ? null : row.key,
    name: row.name,
    kana: row.kana,
    department: row.department,
    changedFields: row.changed_fields,
    blocked: row.blocked,
    ownTick: row.own_tick,
    repeated: row.repeated,
    selected: row.selected,
    intentAt: row.intent_at,
    creates: row.creates,
    outcome: row.outcome,
    reason: row.reason,
    content: row.sealed ? (JSON.parse(sealer.open(row.sealed, aad)) as ItemContent) : emptyContent,
  })

  /** Narrows a query to what the administrator looks at. */
  const seen = (query: Knex.QueryBuilder, view: Pick<SelectionView, 'q' | 'classes'>) => {
    if (view.classes.length > 0) void query.whereRaw('class = any(?)', [view.classes])
    const words = folded(view.q)
    // strpos takes every sign literally. Rows of the release before have no folded text.
    if (words !== '')
      void query.whereRaw(
        `strpos(coalesce(search, lower(replace(concat_ws(e'\\n', key, name, kana, department), ' ', ''))), ?) > 0`,
        [words],
      )
    return query
  }

  const selectable = (query: Knex.QueryBuilder) => query.whereRaw(`class in ('new', 'changed') and not blocked`)

  /** Whom a button that takes many may take. */
  const takenByMany = (query: Knex.QueryBuilder) => selectable(query).where({ own_tick: false })

  /** Whoever was gone when the snapshot was published is no part of it. */
  const onOffer = (query: Knex.QueryBuilder) =>
    query.where({ selected: true }).whereRaw(`outcome is distinct from 'not_run'`)

  const todo = (runId: string) => items(runId).where({ selected: true }).whereNull('outcome')

  return {
    async add(runId: string, planned: readonly PlannedItem[]): Promise<void> {
      const rows = planned.map(item => ({
        class: item.class,
        excluded_reason: item.excludedReason,
        source_id: item.sourceId,
        target_id: item.targetId,
        target_page: item.targetPage,
        key: item.key ?? '',
        name: item.name,
        kana: item.kana,
        department: item.department,
        changed_fields: item.content.changes.map(change => change.label),
        sealed: sealer.seal(JSON.stringify(item.content), aad),
        blocked: item.blocked,
        own_tick: item.ownTick ?? false,
        selected: item.selected,
        group_key: item.groupKey ?? null,
        repeated: item.repeated ?? false,
        unwritable: unwritableIn(item),
        search: searchable([
          item.key ?? '',
          item.name,
          item.kana,
          item.department,
          ...(item.content.named ? [item.content.named.value] : []),
        ]),
      }))
      await db.raw(
        `insert into run_items (tenant_id, run_id, class, excluded_reason, source_id, target_id, target_page,
           key, name, kana, department, changed_fields, sealed, blocked, own_tick, selected, group_key, repeated,
           search, unwritable)
         select ?::uuid, ?::uuid, r.class, r.excluded_reason, r.source_id, r.target_id, r.target_page,
           r.key, r.name, r.kana, r.department, r.changed_fields, r.sealed, r.blocked, r.own_tick, r.selected,
           r.group_key, r.repeated, r.search, r.unwritable
         from jsonb_to_recordset(?::jsonb) as r(class text, excluded_reason text, source_id text, target_id text,
           target_page integer, key text, name text, kana text, department text, changed_fields text[], sealed text,
           blocked boolean, own_tick boolean, selected boolean, group_key jsonb, repeated boolean, search text,
           unwritable integer)`,
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

    /** One page of the selection list, by key: at most `limit` rows from the cursor on. */
    async page(runId: string, view: SelectionView, place: ItemCursor | null, limit: number): Promise<ItemPage> {
      const column = sortColumns[view.sort]
      // A cursor of another order (an edited address) leads to the first page.
      const fits = column !== 'class_rank' || /^\d$/.test(place?.value ?? '')
      const cursor = fits ? place : null
      const forward = cursor?.forward ?? true
      const ascending = view.descending !== forward
      const query = seen(items(runId), view)
        .orderByRaw(`?? ${ascending ? 'asc' : 'desc'}, id ${ascending ? 'asc' : 'desc'}`, [column])
        .limit(limit + 1)
      if (cursor) {
        const type = column === 'class_rank' ? 'smallint' : 'text'
        void query.whereRaw(`(??, id) ${ascending ? '>' : '<'} (?::${type}, ?::bigint)`, [
          column,
          cursor.value,
          cursor.id,
        ])
      }
      const rows = (await query) as ItemRow[]
      const more = rows.length > limit
      const page = rows.slice(0, limit)
      if (!forward) page.reverse()
      return {
        items: page.map(row => fromRow(row)),
        hasPrevious: forward ? cursor !== null : more,
        hasNext: forward ? more : true,
      }
    },

    async count(runId: string, view: Pick<SelectionView, 'q' | 'classes'>): Promise<number> {
      const row = (await seen(items(runId), view).count('* as n').first()) as { n: number }
      return Number(row.n)
    },

    async countSelectable(runId: string, view: Pick<SelectionView, 'q' | 'classes'>): Promise<number> {
      const row = (await takenByMany(seen(items(runId), view))
        .count('* as n')
        .first()) as { n: number }
      return Number(row.n)
    },

    /** People whom only a tick of their own takes: how many there are, and the first of them. */
    async ownTicks(runId: string, limit: number): Promise<{ items: Task[]; total: number }> {
      const theirs = () => selectable(items(runId)).where({ own_tick: true })
      const rows = limit > 0 ? ((await theirs().orderBy('id').limit(limit)) as ItemRow[]) : []
      const row = (await theirs().count('* as n').first()) as { n: number }
      return { items: rows.map(one => fromRow(one)), total: Number(row.n) }
    },

    /** Whoever could not take part, or was not ticked though a tick of their own was asked for. */
    async left(runId: string, limit: number): Promise<{ items: Task[]; total: number }> {
      const theirs = () =>
        items(runId).where(any =>
          any.where({ class: 'excluded' }).orWhere({ own_tick: true, selected: false, blocked: false }),
        )
      const rows = (await theirs()
        .orderBy([{ column: 'key' }, { column: 'id' }])
        .limit(limit)) as ItemRow[]
      const row = (await theirs().count('* as n').first()) as { n: number }
      return { items: rows.map(one => fromRow(one)), total: Number(row.n) }
    },

    async selected(runId: string): Promise<{ total: number; new: number; changed: number }> {
      const row = (await items(runId)
        .where({ selected: true })
        .first(
          db.raw(`count(*)::int as total`),
          db.raw(`count(*) filter (where class = 'new')::int as new`),
          db.raw(`count(*) filter (where class = 'changed')::int as changed`),
        )) as { total: number; new: number; changed: number }
      return row
    },

    /**
     * A short text that changes with every tick and with every value chosen for new people: what was confirmed must be
     * what is written.
     */
    async selectionMark(runId: string): Promise<string> {
      const row = (await db('runs')
        .where({ tenant_id: tenantId, id: runId })
        .first(
          db.raw(
            `md5(options::text || coalesce((select string_agg(id::text, ',' order by id) from run_items
               where tenant_id = runs.tenant_id and run_id = runs.id and selected), '')) as mark`,
          ),
        )) as { mark: string }
      return row.mark
    },

    /**
     * Ticks of one page: of the shown rows those chosen are selected, or all whom a button for many may take besides.
     * Only rows that can be chosen are.
     */
    async tick(runId: string, shown: readonly string[], chosen: readonly string[], andAll: boolean): Promise<void> {
      if (shown.length === 0) return
      await selectable(items(runId))
        .whereRaw('id = any(?::bigint[])', [[...shown]])
        .update({ selected: db.raw('id = any(?::bigint[]) or (? and not own_tick)', [[...chosen], andAll]) })
    },

    /** 「一覧の従業員N名すべてを選択」: everybody in view who can be chosen. */
    async selectAll(runId: string, view: Pick<SelectionView, 'q' | 'classes'>): Promise<void> {
      await takenByMany(seen(items(runId), view))
        .where({ selected: false })
        .update({ selected: true })
    },

    async clearSelection(runId: string): Promise<void> {
      await items(runId).where({ selected: true }).update({ selected: false })
    },

    /** The selected people for the confirm dialog or, with outcomes, the report; by id. */
    async chosen(
      runId: string,
      options: { after?: string; before?: string; limit: number; outcomes?: readonly (Outcome | null)[] },
    ): Promise<ItemPage> {
      const forward = options.before === undefined
      const query = items(runId)
        .where({ selected: true })
        .orderBy('id', forward ? 'asc' : 'desc')
        .limit(options.limit + 1)
      if (options.after !== undefined) void query.where('id', '>', options.after)
      if (options.before !== undefined) void query.where('id', '<', options.before)
      if (options.outcomes) {
        const named = options.outcomes.filter(outcome => outcome !== null)
        void query.where(any => {
          void any.whereRaw('outcome = any(?)', [named])
          if (options.outcomes?.includes(null)) void any.orWhereNull('outcome')
        })
      }
      const rows = (await query) as ItemRow[]
      const more = rows.length > options.limit
      const page = rows.slice(0, options.limit)
      if (!forward) page.reverse()
      return {
        items: page.map(row => fromRow(row)),
        hasPrevious: forward ? options.after !== undefined : more,
        hasNext: forward ? more : true,
      }
    },

    async countOutcomes(runId: string): Promise<Record<Outcome | 'pending', number>> {
      const rows: { outcome: Outcome | null; n: number }[] = await items(runId)
        .where({ selected: true })
        .groupBy('outcome')
        .select('outcome', db.raw('count(*)::int as n'))
      const counts = { succeeded: 0, failed: 0, not_run: 0, pending: 0 }
      for (const row of rows) counts[row.outcome ?? 'pending'] = row.n
      return counts
    },

    /** Signs of the selected people's values and reasons that a file in Shift_JIS has no room for. */
    async countUnwritable(runId: string): Promise<{ all: number; failed: number }> {
      const rows: { failed: boolean; reason: string | null; n: number; signs: number }[] = await items(runId)
        .where({ selected: true })
        .groupByRaw('1, 2')
        .select(
          db.raw(`coalesce(outcome in ('failed', 'not_run'), false) as failed`),
          'reason',
          db.raw('count(*)::int as n'),
          db.raw('sum(unwritable)::int as signs'),
        )
      const counts = { all: 0, failed: 0 }
      for (const { failed, reason, n, signs } of rows) {
        const lost = signs + n * unwritableInReason(reason ?? '')
        counts.all += lost
        if (failed) counts.failed += lost
      }
      return counts
    },

    /** Values that must be equal for the selected records to be written together, and how many have each. */
    async selectedGroups(runId: string): Promise<GroupCount[]> {
      return (await items(runId)
        .where({ selected: true })
        .whereNotNull('group_key')
        .groupBy('group_key')
        .orderByRaw('count(*) desc')
        .select('group_key as key', db.raw('count(*)::int as count'))) as GroupCount[]
    },

    /** Labels of what changes with anybody selected; with an outcome, with those who have it. */
    async changedFields(runId: string, outcome?: Outcome): Promise<string[]> {
      const rows: { label: string }[] = await items(runId)
        .where({ selected: true, ...(outcome && { outcome }) })
        .distinct(db.raw('unnest(changed_fields) as label'))
      return rows.map(row => row.label)
    },

    /** How many of the selected were imported before. */
    async countRepeated(runId: string): Promise<number> {
      const row = (await items(runId).where({ selected: true, repeated: true }).count('* as n').first()) as {
        n: number
      }
      return Number(row.n)
    },

    /** Which of these records of the source an earlier run of the flow has imported from the same connection, and when. */
    async importedBefore(run: Run, sourceIds: readonly string[]): Promise<Map<string, Date>> {
      if (sourceIds.length === 0) return new Map()
      const rows: { source_id: string; applied_at: Date }[] = await db('run_items as i')
        .join('runs as r', 'r.id', 'i.run_id')
        .where({ 'i.tenant_id': tenantId, 'r.tenant_id': tenantId, 'i.outcome': 'succeeded' })
        .where({ 'r.connector': run.connector, 'r.flow': run.flow })
        .whereNot({ 'r.id': run.id })
        .whereRaw('i.source_id = any(?)', [[...sourceIds]])
        .orderBy('i.applied_at')
        .select('i.source_id', 'i.applied_at')
      return new Map(rows.map(row => [row.source_id, row.applied_at]))
    },

    /** Source ids a repeat run is about. */
    async unsuccessfulSources(runId: string, outcomes: readonly RepeatedOutcome[]): Promise<string[]> {
      const rows: { source_id: string }[] = await items(runId)
        .where({ selected: true })
        .whereRaw('outcome = any(?)', [[...outcomes]])
        .select('source_id')
      return rows.map(row => row.source_id)
    },

    // ---- publications ----

    /** The selected people's ids and their records' ids in the source. */
    async selectedSources(runId: string): Promise<{ id: string; sourceId: string }[]> {
      const rows: { id: string; source_id: string }[] = await items(runId)
        .where({ selected: true })
        .select('id', 'source_id')
      return rows.map(row => ({ id: String(row.id), sourceId: row.source_id }))
    },

    /** So many of the published records, in their order, from the given place on. */
    async records(runId: string, offset: number, limit: number): Promise<object[]> {
      const rows = (await onOffer(items(runId)).orderBy('id').offset(offset).limit(limit)) as ItemRow[]
      return rows.map(row => JSON.parse(String(fromRow(row).content.set.record)) as object)
    },

    /** The selected people with these keys: key → item's id. */
    async idsByKey(runId: string, keys: readonly string[], among: number): Promise<Map<string, string>> {
      const first = onOffer(items(runId)).orderBy('id').limit(among).select('id', 'key')
      const rows = (await db
        .from(first.as('delivered'))
        .whereRaw('key = any(?)', [[...keys]])
        .select('id', 'key')) as { id: string; key: string }[]
      return new Map(rows.map(row => [row.key, String(row.id)]))
    },

    // ---- apply ----

    /** Creates whose answer never came (crash, time-out): to be looked up before anything else. */
    async unsettled(runId: string, limit: number): Promise<Task[]> {
      const rows = (await todo(runId).whereNotNull('intent_at').orderBy('id').limit(limit)) as ItemRow[]
      return rows.map(row => fromRow(row))
    },

    /** The next group of updates: people whose targets stood on one listing page. */
    async nextUpdates(runId: string): Promise<Task[]> {
      const rows = (await todo(runId)
        .where({ class: 'changed' })
        .where(
          'target_page',
          db('run_items')
            .where({ tenant_id: tenantId, run_id: runId, class: 'changed', selected: true })
            .whereNull('outcome')
            .min('target_page'),
        )
        .orderBy('id')) as ItemRow[]
      return rows.map(row => fromRow(row))
    },

    /** The next one by its place in the source's listing, whatever is to be done with it. */
    async nextInOrder(runId: string): Promise<Task[]> {
      const rows = (await todo(runId).whereNull('intent_at').orderBy('id').limit(1)) as ItemRow[]
      return rows.map(row => fromRow(row))
    },

    async nextCreates(runId: string, limit: number): Promise<Task[]> {
      const rows = (await todo(runId)
        .where({ class: 'new' })
        .whereNull('intent_at')
        .orderBy('id')
        .limit(limit)) as ItemRow[]
      return rows.map(row => fromRow(row))
    },

    /**
     * Notes that a create is about to be sent, if this worker still holds the run and nobody has created or settled the
     * person meanwhile. False: it must not send.
     */
    async intend(runId: string, itemId: string, lease: string, now: Date): Promise<boolean> {
      const changed = await items(runId)
        .where({ id: itemId, target_id: null })
        .whereNull('outcome')
        .whereExists(db('runs').where({ tenant_id: tenantId, id: runId, lease, state: 'running' }).select(db.raw('1')))
        .update({ intent_at: now, creates: db.raw('creates + 1') })
      return changed === 1
    },

    /** The create certainly did not happen (it was refused before it was taken): the next try needs no look-up. */
    async withdraw(runId: string, itemId: string): Promise<void> {
      await items(runId)
        .where({ id: itemId })
        .update({ intent_at: null, creates: db.raw('greatest(creates - 1, 0)') })
    },

    async created(runId: string, itemId: string, targetId: string): Promise<void> {
      await items(runId).where({ id: itemId }).update({ target_id: targetId })
    },

    /** Stores outcomes; an item that has one keeps it. Returns how many succeeded and failed now. */
    async settle(runId: string, results: readonly Result[], now: Date): Promise<{ succeeded: number; failed: number }> {
      if (results.length === 0) return { succeeded: 0, failed: 0 }
      const answer = (await db.raw(
        `update run_items i set outcome = r.outcome, reason = r.reason, applied_at = ?
         from jsonb_to_recordset(?::jsonb) as r("itemId" bigint, outcome text, reason text)
         where i.tenant_id = ? and i.run_id = ? and i.id = r."itemId" and i.outcome is null
         returning i.outcome`,
        [now, JSON.stringify(results), tenantId, runId],
      )) as { rows: { outcome: Outcome }[] }
      return {
        succeeded: answer.rows.filter(row => row.outcome === 'succeeded').length,
        failed: answer.rows.filter(row => row.outcome === 'failed').length,
      }
    },

    /** Notes what is doubtful about records that were written: by their ids on the target. */
    async remark(runId: string, remarks: ReadonlyMap<string, string>): Promise<void> {
      const rows = [...remarks].map(([target, reason]) => ({ target, reason }))
      await db.raw(
        `update run_items i set reason = r.reason from jsonb_to_recordset(?::jsonb) as r(target text, reason text)
         where i.tenant_id = ? and i.run_id = ? and i.target_id = r.target and i.outcome = 'succeeded'`,
        [JSON.stringify(rows), tenantId, runId],
      )
    },

    /** How many went through and need a look all the same. */
    async countRemarks(runId: string): Promise<number> {
      const row = (await items(runId)
        .where({ outcome: 'succeeded' })
        .whereNotNull('reason')
        .count('* as n')
        .first()) as { n: number }
      return Number(row.n)
    },

    /** Gives every selected item without an outcome the same one: the run stops here. */
    async settleRest(runId: string, outcome: Outcome, reason: string, now: Date): Promise<number> {
      return todo(runId).update({ outcome, reason, applied_at: now })
    },

    /** Deletes what is personal; ids, outcomes and reasons of the people who were synchronised stay. */
    async deletePeople(runId: string): Promise<void> {
      await items(runId).whereNull('outcome').delete()
      await items(runId).update({
        key: '',
        name: '',
        kana: '',
        department: '',
        search: '',
        changed_fields: '{}',
        sealed: null,
      })
    },
  }
}

export type ItemStore = ReturnType<typeof createItemStore>
