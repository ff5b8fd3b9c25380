import type { Knex } from 'knex'

export interface Admin {
  id: string
  smarthrUserId: string
  /** where result mails go */
  email: string
  /** as SmartHR has it of an employee; else the address */
  name: string
}

/** Where each part of an administrator stands in the database. */
const columns: Readonly<Record<keyof Admin, string>> = {
  id: 'id',
  smarthrUserId: 'smarthr_user_id',
  email: 'email',
  name: 'name',
}
const returned = Object.entries(columns).map(([name, column]) => `${column} as ${name}`)

/** What an administrator allowed us in SmartHR: it goes with the right. */
const grantsOf = (db: Knex) => db('smarthr_grants as held').whereRaw('held.admin_id = admins.id')

/** The administrators who signed in. */
export function createAdminStore(db: Knex, tenantId: string) {
  return {
    async find(id: string): Promise<Admin | null> {
      const row: Admin | undefined = await db('admins').where({ tenant_id: tenantId, id }).first(columns)
      return row ?? null
    },

    /** Everybody who signed in and has not lost the right since, by name. */
    async administrators(): Promise<Admin[]> {
      return (await db('admins')
        .where({ tenant_id: tenantId })
        .whereExists(grantsOf(db))
        .orderBy(['name', 'created_at'])
        .select(columns)) as Admin[]
    },

    /** False once SmartHR has said that the person is none any more. */
    async isAdministrator(id: string): Promise<boolean> {
      const row: unknown = await db('admins').where({ tenant_id: tenantId, id }).whereExists(grantsOf(db)).first('id')
      return row !== undefined
    },

    async bySmarthrUser(smarthrUserId: string): Promise<Admin | null> {
      const row: Admin | undefined = await db('admins')
        .where({ tenant_id: tenantId, smarthr_user_id: smarthrUserId })
        .first(columns)
      return row ?? null
    },

    /** Ends the person's sessions but the one with this hash (none: all); returns how many those were. */
    async endOtherSessions(id: string, kept: string): Promise<number> {
      const { rows } = await db.raw<{ rows: { ended: number }[] }>('select sessions_end_others(?, ?) as ended', [
        id,
        kept,
      ])
      return rows[0]?.ended ?? 0
    },

    /** `name` undefined: nobody could say; what is known stays, or the address stands in for it. */
    async signedIn(admin: Omit<Admin, 'id' | 'name'> & { name: string | undefined }, now: Date): Promise<Admin> {
      const [stored]: Admin[] = await db('admins')
        .insert({
          tenant_id: tenantId,
          smarthr_user_id: admin.smarthrUserId,
          email: admin.email,
          name: admin.name ?? admin.email,
          signed_in_at: now,
        })
        .onConflict(['tenant_id', 'smarthr_user_id'])
        .merge({ email: admin.email, name: admin.name ?? db.raw('admins.name'), signed_in_at: now })
        .returning(returned)
      if (!stored) throw new Error('insert returned no admin')
      return stored
    },
  }
}

export type AdminStore = ReturnType<typeof createAdminStore>
