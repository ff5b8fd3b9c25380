import type { Knex } from 'knex'
import type { Sealer } from '../platform/seal.js'
import type { Item, ItemContent, ItemWithContent } from './run.js'

/** An item as apply works on it. */
export interface Task extends ItemWithContent {
  /** listing page of the target */
  targetPage: number | null
  intentAt: Date | null
  /** how often a create was sent */
  creates: number
  /** how often its record was looked for in vain since */
  looks: number
}

/** The target has something of it, or may have: of a refused change a part, of a refused new record what is known by its id. */
export const WAS_SENT = `(outcome in ('succeeded', 'unconfirmed')
  or (outcome = 'failed' and intent_at is not null and (class <> 'new' or target_id is not null)))`

/** So many people of a list, and whether there are more on either side. */
export interface ItemPage<T extends Item = ItemWithContent> {
  items: T[]
  hasPrevious: boolean
  hasNext: boolean
}

/** Where each part of an item stands in the database; its content is sealed. */
const columns: Readonly<Record<Exclude<keyof Task, 'content' | 'sortKey'> | 'runId' | 'sealed' | 'said', string>> = {
  id: 'id',
  runId: 'run_id',
  class: 'class',
  excludedReason: 'excluded_reason',
  sourceId: 'source_id',
  targetId: 'target_id',
  crewId: 'crew_id',
  targetPage: 'target_page',
  key: 'key',
  name: 'name',
  kana: 'kana',
  detail: 'department',
  changedFields: 'changed_fields',
  blocked: 'blocked',
  ownTick: 'own_tick',
  repeated: 'repeated',
  selected: 'selected',
  intentAt: 'intent_at',
  creates: 'creates',
  looks: 'looks',
  outcome: 'outcome',
  reason: 'reason',
  sealed: 'sealed',
  said: 'said',
}

type ItemRow = Omit<Task, 'id' | 'content' | 'sortKey'> & {
  id: number
  runId: string
  sealed: string | null
  said: string | null
}

const emptyContent: ItemContent = { set: {}, target: null, changes: [], problems: [], notes: [] }

/** What the contents of a company's items are sealed with. */
export const itemSeal = (tenantId: string): string => `${tenantId}|run_items.sealed`

/** … and which of them it is: its id is known only once it is stored. */
export const itemRow = (runId: string, sourceId: string): string => `${runId}|${sourceId}`

/** In a clear column: what belongs there holds an address of mail, and stands in the sealed content. */
export const WITHIN = '@'

/** Reads a company's items, opened, by a query on their table. */
export function itemReader(tenantId: string, sealer: Sealer) {
  const opened = ({ id, runId, sealed, said, ...item }: ItemRow): Task => {
    const content =
      sealed === null
        ? emptyContent
        : (JSON.parse(sealer.open(sealed, itemSeal(tenantId), itemRow(runId, item.sourceId))) as ItemContent)
    return {
      ...item,
      id: String(id),
      key: item.key === WITHIN ? (content.key ?? null) : item.key === '' ? null : item.key,
      ...(item.key === WITHIN && { sortKey: WITHIN }),
      excludedReason: item.excludedReason === WITHIN ? (content.excludedReason ?? null) : item.excludedReason,
      reason: said === null ? item.reason : sealer.open(said, saidSeal(tenantId), saidRow(runId, id)),
      content,
    }
  }
  return async (query: Knex.QueryBuilder): Promise<Task[]> => ((await query.select(columns)) as ItemRow[]).map(opened)
}

/** What whole reasons are sealed with, of which the clear column holds only what may stay. */
export const saidSeal = (tenantId: string): string => `${tenantId}|run_items.said`

export const saidRow = (runId: string, itemId: string | number): string => `${runId}|${itemId}`

/**
 * One page of a query that asks for one row more than `limit`. `goesOn`: it begins behind another page, seen in its own
 * direction. A query that goes backward is turned round.
 */
export function pageOf(rows: Task[], order: { limit: number; forward: boolean; goesOn: boolean }): ItemPage {
  const { limit, forward, goesOn } = order
  const more = rows.length > limit
  const items = rows.slice(0, limit)
  return forward
    ? { items, hasPrevious: goesOn, hasNext: more }
    : { items: items.reverse(), hasPrevious: more, hasNext: goesOn }
}

/** Rows per page of every list of people. */
export const PAGE_ROWS = 50
