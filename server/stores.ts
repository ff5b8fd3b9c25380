import type { Knex } from 'knex'
import { createAuditStore, type AuditStore } from './audit/audit.store.js'
import type { Sealer } from './platform/seal.js'
import { createTenantStore } from './install/tenant.store.js'
import { createAdminStore } from './install/admin.store.js'
import { createGrantStore } from './smarthr/grant.store.js'
import { createConnectionStore } from './connections/connection.store.js'
import { createOwnConnectionStore } from './connections/own-connection.store.js'
import { createPendingConnectionStore } from './connections/pending-connection.store.js'
import { createMailRecipientStore } from './connections/mail-recipient.store.js'
import { createFieldRulesStore } from './connections/field-rules.store.js'
import { createFlowKeyStore } from './connections/flow-key.store.js'
import { createScopeStore } from './connections/scopes.store.js'
import { createValueTableStore } from './connections/value-tables.store.js'
import { createSettingsStore } from './connections/settings.store.js'
import { createAccessTokenStore, createTokenOwners } from './connections/access-token.store.js'
import { createJobStore } from './jobs/job.store.js'
import { createMailStore } from './jobs/mail.store.js'
import { createRunSessionStore } from './connections/run-session.store.js'
import { createCompanyEndStore } from './housekeeping/company-end.store.js'
import { createDueStore, type DueStore } from './housekeeping/due.store.js'
import { createResealStore } from './housekeeping/reseal.store.js'
import { createOldRunStore } from './housekeeping/old-runs.store.js'
import { createStrandedRunStore } from './housekeeping/stranded-run.store.js'
import { createPayrollStore } from './payslips/payroll.store.js'
import { createFetchStore } from './plan/fetch.store.js'
import { createPlannedItemStore } from './plan/planned-item.store.js'
import { createApprovalStore } from './runs/approval.store.js'
import { createChangeStore } from './runs/change.store.js'
import { createPersonStore } from './runs/person.store.js'
import { createItemStore } from './runs/item.store.js'
import { createUndoStore } from './runs/undo.store.js'
import { createFileStore } from './runs/file.store.js'
import { createPublicationStore } from './runs/publication.store.js'
import { createPendingItemStore } from './runs/pending-item.store.js'
import { createGuardStore } from './runs/guard.store.js'
import { createChoiceStore } from './wizard/choice.store.js'
import { createSelectionStore } from './wizard/selection.store.js'
import { createLinkStore } from './runs/link.store.js'
import { createPayslipItemStore } from './payslips/payslip-item.store.js'
import { createRunStore } from './runs/run.store.js'
import { createCheckStore } from './schedule/check.store.js'
import { createScheduleStore } from './schedule/schedule.store.js'
import { createStagingStore } from './plan/staging.store.js'

const makers = {
  audit: (db: Knex, tenantId: string) => createAuditStore(db, tenantId),
  admins: createAdminStore,
  grants: createGrantStore,
  connections: createConnectionStore,
  pendingConnections: createPendingConnectionStore,
  ownConnections: createOwnConnectionStore,
  settings: createSettingsStore,
  fieldRules: createFieldRulesStore,
  flowKeys: createFlowKeyStore,
  scopes: createScopeStore,
  valueTables: createValueTableStore,
  mailRecipients: createMailRecipientStore,
  accessTokens: createAccessTokenStore,
  guard: createGuardStore,
  approvals: createApprovalStore,
  links: createLinkStore,
  runSessions: createRunSessionStore,
  runs: createRunStore,
  files: createFileStore,
  fetches: createFetchStore,
  plannedItems: createPlannedItemStore,
  choices: createChoiceStore,
  selection: createSelectionStore,
  pendingItems: createPendingItemStore,
  payrolls: createPayrollStore,
  publications: createPublicationStore,
  companyEnds: createCompanyEndStore,
  resealing: createResealStore,
  oldRuns: createOldRunStore,
  strandedRuns: createStrandedRunStore,
  schedules: createScheduleStore,
  checks: createCheckStore,
  items: createItemStore,
  undos: createUndoStore,
  changes: createChangeStore,
  people: createPersonStore,
  staging: createStagingStore,
  payslipItems: createPayslipItemStore,
  mails: createMailStore,
  jobs: createJobStore,
}

export type Stores = { [Name in keyof typeof makers]: ReturnType<(typeof makers)[Name]> }

/** A transaction touches two or three of them: each is made when it is asked for. */
const madeWhenAsked: object = Object.defineProperties(
  {},
  Object.fromEntries(
    Object.entries(makers).map(([name, make]) => [
      name,
      {
        get(this: { db: Knex; tenantId: string; sealer: Sealer }) {
          return make(this.db, this.tenantId, this.sealer)
        },
      },
    ]),
  ),
)

/** One company's stores on one transaction. Row-level security shows them its rows only; each query names it too. */
const createStores = (db: Knex, tenantId: string, sealer: Sealer): Stores =>
  Object.assign(Object.create(madeWhenAsked) as Stores, { db, tenantId, sealer })

export interface Data {
  /** the directory of companies, looked up before a tenant is known */
  tenants: ReturnType<typeof createTenantStore>
  /** whose an access token is: that, too, is asked before a tenant is known */
  tokenOwners: ReturnType<typeof createTokenOwners>
  /** what is recorded of no company: only the operator sees it */
  operatorAudit: AuditStore
  /** which companies there is something to do for */
  due: DueStore
  /** One transaction that can see and change only this tenant's rows. */
  inTenant<T>(tenantId: string, work: (stores: Stores) => Promise<T>): Promise<T>
}

/** A transaction speaks to nobody but the database. One that says nothing for so long is of a process that froze. */
const SILENT_MS = 20_000

/**
 * `lockTimeoutMs`: no statement waits longer for a lock; without it, for ever. `silentMs`: the database ends a
 * transaction that says nothing for so long, and its locks are free.
 */
export function createData(
  db: Knex,
  sealer: Sealer,
  { lockTimeoutMs = 0, silentMs = SILENT_MS }: { lockTimeoutMs?: number | undefined; silentMs?: number } = {},
): Data {
  return {
    tenants: createTenantStore(db, lockTimeoutMs),
    tokenOwners: createTokenOwners(db, lockTimeoutMs),
    operatorAudit: createAuditStore(db, null),
    due: createDueStore(db, sealer),
    inTenant: (tenantId, work) =>
      db.transaction(async trx => {
        await trx.raw(
          `select set_config('app.tenant_id', ?, true), set_config('lock_timeout', ?, true),
             set_config('idle_in_transaction_session_timeout', ?, true)`,
          [tenantId, String(lockTimeoutMs), String(silentMs)],
        )
        return work(createStores(trx, tenantId, sealer))
      }),
  }
}
