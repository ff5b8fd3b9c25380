import type { Knex } from 'knex'
import type { Sealer } from './platform/seal.js'
import { createTenantStore } from './install/tenant.store.js'
import { createAdminStore } from './install/admin.store.js'
import { createGrantStore } from './smarthr/grant.store.js'
import { createConnectionStore } from './connections/connection.store.js'
import { createSettingsStore } from './connections/settings.store.js'
import { createAccessTokenStore, createTokenOwners } from './feed/access-token.store.js'
import { createJobStore } from './jobs/job.store.js'
import { createMailStore } from './jobs/mail.store.js'
import { createItemStore } from './runs/item.store.js'
import { createLinkStore } from './runs/link.store.js'
import { createPayslipItemStore } from './payslips/payslip-item.store.js'
import { createRunStore } from './runs/run.store.js'
import { createStagingStore } from './plan/staging.store.js'

/** All stores on one transaction. Row-level security shows them one tenant's rows; each query names the tenant too. */
export function createStores(db: Knex, sealer: Sealer) {
  return {
    admins: createAdminStore(db),
    grants: createGrantStore(db, sealer),
    connections: createConnectionStore(db, sealer),
    settings: createSettingsStore(db),
    accessTokens: createAccessTokenStore(db),
    links: createLinkStore(db),
    runs: createRunStore(db, sealer),
    items: createItemStore(db, sealer),
    staging: createStagingStore(db, sealer),
    payslipItems: createPayslipItemStore(db),
    mails: createMailStore(db),
    jobs: createJobStore(db),
  }
}

export type Stores = ReturnType<typeof createStores>

export interface Data {
  /** the directory of companies, looked up before a tenant is known */
  tenants: ReturnType<typeof createTenantStore>
  /** whose an access token is: that, too, is asked before a tenant is known */
  tokenOwners: ReturnType<typeof createTokenOwners>
  /** One transaction that can see and change only this tenant's rows. */
  inTenant<T>(tenantId: string, work: (stores: Stores) => Promise<T>): Promise<T>
}

export function createData(db: Knex, sealer: Sealer): Data {
  return {
    tenants: createTenantStore(db),
    tokenOwners: createTokenOwners(db),
    inTenant: (tenantId, work) =>
      db.transaction(async trx => {
        await trx.raw(`select set_config('app.tenant_id', ?, true)`, [tenantId])
        return work(createStores(trx, sealer))
      }),
  }
}
