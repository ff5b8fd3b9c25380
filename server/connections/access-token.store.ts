import type { Knex } from 'knex'
import { within } from '../platform/db.js'
import type { FeedPermission } from '../contract/contract.js'

export interface AccessToken extends FeedPermission {
  id: string
  connectionId: string
  connector: string
  name: string
  memo: string
  createdByName: string
  createdAt: Date
  lastUsedAt: Date | null
  revokedAt: Date | null
}

/** Where each part of a token stands in the database. */
const columns: Readonly<Record<keyof AccessToken, string>> = {
  id: 'access_tokens.id',
  connectionId: 'access_tokens.connection_id',
  connector: 'access_tokens.connector',
  name: 'access_tokens.name',
  memo: 'access_tokens.memo',
  resources: 'access_tokens.resources',
  attributes: 'access_tokens.attributes',
  createdByName: 'admins.name',
  createdAt: 'access_tokens.created_at',
  lastUsedAt: 'access_tokens.last_used_at',
  revokedAt: 'access_tokens.revoked_at',
}

/** Shown of a company's tokens; revoked ones come last. */
const SHOWN = 200

/** "Last used" need not be more exact than this. */
const NOTED_EVERY_MS = 60_000

/** Tokens a company issued for a service. Of the tokens themselves only hashes are kept. */
export function createAccessTokenStore(db: Knex, tenantId: string) {
  const tokens = (): Knex.QueryBuilder<object, AccessToken[]> =>
    db<object>('access_tokens')
      .join<object>('admins', 'admins.id', 'access_tokens.created_by')
      .where('access_tokens.tenant_id', tenantId)
      .select(columns)

  return {
    async list(connector: string): Promise<AccessToken[]> {
      return tokens()
        .where({ connector })
        .orderByRaw('revoked_at is not null, access_tokens.created_at desc, access_tokens.id')
        .limit(SHOWN)
    },

    async find(id: string): Promise<AccessToken | null> {
      return (await tokens().where('access_tokens.id', id).first()) ?? null
    },

    /** What a service could fetch with the connection's tokens. */
    async resourcesInForce(connectionId: string): Promise<string[]> {
      const rows: { resource: string }[] = await db('access_tokens')
        .where({ tenant_id: tenantId, connection_id: connectionId, revoked_at: null })
        .distinct(db.raw('unnest(resources) as resource'))
      return rows.map(row => row.resource)
    },

    /** False: a token with this id was issued before, by the same form. */
    async add(
      order: FeedPermission & {
        id: string
        connectionId: string
        connector: string
        name: string
        memo: string
        hash: Buffer
        adminId: string
        now: Date
      },
    ): Promise<boolean> {
      const added: unknown[] = await db('access_tokens')
        .insert({
          id: order.id,
          tenant_id: tenantId,
          connection_id: order.connectionId,
          connector: order.connector,
          name: order.name,
          memo: order.memo,
          resources: order.resources,
          attributes: order.attributes,
          created_by: order.adminId,
          created_at: order.now,
        })
        .onConflict('id')
        .ignore()
        .returning('id')
      if (added.length === 0) return false
      await db('access_token_hashes').insert({ hash: order.hash, tenant_id: tenantId, token_id: order.id })
      return true
    },

    /** Notes that the token was used, but not more than once a minute. */
    async used(id: string, now: Date): Promise<void> {
      await db('access_tokens')
        .where({ tenant_id: tenantId, id })
        .where(on =>
          on.whereNull('last_used_at').orWhere('last_used_at', '<', new Date(now.getTime() - NOTED_EVERY_MS)),
        )
        .update({ last_used_at: now })
    },

    /** ［無効にする］: from now on it opens nothing. False: it was revoked before. */
    async revoke(id: string, now: Date): Promise<boolean> {
      const revoked = await db('access_tokens')
        .where({ tenant_id: tenantId, id, revoked_at: null })
        .update({ revoked_at: now })
      await db('access_token_hashes').where({ tenant_id: tenantId, token_id: id }).delete()
      return revoked === 1
    },

    /** The connection is gone, and all its tokens with it. */
    async revokeAll(connectionId: string, now: Date): Promise<void> {
      const ids = db('access_tokens').where({ tenant_id: tenantId, connection_id: connectionId }).select('id')
      await db('access_token_hashes').where({ tenant_id: tenantId }).whereIn('token_id', ids).delete()
      await db('access_tokens')
        .where({ tenant_id: tenantId, connection_id: connectionId, revoked_at: null })
        .update({ revoked_at: now })
    },
  }
}

/** Which company's token a hash is, asked before the company is known. */
export function createTokenOwners(db: Knex, answerWithinMs = 0) {
  return {
    async ofHash(hash: Buffer): Promise<{ tenantId: string; tokenId: string } | null> {
      const query = db('access_token_hashes').where({ hash }).first('tenant_id', 'token_id')
      const row = (await within(answerWithinMs, query)) as { tenant_id: string; token_id: string } | undefined
      return row ? { tenantId: row.tenant_id, tokenId: row.token_id } : null
    },
  }
}

export type TokenOwners = ReturnType<typeof createTokenOwners>
export type AccessTokenStore = ReturnType<typeof createAccessTokenStore>
