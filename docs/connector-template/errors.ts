import { objectOf } from '../../server/contract/conversions.js'
import type { ServiceErrors } from '../../server/calls/call.js'

export const PRODUCT = 'サンプル人事'

/** The service's failures by code, never by text. The first rule that fits decides; HTTP's own rules are the default. */
export const errors: ServiceErrors = {
  side: 'service',
  product: PRODUCT,
  rules: [
    {
      code: 'invalid_token',
      then: 'reconnect',
      shown: `アクセストークンが無効です。${PRODUCT}でアクセストークンを発行し直して、連携設定に登録してください。`,
    },
    {
      code: 'address_not_allowed',
      then: 'blocked',
      shown: `接続元のIPアドレスが、${PRODUCT}で許可されていません。${PRODUCT}の管理画面で許可してから、やり直してください。`,
    },
    { code: 'too_many_requests', then: 'throttled' },
    { status: 422, then: 'refused' },
  ],
  read(body) {
    const { code, message } = objectOf(body)
    return {
      codes: typeof code === 'string' ? [code] : [],
      messages: typeof message === 'string' ? [message] : [],
    }
  },
  // No header tells what is left.
  rates: () => [],
}
