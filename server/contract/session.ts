/** Log-ins that last for one run, by OAuth 2.0's password grant (RFC 6749 §4.3). */
import { VendorUnavailable, type AppError } from '../errors.js'
import type { Http } from '../calls/call.js'
import type { ClientRegistration, SessionAuth, TokenAnswer } from './contract.js'

export interface PasswordSession {
  tokenPath: string
  logOutPath: string
  /** what was typed, by the names the token endpoint knows */
  credentials(typed: Readonly<Record<string, string>>): Record<string, string>
  /** what an answer without a token is */
  unreadable(): AppError
}

/** Logs in with what an administrator typed, and with the app's registration. */
export function passwordSession({ tokenPath, logOutPath, credentials, unreadable }: PasswordSession): SessionAuth {
  const token = async (
    http: Http,
    { clientId, clientSecret }: ClientRegistration,
    grant: Record<string, string>,
  ): Promise<TokenAnswer> => {
    const { body } = await http.request<Record<string, unknown> | null>({
      method: 'POST',
      path: tokenPath,
      body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...grant }),
      kind: 'read',
    })
    const { access_token, refresh_token, expires_in } = body ?? {}
    if (typeof access_token !== 'string') throw unreadable()
    return {
      accessToken: access_token,
      refreshToken: typeof refresh_token === 'string' ? refresh_token : null,
      expiresIn: typeof expires_in === 'number' ? expires_in : null,
      raw: {},
    }
  }
  return {
    signIn: (http, typed, client) => token(http, client, { grant_type: 'password', ...credentials(typed) }),
    renew: (http, refreshToken, client) =>
      token(http, client, { grant_type: 'refresh_token', refresh_token: refreshToken }),
    async end(http) {
      await http.request({ method: 'POST', path: logOutPath, kind: 'read', emptyAnswer: true })
    },
  }
}

/**
 * Ends a log-in. A service that can't be reached ends it by itself. This failure must not hide the check's own error.
 */
export async function endQuietly(session: SessionAuth, http: Http): Promise<void> {
  await session.end(http).catch((error: unknown) => {
    if (!(error instanceof VendorUnavailable)) throw error
  })
}
