import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import axios, { type AxiosResponse } from 'axios'
import {
  ReconnectNeeded,
  Uncertain,
  VendorBlocked,
  VendorClosed,
  VendorMissing,
  VendorRefused,
  VendorUnavailable,
  inOneLine,
} from '../errors.js'
import { jstDateTime } from '../platform/clock.js'
import type { Answer, Call, ErrorRule, Http, ServiceErrors, Verdict } from './call.js'
import type { Limiter } from './limiter.js'
import { closedSpell, type ClosedHours } from './maintenance.js'
import type { Logger } from '../platform/logger.js'
import { wellFormed } from '../platform/odd-text.js'

/** Waits for a limit to fill up inside the call; longer ones put the whole job aside. */
const LONGEST_WAIT_MS = 60_000
const MAX_THROTTLED = 5
/** Limits that reset within this time are kept by the limiter's pace alone. */
const PACED_BY_US_MS = 1_000
/** A read or an update is sent at most this often when the service stumbles. */
const MAX_TRIES = 4
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/** How long a service that closes outside its known hours is left alone. */
const UNKNOWN_MAINTENANCE_MS = 10 * 60_000
/** Not everybody comes back at the second a service opens. */
const REOPEN_SPREAD_MS = 60_000

export interface TokenSource {
  token(): Promise<string>
  /** after the service called the given token expired */
  renew(rejected: string): Promise<string>
}

export interface HttpOptions {
  baseUrl: string
  errors: ServiceErrors
  /** null: calls that come before any authorisation */
  tokens: TokenSource | null
  /** when the service is closed, and by whose clock */
  closedHours?: { hours: ClosedHours | null; now: () => Date }
  limiter: Limiter
  /** sent with every call */
  query?: Readonly<Record<string, string>>
  /** default: the Authorization header */
  tokenIn?: 'path'
  /** whose limit the calls count against: one credential, one key */
  limitKey: string
  perSecond?: number
  /** writes are counted apart */
  writesPerSecond?: number
  log: Logger
  timeoutMs?: number
  /** wait before the second try; doubles */
  retryBaseMs?: number
  /** This process is going away: waits and reads end at once, and no further call is sent. */
  signal?: AbortSignal
  /** counts calls for the metrics */
  onCall?: (call: { product: string; method: string; path: string; status: number | 'none' }) => void
}

// One pool of sockets per process; a service sees few connections however many companies there are.
const httpAgent = new HttpAgent({ keepAlive: true, maxSockets: 64 })
const httpsAgent = new HttpsAgent({ keepAlive: true, maxSockets: 64 })

/** What came back, or that nothing usable did. */
type Received = { kind: 'answer'; answer: Answer<unknown> } | { kind: 'lost'; why: string }

/**
 * The one way out to SmartHR and the services: limits, tokens, retries, redaction and the names of failures. Nothing
 * of axios leaves this file, because its errors carry the bearer token.
 */
export function createHttp(options: HttpOptions): Http {
  const { baseUrl, errors, tokens, limiter, log, onCall, signal } = options
  const paceOf = ({ kind }: Call) =>
    options.writesPerSecond !== undefined && kind !== 'read'
      ? { limitKey: `${options.limitKey}:writes`, perSecond: options.writesPerSecond }
      : { limitKey: options.limitKey, perSecond: options.perSecond }
  const retryBaseMs = options.retryBaseMs ?? 1_000
  const timeoutMs = options.timeoutMs ?? 30_000
  const client = axios.create({
    maxRedirects: 0,
    maxContentLength: MAX_ANSWER_BYTES,
    validateStatus: () => true,
    responseType: 'text',
    transformResponse: data => data as unknown,
    paramsSerializer: { indexes: null },
    httpAgent,
    httpsAgent,
    proxy: false,
  })

  const send = async (call: Call, token: string | null): Promise<Received> => {
    const began = performance.now()
    const path = call.pathTemplate ?? call.path
    const note = (status: number | 'none') => {
      onCall?.({ product: errors.product, method: call.method, path, status })
      log.debug('service call', {
        product: errors.product,
        method: call.method,
        path,
        status,
        ms: Math.round(performance.now() - began),
      })
    }
    // axios' own time-out starts again with every byte: a service that trickles would hold a call for ever.
    const patience = new AbortController()
    const timer = setTimeout(() => patience.abort(), timeoutMs)
    const giveUp = () => patience.abort()
    // A write on its way is waited for: without its answer we would not know whether it happened.
    if (call.kind === 'read') signal?.addEventListener('abort', giveUp)
    let response: AxiosResponse<string>
    try {
      response = await client.request<string>({
        method: call.method,
        url: baseUrl + call.path.replace('{token}', encodeURIComponent(token ?? '')),
        params: { ...options.query, ...call.query },
        data: call.body,
        headers: {
          ...(token !== null && options.tokenIn !== 'path' && { Authorization: `Bearer ${token}` }),
          Accept: 'application/json',
          ...(call.body !== undefined &&
            !(call.body instanceof URLSearchParams) && { 'Content-Type': 'application/json' }),
        },
        signal: patience.signal,
      })
    } catch (error) {
      note('none')
      if (call.kind === 'read') signal?.throwIfAborted()
      return { kind: 'lost', why: axios.isAxiosError(error) ? (error.code ?? 'network') : 'network' }
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
    }
    note(response.status)
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(response.headers)) headers[name.toLowerCase()] = String(value)
    const body = parse(response.data)
    // A success that can't be read says nothing about what happened.
    if (response.status < 300 && body === undefined && response.status !== 204 && !call.emptyAnswer) {
      return { kind: 'lost', why: 'unreadable' }
    }
    return { kind: 'answer', answer: { status: response.status, headers, body } }
  }

  const unavailable = (retryAt: Date, shown?: string) =>
    new VendorUnavailable(
      shown ??
        `${errors.product}に接続できませんでした。${errors.product}が混み合っているか、メンテナンス中の可能性があります。時間をおいて、やり直してください。`,
      retryAt,
    )

  /** Closed: nothing was done, and nothing will be before the service opens. */
  const closed = (spell: { opensAt: string; forMs: number }) =>
    new VendorClosed(
      `メンテナンス中のため一時停止しています（${spell.opensAt}に再開）`,
      new Date(Date.now() + spell.forMs + Math.random() * REOPEN_SPREAD_MS),
    )
  const clockNow = () => options.closedHours?.now() ?? new Date()
  const spellNow = () => {
    const now = clockNow()
    const spell = closedSpell(options.closedHours?.hours ?? null, now)
    return spell && { opensAt: spell.opensAt, forMs: spell.until.getTime() - now.getTime() }
  }
  const unannounced = () => ({
    opensAt: jstDateTime(new Date(clockNow().getTime() + UNKNOWN_MAINTENANCE_MS)).slice(-'00:00'.length),
    forMs: UNKNOWN_MAINTENANCE_MS,
  })

  /** A limit that is used up holds everybody back; returns until when, in ms since the epoch, or 0. */
  const heedRates = async (answer: Answer<unknown>, { limitKey, perSecond }: ReturnType<typeof paceOf>) => {
    const now = Date.now()
    const empty = errors.rates(answer.headers, new Date(now)).filter(rate => rate.remaining <= 0)
    const resetAt = Math.max(0, ...empty.map(rate => rate.resetAt.getTime()))
    // A bucket of one second fills up by itself at our pace; waiting for its end would only lose time.
    const ownPace = perSecond !== undefined && answer.status !== 429 && resetAt - now <= PACED_BY_US_MS
    if (!ownPace) await limiter.pause(limitKey, resetAt - now)
    return resetAt
  }

  return {
    async request<T>(call: Call): Promise<Answer<T>> {
      let token = tokens ? await tokens.token() : null
      const pace = paceOf(call)
      let renewed = false
      let throttled = 0
      for (let tries = 1; ;) {
        const heldBackMs = await limiter.take(pace.limitKey, pace.perSecond, LONGEST_WAIT_MS, signal)
        signal?.throwIfAborted()
        if (heldBackMs > 0) throw unavailable(new Date(Date.now() + heldBackMs))
        const spell = call.evenWhenClosed ? null : spellNow()
        if (spell) throw closed(spell)
        const received = await send(call, token)
        const again = async (shown?: string) => {
          if (tries >= MAX_TRIES) throw unavailable(new Date(Date.now() + retryBaseMs * 30), shown)
          await sleep(retryBaseMs * 2 ** (tries - 1), undefined, signal && { signal })
          tries += 1
        }
        if (received.kind === 'lost') {
          if (call.kind === 'create') {
            throw new Uncertain(`${errors.product}から応答がなく、登録できたかを確認できませんでした。`)
          }
          await again()
          continue
        }
        const { answer } = received
        const resetAt = await heedRates(answer, pace)
        if (answer.status < 300) return answer as Answer<T>

        const { codes, messages } = errors.read(answer.body)
        const rule = errors.rules.find(candidate => applies(candidate, answer.status, codes))
        if (!rule && answer.status === call.alsoAnswers) return answer as Answer<T>
        switch (verdictOf(rule, answer.status)) {
          case 'expired':
            if (renewed || !tokens || token === null) throw reconnect(rule)
            renewed = true
            token = await tokens.renew(token)
            continue
          case 'throttled': {
            const until = Math.max(resetAt, retryAfter(answer.headers), Date.now() + (rule?.retryAfterMs ?? 1_000))
            if (++throttled > MAX_THROTTLED || until - Date.now() > LONGEST_WAIT_MS) throw unavailable(new Date(until))
            await limiter.pause(pace.limitKey, until - Date.now())
            continue
          }
          case 'unavailable': {
            const until = retryAfter(answer.headers)
            if (rule?.retryAfterMs !== undefined)
              throw unavailable(new Date(Date.now() + rule.retryAfterMs), rule.shown)
            // A service that says 5xx may have stored the record all the same.
            if (call.kind === 'create') {
              throw new Uncertain(`${errors.product}から応答がなく、登録できたかを確認できませんでした。`)
            }
            if (until > Date.now() + LONGEST_WAIT_MS) throw unavailable(new Date(until), rule?.shown)
            await again(rule?.shown)
            continue
          }
          case 'closed':
            throw closed(spellNow() ?? unannounced())
          case 'reconnect':
            throw reconnect(rule)
          case 'blocked':
            if (rule?.operator) log.error('the app itself is refused', { product: errors.product, codes })
            throw new VendorBlocked(rule?.shown ?? sentence(messages, answer.status), codes, rule?.onlyCreates ?? false)
          case 'missing':
            throw new VendorMissing(rule?.shown ?? sentence(messages, answer.status))
          case 'refused':
            throw new VendorRefused(rule?.shown ?? sentence(messages, answer.status), codes)
        }
      }
    },
  }

  function reconnect(rule: ErrorRule | undefined) {
    return new ReconnectNeeded(
      rule?.shown ?? `${errors.product}との連携の有効期限が切れています。再度連携設定を行なってください。`,
      errors.side,
    )
  }

  function sentence(messages: readonly string[], status: number) {
    return messages.length > 0
      ? inOneLine(messages)
      : `${errors.product}が登録を受け付けませんでした（HTTP ${status}）。内容を確認して、再度同期してください。`
  }
}

/** A NUL inside a JSON text; PostgreSQL has no place for one, and no name contains it on purpose. */
const ESCAPED_NUL = /(?<!\\)((?:\\\\)*)\\u0000/g

/** Halves of a surrogate pair are written as escapes only; most bodies have none, and are read without a second look. */
const ESCAPED_HALF = /\\u[dD][89a-fA-F]/

const wellFormedValue = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? wellFormed(value) : value

/** JSON, or undefined for anything else: HTML of a proxy, a body cut in the middle, nothing. */
function parse(text: unknown): unknown {
  if (typeof text !== 'string' || text === '') return undefined
  try {
    return JSON.parse(text.replace(ESCAPED_NUL, '$1'), ESCAPED_HALF.test(text) ? wellFormedValue : undefined) as unknown
  } catch {
    return undefined
  }
}

function applies(rule: ErrorRule, status: number, codes: readonly (string | number)[]) {
  const statusFits =
    rule.status === undefined ||
    (typeof rule.status === 'number' ? rule.status === status : status >= rule.status[0] && status <= rule.status[1])
  return statusFits && (rule.code === undefined || codes.includes(rule.code))
}

/** What an answer no rule names means by HTTP's own rules. */
function verdictOf(rule: ErrorRule | undefined, status: number): Verdict {
  if (rule) return rule.then
  if (status === 401) return 'expired'
  if (status === 403) return 'blocked'
  if (status === 404) return 'missing'
  if (status === 429) return 'throttled'
  return status >= 500 || status < 400 ? 'unavailable' : 'refused'
}

/** Retry-After in ms since the epoch; 0 when absent. Seconds or a date (RFC 9110). */
function retryAfter(headers: Readonly<Record<string, string>>): number {
  const value = headers['retry-after']
  if (value === undefined) return 0
  const seconds = Number(value)
  const at = Number.isFinite(seconds) ? Date.now() + seconds * 1000 : Date.parse(value)
  return Number.isFinite(at) ? at : 0
}
