import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Account } from '../contract/contract.js'
import { credentialsSealer, type Credentials } from '../platform/credentials.js'
import type { Sealer } from '../platform/seal.js'
import { connectionRows, inForce, type Connection } from './connection.rows.js'

/** `gone`: it was confirmed or dropped in the meantime. `taken`: another account is in force. */
export type Activation = 'active' | 'gone' | 'taken'

/** What a connection takes over from the one that renews it. */
interface Renewal {
  account_id: string
  account_code: string
  account_name: string
  credentials: string | null
  expires_at: Date | null
}

const UNIQUE_VIOLATION = '23505'

/** Connections that wait for the administrator to confirm them. */
export function createPendingConnectionStore(db: Knex, tenantId: string, sealer: Sealer) {
  const { seal, open } = credentialsSealer(sealer, 'connections.credentials')
  const byId = (id: string) => db('connections').where({ tenant_id: tenantId, id })
  const pendingOf = (connector: string, adminId: string) =>
    db('connections').where({ tenant_id: tenantId, connector, state: 'pending', created_by: adminId })

  return {
    async find(connector: string, adminId: string): Promise<Connection | null> {
      const rows = connectionRows(db, tenantId).where({ connector, state: 'pending', created_by: adminId })
      return (await rows.first()) ?? null
    },

    /** Keeps fresh tokens until the administrator confirms. An older try of the same administrator goes. Returns its id. */
    async add(order: {
      connector: string
      adminId: string
      account: Account
      credentials: Credentials
      expiresAt: Date | null
      now: Date
    }): Promise<string> {
      await pendingOf(order.connector, order.adminId).delete()
      const id = randomUUID()
      await db('connections').insert({
        id,
        tenant_id: tenantId,
        connector: order.connector,
        state: 'pending',
        account_id: order.account.id,
        account_code: order.account.code,
        account_name: order.account.name,
        credentials: seal(tenantId, id, order.credentials),
        expires_at: order.expiresAt,
        created_by: order.adminId,
        created_at: order.now,
      })
      return id
    },

    /**
     * ［連携する］: the pending connection takes force. One in force for the same account (再連携) hands its place over:
     * its row gets the new tokens, so that runs and links go on. `gone` also when another one came first at this very
     * moment: the index refuses ours, the transaction is over, and another look sees theirs.
     */
    async activate(pending: Connection): Promise<Activation> {
      const row = (await byId(pending.id).where({ state: 'pending' }).forUpdate().first()) as Renewal | undefined
      if (!row) return 'gone'
      const now = (await db('connections')
        .where({ tenant_id: tenantId, connector: pending.connector })
        .whereIn('state', inForce)
        .forUpdate()
        .first()) as (Renewal & { id: string }) | undefined
      if (!now) {
        try {
          await byId(pending.id).update({ state: 'active', updated_at: db.fn.now() })
          return 'active'
        } catch (error) {
          if ((error as { code?: string }).code === UNIQUE_VIOLATION) return 'gone'
          throw error
        }
      }
      if (now.account_id !== row.account_id) return 'taken'
      await byId(now.id).update({
        state: 'active',
        // sealed anew: a sealed text opens in its own row alone
        credentials: row.credentials && seal(tenantId, now.id, open(tenantId, pending.id, row.credentials)),
        expires_at: row.expires_at,
        account_name: row.account_name,
        account_code: row.account_code,
        updated_at: db.fn.now(),
      })
      await byId(pending.id).delete()
      return 'active'
    },

    /** False: there was none. */
    async drop(connector: string, adminId: string): Promise<boolean> {
      return (await pendingOf(connector, adminId).delete()) > 0
    },

    /** Unconfirmed tokens are not kept; returns how many went. */
    async dropStale(before: Date): Promise<number> {
      return db('connections')
        .where({ tenant_id: tenantId, state: 'pending' })
        .where('created_at', '<', before)
        .delete()
    },
  }
}

export type PendingConnectionStore = ReturnType<typeof createPendingConnectionStore>
