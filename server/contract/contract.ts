/**
 * What a service must declare and do to be synchronised by the engine. A connector is one folder that fulfils this
 * contract and one line in registry.ts. If the engine needs to know a service's name, a word is missing here.
 */
import type { Category } from './categories.js'
import type { Http, ServiceErrors } from '../calls/call.js'
import type { Logger } from '../platform/logger.js'
import type { Account, Auth } from './auth.js'
import type { Choice, Directory, PlainDate, Values } from './directory.js'
import type { FileSource, UploadedFile } from './file.js'
import type { AccessTokens, CustomItem, Flow } from './flow.js'
import type { ConnectorHelp } from './help.js'
import type { Area, Period } from './steps.js'

export type * from './auth.js'
export type * from './directory.js'
export type * from './file.js'
export * from './flow.js'
export type * from './mapping.js'
export * from './steps.js'

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
  /** the settings in one line, for pages of flows that use them */
  summary?(values: Readonly<Record<string, string>>): string
  /** the saved values as paths of the service's record, added to creates only */
  onCreate?(values: Readonly<Record<string, string>>): Values
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

/**
 * Hours in which the service is closed, every day, Japan time: `HH:MM`, half-open. No run can be started then. A run
 * that has begun waits until they are over, 24 hours at most; that is no failed attempt.
 */
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
  /** what was chosen in the step of that name; null where the flow has none, or the file is no longer kept */
  file: UploadedFile | null
  /** what holds for the run: the connector's settings as they were at the fetch, or what each column holds */
  settings: Readonly<Record<string, string>>
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
   * Client id and secret. With `required` the app does not start without them. With `offered` the service is not
   * offered without them. With `optional` only the consent page is missing without them.
   */
  client: 'required' | 'offered' | 'optional' | 'none'
  /** `{prefix}_API_IDENTIFIER`: names the app in every call's query; without it the service is not offered */
  identifier?: true
  /** where a call carries its token; default: the Authorization header */
  tokenIn?: 'path'
  /**
   * `{prefix}_COMPANIES`: the operator's tokens, each with the subdomain of the SmartHR company it belongs to; without
   * them the service is not offered. `unregistered` tells a company that is not among them what to do.
   */
  companies?: { unregistered: string }
}

/** A service, declared. */
export interface Connector {
  /** in URLs and rows: never changes */
  id: string
  /** what it is for: the front page lists it among its like */
  category: Category
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
    alert?: {
      text: string
      links: readonly { label: string; href: string }[]
      /** another connector that can, by its id */
      instead?: { connector: string; label: string }
    }
    /** what to know all the time: what must stay, what to do about a mistake, where to ask */
    advice?: readonly { title: string; text: string; link?: { label: string; href: string } }[]
  }
  /** null: there is no service to call, its records come in files */
  addresses: Addresses | null
  auth: Auth
  settings: ConnectorSettings | null
  /** for services that fetch what is published for them */
  accessTokens?: AccessTokens
  customItem?: CustomItem
  flows: readonly Flow[]
  /** its own words on the help pages */
  help?: ConnectorHelp
  limits: Limits
  maintenance: Maintenance | null
  /** for flows that begin with a file */
  file?: FileSource
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
