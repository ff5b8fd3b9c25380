import {
  ReconnectNeeded,
  Uncertain,
  VendorBlocked,
  VendorClosed,
  VendorMissing,
  VendorRefused,
  VendorStumbled,
  VendorUnavailable,
  advised,
  inOneLine,
  said,
  within,
  type Reason,
} from '../errors.js'
import { jstDateTime } from '../platform/clock.js'
import type { Answer, Call, ErrorRule, ServiceErrors, Verdict } from './call.js'
import { closedSpell, type ClosedHours } from './maintenance.js'

/** How long a service that closes outside its known hours is left alone. */
const UNKNOWN_MAINTENANCE_MS = 10 * 60_000
/** Runs come back spread over this time, not all in the second in which a service opens. */
const REOPEN_SPREAD_MS = 60_000

/** When a service is closed, and by whose clock. */
export interface KnownHours {
  hours: ClosedHours | null
  now: () => Date
}

/** A failed answer, read by the service's rules. */
export interface Failure {
  verdict: Verdict
  rule: ErrorRule | undefined
  codes: readonly (string | number)[]
  /** the sentence for the administrator */
  shown: Reason
  /** what Retry-After says, in ms since the epoch; 0 when it is absent */
  retryAt: number
}

/** The failures of a service's calls: what an answer means, and the errors of errors.ts that say so. */
export function createFailures(
  errors: ServiceErrors,
  known: KnownHours | undefined,
  outboundIps: readonly string[] = [],
) {
  const { product, side } = errors
  const notReached = `${product}に接続できませんでした。${product}が混み合っているか、メンテナンス中の可能性があります。時間をおいて、やり直してください。`
  const addresses = outboundIps.length === 0 ? '' : `このアプリの接続元IPアドレスは、${outboundIps.join('、')}です。`
  const clockNow = () => known?.now() ?? new Date()

  const spellNow = () => {
    const now = clockNow()
    const spell = closedSpell(known?.hours ?? null, now)
    return spell && { opensAt: spell.opensAt, forMs: spell.until.getTime() - now.getTime() }
  }
  const unannounced = () => ({
    opensAt: jstDateTime(new Date(clockNow().getTime() + UNKNOWN_MAINTENANCE_MS)).slice(-'00:00'.length),
    forMs: UNKNOWN_MAINTENANCE_MS,
  })
  const closed = ({ opensAt, forMs }: { opensAt: string; forMs: number }) =>
    new VendorClosed(
      `メンテナンス中のため一時停止しています（${opensAt}に再開）`,
      new Date(Date.now() + forMs + Math.random() * REOPEN_SPREAD_MS),
    )

  return {
    read({ kind }: Pick<Call, 'kind'>, { status, headers, body }: Answer<unknown>): Failure {
      const { codes, messages } = errors.read(body)
      const reasons = messages.filter(message => message.trim() !== '')
      const rule = errors.rules.find(candidate => applies(candidate, status, codes))
      const answered =
        reasons.length > 0
          ? said(advised(inOneLine(reasons)))
          : kind === 'read'
            ? `${product}から情報を取得できませんでした（HTTP ${status}）。アプリに許可された権限を${product}で確認して、やり直してください。`
            : `${product}が登録を受け付けませんでした（HTTP ${status}）。内容を確認して、再度同期してください。`
      return {
        verdict: verdictOf(rule, status),
        rule,
        codes,
        shown: within(rule?.shown ?? answered, text => (rule?.ofAddress ? text + addresses : text)),
        retryAt: retryAfter(headers),
      }
    },

    unavailable: (retryAt: number, shown = notReached) => new VendorUnavailable(shown, new Date(retryAt)),

    stumbled: (retryAt: number, shown = notReached) => new VendorStumbled(shown, new Date(retryAt)),

    uncertain: () =>
      new Uncertain(
        `${product}から応答がなく、登録できたかを確認できませんでした。${product}を確認してから、やり直してください。`,
      ),

    reconnect: (rule?: ErrorRule) =>
      new ReconnectNeeded(
        rule?.shown ?? `${product}との連携の有効期限が切れています。再度連携設定を行なってください。`,
        side,
      ),

    blocked: ({ shown, codes, rule }: Failure) => new VendorBlocked(shown, codes, rule?.onlyCreates ?? false),
    missing: ({ shown }: Failure) => new VendorMissing(shown),
    refused: ({ shown, codes }: Failure) => new VendorRefused(shown, codes),

    /** In the service's known hours; null while it is open. */
    closedNow: () => {
      const spell = spellNow()
      return spell && closed(spell)
    },

    /** The service says that it is closed. Nothing was done, and nothing will be before it opens. */
    closed: () => closed(spellNow() ?? unannounced()),
  }
}

export type Failures = ReturnType<typeof createFailures>

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

/** A service that wants a longer wait has said something else than it meant: a date in seconds, say. */
const LONGEST_WAIT_MS = 24 * 3_600_000

/** Retry-After in ms since the epoch, a day at most; 0 when absent. Seconds or a date (RFC 9110). */
function retryAfter(headers: Readonly<Record<string, string>>): number {
  const value = headers['retry-after']
  if (value === undefined) return 0
  const seconds = Number(value)
  const at = Number.isFinite(seconds) ? Date.now() + seconds * 1000 : Date.parse(value)
  return Number.isFinite(at) ? Math.min(at, Date.now() + LONGEST_WAIT_MS) : 0
}
