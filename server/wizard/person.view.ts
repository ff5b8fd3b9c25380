import type { Flow } from '../contract/contract.js'
import { amount, classLabel, type Label } from '../runs/labels.js'
import { problemsOf, shownKey } from '../runs/reasons.js'
import type { Change, ItemWithContent } from '../runs/run.js'

/** A person as the selection page and the dialog show one. */
export interface PersonRow {
  id: string
  label: Label
  key: string
  name: string
  kana: string
  detail: string
  /** null: cannot be chosen */
  ticked: boolean | null
  /** no button takes this one along; the hint says so until it is ticked */
  ownTick: { hint: string | null } | null
  reason: string
  problems: string[]
  notes: string[]
  changes: Change[]
  /** `more`: how many the page has no room for, in words */
  changeList: { title: string; isNew: boolean; more: string | null }
}

const OWN_TICK = 'まとめて選択する操作では選択されません。問題がなければ、この行にチェックを入れてください。'

/** What stands above a person's changes. */
const changesTitle = (isNew: boolean, { kind }: Flow): string =>
  isNew ? (kind === 'sync' ? '登録する項目' : '項目') : '変更する項目'

export function personRow(item: ItemWithContent, flow: Flow): PersonRow {
  const { changes, problems, notes } = item.content
  const isNew = item.class === 'new'
  const ticked = (isNew || item.class === 'changed') && !item.blocked ? item.selected : null
  return {
    id: item.id,
    label: classLabel(flow.words, item.class),
    key: shownKey(item),
    name: item.name,
    kana: item.kana,
    detail: item.detail,
    ticked,
    ownTick: item.ownTick ? { hint: ticked === false ? OWN_TICK : null } : null,
    reason: item.excludedReason ?? (item.class === 'same' ? '変更する項目はありません。' : ''),
    problems: problemsOf(problems, flow),
    notes,
    changes,
    changeList: { title: `${changesTitle(isNew, flow)}（${changes.length}件）`, isNew, more: null },
  }
}

/** Changes a selection page prints at most: with 50 people that keeps it below 60 kB. */
const PAGE_CHANGES = 200

/**
 * As many changes of each person as the page has room for, the same number for all. A page of people who are all new
 * would otherwise hold their whole records; the confirmation shows every one of them.
 */
export function withinPage(rows: readonly PersonRow[]): PersonRow[] {
  const printed = (each: number) => rows.reduce((sum, row) => sum + Math.min(row.changes.length, each), 0)
  let each = Math.max(0, ...rows.map(row => row.changes.length))
  while (printed(each) > PAGE_CHANGES) each -= 1
  return rows.map(row => {
    const changes = row.changes.slice(0, each)
    const left = row.changes.length - changes.length
    const more = left > 0 ? `ほか${left}件は、確認画面に表示します。` : null
    return { ...row, changes, changeList: { ...row.changeList, more } }
  })
}

/** Shown wherever people are taken by the page or all at once. */
export const ownTicksText = ({ words }: Pick<Flow, 'words'>, count: number): string =>
  `${words.key}がほかとよく似た${words.item}が、${amount(count)}${words.counter}${words.counter === '名' ? 'います' : 'あります'}。まとめて選択する操作では選択されません。内容を確認し、問題がない${words.item}だけ、1${words.counter}ずつチェックを入れてください。`
