import {
  asksItems,
  hasSelection,
  type GroupOrder,
  type Choice,
  type Flow,
  type Period,
  type Values,
} from '../contract/contract.js'
import type { RunRules } from '../contract/field-rules.js'
import type { ChosenKey } from '../contract/flow-keys.js'
import type { RunScope } from '../contract/scope.js'
import type { RunTables } from '../contract/value-tables.js'
import type { ItemKind, StatementItem } from '../contract/statement.js'

/**
 * A run's life: draft → fetching → ready → queued → running → succeeded | partly_failed | failed | aborted.
 * `cancelled`: given up before 同期. `aborted` (中止): stopped while running; what was done stays done. `expired`: a plan
 * not confirmed within 24 hours, or a snapshot not fetched to its end in time. A publication is `running` as long as
 * its snapshot is on offer. A check (定期チェック) is checking → checked, until the next one is there (cancelled) or somebody
 * goes on with its plan (ready).
 */
export type RunState =
  | 'draft'
  | 'fetching'
  | 'ready'
  | 'queued'
  | 'running'
  | 'succeeded'
  | 'partly_failed'
  | 'failed'
  | 'aborted'
  | 'cancelled'
  | 'expired'
  | 'checking'
  | 'checked'

/** A check's plan, or one on its way: in no history, and nobody can confirm it as it is. */
export const ofChecks: readonly RunState[] = ['checking', 'checked']

/** Both sides are being read. */
export const readingStates: readonly RunState[] = ['fetching', 'checking']

/** A snapshot is on offer: nothing is written, and no run waits for it. */
export const isPublished = (run: Pick<Run, 'state' | 'publishedAt'>): boolean =>
  run.state === 'running' && run.publishedAt !== null

export const endStates: readonly RunState[] = [
  'succeeded',
  'partly_failed',
  'failed',
  'aborted',
  'cancelled',
  'expired',
]

/** 新規登録 / 差分あり / 差分なし / 対象外 */
export type ItemClass = 'new' | 'changed' | 'same' | 'excluded'

/** `unconfirmed` (要確認): a create was sent, and nobody knows what became of it */
export type Outcome = 'succeeded' | 'failed' | 'unconfirmed' | 'not_run'

/** How many got which outcome. */
export type Settled = Record<Exclude<Outcome, 'not_run'>, number>

/** A side listed `now` people and `before` at the last plan that was trusted. */
export interface Shortfall {
  name: string
  before: number
  now: number
}

/** Outcomes that can be tried again, each by a run of its own. */
export type RepeatedOutcome = Exclude<Outcome, 'succeeded'>

export const repeatedOutcomes: readonly RepeatedOutcome[] = ['failed', 'unconfirmed', 'not_run']

/** What is counted once of a plan. */
export interface Tallies {
  /** how many people of 差分あり each field changes for, by its id */
  fields: Readonly<Record<string, number>>
  /** whom a button for many takes */
  takeable: { new: number; changed: number }
  /** who needs a tick of their own */
  ownTicks: number
  /** who will fail, as the plan knows; absent in a plan of the release before */
  doomed?: number
}

/** Who is ticked, in numbers. */
export interface Chosen {
  total: number
  new: number
  changed: number
  /** whom an earlier run has imported */
  repeated: number
  /** who will fail, as the plan knows */
  doomed: number
  /** how many of 差分あり each field changes for, by its id */
  fields: Readonly<Record<string, number>>
}

/** A person of a run about nobody else: SmartHR's id, and the ids of the pair on either side. */
export interface OnePerson {
  crewId: string
  sourceId: string
  targetId: string
}

/** What became of a request for 承認. */
export type ApprovalState = 'open' | 'approved' | 'returned' | 'withdrawn' | 'void' | 'expired'

/** A request for 承認, as lists and reports show it. */
export interface RunApproval {
  state: ApprovalState
  requestedBy: string
  requestedByName: string
  decidedByName: string | null
}

export interface Run {
  id: string
  tenantId: string
  connectionId: string
  connector: string
  flow: string
  adminId: string
  /** what was asked last of another administrator about it */
  approval?: RunApproval | null
  /** who started it, as shown (実行者) */
  adminName: string
  adminEmail: string
  state: RunState
  revision: number
  /** 情報取得基準日, plain date */
  referenceDate: string | null
  retryOf: string | null
  /** the outcome of the people it repeats; null: all who did not succeed */
  retryOutcome: RepeatedOutcome | null
  /** the run whose changes it takes back */
  undoOf: string | null
  /** whom alone it is about */
  person?: OnePerson | null
  /** … and when that was started */
  undoneAt: Date | null
  /** when the payroll it has made was removed again */
  takenBackAt: Date | null
  /** its plan was made from what that one has written */
  undoes: boolean
  fetched: number
  fetchTotal: number | null
  /** how many of the people listed are compared already; null: no plan is being made */
  planned: number | null
  /** people the source listed, once it has been read */
  sourceListed: number | null
  counts: { new: number; changed: number; same: number; excluded: number; leftOut: number }
  selectedCount: number
  succeededCount: number
  failedCount: number
  unconfirmedCount: number
  attempts: number
  waitingUntil: Date | null
  waitingReason: string | null
  cancelRequestedAt: Date | null
  failure: string | null
  createdAt: Date
  fetchBegunAt: Date | null
  fetchedAt: Date | null
  /** the connector's settings as they stood at the fetch, for flows that use them */
  settings: Readonly<Record<string, string>>
  /** what new people get, by the option's name */
  options: Readonly<Record<string, Choice>>
  /** fields the next plan is to leave out, by their ids */
  omit: readonly string[]
  /** … and those that this plan has left out */
  omitted: readonly string[]
  /** 項目の設定 as they stood when the reading began; null: what holds without any */
  rules: RunRules | null
  /** … and those that this plan has gone by */
  ruled: RunRules | null
  /** by what people are told apart, as it was chosen when the reading began; null: 社員番号, or the flow's own key */
  key: ChosenKey
  /** … and what this plan has gone by */
  keyed: ChosenKey
  /** a web of the release before has begun the reading: it knows nothing of these choices */
  unasked: { rules: boolean; key: boolean }
  /** 対象範囲 as it stood when the reading began; null: everybody */
  scope: RunScope | null
  /** … and the one that this plan has gone by */
  scoped: RunScope | null
  /** 対応表 as they stood when the reading began; null: none is used */
  tables: RunTables | null
  /** … and those that this plan has gone by */
  tabled: RunTables | null
  /** which of the account's areas the run works in */
  area: Choice | null
  /** the days the records are for */
  period: Period | null
  /** the payroll made for this run */
  groupId: string | null
  /** payslip items that are not registered yet */
  newItems: readonly { name: string; kind: ItemKind }[]
  /** of the whole plan; null: of the release before, and not counted */
  tallies: Tallies | null
  /** who is ticked while the plan is ready; null: the release before has ticked last, and the rows must be counted */
  chosen: Chosen | null
  /** sides without a total of their own that listed far fewer people than before */
  shortfalls: readonly Shortfall[]
  /** of its plan those who differ are stored alone: a check has made it */
  differingOnly: boolean
  /** started by one click: people are not chosen */
  atOnce: boolean
  /** a check (定期チェック) has started it, or would have and left it to an administrator */
  automatic: boolean
  /** since when its snapshot is on offer; null: it publishes nothing, or not yet */
  publishedAt: Date | null
  /** people the service has fetched of it, when last, and with the token of which name */
  pulledCount: number
  pulledAt: Date | null
  pulledWith: string | null
  queuedAt: Date | null
  startedAt: Date | null
  endedAt: Date | null
  peopleDeletedAt: Date | null
}

/** Begun by one click or by itself, and held back until an administrator has looked at it (確認待ち). */
export const isHeldBack = (run: Pick<Run, 'state' | 'atOnce' | 'automatic'>): boolean =>
  run.state === 'ready' && (run.atOnce || run.automatic)

/** 実行者 */
export const startedBy = ({ automatic, adminName }: Pick<Run, 'automatic' | 'adminName'>): string =>
  automatic ? `定期チェック（自動）：${adminName}` : adminName

/** Another administrator is asked, and nothing has begun. */
export const isAsked = ({ state, approval }: Pick<Run, 'state' | 'approval'>): boolean =>
  state === 'ready' && approval?.state === 'open'

/** Who agreed to it (承認者); null: nobody was asked. */
export const approverOf = ({ approval }: Pick<Run, 'approval'>): string | null =>
  approval?.state === 'approved' ? approval.decidedByName : null

/** Whether the plan and its people are there to be looked at: it was made, and they are not forgotten yet. */
export const hasPlan = ({
  state,
  fetchedAt,
  queuedAt,
  peopleDeletedAt,
}: Pick<Run, 'state' | 'fetchedAt' | 'queuedAt' | 'peopleDeletedAt'>): boolean =>
  fetchedAt !== null &&
  peopleDeletedAt === null &&
  !['draft', 'fetching', 'cancelled', ...ofChecks].includes(state) &&
  (state !== 'failed' || queuedAt !== null)

/** Whether people were chosen; otherwise the result includes those who were left out. */
export const hadSelection = (flow: Pick<Flow, 'steps'>, run: Pick<Run, 'atOnce'>): boolean =>
  !run.atOnce && hasSelection(flow)

/** It goes on from another run, or is about one person: it asks nothing that was answered there. */
export const isFollowUp = ({ retryOf, undoOf, person }: Pick<Run, 'retryOf' | 'undoOf' | 'person'>): boolean =>
  retryOf !== null || undoOf !== null || Boolean(person)

/** The facts of a statement that decide which payroll it belongs to. */
export type GroupFacts = Pick<GroupOrder, 'paymentType' | 'paidAt' | 'periodStart' | 'periodEnd'>

/** Items that have to be registered here before anything can be imported. */
export const itemsToRegister = (flow: Flow, run: Pick<Run, 'newItems'>): Run['newItems'] =>
  asksItems(flow) ? run.newItems : []

export type SortColumn = 'key' | 'kana' | 'class'

/** What the selection page looks at; lives in the URL. */
export interface SelectionView {
  /** search words over 社員番号, 氏名 and カナ */
  q: string
  /** shown classes; empty = all */
  classes: ItemClass[]
  /** only people of 差分あり whom this field changes for, by its id */
  field: string | null
  /** only people of whom the plan knows that they will fail */
  doomed: boolean
  /** only people who have this 部署, or this 雇用形態, in SmartHR; '' = none; null: whichever they have */
  department: string | null
  employmentType: string | null
  /** only people about whom there is something to look at (⚠) */
  warned: boolean
  /** only those who are ticked */
  chosen: boolean
  sort: SortColumn
  descending: boolean
  /** people per page */
  rows: number
}

/** How many people a page may list. */
export const pageSizes: readonly number[] = [50, 100]

/** How many people of each class there are. */
export type ClassCounts = Record<ItemClass, number>

/** What the list of a plan can be narrowed by besides classes and fields, and how many people there are of each. */
export interface Facets {
  /** the most frequent ones; null: none */
  departments: readonly (FacetCounts & { name: string | null })[]
  employmentTypes: readonly (FacetCounts & { name: string | null })[]
  warned: FacetCounts
}

export interface FacetCounts extends ClassCounts {
  /** whom a button for many takes */
  takeable: Tallies['takeable']
}

export const wholeView: SelectionView = {
  q: '',
  classes: [],
  field: null,
  doomed: false,
  department: null,
  employmentType: null,
  warned: false,
  chosen: false,
  sort: 'key',
  descending: false,
  rows: 50,
}

/** What a list begins with: whoever can be written. Where nothing is compared, whoever can't be stands beside them. */
export const firstView = ({ kind }: Pick<Flow, 'kind'>): SelectionView =>
  kind === 'sync' ? { ...wholeView, classes: ['new', 'changed'] } : wholeView

/** One field's before → after, in words */
export interface Change {
  /** the field's id in the mapping, or in what is published; a payslip's items have their names alone */
  field: string
  label: string
  before: string
  after: string
}

/** A number or a code, and what it is. */
export interface Named {
  label: string
  value: string
}

/** What is sealed in an item. */
export interface ItemContent {
  /** what apply sends, in the target's paths */
  set: Values
  /** for publications: the record as the feed gives it */
  record?: object
  /** the target as read at plan time; null for a new person, and for one of whom nothing is written */
  target: Values | null
  changes: Change[]
  /** why apply will fail this item without a call, in words; empty when nothing stands in the way */
  problems: string[]
  /** of problems that name other people: what of each may stand in clear */
  keptProblems?: Readonly<Record<string, string>>
  /** what the administrator should look at; the person can be written all the same */
  notes: string[]
  /** what a person without a key is called by */
  named?: Named
  /** what no clear column may hold of it */
  key?: string
  excludedReason?: string
  /** the columns of the flow's own error file */
  cells?: string[]
  /** for payslips: the payroll they belong to, and what changes when the statement does */
  group?: GroupFacts
  digest?: string
  /** for payslips with items that are yet to be registered here: all of the statement's items as the service has them */
  lines?: readonly StatementItem[]
}

export interface Item {
  /** a number as text */
  id: string
  class: ItemClass
  excludedReason: string | null
  sourceId: string
  targetId: string | null
  /** SmartHR's id of the person, where neither record is the person: of a payslip, of a year-end result */
  crewId?: string | null
  key: string | null
  name: string
  kana: string
  /** beside the name: a person's department, a statement's pay day */
  detail: string
  /** ids of the fields that change; in rows of releases before this one their labels */
  changedFields: string[]
  /** can't be chosen although new or changed: the target would not take it */
  blocked: boolean
  /** its key looks like another's: only a tick of its own takes it, no button for many and no repeat */
  ownTick: boolean
  /** the same record was imported by an earlier run */
  repeated: boolean
  selected: boolean
  outcome: Outcome | null
  reason: string | null
  /** what the list is sorted by instead of the key, where that is sealed */
  sortKey?: string
}

export interface ItemWithContent extends Item {
  content: ItemContent
}
