import { objectOf, objectsOf } from '../contract/conversions.js'
import type { ServiceErrors } from '../calls/call.js'

/** SmartHR's failures by `code`; texts change, codes do not (SmartHR API reference, §2.6). */
export const smarthrErrors: ServiceErrors = {
  side: 'smarthr',
  product: 'SmartHR',
  rules: [
    { code: 2, then: 'expired' },
    {
      code: 7,
      then: 'blocked',
      onlyCreates: true,
      shown:
        'SmartHRの契約人数の上限に達しているため、従業員を追加できません。SmartHRの契約人数を確認するか、退職した従業員の在籍状況を変更してから、再度同期してください。',
    },
    {
      code: 15,
      then: 'blocked',
      ofAddress: true,
      shown:
        'SmartHRのアクセス制限ルール（IPアドレス制限）により、接続できません。SmartHRの管理者が制限を見直してから、再度同期してください。',
    },
    {
      code: 3,
      then: 'blocked',
      shown:
        'SmartHRへのアクセスが禁止されています。アプリに許可された権限を、SmartHRの管理者が確認してから、再度同期してください。',
    },
    {
      code: 4,
      then: 'missing',
      shown: 'SmartHRに対象の従業員が見つかりません。削除されていないか、SmartHRで確認してください。',
    },
    { code: 6, then: 'throttled' },
    { code: 9, then: 'unavailable' },
    { code: 5, then: 'unavailable' },
    { code: 1, then: 'refused' },
    { code: 8, then: 'refused' },
  ],

  read(body) {
    const answer = objectOf(body)
    const messages = objectsOf(answer.errors).flatMap(({ message }) => (typeof message === 'string' ? [message] : []))
    return {
      codes: typeof answer.code === 'number' ? [answer.code] : [],
      // All failing attributes are named at once; the general message says nothing more.
      messages: messages.length > 0 ? messages : typeof answer.message === 'string' ? [answer.message] : [],
    }
  },

  // Both families carry seconds until reset, not an instant (§2.2).
  rates: (headers, now) =>
    ['x-rate-limit', 'x-intensive-rate-limit'].flatMap(family => {
      const remaining = Number(headers[`${family}-remaining`] ?? Number.NaN)
      const reset = Number(headers[`${family}-reset`] ?? Number.NaN)
      return Number.isFinite(remaining) && Number.isFinite(reset)
        ? [{ remaining, resetAt: new Date(now.getTime() + reset * 1000) }]
        : []
    }),
}
