import pg from 'pg'
import type { Config } from './config.js'
import { createLinks } from './connections/link.service.js'
import { createConnections } from './connections/connection.service.js'
import { createRunSession } from './connections/run-session.js'
import {
  createOptionsOf,
  needsSettings,
  type Connector,
  type Directory,
  type Flow,
  type Limits,
  type Values,
} from './contract/contract.js'
import { declared } from './contract/declared.js'
import { connectorOf, connectors } from './connectors/registry.js'
import { createAccessTokens } from './feed/access-token.service.js'
import { createFeedLimits } from './feed/feed.limits.js'
import { createFeed } from './feed/feed.service.js'
import { createConsent, type Consent } from './install/consent.js'
import { NotFound, ReconnectNeeded } from './errors.js'
import { createSignIn } from './install/sign-in.service.js'
import type { Tenant } from './install/tenant.store.js'
import { createSmarthrAccounts } from './install/smarthr-account.js'
import type { JobHandlers } from './jobs/worker.js'
import { createOutboxJob } from './mail/outbox.job.js'
import { createSmtp } from './mail/smtp.js'
import { paths } from './paths.js'
import { createClock } from './platform/clock.js'
import { createDatabase } from './platform/db.js'
import { createHttp, type TokenSource } from './calls/http.js'
import { createLimiter } from './calls/limiter.js'
import { createLogger, type Logger } from './platform/logger.js'
import { createMetrics } from './platform/metrics.js'
import { createTokenEndpoint, type TokenEndpoint } from './calls/token-endpoint.js'
import { createSealer } from './platform/seal.js'
import { createCrewDirectory } from './smarthr/crews.js'
import { createCrewDocuments } from './smarthr/crew-documents.js'
import { requireCustomItem } from './smarthr/custom-items.js'
import { createDepartmentDirectory } from './smarthr/departments.js'
import { createPayslipDirectory } from './smarthr/payslips.js'
import { smarthrErrors } from './smarthr/errors.js'
import { createGrantTokens } from './smarthr/grant.service.js'
import { smarthrLimits } from './smarthr/limits.js'
import { createYearEndResults } from './smarthr/year-end-results.js'
import { createData } from './stores.js'
import { createApplyJob } from './apply/apply.job.js'
import { createFetchJob } from './plan/fetch.job.js'
import { createHousekeeping } from './housekeeping/housekeeping.job.js'
import { createRunFailures } from './runs/run-failures.js'
import type { Run } from './runs/run.js'
import { noDirectory, type OpenAreas, type OpenSides } from './runs/sides.js'
import { createWizard } from './wizard/wizard.service.js'

/** Waits that tests shorten; the defaults are for real services. */
export interface Waits {
  /** before the second try of a read or an update, ms; doubles */
  retryBaseMs: number
  /** a call without an answer is given up after, ms */
  timeoutMs: number
  /** before a broken listing is read again, ms; doubles */
  listingRetryMs: number
  /** before each look-up of an uncertain create, ms */
  lookUpAfterMs: readonly number[]
}

const realWaits: Waits = {
  retryBaseMs: 1_000,
  timeoutMs: 30_000,
  listingRetryMs: 5_000,
  lookUpAfterMs: [1_000, 4_000],
}

export interface ContainerOptions {
  log?: Logger
  waits?: Partial<Waits>
  poolMax?: number
  /** false: calls are not spaced out, for a sandbox without limits (tests, benchmarks) */
  pace?: boolean
}

/** What the wizard's options say, in the target's paths. */
const chosenFor = (flow: Flow, run: Run): Values =>
  Object.fromEntries(
    createOptionsOf(flow).flatMap(({ name, path }) => {
      const chosen = run.options[name]
      return chosen ? [[path, chosen.value]] : []
    }),
  )

/** The connector's settings for new people, in the target's paths. */
const settingsFor = (flow: Flow, { settings }: Connector, values: Readonly<Record<string, string>>): Values =>
  needsSettings(flow) ? (declared(settings, 'settings').onCreate?.(values) ?? {}) : {}

/** What the dialog showed and 同期 has kept; a change of the settings afterwards is for the next run. */
const frozen = ({ options }: Run): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value]))

/** The only place that creates and connects things. One per process. */
export function createContainer(config: Config, options: ContainerOptions = {}) {
  const waits = { ...realWaits, ...options.waits }
  const log = options.log ?? createLogger(config.logLevel)
  const clock = createClock(config.clockStartsAt)
  const metrics = createMetrics()
  const db = createDatabase(config.databaseUrl, { poolMax: options.poolMax ?? 10 })
  // Sessions and graphile-worker speak to PostgreSQL themselves; this pool connects as the owner of their tables.
  const ownerPool = new pg.Pool({ connectionString: config.databaseUrl, max: 10 })
  const lost = (error: Error) => log.warn('database connection lost', { err: error })
  ownerPool.on('error', lost)
  ownerPool.on('connect', client => client.on('error', lost))
  const sealer = createSealer(config.tokenKeys)
  const data = createData(db, sealer)
  const limiter = createLimiter(db)

  const paced = ({ perSecond, writesPerSecond }: Limits) =>
    options.pace === false
      ? {}
      : { ...(perSecond !== undefined && { perSecond }), ...(writesPerSecond !== undefined && { writesPerSecond }) }

  const serviceOf = (connector: Connector) => {
    const service = config.services[connector.id]
    if (!service) throw new Error(`no configuration for ${connector.id}`)
    return service
  }

  /** What every call to a service carries beside its own. */
  const queryOf = (connector: Connector) => {
    const { identifier } = serviceOf(connector)
    const { tokenIn } = connector.addresses
    return { ...(identifier !== null && { query: { identifier } }), ...(tokenIn && { tokenIn }) }
  }

  const httpTo = (connector: Connector, tokens: TokenSource | null, limitKey: string) =>
    createHttp({
      baseUrl: serviceOf(connector).apiUrl,
      errors: connector.errors,
      tokens,
      ...queryOf(connector),
      closedHours: { hours: connector.maintenance, now: clock.now },
      limiter,
      limitKey,
      ...paced(connector.limits),
      log,
      timeoutMs: waits.timeoutMs,
      retryBaseMs: waits.retryBaseMs,
      onCall: metrics.serviceCall,
    })

  /** One token that nothing can renew. */
  const fixed = (token: string): TokenSource => ({
    token: () => Promise.resolve(token),
    renew: () =>
      Promise.reject(new ReconnectNeeded('認証の有効期限が切れています。再度連携設定を行なってください。', 'service')),
  })

  /** Services the app can offer: those that need a registration have one. */
  const offered = connectors.filter(
    ({ id, addresses }) =>
      (addresses.client !== 'offered' || config.services[id]?.registration) &&
      (!addresses.token || config.services[id]?.token) &&
      (!addresses.identifier || config.services[id]?.identifier),
  )
  /** Throws NotFound for a service that is not offered: such a page does not exist. */
  const offeredConnectorOf = (id: string): Connector => {
    const connector = connectorOf(id)
    if (!offered.includes(connector)) throw new NotFound()
    return connector
  }

  const clientOf = (connector: Connector) => serviceOf(connector).registration

  const accounts = createSmarthrAccounts({ authUrl: config.smarthr.authUrl, apiUrl: config.smarthr.apiUrl })
  const grants = createGrantTokens({
    data,
    clock,
    endpoint: createTokenEndpoint({
      ...config.smarthr,
      tokenUrl: `${config.smarthr.authUrl}/oauth/token`,
      revokeUrl: `${config.smarthr.authUrl}/oauth/revoke`,
      product: 'SmartHR',
    }),
  })

  const endpointOf = (connector: Connector): TokenEndpoint | null => {
    const { registration, authUrl } = serviceOf(connector)
    const { renewal } = connector.auth
    if (!registration || !authUrl || !renewal) return null
    return createTokenEndpoint({
      ...registration,
      tokenUrl: authUrl + renewal.tokenPath,
      revokeUrl: authUrl + renewal.revokePath,
      product: connector.labels.product,
    })
  }
  const connections = createConnections({
    data,
    clock,
    log,
    endpointOf,
    httpWith: (connector, token) => httpTo(connector, token === null ? null : fixed(token), `new:${connector.id}`),
    clientOf,
  })

  const links = createLinks({
    data,
    clock,
    httpOf: connector => httpTo(connector, fixed(serviceOf(connector).token ?? ''), `${connector.id}:links`),
    smarthrOf: (tenant, adminId) => smarthrHttp(tenant, adminId),
  })

  const signInConsent = createConsent({
    purpose: 'smarthr',
    authorizeUrl: `${config.smarthr.authUrl}/oauth/authorization`,
    tokenUrl: `${config.smarthr.authUrl}/oauth/token`,
    clientId: config.smarthr.clientId,
    clientSecret: config.smarthr.clientSecret,
    callbackUrl: config.appUrl + paths.signInCallback.to(),
    scope: config.smarthr.scope,
    pkce: true,
    clock,
  })
  const consents = new Map(
    connectors.flatMap((connector): [string, Consent][] => {
      const { registration, authUrl } = serviceOf(connector)
      const { consent } = connector.auth
      if (!registration || !authUrl || !consent) return []
      return [
        [
          connector.id,
          createConsent({
            purpose: connector.id,
            authorizeUrl: authUrl + consent.authorizePath,
            tokenUrl: authUrl + consent.tokenPath,
            clientId: registration.clientId,
            clientSecret: registration.clientSecret,
            callbackUrl: config.appUrl + paths.connectionCallback.to({ connector: connector.id }),
            pkce: false,
            extraParams: consent.authorizeParams,
            clock,
          }),
        ],
      ]
    }),
  )
  /** Null where the app is not registered with the service, so that there is no consent page to go to. */
  const consentOf = (connector: Connector): Consent | null => consents.get(connector.id) ?? null

  /** The run's connection with calls that carry its credentials; to be closed whatever happens. */
  const openService = async (run: Run) => {
    const connector = connectorOf(run.connector)
    const { connection, held, settings } = await data.inTenant(run.tenantId, async stores => {
      const found = await stores.connections.find(run.connectionId)
      return {
        connection: found,
        held: await stores.connections.read(run.connectionId),
        settings: found && (await stores.settings.find(run.connector, found.accountId)),
      }
    })
    if (!connection) throw new Error('a run without its connection')
    const account = { id: connection.accountId, code: connection.accountCode, name: connection.accountName }
    // A service counts per account, whoever connected it.
    const limitKey = `${connector.id}:${account.id}`
    const { session } = connector.auth
    const client = clientOf(connector)
    const inSession =
      session && client
        ? createRunSession({
            data,
            log,
            run,
            session,
            fields: held?.fields ?? {},
            client,
            http: token => httpTo(connector, token === null ? null : fixed(token), limitKey),
          })
        : null
    const { token } = serviceOf(connector)
    const tokens =
      inSession ?? (token === null ? connections.tokensOf(connector, run.tenantId, connection.id) : fixed(token))
    return {
      connector,
      settings,
      context: { account, log, today: clock.today, http: httpTo(connector, tokens, limitKey) },
      close: async () => {
        await inSession?.end()
      },
    }
  }

  const openAreas: OpenAreas = async run => {
    const { connector, context, close } = await openService(run)
    try {
      return (await connector.areas?.(context)) ?? []
    } finally {
      await close()
    }
  }

  const companySite = (tenant: Tenant): string =>
    tenant.subdomain ? config.smarthr.apiUrl.replace('{subdomain}', tenant.subdomain) : config.smarthr.authUrl

  /** Calls to a company's SmartHR on behalf of one administrator. */
  const smarthrHttp = (tenant: Tenant, adminId: string) =>
    createHttp({
      baseUrl: companySite(tenant),
      errors: smarthrErrors,
      tokens: grants.of(tenant.id, adminId),
      limiter,
      limitKey: `smarthr:${tenant.id}:${adminId}`,
      ...paced(smarthrLimits),
      log,
      timeoutMs: waits.timeoutMs,
      retryBaseMs: waits.retryBaseMs,
      onCall: metrics.serviceCall,
    })

  const openSides: OpenSides = async run => {
    const tenant = await data.tenants.find(run.tenantId)
    if (!tenant) throw new Error('a run without its tenant')
    const { connector, settings, context, close } = await openService(run)
    const flow = connector.flows.find(candidate => candidate.id === run.flow)
    if (!flow) throw new Error(`no flow ${run.flow}`)
    const smarthr = smarthrHttp(tenant, run.adminId)
    const { customItem } = connector
    const openOwn = (): Directory => {
      switch (flow.dataset) {
        case 'employees':
          return createCrewDirectory({
            http: smarthr,
            paths: [...flow.mapping.flatMap(pair => pair.smarthr), ...(flow.alsoReads ?? [])],
            ...(flow.key && { key: flow.key }),
            ...(customItem && { before: () => requireCustomItem(smarthr, customItem) }),
          })
        case 'departments':
          return createDepartmentDirectory({ http: smarthr })
        case 'payslips':
          return createPayslipDirectory({ http: smarthr })
        case 'crew-documents':
          return createCrewDocuments({ http: smarthr })
        case 'year-end-results':
          return createYearEndResults({ http: smarthr })
      }
    }
    const own = openOwn()
    const people =
      flow.kind === 'publication'
        ? noDirectory
        : connector.open({
            ...context,
            area: run.area?.value ?? null,
            flow: flow.id,
            dataset: flow.dataset,
            period: run.period,
          })
    const toService = flow.direction === 'to-service'
    return {
      connector,
      flow,
      source: toService ? own : people,
      target: toService ? people : own,
      sourceIs: toService ? 'smarthr' : 'service',
      targetIs: toService ? 'service' : 'smarthr',
      names: { source: flow.from, target: flow.to },
      account: { connector: connector.id, accountId: context.account.id },
      onCreate: {
        ...(toService && settingsFor(flow, connector, { ...settings, ...frozen(run) })),
        ...chosenFor(flow, run),
      },
      close,
    }
  }

  const failures = createRunFailures({ data, clock, log, listingRetryMs: waits.listingRetryMs })
  const smtp = createSmtp({ url: config.smtpUrl, from: config.mailFrom })
  const handlers: JobHandlers = {
    'run.fetch': createFetchJob({ data, clock, log, openSides, failures }),
    'run.apply': createApplyJob({ data, clock, log, openSides, failures, lookUpAfterMs: waits.lookUpAfterMs }),
    'mail.result': createOutboxJob({ data, clock, log, send: smtp.send, connectorOf, appUrl: config.appUrl }),
  }

  return {
    config,
    log,
    clock,
    metrics,
    db,
    ownerPool,
    data,
    accounts,
    grants,
    signIn: createSignIn({ data, clock, accounts }),
    signInConsent,
    connections,
    accessTokens: createAccessTokens({ data, clock }),
    feed: createFeed({ data, clock, log, connectorOf }),
    feedLimits: createFeedLimits(ownerPool),
    links,
    consentOf,
    connectors: offered,
    connectorOf: offeredConnectorOf,
    wizard: createWizard({ data, clock, connectorOf: offeredConnectorOf, openSides, openAreas, failures }),
    handlers,
    housekeeping: createHousekeeping({ data, clock, log, retentionDays: config.retentionDays, connectors: offered }),
    openSides,
    companySite,
    async close(): Promise<void> {
      smtp.close()
      await db.destroy()
      await ownerPool.end()
    },
  }
}

export type Container = ReturnType<typeof createContainer>
