import { stepOf, type Connector, type Flow } from '../contract/contract.js'
import { declared, kept } from '../contract/declared.js'
import { paths } from '../paths.js'
import type { ItemPage } from '../runs/item.rows.js'
import { newItemsNote } from '../payslips/statement-items.js'
import { isAsked, isFollowUp, type Facets, type Run, type SelectionView, type SortColumn } from '../runs/run.js'
import { remedyLinks } from '../runs/crew-link.js'
import { amount, classLabel, classLabels, classTitle, noneOf, periodSentence, type Label } from '../runs/labels.js'
import { excludedRows } from '../runs/excluded-rows.js'
import { omittedFact, omittedOf } from '../runs/omitting.js'
import { UNDO_BUTTON, undoCount, undoFact, undoMeanings, undoNote } from '../runs/undoing.words.js'
import { onePersonLine } from '../runs/one-person.words.js'
import { scopeFact } from '../runs/run-scope.js'
import { rulesFact } from '../runs/field-rules.words.js'
import { VOIDS_NOTE } from '../runs/approval.words.js'
import { tablesFact } from '../runs/value-tables.words.js'
import { VALUE_TABLES } from '../contract/value-tables.js'
import type { PageLink } from '../web/page.js'
import { barOf, type SelectBar } from './list-bar.view.js'
import { wholeQuery } from './list-view.js'
import { pagerOf, type Pager } from './pager.view.js'
import type { Place } from './select.form.js'
import { dateText } from '../runs/date-text.js'
import { withinPage } from '../runs/change-list.js'
import { doomedOf, fieldButtons, omitOf, type FieldButton, type FieldButtons, type Omit } from './fields.view.js'
import { ownTicksText, personRow, type PersonRow } from './person.view.js'
import { planDownloads, type Downloads } from './plan-file.view.js'
import { wizardPage, type WizardPage } from './steps.view.js'

/** A heading by which the list can be sorted; without `op` it can't. */
export interface SortHeader {
  op: string | null
  label: string
  order: 'ascending' | 'descending' | null
  look: string | null
}

/** What to look at before anybody is ticked: named at once, with its text behind a fold. */
export interface Cautions {
  title: string
  texts: string[]
  /** shows those alone who will fail */
  button: FieldButton | null
}

export interface SelectTable {
  caption: string
  takeAll: string
  headers: { sorted: SortHeader[]; plain: string[] }
  /** buttons that tick and untick many at once */
  ops: { op: string; label: string }[]
  rows: PersonRow[]
  empty: string | null
}

export interface SelectPage extends WizardPage {
  /** what to tick; below it the date, area and period it is about */
  lead: { text: string; lines: string[] }
  error: string | null
  /** another administrator is asked: what a change does; null: nobody is */
  asked: string | null
  /** the tables that the plan has gone by; null: none */
  tables: { text: string; link: PageLink } | null
  cautions: Cautions | null
  form: {
    action: string
    revision: number
    sort: SortColumn
    descending: boolean
    field: string | null
    doomed: boolean
    warned: boolean
  }
  /** null: nothing changes, or nothing is compared */
  fields: FieldButtons | null
  omit: Omit | null
  bar: SelectBar
  table: SelectTable
  pager: Pager | null
  /** null: the run has no plan any more */
  downloads: Downloads | null
  /** how many are ticked, on whatever page */
  selected: { count: number; item: string; counter: string; text: string }
  meanings: { title: string; entries: { label: Label; text: string }[] }
  /** `error`: short, since it stands beside the buttons */
  buttons: { back: boolean; confirm: string; error: string | null }
}

/** 新規登録 / 差分あり / 差分なし, as the help of the page explains them. */
const meaningsFor = (flow: Flow, { undoneAt }: Run) =>
  undoneAt
    ? undoMeanings(flow)
    : flow.kind !== 'sync'
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

/** A sentence beside the buttons is at most so long; a longer one stands only above the list. */
const SHORT = 60

const shortError = (error: string | null): string | null =>
  error !== null && error.length > SHORT ? '選択内容を確認してください。' : error

const SETTINGS_CHANGED = '取得した後に設定が変更されています。新しい設定で同期するには、もう一度取得してください。'

/** What a tick takes: 同期する従業員, 元に戻す従業員, 取り込みの対象にする従業員. */
const subjectOf = ({ kind, words }: Flow, { undoneAt }: Run): string =>
  kind === 'sync' ? `${undoneAt ? '元に戻す' : '同期する'}${words.item}` : `${words.act}の対象にする${words.item}`

/** Whether any field that is left out can be taken back on this page; the others the company has switched off. */
const comesBack = (flow: Flow, run: Run): boolean => omittedOf(flow, run).some(({ id }) => !run.ruled?.off.includes(id))

const DIFFERING_ONLY =
  '定期チェックで見つかった差分を表示しています。差分なしと対象外は、件数だけです。確認する場合は、取得し直してください。'

function leadOf(flow: Flow, run: Run, settings: string | null): SelectPage['lead'] {
  const { words } = flow
  const [date, area] = [stepOf(flow, 'date'), stepOf(flow, 'area')]
  const asOf = date ? `（${date.unit ? date.heading : '基準日'}：${dateText(flow, run.referenceDate)}）` : ''
  const leftOut = run.counts.leftOut > 0 ? words.leftOut?.replace('{n}', amount(run.counts.leftOut)) : null
  return {
    text: `${subjectOf(flow, run)}にチェックを入れてください。${asOf}`,
    lines: [
      ...(area ? [`${area.label}：${kept(run.area, 'area').label}`] : []),
      ...(run.differingOnly ? [DIFFERING_ONLY] : []),
      ...[periodSentence(flow, run), settings, leftOut].filter(line => typeof line === 'string'),
      ...(run.person ? [onePersonLine(flow)] : []),
      ...undoFact(flow, run).map(fact => fact.join('：')),
      ...(run.undoneAt ? [undoCount(flow, run.counts.changed), undoNote(flow)] : []),
      ...scopeFact(run).map(fact => `${fact.join('：')}。対象範囲の外の従業員は、［対象外］に表示します。`),
      ...rulesFact(flow, run).map(fact => fact.join('：')),
      ...omittedFact(flow, run).map(
        fact => `${fact.join('：')}。${comesBack(flow, run) ? '［変更する項目］から、元に戻せます。' : ''}`,
      ),
    ],
  }
}

/** Whoever has no value by a table says why; the way to the table stands here. */
function tablesOf(flow: Flow, run: Run): SelectPage['tables'] {
  const [fact] = tablesFact(flow, run)
  const href = paths.valueTables.to({ connector: run.connector }, { table: Object.keys(run.tabled ?? {})[0] })
  return fact ? { text: fact.join('：'), link: { href, label: VALUE_TABLES } } : null
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

/** The plan's files: all of it, or those people who are looked for. */
const downloadsOf = (flow: Flow, run: Run, view: SelectionView, isNarrowed: boolean): Downloads | null => {
  const query = new URLSearchParams(wholeQuery(isNarrowed ? view : { ...view, classes: [] }))
  return planDownloads(flow, run, { query, isNarrowed })
}

/** Everything that is worth a look, whoever it is about. */
function cautionsOf({ flow, run, view, ownTicks, settings }: SelectInput): Cautions | null {
  const { item, counter } = flow.words
  const doomed = doomedOf(flow, run, view)
  const newItems = newItemsNote(run.newItems.map(({ name }) => name))
  const all = [
    ...(doomed ? [{ name: doomed.title, text: doomed.text }] : []),
    ...(ownTicks > 0
      ? [{ name: `1${counter}ずつ確認する${item} ${amount(ownTicks)}${counter}`, text: ownTicksText(flow, ownTicks) }]
      : []),
    ...[excludedRows(flow, run)].filter(caution => caution !== null),
    ...(settings?.changed ? [{ name: '設定の変更', text: SETTINGS_CHANGED }] : []),
    ...(newItems === null ? [] : [{ name: '新しい項目', text: newItems }]),
  ]
  if (all.length === 0) return null
  return {
    title: `注意：${all.map(({ name }) => name).join('、')}`,
    texts: all.map(({ text }) => text),
    button: doomed?.button ?? null,
  }
}

/** 「51–100 / 1,234名」 */
function foundText(
  { counter }: Flow['words'],
  view: SelectionView,
  page: number,
  shown: number,
  total: number,
): string {
  if (shown === 0) return `0${counter}`
  const from = (page - 1) * view.rows + 1
  // Ticks come and go while only the ticked are shown: which of them a page shows is not said.
  return view.chosen
    ? `${amount(total)}${counter}`
    : `${amount(from)}–${amount(from + shown - 1)} / ${amount(total)}${counter}`
}

const selectedText = ({ item, counter }: Flow['words'], selected: number): string =>
  selected === 0 ? `${item}が選択されていません。` : `${amount(selected)}${counter}の${item}が選択されています。`

/** Why a list has nobody, and what to do. */
function emptyText({ words, kind }: Flow, { run, view, applied }: { run: Run; view: SelectionView; applied: boolean }) {
  if (applied) return `該当する${words.item}は${noneOf(words)}。別の条件を試してください。`
  if (run.undoneAt) return `元に戻せる項目がある${words.item}は${noneOf(words)}。`
  const { same, excluded } = run.counts
  return kind === 'sync' && view.classes.length > 0 && same + excluded > 0
    ? `${words.act}が必要な${words.item}は${noneOf(words)}。ほかの${words.item}は、一覧の上のボタンで表示できます。`
    : words.empty
}

interface SelectInput {
  connector: Pick<Connector, 'flows'>
  flow: Flow
  run: Run
  view: SelectionView
  place: Place
  page: ItemPage
  total: number
  selectable: number
  selected: number
  ownTicks: number
  /** names of the first people with a warning */
  warned: readonly string[]
  /** null: the plan does not say */
  facets: Facets | null
  at: string
  error: string | null
  settings: { text: string; changed: boolean } | null
  /** the company's SmartHR */
  site: string
}

/** The selection page. */
export function selectPage(input: SelectInput): SelectPage {
  const { flow, run, view, place, page, total, selected, facets, warned, error, settings, site } = input
  const { words } = flow
  const rows = withinPage(
    page.items.map(item => personRow(item, flow, remedyLinks({ site, run }, flow, item), view.field)),
  )
  const choosable = rows.filter(row => row.ticked !== null && !row.ownTick).length
  const found = foundText(words, view, place.page, rows.length, total)
  const bar = barOf(flow, run, view, { facets, found, selected, warned })
  const action = paths.step.to({ id: run.id, step: 'select' })
  return {
    ...wizardPage(flow, 'select', `${words.item}の選択`, run),
    wide: true,
    hasErrors: error !== null,
    lead: leadOf(flow, run, settings?.text ?? null),
    error,
    asked: isAsked(run) ? VOIDS_NOTE : null,
    tables: tablesOf(flow, run),
    cautions: cautionsOf(input),
    form: {
      action: input.at ? `${action}?at=${input.at}` : action,
      revision: run.revision,
      sort: view.sort,
      descending: view.descending,
      field: view.field,
      doomed: view.doomed,
      warned: view.warned,
    },
    fields: fieldButtons(flow, run, view),
    omit: omitOf(input, view),
    bar,
    table: {
      caption: subjectOf(flow, run),
      takeAll: `このページの${words.item}を選択/解除`,
      headers: headersOf(flow, view),
      ops: bulkOps(flow, { page: choosable, list: input.selectable, selected }),
      rows,
      empty: rows.length > 0 ? null : emptyText(flow, { run, view, applied: bar.applied !== null }),
    },
    pager: pagerOf(view, place, page, total),
    downloads: downloadsOf(flow, run, view, bar.applied !== null),
    selected: { count: selected, item: words.item, counter: words.counter, text: selectedText(words, selected) },
    meanings: { title: `${classTitle(flow)}の見かた`, entries: meaningsFor(flow, run) },
    buttons: {
      back: !isFollowUp(run),
      confirm: run.undoneAt ? UNDO_BUTTON : declared(stepOf(flow, 'select'), 'select step').button,
      error: shortError(error),
    },
  }
}
