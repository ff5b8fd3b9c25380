import { mappingOf, type Flow } from '../contract/contract.js'
import { crew } from '../contract/crew-fields.js'
import type { Change, ItemWithContent } from './run.js'

/** A person's changes as a list shows them: the first at once, the others behind a fold. Pure. */
export interface ChangeList {
  /** 変更する項目（3件） */
  title: string
  isNew: boolean
  /** shown at once; of a long number of somebody's only its end */
  brief: Change[]
  /** everything else, and those numbers whole; null where there is nothing else */
  fold: Fold | null
}

export interface Fold {
  title: string
  changes: Change[]
  /** numbers that the list shows the end of stand here whole: nobody shows them by the way */
  whole: boolean
  /** how many the page has no room for, in words */
  more: string | null
}

/** Shown without a click. */
const AT_ONCE = 2

/** Account, pension and insurance numbers; neither bank codes nor dates. */
const LONG_NUMBER = /^(?:\d-?){5,29}\d$/
const SHOWN_DIGITS = 4

/** Of a long number its end alone. */
const endOf = (value: string): string =>
  LONG_NUMBER.test(value) ? `…${value.replaceAll('-', '').slice(-SHOWN_DIGITS)}` : value

const digitsOf = (value: string): string => value.replaceAll('-', '')

/** Two different numbers with the same end: what is different is said, since it is not seen. */
function withSameEnd(change: Change): Change {
  const [before, after] = [digitsOf(change.before), digitsOf(change.after)]
  const said =
    before === after
      ? ['', '（ハイフンだけが違います）']
      : before.length === after.length
        ? ['', '（表示していない桁が違います）']
        : [`（${before.length}桁）`, `（${after.length}桁）`]
  return { ...change, before: endOf(change.before) + said[0], after: endOf(change.after) + said[1] }
}

/**
 * A change as it is shown by the way: of somebody's long numbers only the ends. The number people are told apart by is
 * none.
 */
export function shortened(change: Change, flow: Flow): Change {
  if (change.field === crew.employeeNumber.id) return change
  if (!mappingOf(flow).some(({ id, sensitive }) => sensitive && id === change.field)) return change
  const [before, after] = [endOf(change.before), endOf(change.after)]
  return before === after && change.before !== change.after ? withSameEnd(change) : { ...change, before, after }
}

/**
 * `what`: 変更する項目, 登録した項目. A new person's record is no change: it stays behind the fold as a whole. `asked`: the
 * field that the list was asked for, whose change is shown first.
 */
export function changeListOf(
  { class: of, content }: Pick<ItemWithContent, 'class'> & { content: Pick<ItemWithContent['content'], 'changes'> },
  flow: Flow,
  what: string,
  asked: string | null = null,
): ChangeList {
  const changes = [
    ...content.changes.filter(({ field }) => field === asked),
    ...content.changes.filter(({ field }) => field !== asked),
  ]
  const isNew = of === 'new'
  const title = `${what}（${changes.length}件）`
  if (isNew)
    return { title, isNew, brief: [], fold: changes.length > 0 ? { title, changes, whole: false, more: null } : null }
  const first = changes.slice(0, AT_ONCE)
  const brief = first.map(change => shortened(change, flow))
  const cut = first.filter((change, at) => brief[at]?.before !== change.before || brief[at].after !== change.after)
  const rest = changes.slice(AT_ONCE)
  const names = [...(rest.length > 0 ? [`ほか${rest.length}件`] : []), ...(cut.length > 0 ? ['番号の全桁'] : [])]
  const fold =
    names.length > 0 ? { title: names.join('・'), changes: [...cut, ...rest], whole: cut.length > 0, more: null } : null
  return { title, isNew, brief, fold }
}

/** Changes a page of 50 people prints at most: that keeps it below 60 kB. */
const PAGE_CHANGES = 175

/**
 * As many changes behind each fold as the page has room for, the same number for all. A page of people who are all new
 * would otherwise hold their whole records; the confirmation shows every one of them.
 */
export function withinPage<Row extends { changeList: ChangeList }>(rows: readonly Row[]): Row[] {
  const folded = ({ changeList: { fold } }: Row) => fold?.changes.length ?? 0
  const printed = (each: number) =>
    rows.reduce((sum, row) => sum + row.changeList.brief.length + Math.min(folded(row), each), 0)
  let each = Math.max(0, ...rows.map(folded))
  while (each > 0 && printed(each) > PAGE_CHANGES) each -= 1
  return rows.map(row => {
    const { fold } = row.changeList
    if (fold === null || fold.changes.length <= each) return row
    const left = fold.changes.length - each
    const more = `${each > 0 ? 'ほか' : ''}${left}件は、確認画面に表示します。`
    return { ...row, changeList: { ...row.changeList, fold: { ...fold, changes: fold.changes.slice(0, each), more } } }
  })
}
