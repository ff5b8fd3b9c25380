import { objectOf, objectsOf } from '../../contract/conversions.js'
import type { ServiceErrors } from '../../calls/call.js'

/** Failures by code, assumed (reference §7). */
export const mikiwameErrors: ServiceErrors = {
  side: 'service',
  product: 'ミキワメ',
  rules: [
    {
      code: 'unauthorized',
      then: 'blocked',
      shown:
        'ミキワメに接続できません。このアプリのミキワメへの接続設定が、ミキワメに認められていません。接続設定の確認を、このアプリの運用者に依頼してください。',
    },
    {
      code: 'forbidden',
      then: 'blocked',
      shown: 'ミキワメの管理者権限がないため、同期できません。ミキワメの管理者権限を確認してください。',
    },
    {
      code: 'not_found',
      then: 'missing',
      shown: '対象がミキワメに見つかりません。削除されていないか、ミキワメで確認してください。',
    },
    { code: 'rate_limited', then: 'throttled' },
    { code: 'maintenance', then: 'unavailable' },
    { status: 422, then: 'refused' },
  ],
  read(body) {
    const errors = objectsOf(objectOf(body).errors)
    return {
      codes: errors.map(({ code }) => code).filter(code => typeof code === 'string'),
      messages: errors.map(({ message }) => message).filter(message => typeof message === 'string'),
    }
  },
  // No header tells what is left.
  rates: () => [],
}
