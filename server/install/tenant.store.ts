import type { Knex } from 'knex'
import { within } from '../platform/db.js'

export interface Tenant {
  id: string
  /** SmartHR's id of the 企業アカウント; the subdomain may change, this does not */
  smarthrId: string
  /** null: only the common host is known */
  subdomain: string | null
  name: string
}

/** Where each part of a company stands in the database. */
const columns: Readonly<Record<keyof Tenant, string>> = {
  id: 'id',
  smarthrId: 'smarthr_id',
  subdomain: 'subdomain',
  name: 'name',
}
const returned = Object.entries(columns).map(([name, column]) => `${column} as ${name}`)

/** The directory of companies. A page waits so long for it, ms. */
export function createTenantStore(db: Knex, answerWithinMs = 0) {
  return {
    async find(id: string): Promise<Tenant | null> {
      const query = db('tenants').where({ id }).first(columns)
      const row = (await within(answerWithinMs, query)) as Tenant | undefined
      return row ?? null
    },

    async bySubdomain(subdomain: string): Promise<Tenant | null> {
      const row: Tenant | undefined = await db('tenants').where({ subdomain }).first(columns)
      return row ?? null
    },

    /** Our ids of those of these companies that we know. */
    async known(smarthrIds: readonly string[]): Promise<string[]> {
      if (smarthrIds.length === 0) return []
      return db('tenants').whereIn('smarthr_id', smarthrIds).pluck('id')
    },

    /** The company as SmartHR names it today; new ones are added. */
    async remember(company: Omit<Tenant, 'id'>): Promise<Tenant> {
      const [stored]: Tenant[] = await db('tenants')
        .insert({ smarthr_id: company.smarthrId, subdomain: company.subdomain, name: company.name })
        .onConflict('smarthr_id')
        .merge({ subdomain: company.subdomain, name: company.name, updated_at: db.fn.now() })
        .returning(returned)
      if (!stored) throw new Error('insert returned no tenant')
      return stored
    },
  }
}

export type TenantStore = ReturnType<typeof createTenantStore>
