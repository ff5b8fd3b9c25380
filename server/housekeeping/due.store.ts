import type { Knex } from 'knex'

/** What of a company may be due. */
export type Chore = 'stranded' | 'plans' | 'people' | 'snapshots' | 'links' | 'pending'

/** From when on each is due. */
export interface DueBy {
  now: Date
  plans: Date
  people: Date
  pending: Date
  snapshots: readonly { connector: string; flow: string; before: Date }[]
  links: readonly { connector: string; until: Date }[]
}

/** Which companies there is something to do for, asked before a company is known: two statements, however many there are. */
export const createDueStore = (db: Knex) => ({
  async find({ now, plans, people, pending, snapshots, links }: DueBy): Promise<{ tenantId: string; chore: Chore }[]> {
    const { rows } = await db.raw<{ rows: { tenantId: string; chore: Chore }[] }>(
      'select tenant_id as "tenantId", chore from due_work(?, ?, ?, ?, ?)',
      [now, plans, pending, JSON.stringify(snapshots), JSON.stringify(links)],
    )
    const companies = await db.raw<{ rows: { tenantId: string }[] }>('select due_people(?) as "tenantId"', [people])
    return [...rows, ...companies.rows.map(({ tenantId }) => ({ tenantId, chore: 'people' as const }))]
  },
})

export type DueStore = ReturnType<typeof createDueStore>
