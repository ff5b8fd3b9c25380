import type { Knex } from 'knex'
import { credentialsSealer, type Credentials } from '../platform/credentials.js'
import type { Sealer } from '../platform/seal.js'
import type { StoredToken } from '../calls/token-keeper.js'
import { noRefresh, refreshColumn, refreshTurns } from '../calls/token-rows.js'

export type GrantState = 'active' | 'reconnect_needed'

interface GrantRow {
  id: string
  state: GrantState
  credentials: string
  expires_at: Date | null
  refresh: StoredToken['refresh']
}

/** What each administrator allowed us in SmartHR. */
export function createGrantStore(db: Knex, tenantId: string, sealer: Sealer) {
  const { seal, open } = credentialsSealer(sealer, 'smarthr_grants.credentials')
  const grants = (adminId: string) => db('smarthr_grants').where({ tenant_id: tenantId, admin_id: adminId })

  const held = (row: GrantRow | undefined): StoredToken | null =>
    row
      ? {
          id: row.id,
          sealed: row.credentials,
          active: row.state === 'active',
          expiresAt: row.expires_at,
          refresh: row.refresh,
          ...open(tenantId, row.credentials),
        }
      : null

  return {
    /** A new sign-in replaces what was there. */
    async replace(adminId: string, credentials: Credentials, expiresAt: Date | null): Promise<void> {
      const values = { state: 'active', credentials: seal(tenantId, credentials), expires_at: expiresAt, ...noRefresh }
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
      return held((await grants(adminId).first('smarthr_grants.*', refreshColumn(db))) as GrantRow | undefined)
    },

    refreshes: (adminId: string) => refreshTurns(db, () => grants(adminId)),

    /** False: the tokens are no longer those that were refreshed. */
    async renewed(
      adminId: string,
      sealed: string,
      { credentials, expiresAt }: { credentials: Credentials; expiresAt: Date | null },
    ): Promise<boolean> {
      const changed = await grants(adminId)
        .where({ credentials: sealed })
        .update({
          state: 'active',
          credentials: seal(tenantId, credentials),
          expires_at: expiresAt,
          updated_at: db.fn.now(),
          ...noRefresh,
        })
      return changed === 1
    },

    /** `sealed`: only while the tokens are still these. False: they are not. */
    async markReconnectNeeded(adminId: string, sealed?: string): Promise<boolean> {
      const changed = await grants(adminId)
        .where(sealed === undefined ? {} : { credentials: sealed })
        .update({ state: 'reconnect_needed', updated_at: db.fn.now() })
      return changed === 1
    },
  }
}

export type GrantStore = ReturnType<typeof createGrantStore>
