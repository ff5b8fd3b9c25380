/** 対応表: which value of the target's list a value of the source's list stands for. Pure. */
import type { Choice, Connector, Converted, ConvertContext, Direction, FieldPair, Flow } from './contract.js'
import type { ListEntry, PlainDate, Scalar, SyncFlow, Values } from './contract.js'
import { mappingOf } from './flow.js'
import { textOf } from './conversions.js'
import { createOptionsOf, type CreateOption, type TableSource } from './steps.js'

export const VALUE_TABLES = '対応表'

/** Whether a table is used: for nobody, for people who are registered, or for those who are there as well. */
export const tableUses = ['none', 'new', 'all'] as const
export type TableUse = (typeof tableUses)[number]

/** The source's value → the target's, as it was called when it was chosen. */
export type TableEntries = Readonly<Record<string, Choice>>

/** What a company has saved of a table; it never changes, since a later save is another one. */
export interface SavedTable {
  id: string
  use: TableUse
  entries: TableEntries
}

/** The tables that a run goes by, by the option's name. */
export type RunTables = Readonly<Record<string, { id: string; use: Exclude<TableUse, 'none'> }>>

/** An option that a table may answer. */
export type TabledOption = CreateOption & { from: TableSource }

export interface ValueTable {
  flow: SyncFlow
  option: TabledOption
}

const isTabled = (option: CreateOption): option is TabledOption => option.from !== undefined

/** The options of a flow that tables may answer. */
export const tabledOptions = (flow: Flow): readonly TabledOption[] =>
  flow.kind === 'sync' ? createOptionsOf(flow).filter(isTabled) : []

/** The tables of a service: those that begin with SmartHR's values first. */
export const tablesOf = ({ flows }: Pick<Connector, 'flows'>): ValueTable[] =>
  (['to-service', 'to-smarthr'] as const).flatMap(direction =>
    flows.flatMap(flow =>
      flow.kind === 'sync' && flow.direction === direction ? tabledOptions(flow).map(option => ({ flow, option })) : [],
    ),
  )

/** What the wizard still asks for new people. */
export const askedOptions = (flow: Flow, tables: RunTables | null): readonly CreateOption[] =>
  createOptionsOf(flow).filter(({ name }) => !tables || !Object.hasOwn(tables, name))

/** The saved tables that a run of the flow goes by; null: none. */
export function tablesFor(flow: Flow, saved: Readonly<Record<string, SavedTable>>): RunTables | null {
  const used = tabledOptions(flow).flatMap(({ name }) => {
    const table = Object.hasOwn(saved, name) ? saved[name] : undefined
    return table && table.use !== 'none' ? [[name, { id: table.id, use: table.use }] as const] : []
  })
  return used.length === 0 ? null : Object.fromEntries(used)
}

/** The paths in SmartHR that the tables of a run read or write. */
export const tablePaths = (flow: Flow, tables: RunTables | null): readonly string[] =>
  usedOptions(flow, tables).flatMap(({ path, from }) =>
    flow.direction === 'to-service' ? [from.path, from.shown] : [path],
  )

/** The options that the tables of a run answer; `all`: for those who are there as well. */
export const usedOptions = (flow: Flow, tables: RunTables | null, all?: 'all'): readonly TabledOption[] =>
  tables === null
    ? []
    : tabledOptions(flow).filter(
        ({ name }) => Object.hasOwn(tables, name) && (all === undefined || tables[name]?.use === 'all'),
      )

type Convert = (values: readonly Scalar[], context: ConvertContext) => Converted

/** The option as a field. */
function fieldOf(
  direction: Direction,
  { name, label, path, from }: TabledOption,
  { convert, called }: { convert: Convert; called(value: Scalar | undefined): string },
): FieldPair {
  const [source, target] = [[from.path, from.shown], [path]]
  const showSource = ([value, shown]: readonly Scalar[]) => textOf(shown) ?? textOf(value) ?? ''
  const showTarget = ([value]: readonly Scalar[]) => called(value)
  const keep = (): Converted => 'keep'
  return direction === 'to-service'
    ? {
        id: name,
        label,
        smarthr: source,
        service: target,
        toService: convert,
        toSmarthr: keep,
        showSmarthr: showSource,
        showService: showTarget,
      }
    : {
        id: name,
        label,
        smarthr: target,
        service: source,
        toService: keep,
        toSmarthr: convert,
        showSmarthr: showTarget,
        showService: showSource,
      }
}

const known = new WeakMap<Flow, readonly FieldPair[]>()

/** The fields that tables may write, as far as they are known without one: they change nothing. */
export function tableFields(flow: Flow): readonly FieldPair[] {
  const found = known.get(flow)
  if (found) return found
  const fields = tabledOptions(flow).map(option =>
    fieldOf(flow.direction, option, { convert: () => 'keep', called: value => textOf(value) ?? '' }),
  )
  known.set(flow, fields)
  return fields
}

/** What may be compared and written, field by field: of the mapping, and by tables. */
export const fieldsOf = (flow: Flow): readonly FieldPair[] => [...mappingOf(flow), ...tableFields(flow)]

/** A table at hand: what was saved, what the target's list holds now, and the days of the run. */
export interface OpenTable {
  entries: TableEntries
  targets: readonly ListEntry[]
  days: { asOf: PlainDate; plan: PlainDate }
}

/** A change that counts from a day of an earlier month on is taken by nobody. */
export const isTooEarly = ({ asOf, plan }: OpenTable['days']): boolean => asOf < `${plan.slice(0, 7)}-01`

const CHOOSE = `${VALUE_TABLES}で選択してから、取得し直してください。`
const CHOOSE_AGAIN = `${VALUE_TABLES}で選択し直してから、取得し直してください。`

/** The option in whose table a problem is put right; undefined: it is put right elsewhere. */
export const optionOfProblem = (flow: Flow, problem: string): TabledOption | undefined =>
  problem.endsWith(CHOOSE) || problem.endsWith(CHOOSE_AGAIN)
    ? tabledOptions(flow).find(({ from: { label } }) =>
        [`${label}「`, `${VALUE_TABLES}で${label}「`].some(beginning => problem.startsWith(beginning)),
      )
    : undefined

/** The field of a table: each person's value, or why there is none. Never another one. */
export function openField(flow: SyncFlow, option: TabledOption, { entries, targets, days }: OpenTable): FieldPair {
  const { label, path, from, dated } = option
  const labels = new Map(targets.map(target => [target.value, target.label]))
  const stays = `${label}は変更しません。`
  const convert: Convert = ([value, shown], { present }) => {
    const isNew = present.length === 0
    const own = textOf(value)
    const told = (text: string): Converted => (isNew ? { problem: text } : { unsent: text })
    const kept = isNew ? '' : stays
    if (own === null) {
      // Whoever has nothing on either side is as the source says.
      if (!isNew && textOf(present[0]) === null) return 'keep'
      return told(
        `${from.label}が登録されていないため、対応する${label}がありません。${kept}${flow.from}で${from.label}を登録してから、取得し直してください。`,
      )
    }
    const name = textOf(shown) ?? own
    const entry = Object.hasOwn(entries, own) ? entries[own] : undefined
    if (!entry)
      return told(`${from.label}「${name}」に対応する${label}が、${VALUE_TABLES}で選択されていません。${kept}${CHOOSE}`)
    if (!labels.has(entry.value))
      return told(
        `${VALUE_TABLES}で${from.label}「${name}」に選択されている${label}「${entry.label}」が、${flow.to}に見つかりません。${kept}${CHOOSE_AGAIN}`,
      )
    if (dated && !isNew && isTooEarly(days) && textOf(present[0]) !== entry.value)
      return told(
        `情報取得基準日が、取得した月より前の日付です。${kept}変更する場合は、基準日を今月1日以降にして、取得し直してください。`,
      )
    return { set: { [path]: entry.value } }
  }
  return fieldOf(flow.direction, option, {
    convert,
    called: value => labels.get(textOf(value) ?? '') ?? textOf(value) ?? '',
  })
}

/** Whether one of these fields has no value for a new person: the target does not take the person without. */
export const lacksValue = (fields: readonly FieldPair[], flow: SyncFlow, source: Values): boolean =>
  fields.some(pair => {
    const context = { today: '2000-01-01', settings: {}, present: [] }
    const read = (paths: readonly string[]) => paths.map(path => source[path] ?? null)
    const converted =
      flow.direction === 'to-service'
        ? pair.toService(read(pair.smarthr), context)
        : pair.toSmarthr(read(pair.service), context)
    return converted !== 'keep' && 'problem' in converted
  })

const folded = (name: string): string => name.normalize('NFKC').replace(/\s+/g, '').toLowerCase()

/** The one target that is called as the source's entry is, or as the last part of its name; null: none, or several. */
export function sameName({ name }: Pick<ListEntry, 'name'>, targets: readonly ListEntry[]): ListEntry | null {
  for (const called of [name, name.split('/').at(-1) ?? name]) {
    const same = targets.filter(target => folded(target.name) === folded(called))
    if (same.length > 0) return same.length === 1 ? (same[0] ?? null) : null
  }
  return null
}
