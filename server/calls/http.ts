import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Call, Caller, CallKind, Http } from './call.js'
import { createFailures, type Failure, type KnownHours } from './failures.js'
import { createPace, type PaceOptions } from './pace.js'
import { createSend, type SendOptions } from './send.js'

/** Waits for a limit to fill up inside the call; longer ones put the whole job aside. */
const LONGEST_WAIT_MS = 60_000
const MAX_THROTTLED = 5
/** A read or an update is sent at most this often when the service fails. */
const MAX_TRIES = 4
const RETRY_BASE_MS = 1_000

export interface TokenSource {
  token(): Promise<string>
  /** after the service called the given token expired */
  renew(rejected: string): Promise<string>
}

export interface HttpOptions extends SendOptions, PaceOptions, Partial<Caller> {
  /** null: calls that come before any authorisation */
  tokens: TokenSource | null
  closedHours?: KnownHours
  /** where the app's calls come from, as far as the operator has said */
  outboundIps?: readonly string[]
  /** wait before the second try; doubles */
  retryBaseMs?: number
}

/** The tries that one call has used up. */
interface Spent {
  tries: number
  throttled: number
  renewed: boolean
}

/** What a service that fails says beside it. */
interface Stumble {
  shown?: string | undefined
  retryAt?: number
}

/** The one way out to SmartHR and the services: limits, tokens, retries, redaction and the names of failures. */
export function createHttp(options: HttpOptions): Http {
  const { errors, tokens, log, signal, fence, touched, retryBaseMs = RETRY_BASE_MS } = options
  const send = createSend(options)
  const pace = createPace(options)
  const failures = createFailures(errors, options.closedHours, options.outboundIps)
  const wrote = (kind: CallKind) => void (kind !== 'read' && touched?.())

  /** Until when the call may leave; undefined: whenever it likes. */
  const mayGo = async (call: Call): Promise<number | undefined> => {
    const heldBackMs = await pace.take(call, LONGEST_WAIT_MS)
    if (heldBackMs > 0) throw failures.unavailable(Date.now() + heldBackMs)
    signal?.throwIfAborted()
    const closed = call.evenWhenClosed ? null : failures.closedNow()
    if (closed) throw closed
    // Last of all: another worker may have taken the run over during any of the waits.
    return call.kind === 'read' ? undefined : fence?.(call.kind)
  }

  /** Before the same call is sent again. A create is not: its record may be stored although no answer came. */
  const stumbled = async ({ kind }: Call, spent: Spent, { shown, retryAt = 0 }: Stumble = {}) => {
    wrote(kind)
    if (kind === 'create') throw failures.uncertain()
    if (spent.tries >= MAX_TRIES) throw failures.stumbled(Date.now() + retryBaseMs * 30, shown)
    const pause = Math.max(retryBaseMs * 2 ** (spent.tries - 1), retryAt - Date.now())
    await sleep(pause, undefined, signal && { signal })
    spent.tries += 1
  }

  const renewed = async (token: string | null, spent: Spent, { rule }: Failure) => {
    if (spent.renewed || !tokens || token === null) throw failures.reconnect(rule)
    spent.renewed = true
    return tokens.renew(token)
  }

  /** Returns when the call may be sent again; everything else is thrown. */
  const recover = async (call: Call, failure: Failure, spent: Spent, resetAt: number): Promise<void> => {
    const { rule, retryAt } = failure
    switch (failure.verdict) {
      case 'throttled': {
        const until = Math.max(resetAt, retryAt, Date.now() + (rule?.retryAfterMs ?? 1_000))
        spent.throttled += 1
        if (spent.throttled > MAX_THROTTLED || until - Date.now() > LONGEST_WAIT_MS) throw failures.unavailable(until)
        return pace.pause(call, until - Date.now())
      }
      case 'unavailable':
        if (rule?.retryAfterMs !== undefined) throw failures.unavailable(Date.now() + rule.retryAfterMs, rule.shown)
        if (call.kind === 'update') wrote(call.kind)
        if (call.kind !== 'create' && retryAt > Date.now() + LONGEST_WAIT_MS)
          throw failures.unavailable(retryAt, rule?.shown)
        return stumbled(call, spent, { shown: rule?.shown, retryAt })
      case 'closed':
        throw failures.closed()
      case 'expired':
      case 'reconnect':
        throw failures.reconnect(rule)
      case 'blocked':
        if (rule?.operator) log.error('the app itself is refused', { product: errors.product, codes: failure.codes })
        throw failures.blocked(failure)
      case 'missing':
        throw failures.missing(failure)
      case 'refused':
        throw failures.refused(failure)
    }
  }

  return {
    async request<T>(call: Call): Promise<Answer<T>> {
      let token = tokens ? await tokens.token() : null
      const spent: Spent = { tries: 1, throttled: 0, renewed: false }
      for (;;) {
        const received = await send(call, token, await mayGo(call))
        if (received.kind === 'late') continue
        if (received.kind === 'lost') {
          await stumbled(call, spent)
          continue
        }
        const { answer } = received
        const resetAt = await pace.heed(call, answer)
        if (answer.status < 300) wrote(call.kind)
        if (answer.status < 300) return answer as Answer<T>
        const failure = failures.read(call, answer)
        if (!failure.rule && answer.status === call.alsoAnswers) return answer as Answer<T>
        if (failure.verdict === 'expired') token = await renewed(token, spent, failure)
        else await recover(call, failure, spent, resetAt)
      }
    },
  }
}
