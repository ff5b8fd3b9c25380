import pg from 'pg'
import { createApplyJob } from './apply/apply.job.js'
import { createLimiter } from './calls/limiter.js'
import { createTokenEndpoint } from './calls/token-endpoint.js'
import type { Config } from './config.js'
import { createConnections } from './connections/connection.service.js'
import { createOwnConnections } from './connections/own-connection.service.js'
import { createServiceCalls, fixedToken, type CallDeps } from './connections/service-calls.js'
import { createSmarthrCalls } from './connections/smarthr-calls.js'
import { connectorOf, connectors } from './connectors/registry.js'
import { createAccessTokens } from './feed/access-token.service.js'
import { createFeedLimits } from './feed/feed.limits.js'
import { createFeed } from './feed/feed.service.js'
import { createHousekeeping } from './housekeeping/housekeeping.job.js'
import { serviceConsents, smarthrConsent } from './install/consents.js'
import { createSignIn } from './install/sign-in.service.js'
import { createSmarthrAccounts } from './install/smarthr-account.js'
import type { JobHandlers } from './jobs/worker.js'
import { createOutboxJob } from './mail/outbox.job.js'
import { createSmtp } from './mail/smtp.js'
import { createFetchJob } from './plan/fetch.job.js'
import { createClock } from './platform/clock.js'
import { createDatabase } from './platform/db.js'
import { createLogger, type Logger } from './platform/logger.js'
import { createMetrics } from './platform/metrics.js'
import { createSealer } from './platform/seal.js'
import { endWorkOf } from './runs/connection-end.js'
import { createOpenSides } from './runs/open-sides.js'
import { createRunFailures } from './runs/run-failures.js'
import { createGrantTokens } from './smarthr/grant.service.js'
import { createData } from './stores.js'
import { createReports } from './reports/report.service.js'
import { flowFinder } from './runs/flow-of.js'
import { createRunLoader } from './runs/load-run.js'
import { createBeginning } from './wizard/begin.service.js'
import { createCancel } from './wizard/cancel.service.js'
import { createChoices } from './wizard/choices.service.js'
import { createDialog } from './wizard/dialog.service.js'
import { createItemRegistration } from './wizard/items.service.js'
import { createSelecting } from './wizard/select.service.js'
import { createStarting } from './wizard/start.service.js'

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
  const { inTenant, tenants } = data
  const deps: CallDeps = {
    calls: {
      limiter: createLimiter(db),
      log,
      timeoutMs: waits.timeoutMs,
      retryBaseMs: waits.retryBaseMs,
      onCall: metrics.serviceCall,
    },
    pace: options.pace !== false,
    clock,
  }
  const services = createServiceCalls(config.services, deps)
  const { offered, offeredConnectorOf } = services
  const flowOf = flowFinder(offeredConnectorOf)
  const accounts = createSmarthrAccounts({ authUrl: config.smarthr.authUrl, apiUrl: config.smarthr.apiUrl })
  const grants = createGrantTokens({
    inTenant,
    clock,
    endpoint: createTokenEndpoint({
      ...config.smarthr,
      tokenUrl: `${config.smarthr.authUrl}/oauth/token`,
      revokeUrl: `${config.smarthr.authUrl}/oauth/revoke`,
      product: 'SmartHR',
    }),
  })
  const smarthr = createSmarthrCalls(config.smarthr, grants, deps)
  const connections = createConnections({
    inTenant,
    beforeEnd: endWorkOf,
    clock,
    log,
    endpointOf: services.endpointOf,
    httpWith: (connector, token) =>
      services.httpTo(connector, token === null ? null : fixedToken(token), `new:${connector.id}`),
    clientOf: services.clientOf,
  })
  const ownConnections = createOwnConnections({
    inTenant,
    clock,
    httpOf: connector =>
      services.httpTo(connector, fixedToken(services.operatorTokenOf(connector) ?? ''), `${connector.id}:links`),
    smarthrOf: smarthr.httpFor,
  })
  const { openSides, openAreas } = createOpenSides({
    inTenant,
    tenants,
    connections,
    services,
    smarthr,
    clock,
    log,
  })

  const failures = createRunFailures({ inTenant, clock, log, listingRetryMs: waits.listingRetryMs })
  const smtp = createSmtp({ url: config.smtpUrl, from: config.mailFrom })
  const handlers: JobHandlers = {
    'run.fetch': createFetchJob({ data, clock, log, openSides, failures }),
    'run.apply': createApplyJob({ inTenant, clock, log, openSides, failures, lookUpAfterMs: waits.lookUpAfterMs }),
    'mail.result': createOutboxJob({
      inTenant,
      tenants,
      clock,
      log,
      send: smtp.send,
      connectorOf,
      appUrl: config.appUrl,
    }),
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
    signIn: createSignIn({ inTenant, tenants, clock, accounts }),
    signInConsent: smarthrConsent(config, clock),
    connections,
    accessTokens: createAccessTokens({ inTenant, tokenOwners: data.tokenOwners, clock }),
    feed: createFeed({ inTenant, clock, log, connectorOf }),
    feedLimits: createFeedLimits(ownerPool),
    ownConnections,
    consentOf: serviceConsents(connectors, config, clock),
    connectors: offered,
    connectorOf: offeredConnectorOf,
    flowOf,
    loadRun: createRunLoader({ inTenant, flowOf }),
    beginning: createBeginning({ inTenant, clock, flowOf }),
    choices: createChoices({ inTenant, flowOf, openSides, openAreas, failures }),
    itemRegistration: createItemRegistration({ inTenant, clock, flowOf }),
    selecting: createSelecting({ inTenant, flowOf }),
    dialog: createDialog({ inTenant, flowOf }),
    starting: createStarting({ inTenant, clock, flowOf, openSides, failures }),
    cancel: createCancel({ inTenant, clock }),
    reports: createReports({ inTenant, flowOf }),
    handlers,
    housekeeping: createHousekeeping({
      inTenant,
      tenants,
      clock,
      log,
      retentionDays: config.retentionDays,
      connectors: offered,
    }),
    openSides,
    siteOf: smarthr.siteOf,
    async close(): Promise<void> {
      smtp.close()
      await db.destroy()
      await ownerPool.end()
    },
  }
}

export type Container = ReturnType<typeof createContainer>
