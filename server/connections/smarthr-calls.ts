import type { Caller, Http } from '../calls/call.js'
import { createHttp } from '../calls/http.js'
import type { Config } from '../config.js'
import type { Tenant } from '../install/tenant.store.js'
import { smarthrErrors } from '../smarthr/errors.js'
import type { GrantTokens } from '../smarthr/grant.service.js'
import { smarthrLimits } from '../smarthr/limits.js'
import { pacedBy, type CallDeps } from './service-calls.js'

/** How a company's SmartHR is called, and where it is. */
export interface SmarthrCalls {
  siteOf(company: Pick<Tenant, 'subdomain'>): string
  /** Calls to a company's SmartHR on behalf of one administrator. */
  httpFor(company: Tenant, adminId: string, caller?: Caller): Http
}

export function createSmarthrCalls(
  { apiUrl, authUrl }: Pick<Config['smarthr'], 'apiUrl' | 'authUrl'>,
  grants: GrantTokens,
  { calls, pace }: CallDeps,
): SmarthrCalls {
  // Without a subdomain only the common host is known.
  const siteOf: SmarthrCalls['siteOf'] = ({ subdomain }) =>
    subdomain ? apiUrl.replace('{subdomain}', subdomain) : authUrl
  return {
    siteOf,
    httpFor: (company, adminId, caller) =>
      createHttp({
        ...calls,
        baseUrl: siteOf(company),
        errors: smarthrErrors,
        tokens: grants.of(company.id, adminId),
        limitKey: `smarthr:${company.id}:${adminId}`,
        ...pacedBy({ pace }, smarthrLimits),
        ...caller,
      }),
  }
}
