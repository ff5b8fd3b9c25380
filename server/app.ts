import { join } from 'node:path'
import express, { Router, type Express } from 'express'
import { connectionRoutes } from './connections/connection.routes.js'
import { fieldRulesRoutes } from './connections/field-rules.routes.js'
import { scopeRoutes } from './connections/scopes.routes.js'
import { mailRecipientRoutes } from './connections/mail-recipient.routes.js'
import { ownConnectionRoutes } from './connections/own-connection.routes.js'
import { settingsRoutes } from './connections/settings.routes.js'
import type { Container } from './container.js'
import { accessTokenRoutes } from './feed/access-token.routes.js'
import { feedRoutes } from './feed/feed.routes.js'
import { homeRoutes } from './dashboard/home.routes.js'
import { signInRoutes } from './install/sign-in.routes.js'
import { helpRoutes } from './help/help.routes.js'
import { paths } from './paths.js'
import { projectRoot } from './platform/root.js'
import { auditRoutes } from './dashboard/audit.routes.js'
import { approvalRulesRoutes } from './dashboard/approval-rules.routes.js'
import { createApprovalRules } from './dashboard/approval-rules.service.js'
import { changesRoutes } from './dashboard/changes.routes.js'
import { companyEndRoutes, whileDeleted } from './dashboard/company-end.routes.js'
import { dashboardRoutes } from './dashboard/dashboard.routes.js'
import { flowKeyRoutes } from './dashboard/flow-key.routes.js'
import { createValueTables } from './dashboard/value-tables.service.js'
import { valueTablesRoutes } from './dashboard/value-tables.routes.js'
import { personRoutes } from './dashboard/person.routes.js'
import { limitsRoutes } from './dashboard/limits.routes.js'
import { runListRoutes } from './dashboard/run-list.routes.js'
import { payslipItemRoutes } from './payslips/payslip-item.routes.js'
import { reportRoutes } from './reports/report.routes.js'
import { undoRoutes } from './reports/undo.routes.js'
import { wizardRoutes } from './wizard/wizard.routes.js'
import { csrfProtection, csrfUnlessSignedOut, sameOriginOnly } from './web/csrf.js'
import { errorHandler, notFound } from './web/errors.js'
import { loadWho, signedInOnly } from './install/guard.js'
import { layout } from './web/layout.js'
import { operatorsRoutes } from './web/operators.routes.js'
import { requestLog } from './web/request-log.js'
import { noStore, securityHeaders } from './web/security.js'
import { scheduleRoutes } from './schedule/schedule.routes.js'
import { absoluteLimit, createSession, flashForPages, saveBeforeRedirect } from './web/session.js'
import { createLimits } from './web/limits.js'
import { drawWithEjs } from './web/views.js'

/** Forms whose every sending is counted: they try credentials at a service, bring a file, or start what can't be taken back. */
const limitedForms = ({ typed, uploaded, confirmed }: ReturnType<typeof createLimits>): Router =>
  Router()
    .use(paths.connection.pattern, typed)
    .use(paths.keyComparison.pattern, typed)
    .use(paths.newFile.pattern, uploaded)
    .use(paths.valueTablesFile.pattern, uploaded)
    .use(paths.step.pattern.replace(':step', 'confirm'), confirmed)

/** The pages of a company, for its signed-in administrators. */
function companyRoutes(container: Container): Router[] {
  const { config, log, clock, connectors, connectorOf, inTenant } = container
  return [
    personRoutes(container),
    undoRoutes(container),
    reportRoutes(container),
    wizardRoutes(container),
    ownConnectionRoutes({
      inTenant,
      clock,
      ownConnections: container.ownConnections,
      connectorOf,
      consent: container.signInConsent,
      once: container.once,
      log,
    }),
    connectionRoutes({
      inTenant,
      connections: container.connections,
      connectorOf,
      consentOf: container.consentOf,
      outboundIps: config.outboundIps,
      log,
    }),
    accessTokenRoutes({ inTenant, tokens: container.accessTokens, connectorOf, appUrl: config.appUrl, log }),
    settingsRoutes({ inTenant, clock, connectorOf }),
    fieldRulesRoutes({ inTenant, clock, connectorOf }),
    flowKeyRoutes({ inTenant, clock, connectorOf }),
    scopeRoutes({ inTenant, clock, connectorOf, scopeService: container.scopeService }),
    valueTablesRoutes({
      connectorOf,
      clock,
      valueTables: createValueTables({ inTenant, readLists: container.readTableLists, clock }),
    }),
    mailRecipientRoutes({ inTenant, clock, connectorOf }),
    approvalRulesRoutes({ approvalRules: createApprovalRules({ inTenant, clock }), connectorOf }),
    scheduleRoutes(container),
    payslipItemRoutes({ inTenant, connectorOf }),
    companyEndRoutes({ companyEnd: container.companyEnd, log }),
    limitsRoutes({ inTenant, clock, connectors }),
    auditRoutes({ inTenant, clock, connectors }),
    changesRoutes({ inTenant, clock, connectorOf }),
    runListRoutes({ inTenant, clock, connectorOf }),
    dashboardRoutes(container),
  ]
}

/** Every middleware and router, in order. */
export function createApp(
  container: Container,
  { draining = () => false }: { draining?: () => boolean } = {},
): Express {
  const { config, log, clock, metrics, data, connectors } = container
  const { inTenant } = data
  const consentUrls = [
    config.smarthr.authUrl,
    ...Object.values(config.services).flatMap(service => service.authUrl ?? []),
  ]

  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', config.trustProxy)
  drawWithEjs(app, { cache: !config.development })

  app.use(requestLog(log, metrics))
  app.use(securityHeaders({ production: config.production, consentUrls }))
  app.use(operatorsRoutes({ ...container, ...config, draining }))
  // A service has no session, form or page, so the feed stands before them.
  app.use(
    feedRoutes({
      feed: container.feed,
      tokens: container.accessTokens,
      limits: container.feedLimits,
      connectors,
      appUrl: config.appUrl,
      log,
    }),
  )
  app.use('/assets', express.static(join(projectRoot, 'public'), { maxAge: '1y', immutable: true, index: false }))
  app.use(noStore)
  // Before everything that asks the database: without it, a page must say so all the same.
  app.use(layout({ config }))
  app.use(flashForPages)
  app.use(createSession({ ...container, secrets: config.sessionSecrets, production: config.production }))
  app.use(saveBeforeRedirect)
  app.use(absoluteLimit(clock))
  app.use(loadWho(data))
  app.use(sameOriginOnly(config.appUrl))
  app.use(express.urlencoded({ extended: false, limit: '100kb', parameterLimit: 1000 }))

  const limits = createLimits(container.pool)
  app.use(paths.signIn.pattern, limits.signIn)
  app.use(
    csrfUnlessSignedOut,
    signInRoutes({ inTenant, signIn: container.signIn, consent: container.signInConsent, clock, log }),
    helpRoutes({ connectors }),
    whileDeleted,
    homeRoutes({ inTenant, clock, connectors }),
    signedInOnly(container),
    csrfProtection,
    limitedForms(limits),
    ...companyRoutes(container),
  )

  app.use(notFound)
  app.use(errorHandler(log))
  return app
}
