import type { Knex } from 'knex'
import { forgetCounts } from '../platform/counting.js'
import type { Sealer } from '../platform/seal.js'

/** What of a company may be due. */
export type Chore = 'stranded' | 'plans' | 'people' | 'snapshots' | 'links' | 'pending'

/** What of a whole company is due; each takes calls to others, so it is no single transaction. */
export type EndChore = 'uninstalled' | 'notice' | 'deletion' | 'idle'

/** What each key has sealed, by table; `bound`: to its row. */
export interface KeyCount {
  place: string
  key: string
  bound: boolean
  values: number
}

/** From when on each is due. */
export interface DueBy {
  now: Date
  plans: Date
  people: Date
  pending: Date
  snapshots: readonly { connector: string; flow: string; before: Date }[]
  links: readonly { connector: string; until: Date }[]
}

/** Idle authorisations asked about per minute: few enough for one look, many enough for a week. */
const IDLE_AT_ONCE = 5

/** Which companies there is something to do for, asked before a company is known: a statement each, however many there are. */
export const createDueStore = (db: Knex, sealer: Pick<Sealer, 'current' | 'keyIds'>) => ({
  async find({ now, plans, people, pending, snapshots, links }: DueBy): Promise<{ tenantId: string; chore: Chore }[]> {
    const { rows } = await db.raw<{ rows: { tenantId: string; chore: Chore }[] }>(
      'select tenant_id as "tenantId", chore from due_work(?, ?, ?, ?, ?)',
      [now, plans, pending, JSON.stringify(snapshots), JSON.stringify(links)],
    )
    const companies = await db.raw<{ rows: { tenantId: string }[] }>('select due_people(?) as "tenantId"', [people])
    return [...rows, ...companies.rows.map(({ tenantId }) => ({ tenantId, chore: 'people' as const }))]
  },

  /** Companies with values to seal anew. */
  async reseal(): Promise<string[]> {
    const { rows } = await db.raw<{ rows: { tenantId: string }[] }>('select due_reseal(?, ?) as "tenantId"', [
      sealer.current,
      [...sealer.keyIds],
    ])
    return rows.map(({ tenantId }) => tenantId)
  },

  async keyCounts(): Promise<KeyCount[]> {
    const { rows } = await db.raw<{ rows: KeyCount[] }>(
      'select place, key, bound, values_sealed as values from key_counts()',
    )
    return rows
  },

  /** Companies whose checks (定期チェック) are due, or have to be looked after. */
  async checks(by: { now: Date; plans: Date; checks: Date }): Promise<string[]> {
    const { rows } = await db.raw<{ rows: { tenantId: string }[] }>('select due_checks(?, ?, ?) as "tenantId"', [
      by.now,
      by.plans,
      by.checks,
    ])
    return rows.map(({ tenantId }) => tenantId)
  },

  async ends(): Promise<{ tenantId: string; chore: EndChore }[]> {
    const { rows } = await db.raw<{ rows: { tenantId: string; chore: EndChore }[] }>(
      'select tenant_id as "tenantId", chore from due_ends(?)',
      [IDLE_AT_ONCE],
    )
    return rows
  },

  /** What counts for no company in particular. */
  forgetCounts: (): Promise<number> => forgetCounts(db),
})

export type DueStore = ReturnType<typeof createDueStore>
