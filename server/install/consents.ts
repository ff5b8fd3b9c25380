import type { Config } from '../config.js'
import type { Connector } from '../contract/contract.js'
import { paths } from '../paths.js'
import { createConsent, type Consent, type ConsentOptions } from './consent.js'

type Shared = Pick<ConsentOptions, 'clock' | 'once'>

/** SmartHR's consent page: every sign-in goes through it. */
export const smarthrConsent = ({ smarthr, appUrl }: Pick<Config, 'smarthr' | 'appUrl'>, shared: Shared): Consent =>
  createConsent({
    site: smarthr.authUrl,
    purpose: 'smarthr',
    authorizeUrl: `${smarthr.authUrl}/oauth/authorization`,
    tokenUrl: `${smarthr.authUrl}/oauth/token`,
    clientId: smarthr.clientId,
    clientSecret: smarthr.clientSecret,
    callbackUrl: appUrl + paths.signInCallback.to(),
    scope: smarthr.scope,
    pkce: true,
    ...shared,
  })

/** A service's consent page; null where the app is not registered with the service, so that there is none to go to. */
function consentAt(connector: Connector, { services, appUrl }: Pick<Config, 'services' | 'appUrl'>, shared: Shared) {
  const { registration = null, authUrl = null } = services[connector.id] ?? {}
  const { consent } = connector.auth
  if (!registration || !authUrl || !consent) return null
  return createConsent({
    site: authUrl,
    purpose: connector.id,
    authorizeUrl: authUrl + consent.authorizePath,
    tokenUrl: authUrl + consent.tokenPath,
    clientId: registration.clientId,
    clientSecret: registration.clientSecret,
    callbackUrl: appUrl + paths.connectionCallback.to({ connector: connector.id }),
    // Sent where an unknown parameter is ignored, as SmartHR's server does; nothing says so of the services.
    pkce: false,
    extraParams: consent.authorizeParams,
    ...shared,
  })
}

/** The consent pages of all services, made once: they remember what they have asked. */
export function serviceConsents(
  connectors: readonly Connector[],
  config: Pick<Config, 'services' | 'appUrl'>,
  shared: Shared,
): (connector: Connector) => Consent | null {
  const consents = new Map(connectors.map(connector => [connector.id, consentAt(connector, config, shared)]))
  return connector => consents.get(connector.id) ?? null
}
