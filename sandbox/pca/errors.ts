import type { Problem } from './store.js'

/** Thrown anywhere below the router, turned into the answer at one place. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: object,
  ) {
    super(`PCA answers ${status}`)
  }
}

/** Failures of the protocol (reference §4.5); every code but WEBSV600100–102 is assumed there or here. */
const protocol = (status: number, number: number, message: string) => () =>
  new Refused(status, { Code: `WEBSV${number}`, Message: message })

export const tokenExpired = protocol(401, 600100, 'アクセストークンの有効期限が切れています。')
export const tokenUnknown = protocol(401, 600101, 'アクセストークンが正しくありません。')
export const loggedOut = protocol(401, 600102, 'ログアウト済みのアクセストークンです。')
export const noAreaSelected = protocol(400, 600200, 'データ領域が選択されていません。')
export const unknownArea = protocol(400, 600201, '指定されたデータ領域は存在しません。')
export const unknownSnapshot = protocol(400, 600202, '指定されたスナップショットは存在しません。')
export const malformed = protocol(400, 600210, 'リクエストの形式が正しくありません。')
export const tooManyElements = protocol(400, 600211, '一度に処理できる件数は10件までです。')
export const noFreeCal = protocol(403, 600300, '同時接続数の上限に達しています。')
export const notContracted = protocol(403, 600301, 'Web-APIの利用権がありません。')
export const unknownMethod = protocol(404, 600404, '指定されたメソッドは存在しません。')
export const limitExceeded = protocol(429, 600429, '呼び出し回数の上限を超えました。')
export const internalError = protocol(500, 600500, 'サーバーでエラーが発生しました。')

/** Failures of the token endpoint (RFC 6749 §5.2). */
export const oauthError = (
  error: 'invalid_client' | 'invalid_grant' | 'invalid_request' | 'unsupported_grant_type',
): Refused => new Refused(400, { error })

const problem = (code: string, message: string): Problem => ({ ErrorCode: code, ErrorMessage: message })

/** Failures of one element of a write. PAY000011–014 are the reference's (§5.3), the others assumed here. */
export const PROBLEMS = {
  unknownEmployee: problem('PAY000010', '該当する社員が存在しません。'),
  duplicateCode: problem('PAY000011', '同じ社員コードの社員が既に登録されています。'),
  wrongCode: problem('PAY000012', '社員コードの桁数が正しくありません。'),
  noLastName: problem('PAY000013', '社員氏名(姓)が入力されていません。'),
  stale: problem('PAY000014', '他のユーザーにより更新されています。'),
  wrongDate: problem('PAY000015', '日付が正しくありません。'),
  wrongValue: problem('PAY000016', '入力値が正しくありません。'),
  codeChanged: problem('PAY000017', '社員コードは変更できません。'),
  unknownDepartment: problem('PAY000018', '部門コードが登録されていません。'),
  asked: problem('PAY000099', '登録に失敗しました。'),
} as const
