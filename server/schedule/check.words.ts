import type { SyncFlow } from '../contract/contract.js'
import { amount } from '../contract/conversions.js'
import { jstDate, jstDateTime } from '../platform/clock.js'
import type { Check } from './check.store.js'
import type { Schedule } from './schedule.store.js'

const SMARTHR = 'SmartHR'

/** 「11月20日 2:14」 */
export function dayAndTime(at: Date): string {
  const [, month = '', day = ''] = jstDate(at).split('-')
  const [, time = ''] = jstDateTime(at).split(' ')
  return `${Number(month)}月${Number(day)}日 ${time.replace(/^0/, '')}`
}

/** Why the next check comes later than by its rule; '' where it does not. */
export function postponed({ slotAt, nextAt, tries }: Pick<Schedule, 'slotAt' | 'nextAt' | 'tries'>): string {
  if (nextAt <= slotAt) return ''
  const why = tries > 0 ? '同期を実行中だった' : '連携サービスのメンテナンス時間の'
  return `${why}ため、次の確認を${dayAndTime(nextAt)}に延期しました。`
}

/** When it was read. */
export const checkedAt = ({ begunAt }: Pick<Check, 'begunAt'>): string => dayAndTime(begunAt)

/** 「SmartHRと差分が12件あります（新規3・更新9）」 */
export function differences(check: Pick<Check, 'new' | 'changed'>): string {
  const total = check.new + check.changed
  if (total === 0) return '差分なし'
  return `${SMARTHR}と差分が${amount(total)}件あります（新規${amount(check.new)}・更新${amount(check.changed)}）`
}

/** How many of them can't be synced as they are; '' where all can. */
export const doomedAmong = ({ new: isNew, changed, doomed }: Pick<Check, 'new' | 'changed' | 'doomed'>): string =>
  doomed === 0
    ? ''
    : doomed === isNew + changed
      ? 'すべて、このままでは失敗します。理由は、選択画面で確認できます。'
      : `うち${amount(doomed)}件は、このままでは失敗します。理由は、選択画面で確認できます。`

/** For how many people each field changes, in the order of the mapping. */
export const figuresOf = ({ mapping }: Pick<SyncFlow, 'mapping'>, { fields }: Pick<Check, 'fields'>) =>
  mapping.flatMap(({ id, label }) => {
    const people = fields[id] ?? 0
    return people > 0 ? [{ label, people }] : []
  })

export const weekdays = ['月', '火', '水', '木', '金', '土', '日'] as const
