/** What callers of `createHttp` and connectors share: the shape of a call and the rules that name its failures. */

/** read: repeatable. update: the same call twice leaves the same record. create: never repeated when the answer is lost. */
export type CallKind = 'read' | 'update' | 'create'

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** path below the base URL, ids already encoded; `{token}` becomes the access token, for services that put it there */
  path: string
  /** the path as it may stand in logs and metrics, with {id} instead of ids; default: `path` */
  pathTemplate?: string
  query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** JSON, or a form */
  body?: object
  /** a success has an empty body */
  emptyAnswer?: true
  /** an answer of this status that no rule names is a result, too: the caller reads it */
  alsoAnswers?: number
  kind: CallKind
  /** the service answers this call in its maintenance hours too */
  evenWhenClosed?: true
}

export interface Answer<T> {
  status: number
  /** lower-case names */
  headers: Readonly<Record<string, string>>
  body: T
}

/** Who makes the calls: a worker with a run. */
export interface Caller {
  /** This process is going away: waits and reads end at once, and no further call is sent. */
  signal: AbortSignal
  /**
   * Asked directly before every write, when all waits are over; throws when this worker must not write any more. What
   * comes back is until when its word holds, by performance.now().
   */
  fence?: (kind: Exclude<CallKind, 'read'>) => Promise<number>
  /** Told when a write was taken, or may have been: no usable answer came. */
  touched?: () => void
}

export interface Http {
  /** Throws the classes of errors.ts, and what the caller's fence throws. */
  request<T>(call: Call): Promise<Answer<T>>
}

/**
 * What a failure means. `expired`: renew the token once and repeat. `refused`: this record only. `missing`: the record
 * is not there. `blocked`: no record gets through until something is changed at the service. `reconnect`: only a new
 * consent helps. `throttled`: wait and repeat. `unavailable`: try later. `closed`: maintenance, announced or not, and
 * nothing was done.
 */
export type Verdict =
  'expired' | 'refused' | 'missing' | 'blocked' | 'reconnect' | 'throttled' | 'unavailable' | 'closed'

/** The first rule that matches names the failure. Absent parts match everything. */
export interface ErrorRule {
  status?: number | readonly [from: number, to: number]
  code?: string | number
  then: Verdict
  /** with blocked: updates still go through (a head-count limit, say) */
  onlyCreates?: boolean
  /** with unavailable or throttled: not worth trying before this many ms (a lock that lifts by itself) */
  retryAfterMs?: number
  /** only the operator can mend it: told at error level in the log */
  operator?: true
  /** the sentence for the administrator; default: the service's own messages */
  shown?: string
  /** it refuses the address a call comes from: the app's addresses are told where the operator has named them */
  ofAddress?: true
}

export interface ServiceErrors {
  /** 'smarthr' or 'service': whose authorisation is meant by reconnect */
  side: 'smarthr' | 'service'
  /** the product's name in sentences */
  product: string
  rules: readonly ErrorRule[]
  /** Codes and messages in an answer's parsed body; must cope with anything. */
  read(body: unknown): { codes: readonly (string | number)[]; messages: readonly string[] }
  /** Rate-limit headers: what is left and when it fills up again. */
  rates(headers: Readonly<Record<string, string>>, now: Date): readonly { remaining: number; resetAt: Date }[]
}

/** A token endpoint's answer, untouched but for types. */
export interface TokenAnswer {
  accessToken: string
  refreshToken: string | null
  /** seconds; null when the server does not say */
  expiresIn: number | null
  raw: Readonly<Record<string, unknown>>
}
