import type { Knex } from 'knex'
import { oneAtATime } from '../platform/one-at-a-time.js'
import type { SavedTable, TableEntries, TableUse } from '../contract/value-tables.js'

/** How many people of a plan have each value of a table's source, and of when that is. */
export interface TableHeads {
  counts: Readonly<Record<string, number>>
  fetchedAt: Date
}

/** 対応表, per account of the service. */
export function createValueTableStore(db: Knex, tenantId: string) {
  const columns = { id: 'id', use: 'used', entries: 'entries' }
  return {
    /** What was saved last of each table, by its name. */
    async current(connector: string, accountId: string): Promise<Readonly<Record<string, SavedTable>>> {
      const rows = (await db('value_tables')
        .where({ tenant_id: tenantId, connector, account_id: accountId })
        .distinctOn('name')
        .orderBy([{ column: 'name' }, { column: 'id', order: 'desc' }])
        .select({ ...columns, name: 'name' })) as (SavedTable & { name: string })[]
      return Object.fromEntries(rows.map(({ name, ...table }) => [name, table]))
    },

    /** Whoever changes the same table at the same moment waits here until this transaction ends. */
    async oneAtATime(at: { connector: string; accountId: string; name: string }): Promise<void> {
      await oneAtATime(db, tenantId, at.connector, at.accountId, at.name)
    },

    /** What a run goes by, whatever was saved since. */
    async entriesOf(id: string): Promise<TableEntries> {
      const row = (await db('value_tables').where({ tenant_id: tenantId, id }).first('entries')) as
        { entries: TableEntries } | undefined
      if (!row) throw new Error('a run without its 対応表')
      return row.entries
    },

    /** Keeps what a table is from now on; a run that goes by an earlier one still does. */
    async save(
      at: { connector: string; accountId: string; name: string },
      order: { use: TableUse; entries: TableEntries; adminId: string; now: Date },
    ): Promise<void> {
      await db('value_tables').insert({
        tenant_id: tenantId,
        connector: at.connector,
        account_id: at.accountId,
        name: at.name,
        used: order.use,
        entries: JSON.stringify(order.entries),
        saved_by: order.adminId,
        saved_at: order.now,
      })
    },

    /** How many people had each value of a table's source when the flow was last read; null: it never was. */
    async heads(at: { connectionId: string; flow: string; name: string }): Promise<TableHeads | null> {
      const row = (await db('runs')
        .where({ tenant_id: tenantId, connection_id: at.connectionId, flow: at.flow })
        .whereRaw('table_heads -> ? is not null', [at.name])
        .orderBy('fetched_at', 'desc')
        .first(db.raw('table_heads -> ? as counts', [at.name]), 'fetched_at as fetchedAt')) as TableHeads | undefined
      return row ?? null
    },
  }
}

export type ValueTableStore = ReturnType<typeof createValueTableStore>
