import type { Caller, Http } from '../calls/call.js'
import { createHttp, type HttpOptions, type TokenSource } from '../calls/http.js'
import { createTokenEndpoint, type TokenEndpoint } from '../calls/token-endpoint.js'
import type { ServiceConfig } from '../config.js'
import { connectorOf, connectors } from '../connectors/registry.js'
import type { ClientRegistration, Connector, Limits } from '../contract/contract.js'
import { Forbidden, NotFound, ReconnectNeeded } from '../errors.js'
import type { Tenant } from '../install/tenant.store.js'
import type { Clock } from '../platform/clock.js'

/** What all calls of this process share, whichever service they go to. */
export interface CallDeps {
  calls: Pick<HttpOptions, 'limiter' | 'log' | 'timeoutMs' | 'retryBaseMs' | 'outboundIps' | 'onCall'>
  /** false: calls are not spaced out */
  pace: boolean
  clock: Pick<Clock, 'now'>
}

/** A service's limits as its calls keep them. */
export const pacedBy = ({ pace }: Pick<CallDeps, 'pace'>, { perSecond, writesPerSecond }: Limits) =>
  pace
    ? { ...(perSecond !== undefined && { perSecond }), ...(writesPerSecond !== undefined && { writesPerSecond }) }
    : {}

/** One token that nothing can renew. */
export const fixedToken = (token: string): TokenSource => ({
  token: () => Promise.resolve(token),
  renew: () =>
    Promise.reject(new ReconnectNeeded('認証の有効期限が切れています。再度連携設定を行なってください。', 'service')),
})

/** For connectors whose records come in files. */
const NOWHERE: Http = { request: () => Promise.reject(new Error('there is no service to call')) }

/** Which services the app offers, how it is registered with each, and how each is called. */
export interface ServiceCalls {
  /** services the app can offer: those that need a registration have one */
  offered: readonly Connector[]
  /** Throws NotFound for a service that is not offered: such a page does not exist. */
  offeredConnectorOf(id: string): Connector
  /** the app's registration; null where there is none */
  clientOf(connector: Connector): ClientRegistration | null
  /**
   * The operator's token for one SmartHR company; null where the service gives none. Throws Forbidden when the company
   * is not among those the operator has named.
   */
  operatorTokenOf(connector: Connector, company: Pick<Tenant, 'subdomain'>): string | null
  /** the endpoint that renews and revokes tokens; null where tokens last until they are revoked */
  endpointOf(connector: Connector): TokenEndpoint | null
  /** Calls that carry these tokens and count against this key of the limiter. */
  httpTo(connector: Connector, tokens: TokenSource | null, limitKey: string, caller?: Caller): Http
}

export function createServiceCalls(services: Readonly<Record<string, ServiceConfig>>, deps: CallDeps): ServiceCalls {
  const serviceOf = (connector: Connector): ServiceConfig => {
    const service = services[connector.id]
    if (!service) throw new Error(`no configuration for ${connector.id}`)
    return service
  }

  const offered = connectors.filter(
    ({ id, addresses }) =>
      !addresses ||
      ((addresses.client !== 'offered' || services[id]?.registration) &&
        (!addresses.companies || services[id]?.companies) &&
        (!addresses.identifier || services[id]?.identifier)),
  )

  return {
    offered,

    offeredConnectorOf: id => {
      const connector = connectorOf(id)
      if (!offered.includes(connector)) throw new NotFound()
      return connector
    },

    clientOf: connector => services[connector.id]?.registration ?? null,
    operatorTokenOf: (connector, { subdomain }) => {
      const companies = connector.addresses?.companies
      if (!companies) return null
      const token = serviceOf(connector).companies?.get(subdomain ?? '')
      if (token === undefined) throw new Forbidden(companies.unregistered)
      return token
    },

    endpointOf: connector => {
      const { renewal } = connector.auth
      const { registration, authUrl } = services[connector.id] ?? {}
      if (!registration || !authUrl || !renewal) return null
      return createTokenEndpoint({
        ...registration,
        tokenUrl: authUrl + renewal.tokenPath,
        revokeUrl: authUrl + renewal.revokePath,
        product: connector.labels.product,
      })
    },

    httpTo: (connector, tokens, limitKey, caller) => {
      if (!connector.addresses) return NOWHERE
      const { apiUrl, identifier } = serviceOf(connector)
      const { tokenIn } = connector.addresses
      return createHttp({
        ...deps.calls,
        baseUrl: apiUrl,
        errors: connector.errors,
        tokens,
        ...(identifier !== null && { query: { identifier } }),
        ...(tokenIn && { tokenIn }),
        closedHours: { hours: connector.maintenance, now: deps.clock.now },
        limitKey,
        ...pacedBy(deps, connector.limits),
        ...caller,
      })
    },
  }
}
