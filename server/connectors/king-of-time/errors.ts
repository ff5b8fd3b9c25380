import { objectOf, objectsOf } from '../../contract/conversions.js'
import type { ErrorRule, ServiceErrors } from '../../calls/call.js'
import type { Brand } from './brands.js'

/** The vendor's codes; 104, 300 and 303 are confirmed, the others observed or assumed (reference §3.6). */
export const CODES = {
  closed: 104,
  notAuthorised: 100,
  addressRefused: 105,
  down: 300,
  tooMany: [303, 308],
  malformed: 2,
  unknownPerson: 200,
  codeTaken: 201,
  invalid: 202,
} as const

const LABELS: Readonly<Record<string, string>> = {
  code: '従業員コード',
  lastName: '姓',
  firstName: '名',
  lastNamePhonetics: '姓（カナ）',
  firstNamePhonetics: '名（カナ）',
  gender: '性別',
  birthDate: '生年月日',
  hiredDate: '入社年月日',
  resignationDate: '退職年月日',
  emailAddresses: 'メールアドレス',
}

export const GONE =
  '選択した所属事業所または雇用区分が見つかりません。削除されていないかを確認し、新規登録の設定または対応表で選択し直してから、もう一度取得してください。'

export const TOO_EARLY =
  '所属事業所または雇用区分を変更する日として、情報取得基準日が受け付けられませんでした。基準日を今月1日以降にして、もう一度取得してください。'

/** 「{property} is invalid.」 in words the administrator knows. */
function inWords(message: string, product: string): string {
  const property = /^(\w+) is invalid/.exec(message)?.[1]
  if (property === 'divisionCode' || property === 'typeCode') return GONE
  if (property === 'updateDate') return TOO_EARLY
  const label = property && LABELS[property]
  return label ? refusedValue(label, product) : message
}

export const refusedValue = (label: string, product: string): string =>
  `${label}を、${product}が受け付けませんでした。値の形式が正しくないか、${product}で使えない文字が含まれています。${label}を修正して、再度同期してください。`

/** The service's failures by code, read from either of its two envelopes: numbers in a list, or one as text. */
export function errorsOf({ name: product }: Brand): ServiceErrors {
  const rules: ErrorRule[] = [
    { code: CODES.closed, then: 'closed' },
    ...CODES.tooMany.map((code): ErrorRule => ({ code, then: 'throttled' })),
    { code: CODES.down, then: 'unavailable' },
    {
      code: CODES.addressRefused,
      then: 'blocked',
      ofAddress: true,
      shown: `接続元のIPアドレスが、${product}で許可されていません。${product}の管理画面で、アクセストークンの許可IPアドレスを確認してから、やり直してください。`,
    },
    {
      code: CODES.notAuthorised,
      then: 'blocked',
      ofAddress: true,
      shown: `アクセストークンに従業員情報の権限がないか、接続元のIPアドレスが許可されていません。${product}の管理画面で、従業員の読み取り・書き込みの権限と、許可IPアドレスを確認してから、やり直してください。`,
    },
    {
      code: CODES.codeTaken,
      then: 'refused',
      shown: `従業員コードがすでに使われています。${product}で退職済み・削除済みの従業員と、番号の先頭の0を確認してから、もう一度取得してください。`,
    },
    {
      code: CODES.unknownPerson,
      then: 'missing',
      shown: `対象の従業員が${product}に見つかりません。削除されていないか、${product}で確認してください。`,
    },
  ]
  return {
    side: 'service',
    product,
    rules,
    read(body) {
      const answer = objectOf(body)
      const errors = Array.isArray(answer.errors) ? objectsOf(answer.errors) : [answer]
      return {
        codes: errors.flatMap(({ code }) => {
          const number = typeof code === 'number' || typeof code === 'string' ? Number(code) : Number.NaN
          return Number.isFinite(number) ? [number] : []
        }),
        messages: errors.flatMap(({ message }) => (typeof message === 'string' ? [inWords(message, product)] : [])),
      }
    },
    // No header tells what is left.
    rates: () => [],
  }
}
