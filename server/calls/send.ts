import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import axios, { type AxiosResponse } from 'axios'
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

/** What came back, or that nothing usable did. */
export type Received = { kind: 'answer'; answer: Answer<unknown> } | { kind: 'lost' }

export type Send = (call: Call, token: string | null) => Promise<Received>

/**
 * A connection that takes longer is not used. This process may have been stopped meanwhile: what it was about to send may
 * be another worker's to send by now.
 */
const CONNECT_MS = 3_000

function inTime<Agent extends HttpAgent>(agent: Agent, ready: 'connect' | 'secureConnect'): Agent {
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (...order) => {
    const began = performance.now()
    const socket = connect(...order)
    // The first to hear of it, before the call is written.
    socket?.once(ready, () => {
      if (performance.now() - began > CONNECT_MS) socket.destroy(new Error('the connection took too long'))
    })
    return socket
  }
  return agent
}

// One pool of sockets per process; a service sees few connections however many companies there are.
const httpAgent = inTime(new HttpAgent({ keepAlive: true, maxSockets: 64 }), 'connect')
const httpsAgent = inTime(new HttpsAgent({ keepAlive: true, maxSockets: 64 }), 'secureConnect')

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

  const ask = (call: Call, token: string | null, patience: AbortSignal) =>
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
    })

  return async (call, token) => {
    const began = performance.now()
    // A time-out of axios starts again with every byte: a slow trickle would hold a call for ever.
    const patience = new AbortController()
    const giveUp = () => patience.abort()
    const timer = setTimeout(giveUp, timeoutMs)
    // A write on its way is waited for: without its answer we would not know whether it happened.
    if (call.kind === 'read') signal?.addEventListener('abort', giveUp)
    let response: AxiosResponse<string>
    try {
      response = await ask(call, token, patience.signal)
    } catch {
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

/** Halves of a surrogate pair are written as escapes only. Most bodies have none, so most are read once. */
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
