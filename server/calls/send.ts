import http, { Agent as HttpAgent, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import https, { Agent as HttpsAgent } from 'node:https'
import { TLSSocket } from 'node:tls'
import axios, { AxiosError, type AxiosResponse } from 'axios'
import type { Logger } from '../platform/logger.js'
import { wellFormed } from '../platform/odd-text.js'
import type { Answer, Call, ServiceErrors } from './call.js'

const MAX_ANSWER_BYTES = 64 * 1024 * 1024
const TIMEOUT_MS = 30_000

export interface SendOptions {
  baseUrl: string
  errors: ServiceErrors
  /** sent with every call */
  query?: Readonly<Record<string, string>>
  /** default: the Authorization header */
  tokenIn?: 'path'
  log: Logger
  timeoutMs?: number
  /** counts calls for the metrics */
  onCall?: (call: { product: string; method: string; path: string; status: number | 'none' }) => void
  /** of the caller: see Caller */
  signal?: AbortSignal
}

/** What came back, or that nothing usable did. late: the call did not leave. */
export type Received = { kind: 'answer'; answer: Answer<unknown> } | { kind: 'lost' } | { kind: 'late' }

/** `leaveBy`: by performance.now(); a call that has not left by then does not. */
export type Send = (call: Call, token: string | null, leaveBy?: number) => Promise<Received>

// One pool of sockets per process; a service sees few connections however many companies there are.
const agents = {
  httpAgent: new HttpAgent({ keepAlive: true, maxSockets: 64 }),
  httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: 64 }),
}

const client = axios.create({
  maxRedirects: 0,
  maxContentLength: MAX_ANSWER_BYTES,
  validateStatus: () => true,
  responseType: 'text',
  transformResponse: data => data as unknown,
  paramsSerializer: { indexes: null },
  ...agents,
  proxy: false,
})

/** What came back when a call would have left too late, and did not. */
class Late extends Error {}

/**
 * Node's own request, which looks at the clock once more when its first byte is about to leave: this process may have
 * been stopped at any point, and what it was about to send may be another worker's to send by now.
 */
const leavingBy = (leaveBy: number) => ({
  request(order: RequestOptions, heard: (response: IncomingMessage) => void): ClientRequest {
    const request = (order.protocol === 'https:' ? https : http).request(order, heard)
    const look = () => {
      if (performance.now() > leaveBy) request.destroy(new Late())
    }
    request.once('socket', socket => {
      look()
      // What was written meanwhile leaves once the connection stands: we hear of that first.
      if (socket.connecting) socket.prependOnceListener(socket instanceof TLSSocket ? 'secureConnect' : 'connect', look)
    })
    return request
  },
})

function pathOf({ path }: Call, token: string | null): string {
  if (!path.includes('{token}')) return path
  if (token === null) throw new Error('a call with the token in its path was made without one')
  return path.replace('{token}', encodeURIComponent(token))
}

/** One call, one answer. Nothing of axios leaves this file, because its errors carry the bearer token. */
export function createSend(options: SendOptions): Send {
  const { baseUrl, errors, log, onCall, signal, timeoutMs = TIMEOUT_MS } = options

  const note = (call: Call, status: number | 'none', began: number) => {
    const { product } = errors
    const { method, path, pathTemplate = path } = call
    onCall?.({ product, method, path: pathTemplate, status })
    const ms = Math.round(performance.now() - began)
    log.debug('service call', { product, method, path: pathTemplate, status, ms })
  }

  const ask = (call: Call, token: string | null, leaveBy: number | undefined, patience: AbortSignal) =>
    client.request<string>({
      method: call.method,
      url: baseUrl + pathOf(call, token),
      params: { ...options.query, ...call.query },
      data: call.body,
      headers: {
        ...(token !== null && options.tokenIn !== 'path' && { Authorization: `Bearer ${token}` }),
        Accept: 'application/json',
        ...(call.body !== undefined &&
          !(call.body instanceof URLSearchParams) && { 'Content-Type': 'application/json' }),
      },
      signal: patience,
      ...(leaveBy !== undefined && { transport: leavingBy(leaveBy) }),
    })

  return async (call, token, leaveBy) => {
    const began = performance.now()
    // A time-out of axios starts again with every byte: a slow trickle would hold a call for ever.
    const patience = new AbortController()
    const giveUp = () => patience.abort()
    const timer = setTimeout(giveUp, timeoutMs)
    // A write on its way is waited for: without its answer we would not know whether it happened.
    if (call.kind === 'read') signal?.addEventListener('abort', giveUp)
    let response: AxiosResponse<string>
    try {
      response = await ask(call, token, leaveBy, patience.signal)
    } catch (error) {
      if (error instanceof AxiosError && error.cause instanceof Late) return { kind: 'late' }
      note(call, 'none', began)
      if (call.kind === 'read') signal?.throwIfAborted()
      return { kind: 'lost' }
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
    }
    note(call, response.status, began)
    return received(call, response)
  }
}

function received(call: Call, response: AxiosResponse<string>): Received {
  const { status } = response
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) headers[name.toLowerCase()] = String(value)
  const body = parse(response.data)
  // A success that can't be read says nothing about what happened.
  if (status < 300 && body === undefined && status !== 204 && !call.emptyAnswer) return { kind: 'lost' }
  return { kind: 'answer', answer: { status, headers, body } }
}

/** A NUL inside a JSON text. PostgreSQL can't store it, and no name contains it on purpose. */
const ESCAPED_NUL = /(?<!\\)((?:\\\\)*)\\u0000/g

/** Halves of a surrogate pair are written as escapes only. */
const ESCAPED_HALF = /\\u[dD][89a-fA-F]/

const wellFormedValue = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? wellFormed(value) : value

/** JSON, or undefined for anything else: HTML of a proxy, a body cut in the middle, nothing. */
function parse(text: unknown): unknown {
  if (typeof text !== 'string' || text === '') return undefined
  try {
    // Most bodies escape nothing, and are read once.
    if (!text.includes('\\u')) return JSON.parse(text) as unknown
    return JSON.parse(text.replace(ESCAPED_NUL, '$1'), ESCAPED_HALF.test(text) ? wellFormedValue : undefined) as unknown
  } catch {
    return undefined
  }
}
