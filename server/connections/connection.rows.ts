import type { Knex } from 'knex'

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

/** Where each part of a connection stands in the database. */
const columns: Readonly<Record<keyof Connection, string>> = {
  id: 'connections.id',
  connector: 'connections.connector',
  state: 'connections.state',
  accountId: 'connections.account_id',
  accountCode: 'connections.account_code',
  accountName: 'connections.account_name',
  createdBy: 'connections.created_by',
  createdByName: 'admins.name',
  createdAt: 'connections.created_at',
  owner: 'connections.owner',
  validUntil: 'connections.valid_until',
}

/** A company's connections, each as a `Connection`; to be narrowed by the caller. */
export const connectionRows = (db: Knex, tenantId: string): Knex.QueryBuilder<object, Connection[]> =>
  db<object>('connections')
    .join<object>('admins', 'admins.id', 'connections.created_by')
    .where('connections.tenant_id', tenantId)
    .select(columns)

/** In force: it works, or would work after a new consent. */
export const inForce: readonly ConnectionState[] = ['active', 'reconnect_needed']

/** 連携を解除: the credentials go at once, links and runs stay. */
export async function endConnection(db: Knex, tenantId: string, id: string, now: Date): Promise<void> {
  await db('connections')
    .where({ tenant_id: tenantId, id })
    .update({ state: 'ended', credentials: null, expires_at: null, ended_at: now })
}
