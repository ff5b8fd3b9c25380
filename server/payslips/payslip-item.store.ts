import type { Knex } from 'knex'
import type { AccountRef } from '../connections/connection.store.js'
import type { ItemKind } from '../contract/statement.js'
import type { RegisteredItem } from './statement-items.js'

/** The items of a service's statements as a company registered them. */
export function createPayslipItemStore(db: Knex, tenantId: string) {
  const where = ({ connector, accountId }: AccountRef) => ({
    tenant_id: tenantId,
    connector,
    account_id: accountId,
  })

  return {
    async of(account: AccountRef): Promise<Map<string, RegisteredItem>> {
      const rows: { name: string; kind: ItemKind; shown: boolean }[] = await db('payslip_items')
        .where(where(account))
        .orderBy(['created_at', 'name'])
        .select('name', 'kind', 'shown')
      return new Map(rows.map(row => [row.name, row]))
    },

    /** Registers what is new; what is registered already stays as it is. */
    async add(account: AccountRef, items: readonly RegisteredItem[], now: Date): Promise<void> {
      if (items.length === 0) return
      await db('payslip_items')
        .insert(items.map(({ name, kind, shown }) => ({ ...where(account), name, kind, shown, created_at: now })))
        .onConflict(['tenant_id', 'connector', 'account_id', 'name'])
        .ignore()
    },

    /** Changes what is registered; names that are not registered are left alone. */
    async change(account: AccountRef, items: readonly RegisteredItem[]): Promise<void> {
      for (const { name, kind, shown } of items)
        await db('payslip_items')
          .where({ ...where(account), name })
          .update({ kind, shown })
    },
  }
}

export type PayslipItemStore = ReturnType<typeof createPayslipItemStore>
