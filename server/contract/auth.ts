/** How a company, or each administrator, connects a service. */
import type { Http, TokenAnswer } from '../calls/call.js'

export type { TokenAnswer } from '../calls/call.js'

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
  /** the service takes calls from addresses it was told alone: what the app's are called there */
  permits?: { label: string }
  /** what opens the form again once the service is connected; default: it stands open */
  edit?: string
  /**
   * Tries what was typed at the service before anything is stored. Returns the account it opens, and the token when
   * what was typed is one. With `token` null the fields themselves are kept, sealed. Throws Forbidden with the
   * sentence.
   */
  check(
    typed: Readonly<Record<string, string>>,
    context: CheckContext,
  ): Promise<{ account: Account; token: TokenAnswer | null }>
}

/**
 * For services that count log-ins and bind what is done to one. Every run logs in with the kept credentials and logs
 * out when its job ends. `http` sends no token where there is none yet.
 */
export interface SessionAuth {
  signIn(http: Http, fields: Readonly<Record<string, string>>, client: ClientRegistration): Promise<TokenAnswer>
  /** Throws ReconnectNeeded when the refresh token is no longer good: then a new log-in follows. */
  renew(http: Http, refreshToken: string, client: ClientRegistration): Promise<TokenAnswer>
  end(http: Http): Promise<void>
}

/**
 * Every administrator connects the service alone, by SmartHR's own consent and for a limited time. After the end a
 * start leads to the connection page. A run that has begun goes on.
 */
export interface PerAdminAuth {
  days: number
  /** so many days before the end the owner is warned, on screen and once by mail */
  warnDays: number
  /** Which account of the service the connections belong to: the one that the company's token opens. */
  identify(http: Http): Promise<Account>
  texts: {
    section: string
    row: string
    connect: string
    renew: string
    end: string
    url: string
    daysLeft: string
    done: string
    ended: string
    alert: string
    expired: string
  }
}

/** How a company connects the service: by consent, a form, or either. Or each administrator connects it alone. */
export interface Auth {
  perAdmin?: PerAdminAuth
  consent?: ConsentAuth
  form?: CredentialsForm
  /** OAuth endpoints that renew and revoke; without them tokens last until they are revoked at the service */
  renewal?: { tokenPath: string; revokePath: string }
  session?: SessionAuth
  texts: {
    /** title of the page that connects */
    settingsTitle: string
    /** its entry in the app's menu */
    menu: string
    lead: string
    /** the dashboard's notice while there is no connection */
    notice: string
    /** what must be ticked before the connection takes force; null: it does so at once */
    confirmNotes: readonly string[] | null
    connected: string
    disconnected: string
    disconnectNotes: readonly string[]
  }
}
