import type { Knex } from 'knex'
import type { StoredToken } from '../calls/token-keeper.js'
import { noRefresh, refreshColumn, refreshTurns } from '../calls/token-rows.js'
import { credentialsSealer, type Credentials } from '../platform/credentials.js'
import type { Sealer } from '../platform/seal.js'
import { connectionRows, endConnection, inForce, type Connection, type ConnectionState } from './connection.rows.js'

export type { Connection, ConnectionState } from './connection.rows.js'

/** An account of a service. Another account of the same service has links and settings of its own. */
export interface AccountRef {
  connector: string
  accountId: string
}

interface HeldRow {
  id: string
  state: ConnectionState
  credentials: string | null
  expires_at: Date | null
  refresh: StoredToken['refresh']
}

/** A tenant's connections to services. At most one per service is in force; a partial unique index sees to it. */
export function createConnectionStore(db: Knex, tenantId: string, sealer: Sealer) {
  const { seal, open } = credentialsSealer(sealer, 'connections.credentials')
  const byId = (id: string) => db('connections').where({ tenant_id: tenantId, id })
  const shown = () => connectionRows(db, tenantId)

  const held = (row: HeldRow | undefined): StoredToken | null =>
    row?.credentials
      ? {
          id: row.id,
          sealed: row.credentials,
          refresh: row.refresh,
          active: row.state !== 'reconnect_needed',
          expiresAt: row.expires_at,
          ...open(tenantId, row.credentials),
        }
      : null

  return {
    /** The connection in force, if any: the company's, or an administrator's own. */
    async current(connector: string, owner: string | null = null): Promise<Connection | null> {
      return (await shown().where({ connector, owner }).whereIn('state', inForce).first()) ?? null
    },

    async find(id: string): Promise<Connection | null> {
      return (await shown().where('connections.id', id).first()) ?? null
    },

    /** 連携を解除: the credentials go at once, links and runs stay. */
    end: (id: string, now: Date): Promise<void> => endConnection(db, tenantId, id, now),

    async read(id: string): Promise<StoredToken | null> {
      return held((await byId(id).first('connections.*', refreshColumn(db))) as HeldRow | undefined)
    },

    /** As `read`, holding the row until the transaction ends. */
    async lock(id: string): Promise<StoredToken | null> {
      return held((await byId(id).forUpdate().first('connections.*', refreshColumn(db))) as HeldRow | undefined)
    },

    refreshes: (id: string) => refreshTurns(db, () => byId(id)),

    /** False: the tokens are no longer those that were refreshed. */
    async renewed(
      id: string,
      sealed: string,
      { credentials, expiresAt }: { credentials: Credentials; expiresAt: Date | null },
    ): Promise<boolean> {
      const changed = await byId(id)
        .where({ credentials: sealed })
        .update({
          credentials: seal(tenantId, credentials),
          expires_at: expiresAt,
          updated_at: db.fn.now(),
          ...noRefresh,
        })
      return changed === 1
    },

    /** `sealed`: only while the tokens are still these. False: nothing is changed. */
    async markReconnectNeeded(id: string, sealed?: string): Promise<boolean> {
      const changed = await byId(id)
        .where({ state: 'active', ...(sealed !== undefined && { credentials: sealed }) })
        .update({ state: 'reconnect_needed', updated_at: db.fn.now() })
      return changed === 1
    },
  }
}

export type ConnectionStore = ReturnType<typeof createConnectionStore>
