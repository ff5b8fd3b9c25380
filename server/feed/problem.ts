import { STATUS_CODES } from 'node:http'

export type ProblemCode =
  | 'invalid_token'
  | 'resource_forbidden'
  | 'snapshot_not_found'
  | 'not_found'
  | 'invalid_parameter'
  | 'too_many_requests'
  | 'internal_error'

export interface WrongParameter {
  parameter: string
  message: string
}

const statuses: Readonly<Record<ProblemCode, number>> = {
  invalid_token: 401,
  resource_forbidden: 403,
  snapshot_not_found: 404,
  not_found: 404,
  invalid_parameter: 422,
  too_many_requests: 429,
  internal_error: 500,
}

const details: Readonly<Record<ProblemCode, string>> = {
  invalid_token:
    'アクセストークンが正しくないか、無効になっています。新しいアクセストークンを発行して、登録し直してください。',
  resource_forbidden:
    'リソースへのアクセスが禁止されています。アクセストークンの［リソースの制限］で許可されている情報を確認してください。',
  snapshot_not_found:
    '取得できるデータがありません。公開されていないか、公開が終了しています。公開してから、やり直してください。',
  not_found: '指定されたリソースはありません。URLを確認してください。',
  invalid_parameter: 'パラメーターが正しくありません。errorsに示すパラメーターを修正してください。',
  too_many_requests: 'リクエストが多すぎます。時間をおいて、やり直してください。',
  internal_error: '予期しないエラーが発生しました。時間をおいて、やり直してください。',
}

/** A refusal of the feed (RFC 9457, docs/feed.md). */
export class Problem extends Error {
  readonly status: number

  constructor(
    readonly code: ProblemCode,
    readonly more: { errors?: readonly WrongParameter[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(details[code])
    this.name = 'Problem'
    this.status = statuses[code]
  }

  body() {
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.status] ?? '',
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(this.more.errors && { errors: this.more.errors }),
    }
  }
}

export const wrong = (...errors: readonly WrongParameter[]) => new Problem('invalid_parameter', { errors })
