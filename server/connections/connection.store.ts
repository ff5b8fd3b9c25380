import type { Knex } from 'knex'
import { tokenRows } from '../calls/token-rows.js'
import { credentialsSealer } from '../platform/credentials.js'
import type { Sealer } from '../platform/seal.js'
import { connectionRows, endConnection, inForce, type Connection } from './connection.rows.js'

export type { Connection, ConnectionState } from './connection.rows.js'

/** An account of a service. Another account of the same service has links and settings of its own. */
export interface AccountRef {
  connector: string
  accountId: string
}

/** A tenant's connections to services. At most one per service is in force; a partial unique index sees to it. */
export function createConnectionStore(db: Knex, tenantId: string, sealer: Sealer) {
  const { seal, open } = credentialsSealer(sealer, 'connections.credentials')
  const byId = (id: string) => db('connections').where({ tenant_id: tenantId, id })
  const shown = () => connectionRows(db, tenantId)

  const tokens = (id: string) =>
    tokenRows(db, {
      row: () => byId(id),
      seal: credentials => seal(tenantId, id, credentials),
      open: sealed => open(tenantId, id, sealed),
    })

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

    tokens,

    /** Its tokens, holding the row until the transaction ends. */
    lock: (id: string) => tokens(id).lock(),

    async markReconnectNeeded(id: string): Promise<void> {
      await tokens(id).markReconnectNeeded()
    },
  }
}

export type ConnectionStore = ReturnType<typeof createConnectionStore>
