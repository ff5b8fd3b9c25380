import type { Knex } from 'knex'
import { credentialsSealer, type Credentials } from '../platform/credentials.js'
import type { Sealer } from '../platform/seal.js'
import { noRefresh, tokenRows } from '../calls/token-rows.js'

export type GrantState = 'active' | 'reconnect_needed'

/** What each administrator allowed us in SmartHR. */
export function createGrantStore(db: Knex, tenantId: string, sealer: Sealer) {
  const { seal, open } = credentialsSealer(sealer, 'smarthr_grants.credentials')
  const grants = (adminId: string) => db('smarthr_grants').where({ tenant_id: tenantId, admin_id: adminId })

  const tokens = (adminId: string) =>
    tokenRows(db, {
      row: () => grants(adminId),
      seal: credentials => seal(tenantId, adminId, credentials),
      open: sealed => open(tenantId, adminId, sealed),
    })

  return {
    /** A new sign-in replaces what was there. */
    async replace(adminId: string, credentials: Credentials, expiresAt: Date | null): Promise<void> {
      const values = {
        state: 'active',
        credentials: seal(tenantId, adminId, credentials),
        expires_at: expiresAt,
        ...noRefresh,
      }
      await db('smarthr_grants')
        .insert({ tenant_id: tenantId, admin_id: adminId, ...values })
        .onConflict(['tenant_id', 'admin_id'])
        .merge({ ...values, updated_at: db.fn.now() })
    },

    async state(adminId: string): Promise<GrantState | null> {
      const row = (await grants(adminId).first('state')) as { state: GrantState } | undefined
      return row?.state ?? null
    },

    tokens,

    /** Deletes what an administrator allowed; gives the token by which SmartHR can be told, null where there was none. */
    async end(adminId: string): Promise<string | null> {
      // What no key opens any more goes all the same.
      const held = await tokens(adminId)
        .lock()
        .catch(() => null)
      await grants(adminId).delete()
      return held && (held.refreshToken ?? held.accessToken)
    },

    async markReconnectNeeded(adminId: string): Promise<void> {
      await tokens(adminId).markReconnectNeeded()
    },
  }
}

export type GrantStore = ReturnType<typeof createGrantStore>
