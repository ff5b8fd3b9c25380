import type { Flow } from '../contract/contract.js'
import { paths } from '../paths.js'
import { remedyLinks } from '../runs/crew-link.js'
import type { ItemPage } from '../runs/item.rows.js'
import { amount } from '../runs/labels.js'
import type { Run } from '../runs/run.js'
import { ASK } from '../runs/approval.words.js'
import { undoDialog } from '../runs/undoing.words.js'
import type { PageLink } from '../web/page.js'
import { changedFields } from './fields.view.js'
import { personRow, type PersonRow } from './person.view.js'

/** A way to another part of the list: a link, or a button where something is typed in the dialog, so that it stays. */
export interface Turn {
  label: string
  current: boolean
  href: string | null
  name: string
  value: string
}

/** Which fields change for how many of the people; each narrows the list. */
export interface DialogFields {
  title: string
  first: Turn[]
  /** behind a fold, but for the one whose people are shown */
  more: { title: string; fields: Turn[] } | null
  /** what 同期 takes, while a part of the people is shown */
  note: string | null
}

/** The people of the page at hand, with their changes. */
export interface ConfirmPeople {
  /** null: nothing changes for anybody */
  fields: DialogFields | null
  rows: PersonRow[]
  /** 「51–62 / 62名」; null: all of them are on one page */
  range: string | null
  /** few enough to show all changes */
  unfolded: boolean
  /** the pages are turned by links; by buttons where something is typed here, so that it stays */
  links: PageLink[]
  buttons: { name: 'before' | 'after'; value: string; label: string }[]
}

export interface ConfirmPeopleInput {
  flow: Flow
  run: Run
  page: ItemPage
  /** how many stand before those of the page */
  preceding?: number
  selected: { total: number }
  /** how many of the selected each field changes for, by its id */
  fieldCounts?: Readonly<Record<string, number>>
  /** whose people alone are shown */
  field?: string | null
  /** the company's SmartHR */
  site?: string
  /** another administrator has to agree */
  asks?: boolean
  /** another administrator looks at it; `typesHere`: and may type a comment, as whoever has asked may not */
  forApproval?: { typesHere: boolean }
}

/** So many people are shown with their changes unfolded. */
const UNFOLDED = 5

/** Fields that are named at once; a mapping has up to sixty. */
const NAMED_FIELDS = 6

const here = ({ run, forApproval }: ConfirmPeopleInput, query: Record<string, string | undefined>) =>
  forApproval ? paths.approval.to({ id: run.id }, query) : paths.step.to({ id: run.id, step: 'confirm' }, query)

/** That the button is about everybody, while a part of them is shown. */
function wholeText({ flow, run, selected, asks, forApproval }: ConfirmPeopleInput): string {
  const { item, counter, act } = flow.words
  const undo = run.undoneAt && undoDialog(flow, run.undoneAt).button
  const pressed = forApproval ? '承認すると' : `［${asks ? ASK : (undo ?? act)}］を押すと`
  const does = asks && !forApproval ? 'の承認を依頼します' : undo ? 'を元に戻します' : `を${act}します`
  return `${pressed}、表示していない${item}も含めて、選択した${amount(selected.total)}${counter}すべて${does}。`
}

function fieldsOf(input: ConfirmPeopleInput, typesHere: boolean): DialogFields | null {
  const { flow, fieldCounts = {}, field = null } = input
  const { words } = flow
  const changed = changedFields(flow, fieldCounts)
  if (changed.length === 0) return null
  const turn = (id: string, label: string): Turn => ({
    label,
    current: field === (id || null),
    href: typesHere ? null : here(input, { field: id || undefined }),
    name: 'show',
    value: id,
  })
  const all = changed.map(({ id, label, people }) => turn(id, `${label} ${amount(people)}${words.counter}`))
  const isNamed = (turn: Turn, index: number) => index < NAMED_FIELDS || turn.current
  const [first, rest] = [all.filter(isNamed), all.filter((turn, index) => !isNamed(turn, index))]
  const shown = changed.find(({ id }) => id === field)
  return {
    title: '変更する項目：',
    first: [turn('', 'すべて'), ...first],
    more: rest.length > 0 ? { title: `ほか${rest.length}項目`, fields: rest } : null,
    note: shown
      ? `「${shown.label}」が変わる${words.item}${amount(shown.people)}${words.counter}だけを表示しています。${wholeText(input)}`
      : null,
  }
}

function rangeOf({ flow, page, preceding = 0, field, fieldCounts = {}, selected }: ConfirmPeopleInput): string | null {
  if (page.items.length === 0 || (!page.hasPrevious && !page.hasNext)) return null
  const total = field ? (fieldCounts[field] ?? 0) : selected.total
  return `${amount(preceding + 1)}–${amount(preceding + page.items.length)} / ${amount(total)}${flow.words.counter}`
}

/** Who is written, page by page. `typesHere`: something is typed in the dialog. */
export function peopleOf(input: ConfirmPeopleInput, typesHere: boolean): ConfirmPeople {
  const { flow, page, field = null, site = '' } = input
  const first = page.items[0]
  const last = page.items.at(-1)
  const turns = [
    ...(page.hasPrevious && first ? [{ name: 'before' as const, value: first.id, label: '前へ' }] : []),
    ...(page.hasNext && last ? [{ name: 'after' as const, value: last.id, label: '次へ' }] : []),
  ]
  return {
    fields: fieldsOf(input, typesHere),
    rows: page.items.map(item => personRow(item, flow, remedyLinks({ site, run: input.run }, flow, item))),
    range: rangeOf(input),
    unfolded: page.items.length <= UNFOLDED,
    links: typesHere
      ? []
      : turns.map(({ name, value, label }) => ({
          href: here(input, { field: field ?? undefined, [name]: value }),
          label,
        })),
    buttons: typesHere ? turns : [],
  }
}
