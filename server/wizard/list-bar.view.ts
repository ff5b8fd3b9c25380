import type { Flow } from '../contract/contract.js'
import { fieldsOf } from '../contract/value-tables.js'
import { amount, classLabel, classTitle } from '../runs/labels.js'
import { firstView, pageSizes, type Facets, type ItemClass, type Run, type SelectionView } from '../runs/run.js'
import type { FieldButton } from './fields.view.js'
import { facetValue, isNarrowed, showsSame, within } from './list-view.js'

/** A list of values with a head-count each; the first entry stands for all. */
export interface FacetChoice {
  name: string
  label: string
  options: { value: string; label: string; selected: boolean }[]
}

interface Tick {
  name: string
  value: string
  label: string
  checked: boolean
}

/** Search and filters. */
export interface SelectBar {
  search: { label: string; value: string }
  filter: { title: string; active: boolean; classes: Tick[]; choices: FacetChoice[]; ticks: Tick[] }
  /** 「適用中：…」 */
  applied: string | null
  /** people who can't be written, or need not be: shown at a click */
  others: FieldButton[]
  /** people with a warning: shown alone at a click, with the first of them by name; null: there are none */
  warned: { button: FieldButton; names: string } | null
  /** how many the list has, and which of them the page shows */
  found: string
}

/** Where nothing is compared no person is 差分あり or 差分なし. */
const classesOf = ({ kind }: Flow): readonly ItemClass[] =>
  kind === 'sync' ? ['new', 'changed', 'same', 'excluded'] : ['new', 'excluded']

const NONE = '（なし）'
const labels = { department: '部署', type: '雇用形態' }

/** The values that occur, with how many people of the classes at hand have each. Null: there is nothing to choose. */
function choiceOf(
  { words }: Flow,
  view: SelectionView,
  { name, values, chosen }: { name: 'department' | 'type'; values: Facets['departments']; chosen: string | null },
): FacetChoice | null {
  const counted = values
    .map(value => ({ text: value.name ?? '', people: within(value, view.classes) }))
    .filter(({ text, people }) => people > 0 || text === chosen)
  if (chosen !== null && !counted.some(({ text }) => text === chosen)) counted.push({ text: chosen, people: 0 })
  if (values.length < 2 && chosen === null) return null
  return {
    name,
    label: labels[name],
    options: [
      { value: '', label: 'すべて', selected: chosen === null },
      ...counted.map(({ text, people }) => ({
        value: facetValue(text),
        label: `${text || NONE}（${amount(people)}${words.counter}）`,
        selected: text === chosen,
      })),
    ],
  }
}

function filterOf(flow: Flow, view: SelectionView, facets: Facets | null, selected: number): SelectBar['filter'] {
  const { words } = flow
  const choices = facets
    ? [
        choiceOf(flow, view, { name: 'department', values: facets.departments, chosen: view.department }),
        choiceOf(flow, view, { name: 'type', values: facets.employmentTypes, chosen: view.employmentType }),
      ].filter(choice => choice !== null)
    : []
  const tick = (name: string, label: string, checked: boolean): Tick => ({ name, value: '1', label, checked })
  return {
    title: classTitle(flow),
    active: isNarrowed(flow, { ...view, q: '' }),
    classes: classesOf(flow).map(value => ({
      name: 'class',
      value,
      label: classLabel(words, value).label,
      checked: view.classes.includes(value),
    })),
    choices: [
      ...choices,
      {
        name: 'rows',
        label: '表示件数',
        options: pageSizes.map(size => ({
          value: String(size),
          label: `${size}${words.counter}`,
          selected: view.rows === size,
        })),
      },
    ],
    ticks: [tick('chosen', `選択中のみ（${amount(selected)}${words.counter}）`, view.chosen)],
  }
}

/** What narrows the list, in words; `from`: what it shows of itself. */
export function conditionsOf(flow: Flow, view: SelectionView, from: SelectionView = firstView(flow)): string[] {
  const { words } = flow
  const field = fieldsOf(flow).find(({ id }) => id === view.field)
  return [
    ...(view.q ? [`「${view.q}」`] : []),
    ...(showsSame(from, view) ? [] : view.classes.map(name => classLabel(words, name).label)),
    ...(view.department === null ? [] : [`${labels.department}：${view.department || NONE}`]),
    ...(view.employmentType === null ? [] : [`${labels.type}：${view.employmentType || NONE}`]),
    ...(field ? [`${field.label}が変わる${words.item}`] : []),
    ...(view.doomed ? [`このままでは失敗する${words.item}`] : []),
    ...(view.warned ? ['警告あり'] : []),
    ...(view.chosen ? ['選択中のみ'] : []),
  ]
}

/** What is said of the list above it. `warned`: names of the first people with a warning. */
interface Listed {
  facets: Facets | null
  found: string
  selected: number
  warned: readonly string[]
}

/** 「差分なし46名を表示」. Only where the list begins without them. */
function othersOf(flow: Flow, { counts }: Run, view: SelectionView): FieldButton[] {
  if (flow.kind !== 'sync') return []
  return (['same', 'excluded'] as const)
    .filter(name => counts[name] > 0)
    .map(name => ({
      op: `class:${name}`,
      label: `${classLabel(flow.words, name).label}${amount(counts[name])}${flow.words.counter}を表示`,
      pressed: view.classes.includes(name),
    }))
}

/** 「警告あり12名だけ表示」, and who the first of them are. */
function warnedOf(
  { words }: Flow,
  view: SelectionView,
  facets: Facets | null,
  names: readonly string[],
): SelectBar['warned'] {
  const people = facets ? within(facets.warned, view.classes) : 0
  if (people === 0 && !view.warned) return null
  const more = people - names.length
  return {
    button: {
      op: view.warned ? 'warned:' : 'warned:1',
      label: `警告あり${amount(people)}${words.counter}だけ表示`,
      pressed: view.warned,
    },
    names: names.join('、') + (names.length > 0 && more > 0 ? ` ほか${amount(more)}${words.counter}` : ''),
  }
}

/** What stands above the list. `found`: how many it has, and which of them are shown. */
export function barOf(
  flow: Flow,
  run: Run,
  view: SelectionView,
  { facets, found, selected, warned }: Listed,
): SelectBar {
  const { words } = flow
  const conditions = conditionsOf(flow, view)
  return {
    search: {
      label: `${[words.key, words.name, ...(words.detail ? [words.detail] : [])].join('・')}で検索`,
      value: view.q,
    },
    filter: filterOf(flow, view, facets, selected),
    applied: conditions.length > 0 ? `適用中：${conditions.join('、')}` : null,
    others: othersOf(flow, run, view),
    warned: warnedOf(flow, view, facets, warned),
    found,
  }
}
