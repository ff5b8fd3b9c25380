import { mappingOf, stepOf, type Flow } from '../contract/contract.js'
import { declared, kept } from '../contract/declared.js'
import { paths } from '../paths.js'
import type { ItemPage } from '../runs/item.rows.js'
import type { ItemCursor } from './selection.store.js'
import { newItemsNote } from '../payslips/statement-items.js'
import type { ItemWithContent, Run, SelectionView, SortColumn, ItemClass } from '../runs/run.js'
import { amount, classLabel, classLabels, classTitle, noneOf, periodSentence, type Label } from '../runs/labels.js'
import { encodePlace, viewQuery, type Place } from './select.form.js'
import { rulesFact } from '../runs/field-rules.words.js'
import { PAGE_ROWS } from '../runs/item.rows.js'
import { dateText } from '../runs/date-text.js'
import { withinPage } from '../runs/change-list.js'
import { doomedOf, fieldButtons, type Doomed, type FieldButtons } from './fields.view.js'
import { ownTicksText, personRow, type PersonRow } from './person.view.js'
import { planDownloads, type Downloads } from './plan-file.view.js'
import { wizardPage, type WizardPage } from './steps.view.js'

/** What a row is sorted by: where a page ends, and the next begins. */
export const sortValue = (item: ItemWithContent, sort: SortColumn): string =>
  sort === 'key'
    ? (item.sortKey ?? item.key ?? '')
    : sort === 'kana'
      ? item.kana
      : String({ new: 1, changed: 2, same: 3, excluded: 4 }[item.class])

/** A heading by which the list can be sorted; without `op` it can't. */
export interface SortHeader {
  op: string | null
  label: string
  order: 'ascending' | 'descending' | null
  look: string | null
}

/** What stands above the list, about any person. */
export interface SelectAlerts {
  /** the settings that shaped the plan; `changed`: what to do where they have changed since */
  settings: { text: string; changed: string | null } | null
  warning: string | null
  error: string | null
  /** how many people no button takes, and what to do about them */
  ownTicks: string | null
}

/** Search and filter. */
export interface SelectBar {
  search: { label: string; value: string }
  filter: { title: string; active: boolean; classes: { value: ItemClass; label: string; checked: boolean }[] }
  /** 「適用中：…」 */
  applied: string | null
  counter: string
}

export interface SelectTable {
  caption: string
  takeAll: string
  headers: { sorted: SortHeader[]; plain: string[] }
  selected: { count: number; item: string; counter: string; text: string }
  /** buttons that tick and untick many at once */
  ops: { op: string; label: string }[]
  rows: PersonRow[]
  empty: string | null
}

export interface SelectPage extends WizardPage {
  /** what to tick; below it the date, area and period it is about */
  lead: { text: string; lines: string[] }
  alerts: SelectAlerts
  form: {
    action: string
    revision: number
    sort: SortColumn
    descending: boolean
    field: string | null
    doomed: boolean
  }
  /** null: nothing changes, or nothing is compared */
  fields: FieldButtons | null
  /** how many will fail, and what to do; null: nobody, as far as the plan knows */
  doomed: Doomed | null
  bar: SelectBar
  table: SelectTable
  pages: { op: string; label: string }[]
  /** null: the run has no plan any more */
  downloads: Downloads | null
  meanings: { title: string; entries: { label: Label; text: string }[] }
  /** `error`: short, since it stands beside the buttons */
  buttons: { back: boolean; confirm: string; error: string | null }
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

/** Where nothing is compared no person is 差分あり or 差分なし. */
const classesOf = ({ kind }: Flow): readonly ItemClass[] =>
  kind === 'sync' ? ['new', 'changed', 'same', 'excluded'] : ['new', 'excluded']

/** A sentence beside the buttons is at most so long; a longer one stands only above the list. */
const SHORT = 60

const shortError = (error: string | null): string | null =>
  error !== null && error.length > SHORT ? '選択内容を確認してください。' : error

const SETTINGS_CHANGED = '取得した後に設定が変更されています。新しい設定で同期するには、もう一度取得してください。'

/** What a tick takes: 同期する従業員, 取り込みの対象にする従業員. */
const subjectOf = ({ kind, words }: Flow): string =>
  kind === 'sync' ? `同期する${words.item}` : `${words.act}の対象にする${words.item}`

function leadOf(flow: Flow, run: Run): SelectPage['lead'] {
  const { words } = flow
  const [date, area] = [stepOf(flow, 'date'), stepOf(flow, 'area')]
  const asOf = date ? `（${date.unit ? date.heading : '基準日'}：${dateText(flow, run.referenceDate)}）` : ''
  const leftOut = run.counts.leftOut > 0 ? words.leftOut?.replace('{n}', amount(run.counts.leftOut)) : null
  return {
    text: `${subjectOf(flow)}にチェックを入れてください。${asOf}`,
    lines: [
      ...(area ? [`${area.label}：${kept(run.area, 'area').label}`] : []),
      ...[periodSentence(flow, run), leftOut, ...rulesFact(flow, run).map(fact => fact.join('：'))].filter(
        line => typeof line === 'string',
      ),
    ],
  }
}

/** What narrows the list, in words. */
export function conditionsOf(flow: Flow, view: SelectionView): string[] {
  const { words } = flow
  const field = mappingOf(flow).find(({ id }) => id === view.field)
  return [
    ...(view.q ? [`「${view.q}」`] : []),
    ...view.classes.map(name => classLabel(words, name).label),
    ...(field ? [`${field.label}が変わる${words.item}`] : []),
    ...(view.doomed ? [`このままでは失敗する${words.item}`] : []),
  ]
}

function barOf(flow: Flow, view: SelectionView, counter: string): SelectBar {
  const { words } = flow
  const conditions = conditionsOf(flow, view)
  return {
    search: {
      label: `${[words.key, words.name, ...(words.detail ? [words.detail] : [])].join('・')}で検索`,
      value: view.q,
    },
    filter: {
      title: classTitle(flow),
      active: view.classes.length > 0 || view.field !== null || view.doomed,
      classes: classesOf(flow).map(value => ({
        value,
        label: classLabel(words, value).label,
        checked: view.classes.includes(value),
      })),
    },
    applied: conditions.length > 0 ? `適用中：${conditions.join('、')}` : null,
    counter,
  }
}

function headersOf(flow: Flow, view: SelectionView): SelectTable['headers'] {
  const { words } = flow
  const personal = flow.kind === 'sync' && flow.key?.personal === true
  const sorted = (column: SortColumn, label: string, look: string | null = null): SortHeader => ({
    op: column === 'key' && personal ? null : `sort:${column}`,
    label,
    order:
      column === 'key' && personal
        ? null
        : view.sort === column
          ? view.descending
            ? 'descending'
            : 'ascending'
          : null,
    look,
  })
  return {
    sorted: [sorted('class', classTitle(flow)), sorted('key', words.key), sorted('kana', words.name, 'who')],
    plain: [words.detail ?? '部署', flow.kind === 'sync' ? '変更する項目' : '内容'],
  }
}

/** This page, the whole list, none: as far as there are people to take. */
function bulkOps({ words }: Flow, numbers: { page: number; list: number; selected: number }): SelectTable['ops'] {
  const { item, counter } = words
  const all = (count: number) => `${item}${amount(count)}${counter}すべてを選択`
  return [
    ...(numbers.page > 0 ? [{ op: 'select-page', label: `このページの${all(numbers.page)}` }] : []),
    ...(numbers.list > numbers.page ? [{ op: 'select-all', label: `一覧の${all(numbers.list)}` }] : []),
    ...(numbers.selected > 0 || numbers.page > 0 ? [{ op: 'clear', label: '選択解除' }] : []),
  ]
}

function pagesOf(view: SelectionView, place: Place, page: ItemPage): SelectPage['pages'] {
  const cursorAt = (item: ItemWithContent | undefined, forward: boolean, number: number): string =>
    item ? encodePlace({ forward, value: sortValue(item, view.sort), id: item.id } satisfies ItemCursor, number) : ''
  return [
    ...(page.hasPrevious && place.page > 1
      ? [
          { op: 'page:', label: '最初へ' },
          { op: `page:${cursorAt(page.items[0], false, place.page - 1)}`, label: '前へ' },
        ]
      : []),
    ...(page.hasNext ? [{ op: `page:${cursorAt(page.items.at(-1), true, place.page + 1)}`, label: '次へ' }] : []),
  ]
}

/** The selection page. */
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
  settings: { text: string; changed: boolean } | null
}): SelectPage {
  const { flow, run, view, place, page, total, selected, error, settings } = input
  const { words } = flow
  const rows = withinPage(page.items.map(item => personRow(item, flow)))
  const from = (place.page - 1) * PAGE_ROWS + 1
  const counter = rows.length === 0 ? '' : `${amount(from)}–${amount(from + rows.length - 1)} / ${amount(total)}`
  const choosable = rows.filter(row => row.ticked !== null && !row.ownTick).length
  const bar = barOf(flow, view, counter)
  const none = bar.applied ? `該当する${words.item}は${noneOf(words)}。別の条件を試してください。` : words.empty
  const action = paths.step.to({ id: run.id, step: 'select' })
  return {
    ...wizardPage(flow, 'select', `${words.item}の選択`),
    wide: true,
    hasErrors: error !== null,
    lead: leadOf(flow, run),
    alerts: {
      settings: settings && { text: settings.text, changed: settings.changed ? SETTINGS_CHANGED : null },
      warning: newItemsNote(run.newItems.map(({ name }) => name)),
      error,
      ownTicks: input.ownTicks > 0 ? ownTicksText(flow, input.ownTicks) : null,
    },
    form: {
      action: input.at ? `${action}?at=${input.at}` : action,
      revision: run.revision,
      sort: view.sort,
      descending: view.descending,
      field: view.field,
      doomed: view.doomed,
    },
    fields: fieldButtons(flow, run, view),
    doomed: doomedOf(flow, run, view),
    bar,
    table: {
      caption: subjectOf(flow),
      takeAll: `このページの${words.item}を選択/解除`,
      headers: headersOf(flow, view),
      selected: {
        count: selected,
        item: words.item,
        counter: words.counter,
        text:
          selected === 0
            ? `${words.item}が選択されていません。`
            : `${amount(selected)}${words.counter}の${words.item}が選択されています。`,
      },
      ops: bulkOps(flow, { page: choosable, list: input.selectable, selected }),
      rows,
      empty: rows.length > 0 ? null : none,
    },
    pages: pagesOf(view, place, page),
    downloads: planDownloads(flow, run, { query: viewQuery(view), isNarrowed: bar.applied !== null }),
    meanings: { title: `${classTitle(flow)}の見かた`, entries: meaningsFor(flow) },
    buttons: {
      back: run.retryOf === null,
      confirm: declared(stepOf(flow, 'select'), 'select step').button,
      error: shortError(error),
    },
  }
}
