import type { Knex } from 'knex'
import { oneAtATime } from '../platform/one-at-a-time.js'
import type { FieldRules } from '../contract/field-rules.js'

/** 項目の設定, per account of the service. */
export function createFieldRulesStore(db: Knex, tenantId: string) {
  return {
    /** What was saved last; null: nothing ever was, and all fields go as their connector has them. */
    async find(connector: string, accountId: string): Promise<FieldRules | null> {
      const row = (await db('field_rules')
        .where({ tenant_id: tenantId, connector, account_id: accountId })
        .first('rules')) as { rules: FieldRules } | undefined
      return row?.rules ?? null
    },

    /** Whoever saves at the same moment waits. */
    lock: (connector: string, accountId: string) => oneAtATime(db, 'field_rules', tenantId, connector, accountId),

    async save(
      connector: string,
      accountId: string,
      order: { rules: FieldRules; adminId: string; now: Date },
    ): Promise<void> {
      const values = { rules: JSON.stringify(order.rules), updated_by: order.adminId, updated_at: order.now }
      await db('field_rules')
        .insert({ tenant_id: tenantId, connector, account_id: accountId, ...values })
        .onConflict(['tenant_id', 'connector', 'account_id'])
        .merge(values)
    },
  }
}

export type FieldRulesStore = ReturnType<typeof createFieldRulesStore>
