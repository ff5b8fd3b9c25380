/** An answer that is not 2xx, with the body and content type freee uses for it (freee §6.1). */
export interface Refusal {
  status: number
  contentType: 'application/json' | 'application/problem+json'
  body: object
  headers?: Record<string, string>
}

/** Thrown by the endpoints, turned into the answer at one place. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(`freee answers ${refusal.status}`)
  }
}

/** Shape A. */
function problem(status: number, type: string, messages: string[], headers?: Record<string, string>): Refusal {
  return {
    status,
    contentType: 'application/problem+json',
    body: { status_code: status, errors: [{ type, messages }] },
    ...(headers && { headers }),
  }
}

export const badRequest = (messages: string[] = ['リクエストの形式が不正です。']) =>
  problem(400, 'bad_request', messages)

export const notFound = () => problem(404, 'not_found', ['存在しないか既に削除されたレコードです。'])

// The schema prints the text of this 403 but no type.
export const forbidden = () => problem(403, 'forbidden', ['アクセス権限がありません。'])

// assumed: freee documents the status only; body in shape A (freee §6.2).
export const tooManyRequests = (headers: Record<string, string>) =>
  problem(429, 'too_many_requests', ['リクエスト回数の上限を超えました。'], headers)

export const internalServerError = () =>
  problem(500, 'internal_server_error', [
    'エラーが発生しました。再試行しても解消しない場合は、サポートセンターまでご連絡ください。',
  ])

/** The codes of shape B with their texts. */
export const ACCESS_CODES = {
  company_not_found: '存在しないかすでに削除された事業所です。',
  user_do_not_have_permission: 'このAPIにアクセスしたい場合、事業所の管理者にご確認ください。',
  source_ip_address_limit: '接続元のIPアドレスからは、サービスをご利用いただけません。',
  freee_plan_limit: '有料プランをご利用中の事業所のみご利用いただけます。',
  not_available_plan_limited_app: '現在ご契約中のプランではこのプラン限定アプリを利用できません。',
  re_authorization_required:
    'アプリのバージョンが更新されてデータアクセス範囲が追加されています。再度認可をしてください。',
} as const

export type AccessCode = keyof typeof ACCESS_CODES

/** Shape B: 401 with a code. */
export const accessRefused = (code: AccessCode): Refusal => ({
  status: 401,
  contentType: 'application/json',
  body: {
    status_code: 401,
    errors: [{ codes: [code], type: 'status', messages: ['アクセス権限がありません。', ACCESS_CODES[code]] }],
  },
})

/** Shape C: 401 without any token. */
export const signInNeeded = (): Refusal => ({
  status: 401,
  contentType: 'application/json',
  body: { message: 'ログインをしてください。' },
})

/** Shape D: observed as 401, documented as 403 with one key more; the code is the same. */
export const expiredToken = (status: 401 | 403): Refusal => ({
  status,
  contentType: 'application/json',
  body: {
    ...(status === 403 && { error: 'access_denied' }),
    message: 'アクセスする権限がありません',
    code: 'expired_access_token',
  },
})

/** Shape E: errors of the accounts site. */
const oauthError = (status: number, error: string, description: string): Refusal => ({
  status,
  contentType: 'application/json',
  body: { error, error_description: description },
})

export const invalidGrant = () =>
  oauthError(
    401,
    'invalid_grant',
    '指定された認可グラントは不正か、有効期限切れか、無効か、リダイレクトURIが異なるか、もしくは別のクライアントに適用されています。',
  )

// assumed: status and error word; the description is freee's.
export const invalidClient = () =>
  oauthError(
    401,
    'invalid_client',
    'クライアントが不明か、クライアント認証が含まれていないか、もしくは認証メソッドがサポートされていないため、クライアント認証は失敗しました。',
  )

// assumed: both texts below; no source shows these two answers.
export const unsupportedGrantType = () =>
  oauthError(400, 'unsupported_grant_type', '指定された認可グラントのタイプは認可サーバでサポートされていません。')

export const ACCESS_DENIED_DESCRIPTION = 'リソースオーナーもしくは認可サーバがリクエストを拒否しました。'
