import type { ClientRegistration, SessionAuth } from '../contract/contract.js'
import { ReconnectNeeded } from '../errors.js'
import type { Caller, Http } from '../calls/call.js'
import type { TokenSource } from '../calls/http.js'
import type { Logger } from '../platform/logger.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { RunSessionStore } from './run-session.store.js'

export interface RunSessionDeps {
  inTenant: InTenant<{ runSessions: RunSessionStore }>
  log: Logger
  run: { tenantId: string; id: string }
  session: SessionAuth
  /** the connection's kept credentials */
  fields: Readonly<Record<string, string>>
  client: ClientRegistration
  /** calls with this token, or with none */
  http(token: string | null, caller?: Caller): Http
  /** begins no log-in any more when its process is going away */
  caller?: Caller
}

export interface RunSession extends TokenSource {
  /** Logs out, if there is a log-in. Failures are logged: the service ends an idle log-in by itself. */
  end(): Promise<void>
}

/**
 * One run's log-in, kept in the run's row. A worker that takes over goes on with it, as the service allows few. What is
 * done in a log-in concerns this run alone.
 */
export function createRunSession(deps: RunSessionDeps): RunSession {
  const { inTenant, log, run, session, fields, client, http, caller } = deps
  const { tenantId, id: runId } = run
  let pending: Promise<string> | undefined

  const held = () => inTenant(tenantId, ({ runSessions }) => runSessions.find(runId))
  const signIn = async () => {
    const answer = await session.signIn(http(null, caller), fields, client)
    await inTenant(tenantId, ({ runSessions }) => runSessions.keep(runId, answer))
    return answer.accessToken
  }
  /** Two calls at once share one log-in. */
  const once = (work: () => Promise<string>) => (pending ??= work().finally(() => (pending = undefined)))

  return {
    token: () => once(async () => (await held())?.accessToken ?? signIn()),

    renew: rejected =>
      once(async () => {
        const now = await held()
        if (!now) return signIn()
        if (now.accessToken !== rejected) return now.accessToken
        if (now.refreshToken === null) return signIn()
        try {
          const answer = await session.renew(http(null, caller), now.refreshToken, client)
          await inTenant(tenantId, ({ runSessions }) => runSessions.keep(runId, answer))
          return answer.accessToken
        } catch (error) {
          if (!(error instanceof ReconnectNeeded)) throw error
          return signIn()
        }
      }),

    async end() {
      const now = await held()
      if (!now) return
      await session
        .end(http(now.accessToken))
        .catch((error: unknown) => log.warn('log-in not ended at the service', { err: error }))
      await inTenant(tenantId, ({ runSessions }) => runSessions.keep(runId, null))
    },
  }
}
