import { objectOf } from '../../contract/conversions.js'
import type { ServiceErrors } from '../../calls/call.js'

/** Protocol failures; those of a token are confirmed, the others assumed (reference §5.3). */
export const CODES = {
  tokenEnded: ['WEBSV600100', 'WEBSV600101', 'WEBSV600102'],
  noArea: 'WEBSV600200',
  unknownArea: 'WEBSV600201',
  unknownSnapshot: 'WEBSV600202',
  noCal: 'WEBSV600300',
  notContracted: 'WEBSV600301',
  tooMany: 'WEBSV600429',
  /** the record has another update stamp by now */
  stale: 'PAY000014',
} as const

/** A CAL is free again after a log-out, at the latest after an hour; the limits count by the minute. */
const MINUTE_MS = 60_000

export const RECONNECT = 'PCA連携設定を確認してください。保存しているIDとパスワードでは、PCAに接続できませんでした。'

export const pcaErrors = (product: string): ServiceErrors => ({
  side: 'service',
  product,
  rules: [
    ...CODES.tokenEnded.map(code => ({ code, then: 'expired' as const })),
    { code: 'invalid_grant', then: 'reconnect', shown: RECONNECT },
    { code: 'invalid_client', then: 'reconnect', shown: RECONNECT },
    {
      code: CODES.noArea,
      then: 'refused',
      shown: 'データ領域が選択されていません。データ領域を選択し直してください。',
    },
    {
      code: CODES.unknownArea,
      then: 'blocked',
      shown:
        '選択したデータ領域が見つかりません。PCAで削除されたか、年次更新で名前が変わっています。データ領域を選択し直してください。',
    },
    { code: CODES.unknownSnapshot, then: 'refused' },
    {
      code: CODES.noCal,
      then: 'unavailable',
      retryAfterMs: MINUTE_MS,
      shown: 'PCAの同時接続数の上限に達しています。時間をおいて再度お試しください。',
    },
    {
      code: CODES.notContracted,
      then: 'blocked',
      shown: 'PCAクラウドWeb-APIが有効になっていません。PCAまたは代理店の担当者にお問い合わせください。',
    },
    { code: CODES.tooMany, then: 'throttled', retryAfterMs: MINUTE_MS / 6 },
    { status: 429, then: 'throttled', retryAfterMs: MINUTE_MS / 6 },
  ],
  read(body) {
    const answer = objectOf(body)
    return {
      codes: [answer.Code, answer.error].filter(code => typeof code === 'string'),
      messages: [answer.Message].filter(message => typeof message === 'string'),
    }
  },
  // No header tells what is left (§4.6).
  rates: () => [],
})
