import { stepOf, type Flow } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { paths } from '../paths.js'
import type { ItemPage } from '../runs/item.rows.js'
import type { ItemCursor } from './selection.store.js'
import { newItemsNote } from '../payslips/payslips.js'
import type { Change, ItemWithContent, Run, SelectionView, SortColumn, ItemClass } from '../runs/run.js'
import { problemsOf, shownKey } from '../runs/reasons.js'
import { amount, classLabel, classLabels, classTitle, noneOf, periodSentence, type Label } from '../runs/labels.js'
import { encodePlace, type Place } from './wizard.form.js'
import { PAGE_ROWS } from './wizard.service.js'
import { dateText, steps, type Steps } from './wizard.view.js'

export interface PersonRow {
  id: string
  label: Label
  key: string
  name: string
  kana: string
  detail: string
  /** null: cannot be chosen */
  ticked: boolean | null
  /** no button takes this one along */
  ownTick: boolean
  reason: string
  problems: string[]
  notes: string[]
  /** above the changes */
  changesTitle: string
  changes: Change[]
  /** how many changes the person has; more than `changes` where a page shows only the first */
  changeCount: number
  isNew: boolean
}

const changesTitle = (item: ItemWithContent, { kind }: Flow): string =>
  item.class !== 'new' ? '変更する項目' : kind === 'sync' ? '登録する項目' : '項目'

export const personRow = (item: ItemWithContent, flow: Flow): PersonRow => ({
  id: item.id,
  label: classLabel(flow.words, item.class),
  key: shownKey(item),
  name: item.name,
  kana: item.kana,
  detail: item.detail,
  ticked: (item.class === 'new' || item.class === 'changed') && !item.blocked ? item.selected : null,
  ownTick: item.ownTick,
  reason: item.excludedReason ?? (item.class === 'same' ? '変更する項目はありません。' : ''),
  problems: problemsOf(item.content.problems, flow),
  notes: item.content.notes,
  changesTitle: changesTitle(item, flow),
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
  /** what ticks are for: 同期する従業員, 取り込みの対象にする従業員 */
  chosen: string
  /** 「（基準日：…）」 where the flow has one */
  date: { label: string; text: string } | null
  /** the period of the target that is compared and written, where it keeps several */
  period: string | null
  /** the area the run works in, where the flow has one */
  area: { label: string; name: string } | null
  /** the settings that shaped the plan, and whether they have changed since */
  settings: { text: string; changed: boolean } | null
  button: string
  action: string
  revision: number
  view: SelectionView
  filtered: string | null
  classTitle: string
  classes: { value: ItemClass; label: string; checked: boolean }[]
  sorts: Record<SortColumn, 'ascending' | 'descending' | undefined>
  /** above the column of changes */
  changesTitle: string
  rows: PersonRow[]
  counter: string
  pages: { op: string; label: string }[]
  selectedCount: number
  selectedText: string
  pageCount: number
  selectableCount: number
  allText: string
  pageText: string
  /** how many people no button takes, and what to do about them; null: there are none */
  ownTicks: string | null
  empty: string | null
  error: string | null
  /** what to know before choosing, whoever it is about */
  warning: string | null
  at: string
  leftOut: string | null
  meanings: { label: Label; text: string }[]
}

/** 新規登録 / 差分あり / 差分なし, as the help of the page explains them. */
const meaningsFor = (flow: Flow) =>
  flow.kind !== 'sync'
    ? [
        { label: classLabel(flow.words, 'new'), text: `選択すると、${flow.words.act}の対象になる${flow.words.item}` },
        { label: classLabels.excluded, text: `理由があって対象にできない${flow.words.item}` },
      ]
    : [
        {
          label: classLabel(flow.words, 'new'),
          text: `${flow.from}に登録されていて、${flow.to}に登録されていない${flow.words.item}`,
        },
        { label: classLabels.changed, text: `両方に登録されていて、項目の内容が異なる${flow.words.item}` },
        { label: classLabels.same, text: `両方に登録されていて、項目の内容が同じ${flow.words.item}` },
        { label: classLabels.excluded, text: `理由があって対象にならない${flow.words.item}` },
      ]

/** Where nothing is compared nobody is changed or the same. */
const classesOf = ({ kind }: Flow): readonly ItemClass[] =>
  kind === 'sync' ? ['new', 'changed', 'same', 'excluded'] : ['new', 'excluded']

/** Whom a tick takes, in words. */
const chosenFor = ({ kind, words }: Flow): string =>
  kind === 'sync' ? `同期する${words.item}` : `${words.act}の対象にする${words.item}`

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
  ownTicks: number
  at: string
  error: string | null
  settings: SelectPage['settings']
}): SelectPage {
  const { flow, run, view, place, page, total, selected } = input
  const [date, area] = [stepOf(flow, 'date'), stepOf(flow, 'area')]
  const rows = withinPage(page.items.map(item => personRow(item, flow)))
  const from = (place.page - 1) * PAGE_ROWS + 1
  const choosable = rows.filter(row => row.ticked !== null && !row.ownTick).length

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
    chosen: chosenFor(flow),
    date: date ? { label: date.unit ? date.heading : '基準日', text: dateText(flow, run.referenceDate) } : null,
    period: periodSentence(flow, run),
    area: area ? { label: area.label, name: run.area?.label ?? '' } : null,
    settings: input.settings,
    button: declared(stepOf(flow, 'select'), 'select step').button,
    action: paths.step.to({ id: run.id, step: 'select' }),
    revision: run.revision,
    view,
    filtered: conditions.length > 0 ? conditions.join('、') : null,
    classTitle: classTitle(flow),
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
    changesTitle: flow.kind === 'sync' ? '変更する項目' : '内容',
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
    ownTicks: input.ownTicks > 0 ? ownTicksText(flow, input.ownTicks) : null,
    empty:
      rows.length > 0
        ? null
        : conditions.length > 0
          ? `該当する${flow.words.item}は${noneOf(flow.words)}。別の条件を試してください。`
          : flow.words.nobody,
    error: input.error,
    warning: newItemsNote(run.newItems.map(({ name }) => name)),
    at: input.at,
    leftOut: run.counts.leftOut > 0 ? (flow.words.leftOut?.replace('{n}', amount(run.counts.leftOut)) ?? null) : null,
    meanings: meaningsFor(flow),
  }
}

/** Shown wherever people are taken by the page or all at once. */
export const ownTicksText = ({ words }: Pick<Flow, 'words'>, count: number): string =>
  `${words.key}がほかとよく似た${words.item}が、${amount(count)}${words.counter}${words.counter === '名' ? 'います' : 'あります'}。まとめて選択する操作では選択されません。内容を確認し、問題がない${words.item}だけ、1${words.counter}ずつチェックを入れてください。`

const sorted = (view: SelectionView, column: SortColumn) =>
  view.sort === column ? (view.descending ? ('descending' as const) : ('ascending' as const)) : undefined
