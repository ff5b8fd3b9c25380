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
  /** by which links know the person, where the record is about a person and has an id of its own (a payslip) */
  personId?: string
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

/** Something to choose from, as the side in question names it. */
export interface Choice {
  value: string
  label: string
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

/** What became of one order of a batch: the record's id, or why the side refused it. */
export type BatchResult = { id: string } | { refused: string }

/** Several records in one call. Throws Uncertain for the whole call when it may have happened. */
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
  /** Everything that follows is written into, and looked for in, this group. */
  use(id: string): void
  /** Removes a group that nothing was written into; false: it holds something after all, and stays. */
  drop(id: string): Promise<boolean>
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
   * when it is about to create somebody. Whole records count as listed, mere ids as known to exist.
   */
  everyone?(): AsyncIterable<readonly (KnownPerson | Person)[]>
  /** The side's own list of this name, read now (divisions, offices …); for choices that apply to new people. */
  choices?(list: string): Promise<readonly Choice[]>
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
  /** for a side that takes several records in one call: the engine writes no other way then */
  batch?: Batch
  /** for records that are written into a group made for the run */
  grouping?: Grouping
  /** a record is never changed once it is there: what was found to be ours is done */
  final?: true
  /** For each uncertain create the ids of records that could be its result, newest first; the engine rules out known ones. */
  findCreated(creates: readonly UncertainCreate[]): Promise<ReadonlyMap<string, readonly string[]>>
}

/** What a conversion yields: values for the other side, nothing to send, or a reason why it can't be sent. */
export type Converted = { set: Values; /** shown beside the change */ note?: string } | 'keep' | { problem: string }

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
  /** how many records `includes` has left out, `{n}`; default: people not employed at the reference date */
  leftOut?: string
}

/** Statements of the source become payslips in a payroll made for the run. Nothing there is ever changed. */
export interface PayslipRules {
  /** items SmartHR does not know: sent as they are, or registered here first (項目登録画面) */
  items: 'sent' | 'asked'
  /** the payroll's two names: typed in the dialog, or made from this; `month` = 2026年11月 */
  names: 'asked' | ((month: string) => string)
  /** somebody SmartHR no longer knows: nobody is imported, or only that person is not */
  unknown: 'fails-all' | 'fails-one'
  /** whoever has no person in SmartHR can't be chosen, with this reason */
  unknownReason: string
}

/** What a record becomes in a snapshot that the service fetches. */
export interface Published {
  /** as the feed gives it */
  record: object
  changes: readonly { label: string; before: string; after: string }[]
  problems: readonly string[]
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
  publish(person: Person): Published
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

/** The dialog's own words, where 「従業員を同期しますか？」 does not fit. */
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
  key?: { path: string; normalise(value: Scalar | undefined): string | null }
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
  /** what the administrator should know before 同期 (also shown in the preview) */
  notes: readonly string[]
  /** required: no start before they are saved. used: they shape the plan, and the selection page says which held. */
  settings: 'none' | 'used' | 'required'
  /** names of the two sides in the direction of the flow, as the mail prints them */
  from: string
  to: string
}

/** A field of the connector's settings form. */
export interface SettingField {
  name: string
  label: string
  help: string
  kind: 'text' | 'choice' | 'radio' | 'integer'
  /** characters (text) or largest value (integer) */
  max: number
  options?: readonly Choice[]
  preset?: string
  suffix?: string
}

export interface ConnectorSettings {
  title: string
  lead: string
  /** the message after saving */
  saved: string
  /** shown where a flow is blocked until the settings are saved */
  missing: string
  fields: readonly SettingField[]
  /** a click on a choice saves it (with JavaScript; without, there is a button) */
  savesAtOnce?: true
  /** the settings in one line, for pages of flows that use them */
  summary?(values: Readonly<Record<string, string>>): string
  /** the saved values as paths of the service's record, added to creates only */
  onCreate?(values: Readonly<Record<string, string>>): Values
}

/** The account (company) of a service, as the service names it. */
export interface Account {
  id: string
  /** the number the administrator knows */
  code: string
  name: string
}

/** Consent on the service's own page, OAuth 2.0 with an authorisation code. */
export interface ConsentAuth {
  authorizePath: string
  tokenPath: string
  authorizeParams: Readonly<Record<string, string>>
  button: string
  /** what happens on the service's page, in words */
  lead: string
  /** the number asked for before consent, normalised or a sentence for the field */
  accountCode?: {
    label: string
    help: string
    example: string
    normalise(typed: string): { ok: true; code: string } | { ok: false; error: string }
  }
  /** Asks the service who gave consent and for which account; throws Forbidden with the sentence when it may not be used. */
  identify(http: Http, token: TokenAnswer, code: string): Promise<Account>
}

/** One field of a form that takes credentials. */
export interface CredentialField {
  name: string
  label: string
  help: string
  /** masked, and never shown again */
  secret: boolean
  max: number
  /** what of the connection stands in the field when it is typed again */
  shows?: 'accountCode' | 'accountName'
}

/** What a form's check may use. */
export interface CheckContext {
  /** calls with this token, or with none */
  http(token: string | null): Http
  /** the app's registration at the service; null where there is none */
  client: ClientRegistration | null
}

export interface ClientRegistration {
  clientId: string
  clientSecret: string
}

/** Credentials typed here. */
export interface CredentialsForm {
  title: string
  lead: string
  fields: readonly CredentialField[]
  button: string
  /** what opens the form again once the service is connected; default: it stands open */
  edit?: string
  /**
   * Tries them at the service before anything is stored: which account they open, and the token when what was typed is
   * one; otherwise the fields themselves are kept, sealed. Throws Forbidden with the sentence.
   */
  check(
    typed: Readonly<Record<string, string>>,
    context: CheckContext,
  ): Promise<{ account: Account; token: TokenAnswer | null }>
}

/**
 * For services that count log-ins and bind what is done to one: every run logs in with the kept credentials and logs
 * out, whatever happens. `http` sends no token where there is none yet.
 */
export interface SessionAuth {
  signIn(http: Http, fields: Readonly<Record<string, string>>, client: ClientRegistration): Promise<TokenAnswer>
  /** Throws ReconnectNeeded when the refresh token is no longer good: then a new log-in follows. */
  renew(http: Http, refreshToken: string, client: ClientRegistration): Promise<TokenAnswer>
  end(http: Http): Promise<void>
}

/** A link that every administrator makes for himself, by SmartHR's own consent and for a limited time. */
export interface AdminLink {
  days: number
  /** so many days before the end the owner is warned, on screen and once by mail */
  warnDays: number
  /** Which account of the service links belong to; the operator's token opens it. */
  identify(http: Http): Promise<Account>
  texts: {
    section: string
    row: string
    link: string
    renew: string
    end: string
    url: string
    daysLeft: string
    done: string
    ended: string
    alert: string
    expired: string
    /** the account belongs to another company's SmartHR */
    taken: string
  }
}

/** How a company connects the service: consent, a form, or either; or each administrator by a link. */
export interface Auth {
  link?: AdminLink
  consent?: ConsentAuth
  form?: CredentialsForm
  /** OAuth endpoints that renew and revoke; a service without them has tokens that last until somebody stops them */
  renewal?: { tokenPath: string; revokePath: string }
  session?: SessionAuth
  texts: {
    /** title of the page that connects */
    settingsTitle: string
    /** its entry in the app's menu */
    menu: string
    lead: string
    /** the dashboard's notice while there is no connection, and its button */
    notice: string
    noticeLink: string
    /** what must be ticked before the connection takes force; null: it does so at once */
    confirmNotes: readonly string[] | null
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
  /** where writes are counted apart from the rest */
  writesPerSecond?: number
  perHour?: number
  /** applies in flight at once */
  concurrency: number
  /** calls one person takes at most; for the estimate of how long a run will take */
  callsPerPerson: { new: number; changed: number }
}

/** Hours in which the service is closed, every day, Japan time: `HH:MM`, half-open. */
export interface Maintenance {
  windows: readonly { from: string; to: string }[]
  /** calls keep clear of a window's edges by so many seconds, since clocks differ */
  guardSeconds: number
}

/** A mail of a flow that goes through whole or not at all: when it did not, the reason alone is told, not the counts. */
export interface MailFrame {
  greeting: string
  support: string
  /** lines after the reason */
  remarks: readonly string[]
  closing: readonly string[]
}

export interface OpenContext {
  http: Http
  account: Account
  log: Logger
  /** what was chosen in the step of that name */
  area: string | null
  /** which of the connector's flows is about to run */
  flow: string
  dataset: Flow['dataset']
  /** what was typed in the step of that name */
  period: Period | null
  /** today's date in Japan */
  today(): PlainDate
}

/** Where the service is, and how the app is registered there. Variables are `{prefix}_API_URL` and so on. */
export interface Addresses {
  prefix: string
  /** defaults; what the environment says wins */
  apiUrl: string
  /** the consent page's site; absent: not known, so the environment has to name it */
  authUrl?: string
  /**
   * Client id and secret. required: the app does not start without them. offered: without them the service is not
   * offered. optional: without them there is only no consent page to go to.
   */
  client: 'required' | 'offered' | 'optional' | 'none'
  /** `{prefix}_API_IDENTIFIER`: names the app in every call's query; without it the service is not offered */
  identifier?: true
  /** where a call carries its token; default: the Authorization header */
  tokenIn?: 'path'
  /** `{prefix}_API_TOKEN`: one token of the operator's for all; without it the service is not offered */
  token?: true
}

/** The words of most flows. */
export const peopleWords: Words = { item: '従業員', counter: '名', key: '社員番号', name: '氏名' }

/** A service, declared. All but `open` is data. */
export interface Connector {
  /** in URLs and rows: never changes */
  id: string
  labels: {
    /** the service's name */
    product: string
    /** this app's name in the store */
    app: string
    dashboard: string
    /** what the service calls an account, and the number that names it */
    account: string
    accountCode: string
    /** short description in the store list */
    summary: string
  }
  dashboard: {
    lead: string
    /** history: two entries per run, when it starts and when it ends. reports: one per run, from the fetch on. */
    recent: 'history' | 'reports'
    recentTitle: string
    /** the title of the report list, and other words for states */
    allTitle?: string
    states?: Readonly<Record<string, string>>
    /** what the service can't do, and where to go instead */
    alert?: { text: string; links: readonly { label: string; href: string }[] }
  }
  addresses: Addresses
  auth: Auth
  settings: ConnectorSettings | null
  /** for services that fetch what is published for them */
  accessTokens?: AccessTokens
  customItem?: CustomItem
  flows: readonly Flow[]
  limits: Limits
  maintenance: Maintenance | null
  errors: ServiceErrors
  /** the result mail's own words; `support` are its last lines */
  mail: {
    support: string
    /** `failed`: nothing at all went through; `stopped`: by the administrator */
    subject(flow: Flow, company: string, failed: boolean, stopped?: boolean): string
    summary(flow: Flow, failed: boolean): string
    /** what stands around the result where a flow's mail has words of its own; null: the usual ones */
    frame?(flow: Flow): MailFrame | null
  }
  /** The account's areas, for flows with that step. */
  areas?(context: Pick<OpenContext, 'http' | 'account' | 'log' | 'today'>): Promise<readonly Area[]>
  open(context: OpenContext): Directory
}
