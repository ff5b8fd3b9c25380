import type { Knex } from 'knex'
import type { Account } from '../contract/contract.js'
import { credentialsSealer, type Credentials } from '../platform/credentials.js'
import type { Sealer } from '../platform/seal.js'
import type { HeldToken } from '../calls/token-keeper.js'

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
  /** the administrator whose own connection it is; null: the company's */
  owner: string | null
  /** when a connection of limited life ends */
  validUntil: Date | null
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
  owner: string | null
  valid_until: Date | null
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
  owner: row.owner,
  validUntil: row.valid_until,
})

/** An account of a service. Another account of the same service has links and settings of its own. */
export interface AccountRef {
  connector: string
  accountId: string
}

/** `gone`: somebody confirmed or dropped it in the meantime. `taken`: another account is in force. */
export type Activation = 'active' | 'gone' | 'taken'

const UNIQUE_VIOLATION = '23505'

/** A tenant's connections to services. At most one per service is in force; a partial unique index sees to it. */
export function createConnectionStore(db: Knex, tenantId: string, sealer: Sealer) {
  const { seal, open } = credentialsSealer(sealer, 'connections.credentials')
  const byId = (id: string) => db('connections').where({ tenant_id: tenantId, id })
  const shown = () =>
    db('connections')
      .join('admins', 'admins.id', 'connections.created_by')
      .where('connections.tenant_id', tenantId)
      .select('connections.*', 'admins.name as created_by_name')
  const inForce: readonly ConnectionState[] = ['active', 'reconnect_needed']

  const held = (row: ConnectionRow | undefined): HeldToken | null =>
    row?.credentials
      ? {
          id: row.id,
          active: row.state !== 'reconnect_needed',
          expiresAt: row.expires_at,
          ...open(tenantId, row.credentials),
        }
      : null

  return {
    /** The connection in force, if any: the company's, or an administrator's own. */
    async current(connector: string, owner: string | null = null): Promise<Connection | null> {
      const row = (await shown().where({ connector, owner }).whereIn('state', inForce).first()) as
        ConnectionRow | undefined
      return row ? fromRow(row) : null
    },

    async find(id: string): Promise<Connection | null> {
      const row = (await shown().where('connections.id', id).first()) as ConnectionRow | undefined
      return row ? fromRow(row) : null
    },

    async pending(connector: string, adminId: string): Promise<Connection | null> {
      const row = (await shown().where({ connector, state: 'pending', created_by: adminId }).first()) as
        ConnectionRow | undefined
      return row ? fromRow(row) : null
    },

    /** Keeps fresh tokens until the administrator confirms; an older unconfirmed try of the same person goes. Returns its id. */
    async addPending(order: {
      connector: string
      adminId: string
      account: Account
      credentials: Credentials
      expiresAt: Date | null
      now: Date
    }): Promise<string> {
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
     * its row gets the new tokens, so that runs and links go on. `gone` also when another one came first at this very
     * moment: the index refuses ours, the transaction is over, and another look sees theirs.
     */
    async activate(pending: Connection): Promise<Activation> {
      const row = (await byId(pending.id).where({ state: 'pending' }).forUpdate().first()) as ConnectionRow | undefined
      if (!row) return 'gone'
      const now = (await db('connections')
        .where({ tenant_id: tenantId, connector: pending.connector })
        .whereIn('state', inForce)
        .forUpdate()
        .first()) as ConnectionRow | undefined
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
        credentials: row.credentials,
        expires_at: row.expires_at,
        account_name: row.account_name,
        account_code: row.account_code,
        updated_at: db.fn.now(),
      })
      await byId(pending.id).delete()
      return 'active'
    },

    async dropPending(connector: string, adminId: string): Promise<void> {
      await db('connections').where({ tenant_id: tenantId, connector, state: 'pending', created_by: adminId }).delete()
    },

    /** Unconfirmed tokens are not kept; returns how many went. */
    async dropStalePending(before: Date): Promise<number> {
      return db('connections')
        .where({ tenant_id: tenantId, state: 'pending' })
        .where('created_at', '<', before)
        .delete()
    },

    /**
     * An administrator's own connection, made or renewed. `taken`: the account belongs to another company. `first`: this
     * company has never been connected before.
     */
    async connectOwn(order: {
      connector: string
      owner: string
      account: Account
      validUntil: Date
      now: Date
    }): Promise<'taken' | 'first' | 'connected'> {
      const { connector, owner, account } = order
      await db('account_owners')
        .insert({ connector, account_id: account.id, tenant_id: tenantId })
        .onConflict()
        .ignore()
      const holder = (await db('account_owners').where({ connector, account_id: account.id }).first('tenant_id')) as
        { tenant_id: string } | undefined
      if (holder?.tenant_id !== tenantId) return 'taken'
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

    /** 連携を解除する of one administrator. After the last one the account is free for another company. */
    async endOwn(connection: Connection, now: Date): Promise<void> {
      const { connector, accountId } = connection
      await this.end(connection.id, now)
      const left: unknown = await db('connections')
        .where({ tenant_id: tenantId, connector, account_id: accountId })
        .whereIn('state', inForce)
        .first('id')
      if (left === undefined) {
        await db('account_owners').where({ connector, account_id: accountId, tenant_id: tenantId }).delete()
      }
    },

    /** As if this company had never been connected: the first connection could not be finished. */
    async forget(connector: string): Promise<void> {
      await db('connections').where({ tenant_id: tenantId, connector }).delete()
      await db('account_owners').where({ tenant_id: tenantId, connector }).delete()
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

    /** 連携を解除: the credentials go at once, links and runs stay. */
    async end(id: string, now: Date): Promise<void> {
      await byId(id).update({ state: 'ended', credentials: null, expires_at: null, ended_at: now })
    },

    async read(id: string): Promise<HeldToken | null> {
      return held((await byId(id).first()) as ConnectionRow | undefined)
    },

    /** As `read`, holding the row until the transaction ends: refreshes take turns across processes. */
    async lock(id: string): Promise<HeldToken | null> {
      return held((await byId(id).forUpdate().first()) as ConnectionRow | undefined)
    },

    async renewed(id: string, credentials: Credentials, expiresAt: Date | null): Promise<void> {
      await byId(id).update({
        credentials: seal(tenantId, credentials),
        expires_at: expiresAt,
        updated_at: db.fn.now(),
      })
    },

    async markReconnectNeeded(id: string): Promise<void> {
      await byId(id).where({ state: 'active' }).update({ state: 'reconnect_needed', updated_at: db.fn.now() })
    },
  }
}

export type ConnectionStore = ReturnType<typeof createConnectionStore>
