import type { Knex } from 'knex'
import type { Account } from '../connectors/contract.js'
import { credentialsSealer, type Credentials } from '../platform/credentials.js'
import type { Sealer } from '../platform/seal.js'
import type { HeldToken } from '../platform/token-keeper.js'

export type ConnectionState = 'pending' | 'active' | 'reconnect_needed' | 'ended'

export interface Connection {
  id: string
  connector: string
  state: ConnectionState
  accountId: string
  accountCode: string
  accountName: string
  createdBy: string
  createdByName: string
  createdAt: Date
}

interface ConnectionRow {
  id: string
  connector: string
  state: ConnectionState
  account_id: string
  account_code: string
  account_name: string
  credentials: string | null
  expires_at: Date | null
  created_by: string
  created_by_name: string
  created_at: Date
}

const fromRow = (row: ConnectionRow): Connection => ({
  id: row.id,
  connector: row.connector,
  state: row.state,
  accountId: row.account_id,
  accountCode: row.account_code,
  accountName: row.account_name,
  createdBy: row.created_by,
  createdByName: row.created_by_name,
  createdAt: row.created_at,
})

/** `gone`: somebody confirmed or dropped it in the meantime. `taken`: another account is in force. */
export type Activation = 'active' | 'gone' | 'taken'

const UNIQUE_VIOLATION = '23505'

/** A tenant's links to services. At most one per service is in force; a partial unique index sees to it. */
export function createConnectionStore(db: Knex, sealer: Sealer) {
  const { seal, open } = credentialsSealer(sealer, 'connections.credentials')
  const byId = (tenantId: string, id: string) => db('connections').where({ tenant_id: tenantId, id })
  const shown = (tenantId: string) =>
    db('connections')
      .join('admins', 'admins.id', 'connections.created_by')
      .where('connections.tenant_id', tenantId)
      .select('connections.*', 'admins.name as created_by_name')
  const inForce: readonly ConnectionState[] = ['active', 'reconnect_needed']

  const held = (tenantId: string, row: ConnectionRow | undefined): HeldToken | null =>
    row?.credentials
      ? {
          id: row.id,
          active: row.state !== 'reconnect_needed',
          expiresAt: row.expires_at,
          ...open(tenantId, row.credentials),
        }
      : null

  return {
    /** The connection in force, if any. */
    async current(tenantId: string, connector: string): Promise<Connection | null> {
      const row = (await shown(tenantId).where({ connector }).whereIn('state', inForce).first()) as
        ConnectionRow | undefined
      return row ? fromRow(row) : null
    },

    async find(tenantId: string, id: string): Promise<Connection | null> {
      const row = (await shown(tenantId).where('connections.id', id).first()) as ConnectionRow | undefined
      return row ? fromRow(row) : null
    },

    async pending(tenantId: string, connector: string, adminId: string): Promise<Connection | null> {
      const row = (await shown(tenantId).where({ connector, state: 'pending', created_by: adminId }).first()) as
        ConnectionRow | undefined
      return row ? fromRow(row) : null
    },

    /** Keeps fresh tokens until the administrator confirms; an older unconfirmed try of the same person goes. Returns its id. */
    async addPending(
      tenantId: string,
      order: {
        connector: string
        adminId: string
        account: Account
        credentials: Credentials
        expiresAt: Date | null
        now: Date
      },
    ): Promise<string> {
      await db('connections')
        .where({ tenant_id: tenantId, connector: order.connector, state: 'pending', created_by: order.adminId })
        .delete()
      const [row] = (await db('connections')
        .insert({
          tenant_id: tenantId,
          connector: order.connector,
          state: 'pending',
          account_id: order.account.id,
          account_code: order.account.code,
          account_name: order.account.name,
          credentials: seal(tenantId, order.credentials),
          expires_at: order.expiresAt,
          created_by: order.adminId,
          created_at: order.now,
        })
        .returning('id')) as { id: string }[]
      if (!row) throw new Error('insert returned no connection')
      return row.id
    },

    /**
     * ［連携する］: the pending connection takes force. One in force for the same account (再連携) hands its place over:
     * its row gets the new tokens, so that runs and links go on. `gone` also when somebody else's came first at this
     * very moment: the index refuses ours, the transaction is over, and another look sees theirs.
     */
    async activate(tenantId: string, pending: Connection): Promise<Activation> {
      const row = (await byId(tenantId, pending.id).where({ state: 'pending' }).forUpdate().first()) as
        ConnectionRow | undefined
      if (!row) return 'gone'
      const now = (await db('connections')
        .where({ tenant_id: tenantId, connector: pending.connector })
        .whereIn('state', inForce)
        .forUpdate()
        .first()) as ConnectionRow | undefined
      if (!now) {
        try {
          await byId(tenantId, pending.id).update({ state: 'active', updated_at: db.fn.now() })
          return 'active'
        } catch (error) {
          if ((error as { code?: string }).code === UNIQUE_VIOLATION) return 'gone'
          throw error
        }
      }
      if (now.account_id !== row.account_id) return 'taken'
      await byId(tenantId, now.id).update({
        state: 'active',
        credentials: row.credentials,
        expires_at: row.expires_at,
        account_name: row.account_name,
        account_code: row.account_code,
        updated_at: db.fn.now(),
      })
      await byId(tenantId, pending.id).delete()
      return 'active'
    },

    async dropPending(tenantId: string, connector: string, adminId: string): Promise<void> {
      await db('connections').where({ tenant_id: tenantId, connector, state: 'pending', created_by: adminId }).delete()
    },

    /** Unconfirmed tokens are not kept; returns how many went. */
    async dropStalePending(tenantId: string, before: Date): Promise<number> {
      return db('connections')
        .where({ tenant_id: tenantId, state: 'pending' })
        .where('created_at', '<', before)
        .delete()
    },

    /** 連携を解除: the credentials go at once, links and runs stay. */
    async end(tenantId: string, id: string, now: Date): Promise<void> {
      await byId(tenantId, id).update({ state: 'ended', credentials: null, expires_at: null, ended_at: now })
    },

    async read(tenantId: string, id: string): Promise<HeldToken | null> {
      return held(tenantId, (await byId(tenantId, id).first()) as ConnectionRow | undefined)
    },

    /** As `read`, holding the row until the transaction ends: refreshes take turns across processes. */
    async lock(tenantId: string, id: string): Promise<HeldToken | null> {
      return held(tenantId, (await byId(tenantId, id).forUpdate().first()) as ConnectionRow | undefined)
    },

    async renewed(tenantId: string, id: string, credentials: Credentials, expiresAt: Date | null): Promise<void> {
      await byId(tenantId, id).update({
        credentials: seal(tenantId, credentials),
        expires_at: expiresAt,
        updated_at: db.fn.now(),
      })
    },

    async markReconnectNeeded(tenantId: string, id: string): Promise<void> {
      await byId(tenantId, id).where({ state: 'active' }).update({ state: 'reconnect_needed', updated_at: db.fn.now() })
    },
  }
}
