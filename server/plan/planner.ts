import { atOnceOf, type Entry, type Flow } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { Recorder } from '../audit/audit.store.js'
import type { JobStore } from '../jobs/job.store.js'
import type { MailStore } from '../jobs/mail.store.js'
import type { ApprovalStores } from '../runs/approval.js'
import type { GuardStore } from '../runs/guard.store.js'
import type { ItemStore } from '../runs/item.store.js'
import type { LinkStore } from '../runs/link.store.js'
import type { RunStore } from '../runs/run.store.js'
import type { TableEntries } from '../contract/value-tables.js'
import type { PayslipItemStore } from '../payslips/payslip-item.store.js'
import type { FetchStore } from './fetch.store.js'
import type { ItemContent, Run } from '../runs/run.js'
import type { InScope, RunScopeStores } from '../runs/run-scope.js'
import type { Days, Sides } from '../runs/sides.js'
import type { Differing } from './differing.js'
import type { PlannedItem, PlannedItemStore } from './planned-item.store.js'
import type { Staged, StagingStore } from './staging.store.js'

/** The stores that a plan is made from and written to. */
export interface PlanStores extends RunScopeStores {
  runs: Pick<RunStore, 'find'>
  staging: StagingStore
  plannedItems: PlannedItemStore
  fetches: FetchStore
  items: Pick<ItemStore, 'selected'>
  links: LinkStore
  /** what was saved of a table that the run goes by */
  valueTables: { entriesOf(id: string): Promise<TableEntries> }
  payslipItems: Pick<PayslipItemStore, 'of'>
  jobs: Pick<JobStore, 'enqueue'>
  guard: Pick<GuardStore, 'counts' | 'base' | 'saved'>
  mails: Pick<MailStore, 'add'>
  approvals: ApprovalStores['approvals']
  audit: Recorder
}

/** A fetch that has ended: both sides are staged. */
export interface PlanOrder {
  /** while the run is ours: one transaction after the other */
  inTenant: InTenant<PlanStores>
  /** for what is only read, beside them */
  look: InTenant<Pick<PlanStores, 'staging'>>
  clock: Clock
  run: Run
  days: Days
  sides: Sides
  /** 対象範囲 of the run; null: everybody */
  scope: InScope | null
}

/** Makes the items of a plan, some people at a time; each kind of flow has its own. */
export interface Planner {
  /** `preselect`: nobody is asked whom, so whoever can be written is */
  plan(people: readonly Staged[], preselect: boolean): Promise<void>
  /** of a check: who differs, and how many there are of each class */
  differing?: Differing
  /** payslip items that the planned people have and nobody has registered yet */
  newItems(): Run['newItems']
}

/** People planned at a time: bounds memory whatever the size of the company. */
export const CHUNK = 500

export const noContent: ItemContent = { set: {}, target: null, changes: [], problems: [], notes: [] }

/** Everybody staged of the source who takes part, chunk by chunk, and how many the flow's rule has left out. */
export async function* sourceChunks<E extends Entry>({
  look,
  run,
  days,
  sides,
}: PlanOrder): AsyncIterable<{ people: Staged<E>[]; leftOut: number }> {
  for (let position = -1; ;) {
    const chunk = await look(run.tenantId, ({ staging }) => staging.next<E>(run.id, 'source', position, CHUNK))
    const last = chunk.at(-1)
    if (!last) return
    position = last.position
    const people = chunk.filter(person => sides.flow.includes(person, days.asOf))
    yield { people, leftOut: chunk.length - people.length }
  }
}

/** What an item says of its record, where it has no counterpart in the target. */
export const about = ({ id, key, name, kana, detail }: Entry) => ({
  sourceId: id,
  targetId: null,
  targetPage: null,
  key,
  name,
  kana,
  detail,
})

/** Somebody who takes no part. */
export const excluded = (entry: Entry, excludedReason: string): PlannedItem => ({
  ...about(entry),
  class: 'excluded',
  excludedReason,
  content: noContent,
  blocked: false,
  selected: false,
})

/** A record that goes as one piece has no field that could be left out. */
export const unreadableRecord = (source: string): string =>
  `読み取れない文字が含まれているため、対象にできません。${source}で氏名などの文字を確認し、入力し直してから、やり直してください。`

/** The dashboard's words for the wizard of a flow that goes by one click. */
export const previewOf = (flow: Flow): string => declared(atOnceOf(flow), 'atOnce').preview
