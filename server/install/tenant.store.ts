import type { Knex } from 'knex'

export interface Tenant {
  id: string
  /** SmartHR's id of the 企業アカウント; the subdomain may change, this does not */
  smarthrId: string
  /** null: only the common host is known */
  subdomain: string | null
  name: string
}

interface TenantRow {
  id: string
  smarthr_id: string
  subdomain: string | null
  name: string
}

const fromRow = (row: TenantRow): Tenant => ({
  id: row.id,
  smarthrId: row.smarthr_id,
  subdomain: row.subdomain,
  name: row.name,
})

/** The directory of companies. */
export function createTenantStore(db: Knex) {
  return {
    async find(id: string): Promise<Tenant | null> {
      const row = (await db('tenants').where({ id }).first()) as TenantRow | undefined
      return row ? fromRow(row) : null
    },

    async ids(): Promise<string[]> {
      const rows = (await db('tenants').orderBy('id').select('id')) as { id: string }[]
      return rows.map(row => row.id)
    },

    /** The company as SmartHR names it today; new ones are added. */
    async remember(company: Omit<Tenant, 'id'>): Promise<Tenant> {
      const [row] = (await db('tenants')
        .insert({ smarthr_id: company.smarthrId, subdomain: company.subdomain, name: company.name })
        .onConflict('smarthr_id')
        .merge({ subdomain: company.subdomain, name: company.name, updated_at: db.fn.now() })
        .returning('*')) as TenantRow[]
      if (!row) throw new Error('insert returned no tenant')
      return fromRow(row)
    },
  }
}

export type TenantStore = ReturnType<typeof createTenantStore>
