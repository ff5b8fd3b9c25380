import { isIP } from 'node:net'
import { z } from 'zod'
import type { About } from './contract/about.js'
import type { Addresses, ClientRegistration, Connector } from './contract/contract.js'
import { connectors } from './connectors/registry.js'
import type { SealKey } from './platform/seal.js'
import { refusedInProduction } from './production.js'

type Environment = Readonly<Record<string, string | undefined>>

/** The one schema of the environment. All problems are reported at once. */
const text = z.string().trim().min(1)
const integer = (min: number, max: number) =>
  z
    .string()
    .trim()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine(value => value >= min && value <= max, `must be between ${min} and ${max}`)
const url = (protocols: readonly string[]) =>
  text.refine(
    value => {
      try {
        return protocols.includes(new URL(value).protocol)
      } catch {
        return false
      }
    },
    `must be a URL starting with ${protocols.map(protocol => `${protocol}//`).join(' or ')}`,
  )
const database = url(['postgres:', 'postgresql:'])
/** A site and perhaps a folder of it: `https://localhost@evil.example` is another site than it looks like. */
const web = url(['http:', 'https:'])
  .refine(
    value => !/[@?#\\]/.test(value),
    'must be a plain address, without a user (@), a query (?), a fragment (#) or a backslash',
  )
  .transform(value => value.replace(/(?<!\/)\/+$/, ''))
const list = text.transform(value =>
  value
    .split(',')
    .map(entry => entry.trim())
    .filter(entry => entry !== ''),
)

const KEY_BYTES = 32

const sealKeys = list.transform((entries, context): SealKey[] => {
  const keys = entries.map(entry => {
    const [id = '', base64 = ''] = entry.split(/:(.*)/s)
    return { id, key: Buffer.from(base64, 'base64') }
  })
  if (keys.length === 0 || keys.some(({ id, key }) => !/^\w+$/.test(id) || key.length !== KEY_BYTES)) {
    context.addIssue({ code: 'custom', message: 'must be a comma list of id:base64 with 32 bytes each' })
  }
  if (new Set(keys.map(({ id }) => id)).size < keys.length) {
    context.addIssue({ code: 'custom', message: 'must not name the same id twice' })
  }
  return keys
})

/** A page for people to open. */
const page = url(['https:'])

/** Which company of SmartHR each token belongs to. */
const companyTokens = list.transform((entries, context): ReadonlyMap<string, string> => {
  const pairs = entries.map((entry): [string, string] => {
    const [subdomain = '', token = ''] = entry.split(/:(.*)/s)
    return [subdomain, token]
  })
  const wrong = (message: string) => context.addIssue({ code: 'custom', message })
  if (pairs.length === 0 || pairs.some(([subdomain, token]) => !/^[a-z0-9-]+$/.test(subdomain) || !/^\S+$/.test(token)))
    wrong('must be a comma list of subdomain:token')
  const companies = new Map(pairs)
  if (companies.size < pairs.length) wrong('must not name the same subdomain twice')
  // Two companies of SmartHR would write into one of the service.
  if (new Set(companies.values()).size < companies.size) wrong('must not give two subdomains the same token')
  return companies
})

const common = {
  // Development is asked for: what is left unsaid must be safe.
  NODE_ENV: z.enum(['development', 'test', 'production']).default('production'),
  PORT: integer(0, 65_535).default(3000),
  HOST: text.optional(),
  APP_URL: web.optional(),
  DATABASE_URL: database,
  DATABASE_DIRECT_URL: database.optional(),
  DATABASE_POOL_MAX: integer(1, 1000).default(10),
  JOB_POOL_MAX: integer(3, 1000).default(10),
  SESSION_SECRETS: list.refine(
    secrets => secrets.length > 0 && secrets.every(secret => secret.length >= 32),
    'must be a comma list of secrets with at least 32 characters each',
  ),
  TOKEN_KEYS: sealKeys,
  SMTP_URL: url(['smtp:', 'smtps:']),
  MAIL_FROM: text,
  LOG_LEVEL: z.enum(['error', 'warn', 'info', 'debug']).default('info'),
  WORKER_CONCURRENCY: integer(1, 100).default(10),
  RETENTION_DAYS: integer(1, 3650).default(30),
  TRUST_PROXY: integer(0, 10).default(0),
  SUPPORT_URL: page.optional(),
  SUPPORT_MAIL: z.email().optional(),
  PRIVACY_URL: page.optional(),
  TERMS_URL: page.optional(),
  OUTBOUND_IPS: list
    .refine(addresses => addresses.every(address => isIP(address) > 0), 'must be a comma list of IP addresses')
    .optional(),
  METRICS_TOKEN: text.refine(value => value.length >= 16, 'must have at least 16 characters').optional(),
  SMARTHR_CLIENT_ID: text,
  SMARTHR_CLIENT_SECRET: text,
  SMARTHR_SCOPE: z.string().trim().default(''),
  SMARTHR_AUTH_URL: web.default('https://app.smarthr.jp'),
  SMARTHR_API_URL: web
    // As a label or a folder of its own: what stands beside it would become part of a company's name.
    .refine(
      value =>
        value.split('{subdomain}').length === 2 &&
        /^https?:\/\/(\{subdomain\}\.|[^/]+\/(.*\/)?\{subdomain\}(\/|$))/i.test(value),
      'must contain {subdomain} once, as the first part of the host or as a folder',
    )
    .default('https://{subdomain}.smarthr.jp'),
  CLOCK: z.iso
    .datetime({ offset: true })
    .transform(value => new Date(value))
    .optional(),
}

/** The app's registration at an OAuth server. */
export interface Registration extends ClientRegistration {
  authUrl: string
}

/** Where a service is, and how the app is registered there; null: not registered, so no consent page to go to. */
export interface ServiceConfig {
  apiUrl: string
  registration: ClientRegistration | null
  /** the site of the consent page, for services that have one */
  authUrl: string | null
  /** the operator's tokens by the subdomain of the SmartHR company, for services that give one per company */
  companies: ReadonlyMap<string, string> | null
  /** names the app in every call, for services that want that */
  identifier: string | null
}

export interface Config {
  production: boolean
  /** templates are read anew for every page, so that an edit shows */
  development: boolean
  port: number
  host: string | undefined
  appUrl: string
  databaseUrl: string
  /** past a pooler, for what listens */
  databaseDirectUrl: string
  databasePoolMax: number
  jobPoolMax: number
  sessionSecrets: string[]
  tokenKeys: SealKey[]
  smtpUrl: string
  mailFrom: string
  logLevel: string
  workerConcurrency: number
  retentionDays: number
  trustProxy: number
  /** what asks for /metrics carries it; null: nobody is asked outside production, and there are none in it */
  metricsToken: string | null
  /** where the app's calls come from, for services that want to be told; empty: nothing is said of it */
  outboundIps: string[]
  /** what stands below every page and mail, where it is set */
  about: About
  smarthr: Registration & { apiUrl: string; scope: string }
  /** by connector id */
  services: Readonly<Record<string, ServiceConfig>>
  clockStartsAt: Date | undefined
}

export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not complete:\n${problems.map(problem => `  - ${problem}`).join('\n')}`)
  }
}

/** The variables of one service, as its connector declares them. */
const serviceShape = ({ addresses, auth }: Pick<Connector, 'addresses' | 'auth'>) => {
  if (!addresses) return {}
  const { prefix, apiUrl, authUrl, client, companies, identifier } = addresses
  const secret = client === 'required' ? text : text.optional()
  return {
    [`${prefix}_API_URL`]: web.default(apiUrl),
    ...(companies && { [`${prefix}_COMPANIES`]: companyTokens.optional() }),
    ...(identifier && { [`${prefix}_API_IDENTIFIER`]: text.optional() }),
    ...(client !== 'none' && {
      // the site of a consent page, for services that have one
      ...(auth.consent && { [`${prefix}_AUTH_URL`]: authUrl === undefined ? web.optional() : web.default(authUrl) }),
      [`${prefix}_CLIENT_ID`]: secret,
      [`${prefix}_CLIENT_SECRET`]: secret,
    }),
  }
}

const shape = z.object({
  ...common,
  ...(Object.assign({}, ...connectors.map(connector => serviceShape(connector))) as Record<
    string,
    z.ZodType<string | ReadonlyMap<string, string> | undefined>
  >),
})

/** Addresses over which tokens, passwords or sessions travel. */
const CARRY_SECRETS = [
  'APP_URL',
  'SMARTHR_AUTH_URL',
  'SMARTHR_API_URL',
  ...connectors.flatMap(({ addresses }) =>
    addresses ? [`${addresses.prefix}_AUTH_URL`, `${addresses.prefix}_API_URL`] : [],
  ),
]

/** Every variable that the app reads. */
export const OURS: ReadonlySet<string> = new Set([...Object.keys(shape.shape), 'DATABASE_OWNER_URL'])

/** The variables that are the app's: a machine has others. */
const ofOurs = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => OURS.has(name)))

/** A service's part of what was read. */
function serviceOf({ prefix }: Addresses, value: Readonly<Record<string, unknown>>): ServiceConfig {
  const read = (name: string) => value[`${prefix}_${name}`] as string | undefined
  const companies = value[`${prefix}_COMPANIES`] as ReadonlyMap<string, string> | undefined
  const apiUrl = read('API_URL')
  if (apiUrl === undefined) throw new Error(`${prefix}_API_URL has no default`)
  const [authUrl, clientId, clientSecret] = [read('AUTH_URL'), read('CLIENT_ID'), read('CLIENT_SECRET')]
  return {
    apiUrl,
    registration: clientId && clientSecret ? { clientId, clientSecret } : null,
    authUrl: authUrl ?? null,
    companies: companies ?? null,
    identifier: read('API_IDENTIFIER') ?? null,
  }
}

/** Exit code for a configuration that can't work (sysexits EX_CONFIG). */
export const EX_CONFIG = 78

/** Reads the environment. An empty variable counts as not set. Throws ConfigError with every problem in words. */
export function loadConfig(env: Environment): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = shape.safeParse(given)
  const problems = parsed.success
    ? []
    : parsed.error.issues.map(issue => {
        const name = String(issue.path[0] ?? '')
        return given[name] === undefined ? `${name} is not set` : `${name}: ${issue.message}`
      })
  for (const { prefix, companies } of connectors.flatMap(connector => connector.addresses ?? [])) {
    if (companies && given[`${prefix}_API_TOKEN`])
      problems.push(
        `${prefix}_API_TOKEN is no longer read: set ${prefix}_COMPANIES to a comma list of subdomain:token, which says which SmartHR company each token belongs to`,
      )
    const [id, secret] = [`${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`]
    // Half a registration is a mistake; none at all is allowed.
    if (given[id] && !given[secret]) problems.push(`${secret} is not set`)
    if (given[secret] && !given[id]) problems.push(`${id} is not set`)
  }
  if (!given.NODE_ENV || given.NODE_ENV === 'production')
    problems.push(...refusedInProduction(ofOurs(given), CARRY_SECRETS))
  if (!parsed.success || problems.length > 0) throw new ConfigError([...new Set(problems)])
  const value = parsed.data
  return {
    production: value.NODE_ENV === 'production',
    development: value.NODE_ENV === 'development',
    port: value.PORT,
    host: value.HOST,
    appUrl: value.APP_URL ?? `http://localhost:${value.PORT}`,
    databaseUrl: value.DATABASE_URL,
    databaseDirectUrl: value.DATABASE_DIRECT_URL ?? value.DATABASE_URL,
    databasePoolMax: value.DATABASE_POOL_MAX,
    jobPoolMax: value.JOB_POOL_MAX,
    sessionSecrets: value.SESSION_SECRETS,
    tokenKeys: value.TOKEN_KEYS,
    smtpUrl: value.SMTP_URL,
    mailFrom: value.MAIL_FROM,
    logLevel: value.LOG_LEVEL,
    workerConcurrency: value.WORKER_CONCURRENCY,
    retentionDays: value.RETENTION_DAYS,
    trustProxy: value.TRUST_PROXY,
    metricsToken: value.METRICS_TOKEN ?? null,
    outboundIps: value.OUTBOUND_IPS ?? [],
    about: {
      supportUrl: value.SUPPORT_URL ?? null,
      supportMail: value.SUPPORT_MAIL ?? null,
      privacyUrl: value.PRIVACY_URL ?? null,
      termsUrl: value.TERMS_URL ?? null,
    },
    smarthr: {
      clientId: value.SMARTHR_CLIENT_ID,
      clientSecret: value.SMARTHR_CLIENT_SECRET,
      authUrl: value.SMARTHR_AUTH_URL,
      apiUrl: value.SMARTHR_API_URL,
      scope: value.SMARTHR_SCOPE,
    },
    services: Object.fromEntries(
      connectors.flatMap(({ id, addresses }) => (addresses ? [[id, serviceOf(addresses, value)]] : [])),
    ),
    clockStartsAt: value.CLOCK,
  }
}

/** What is wrong with an environment, in words. */
export function problemsOf(env: Environment): readonly string[] {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems
  }
}

/** Sandbox mode: no registration at SmartHR, and not production. */
export const isSandboxMode = (env: Environment) => !env.SMARTHR_CLIENT_ID && env.NODE_ENV !== 'production'

/** Says what is wrong, in words, and ends the process. */
export function exitWith(error: Error): never {
  process.stderr.write(`${error.message}\n`)
  process.exit(EX_CONFIG)
}

const userOf = (url: string) => decodeURIComponent(new URL(url).username)

/** All the release phase needs: the owner's address, and the app's login where it is another. */
export function releaseConfig(env: Environment): { ownerUrl: string; appLogin: string | null } {
  const { DATABASE_OWNER_URL: owner, DATABASE_DIRECT_URL: direct, DATABASE_URL: app } = env
  // Migrations take locks that last for a session: past the pooler where there is a way.
  const url = owner || direct || app
  if (!url) throw new ConfigError(['DATABASE_OWNER_URL is not set, and DATABASE_URL is not either'])
  const names = { DATABASE_OWNER_URL: owner, DATABASE_DIRECT_URL: direct, DATABASE_URL: app }
  const problems = Object.entries(names).flatMap(([name, value]) =>
    value ? (database.safeParse(value).error?.issues ?? []).map(({ message }) => `${name}: ${message}`) : [],
  )
  if (problems.length > 0) throw new ConfigError(problems)
  return { ownerUrl: url, appLogin: app && userOf(app) !== userOf(url) ? userOf(app) : null }
}

/** What the environment says; without all that is needed it says what is missing and ends. */
export function configOrExit(): Config
export function configOrExit<T>(read: (env: Environment) => T): T
export function configOrExit(read: (env: Environment) => unknown = loadConfig): unknown {
  try {
    return read(process.env)
  } catch (error) {
    if (error instanceof ConfigError) exitWith(error)
    throw error
  }
}
