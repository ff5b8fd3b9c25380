import type { Knex } from 'knex'
import { credentialsSealer, type Credentials } from '../platform/credentials.js'
import type { Sealer } from '../platform/seal.js'

/** The log-in at a service that a run holds. */
export function createRunSessionStore(db: Knex, tenantId: string, sealer: Sealer) {
  const sealed = credentialsSealer(sealer, 'runs.session')

  return {
    /** The run's log-in at the service; null while there is none. */
    async find(id: string): Promise<Credentials | null> {
      const row = (await db('runs').where({ tenant_id: tenantId, id }).first('session')) as
        { session: string | null } | undefined
      return row?.session ? sealed.open(tenantId, id, row.session) : null
    },

    async keep(id: string, credentials: Credentials | null): Promise<void> {
      await db('runs')
        .where({ tenant_id: tenantId, id })
        .update({ session: credentials && sealed.seal(tenantId, id, credentials) })
    },
  }
}

export type RunSessionStore = ReturnType<typeof createRunSessionStore>
