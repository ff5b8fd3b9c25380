import type { GroupOrder, Period } from '../contract/contract.js'
import { amount, slashed } from '../contract/conversions.js'
import { kept } from '../contract/declared.js'
import type { Statement } from '../contract/statement.js'
import type { GroupFacts, Run } from '../runs/run.js'
import { namesOf } from './payroll-names.js'

export const groupFacts = ({ paymentType, paidAt, periodStart, periodEnd }: Statement): GroupFacts => ({
  paymentType,
  paidAt,
  periodStart,
  periodEnd,
})

/** The selected statements' group values; more than one entry: they can't share a payroll. */
export type GroupCount = { key: Readonly<Record<string, string>>; count: number }

/**
 * Why these statements can't be imported together, naming what differs; null when they can (SmartHR keeps one 支給日,
 * 対象期間 and 支給タイプ per payroll).
 */
export function differingGroups(groups: readonly GroupCount[], counter: string): string | null {
  if (groups.length <= 1) return null
  const labels = [...new Set(groups.flatMap(({ key }) => Object.keys(key)))]
  const differing = labels.flatMap(label => {
    const counts = new Map<string, number>()
    for (const { key, count } of groups) {
      const value = key[label] ?? ''
      counts.set(value, (counts.get(value) ?? 0) + count)
    }
    if (counts.size <= 1) return []
    const sorted = [...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b, 'ja'))
    return [`${label}（${sorted.map(([value, n]) => `${value || '空白'}：${amount(n)}${counter}`).join('、')}）`]
  })
  return `${differing.join('、')}が異なる従業員は、一緒に取り込めません。同じ従業員だけを選択して、分けて取り込んでください。`
}

/** The words that stand for a payroll in a dialog and a report. */
export const payrollFacts = (group: GroupFacts): [string, string][] => [
  ['支給タイプ', group.paymentType === 'bonus' ? '賞与' : '給与'],
  ['支給日', slashed(group.paidAt)],
  ['対象期間', `${slashed(group.periodStart)}〜${slashed(group.periodEnd)}`],
]

/** The payroll of a run, as it will be made. */
export function groupOrder(group: GroupFacts, run: Pick<Run, 'options'>): GroupOrder {
  const { admin, crew } = kept(namesOf(run), "payroll's names")
  return { ...group, nameForAdmin: admin, nameForCrew: crew }
}

export const periodText = (period: Period | null): string =>
  period ? `${slashed(period.from)}〜${slashed(period.to)}` : ''
