/** SmartHR's error bodies (SmartHR API reference, §2.6). */
export interface Detail {
  message: string
  resource: string | null
  field: string | null
}

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: { code: number; type: string; message: string; errors: Detail[] | null },
  ) {
    super(body.message)
  }
}

const refusal =
  (status: number, code: number, type: string, message: string) =>
  (errors: Detail[] | null = null): Refused =>
    new Refused(status, { code, type, message, errors })

export const badRequest = refusal(400, 1, 'bad_request', '不正なリクエストパラメータです。')
export const unauthorized = refusal(401, 2, 'unauthorized_token', '無効なアクセストークンです')
export const forbidden = refusal(403, 3, 'forbidden', 'リソースへのアクセスが禁止されています')
export const notFound = refusal(404, 4, 'not_found', '指定したリソースが存在しない')
export const internalError = refusal(500, 5, 'internal_server_error', 'システム内部で予期せぬエラーが発生した')
export const tooMany = refusal(429, 6, 'too_many_requests', 'リクエスト制限の上限を超えた')
export const planLimit = refusal(403, 7, 'plan_limit_exceeded', '上限人数に達しているため従業員の追加は出来ません')
export const undeletable = refusal(400, 8, 'non_deletable_resource', '削除できないリソースです')

export const invalid = (resource: string, field: string, message: string): Detail => ({ message, resource, field })

/** A refusal about no attribute: SmartHR names neither resource nor field then (§3.10). */
export const refusedState = (message: string): Refused => badRequest([{ message, resource: null, field: null }])
