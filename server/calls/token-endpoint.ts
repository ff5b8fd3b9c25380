import { z } from 'zod'
import { VendorUnavailable } from '../errors.js'
import type { TokenAnswer } from './call.js'
import { createShortCall } from './short-calls.js'

/** The authorisation or the code is no longer valid; asking again does not help. */
export class InvalidGrant extends Error {}

export interface TokenEndpoint {
  refresh(refreshToken: string): Promise<TokenAnswer>
  /** Failures are the caller's to ignore: the token is forgotten here in any case. */
  revoke(token: string): Promise<void>
}

export interface TokenEndpointOptions {
  tokenUrl: string
  revokeUrl: string
  clientId: string
  clientSecret: string
  product: string
  timeoutMs?: number
}

const answerShape = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  expires_in: z.coerce.number().positive().nullish(),
})

/** A token endpoint's answer as we keep it; throws when there is no access token in it. */
export function readTokenAnswer(body: unknown): TokenAnswer {
  const raw = answerShape.parse(body)
  return {
    accessToken: raw.access_token,
    refreshToken: raw.refresh_token ?? null,
    expiresIn: raw.expires_in ?? null,
    raw,
  }
}

const RETRY_AFTER_MS = 60_000

/** A page waits for it, too. */
const TIMEOUT_MS = 5_000

/** RFC 6749 §6 and RFC 7009, client credentials in the body (SmartHR API reference, §1.1). Errors never carry a token. */
export function createTokenEndpoint(options: TokenEndpointOptions): TokenEndpoint {
  const { tokenUrl, revokeUrl, clientId, clientSecret, product } = options
  const call = createShortCall(options.timeoutMs ?? TIMEOUT_MS)
  const post = async (url: string, fields: Record<string, string>) => {
    try {
      const form = new URLSearchParams({ ...fields, client_id: clientId, client_secret: clientSecret })
      const { status, data } = await call<unknown>({ method: 'POST', url, data: form })
      return { status, data }
    } catch {
      // What was thrown carries the form; only the fact leaves.
      return { status: 0, data: null }
    }
  }
  return {
    async refresh(refreshToken) {
      const { status, data } = await post(tokenUrl, { grant_type: 'refresh_token', refresh_token: refreshToken })
      if (status === 200) {
        try {
          return readTokenAnswer(data)
        } catch {
          throw signInServerAway(product)
        }
      }
      const error = (data as { error?: unknown } | null)?.error
      if (error === 'invalid_grant') throw new InvalidGrant('the refresh token is no longer valid')
      throw signInServerAway(product)
    },
    async revoke(token) {
      await post(revokeUrl, { token, token_type_hint: 'refresh_token' })
    },
  }
}

/** What callers are told when no token can be had just now. */
export const signInServerAway = (product: string): VendorUnavailable =>
  new VendorUnavailable(
    `${product}の認証サーバーに接続できませんでした。${product}が混み合っているか、メンテナンス中の可能性があります。時間をおいて、やり直してください。`,
    new Date(Date.now() + RETRY_AFTER_MS),
  )
