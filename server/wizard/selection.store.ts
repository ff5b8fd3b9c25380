import type { Knex } from 'knex'
import type { GroupCount } from '../payslips/payroll-group.js'
import type { Sealer } from '../platform/seal.js'
import { folded } from '../runs/folding.js'
import { chosenInRows, withFlipped, type Flipped } from '../runs/chosen.js'
import { FACETS } from '../runs/facets.js'
import { itemReader, pageOf, WITHIN, type ItemPage, type Task } from '../runs/item.rows.js'
import type { Chosen, Facets, ItemClass, Run, SelectionView, SortColumn } from '../runs/run.js'
import { KEPT_CHOICE } from '../runs/run.rows.js'

/**
 * Where a page of the list starts: `skip` people after or before the row with this sort value and id, or without one from
 * the list's beginning or its end. However long a list is, no page is far from a row that was just seen.
 */
export interface ItemCursor {
  forward: boolean
  from: { value: string; id: string } | null
  skip: number
}

const sortColumns: Record<SortColumn, string> = { key: 'key', kana: 'kana', class: 'class_rank' }

/** As the generated column has them. */
export const classRanks: Readonly<Record<ItemClass, number>> = { new: 1, changed: 2, same: 3, excluded: 4 }

/** What narrows the list; whose sealed key holds the words is found out first. */
type Search = Omit<SelectionView, 'sort' | 'descending' | 'rows'>

/** The people who are selected. */
export interface Selection extends Chosen {
  /**
   * A short text that changes with every tick and with every value chosen for new people: what was confirmed must be
   * what is written.
   */
  mark: string
}

const SELECTABLE = `class in ('new', 'changed') and not blocked`

/** The people a button that takes many may take. */
const TAKEN_BY_MANY = `(${SELECTABLE} and not own_tick and not doomed)`

/** People whose sealed keys are opened together. */
const OPENED_AT_ONCE = 500

/** A run's people, and parts of them. */
function people(db: Knex, tenantId: string, sealer: Sealer) {
  const items = (runId: string) => db('run_items').where({ tenant_id: tenantId, run_id: runId })
  const read = itemReader(tenantId, sealer)
  const known = new Map<string, Promise<string[]>>()

  const openKeys = async (runId: string, words: string): Promise<string[]> => {
    const found: string[] = []
    for (let after = '0'; ;) {
      const sealed = items(runId).where({ key: WITHIN }).where('id', '>', after).orderBy('id').limit(OPENED_AT_ONCE)
      const rows = await read(sealed)
      found.push(...rows.filter(({ key }) => folded(key ?? '').includes(words)).map(({ id }) => id))
      const last = rows.at(-1)
      if (!last || rows.length < OPENED_AT_ONCE) return found
      after = last.id
    }
  }

  /** The ids of those whose key is sealed and holds the words. Nothing but opening all of them tells. */
  const bySealedKey = (runId: string, { q }: Search): Promise<string[]> => {
    const words = folded(q)
    if (words === '') return Promise.resolve([])
    const asked = `${runId} ${words}`
    const found = known.get(asked) ?? openKeys(runId, words)
    known.set(asked, found)
    return found
  }

  /** Narrows a query to what the administrator looks at. */
  const seen = (query: Knex.QueryBuilder, view: Search, besides: readonly string[]) => {
    // By their rank, for which there is an index: few may be left to write of very many.
    if (view.classes.length > 0)
      void query.whereRaw('class_rank = any(?)', [view.classes.map(name => classRanks[name])])
    if (view.doomed) void query.where({ doomed: true })
    if (view.warned) void query.where({ warned: true })
    if (view.chosen) void query.where({ selected: true })
    if (view.department !== null) void query.where({ crew_department: view.department || null })
    if (view.employmentType !== null) void query.where({ employment_type: view.employmentType || null })
    if (view.field !== null) void query.whereRaw(`class = 'changed' and changed_fields @> array[?]`, [view.field])
    const words = folded(view.q)
    // strpos takes every sign literally. Rows of the release before have no folded text.
    if (words === '') return query
    const found = `strpos(coalesce(search, lower(replace(concat_ws(e'\\n', key, name, kana, department), ' ', ''))), ?) > 0`
    return besides.length === 0
      ? query.whereRaw(found, [words])
      : query.whereRaw(`(${found} or id = any(?::bigint[]))`, [words, [...besides]])
  }
  const selectable = (query: Knex.QueryBuilder) => query.whereRaw(SELECTABLE)
  const takenByMany = (query: Knex.QueryBuilder) => query.whereRaw(TAKEN_BY_MANY)
  return { items, read, seen, bySealedKey, selectable, takenByMany }
}

/** The order of a list, and what narrows a query to one page of it and one row more. */
function orderOf(view: SelectionView, place: ItemCursor | null) {
  const column = sortColumns[view.sort]
  // A cursor of another order (an edited address) leads to the first page.
  const fits = !place?.from || column !== 'class_rank' || /^\d$/.test(place.from.value)
  const cursor = fits ? place : null
  const forward = cursor?.forward ?? true
  const ascending = view.descending !== forward
  const narrowed = (query: Knex.QueryBuilder, limit: number) => {
    void query
      .orderByRaw(`?? ${ascending ? 'asc' : 'desc'}, id ${ascending ? 'asc' : 'desc'}`, [column])
      .limit(limit + 1)
      .offset(cursor?.skip ?? 0)
    const type = column === 'class_rank' ? 'smallint' : 'text'
    if (!cursor?.from) return query
    const { value, id } = cursor.from
    return query.whereRaw(`(??, id) ${ascending ? '>' : '<'} (?::${type}, ?::bigint)`, [column, value, id])
  }
  return { column, cursor, forward, narrowed }
}

/** A page that begins behind others, seen in its own direction. */
const isFurther = (cursor: ItemCursor | null): boolean => cursor !== null && (cursor.from !== null || cursor.skip > 0)

/** What the page shows. */
function lists(db: Knex, tenantId: string, sealer: Sealer) {
  const { items, read, seen, bySealedKey, selectable } = people(db, tenantId, sealer)
  return {
    bySealedKey,

    /**
     * One page of the selection list, by key: at most `limit` rows from the cursor on. `besides`: what `bySealedKey` has
     * found, for whoever asks for page after page.
     */
    async page(
      runId: string,
      view: SelectionView,
      place: ItemCursor | null,
      limit: number,
      besides?: readonly string[],
    ): Promise<ItemPage> {
      const { cursor, forward, narrowed } = orderOf(view, place)
      const query = narrowed(seen(items(runId), view, besides ?? (await bySealedKey(runId, view))), limit)
      return pageOf(await read(query), { limit, forward, goesOn: isFurther(cursor) })
    },

    /** How many people are in view, and whom of them a button for many takes. */
    async counts(runId: string, view: Search): Promise<{ total: number; selectable: number }> {
      const row = (await seen(items(runId), view, await bySealedKey(runId, view)).first(
        db.raw('count(*)::int as total'),
        db.raw(`count(*) filter (where ${TAKEN_BY_MANY})::int as selectable`),
      )) as { total: number; selectable: number }
      return row
    },

    /** The page and the numbers of a list that is searched: everybody is looked at once. */
    async found(
      runId: string,
      view: SelectionView,
      place: ItemCursor | null,
      limit: number,
    ): Promise<{ page: ItemPage; total: number; selectable: number }> {
      const { column, cursor, forward, narrowed } = orderOf(view, place)
      const matching = seen(items(runId), view, await bySealedKey(runId, view)).select(
        'id',
        column,
        db.raw(`${TAKEN_BY_MANY} as takeable`),
      )
      const row = (await db
        .with('found', matching)
        .first(
          db.raw('(select count(*)::int from found) as total'),
          db.raw('(select count(*)::int from found where takeable) as selectable'),
          db.raw('array(?) as ids', [narrowed(db.from('found').select('id'), limit)]),
        )) as { total: number; selectable: number; ids: number[] }
      const rows = await read(items(runId).whereRaw('id = any(?::bigint[])', [row.ids]))
      const nth = new Map(row.ids.map((id, index) => [String(id), index]))
      rows.sort((a, b) => (nth.get(a.id) ?? 0) - (nth.get(b.id) ?? 0))
      const page = pageOf(rows, { limit, forward, goesOn: isFurther(cursor) })
      return { page, total: row.total, selectable: row.selectable }
    },

    /** What the list can be narrowed by; null: the release before has made the plan. */
    async facets(runId: string): Promise<Facets | null> {
      const row = (await db('runs').where({ tenant_id: tenantId, id: runId }).first(db.raw(FACETS))) as
        { facets: Facets | null } | undefined
      return row?.facets ?? null
    },

    /** People who need a tick of their own: how many there are, and the first of them. */
    async ownTicks(runId: string, limit: number): Promise<{ items: Task[]; total: number }> {
      const theirs = () => selectable(items(runId)).where({ own_tick: true })
      const first = limit > 0 ? await read(theirs().orderBy('id').limit(limit)) : []
      const row = (await theirs().count('* as n').first()) as { n: number }
      return { items: first, total: Number(row.n) }
    },
  }
}

/** What is kept of a choice, and its mark. */
interface Kept<Of = Chosen | null> {
  chosen: Of
  mark: string
}

/** Who is ticked. */
function ticks(db: Knex, tenantId: string, sealer: Sealer) {
  const { items, seen, bySealedKey, selectable, takenByMany } = people(db, tenantId, sealer)
  // By the rules, the tables, the key and the scope too, where there are any: a dialog of the release before has the same mark
  // without them.
  const marked = (ticks: string) =>
    db.raw(`md5(runs.options::text || coalesce(runs.field_rules::text, '') || coalesce(runs.value_tables::text, '') ||
      coalesce(runs.key_by, '') || coalesce(runs.scope::text, '') || ${ticks}) as mark`)
  return {
    /** Who is selected, in numbers and as a mark. */
    async choice(runId: string): Promise<Selection> {
      const run = db('runs').where({ 'runs.tenant_id': tenantId, 'runs.id': runId })
      const row = (await run.clone().first(db.raw(KEPT_CHOICE), marked(`'#' || runs.ticks`))) as Kept
      if (row.chosen !== null) return { ...row.chosen, mark: row.mark }
      const ids = `(select coalesce(string_agg(id::text, ',' order by id), '') from run_items
        where tenant_id = runs.tenant_id and run_id = runs.id and selected)`
      const counted = (await run.first({ chosen: chosenInRows(db, tenantId, runId) }, marked(ids))) as Kept<Chosen>
      return { ...counted.chosen, mark: counted.mark }
    },

    /** The same, when it is about to be written: what is kept of the choice is held against the rows. */
    async confirmed(runId: string): Promise<Selection> {
      const kept = await this.choice(runId)
      const rows = (await items(runId)
        .where({ selected: true })
        .groupBy('class')
        .select('class', db.raw('count(*)::int as n'))) as {
        class: string
        n: number
      }[]
      const ticked = (name?: string) =>
        rows.reduce((sum, row) => (row.class === (name ?? row.class) ? sum + row.n : sum), 0)
      if (kept.total !== ticked() || kept.new !== ticked('new') || kept.changed !== ticked('changed'))
        throw new Error('the ticks of a run are not those that were counted')
      return kept
    },

    /**
     * Ticks of one page: the chosen ones of the shown rows are selected, or all that a button for many may take
     * besides. Only rows that can be chosen are.
     */
    async tick(
      runId: string,
      shown: readonly string[],
      chosen: readonly string[],
      andAll: boolean,
    ): Promise<Flipped[]> {
      if (shown.length === 0) return []
      const ticked = db.raw('(id = any(?::bigint[]) or (? and not own_tick and not doomed))', [[...chosen], andAll])
      return (await selectable(items(runId))
        .whereRaw('id = any(?::bigint[])', [[...shown]])
        .whereRaw('selected <> ?', [ticked])
        .update({ selected: ticked })
        .returning(['class', 'repeated', 'doomed', 'changed_fields as changedFields', 'selected'])) as Flipped[]
    },

    /** 「一覧の従業員N名すべてを選択」: all people in view who can be chosen. Gives how many were not ticked before. */
    selectAll: async (runId: string, view: Search): Promise<number> =>
      takenByMany(seen(items(runId), view, await bySealedKey(runId, view)))
        .where({ selected: false })
        .update({ selected: true }),

    clear: (runId: string): Promise<number> => items(runId).where({ selected: true }).update({ selected: false }),

    /**
     * Keeps who is ticked now beside the run, which the caller has locked: `flipped` since it was read, or `many` more. Gives
     * how many there are.
     */
    async keepChosen({ id, chosen }: Run, flipped: readonly Flipped[], many: number): Promise<number> {
      const run = db('runs').where({ tenant_id: tenantId, id })
      if (flipped.length + many > 0)
        await run.clone().update({
          chosen:
            chosen === null || many > 0 ? chosenInRows(db, tenantId, id) : JSON.stringify(withFlipped(chosen, flipped)),
          ticks: db.raw('ticks + 1'),
          ticked: null,
        })
      return (await this.choice(id)).total
    },

    /** Values that must be equal for the selected records to be written together, and how many have each. */
    async groups(runId: string): Promise<GroupCount[]> {
      return (await items(runId)
        .where({ selected: true })
        .whereNotNull('group_key')
        .groupBy('group_key')
        .orderByRaw('count(*) desc')
        .select('group_key as key', db.raw('count(*)::int as count'))) as GroupCount[]
    },
  }
}

/** Who is looked at on the selection page, and who is ticked there. */
export const createSelectionStore = (db: Knex, tenantId: string, sealer: Sealer) => ({
  ...lists(db, tenantId, sealer),
  ...ticks(db, tenantId, sealer),
})

export type SelectionStore = ReturnType<typeof createSelectionStore>
