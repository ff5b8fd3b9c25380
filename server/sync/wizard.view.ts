import type { Area, Choice, Connector, DateStep, Flow, Limits, StepKind, Words } from '../connectors/contract.js'
import { paths } from '../paths.js'
import { nextClosedSpell } from '../platform/maintenance.js'
import type { FieldErrors } from '../web/form.js'
import type { ItemCursor, ItemPage } from './item.store.js'
import { monthOf, NAME_LABELS, payrollFacts, presetNames, type PayrollNames } from './payslips.js'
import type { Change, ItemWithContent, Run, SelectionView, SortColumn, ItemClass } from './run.js'
import { amount, at, classLabel, classLabels, duration, plainDate, type Label } from './words.js'
import { encodePlace, type Place } from './wizard.form.js'
import { PAGE_ROWS, type OpenOption } from './wizard.service.js'

export interface Step {
  label: string
  state: 'done' | 'current' | 'open'
}

const stepNames: Readonly<Partial<Record<StepKind, string>>> = {
  options: '新規登録の設定',
  items: '項目の登録',
  confirm: '同期内容の確認',
}

export interface Steps {
  steps: Step[]
  eyebrow: string
  /** 「（1/3）」 */
  place: string
}

/** The flow's pages; reading both sides belongs to the first (design reference §2.2). */
export function steps(flow: Flow, current: StepKind): Steps {
  // Reading belongs to the page before it, and items are asked for only now and then.
  const shown = flow.steps.filter(kind => kind !== 'fetch' && (kind !== 'items' || current === 'items'))
  const at = Math.max(
    0,
    shown.findIndex(kind => kind === current),
  )
  const place = `（${at + 1}/${shown.length}）`
  return {
    steps: shown.map((kind, index) => ({
      label:
        (kind === 'date' && flow.date?.heading) ||
        (kind === 'area' && flow.area?.label) ||
        (kind === 'period' && flow.period?.heading) ||
        (kind === 'select' && `${flow.words.item}の選択`) ||
        (kind === 'confirm' && flow.dialog && '内容の確認') ||
        stepNames[kind] ||
        '',
      state: index < at ? 'done' : index === at ? 'current' : 'open',
    })),
    eyebrow: flow.title + place,
    place,
  }
}

export interface PersonRow {
  id: string
  label: Label
  key: string
  name: string
  kana: string
  department: string
  /** null: cannot be chosen */
  ticked: boolean | null
  reason: string
  problems: string[]
  notes: string[]
  changes: Change[]
  /** how many changes the person has; more than `changes` where a page shows only the first */
  changeCount: number
  isNew: boolean
}

export const personRow = (item: ItemWithContent, words: Words): PersonRow => ({
  id: item.id,
  label: classLabel(words, item.class),
  key: item.key ?? '',
  name: item.name,
  kana: item.kana,
  department: item.department,
  ticked: (item.class === 'new' || item.class === 'changed') && !item.blocked ? item.selected : null,
  reason: item.excludedReason ?? (item.class === 'same' ? '変更する項目はありません。' : ''),
  problems: item.content.problems,
  notes: item.content.notes,
  changes: item.content.changes,
  changeCount: item.content.changes.length,
  isNew: item.class === 'new',
})

/** Changes a selection page prints at most: with 50 people that keeps it below 60 kB (design §10). */
const PAGE_CHANGES = 200

/**
 * As many changes of each person as the page has room for, the same number for all. A page of people who are all new
 * would otherwise hold their whole records; the confirmation shows every one of them.
 */
export function withinPage(rows: readonly PersonRow[]): PersonRow[] {
  const printed = (each: number) => rows.reduce((sum, row) => sum + Math.min(row.changes.length, each), 0)
  let each = Math.max(0, ...rows.map(row => row.changes.length))
  while (printed(each) > PAGE_CHANGES) each -= 1
  return rows.map(row => ({ ...row, changes: row.changes.slice(0, each) }))
}

const sortValue = (item: ItemWithContent, sort: SortColumn): string =>
  sort === 'key'
    ? (item.key ?? '')
    : sort === 'kana'
      ? item.kana
      : String({ new: 1, changed: 2, same: 3, excluded: 4 }[item.class])

export interface SelectPage extends Steps {
  /** 「（基準日：…）」 where the flow has one */
  date: string | null
  /** the area the run works in, where the flow has one */
  area: { label: string; name: string } | null
  /** the settings that shaped the plan, and whether they have changed since */
  settings: { text: string; changed: boolean } | null
  button: string
  action: string
  revision: number
  view: SelectionView
  filtered: string | null
  classes: { value: ItemClass; label: string; checked: boolean }[]
  sorts: Record<SortColumn, 'ascending' | 'descending' | undefined>
  rows: PersonRow[]
  counter: string
  pages: { op: string; label: string }[]
  selectedCount: number
  selectedText: string
  pageCount: number
  selectableCount: number
  allText: string
  pageText: string
  empty: string | null
  error: string | null
  at: string
  leftOut: string | null
  meanings: { label: Label; text: string }[]
}

/** 新規登録 / 差分あり / 差分なし, as the help of the page explains them. */
const meaningsFor = (flow: Flow) =>
  flow.words.fresh
    ? [
        { label: classLabel(flow.words, 'new'), text: `選択すると、${flow.words.fresh}の対象になる${flow.words.item}` },
        { label: classLabels.excluded, text: `理由があって対象にできない${flow.words.item}` },
      ]
    : [
        {
          label: classLabels.new,
          text: `${flow.from}に登録されていて、${flow.to}に登録されていない${flow.words.item}`,
        },
        { label: classLabels.changed, text: `両方に登録されていて、項目の内容が異なる${flow.words.item}` },
        { label: classLabels.same, text: `両方に登録されていて、項目の内容が同じ${flow.words.item}` },
        { label: classLabels.excluded, text: `理由があって同期できない${flow.words.item}` },
      ]

/** Where nothing is compared nobody is changed or the same. */
const classesOf = ({ words }: Flow): readonly ItemClass[] =>
  words.fresh ? ['new', 'excluded'] : ['new', 'changed', 'same', 'excluded']

/** The selection page (design reference §2.6, §5.7). */
export function selectPage(input: {
  flow: Flow
  run: Run
  view: SelectionView
  place: Place
  page: ItemPage
  total: number
  selectable: number
  selected: number
  at: string
  error: string | null
  settings: SelectPage['settings']
}): SelectPage {
  const { flow, run, view, place, page, total, selected } = input
  const rows = withinPage(page.items.map(item => personRow(item, flow.words)))
  const from = (place.page - 1) * PAGE_ROWS + 1
  const choosable = rows.filter(row => row.ticked !== null).length

  const cursorAt = (item: ItemWithContent | undefined, forward: boolean, number: number): string =>
    item ? encodePlace({ forward, value: sortValue(item, view.sort), id: item.id } satisfies ItemCursor, number) : ''
  const pages = [
    ...(page.hasPrevious && place.page > 1
      ? [
          { op: 'page:', label: '最初へ' },
          { op: `page:${cursorAt(page.items[0], false, place.page - 1)}`, label: '前へ' },
        ]
      : []),
    ...(page.hasNext ? [{ op: `page:${cursorAt(page.items.at(-1), true, place.page + 1)}`, label: '次へ' }] : []),
  ]
  const conditions = [
    ...(view.q ? [`「${view.q}」`] : []),
    ...view.classes.map(name => classLabel(flow.words, name).label),
  ]
  return {
    ...steps(flow, 'select'),
    date: flow.date ? dateText(flow, run.referenceDate) : null,
    area: flow.area ? { label: flow.area.label, name: run.area?.label ?? '' } : null,
    settings: input.settings,
    button: flow.selectButton,
    action: paths.step.to({ id: run.id, step: 'select' }),
    revision: run.revision,
    view,
    filtered: conditions.length > 0 ? conditions.join('、') : null,
    classes: classesOf(flow).map(value => ({
      value,
      label: classLabel(flow.words, value).label,
      checked: view.classes.includes(value),
    })),
    sorts: {
      key: sorted(view, 'key'),
      kana: sorted(view, 'kana'),
      class: sorted(view, 'class'),
    },
    rows,
    counter: rows.length === 0 ? '' : `${amount(from)}–${amount(from + rows.length - 1)} / ${amount(total)}`,
    pages,
    selectedCount: selected,
    selectedText:
      selected === 0
        ? `${flow.words.item}が選択されていません。`
        : `${amount(selected)}${flow.words.counter}の${flow.words.item}が選択されています。`,
    pageCount: choosable,
    selectableCount: input.selectable,
    allText: `一覧の${flow.words.item}${amount(input.selectable)}${flow.words.counter}すべてを選択`,
    pageText: `このページの${flow.words.item}${amount(choosable)}${flow.words.counter}すべてを選択`,
    empty:
      rows.length > 0
        ? null
        : conditions.length > 0
          ? `該当する${flow.words.item}はいません。別の条件を試してください。`
          : flow.date
            ? flow.date.unit
              ? `対象の${flow.words.item}はいません。${flow.date.heading}を確認してください。`
              : `対象の従業員はいません。${flow.date.heading}の時点で在籍している従業員がいません。`
            : `対象の${flow.words.item}はいません。`,
    error: input.error,
    at: input.at,
    leftOut:
      run.counts.leftOut > 0
        ? (flow.words.leftOut?.replace('{n}', amount(run.counts.leftOut)) ??
          `基準日の時点で在籍していない${amount(run.counts.leftOut)}名は、表示していません。`)
        : null,
    meanings: meaningsFor(flow),
  }
}

const sorted = (view: SelectionView, column: SortColumn) =>
  view.sort === column ? (view.descending ? ('descending' as const) : ('ascending' as const)) : undefined

/** Seconds a call takes at the usual answer times; only for the estimate below. */
const SECONDS_PER_CALL = 0.3
const HOUR = 3600

/** How long 同期 will take at most, with the service's limits counted in (design §10). */
export function expectedMs(limits: Limits, selected: { new: number; changed: number }): number {
  const calls = selected.new * limits.callsPerPerson.new + selected.changed * limits.callsPerPerson.changed
  const atPace = Math.max(
    calls / (limits.perSecond ?? Number.MAX_SAFE_INTEGER),
    (calls * SECONDS_PER_CALL) / limits.concurrency,
  )
  const wholeHours = limits.perHour === undefined ? 0 : Math.floor(Math.max(0, calls - 1) / limits.perHour)
  return Math.max(atPace, wholeHours * HOUR) * 1000
}

export interface ConfirmPage extends Steps {
  heading: string
  title: string
  button: string
  summary: string
  counts: { label: Label; text: string }[]
  /** 情報取得基準日, what was chosen for everybody new, how long it will take */
  facts: [string, string][]
  rows: PersonRow[]
  notes: readonly string[]
  revision: number
  /** stands for the people shown; 同期 is for nobody else */
  mark: string
  action: string
  cancel: string
  previous: string | null
  next: string | null
  /** the payroll's names, where they are typed here */
  names: { id: string; label: string; help: string; value: string; error: string | undefined }[]
  /** a tick that is needed before records are imported once more */
  again: { text: string; checked: boolean; error: string | undefined } | null
  /** people who will not be written, and why; where nobody chose whom */
  left: { key: string; name: string; reason: string }[]
  moreLeft: number
  /** there is nobody to write */
  nobody: boolean
}

/** A run that will not be through before the service closes is told so. */
function interrupted(input: {
  connector: Connector
  flow: Flow
  limits: Limits
  selected: { new: number; changed: number }
  now: Date
}): string {
  const next = nextClosedSpell(input.connector.maintenance, input.now)
  const through = input.now.getTime() + expectedMs(input.limits, input.selected)
  return next && through > next.from.getTime() ? '（メンテナンス時間中は一時停止します）' : ''
}

const MONTHS_BACK = 24
const YEARS_BACK = 4

/** What a date's page begins with: today, this month or this year. */
export const presetDate = ({ unit }: DateStep, today: string): string =>
  unit === 'month' ? `${today.slice(0, 7)}-01` : unit === 'year' ? `${today.slice(0, 4)}-12-31` : today

/** Months from the next one back, years from this one back; newest first. */
function datesOf({ unit }: DateStep, today: string): Choice[] {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))]
  if (unit === 'year')
    return Array.from({ length: YEARS_BACK + 1 }, (_, back) => ({
      value: String(year - back),
      label: `${year - back}年`,
    }))
  return Array.from({ length: MONTHS_BACK + 2 }, (_, back) => {
    const at = year * 12 + month - back
    const value = `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`
    return { value, label: monthOf(`${value}-01`) }
  })
}

export interface DatePage extends Steps {
  heading: string
  lead: string
  help: string
  notes: readonly string[]
  kind: 'date' | 'choice'
  value: string
  options: Choice[]
  error: string | null
  problem: string | null
  action: string
}

const LEAD =
  '従業員情報を取得する基準日を指定してください。［次へ］を押すと、両方のサービスから従業員情報を取得します。この時点では、どちらにも書き込みません。'

/** ［情報取得基準日］, ［支給月］ or ［年度］ */
export function datePage(input: {
  flow: Flow
  run: Run
  /** a plain date, or what was typed */
  typed: string
  error: string | null
  problem: string | null
  today: string
}): DatePage {
  const { flow, typed } = input
  const step = flow.date ?? { heading: '', help: '', notes: [] }
  const value = step.unit === 'month' ? typed.slice(0, 7) : step.unit === 'year' ? typed.slice(0, 4) : typed
  const options = step.unit ? datesOf(step, input.today) : []
  return {
    ...steps(flow, 'date'),
    heading: step.heading,
    lead: step.lead ?? LEAD,
    help: step.help,
    notes: step.notes,
    kind: step.unit ? 'choice' : 'date',
    value,
    options,
    error: input.error,
    problem: input.problem,
    action: paths.step.to({ id: input.run.id, step: 'date' }),
  }
}

/** The reference date as people read it. */
export const dateText = (flow: Flow, date: string | null): string =>
  date === null
    ? ''
    : flow.date?.unit === 'month'
      ? monthOf(date)
      : flow.date?.unit === 'year'
        ? `${date.slice(0, 4)}年`
        : plainDate(date)

/** The page on which the area of the run is chosen. */
export interface AreaPage extends Steps {
  heading: string
  label: string
  lead: string
  action: string
  areas: { value: string; label: string; detail: string; checked: boolean }[]
  /** where areas are of several kinds, the links to each */
  kinds: { label: string; links: { label: string; href: string; current: boolean }[] } | null
  given: readonly [string, string] | null
  button: string
  empty: string | null
  error: string | null
  problem: string | null
}

export function areaPage(input: {
  flow: Flow
  run: Run
  areas: readonly Area[]
  /** the kind asked for */
  kind: string | null
  /** the one chosen last */
  last: string | null
  error: string | null
  problem: string | null
}): AreaPage {
  const { flow, run, problem } = input
  const preset = run.area?.value ?? input.last
  const here = paths.step.to({ id: run.id, step: 'area' })
  const kinds = flow.area?.kinds
  const kind =
    kinds?.options.find(option => option.value === input.kind)?.value ??
    input.areas.find(area => area.value === preset)?.kind ??
    kinds?.options[0]?.value
  const areas = input.areas.filter(area => !kinds || area.kind === kind)
  const chosen = areas.find(area => area.value === preset) ?? (areas.length === 1 ? areas[0] : undefined)
  return {
    ...steps(flow, 'area'),
    heading: flow.area?.heading ?? '',
    label: flow.area?.label ?? '',
    lead: flow.area?.lead ?? '',
    action: here,
    kinds: kinds
      ? {
          label: kinds.label,
          links: kinds.options.map(option => ({
            label: option.label,
            href: `${here}?kind=${encodeURIComponent(option.value)}`,
            current: option.value === kind,
          })),
        }
      : null,
    given: flow.area?.given ?? null,
    button: flow.area?.button ?? '次へ',
    areas: areas.map(area => ({ ...area, checked: area === chosen })),
    empty: areas.length === 0 && problem === null ? (flow.area?.empty ?? '') : null,
    error: input.error,
    problem,
  }
}

/** The page on which values for everybody new are chosen. */
export interface OptionsPage extends Steps {
  action: string
  revision: number
  newcomers: string
  fields: {
    name: string
    label: string
    help: string
    value: string
    options: readonly Choice[]
    empty: string | null
  }[]
  back: string
  errors: FieldErrors
  problem: string | null
}

export const optionsPage = (input: {
  flow: Flow
  run: Run
  newcomers: number
  options: readonly OpenOption[]
  typed: Readonly<Record<string, string>>
  errors: FieldErrors
  problem: string | null
}): OptionsPage => ({
  ...steps(input.flow, 'options'),
  action: paths.step.to({ id: input.run.id, step: 'options' }),
  revision: input.run.revision,
  newcomers: `新しく登録する${amount(input.newcomers)}名に、同じ値を登録します。すでに登録されている従業員の値は変わりません。`,
  fields: input.options.map(({ name, label, help, choices }) => ({
    name,
    label,
    help,
    value: input.typed[name] ?? input.run.options[name]?.value ?? '',
    options: choices,
    empty:
      choices.length === 0
        ? `${input.flow.to}に${label}が登録されていないため、新しい従業員を登録できません。${input.flow.to}で${label}を登録してから、やり直してください。`
        : null,
  })),
  back: paths.step.to({ id: input.run.id, step: 'select' }),
  errors: input.errors,
  problem: input.problem,
})

const replacesNote = (before: Run, { words }: Flow): string =>
  `${at(before.publishedAt)}に公開した内容（${amount(before.selectedCount)}${words.counter}中${amount(before.succeededCount + before.failedCount)}${words.counter}の取り込み結果あり）は、新しい内容に置き換わり、公開を終了します。`

/** 「従業員を同期しますか？」 (design reference §5.9). */
export function confirmPage(input: {
  connector: Connector
  flow: Flow
  run: Run
  limits: Limits
  selected: { total: number; new: number; changed: number }
  page: ItemPage
  mark: string
  repeated: number
  left: { items: readonly ItemWithContent[]; total: number } | null
  /** the snapshot that a publication takes the place of */
  replaces?: Run | null
  names?: PayrollNames
  again?: boolean
  errors?: FieldErrors
  now: Date
}): ConfirmPage {
  const { flow, run, selected, page, errors = {} } = input
  const group = page.items[0]?.content.group
  const presets = group && flow.payslips ? presetNames(group, flow.payslips) : null
  const names = input.names ?? presets
  const asked = flow.payslips?.names === 'asked' && names !== null
  const here = paths.step.to({ id: run.id, step: 'confirm' })
  const first = page.items[0]
  const last = page.items.at(-1)
  return {
    ...steps(flow, 'confirm'),
    heading: flow.dialog ? flow.title : '同期内容の確認',
    title: flow.dialog?.title ?? `${flow.words.item}を同期しますか？`,
    button: flow.dialog?.button ?? '同期',
    summary:
      flow.dialog?.summary.replace('{n}', amount(selected.total)) ??
      `${flow.from}から${flow.to}へ、${amount(selected.total)}${flow.words.counter}の${flow.words.item}情報を同期します。`,
    counts: [
      {
        label: classLabel(flow.words, 'new'),
        text: `${flow.words.fresh ?? '新規'} ${amount(selected.new)}${flow.words.counter}`,
      },
      ...(flow.words.fresh
        ? []
        : [{ label: classLabels.changed, text: `更新 ${amount(selected.changed)}${flow.words.counter}` }]),
    ],
    facts: [
      ...(flow.date ? [[flow.date.heading, dateText(flow, run.referenceDate)] as [string, string]] : []),
      ...(flow.area ? [[flow.area.label, run.area?.label ?? ''] as [string, string]] : []),
      ...(group ? payrollFacts(group) : []),
      ...(presets && !asked ? [[NAME_LABELS.admin, presets.admin] as [string, string]] : []),
      ...(selected.new > 0
        ? (flow.createOptions ?? []).map(({ name, label }): [string, string] => [
            `新規登録の${label}`,
            run.options[name]?.label ?? '',
          ])
        : []),
      ...(flow.publication
        ? []
        : [['所要時間の目安', duration(expectedMs(input.limits, selected)) + interrupted(input)] as [string, string]]),
    ],
    rows: page.items.map(item => personRow(item, flow.words)),
    notes: [...(input.replaces ? [replacesNote(input.replaces, flow)] : []), ...flow.notes],
    revision: run.revision,
    mark: input.mark,
    action: here,
    cancel: flow.steps.includes('select')
      ? paths.step.to({ id: run.id, step: 'select' })
      : paths.step.to({ id: run.id, step: flow.steps[0] ?? 'fetch' }),
    previous: page.hasPrevious && first ? `${here}?before=${first.id}` : null,
    next: page.hasNext && last ? `${here}?after=${last.id}` : null,
    names: asked
      ? [
          {
            id: 'name_for_admin',
            label: NAME_LABELS.admin,
            help: 'SmartHRの管理者の画面に表示されます。',
            value: names.admin,
            error: errors.name_for_admin,
          },
          {
            id: 'name_for_crew',
            label: NAME_LABELS.crew,
            help: '従業員が見る給与明細に表示されます。',
            value: names.crew,
            error: errors.name_for_crew,
          },
        ]
      : [],
    again:
      input.repeated > 0
        ? {
            text: `同じ明細が取り込み済みです（${amount(input.repeated)}${flow.words.counter}）。もう一度取り込むと、SmartHRに同じ明細が2つできます。`,
            checked: input.again ?? false,
            error: errors.again,
          }
        : null,
    left: (input.left?.items ?? []).map(item => ({
      key: item.key ?? '',
      name: item.name,
      reason: item.excludedReason ?? item.content.problems.join(''),
    })),
    moreLeft: (input.left?.total ?? 0) - (input.left?.items.length ?? 0),
    nobody: selected.total === 0,
  }
}
