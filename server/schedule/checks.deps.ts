import type { ValueTableStore } from '../connections/value-tables.store.js'
import type { ScopeStore } from '../connections/scopes.store.js'
import type { MailRecipientStore } from '../connections/mail-recipient.store.js'
import type { AdminStore } from '../install/admin.store.js'
import type { MailStore } from '../jobs/mail.store.js'
import type { FetchStore } from '../plan/fetch.store.js'
import type { PlannedItemStore } from '../plan/planned-item.store.js'
import type { StagingStore } from '../plan/staging.store.js'
import type { Clock } from '../platform/clock.js'
import type { FlowOf } from '../runs/flow-of.js'
import type { StartingStores } from '../wizard/start.service.js'
import type { ChoiceStore } from '../wizard/choice.store.js'
import type { CheckStore } from './check.store.js'
import type { ScheduleStore } from './schedule.store.js'

/** The stores that checks are begun and ended in. */
export interface CheckStores extends StartingStores {
  schedules: ScheduleStore
  checks: CheckStore
  fetches: FetchStore
  staging: StagingStore
  plannedItems: PlannedItemStore
  valueTables: ValueTableStore
  scopes: ScopeStore
  mailRecipients: MailRecipientStore
  admins: AdminStore
  mails: MailStore
  choices: ChoiceStore
}

export interface CheckDeps {
  clock: Clock
  flowOf: FlowOf
  /** how long after the first reading those who differ are read once more, ms */
  checkAgainMs: number
}
