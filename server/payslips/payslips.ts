import { createHash } from 'node:crypto'
import { type GroupOrder, type PayslipRules, type Period } from '../contract/contract.js'
import { itemKinds, TOTALS, type ItemKind, type Statement, type StatementItem } from '../contract/statement.js'
import type { GroupFacts, ItemContent, Run } from '../runs/run.js'
import { amount, monthOf, plainDate } from '../runs/labels.js'

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

/** Changes with anything that would be written. */
export const digestOf = (document: unknown): string => createHash('sha256').update(String(document)).digest('base64url')

/** 1234567 → 1,234,567; everything else as it is. */
const shown = ({ kind, value }: StatementItem) =>
  kind !== 'attendance' && /^-?\d+$/.test(value) ? `${amount(Number(value))}円` : value

/** Where kinds share a name, these two carry theirs, as Money Forward's own lists write it; figures of 勤怠 and totals never do. */
const SUFFIXES: Partial<Record<ItemKind, string>> = { payment: '(支給)', deduction: '(控除)' }

/** name → the kinds it stands for somewhere in a run */
export type KindsOfNames = ReadonlyMap<string, ReadonlySet<ItemKind>>

/** `known` with what these statements add to it. Pure. */
export function kindsOfNames(statements: Iterable<Statement>, known: KindsOfNames = new Map()): KindsOfNames {
  const found = new Map([...known].map(([name, kinds]) => [name, new Set(kinds)] as const))
  for (const { items } of statements) {
    for (const { name, kind } of items) found.set(name, (found.get(name) ?? new Set()).add(kind))
  }
  return found
}

/**
 * Names are unique in SmartHR and decide there what an item is: one that stands for several kinds, be it with two
 * people, carries its kind with everybody. Pure.
 */
export const toldApart = (statement: Statement, kinds: KindsOfNames): Statement => ({
  ...statement,
  items: statement.items.map(item =>
    (kinds.get(item.name)?.size ?? 0) > 1 ? { ...item, name: item.name + (SUFFIXES[item.kind] ?? '') } : item,
  ),
})

const WHOLE_YEN = /^-?\d+$/
const ATTENDANCE = /^-?\d+(\.\d+)?$|^-?\d+:[0-5]\d$/

/** Kinds that are amounts of money; その他 may be a text. */
export const isMoney = (kind: ItemKind): boolean => kind !== 'attendance' && kind !== 'other'

/** Why SmartHR can't take a value, in words; null when it can. */
export function unusableValue({ kind, name, value }: StatementItem): string | null {
  if (value === '' || kind === 'other') return null
  if (kind === 'attendance')
    return ATTENDANCE.test(value) ? null : `「${name}」の値（${value}）を、日数または時間として読み取れません。`
  if (WHOLE_YEN.test(value)) return null
  return /^-?\d+\.\d+$/.test(value)
    ? `「${name}」の金額（${value}円）に、1円未満の端数があります。`
    : `「${name}」の値（${value}）を、金額として読み取れません。`
}

/** Why a statement can't be imported as it is, with what to do; null when it can. Pure. */
export function unusable(items: readonly StatementItem[], source: string): string | null {
  const reasons = items.flatMap(item => unusableValue(item) ?? [])
  const names = items.filter(({ value }) => value !== '').map(({ name }) => name)
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  reasons.push(...[...twice].map(name => `「${name}」という項目が2つあります。`))
  return reasons.length === 0
    ? null
    : `${reasons.join('')}このままでは取り込めません。${source}で修正してから、もう一度取り込んでください。`
}

const isTotal = ({ kind }: StatementItem) => TOTALS.includes(kind)

const sumOf = (items: readonly StatementItem[], kind: ItemKind) =>
  items.filter(item => item.kind === kind).reduce((sum, item) => sum + Number(item.value), 0)

const PARTS = [
  ['payment', 'gross'],
  ['deduction', 'deductions'],
] as const

/** An item of a statement as the service has it, and what it is to be here; null: it is not sent. */
export interface Chosen {
  item: StatementItem
  kind: ItemKind | null
}

export interface Mismatch {
  sentence: string
  /** items that make it so by what they are to be; none: the service's own figures do not add up */
  because: readonly string[]
}

/**
 * Sums that do not add up are SmartHR's 不整合; the administrator sees them before they are written, with the items that
 * are something else here than in the service. Pure.
 */
export function mismatches(chosen: readonly Chosen[]): Mismatch[] {
  const items = chosen.flatMap(({ item, kind }) => (kind === null ? [] : [{ ...item, kind }]))
  return PARTS.flatMap(([part, total]) => {
    const said = items.find(item => item.kind === total)
    const sum = sumOf(items, part)
    if (!said || Number(said.value) === sum) return []
    const because = chosen
      .filter(({ item, kind }) => item.kind !== kind && [item.kind, kind].includes(part) && Number(item.value) !== 0)
      .map(({ item }) => item.name)
    const what = `${itemKinds[part]}項目の合計（${amount(sum)}円）と${itemKinds[total]}（${amount(Number(said.value))}円）が一致していません。`
    const why =
      because.length > 0
        ? `${because.map(name => `「${name}」`).join('')}の種別、または従業員に表示するかどうかを確認してください。`
        : ''
    return [{ sentence: what + why, because }]
  })
}

/** The filled items of a statement and what the company wants each to be. Pure. */
export const chosenItems = (
  { items }: Pick<Statement, 'items'>,
  registry: ReadonlyMap<string, RegisteredItem> | null,
): Chosen[] =>
  items
    .filter(({ value }) => value !== '')
    .map(item => {
      if (!registry) return { item, kind: item.kind }
      const known = registry.get(item.name)
      return { item, kind: known?.shown ? known.kind : null }
    })

/**
 * What is written for one statement: the items as the company wants them, those without a value left out (an empty one
 * would make the item vanish). `registry` null: every item is sent as the service has it. Pure.
 */
export function payslipContent(
  statement: Statement,
  crewId: string,
  registry: ReadonlyMap<string, RegisteredItem> | null,
): ItemContent {
  const chosen = chosenItems(statement, registry)
  const items = chosen.flatMap(({ item, kind }) => (kind === null ? [] : [{ ...item, kind }]))
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
        field: item.name,
        label: item.name,
        before: '',
        after: shown(item),
      })),
      ...(statement.memo === '' ? [] : [{ field: '備考', label: '備考', before: '', after: statement.memo }]),
    ],
    problems:
      missing.length > 0
        ? [
            `${missing.join('、')}の項目がないため、取り込めません。給与明細には、差引支給額・支給合計・控除合計の3つが必要です。${registry ? '［給与明細の項目］で、従業員に表示する項目と種別を確認してください。' : ''}`,
          ]
        : [],
    notes: mismatches(chosen).map(({ sentence }) => sentence),
    group: groupFacts(statement),
  }
}

const groupFacts = ({ paymentType, paidAt, periodStart, periodEnd }: Statement): GroupFacts => ({
  paymentType,
  paidAt,
  periodStart,
  periodEnd,
})

/** Items of these statements that are not known yet, in the order they appear. Pure. */
export function unregistered(
  statements: Iterable<Pick<Statement, 'items'>>,
  registry: Pick<ReadonlyMap<string, unknown>, 'has'>,
  known: ReadonlyMap<string, ItemKind> = new Map(),
): Map<string, ItemKind> {
  const found = new Map(known)
  for (const { items } of statements) {
    for (const { name, kind } of items) if (!registry.has(name) && !found.has(name)) found.set(name, kind)
  }
  return found
}

/** Names printed in a sentence at most. */
const SHOWN_NAMES = 10

/** What is said of items that SmartHR may not know, before they are sent; null where there are none. */
export function newItemsNote(names: readonly string[]): string | null {
  if (names.length === 0) return null
  const shownNames = names.slice(0, SHOWN_NAMES).map(name => `「${name}」`)
  const more = names.length > SHOWN_NAMES ? `ほか${amount(names.length - SHOWN_NAMES)}件` : ''
  return `このアプリから取り込んだことのない項目（${shownNames.join('')}${more}）があります。SmartHRの給与明細項目に登録されていない項目は、取り込み時に自動で登録されます。取り込んだ後、SmartHRで項目の種別を確認してから、給与明細を確定してください。`
}

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

/** What statements have against the kinds chosen for items, by item. */
export interface ItemFindings {
  /** can't be imported that way */
  refused: ReadonlyMap<string, string>
  /** sums do not add up that way; may be meant all the same */
  doubtful: ReadonlyMap<string, string>
}

/** Whom a sentence was found with: the first number, and how many there are. */
const whom = (keys: readonly (string | null)[]): string =>
  `（社員番号${keys[0] ?? ''}${keys.length > 1 ? `など${amount(keys.length)}名` : ''}）`

/** Looks at every statement as it would be imported with these items. Pure. */
export function itemFindings(
  statements: Iterable<{ key: string | null; lines: readonly StatementItem[] }>,
  registry: ReadonlyMap<string, RegisteredItem>,
  source: string,
): ItemFindings {
  const refused = new Map<string, { sentence: string; keys: (string | null)[] }>()
  const doubtful = new Map<string, { sentence: string; keys: (string | null)[] }>()
  const note = (found: typeof refused, name: string, sentence: string, key: string | null) => {
    const known = found.get(name)
    if (known) known.keys.push(key)
    else found.set(name, { sentence, keys: [key] })
  }
  for (const { key, lines } of statements) {
    const chosen = chosenItems({ items: lines }, registry)
    for (const { item, kind } of chosen) {
      const reason = kind && unusableValue({ ...item, kind })
      if (reason) note(refused, item.name, reason, key)
    }
    const sent = new Set(chosen.flatMap(({ item, kind }) => (kind === null ? [] : [item.name])))
    for (const { sentence, because } of mismatches(chosen)) {
      // What is left out on purpose is told with the person, in the dialog.
      for (const name of because) if (sent.has(name)) note(doubtful, name, sentence, key)
    }
  }
  const told = (found: typeof refused, end: string) =>
    new Map([...found].map(([name, { sentence, keys }]) => [name, `${sentence}${whom(keys)}${end}`] as const))
  return {
    refused: told(refused, `種別を変更するか、チェックを外してください。または、${source}で修正してください。`),
    doubtful: told(doubtful, ''),
  }
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

/** Names of payrolls that were made before, by who sees them. */
export type TakenNames = Readonly<Record<keyof PayrollNames, readonly string[]>>

/** The name itself, or the first of 「…（2）」, 「…（3）」 that nothing has yet. */
const fresh = (name: string, taken: readonly string[]): string => {
  for (let number = 2, candidate = name; ; number += 1) {
    if (!taken.includes(candidate)) return candidate
    candidate = `${name}（${number}）`
  }
}

/** The names a dialog begins with: never those of another payroll made here. */
export const presetNames = (group: GroupFacts, rules: Pick<PayslipRules, 'names'>, taken: TakenNames): PayrollNames => {
  const name = rules.names(monthOf(group.paidAt), group.paymentType === 'bonus' ? '賞与' : '給与')
  return { admin: fresh(name, taken.admin), crew: fresh(name, taken.crew) }
}

/** The names a run was given, once it was started. */
export const namesOf = ({ options }: Pick<Run, 'options'>): PayrollNames | null =>
  options.name_for_admin && options.name_for_crew
    ? { admin: options.name_for_admin.value, crew: options.name_for_crew.value }
    : null

export const periodText = (period: Period | null): string =>
  period ? `${plainDate(period.from)}〜${plainDate(period.to)}` : ''
