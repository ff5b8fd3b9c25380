import type { Recorder } from '../audit/audit.store.js'
import type { TokenEndpoint } from '../calls/token-endpoint.js'
import type { AccessTokenStore } from '../connections/access-token.store.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import type { OwnConnectionStore } from '../connections/own-connection.store.js'
import type { TenantStore } from '../install/tenant.store.js'
import type { Withdrawal } from '../install/withdrawal.js'
import type { SendMail } from '../mail/outbox.job.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { Logger } from '../platform/logger.js'
import { endRun, type EndStores } from '../runs/end-run.js'
import type { GrantTokens } from '../smarthr/grant.service.js'
import type { GrantStore } from '../smarthr/grant.store.js'
import type { CompanyCounts, CompanyEndStore } from './company-end.store.js'
import { createCompanyMails } from './company-mails.js'
import { finalMail, noticeMail } from './company-mail.view.js'

interface CompanyStores extends EndStores {
  companyEnds: CompanyEndStore
  connections: ConnectionStore
  ownConnections: Pick<OwnConnectionStore, 'end'>
  accessTokens: Pick<AccessTokenStore, 'revokeAll'>
  grants: Pick<GrantStore, 'end'>
  audit: Recorder
}

export interface CompanyEndDeps {
  inTenant: InTenant<CompanyStores>
  tenants: Pick<TenantStore, 'find'>
  clock: Clock
  log: Logger
  /** where a service is told to forget a token; null where it can't be told */
  endpointOf(connector: string): TokenEndpoint | null
  withdrawal: Pick<Withdrawal, 'revoke'>
  grants: GrantTokens
  send: SendMail
  appUrl: string
}

/** A token that a service can be told to forget. */
interface Held {
  connector: string
  token: string
}

const ENDED =
  '企業データの削除、またはSmartHRとの連携の終了により、中止しました。続ける場合は、もう一度SmartHRと連携してください。'

/** Ends what is at work, in the caller's transaction. */
async function endRuns(stores: CompanyStores, now: Date): Promise<void> {
  const { companyEnds, runs } = stores
  for (const runId of await companyEnds.endPreparations(now)) {
    const run = await runs.lock(runId)
    // Whoever works on it loses the lease, and with it the right to the next write.
    if (run) await endRun(stores, run, { now, rest: { outcome: 'not_run', reason: ENDED }, aborted: true, why: ENDED })
  }
}

/** … and every connection. Gives the tokens that the services still know. */
async function endAll(stores: CompanyStores, now: Date): Promise<Held[]> {
  const { companyEnds, connections, ownConnections, accessTokens, audit } = stores
  await endRuns(stores, now)
  const held: Held[] = []
  for (const id of await companyEnds.connections()) {
    // What no key opens any more must not keep a company from leaving.
    const credentials = await connections.lock(id).catch(() => null)
    const connection = await connections.find(id)
    if (!connection) continue
    const { connector, accountName } = connection
    if (connection.owner === null) await connections.end(id, now)
    else await ownConnections.end(connection, now)
    await accessTokens.revokeAll(id, now)
    await audit.add({ act: 'unlink', connector, about: id, details: { account: accountName } })
    const token = credentials?.refreshToken ?? credentials?.accessToken
    if (token) held.push({ connector, token })
  }
  return held
}

/** The end of a company here: asked for by an administrator or the operator, or noticed by SmartHR's refusals. */
export function createCompanyEnd(deps: CompanyEndDeps) {
  const { inTenant, tenants, clock, log, endpointOf, withdrawal, grants, appUrl } = deps
  const tell = createCompanyMails(deps)

  /** The services are asked to forget the tokens; their failure changes nothing here. */
  const revoke = async (held: readonly Held[]): Promise<void> => {
    for (const { connector, token } of held) {
      await endpointOf(connector)
        ?.revoke(token)
        .catch((error: unknown) => log.info('token not revoked at the service', { connector, err: error }))
    }
  }

  return {
    /** ［削除する］, with the company's name typed. What is at work ends at once; all there is goes within minutes. */
    ask: (tenantId: string): Promise<void> =>
      inTenant(tenantId, async stores => {
        await stores.companyEnds.asked()
        await stores.audit.add({ act: 'company.deletion-asked', details: { confirmed: ['企業名の入力'] } })
        await endRuns(stores, clock.now())
      }),

    counts: (tenantId: string): Promise<CompanyCounts> => inTenant(tenantId, ({ companyEnds }) => companyEnds.counts()),

    /** SmartHR has refused everybody for a week: nothing of the company is at work or connected any more. */
    async uninstalled(tenantId: string): Promise<void> {
      const held = await inTenant(tenantId, async stores => {
        if (!(await stores.companyEnds.uninstalled())) return []
        await stores.audit.add({ act: 'company.uninstalled' })
        return endAll(stores, clock.now())
      })
      await revoke(held)
      log.info('an uninstalled company was noticed', { tenantId })
    },

    /** The mail before an uninstalled company's data goes. */
    async notice(tenantId: string): Promise<void> {
      const tenant = await tenants.find(tenantId)
      const end = await inTenant(tenantId, ({ companyEnds }) => companyEnds.find())
      if (tenant && end)
        await tell(tenant, 'notice', noticeMail({ company: tenant.name, dueAt: end.dueAt, url: appUrl }))
    },

    /**
     * Ends, revokes, tells and deletes, in this order: afterwards nobody knows the addresses. Whatever breaks off is done
     * again the next minute. Null: something has begun anew meanwhile, or the mail has yet to leave.
     */
    async end(tenantId: string): Promise<CompanyCounts | null> {
      const tenant = await tenants.find(tenantId)
      if (!tenant) return null
      const { held, granted, counts } = await inTenant(tenantId, async stores => {
        const counted = await stores.companyEnds.counts()
        const tokens: string[] = []
        const ended = await endAll(stores, clock.now())
        for (const adminId of await stores.companyEnds.grantedBy()) {
          const token = await stores.grants.end(adminId)
          if (token) tokens.push(token)
        }
        return { held: ended, granted: tokens, counts: counted }
      })
      await revoke(held)
      for (const token of granted) await withdrawal.revoke(token)
      await tell(tenant, 'final', finalMail({ company: tenant.name, counts })).catch((error: unknown) =>
        log.warn('the mail about a deletion has not left yet', { tenantId, err: error }),
      )
      const told = await inTenant(tenantId, async ({ companyEnds }) =>
        (await companyEnds.mayGo()) ? companyEnds.deleteAll(tenant.name) : null,
      )
      if (told) log.info('a company was deleted', { tenantId, ...told })
      return told
    },

    /** Asks SmartHR about authorisations that nobody has used for a week: how else would an idle company be noticed? */
    async askIdle(tenantId: string): Promise<void> {
      for (const adminId of await inTenant(tenantId, ({ companyEnds }) => companyEnds.idleGrants())) {
        const tokens = grants.of(tenantId, adminId)
        // What SmartHR answers is stored; there is nobody to tell it to.
        await tokens
          .token()
          .then(token => tokens.renew(token))
          .catch((error: unknown) => log.info('an idle authorisation was not renewed', { tenantId, err: error }))
      }
    },
  }
}

export type CompanyEnding = ReturnType<typeof createCompanyEnd>
