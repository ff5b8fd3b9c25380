/** The records of one side, and what can be asked of and done to them. */
import type { Reason } from '../errors.js'
import type { ItemKind } from './item-kinds.js'

export type Scalar = string | number | boolean | null

/** A record, flat: JSON path as the API names it → scalar, e.g. `{ 'address.zip_code': '106-0032' }`. */
export type Values = Readonly<Record<string, Scalar>>

/** The direction of a flow, seen from SmartHR. */
export type Direction = 'to-smarthr' | 'to-service'

/** A plain date `YYYY-MM-DD` in Japan. */
export type PlainDate = string

/** One record as a side lists it: a person, a department, a statement. */
export interface Entry {
  /** the side's own id */
  id: string
  /** 社員番号 as both sides compare it (contract/keys.ts), or the flow's own key; null when blank */
  key: string | null
  /** 社員番号, where another key tells people apart: no two of a side have the same; see flow-keys.ts */
  number?: string | null
  name: string
  /** how the name is read; '' where that is not known */
  kana: string
  /** shown beside the name: a person's department, a statement's pay day; '' for nothing */
  detail: string
  /** why it can take no part in a run (shown as 対象外); absent when it can */
  excluded?: string
  /** the person's own id on this side, where the record is about a person and has an id of its own (a payslip) */
  personId?: string
  /** every path the mapping names, normalised by the directory (kana full width, ISO dates, trimmed) */
  values: Values
  /** see EntryOf; only the side that listed it, and the code that takes it from there, look into it */
  payload?: unknown
}

/** A record that is handed on whole: it is not written field by field, or its side wants all of it back. */
export interface EntryOf<Payload> extends Entry {
  payload: Payload
}

/** First and last day of employment; null when not known or open. */
export interface Employment {
  employedFrom: PlainDate | null
  employedUntil: PlainDate | null
}

export interface Person extends Entry, Employment {}

export interface ListPage<E extends Entry = Entry> {
  people: E[]
  /** where to go on after this page; null after the last */
  next: string | null
  /** how many people the side says there are in all; null when it does not say */
  total: number | null
}

/** A person a side knows of, at any date: enough to tell whether the person is there already. */
export interface KnownPerson {
  id: string
  key: string | null
}

/** Something to choose from, as the side in question names it. */
export interface Choice {
  value: string
  label: string
}

/** An entry of one of a side's lists. */
export interface ListEntry extends Choice {
  /** what a file may call it by beside its name; null: it has none */
  code: string | null
  name: string
}

/** What is known of a create whose answer never came. */
export interface UncertainCreate {
  /** the engine's handle; comes back as the key of the answer */
  ref: string
  key: string | null
  /** what was to be created, in this side's paths */
  values: Values
  /** when the create was about to be sent */
  at: Date
}

export interface UpdateOrder<Payload = unknown> {
  id: string
  /** only what changes, in this side's paths */
  set: Values
  /** the record as last read: for calls that must repeat unchanged values */
  current: Values
  /** the same whole, where the side lists it so; absent right after a create */
  payload?: Payload
  /** the plan's day in Japan; see Flow.writtenTo */
  today: PlainDate
  /** 情報取得基準日, from which on a value counts that the side keeps by days; see CreateOption.dated. Absent right after a create. */
  asOf?: PlainDate
}

/** What became of one order of a batch: the record's id, or why the side refused it. */
export type BatchResult = { id: string } | { refused: Reason }

/**
 * Several records in one call. Throws Uncertain for the whole call when it may have happened. Then creates are looked
 * up and updates are re-read; a batch is never sent twice as it is.
 */
export interface Batch {
  /** records per call at most */
  size: number
  create(orders: readonly Values[], today: PlainDate): Promise<readonly BatchResult[]>
  update(orders: readonly UpdateOrder[]): Promise<readonly BatchResult[]>
}

/** A payroll (給与明細グループ) as SmartHR wants it: one per 支給日, 対象期間 and 支給タイプ. */
export interface GroupOrder {
  paymentType: 'salary' | 'bonus'
  paidAt: PlainDate
  periodStart: PlainDate
  periodEnd: PlainDate
  nameForAdmin: string
  nameForCrew: string
}

/** Groups that records are written into. */
export interface Grouping {
  /** ids of the groups that look like this one, to tell ours from those that were there before */
  alike(order: GroupOrder): Promise<readonly string[]>
  /** Makes it. Throws Uncertain when it may have happened. */
  create(order: GroupOrder): Promise<string>
  /** Whether it is there, still takes records and is one for this order, whatever its names are by now. */
  isOpen(id: string, order: GroupOrder): Promise<boolean>
  /** Gives an open group the names of this order. */
  rename(id: string, order: GroupOrder): Promise<void>
  /** Records of the group in use whose sums do not add up there: id → what each of their filled items is there. */
  doubtful(): Promise<ReadonlyMap<string, ReadonlyMap<string, ItemKind>>>
  /** Everything that follows is written into, and looked for in, this group. */
  use(id: string): void
  /** Removes a group that nothing was written into; false: it holds something after all, and stays. */
  drop(id: string): Promise<boolean>
  /** Removes a group with these records, which are ours; another word than `removed`: why it stays, or that it is gone. */
  takeBack(id: string, ours: ReadonlySet<string>): Promise<'removed' | 'gone' | 'closed' | 'shared'>
}

/** The records of one side, SmartHR's or a service's. Errors are those of errors.ts. */
export interface Directory<E extends Entry = Entry> {
  /** people per listing page; re-reads go by such pages */
  readonly pageSize: number
  /** the side refuses a second record with the same key (社員番号) */
  readonly keysUnique: boolean
  /** … else: the keys of everybody who is there now, page by page. Asked once before a run creates anybody. */
  keys?(): AsyncIterable<readonly (string | null)[]>
  /** Whether the side takes a blank at this path of a record, whatever a mapping does with blanks. Absent: at none. */
  clears?(path: string): boolean
  /** nothing in an answer says how many people there are, so that one cut short looks like a smaller company */
  readonly saysNoTotal?: true
  /**
   * All records the side lists on this day, page by page in a stable order; `from` = an earlier page's `next`. The day
   * is the reference date, or that of the plan for a target that keeps periods (Flow.writtenTo). Throws ListingBroken
   * when records were added or removed between two pages (contract/paging.ts).
   */
  list(asOf: PlainDate, from?: string): AsyncIterable<ListPage<E>>
  /**
   * The people of all periods, for a side whose `list` hides those who left or have yet to join. The engine asks only
   * when it is about to create a person. Whole records count as listed, mere ids as known to exist.
   */
  everyone?(asOf: PlainDate): AsyncIterable<readonly (KnownPerson | E)[]>
  /** The side's own list of this name, read now (divisions, offices …); for choices that apply to new people, and for 対応表. */
  choices?(list: string): Promise<readonly ListEntry[]>
  /** Whether the record still exists. Only a clear "not found" is false; no right to see it is true. */
  exists(id: string): Promise<boolean>
  /**
   * Which of these records are still there, just before they are published. The value is what a listing says of one
   * now, where that takes no further call. Missing = certainly gone.
   */
  present?(ids: readonly string[], asOf: PlainDate): Promise<ReadonlyMap<string, E | null>>
  /**
   * The person of this id as `list` would give it on this day, in two calls at most; null: not listed then. For runs about
   * one person.
   */
  one?(id: string, asOf: PlainDate): Promise<E | null>
  /** The named people as they are now; those no longer there are missing. `page` = listing page they stood on. */
  reread(ids: readonly string[], asOf: PlainDate, page: number): Promise<ReadonlyMap<string, E>>
  /**
   * Registers a record. Sends as much as the side takes in one call; `left` is what `update` must still send and
   * `current` the new record. Throws Uncertain when it may have happened.
   */
  create(values: Values, today: PlainDate): Promise<{ id: string; current: Values; left: Values }>
  /** Sends what changes. May be repeated: the same order twice leaves the same record. */
  update(order: UpdateOrder): Promise<void>
  /** for a side that takes several records in one call: the engine writes no other way then */
  batch?: Batch
  /** for records that are written into a group made for the run */
  grouping?: Grouping
  /** For each uncertain create the ids of records that could be its result, newest first; the engine rules out known ones. */
  findCreated(creates: readonly UncertainCreate[]): Promise<ReadonlyMap<string, readonly string[]>>
}
