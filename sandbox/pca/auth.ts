import { randomBytes } from 'node:crypto'
import { loggedOut, oauthError, tokenExpired, tokenUnknown } from './errors.js'
import type { Grant, PcaStore, Product } from './store.js'

const MINUTE = 60_000

/** Lifetimes of reference §4.2. */
export const ACCESS_TOKEN_LIFETIME = 60 * MINUTE
export const REFRESH_TOKEN_LIFETIME = 30 * 24 * 60 * MINUTE

/** The one application registered in the Developers Console. */
export const CLIENT = { id: 'renkei-sandbox-pca', secret: 'renkei-sandbox-pca-secret' } as const

/**
 * `POST Auth/Token` with a form (reference §4.2): log-on with the four fields of the customer, or refresh. Throws the
 * OAuth error. `now` is in milliseconds.
 */
export function issueToken(store: PcaStore, product: Product, form: Record<string, unknown>, now: number): object {
  const text = (name: string) => (typeof form[name] === 'string' ? form[name] : '')
  if (text('client_id') !== CLIENT.id || text('client_secret') !== CLIENT.secret) throw oauthError('invalid_client')
  switch (text('grant_type')) {
    case 'password': {
      const service = store.services.find(candidate => candidate.id === text('service_id'))
      const user = service?.users.find(candidate => candidate.name === text('username'))
      const right = service?.password === text('service_password') && user?.password === text('password')
      if (!service || !user || !right || !store.switches.credentialsValid) throw oauthError('invalid_grant')
      return tokens(grant(store, { product, serviceId: service.id, user: user.name, logOn: nextLogOn(store) }, now))
    }
    case 'refresh_token': {
      const old = store.grants.find(candidate => candidate.refreshToken === text('refresh_token'))
      const live = old && old.ended !== 'refreshed' && old.refreshUntil > now && old.product === product
      if (!live || !store.switches.credentialsValid) throw oauthError('invalid_grant')
      // After Logout a refresh is a new log-on: its CAL was given back.
      const logOn = old.ended === 'logged out' ? nextLogOn(store) : old.logOn
      old.ended = 'refreshed'
      return tokens(grant(store, { product, serviceId: old.serviceId, user: old.user, logOn }, now))
    }
    case '':
      throw oauthError('invalid_request')
    default:
      throw oauthError('unsupported_grant_type')
  }
}

const nextLogOn = (store: PcaStore): number => store.grants.length + 1

function grant(store: PcaStore, whose: Pick<Grant, 'product' | 'serviceId' | 'user' | 'logOn'>, now: number): Grant {
  const issued: Grant = {
    ...whose,
    accessToken: randomBytes(24).toString('base64url'),
    refreshToken: randomBytes(24).toString('base64url'),
    area: null,
    accessUntil: now + ACCESS_TOKEN_LIFETIME,
    refreshUntil: now + REFRESH_TOKEN_LIFETIME,
    ended: null,
  }
  store.grants.push(issued)
  return issued
}

const tokens = ({ accessToken, refreshToken }: Grant) => ({
  access_token: accessToken,
  token_type: 'bearer',
  expires_in: ACCESS_TOKEN_LIFETIME / 1000,
  refresh_token: refreshToken,
})

/** Whose `Authorization: Bearer …` this is; throws the 401 that fits. A token is for the product it was got from. */
export function grantOf(store: PcaStore, product: Product, authorization: string | undefined, now: number): Grant {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) throw tokenExpired()
  const found = store.grants.find(candidate => candidate.accessToken === token)
  if (!found || found.product !== product || found.ended === 'refreshed') throw tokenUnknown()
  if (found.ended === 'logged out') throw loggedOut()
  if (found.accessUntil <= now) throw tokenExpired()
  return found
}
