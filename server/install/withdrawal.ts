import type { Recorder } from '../audit/audit.store.js'
import type { TokenEndpoint } from '../calls/token-endpoint.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { Logger } from '../platform/logger.js'
import type { GrantStore } from '../smarthr/grant.store.js'
import type { AdminStore } from './admin.store.js'

export interface WithdrawalDeps {
  inTenant: InTenant<{ admins: AdminStore; grants: GrantStore; audit: Recorder }>
  /** SmartHR's */
  endpoint: TokenEndpoint
  log: Logger
}

/** What becomes of an authorisation whose administrator is none any more. */
export function createWithdrawal({ inTenant, endpoint, log }: WithdrawalDeps) {
  /** SmartHR is asked to forget a token; its failure changes nothing here. */
  const revoke = (token: string): Promise<void> =>
    endpoint.revoke(token).catch((error: unknown) => log.info('token not revoked at SmartHR', { err: error }))

  return {
    revoke,

    /** Sessions and tokens go at once, and then the tokens at SmartHR, too. */
    async rightLost(tenantId: string, adminId: string): Promise<void> {
      const token = await inTenant(tenantId, async ({ admins, grants, audit }) => {
        await admins.endOtherSessions(adminId, '')
        const held = await grants.end(adminId)
        if (held !== null) await audit.add({ act: 'right.lost', about: adminId })
        return held
      })
      if (token !== null) await revoke(token)
    },
  }
}

export type Withdrawal = ReturnType<typeof createWithdrawal>
