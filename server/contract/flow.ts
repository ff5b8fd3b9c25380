/** What a connector can do: a flow of one of three kinds, and its words. */
import type { Reason } from '../errors.js'
import type { Choice, Direction, Employment, Entry, PlainDate, Scalar, Values } from './directory.js'
import type { FieldPair } from './mapping.js'
import type { Steps } from './steps.js'

/** What the records of a flow are called on screens. */
export interface Words {
  /** one record, e.g. 従業員 */
  item: string
  /** how they are counted, e.g. 名 */
  counter: string
  /** the key both sides share, e.g. 社員番号 */
  key: string
  name: string
  /** the column beside the name; default: 部署 */
  detail?: string
  /** what the flow does, as a noun: 同期, 取り込み or 公開 */
  act: string
  /** what people who are not in the target yet are called: 新規登録, or the act where nothing is registered */
  new: string
  /** the sentence about the people `includes` leaves out, with `{n}`; null: it leaves out none */
  leftOut: string | null
  /** the sentence for an empty list, with what to look at */
  empty: string
}

/**
 * Statements of the source become payslips in a payroll made for the run. No existing payslip is changed. The target
 * lists its crews, so that statements are paired like people. Before the first payslip both sides are read once more.
 */
export interface PayslipRules {
  /** items SmartHR does not know: sent as they are, or registered here first (項目登録画面) */
  items: 'sent' | 'asked'
  /** for items that are sent as they are: those every company has in SmartHR */
  usualItems?: readonly string[]
  /** what the dialog proposes as the payroll's two names; `month` = 2026年11月 */
  names(month: string, what: '給与' | '賞与'): string
  /** a person SmartHR no longer has: no statement is imported, or only that one is not */
  unknown: 'fails-all' | 'fails-one'
  /** why a statement without a person in SmartHR can't be chosen, with what to do */
  unknownReason: string
}

/** What a record becomes in a snapshot that the service fetches. */
export interface Published {
  /** as the feed gives it */
  record: object
  changes: readonly { field: string; label: string; before: string; after: string }[]
  problems: readonly string[]
  /** what is not passed on although SmartHR has it, and what to do (⚠) */
  notes: readonly string[]
  /** why it takes no part; null when it does */
  excluded: string | null
}

/** Nothing is written: a snapshot is published, and the service fetches it with an access token. */
export interface Publication {
  /** the feed's name for it, in the path and in tokens' limits */
  resource: string
  /** the array's name in the feed's answer */
  list: string
  /** a record as JSON Schema, and its name in the feed's description */
  record: { name: string; schema: object }
  publish(entry: Entry, context: { asOf: PlainDate }): Published
  /** the record with null for whatever a token does not permit */
  limited(record: object, permission: FeedPermission): object
  /** so many days after it was published it ends as 期限切れ */
  days: number
  /** how to fetch it in the service, step by step */
  next: readonly string[]
  /** why a person was not taken, from the service's own words if it had any; with what to do */
  refusal(status: 'skipped' | 'failed', message: string | null): string
}

/** What an access token permits; `attributes` null: every item. */
export interface FeedPermission {
  resources: readonly string[]
  attributes: readonly string[] | null
}

/** Tokens that an administrator issues here and types in at the service, which fetches publications with them. */
export interface AccessTokens {
  title: string
  lead: string
  /** where a token is typed in, step by step, and what else is asked for there */
  guide: { title: string; steps: readonly string[]; url: string; subdomain: string }
  /** beside the token's own field */
  example: string
  resources: readonly Choice[]
  attributes: readonly { label: string; items: readonly { path: string; label: string }[] }[]
  /** shown where nothing can be published as long as there is no token */
  missing: string
}

/**
 * Decides which records can't be written: one after the other, in listing order, against the target as it will be then.
 */
export type Examiner = (entry: Entry) => Promise<Examined>

export interface Examined {
  problems: readonly Reason[]
  notes: readonly string[]
}

/** What an examiner may ask before it begins. */
export interface ExamineContext {
  /** all records the target lists; for datasets that are always small */
  targets(): Promise<readonly Entry[]>
  /** all records the source lists, in listing order; likewise */
  sources(): Promise<readonly Entry[]>
  /** one of the target's lists */
  choices(list: string): Promise<readonly Choice[]>
  /** all records of the source in scope that have this key, in listing order */
  sharing(key: string): Promise<readonly Entry[]>
}

/**
 * A run by one click: it reads, plans, selects all people that can be written, and writes. Its words on the dashboard.
 */
export interface AtOnce {
  button: string
  /** what will happen, beside the button */
  preview: string
  /** said once it has begun */
  accepted: string
  /** the heading of its part of the dashboard */
  section: string
}

/**
 * The file with what could not be written, in the service's own layout instead of the report's CSV. The last column is
 * the reason. The cells are kept sealed with the item.
 */
export interface ErrorFile {
  /** followed by the time */
  stem: string
  columns: readonly { label: string; value(entry: Entry): string }[]
  reason: string
}

/** An item every employee gets in SmartHR, by which a company keeps people out. */
export interface CustomItem {
  group: string
  name: string
  choices: readonly string[]
  /** the item was there once and is gone: nothing may be written, since it says who is to be left out */
  missing: string
  /** the offer to make it once more; it needs a tick, since the people it kept out no longer are */
  again: { title: string; text: string; tick: string; button: string; done: string; untouched: string }
}

/** What flows of every kind have. */
interface FlowBase {
  /** in URLs and rows: never changes */
  id: string
  direction: Direction
  words: Words
  steps: Steps
  /** the dashboard's panel: its title, what it does, its button */
  panel: { title: string; button: string; lead: string }
  /** above the wizard's headings */
  title: string
  /** history entries are this + 開始 / 終了, e.g. 従業員情報同期 */
  historyLabel: string
  /** whether it takes part at the reference date; people have the days of their employment */
  includes(entry: Pick<Entry, 'values'> & Partial<Employment>, asOf: PlainDate): boolean
  /** what the administrator should know before the run starts (also shown in the preview) */
  notes: readonly string[]
  /** names of the two sides in the direction of the flow, as pages and mails print them */
  from: string
  to: string
}

/** links: remembered pairs first, then numbers never paired before. key: the number alone, every time. */
export type Identity = 'links' | 'key'

/** Another key than 社員番号, for a company to choose: a field of the mapping that both sides list for everybody. */
export interface OtherKey {
  /** the field's id; its label is what the key is called */
  field: string
  normalise(value: Scalar | undefined): string | null
  /** see `key` */
  personal?: true
  /** the flow's notes where it goes by this key */
  notes: readonly string[]
}

/** 同期: records of the source are compared with those of the target, and what differs is written there. */
export interface SyncFlow extends FlowBase {
  kind: 'sync'
  /** what is read or written in SmartHR */
  dataset: 'employees' | 'departments'
  /** SmartHR's path and the way both sides' keys are compared; default: 社員番号 by keyOf() in keys.ts */
  key?: {
    path: string
    normalise(value: Scalar | undefined): string | null
    /** what a record without a key is called by: a number or a code of the source, no name of a person */
    otherwise?: { label: string; path: string }
    /** keys are addresses of mail, which stand in no clear column: a list can't be sorted by them */
    personal?: true
  }
  /** what a company may have people told apart by instead; only where no pairs are remembered. See flow-keys.ts */
  otherKeys?: readonly OtherKey[]
  identity: Identity
  /** both sides can be asked for one person alone: Directory.one */
  onePerson?: true
  /** what is compared and written, field by field */
  mapping: readonly FieldPair[]
  /** required: no start before they are saved. used: they shape the plan, and the selection page says which held. */
  settings: 'none' | 'used' | 'required'
  /** one click does it all, without a preview; the steps are there for a run with a preview */
  atOnce?: AtOnce
  /**
   * Where the target keeps people by periods: the period that a write on this day goes into, in words (2026年11月分). That
   * period is compared, re-read and completed from, and a plan made for it is written into no other. `record`, in the
   * target's paths, where a person's own period may differ (joins later).
   */
  writtenTo?(day: PlainDate, record?: Values): string
  /** where more than key and fields decides who can be written */
  examiner?(context: ExamineContext): Promise<Examiner>
  /** the source's paths the examiner and the error file read beyond the mapping's */
  alsoReads?: readonly string[]
  /** written one after the other in listing order, new or not: what comes first must be there for what follows */
  inOrder?: true
  errorFile?: ErrorFile
  /** what to look at in the target once a person was written there; for the report */
  afterwards?: { title: string; lead: string; items: readonly string[] }
}

/** 取り込み: statements of the service become payslips in SmartHR. */
export interface ImportFlow extends FlowBase {
  kind: 'import'
  direction: 'to-smarthr'
  dataset: 'payslips'
  identity: Identity
  payslips: PayslipRules
}

/**
 * 公開: a snapshot of SmartHR's records is put on offer, and the service fetches it. ［公開］ asks SmartHR first which people
 * are still there. Then only the feed, a newer snapshot, ［公開を終了］, 解除 and housekeeping change the run.
 */
export interface PublicationFlow extends FlowBase {
  kind: 'publication'
  direction: 'to-service'
  dataset: 'crew-documents' | 'year-end-results'
  publication: Publication
}

/** One thing a connector can do. */
export type Flow = SyncFlow | ImportFlow | PublicationFlow

/** Whether remembered pairs tell who is who. */
export const goesByLinks = (flow: Flow): boolean => flow.kind !== 'publication' && flow.identity === 'links'

/** What is compared and written, field by field; nothing where records are made anew. */
export const mappingOf = (flow: Flow): readonly FieldPair[] => (flow.kind === 'sync' ? flow.mapping : [])

/** Its one click; undefined where it has none. */
export const atOnceOf = (flow: Flow): AtOnce | undefined => (flow.kind === 'sync' ? flow.atOnce : undefined)

/** Its own error file; undefined where the report's CSV does. */
export const errorFileOf = (flow: Flow): ErrorFile | undefined => (flow.kind === 'sync' ? flow.errorFile : undefined)

/** Whether items that are new here are registered first (項目登録画面). */
export const asksItems = (flow: Flow): boolean => flow.kind === 'import' && flow.payslips.items === 'asked'

/** Whether it can't be started before the connector's settings are saved; they are sent with creates. */
export const needsSettings = (flow: Flow): boolean => flow.kind === 'sync' && flow.settings === 'required'

/** Whether the connector's settings shape its plan. */
export const usesSettings = (flow: Flow): boolean => flow.kind === 'sync' && flow.settings === 'used'

/** The target's period that a write on this day goes into, in words; null where it keeps none. See SyncFlow.writtenTo. */
export const writtenPeriod = (flow: Flow, day: PlainDate, record?: Values): string | null =>
  flow.kind === 'sync' ? (flow.writtenTo?.(day, record) ?? null) : null

/** The words of most flows: people employed at a reference date. */
export const peopleWords = {
  item: '従業員',
  counter: '名',
  key: '社員番号',
  name: '氏名',
  act: '同期',
  new: '新規登録',
  leftOut: '基準日の時点で在籍していない{n}名は、表示していません。',
  empty:
    '対象の従業員はいません。情報取得基準日の時点で在籍している従業員がいません。情報取得基準日を確認してください。',
} as const satisfies Words
