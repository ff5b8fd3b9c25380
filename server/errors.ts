/** How loud the log is: `error` means that a person must act, `warn` means that it mends itself. */
export type LogLevel = 'info' | 'warn' | 'error'

/**
 * Why something was not done, as it is shown. Where that holds what others have said, or names people besides the one it
 * is about, `kept` is what may stand in clear and stay when the people are forgotten.
 */
export type Reason = string | { shown: string; kept: string }

export const shownOf = (reason: Reason): string => (typeof reason === 'string' ? reason : reason.shown)
export const keptOf = (reason: Reason): string => (typeof reason === 'string' ? reason : reason.kept)

/** The reason as part of a sentence of ours. */
export const within = (reason: Reason, say: (text: string) => string): Reason =>
  typeof reason === 'string' ? say(reason) : { shown: say(reason.shown), kept: say(reason.kept) }

const WORDS_GONE =
  '連携先からの応答の内容は、個人を特定できる場合があるため、保存期間の終了とともに削除しました。必要な場合は、連携先の画面で確認してください。'

/** What a service has said in its own words: nobody knows whom they name. */
export const said = (shown: string): Reason => ({ shown, kept: WORDS_GONE })

/** A service's words with what to do, where they leave that open. */
export const advised = (words: string): string =>
  words.includes('ください')
    ? words
    : `${words}${/[。！？]$/.test(words) ? '' : '。'}内容を確認し、修正してから、やり直してください。`

/**
 * Everything we throw on purpose, named after the situation. `status` is the HTTP status of the page that shows it.
 * `message` is the Japanese sentence: what happened, why, what to do.
 */
export abstract class AppError extends Error {
  abstract readonly status: number
  readonly level: LogLevel = 'info'
  /** The message may name people: the log tells a hash of it. */
  readonly quotes: boolean

  constructor(
    /** the message, for whatever is stored of it */
    readonly reason: Reason,
    options?: ErrorOptions,
  ) {
    super(shownOf(reason), options)
    this.name = new.target.name
    this.quotes = typeof reason !== 'string'
  }
}

/** The page or record is not there, or belongs to another tenant: the two must look the same. */
export class NotFound extends AppError {
  readonly status = 404

  constructor(shown = 'お探しのページは見つかりませんでした', options?: ErrorOptions) {
    super(shown, options)
  }
}

export class Forbidden extends AppError {
  readonly status = 403
}

/** The order came too late or twice: another person, another tab or another run was first. */
export class Conflict extends AppError {
  readonly status = 409
}

/** What was sent is none of the answers that the page offers. */
export class NotOffered extends AppError {
  readonly status = 422
}

/** The stored authorisation no longer works; only the administrator can renew it. */
export class ReconnectNeeded extends AppError {
  readonly status = 409

  constructor(
    shown: string,
    /** whose authorisation: SmartHR's or the connected service's */
    readonly side: 'smarthr' | 'service',
    options?: ErrorOptions,
  ) {
    super(shown, options)
  }
}

/** Whose message may be the service's own words or the company's, or made of them. */
abstract class Quoting extends AppError {
  override readonly quotes = true
}

/** SmartHR or the service refused this one record and said why. */
export class VendorRefused extends Quoting {
  readonly status = 422

  constructor(
    shown: Reason,
    readonly codes: readonly (string | number)[] = [],
    options?: ErrorOptions,
  ) {
    super(shown, options)
  }
}

/** Nothing will go through until a plan, a right or an IP restriction is changed. */
export class VendorBlocked extends Quoting {
  readonly status = 422

  constructor(
    shown: Reason,
    readonly codes: readonly (string | number)[] = [],
    /** updates still go through (a head-count limit, say) */
    readonly onlyCreates = false,
    options?: ErrorOptions,
  ) {
    super(shown, options)
  }
}

/** Time-outs, 429, 5xx, maintenance, unreadable answers: worth another try at `retryAt`. */
export class VendorUnavailable extends Quoting {
  readonly status = 503
  override readonly level = 'warn'

  constructor(
    shown: Reason,
    readonly retryAt: Date,
    options?: ErrorOptions,
  ) {
    super(shown, options)
  }
}

/** One call failed as often as it was tried. The service may be down, or just this record may be more than it can do. */
export class VendorStumbled extends VendorUnavailable {}

/** The service is closed for a while and said, or had announced, so. Waiting for it is no failed attempt. */
export class VendorClosed extends VendorUnavailable {}

/** A create was sent and no usable answer came: the record may or may not exist. Look it up before sending again. */
export class Uncertain extends AppError {
  readonly status = 503
  override readonly level = 'warn'
}

/** The record asked for does not exist (any more) at SmartHR or the service. */
export class VendorMissing extends Quoting {
  readonly status = 422
}

/** The other side listed too little, a page twice or contradicted itself: never to be taken for "the others are gone". */
export class ListingBroken extends AppError {
  readonly status = 503
  override readonly level = 'warn'
}

/** 対象範囲 can't be read, or names what is not there any more: nobody knows whom a run may write. It is named. */
export class ScopeBroken extends Quoting {
  readonly status = 409

  constructor(
    shown: string,
    /** the cause alone, as the beginning of a sentence */
    readonly why: string,
    options?: ErrorOptions,
  ) {
    super(shown, options)
  }
}

/** Several reasons in one line; sentences stand side by side, the rest is separated. */
export const inOneLine = (reasons: readonly string[]): string =>
  reasons.reduce((line, reason) => (line === '' || line.endsWith('。') ? line + reason : `${line} / ${reason}`), '')
