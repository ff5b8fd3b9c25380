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

/** A company as SmartHR answers for it at a sign-in. */
export interface SeenCompany extends Pick<Tenant, 'subdomain' | 'name'> {
  /** null where users/me tells none */
  smarthrId: string | null
  /** the ids of the companies that the token sees there; none where nobody could be asked */
  companyIds: string[]
}

/** More is no name; the database takes no longer one. */
const NAME_MAX = 1_000

/** Where each part of a company stands in the database. */
const columns: Readonly<Record<keyof Tenant, string>> = {
  id: 'id',
  smarthrId: 'smarthr_id',
  subdomain: 'subdomain',
  name: 'name',
}

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

    /** The subdomain that we know of the company with one of these ids. */
    async knownSubdomain(companyIds: string[]): Promise<string | null> {
      const row: Pick<Tenant, 'subdomain'> | undefined = await db('tenants')
        .whereRaw('company_ids && ?', [companyIds])
        .first('subdomain')
      return row?.subdomain ?? null
    },

    /** The company as SmartHR names it today; a new one is added. null: it could be one or another. */
    async remember({ smarthrId, companyIds, subdomain, name }: SeenCompany): Promise<Tenant | null> {
      const { rows } = await db.raw<{ rows: { id: string | null }[] }>('select remember_company(?, ?, ?, ?) as id', [
        smarthrId,
        companyIds,
        subdomain,
        name.slice(0, NAME_MAX),
      ])
      const id = rows[0]?.id
      return id ? this.find(id) : null
    },
  }
}

export type TenantStore = ReturnType<typeof createTenantStore>
