import type { Knex } from 'knex'
import { credentialsSealer, type Credentials } from '../platform/credentials.js'
import type { Sealer } from '../platform/seal.js'
import type { StoredToken } from '../calls/token-keeper.js'

export type GrantState = 'active' | 'reconnect_needed'

interface GrantRow {
  id: string
  state: GrantState
  credentials: string
  expires_at: Date | null
}

/** What each administrator allowed us in SmartHR. */
export function createGrantStore(db: Knex, tenantId: string, sealer: Sealer) {
  const { seal, open } = credentialsSealer(sealer, 'smarthr_grants.credentials')
  const grants = (adminId: string) => db('smarthr_grants').where({ tenant_id: tenantId, admin_id: adminId })

  const held = (row: GrantRow | undefined): StoredToken | null =>
    row
      ? { id: row.id, active: row.state === 'active', expiresAt: row.expires_at, ...open(tenantId, row.credentials) }
      : null

  return {
    /** A new sign-in replaces what was there. */
    async replace(adminId: string, credentials: Credentials, expiresAt: Date | null): Promise<void> {
      const values = { state: 'active', credentials: seal(tenantId, credentials), expires_at: expiresAt }
      await db('smarthr_grants')
        .insert({ tenant_id: tenantId, admin_id: adminId, ...values })
        .onConflict(['tenant_id', 'admin_id'])
        .merge({ ...values, updated_at: db.fn.now() })
    },

    async state(adminId: string): Promise<GrantState | null> {
      const row = (await grants(adminId).first('state')) as { state: GrantState } | undefined
      return row?.state ?? null
    },

    async read(adminId: string): Promise<StoredToken | null> {
      return held((await grants(adminId).first()) as GrantRow | undefined)
    },

    /** As `read`, holding the row until the transaction ends: refreshes take turns across processes. */
    async lock(adminId: string): Promise<StoredToken | null> {
      return held((await grants(adminId).forUpdate().first()) as GrantRow | undefined)
    },

    async renewed(adminId: string, credentials: Credentials, expiresAt: Date | null): Promise<void> {
      await grants(adminId).update({
        state: 'active',
        credentials: seal(tenantId, credentials),
        expires_at: expiresAt,
        updated_at: db.fn.now(),
      })
    },

    async markReconnectNeeded(adminId: string): Promise<void> {
      await grants(adminId).update({ state: 'reconnect_needed', updated_at: db.fn.now() })
    },
  }
}

export type GrantStore = ReturnType<typeof createGrantStore>
