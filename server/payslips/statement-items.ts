import { type ItemKind, itemKinds, type Statement, type StatementItem, TOTALS } from '../contract/statement.js'
import { amount } from '../runs/labels.js'

/** How a company wants an item of its statements in SmartHR. */
export interface RegisteredItem {
  name: string
  kind: ItemKind
  /** false: left out, so that employees do not see it */
  shown: boolean
}

/** 1234567 → 1,234,567; everything else as it is. */
export const shown = ({ kind, value }: StatementItem) =>
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
 * Names are unique in SmartHR and decide there what an item is. A name that stands for several kinds in the run carries
 * its kind with every person. Pure.
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

export const isTotal = ({ kind }: StatementItem) => TOTALS.includes(kind)

const sumOf = (items: readonly StatementItem[], kind: ItemKind) =>
  items.filter(item => item.kind === kind).reduce((sum, item) => sum + Number(item.value), 0)

/** Names printed in a sentence at most. */
const SHOWN_NAMES = 10

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
 * Sums that do not add up, which SmartHR calls 不整合. The administrator sees them before they are written, with the items
 * whose kind differs from the service's. Pure.
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

const isPart = (kind: ItemKind) => PARTS.some(([part]) => part === kind)

/**
 * What SmartHR finds not to add up once it is written: with the items that are something else there than what was
 * meant, as far as they make a sum. Pure.
 */
export function doubtSentence(
  ours: ReadonlyMap<string, Pick<RegisteredItem, 'kind'>>,
  theirs: ReadonlyMap<string, ItemKind>,
): string {
  const other = [...theirs].flatMap(([name, kind]) => {
    const meant = ours.get(name)?.kind
    return meant !== undefined && meant !== kind && (isPart(meant) || isPart(kind)) ? [{ name, meant, kind }] : []
  })
  const shownItems = other
    .slice(0, SHOWN_NAMES)
    .map(({ name, meant, kind }) => `「${name}」（${itemKinds[meant]}として取り込み、SmartHRでは${itemKinds[kind]}）`)
  const more = other.length > SHOWN_NAMES ? `ほか${amount(other.length - SHOWN_NAMES)}件` : ''
  const why =
    other.length > 0
      ? `種別が異なる項目：${shownItems.join('')}${more}。`
      : 'SmartHRの給与明細項目に登録されていない項目か、種別が異なる項目があります。'
  return `取り込みましたが、SmartHRで項目の合計金額が一致していません。${why}確定する前に、SmartHRの給与明細項目の種別を確認してください。`
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

/** What is said of items that SmartHR may not know, before they are sent; null where there are none. */
export function newItemsNote(names: readonly string[]): string | null {
  if (names.length === 0) return null
  const shownNames = names.slice(0, SHOWN_NAMES).map(name => `「${name}」`)
  const more = names.length > SHOWN_NAMES ? `ほか${amount(names.length - SHOWN_NAMES)}件` : ''
  return `このアプリから取り込んだことのない項目（${shownNames.join('')}${more}）があります。SmartHRの給与明細項目に登録されていない項目は、取り込み時に自動で登録されます。取り込んだ後、SmartHRで項目の種別を確認してから、給与明細を確定してください。`
}

/** What statements have against the kinds chosen for items, by item. */
export interface ItemFindings {
  /** can't be imported that way */
  refused: ReadonlyMap<string, string>
  /** sums do not add up that way; may be meant all the same */
  doubtful: ReadonlyMap<string, string>
}

/** The statements that a sentence is about: the first number, and how many there are. */
const numbersOf = (keys: readonly (string | null)[]): string =>
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
    new Map([...found].map(([name, { sentence, keys }]) => [name, `${sentence}${numbersOf(keys)}${end}`] as const))
  return {
    refused: told(refused, `種別を変更するか、チェックを外してください。または、${source}で修正してください。`),
    doubtful: told(doubtful, ''),
  }
}
