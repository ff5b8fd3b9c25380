import { badRequest, invalid } from './errors.js'
import type { PayslipItem, Tenant } from './store.js'

/** The three 集計種別 that exist once each, and without which no payslip is taken (SmartHR API reference, §3.11). */
const TOTALS = { net_payment: '差引支給額', total_payment: '支給合計', deduction: '控除合計' } as const

/** Names with a meaning of their own in SmartHR's files. */
const RESERVED = ['社員番号', '備考']

const entry = (name: string, kind: PayslipItem['kind'], more: Partial<PayslipItem> = {}): PayslipItem => ({
  name,
  kind,
  aggregate_type: null,
  unit_type: null,
  ...more,
})

const PAYMENTS =
  '基本給 役員報酬 職務手当 役職手当 資格手当 家族手当 住宅手当 調整手当 通勤手当 残業手当 残業代 遅刻早退控除 欠勤控除 賞与 業績手当'
const DEDUCTIONS = '健康保険料 介護保険料 厚生年金保険料 雇用保険料 所得税 住民税 年末調整'
const DAYS = '労働日数 所定労働出勤日数 有給日数 出勤日数 欠勤'
const HOURS =
  '労働時間のうち、所定労働時間に該当するもの 有給休暇時間数 遅刻・早退 法定内残業 時間外労働 休日労働 深夜労働 残業時間'
const OTHERS = '総支給 勤怠控除額合計 支給手当額合計 課税対象支給額 総振込額 課税支給累計額'

/**
 * What みどり商会 has registered: what freee's statements need (freee §5.5, §5.6) and what is usual. 「在宅勤務手当」,
 * 「出張手当」 and 「組合費」 are not among them, so that the registering of unknown items can be seen.
 */
export const seedPayslipItems = (): PayslipItem[] => [
  ...PAYMENTS.split(' ').map(name => entry(name, '支給')),
  ...DEDUCTIONS.split(' ').map(name => entry(name, '控除')),
  ...DAYS.split(' ').map(name => entry(name, '勤怠', { unit_type: 'days' })),
  ...HOURS.split(' ').map(name => entry(name, '勤怠', { unit_type: 'hours' })),
  ...Object.entries(TOTALS).map(([type, name]) => entry(name, '合計', { aggregate_type: type as keyof typeof TOTALS })),
  ...OTHERS.split(' ').map(name => entry(name, '合計', { aggregate_type: 'others' })),
]

/** Refuses payslips as long as one of the three totals is not registered (§3.11); the text is assumed. */
export function checkTotalsRegistered({ payslipItems }: Tenant): void {
  const missing = Object.entries(TOTALS).filter(
    ([type]) => !payslipItems.some(({ aggregate_type: aggregate }) => aggregate === type),
  )
  if (missing.length > 0)
    throw badRequest(
      missing.map(([, name]) => invalid('Payslip', 'values', `給与明細項目に「${name}」が登録されていません。`)),
    )
}

/** What an unknown name becomes where it is registered by itself: その他・合計, as nobody said what it is. */
export const unknownItem = (name: string): PayslipItem | null =>
  RESERVED.includes(name) ? null : entry(name, '合計', { aggregate_type: 'others' })

const KINDS = ['支給', '控除', '勤怠', '合計']

function added(tenant: Tenant, given: Partial<PayslipItem>): PayslipItem {
  const { name = '', kind, aggregate_type: aggregate = null, unit_type: unit = null } = given
  if (typeof name !== 'string' || name === '' || RESERVED.includes(name)) throw new Error('an item needs a name')
  if (tenant.payslipItems.some(item => item.name === name)) throw new Error(`there is an item "${name}"`)
  if (!kind || !KINDS.includes(kind)) throw new Error(`an item is one of ${KINDS.join(', ')}`)
  if ((kind === '勤怠') !== (unit !== null)) throw new Error('勤怠 alone has a unit_type: hours or days')
  if ((kind === '合計') !== (aggregate !== null)) throw new Error('合計 alone has an aggregate_type')
  if (aggregate && aggregate !== 'others' && tenant.payslipItems.some(item => item.aggregate_type === aggregate))
    throw new Error('給与明細項目の保存に失敗しました')
  return entry(name, kind, { aggregate_type: aggregate, unit_type: unit })
}

/**
 * The switch `payslipItems`: `{ remove: [names], add: [{ name, kind, unit_type?, aggregate_type? }] }`, as SmartHR's
 * screen allows. Payslips there are keep what they have.
 */
export function changePayslipItems(tenant: Tenant, value: unknown): void {
  const { remove = [], add = [], ...rest } = (value ?? {}) as { remove?: unknown; add?: unknown }
  if (!Array.isArray(remove) || !Array.isArray(add) || Object.keys(rest).length > 0)
    throw new Error('payslipItems is { remove: [names], add: [items] }')
  for (const name of remove as unknown[])
    if (!tenant.payslipItems.some(item => item.name === name))
      throw new Error(`there is no item ${JSON.stringify(name)}`)
  tenant.payslipItems = tenant.payslipItems.filter(item => !(remove as unknown[]).includes(item.name))
  for (const item of add as Partial<PayslipItem>[]) tenant.payslipItems.push(added(tenant, item))
}
