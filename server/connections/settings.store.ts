import type { Knex } from 'knex'
import { oneAtATime } from '../platform/one-at-a-time.js'

export type SavedSettings = Readonly<Record<string, string>>

/** A connector's settings, per account of the service: another account has other names and groups. */
export function createSettingsStore(db: Knex, tenantId: string) {
  return {
    async find(connector: string, accountId: string): Promise<SavedSettings | null> {
      const row = (await db('connection_settings')
        .where({ tenant_id: tenantId, connector, account_id: accountId })
        .first('settings')) as { settings: SavedSettings } | undefined
      return row?.settings ?? null
    },

    /** Whoever saves at the same moment waits. */
    lock: (connector: string, accountId: string) =>
      oneAtATime(db, 'connection_settings', tenantId, connector, accountId),

    async save(
      connector: string,
      accountId: string,
      order: { settings: SavedSettings; adminId: string; now: Date },
    ): Promise<void> {
      const values = { settings: JSON.stringify(order.settings), updated_by: order.adminId, updated_at: order.now }
      await db('connection_settings')
        .insert({ tenant_id: tenantId, connector, account_id: accountId, ...values })
        .onConflict(['tenant_id', 'connector', 'account_id'])
        .merge(values)
    },
  }
}

export type SettingsStore = ReturnType<typeof createSettingsStore>
