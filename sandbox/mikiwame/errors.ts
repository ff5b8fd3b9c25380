/** ミキワメ's error bodies (assumed contract, §7): `{ "errors": [{ "code", "field", "message" }] }`. */
export interface Problem {
  code: string
  field: string | null
  message: string
}

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problems: readonly Problem[],
    readonly headers: Record<string, string> = {},
  ) {
    super(problems.map(problem => problem.code).join(', '))
  }
}

const refusal = (status: number, code: string, message: string, headers: Record<string, string> = {}) =>
  new Refused(status, [{ code, field: null, message }], headers)

export const unauthorized = () => refusal(401, 'unauthorized', 'アクセストークンが無効です')
export const forbidden = () => refusal(403, 'forbidden', '管理者権限が必要です')
export const notFound = () => refusal(404, 'not_found', '指定されたデータは存在しません')
export const rateLimited = (seconds: number) =>
  refusal(429, 'rate_limited', 'リクエスト数の上限を超えました', { 'Retry-After': String(seconds) })
export const maintenance = () => refusal(503, 'maintenance', 'メンテナンス中です')
export const internal = () => refusal(500, 'internal', '予期しないエラーが発生しました')
/** Not in §7: a body that is no JSON object. */
export const malformed = () => refusal(400, 'invalid', 'リクエストの形式が正しくありません')

export const unprocessable = (problems: readonly Problem[]) => new Refused(422, problems)
