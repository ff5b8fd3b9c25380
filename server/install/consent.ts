import type { NextFunction, Request, RequestHandler, Response } from 'express'
import passport from 'passport'
import { Strategy, type StrategyOptions, type VerifyFunction } from 'passport-oauth2'
import type { TokenAnswer } from '../contract/contract.js'
import type { Clock } from '../platform/clock.js'
import type { Once } from '../platform/counting.js'
import { createShortCall } from '../calls/short-calls.js'
import { readTokenAnswer } from '../calls/token-endpoint.js'
import { createStateStore, underWay, type ConsentRequest } from './state.store.js'

/** The token exchange is a call inside the browser's request: it must end. */
const call = createShortCall(20_000)

export interface ConsentOptions {
  /** the server's site: an answer that names another issuer is not its own (RFC 9207) */
  site: string
  /** names the state, so that one server's answer is none for another */
  purpose: string
  authorizeUrl: string
  tokenUrl: string
  clientId: string
  clientSecret: string
  /** exactly as registered */
  callbackUrl: string
  scope?: string
  pkce: boolean
  extraParams?: Readonly<Record<string, string>>
  clock: Clock
  /** lets a state be used, by one request of all processes */
  once: Once
}

export type ConsentOutcome =
  | { kind: 'granted'; token: TokenAnswer; carried: Readonly<Record<string, string>> }
  /** the person pressed キャンセル */
  | { kind: 'denied'; carried: Readonly<Record<string, string>> }
  /** state unknown, used or expired: a replay, another browser, or too slow */
  | { kind: 'stale' }
  /** the server refused the code or could not be asked */
  | { kind: 'failed'; error: Error; carried: Readonly<Record<string, string>> }

interface Exchanged {
  access_token?: string
  refresh_token?: string
}

type Exchange = (
  code: string,
  params: Readonly<Record<string, string>>,
  done: (error: unknown, accessToken?: string, refreshToken?: string, answer?: object) => void,
) => void

/** The library's own exchange of a code reads on for ever, however long the answer is. */
class BoundedStrategy extends Strategy {
  constructor(settings: StrategyOptions, verify: VerifyFunction) {
    super(settings, verify)
    const { tokenURL: url, clientID: client_id, clientSecret: client_secret } = settings
    const getOAuthAccessToken: Exchange = (code, params, done) => {
      const data = new URLSearchParams({ ...params, client_id, client_secret, code })
      void call<Exchanged | null>({ method: 'POST', url, data }).then(
        ({ status, data: answer }) => {
          if (status === 200) done(null, answer?.access_token, answer?.refresh_token, answer ?? {})
          else done({ statusCode: status, data: JSON.stringify(answer) })
        },
        // What was thrown carries the code and the secret.
        () => done(new Error('the token endpoint did not answer')),
      )
    }
    Object.assign(this._oauth2, { getOAuthAccessToken })
  }
}

/** OAuth 2.0 consent on another site, by passport-oauth2; sessions and identity are the caller's business. */
export function createConsent(options: ConsentOptions) {
  const settings: StrategyOptions = {
    authorizationURL: options.authorizeUrl,
    tokenURL: options.tokenUrl,
    clientID: options.clientId,
    clientSecret: options.clientSecret,
    callbackURL: options.callbackUrl,
    ...(options.scope && { scope: options.scope }),
    pkce: options.pkce,
    state: true,
  }
  const strategy = new BoundedStrategy(
    // The library takes a store that keeps the PKCE verifier; its types know the other kind only.
    Object.assign(settings, { store: createStateStore(options.purpose, options) }),
    (
      _access: string,
      refresh: string | undefined,
      raw: object,
      _profile: unknown,
      done: (e: unknown, user?: object) => void,
    ) => {
      try {
        // The library takes the refresh token out of the answer.
        done(null, readTokenAnswer({ ...raw, refresh_token: refresh }))
      } catch (error) {
        done(error)
      }
    },
  )
  const { extraParams } = options
  if (extraParams) strategy.authorizationParams = () => ({ ...extraParams })
  // The library keeps on the strategy whose request it answers: each request has one of its own.
  const ofRequest = () => Object.create(strategy) as Strategy

  return {
    /** Sends the browser to the consent page. `carried` comes back with the outcome. */
    begin: (req: Request, res: Response, next: NextFunction, carried: Record<string, string>): void => {
      ;(req as ConsentRequest).carried = carried
      const handler = passport.authenticate(ofRequest(), { session: false }) as RequestHandler
      void handler(req, res, next)
    },

    /** What came back to the callback. */
    outcome: (req: Request, res: Response): Promise<ConsentOutcome> => {
      if (!isFrom(options.site, req.query.iss)) return Promise.resolve({ kind: 'stale' })
      // Of a consent that was not begun here nobody has said no.
      const begun = underWay(req, options.purpose, req.query.state, options.clock.now())
      const carried = begun?.carried ?? {}
      if (req.query.error === 'access_denied' && begun) return Promise.resolve({ kind: 'denied', carried })
      // Without a code the library would begin anew and answer by itself.
      if (typeof req.query.code !== 'string' || req.query.code === '') return Promise.resolve({ kind: 'stale' })
      return new Promise<ConsentOutcome>(finish => {
        const handler = passport.authenticate(
          ofRequest(),
          { session: false },
          (error: Error | null, token: TokenAnswer | false | null) => {
            if (error) finish({ kind: 'failed', error: withoutSecrets(error), carried })
            else if (!token) finish({ kind: 'stale' })
            else finish({ kind: 'granted', token, carried })
          },
        ) as RequestHandler
        void handler(req, res, (error?: unknown) => {
          finish({ kind: 'failed', error: error instanceof Error ? error : new Error('no outcome'), carried })
        })
      })
    },
  }
}

/** Servers that don't name themselves are taken at their word; one that does must be the one that was asked. */
const isFrom = (site: string, iss: unknown): boolean =>
  iss === undefined || (typeof iss === 'string' && URL.canParse(iss) && new URL(iss).origin === new URL(site).origin)

export type Consent = ReturnType<typeof createConsent>

/** The library's errors hold the whole answer of the token endpoint; its name and code are enough. */
const withoutSecrets = (error: Error) =>
  new Error(`${error.name}: ${(error as { code?: string }).code ?? error.message}`)
