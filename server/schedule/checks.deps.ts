import type { Recorder } from '../audit/audit.store.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import type { FieldRulesStore } from '../connections/field-rules.store.js'
import type { FlowKeyStore } from '../connections/flow-key.store.js'
import type { ValueTableStore } from '../connections/value-tables.store.js'
import type { ScopeStore } from '../connections/scopes.store.js'
import type { MailRecipientStore } from '../connections/mail-recipient.store.js'
import type { AdminStore } from '../install/admin.store.js'
import type { JobStore } from '../jobs/job.store.js'
import type { MailStore } from '../jobs/mail.store.js'
import type { FetchStore } from '../plan/fetch.store.js'
import type { PlannedItemStore } from '../plan/planned-item.store.js'
import type { StagingStore } from '../plan/staging.store.js'
import type { Clock } from '../platform/clock.js'
import type { FlowOf } from '../runs/flow-of.js'
import type { StartStores } from '../runs/may-start.js'
import type { RunStore } from '../runs/run.store.js'
import type { CheckStore } from './check.store.js'
import type { ScheduleStore } from './schedule.store.js'

/** The stores that checks are begun and ended in. */
export interface CheckStores extends StartStores {
  schedules: ScheduleStore
  checks: CheckStore
  runs: RunStore
  fetches: FetchStore
  staging: StagingStore
  plannedItems: PlannedItemStore
  connections: ConnectionStore
  fieldRules: FieldRulesStore
  flowKeys: FlowKeyStore
  valueTables: ValueTableStore
  scopes: ScopeStore
  mailRecipients: MailRecipientStore
  admins: AdminStore
  mails: MailStore
  jobs: JobStore
  audit: Recorder
}

export interface CheckDeps {
  clock: Clock
  flowOf: FlowOf
  /** how long after the first reading those who differ are read once more, ms */
  checkAgainMs: number
}
