import { setTimeout as sleep } from 'node:timers/promises'
import { ReconnectNeeded } from '../errors.js'
import type { Clock } from '../platform/clock.js'
import type { Credentials } from '../platform/credentials.js'
import type { TokenSource } from './http.js'
import type { TokenAnswer } from './call.js'
import { InvalidGrant, signInServerAway, type TokenEndpoint } from './token-endpoint.js'

/** Renewed so long before it expires, so that no call starts with a token about to die. */
const AHEAD_MS = 5 * 60_000

export interface StoredToken extends Credentials {
  id: string
  /** the tokens as they are stored: whoever changes them says which ones it has read */
  sealed: string
  /** false: only a new consent helps */
  active: boolean
  /** null when the server never said */
  expiresAt: Date | null
  /** of any process */
  refresh: 'idle' | 'under-way' | 'failed'
}

/**
 * Where one authorisation is kept. Each method is a statement of its own. What is said of a token that another caller
 * has replaced meanwhile changes nothing and gives false.
 */
export interface TokenStorage {
  read(): Promise<StoredToken | null>
  /** Takes the refresh upon the caller. False: another one refreshes, or has. */
  claim(held: StoredToken): Promise<boolean>
  renewed(held: StoredToken, credentials: Credentials, expiresAt: Date | null): Promise<boolean>
  failed(held: StoredToken): Promise<boolean>
  markReconnectNeeded(held: StoredToken): Promise<boolean>
}

/** The storage of which each method is a transaction of its own. */
export const storageThrough = (
  within: <T>(work: (tokens: TokenStorage) => Promise<T>) => Promise<T>,
): TokenStorage => ({
  read: () => within(tokens => tokens.read()),
  claim: held => within(tokens => tokens.claim(held)),
  renewed: (held, credentials, expiresAt) => within(tokens => tokens.renewed(held, credentials, expiresAt)),
  failed: held => within(tokens => tokens.failed(held)),
  markReconnectNeeded: held => within(tokens => tokens.markReconnectNeeded(held)),
})

export interface TokenKeeperDeps {
  storage: TokenStorage
  /** null: tokens can't be renewed here */
  endpoint: TokenEndpoint | null
  clock: Clock
  side: 'smarthr' | 'service'
  product: string
}

/**
 * So long the caller's next calls go with the token that was read for the last one. A service refuses one that was
 * renewed or revoked meanwhile, and has done nothing then.
 */
const BELIEVED_MS = 1_000

/** How long a caller waits for another's refresh, and how often it looks. */
const WAIT_MS = 6_000
const LOOK_EVERY_MS = 100

/**
 * Gives valid access tokens of one authorisation. One caller at a time refreshes: a rotated refresh token used twice
 * would end the authorisation. Nobody holds a transaction meanwhile, so a sign-in server that hangs holds up no other
 * company. The new pair is stored before it is used.
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

  /** The new access token; null when another caller has changed the authorisation meanwhile. */
  const ask = async (held: StoredToken, refreshToken: string, from: TokenEndpoint): Promise<string | null> => {
    let answer: TokenAnswer
    try {
      answer = await from.refresh(refreshToken)
    } catch (error) {
      if (!(error instanceof InvalidGrant)) {
        await storage.failed(held)
        throw error
      }
      if (await storage.markReconnectNeeded(held)) throw gone()
      return null
    }
    // No new refresh token: the old one goes on.
    const credentials = { accessToken: answer.accessToken, refreshToken: answer.refreshToken ?? refreshToken }
    const expiresAt = answer.expiresIn === null ? null : new Date(clock.now().getTime() + answer.expiresIn * 1000)
    return (await storage.renewed(held, credentials, expiresAt)) ? credentials.accessToken : null
  }

  const refresh = async (isStale: (held: StoredToken) => boolean): Promise<string> => {
    for (const since = performance.now(); performance.now() - since < WAIT_MS;) {
      const held = usable(await storage.read())
      // Another caller was first.
      if (!isStale(held)) return held.accessToken
      if (held.refresh === 'failed') break
      if (held.refreshToken === null || endpoint === null) {
        if (await storage.markReconnectNeeded(held)) throw gone()
      } else if (held.refresh === 'idle' && (await storage.claim(held))) {
        const token = await ask(held, held.refreshToken, endpoint)
        if (token !== null) return token
      }
      await sleep(LOOK_EVERY_MS)
    }
    throw signInServerAway(product)
  }

  const current = async (): Promise<string> => {
    const held = usable(await storage.read())
    return fresh(held) ? held.accessToken : refresh(now => !fresh(now))
  }

  let last: { readAt: number; token: Promise<string> } | null = null
  const forget = () => (last = null)
  return {
    token() {
      if (last === null || performance.now() - last.readAt > BELIEVED_MS) {
        last = { readAt: performance.now(), token: current() }
        last.token.catch(forget)
      }
      return last.token
    },
    renew(rejected) {
      forget()
      return refresh(held => held.accessToken === rejected)
    },
  }
}
