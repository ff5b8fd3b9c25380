import type { Clock } from '../platform/clock.js'
import type { TokenSource } from '../calls/http.js'
import { createTokenEndpoint, type TokenEndpoint } from '../calls/token-endpoint.js'
import { createTokenKeeper, storageThrough } from '../calls/token-keeper.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { GrantStore } from './grant.store.js'

export interface GrantTokens {
  /** The SmartHR token of one administrator. Throws ReconnectNeeded when only a new sign-in helps. */
  of(tenantId: string, adminId: string): TokenSource
}

/** Where SmartHR's tokens are renewed and revoked. */
export const smarthrEndpoint = (smarthr: { authUrl: string; clientId: string; clientSecret: string }): TokenEndpoint =>
  createTokenEndpoint({
    ...smarthr,
    tokenUrl: `${smarthr.authUrl}/oauth/token`,
    revokeUrl: `${smarthr.authUrl}/oauth/revoke`,
    product: 'SmartHR',
  })

/** Valid SmartHR tokens, for all callers in all processes. */
export function createGrantTokens({
  inTenant,
  endpoint,
  clock,
}: {
  inTenant: InTenant<{ grants: GrantStore }>
  endpoint: TokenEndpoint
  clock: Clock
}): GrantTokens {
  return {
    of: (tenantId, adminId) =>
      createTokenKeeper({
        endpoint,
        clock,
        side: 'smarthr',
        product: 'SmartHR',
        storage: storageThrough(work => inTenant(tenantId, ({ grants }) => work(grants.tokens(adminId)))),
      }),
  }
}
