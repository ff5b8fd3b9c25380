import { createNoteWrites } from './runs/note-writes.js'
import { createApplyJob } from './apply/apply.job.js'
import { createLimiter } from './calls/limiter.js'
import type { Config } from './config.js'
import { createConnections } from './connections/connection.service.js'
import { createOwnConnections } from './connections/own-connection.service.js'
import { createScopeService } from './connections/scopes.service.js'
import { createServiceCalls, fixedToken } from './connections/service-calls.js'
import { createTableLists } from './connections/table-lists.js'
import { createSmarthrCalls } from './connections/smarthr-calls.js'
import { connectorOf, connectors } from './connectors/registry.js'
import { belowMails } from './contract/about.js'
import { declared } from './contract/declared.js'
import { createAccessTokens } from './feed/access-token.service.js'
import { createFeedLimits } from './feed/feed.limits.js'
import { createFeed } from './feed/feed.service.js'
import { createCompanyEnd } from './housekeeping/company-end.service.js'
import { createHousekeeping } from './housekeeping/housekeeping.job.js'
import { createRunDays } from './housekeeping/run-days.store.js'
import { serviceConsents, smarthrConsent } from './install/consents.js'
import { LIFETIME_MS } from './install/state.store.js'
import { createRightCheck } from './install/right.js'
import { createSignIn } from './install/sign-in.service.js'
import { createWithdrawal } from './install/withdrawal.js'
import { createSmarthrAccounts } from './install/smarthr-account.js'
import type { JobHandlers } from './jobs/worker.js'
import { createOutboxJob, type SendMail } from './mail/outbox.job.js'
import { createSmtp } from './mail/smtp.js'
import { createCompareJob } from './plan/compare-keys.job.js'
import { createFetchJob } from './plan/fetch.job.js'
import { createClock } from './platform/clock.js'
import { createCount, createOnce } from './platform/counting.js'
import { createDatabase, createPool } from './platform/db.js'
import { createLogger, type Logger } from './platform/logger.js'
import { createFigures } from './platform/figures.js'
import { createMetrics } from './platform/metrics.js'
import { createSealer } from './platform/seal.js'
import { endWorkOf } from './runs/connection-end.js'
import { createOpenSides } from './runs/open-sides.js'
import type { OpenSides } from './runs/sides.js'
import { createRunFailures, type RunFailures } from './runs/run-failures.js'
import { createGrantTokens, smarthrEndpoint } from './smarthr/grant.service.js'
import { createData } from './stores.js'
import { createReports } from './reports/report.service.js'
import { createTakingBack } from './wizard/take-back.service.js'
import { createUndoing } from './wizard/undo.service.js'
import { flowFinder, type FlowOf } from './runs/flow-of.js'
import { createCheckLetter } from './schedule/check-letter.js'
import { createChecking } from './schedule/checking.js'
import { createRunLoader } from './runs/load-run.js'
import { createApproving } from './wizard/approving.service.js'
import { createBeginning } from './wizard/begin.service.js'
import { createCancel } from './wizard/cancel.service.js'
import { createChoices } from './wizard/choices.service.js'
import { createPersonCheck, type PersonCheckDeps } from './wizard/check-person.service.js'
import { createDialog } from './wizard/dialog.service.js'
import { createGuard } from './wizard/guard.service.js'
import { createPairing, type PairDeps } from './wizard/pair.service.js'
import { createItemRegistration } from './wizard/items.service.js'
import { createPlanFiles } from './wizard/plan-file.service.js'
import { createSelecting } from './wizard/select.service.js'
import { createStarting, type StartingDeps } from './wizard/start.service.js'
import { createUploading } from './wizard/upload.service.js'

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
  /** before those who differ at a check are read once more, ms */
  checkAgainMs: number
}

const realWaits: Waits = {
  retryBaseMs: 1_000,
  timeoutMs: 30_000,
  listingRetryMs: 5_000,
  // Two minutes in all: what is not listed by then was not created, as far as anybody can say.
  lookUpAfterMs: [1_000, 4_000, 10_000, 15_000, 30_000, 30_000, 30_000],
  checkAgainMs: 60_000,
}

export interface ContainerOptions {
  log?: Logger
  waits?: Partial<Waits>
  poolMax?: number
  /** how long a statement waits for a lock, or for a session, ms; a page must not wait for ever */
  lockTimeoutMs?: number
  /** after how long a connection to the database that says nothing is given up, ms (tests) */
  silentMs?: number
  /** false: calls are not spaced out, for a sandbox without limits (tests, benchmarks) */
  pace?: boolean
}

/** Longer than the making of a custom item takes, where SmartHR answers. */
const MAKING_S = 60

/** What everything else stands on: the database, the clock, the log. */
function createBase(config: Config, options: ContainerOptions) {
  const log = options.log ?? createLogger(config.logLevel)
  const { lockTimeoutMs, silentMs } = options
  const max = options.poolMax ?? config.databasePoolMax
  const db = createDatabase(config.databaseUrl, { poolMax: max, log, silentMs })
  const sealer = createSealer(config.tokenKeys)
  const data = createData(db, sealer, { lockTimeoutMs })
  const metrics = createMetrics()
  const pool = createPool(config.databaseUrl, { max, log, answerWithinMs: lockTimeoutMs, silentMs })
  return {
    config,
    waits: { ...realWaits, ...options.waits },
    log,
    clock: createClock(config.clockStartsAt),
    metrics,
    figures: createFigures(db, metrics.registry),
    db,
    sealer,
    /** sessions, and what counts sign-ins */
    pool,
    once: createOnce(pool, LIFETIME_MS),
    /** the job library's: it listens, which no pooler lets through */
    jobPool: createPool(config.databaseDirectUrl, { max: config.jobPoolMax, log, silentMs }),
    data,
    inTenant: data.inTenant,
    tenants: data.tenants,
    noteWrites: createNoteWrites(db),
  }
}

type Base = ReturnType<typeof createBase>

/** The services and SmartHR: how each is called, and by which connection. */
function createOutside({ config, waits, log, clock, metrics, db, pool, inTenant, tenants }: Base, pace: boolean) {
  const { timeoutMs, retryBaseMs } = waits
  const { outboundIps } = config
  const calls = { limiter: createLimiter(db), log, timeoutMs, retryBaseMs, outboundIps, onCall: metrics.serviceCall }
  const services = createServiceCalls(config.services, { calls, pace, clock })
  const endpoint = smarthrEndpoint(config.smarthr)
  const grants = createGrantTokens({ inTenant, clock, endpoint })
  const smarthr = createSmarthrCalls(config.smarthr, grants, { calls, pace, clock })
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
    httpOf: (connector, tenant) =>
      services.httpTo(
        connector,
        fixedToken(declared(services.operatorTokenOf(connector, tenant), 'operator token')),
        `${connector.id}:links:${tenant.id}`,
      ),
    smarthrOf: smarthr.httpFor,
    makings: createCount(pool, 'custom-item', { points: 1, seconds: MAKING_S }),
  })
  return {
    services,
    grants,
    withdrawal: createWithdrawal({ inTenant, endpoint, log }),
    siteOf: smarthr.siteOf,
    connections,
    ownConnections,
    scopeService: createScopeService({ inTenant, smarthrOf: smarthr.httpFor, clock }),
    readTableLists: createTableLists({ inTenant, tenants, connections, services, smarthr, clock, log }),
    ...createOpenSides({ inTenant, tenants, connections, services, smarthr, clock, log }),
  }
}

/** 同期, and 承認 in front of it. */
function startsOf(deps: StartingDeps & Base & Omit<Parameters<typeof createRightCheck>[0], 'clock'>) {
  const starting = createStarting(deps)
  return { starting, approving: createApproving({ ...deps, starting, isStillAdministrator: createRightCheck(deps) }) }
}

/** What is begun from a person's page. */
const aboutOnePerson = ({
  offered: connectors,
  offeredConnectorOf: connectorOf,
  ...deps
}: Base & ReturnType<typeof createServiceCalls> & Omit<PairDeps & PersonCheckDeps, 'connectors' | 'connectorOf'>) => ({
  personCheck: createPersonCheck({ ...deps, connectors }),
  pairings: createPairing({ ...deps, connectorOf }),
})
/** What the worker does. */
function createJobs(
  base: Base,
  {
    openSides,
    failures,
    flowOf,
    send,
  }: { openSides: OpenSides; failures: RunFailures; flowOf: FlowOf; send: SendMail },
) {
  const { config, waits, log, clock, inTenant, tenants } = base
  const { appUrl, about } = config
  const fetch = createFetchJob({ inTenant, clock, log, openSides, failures })
  const checking = createChecking({ inTenant, clock, flowOf, plan: fetch, checkAgainMs: waits.checkAgainMs })
  // A service that is offered no longer has a name all the same.
  const checkLetter = createCheckLetter({ flowOf: flowFinder(connectorOf), about, appUrl })
  const mail = createOutboxJob({ inTenant, tenants, clock, log, send, connectorOf, checkLetter, appUrl, about })
  const handlers: JobHandlers = {
    'run.fetch': fetch,
    'run.apply': createApplyJob({ ...base, openSides, failures, lookUpAfterMs: waits.lookUpAfterMs }),
    'check.fetch': checking.job,
    'mail.result': mail,
    'mail.copy': mail,
    'mail.check': mail,
    'mail.approval': mail,
    'keys.compare': createCompareJob({ inTenant, clock, log, connectorOf, openSides, failures }),
  }
  return { checking, handlers }
}

/** The only place that creates and connects things. One per process. */
export function createContainer(config: Config, options: ContainerOptions = {}) {
  const base = createBase(config, options)
  const { waits, log, clock, data, inTenant, tenants } = base
  const { services, ...outside } = createOutside(base, options.pace !== false)
  const { openSides, openAreas } = outside
  const flowOf = flowFinder(services.offeredConnectorOf)
  const accounts = createSmarthrAccounts(config.smarthr)
  const failures = createRunFailures({ inTenant, clock, log, listingRetryMs: waits.listingRetryMs })
  const smtp = createSmtp({ url: config.smtpUrl, from: config.mailFrom, below: belowMails(config.about) })
  const companyEnd = createCompanyEnd({
    ...base,
    ...outside,
    endpointOf: id => services.endpointOf(connectorOf(id)),
    send: smtp.send,
    appUrl: config.appUrl,
  })
  const { checking, handlers } = createJobs(base, { openSides, failures, flowOf, send: smtp.send })
  const beginning = createBeginning({ inTenant, clock, flowOf })

  return {
    ...base,
    ...outside,
    accounts,
    signIn: createSignIn({
      inTenant,
      tenants,
      operatorAudit: data.operatorAudit,
      clock,
      accounts,
      withdrawal: outside.withdrawal,
    }),
    signInConsent: smarthrConsent(config, base),
    accessTokens: createAccessTokens({ inTenant, tokenOwners: data.tokenOwners, clock }),
    feed: createFeed({ inTenant, clock, log, connectorOf }),
    feedLimits: createFeedLimits(base.pool),
    consentOf: serviceConsents(connectors, config, base),
    allConnectors: connectors,
    connectors: services.offered,
    connectorOf: services.offeredConnectorOf,
    flowOf,
    loadRun: createRunLoader({ inTenant, flowOf }),
    beginning,
    ...aboutOnePerson({ ...base, ...services, flowOf, openSides, failures }),
    uploading: createUploading({ inTenant, clock, flowOf, beginning }),
    choices: createChoices({ inTenant, flowOf, openSides, openAreas, failures }),
    itemRegistration: createItemRegistration({ inTenant, clock, flowOf }),
    selecting: createSelecting({ inTenant, flowOf }),
    planFiles: createPlanFiles({ inTenant }),
    dialog: createDialog({ inTenant, flowOf }),
    guard: createGuard({ inTenant, flowOf }),
    ...startsOf({ ...base, ...outside, flowOf, failures, accounts }),
    cancel: createCancel({ inTenant, clock }),
    reports: createReports({ inTenant, flowOf }),
    undoing: createUndoing({ inTenant, clock, flowOf }),
    takingBack: createTakingBack({ inTenant, clock, flowOf, openSides, failures }),
    companyEnd,
    handlers,
    housekeeping: createHousekeeping({
      ...base,
      due: data.due,
      runDays: createRunDays(base.db),
      companyEnd,
      checking,
      clock,
      log,
      retentionDays: config.retentionDays,
      connectors: services.offered,
    }),
    async close(): Promise<void> {
      smtp.close()
      await base.db.destroy()
      await base.pool.end()
      await base.jobPool.end()
    },
  }
}

export type Container = ReturnType<typeof createContainer>
