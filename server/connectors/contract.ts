/**
 * What a service must declare and do to be synchronised by the engine. A connector is one folder that fulfils this
 * contract and one line in registry.ts. If the engine needs to know a service's name, a word is missing here.
 */
import type { Http, ServiceErrors } from '../platform/http.types.js'
import type { Logger } from '../platform/logger.js'

export type Scalar = string | number | boolean | null

/** A record, flat: JSON path as the API names it → scalar, e.g. `{ 'address.zip_code': '106-0032' }`. */
export type Values = Readonly<Record<string, Scalar>>

/** The direction of a flow, seen from SmartHR. */
export type Direction = 'to-smarthr' | 'to-service'

/** A plain date `YYYY-MM-DD` in Japan. */
export type PlainDate = string

/** One person as one side lists them. */
export interface Person {
  /** the side's own id */
  id: string
  /** 社員番号 after NFKC and trimming; null when blank */
  key: string | null
  name: string
  kana: string
  department: string
  /** first and last day of employment; null when not known or open */
  employedFrom: PlainDate | null
  employedUntil: PlainDate | null
  /** why this person can take no part in a run (shown as 対象外); absent when they can */
  excluded?: string
  /** every path the mapping names, normalised by the directory (kana full width, ISO dates, trimmed) */
  values: Values
}

export interface ListPage {
  people: Person[]
  /** where to go on after this page; null after the last */
  next: string | null
  /** how many people the side says there are in all; null when it does not say */
  total: number | null
}

/** A person a side knows of, at whatever date: enough to tell whether somebody is there already. */
export interface KnownPerson {
  id: string
  key: string | null
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

export interface UpdateOrder {
  id: string
  /** only what changes, in this side's paths */
  set: Values
  /** the record as last read: for calls that must repeat unchanged values */
  current: Values
  /** Japan date of the write */
  today: PlainDate
}

/** The people of one side, SmartHR's or a service's. Errors are those of errors.ts. */
export interface Directory {
  /** people per listing page; re-reads go by such pages */
  readonly pageSize: number
  /** the side refuses a second record with the same key (社員番号) */
  readonly keysUnique: boolean
  /** Everybody the side lists at the reference date, page by page in a stable order; `from` = an earlier page's `next`. */
  list(asOf: PlainDate, from?: string): AsyncIterable<ListPage>
  /**
   * Everybody of all periods, for a side whose `list` hides people who left or have yet to join; the engine asks only
   * when it is about to create somebody.
   */
  everyone?(): AsyncIterable<readonly KnownPerson[]>
  /** Whether the record still exists. Only a clear "not found" is false; no right to see it is true. */
  exists(id: string): Promise<boolean>
  /** The named people as they are now; those no longer there are missing. `page` = listing page they stood on. */
  reread(ids: readonly string[], asOf: PlainDate, page: number): Promise<ReadonlyMap<string, Person>>
  /**
   * Registers somebody. Sends as much as the side takes in one call; `left` is what `update` must still send and
   * `current` the new record. Throws Uncertain when it may have happened.
   */
  create(values: Values, today: PlainDate): Promise<{ id: string; current: Values; left: Values }>
  /** Sends what changes. May be repeated: the same order twice leaves the same record. */
  update(order: UpdateOrder): Promise<void>
  /** For each uncertain create the ids of records that could be its result, newest first; the engine rules out known ones. */
  findCreated(creates: readonly UncertainCreate[]): Promise<ReadonlyMap<string, readonly string[]>>
}

/** What a conversion yields: values for the other side, nothing to send, or a reason why it can't be sent. */
export type Converted = { set: Values } | 'keep' | { problem: string }

/** What conversions may need to know. */
export interface ConvertContext {
  today: PlainDate
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
  /** from SmartHR's values (in the order of `smarthr`) to the service's paths */
  toService(values: readonly Scalar[], context: ConvertContext): Converted
  toSmarthr(values: readonly Scalar[], context: ConvertContext): Converted
  /** what a person reads for these values of the side in question; '' for blank */
  showSmarthr(values: readonly Scalar[]): string
  showService(values: readonly Scalar[]): string
}

export type StepKind = 'date' | 'fetch' | 'select' | 'confirm'

/** One thing a connector can do. Data only; the engine runs it. */
export interface Flow {
  /** in URLs and rows: never changes */
  id: string
  direction: Direction
  steps: readonly StepKind[]
  /** the dashboard's panel, e.g. ［SmartHRからfreee人事労務へ］, and its button */
  panel: { title: string; button: string; lead: string }
  /** above the wizard's headings, e.g. 「SmartHRからfreee人事労務への同期」 */
  title: string
  /** history entries are this + 開始 / 終了, e.g. 従業員情報同期 */
  historyLabel: string
  /** the reference date step */
  date: { heading: string; help: string; notes: readonly string[]; yearsBack?: number; yearsAhead?: number }
  /** whether somebody with these dates takes part at the reference date */
  includes(person: Pick<Person, 'employedFrom' | 'employedUntil'>, asOf: PlainDate): boolean
  mapping: readonly FieldPair[]
  /** what the administrator should know before 同期 (also shown in the preview) */
  notes: readonly string[]
  /** refuses to start until the connector's settings are saved */
  needsSettings: boolean
  /** names of the two sides in the direction of the flow, as the mail prints them */
  from: string
  to: string
}

export interface SelectOption {
  value: string
  label: string
}

/** A field of the connector's settings form. */
export interface SettingField {
  name: string
  label: string
  help: string
  kind: 'text' | 'choice' | 'integer'
  /** characters (text) or largest value (integer) */
  max: number
  options?: readonly SelectOption[]
  preset?: string
  suffix?: string
}

export interface ConnectorSettings {
  title: string
  lead: string
  /** 「freee人事労務エクスポート設定を更新しました」 */
  saved: string
  /** shown where a flow is blocked until the settings are saved */
  missing: string
  fields: readonly SettingField[]
  /** the saved values as paths of the service's record, added to creates only */
  onCreate(values: Readonly<Record<string, string>>): Values
}

/** The account (company) of a service, as the service names it. */
export interface Account {
  id: string
  /** the number the administrator knows, e.g. 事業所番号 */
  code: string
  name: string
}

/** OAuth by the service's own consent page. */
export interface OAuthAuth {
  kind: 'oauth2'
  authorizePath: string
  tokenPath: string
  revokePath: string
  authorizeParams: Readonly<Record<string, string>>
  /** the number asked for before consent (freee 事業所番号), normalised or a sentence for the field */
  accountCode: {
    label: string
    help: string
    example: string
    normalise(typed: string): { ok: true; code: string } | { ok: false; error: string }
  }
  /** Asks the service who gave consent and for which account; throws Forbidden with the sentence when it may not be used. */
  identify(http: Http, token: TokenAnswer, code: string): Promise<Account>
  texts: {
    /** 「freee人事労務連携設定」 and so on, word for word */
    settingsTitle: string
    notice: string
    noticeLink: string
    confirmNotes: readonly string[]
    connected: string
    disconnected: string
    disconnectNotes: readonly string[]
  }
}

/** A token endpoint's answer, untouched but for types. */
export interface TokenAnswer {
  accessToken: string
  refreshToken: string | null
  /** seconds; null when the server does not say */
  expiresIn: number | null
  raw: Readonly<Record<string, unknown>>
}

export interface Limits {
  /** calls per second per credential; undefined when the service names none */
  perSecond?: number
  perHour?: number
  /** applies in flight at once */
  concurrency: number
}

export interface OpenContext {
  http: Http
  account: Account
  log: Logger
}

/** A service, declared. All but `open` is data. */
export interface Connector {
  /** in URLs, rows and environment names: never changes */
  id: string
  labels: {
    /** freee人事労務 */
    product: string
    /** freee人事労務連携 */
    app: string
    /** freee人事労務連携ダッシュボード */
    dashboard: string
    /** 事業所 */
    account: string
    /** 事業所番号 */
    accountCode: string
    /** short description in the store list */
    summary: string
  }
  auth: OAuthAuth
  settings: ConnectorSettings | null
  flows: readonly Flow[]
  limits: Limits
  errors: ServiceErrors
  /** the last lines of the result mail (freee §7.4) */
  mail: { support: string; subject(flow: Flow, company: string): string; summary(flow: Flow): string }
  open(context: OpenContext): Directory
}
