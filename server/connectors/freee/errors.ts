import { objectOf, objectsOf } from '../../contract/conversions.js'
import type { ServiceErrors } from '../../calls/call.js'

export const PRODUCT = 'freee人事労務'

/** Excessive access in a short time is answered with a bare 403, lifted after about ten minutes (freee §6.2). */
const BARE_403_MS = 10 * 60_000

type Messages = unknown

const texts = (value: Messages): string[] =>
  [value ?? []].flat().flatMap(entry => (typeof entry === 'string' ? [entry] : []))

/** freee's failures by code, never by text (freee §6.1). Codes come in three shapes; all are read. */
export const freeeErrors: ServiceErrors = {
  side: 'service',
  product: PRODUCT,
  rules: [
    { code: 'expired_access_token', then: 'expired' },
    { code: 'invalid_access_token', then: 'expired' },
    {
      code: 'source_ip_address_limit',
      then: 'blocked',
      ofAddress: true,
      // The first sentence is the one users know (freee §6.3).
      shown:
        '接続元のIPアドレスからは、サービスをご利用いただくことができません。freee側でアクセス制限（IPアドレス制限）が設定されています。freeeの管理者がアクセス制限を解除してから、再度同期してください。同期が終わったら、アクセス制限を設定し直してください。アクセス制限の解除と再設定は、同期するたびに必要です。',
    },
    {
      code: 'user_do_not_have_permission',
      then: 'blocked',
      shown:
        '連携しているfreeeのユーザーに、必要な権限がありません。freee人事労務の管理者権限を持つユーザーで、再度連携してください。',
    },
    {
      code: 'company_not_found',
      then: 'reconnect',
      shown:
        '連携している事業所が見つかりません。削除されたか、アクセス権限がなくなっています。再度連携設定を行なってください。',
    },
    {
      code: 'freee_plan_limit',
      then: 'blocked',
      shown:
        'freee人事労務のご契約プランでは、この連携を利用できません。ミニマムプラン以上の有料プランであることを、freeeの契約画面で確認してください。',
    },
    {
      code: 'not_available_plan_limited_app',
      then: 'blocked',
      shown: 'freee人事労務のご契約プランでは、このアプリを利用できません。freeeの契約画面でプランを確認してください。',
    },
    {
      code: 're_authorization_required',
      then: 'reconnect',
      shown: 'freee側でアプリの権限が変更されたため、再度の許可が必要です。再度連携設定を行なってください。',
    },
    { status: 403, code: 'access_denied', then: 'blocked', shown: accessDenied() },
    { status: 403, then: 'unavailable', retryAfterMs: BARE_403_MS },
    {
      status: 404,
      then: 'missing',
      shown: 'freee人事労務に対象の従業員が見つかりません。削除されていないか、freee人事労務で確認してください。',
    },
  ],

  read(body) {
    const answer = objectOf(body)
    const errors = objectsOf(answer.errors)
    return {
      codes: [...texts(answer.code), ...texts(answer.error), ...errors.flatMap(error => texts(error.codes))],
      messages: [
        ...errors.flatMap(error => texts(error.messages)),
        ...texts(answer.message),
        ...texts(answer.messages),
      ],
    }
  },

  rates(headers) {
    const remaining = Number(headers['x-ratelimit-remaining'] ?? Number.NaN)
    const resetAt = new Date(headers['x-ratelimit-reset'] ?? Number.NaN)
    return Number.isFinite(remaining) && Number.isFinite(resetAt.getTime()) ? [{ remaining, resetAt }] : []
  },
}

function accessDenied() {
  return 'このアプリには、freee人事労務の必要なアクセス権限がありません。freeeの管理者に、アプリの権限設定を確認してください。'
}
