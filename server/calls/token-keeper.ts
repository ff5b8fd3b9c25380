import { ReconnectNeeded } from '../errors.js'
import type { Clock } from '../platform/clock.js'
import type { Credentials } from '../platform/credentials.js'
import type { TokenSource } from './http.js'
import { InvalidGrant, type TokenEndpoint } from './token-endpoint.js'

/** Renewed so long before it expires, so that no call starts with a token about to die. */
const AHEAD_MS = 5 * 60_000

export interface StoredToken extends Credentials {
  id: string
  /** false: only a new consent helps */
  active: boolean
  /** null when the server never said */
  expiresAt: Date | null
}

/** Where one authorisation is kept; `exclusively` holds its row for the whole of `work`, across processes. */
export interface TokenStorage {
  read(): Promise<StoredToken | null>
  exclusively<T>(
    work: (storage: {
      held: StoredToken | null
      renewed: (credentials: Credentials, expiresAt: Date | null) => Promise<void>
      markReconnectNeeded: () => Promise<void>
    }) => Promise<T>,
  ): Promise<T>
}

export interface TokenKeeperDeps {
  storage: TokenStorage
  /** null: tokens can't be renewed here */
  endpoint: TokenEndpoint | null
  clock: Clock
  side: 'smarthr' | 'service'
  product: string
}

/**
 * Gives valid access tokens of one authorisation. Refreshes are serialised by the row's lock: a rotated refresh token
 * used twice would end the authorisation. The new pair is stored before it is used.
 */
export function createTokenKeeper({ storage, endpoint, clock, side, product }: TokenKeeperDeps): TokenSource {
  const gone = () =>
    new ReconnectNeeded(`${product}との連携の有効期限が切れています。再度連携設定を行なってください。`, side)

  const fresh = (held: StoredToken) =>
    held.expiresAt === null || held.expiresAt.getTime() - clock.now().getTime() > AHEAD_MS

  const usable = (held: StoredToken | null): StoredToken => {
    if (!held?.active) throw gone()
    return held
  }

  const refresh = async (isStale: (held: StoredToken) => boolean): Promise<string> => {
    const outcome = await storage.exclusively(async ({ held: kept, renewed, markReconnectNeeded }) => {
      const held = usable(kept)
      // Another caller was first.
      if (!isStale(held)) return held.accessToken
      if (held.refreshToken === null || endpoint === null) {
        await markReconnectNeeded()
        return null
      }
      try {
        const answer = await endpoint.refresh(held.refreshToken)
        const credentials = {
          accessToken: answer.accessToken,
          // No new refresh token: the old one goes on.
          refreshToken: answer.refreshToken ?? held.refreshToken,
        }
        const expiresAt = answer.expiresIn === null ? null : new Date(clock.now().getTime() + answer.expiresIn * 1000)
        await renewed(credentials, expiresAt)
        return credentials.accessToken
      } catch (error) {
        if (!(error instanceof InvalidGrant)) throw error
        await markReconnectNeeded()
        return null
      }
    })
    if (outcome === null) throw gone()
    return outcome
  }

  return {
    async token() {
      const held = usable(await storage.read())
      return fresh(held) ? held.accessToken : refresh(now => !fresh(now))
    },
    renew: rejected => refresh(held => held.accessToken === rejected),
  }
}
