import { objectOf } from '../../contract/conversions.js'
import type { ServiceErrors } from '../../calls/call.js'

export const PRODUCT = 'マネーフォワード クラウド給与'

/** Shown where the API KEY is typed, and when it stops working (reference §5.7). */
export const WRONG_KEY = `API KEYが正しくありません。${PRODUCT}の［連携設定］＞［外部システム連携用識別子］を確認してください。`

/** Identifier and source address are the operator's: no administrator can mend them. */
const REFUSED = `${PRODUCT}に接続できませんでした。このアプリの${PRODUCT}への接続設定が、${PRODUCT}に認められていません。接続設定の確認を、このアプリの運用者に依頼してください。`

/** Money Forward's failures by `id` (API v2 document; all but office_not_found assumed). */
export const moneyForwardErrors: ServiceErrors = {
  side: 'service',
  product: PRODUCT,
  rules: [
    { code: 'invalid_identifier', then: 'blocked', shown: REFUSED, operator: true },
    { code: 'ip_not_allowed', then: 'blocked', shown: REFUSED, operator: true },
    { code: 'office_not_found', then: 'reconnect', shown: WRONG_KEY },
    {
      code: 'payroll_not_found',
      then: 'missing',
      shown: `選択した明細が見つかりません。${PRODUCT}で確定されているか確認してください。`,
    },
    { code: 'too_many_requests', then: 'throttled' },
    {
      code: 'maintenance',
      then: 'unavailable',
      shown: `${PRODUCT}がメンテナンス中です。時間をおいて、やり直してください。`,
    },
  ],
  read(body) {
    const { id, message } = objectOf(body)
    return {
      codes: typeof id === 'string' ? [id] : [],
      messages: typeof message === 'string' ? [message] : [],
    }
  },
  // No header tells what is left.
  rates: () => [],
}
