import type { Knex } from 'knex'

export interface Admin {
  id: string
  smarthrUserId: string
  /** where result mails go */
  email: string
  name: string
}

interface AdminRow {
  id: string
  smarthr_user_id: string
  email: string
  name: string
}

const fromRow = (row: AdminRow): Admin => ({
  id: row.id,
  smarthrUserId: row.smarthr_user_id,
  email: row.email,
  name: row.name,
})

/** The administrators who signed in. */
export function createAdminStore(db: Knex, tenantId: string) {
  return {
    async find(id: string): Promise<Admin | null> {
      const row = (await db('admins').where({ tenant_id: tenantId, id }).first()) as AdminRow | undefined
      return row ? fromRow(row) : null
    },

    async signedIn(admin: Omit<Admin, 'id'>, now: Date): Promise<Admin> {
      const [row] = (await db('admins')
        .insert({
          tenant_id: tenantId,
          smarthr_user_id: admin.smarthrUserId,
          email: admin.email,
          name: admin.name,
          signed_in_at: now,
        })
        .onConflict(['tenant_id', 'smarthr_user_id'])
        .merge({ email: admin.email, name: admin.name, signed_in_at: now })
        .returning('*')) as AdminRow[]
      if (!row) throw new Error('insert returned no admin')
      return fromRow(row)
    },
  }
}

export type AdminStore = ReturnType<typeof createAdminStore>
