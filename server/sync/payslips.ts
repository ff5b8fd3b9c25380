import { createHash } from 'node:crypto'
import type { GroupOrder, PayslipRules, Period } from '../connectors/contract.js'
import { itemKinds, TOTALS, type ItemKind, type Statement, type StatementItem } from '../connectors/statement.js'
import type { ItemContent, Run } from './run.js'
import { amount, plainDate } from './words.js'

/** How a company wants an item of its statements in SmartHR. */
export interface RegisteredItem {
  name: string
  kind: ItemKind
  /** false: left out, so that employees do not see it */
  shown: boolean
}

/** What a payroll is called in SmartHR, for administrators and for employees. */
export interface PayrollNames {
  admin: string
  crew: string
}

export const NAME_LABELS: Readonly<Record<keyof PayrollNames, string>> = {
  admin: '給与明細の名前（管理者向け）',
  crew: '給与明細の名前（従業員向け）',
}

/** Characters of a payroll's name at most (assumed; SmartHR names no limit) */
export const MAX_NAME = 100

/** What of a statement decides which payroll it belongs to. */
export type GroupFacts = Pick<GroupOrder, 'paymentType' | 'paidAt' | 'periodStart' | 'periodEnd'>

/** Changes with anything that would be written. */
export const digestOf = (document: unknown): string => createHash('sha256').update(String(document)).digest('base64url')

/** 1234567 → 1,234,567; everything else as it is. */
const shown = ({ kind, value }: StatementItem) =>
  kind !== 'attendance' && /^-?\d+$/.test(value) ? `${amount(Number(value))}円` : value

const isTotal = ({ kind }: StatementItem) => TOTALS.includes(kind)

const sumOf = (items: readonly StatementItem[], kind: ItemKind) =>
  items.filter(item => item.kind === kind).reduce((sum, item) => sum + Number(item.value), 0)

/** Sums that do not add up are SmartHR's 不整合; the administrator sees them before they are written. */
function mismatches(items: readonly StatementItem[]): string[] {
  return (
    [
      ['payment', 'gross'],
      ['deduction', 'deductions'],
    ] as const
  ).flatMap(([part, total]) => {
    const said = items.find(item => item.kind === total)
    const sum = sumOf(items, part)
    if (!said || Number(said.value) === sum) return []
    return [
      `${itemKinds[part]}項目の合計（${amount(sum)}円）と${itemKinds[total]}（${amount(Number(said.value))}円）が一致していません。`,
    ]
  })
}

/**
 * What is written for one statement: the items as the company wants them, those without a value left out (an empty one
 * would make the item vanish). `registry` null: every item is sent as the service has it. Pure.
 */
export function payslipContent(
  statement: Statement,
  crewId: string,
  registry: ReadonlyMap<string, RegisteredItem> | null,
): ItemContent {
  const items = statement.items.flatMap((item): StatementItem[] => {
    if (item.value === '') return []
    if (!registry) return [item]
    const known = registry.get(item.name)
    return known?.shown ? [{ ...item, kind: known.kind }] : []
  })
  const missing = TOTALS.filter(kind => !items.some(item => item.kind === kind)).map(kind => itemKinds[kind])
  return {
    set: {
      crew_id: crewId,
      memo: statement.memo,
      values: JSON.stringify(items.map(({ name, value }) => ({ key: name, value }))),
    },
    target: null,
    changes: [
      // What people look for first stands first.
      ...[...items.filter(isTotal), ...items.filter(item => !isTotal(item))].map(item => ({
        label: item.name,
        before: '',
        after: shown(item),
      })),
      ...(statement.memo === '' ? [] : [{ label: '備考', before: '', after: statement.memo }]),
    ],
    problems:
      missing.length > 0
        ? [
            `${missing.join('、')}の項目がないため、取り込めません。給与明細には、差引支給額・支給合計・控除合計の3つが必要です。${registry ? '［給与明細の項目］で、従業員に表示する項目と種別を確認してください。' : ''}`,
          ]
        : [],
    notes: mismatches(items),
    group: groupFacts(statement),
    digest: digestOf(JSON.stringify(statement)),
  }
}

const groupFacts = ({ paymentType, paidAt, periodStart, periodEnd }: Statement): GroupFacts => ({
  paymentType,
  paidAt,
  periodStart,
  periodEnd,
})

/** Items of these statements that nobody has registered yet, in the order they appear. Pure. */
export function unregistered(
  statements: Iterable<Statement>,
  registry: ReadonlyMap<string, RegisteredItem>,
  known: ReadonlyMap<string, ItemKind> = new Map(),
): Map<string, ItemKind> {
  const found = new Map(known)
  for (const { items } of statements) {
    for (const { name, kind } of items) if (!registry.has(name) && !found.has(name)) found.set(name, kind)
  }
  return found
}

/** 「2026年11月」 of a plain date. */
export const monthOf = (date: string): string => `${Number(date.slice(0, 4))}年${Number(date.slice(5, 7))}月`

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
    for (const { key, count } of groups) counts.set(key[label] ?? '', (counts.get(key[label] ?? '') ?? 0) + count)
    if (counts.size <= 1) return []
    const sorted = [...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b, 'ja'))
    return [`${label}（${sorted.map(([value, n]) => `${value || '空白'}：${amount(n)}${counter}`).join('、')}）`]
  })
  return `${differing.join('、')}が異なる従業員は、一緒に取り込めません。同じ従業員だけを選択して、分けて取り込んでください。`
}

/** The words that stand for a payroll in a dialog and a report. */
export const payrollFacts = (group: GroupFacts): [string, string][] => [
  ['支給タイプ', group.paymentType === 'bonus' ? '賞与' : '給与'],
  ['支給日', plainDate(group.paidAt)],
  ['対象期間', `${plainDate(group.periodStart)}〜${plainDate(group.periodEnd)}`],
]

/** The payroll of a run, as it will be made. */
export const groupOrder = (group: GroupFacts, { options }: Pick<Run, 'options'>): GroupOrder => ({
  ...group,
  nameForAdmin: options.name_for_admin?.value ?? '',
  nameForCrew: options.name_for_crew?.value ?? '',
})

/** The names as a run keeps them. */
export const nameOptions = ({ admin, crew }: PayrollNames): Run['options'] => ({
  name_for_admin: { value: admin, label: admin },
  name_for_crew: { value: crew, label: crew },
})

/** The names a dialog begins with. */
export const presetNames = (group: GroupFacts, rules: PayslipRules): PayrollNames => {
  const month = monthOf(group.paidAt)
  const name =
    rules.names === 'asked' ? `${month}${group.paymentType === 'bonus' ? '賞与' : '給与'}` : rules.names(month)
  return { admin: name, crew: name }
}

export const periodText = (period: Period | null): string =>
  period ? `${plainDate(period.from)}〜${plainDate(period.to)}` : ''
