/** What a connector can do, as data: a flow, its pages and its words. */
import type { Choice, Direction, Person, PlainDate, Scalar, Values } from './directory.js'

/**
 * What a conversion yields: values for the other side (null erases), nothing to send, a value that can't be sent while the
 * rest of the person can (⚠ on the person, with what to do), or a reason why the person can't be written at all.
 */
export type Converted =
  { set: Values; /** shown beside the change */ note?: string } | 'keep' | { unsent: string } | { problem: string }

/** What conversions may need to know. */
export interface ConvertContext {
  today: PlainDate
  /** the connector's settings as they stood when the run was fetched; empty for flows that use none */
  settings: Readonly<Record<string, string>>
  /** what the receiving side says now, in the order of the pair's paths there; empty for somebody new */
  present: readonly Scalar[]
}

/**
 * One field of the mapping, both directions on one line. The label is SmartHR's and is what the wizard and the mail
 * print. Two fields are the same when converting either side yields the other.
 */
export interface FieldPair {
  label: string
  /** paths in SmartHR's record */
  smarthr: readonly string[]
  /** paths in the service's record */
  service: readonly string[]
  /** equal although written differently (the case of an e-mail); asked only where both sides know the person */
  same?(smarthr: readonly Scalar[], service: readonly Scalar[]): boolean
  /** nobody new without it, in the service or on both sides: blank → the person can't be chosen, with the reason */
  required?: 'service' | 'both'
  /** from SmartHR's values (in the order of `smarthr`) to the service's paths */
  toService(values: readonly Scalar[], context: ConvertContext): Converted
  toSmarthr(values: readonly Scalar[], context: ConvertContext): Converted
  /** what a person reads for these values of the side in question; '' for blank */
  showSmarthr(values: readonly Scalar[]): string
  showService(values: readonly Scalar[]): string
}

/**
 * A page of the wizard. period: what the records are for · date: reference date, month or year · area: which of the
 * account's areas to work in · fetch: both sides are read · items: payslip items that are new here · select: who ·
 * options: values for new people · confirm: the dialog.
 */
export type StepKind = 'period' | 'date' | 'area' | 'fetch' | 'items' | 'select' | 'options' | 'confirm'

/** A value that every new person of a run gets, chosen from a list of the target. */
export interface CreateOption {
  name: string
  label: string
  help: string
  /** which of the target's lists; see Directory.choices */
  list: string
  /** where the value goes in the target's record */
  path: string
}

/** The reference date's page. A month stands for its first day, a year for its last. */
export interface DateStep {
  heading: string
  /** default: day */
  unit?: 'month' | 'year'
  /** default: about the reference date of people */
  lead?: string
  help: string
  notes: readonly string[]
  yearsBack?: number
  yearsAhead?: number
  /** the sentence for a date outside that range; default: names the two limits */
  outOfRange?: string
}

/** The first and the last day that the records of a run are for. */
export interface Period {
  from: PlainDate
  to: PlainDate
}

export interface PeriodStep {
  heading: string
  from: string
  to: string
  lead: string
}

/** Where an account keeps several books of people, one is chosen for every run. */
export interface AreaStep {
  heading: string
  /** where areas are of several kinds: what a kind is called; see Area.kind */
  kinds?: { label: string; options: readonly Choice[] }
  /** what is decided already and shown above: label and value */
  given?: readonly [string, string]
  /** what such a thing is called */
  label: string
  lead: string
  /** there is none to choose from */
  empty: string
  /** default: 次へ */
  button?: string
}

/** An area as the service names it. */
export interface Area extends Choice {
  detail: string
  kind?: string
}

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
  /** what stands for 新規登録 where nothing is registered */
  fresh?: string
  /** who `includes` leaves out, why, and how many, `{n}`; null: it leaves out nobody */
  leftOut: string | null
  /** there is nobody to choose from, and what to look at */
  nobody: string
}

/** Statements of the source become payslips in a payroll made for the run. Nothing there is ever changed. */
export interface PayslipRules {
  /** items SmartHR does not know: sent as they are, or registered here first (項目登録画面) */
  items: 'sent' | 'asked'
  /** for items that are sent as they are: those every company has in SmartHR */
  usualItems?: readonly string[]
  /** what the dialog proposes as the payroll's two names; `month` = 2026年11月 */
  names(month: string, what: '給与' | '賞与'): string
  /** somebody SmartHR no longer knows: nobody is imported, or only that person is not */
  unknown: 'fails-all' | 'fails-one'
  /** whoever has no person in SmartHR can't be chosen, with this reason; what to do about it is part of it */
  unknownReason: string
}

/** What a record becomes in a snapshot that the service fetches. */
export interface Published {
  /** as the feed gives it */
  record: object
  changes: readonly { label: string; before: string; after: string }[]
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
  publish(person: Person, context: { asOf: PlainDate }): Published
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

/** The dialog's own words, where 「従業員を同期しますか？」 does not fit; `{date}` = what the run is for, as a page prints it. */
export interface DialogWords {
  title: string
  button: string
  /** what will happen, before the counts; `{n}` = how many */
  summary: string
  /** the message after the button */
  started: string
}

/** Decides one after the other, in listing order, who can't be written; knows the target as it will be by then. */
export type Examiner = (item: Person) => Promise<Examined>

export interface Examined {
  problems: readonly string[]
  notes: readonly string[]
}

/** What an examiner may ask before it begins. */
export interface ExamineContext {
  /** everybody the target lists; for datasets that are small on any account */
  targets(): Promise<readonly Person[]>
  /** everybody the source lists, in listing order; likewise */
  sources(): Promise<readonly Person[]>
  /** one of the target's lists */
  choices(list: string): Promise<readonly Choice[]>
  /** all records of the source in scope that have this key, in listing order */
  sharing(key: string): Promise<readonly Person[]>
}

/** The layout of the file with what could not be written; its last column is the reason. */
export interface ErrorFile {
  /** followed by the time */
  stem: string
  columns: readonly { label: string; value(item: Person): string }[]
  reason: string
}

/** An item every employee gets in SmartHR, by which a company keeps people out. */
export interface CustomItem {
  group: string
  name: string
  choices: readonly string[]
  /** it was there once and is not: nothing may be written, since nobody knows whom to leave out */
  missing: string
  /** the offer to make it once more: whoever was kept out no longer is, so it needs a tick */
  again: { title: string; text: string; tick: string; button: string; done: string; untouched: string }
}

/** One thing a connector can do. Data only; the engine runs it. */
export interface Flow {
  /** in URLs and rows: never changes */
  id: string
  direction: Direction
  /** what is read or written in SmartHR */
  dataset: 'employees' | 'departments' | 'payslips' | 'crew-documents' | 'year-end-results'
  words: Words
  /** SmartHR's path and the way both sides' keys are compared; default: 社員番号 as it is */
  key?: {
    path: string
    normalise(value: Scalar | undefined): string | null
    /** what a record without a key is called by: a number or a code of the source, no name of a person */
    otherwise?: { label: string; path: string }
  }
  steps: readonly StepKind[]
  /** one click does it all, without a preview; the steps are there for who wants one */
  atOnce?: { button: string; preview: string; accepted: string; section: string }
  /** the dashboard's panel: its title, what it does, its button */
  panel: { title: string; button: string; lead: string }
  /** above the wizard's headings */
  title: string
  /** history entries are this + 開始 / 終了, e.g. 従業員情報同期 */
  historyLabel: string
  /** required by the step of that name */
  date?: DateStep
  /** required by the step of that name */
  area?: AreaStep
  /** required by the step of that name */
  period?: PeriodStep
  dialog?: DialogWords
  /** where a fetch is watched: in the wizard, which goes on by itself, or in the report, which waits for ［同期を開始→］ */
  fetchShownIn: 'wizard' | 'report'
  /** the selection page's button to the next step */
  selectButton: string
  /**
   * Where the target keeps what it knows of a person by periods: the one that a write on this day goes into, in words
   * (2026年11月分). That one is compared, re-read and completed from, and a plan made for it is written into no other.
   * `record`, in the target's paths, where somebody's own period may differ (joins later).
   */
  writtenTo?(day: PlainDate, record?: Values): string
  /** whether somebody with these dates takes part at the reference date */
  includes(person: Pick<Person, 'employedFrom' | 'employedUntil' | 'values'>, asOf: PlainDate): boolean
  /** links: remembered pairs first, then numbers never paired before. key: the number alone, every time. */
  identity: 'links' | 'key'
  /** what is compared and written, field by field; empty for payslips and publications */
  mapping: readonly FieldPair[]
  payslips?: PayslipRules
  publication?: Publication
  /** where more than key and fields decides who can be written */
  examiner?(context: ExamineContext): Promise<Examiner>
  /** the source's paths the examiner and the error file read beyond the mapping's */
  alsoReads?: readonly string[]
  /** written one after the other in listing order, new or not: what comes first must be there for what follows */
  inOrder?: true
  errorFile?: ErrorFile
  /** asked for by the step `options`, once, when somebody new is selected; never part of an update */
  createOptions?: readonly CreateOption[]
  /** what to know before they are chosen */
  createNotes?: readonly string[]
  /** what the administrator should know before 同期 (also shown in the preview) */
  notes: readonly string[]
  /** what to look at in the target once somebody was written there; for the report */
  afterwards?: { title: string; lead: string; items: readonly string[] }
  /** required: no start before they are saved. used: they shape the plan, and the selection page says which held. */
  settings: 'none' | 'used' | 'required'
  /** names of the two sides in the direction of the flow, as the mail prints them */
  from: string
  to: string
}

/** The words of most flows: people employed at a reference date. */
export const peopleWords = {
  item: '従業員',
  counter: '名',
  key: '社員番号',
  name: '氏名',
  leftOut: '基準日の時点で在籍していない{n}名は、表示していません。',
  nobody: '対象の従業員はいません。情報取得基準日の時点で在籍している従業員がいません。',
} as const satisfies Words
