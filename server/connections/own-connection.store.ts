import type { Knex } from 'knex'
import type { Account } from '../contract/contract.js'
import { credentialsSealer } from '../platform/credentials.js'
import type { Sealer } from '../platform/seal.js'
import { endConnection, inForce, type Connection } from './connection.rows.js'

/** Connections that each administrator has for a limited time. */
export function createOwnConnectionStore(db: Knex, tenantId: string, sealer: Sealer) {
  const { seal } = credentialsSealer(sealer, 'connections.credentials')

  return {
    /** An administrator's own connection, made or renewed. `first`: this company has never been connected before. */
    async connect(order: {
      connector: string
      owner: string
      account: Account
      validUntil: Date
      now: Date
    }): Promise<'first' | 'connected'> {
      const { connector, owner, account } = order
      const before: unknown = await db('connections').where({ tenant_id: tenantId, connector }).first('id')
      const values = {
        account_id: account.id,
        account_code: account.code,
        account_name: account.name,
        valid_until: order.validUntil,
        warned_at: null,
        created_at: order.now,
      }
      const renewed = await db('connections')
        .where({ tenant_id: tenantId, connector, owner })
        .whereIn('state', inForce)
        .update({ ...values, state: 'active', updated_at: db.fn.now() })
      if (renewed === 0) {
        const credentials = seal(tenantId, { accessToken: '', refreshToken: null })
        await db('connections').insert({
          ...values,
          tenant_id: tenantId,
          connector,
          owner,
          state: 'active',
          credentials,
          created_by: owner,
        })
      }
      return before === undefined ? 'first' : 'connected'
    },

    /** 連携を解除する of one administrator. */
    end: (connection: Connection, now: Date): Promise<void> => endConnection(db, tenantId, connection.id, now),

    /** As if this company had never been connected: the first connection could not be finished. */
    async forget(connector: string): Promise<void> {
      await db('connections').where({ tenant_id: tenantId, connector }).delete()
    },

    /** Connections that end before `until` and whose owners have not been told; from now on they count as told. */
    async toWarn(connector: string, until: Date, now: Date): Promise<string[]> {
      const rows = (await db('connections')
        .where({ tenant_id: tenantId, connector, warned_at: null })
        .whereIn('state', inForce)
        .whereNotNull('owner')
        .where('valid_until', '<=', until)
        .where('valid_until', '>', now)
        .update({ warned_at: now })
        .returning('id')) as { id: string }[]
      return rows.map(row => row.id)
    },
  }
}

export type OwnConnectionStore = ReturnType<typeof createOwnConnectionStore>
