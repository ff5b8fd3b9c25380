import type { Flow } from '../contract/contract.js'
import { amount, classLabel, thereAre, type Label } from '../runs/labels.js'
import { changeListOf, type ChangeList } from '../runs/change-list.js'
import { storyLink } from '../runs/crew-link.js'
import { problemsOf, shownKey } from '../runs/reasons.js'
import type { ItemWithContent } from '../runs/run.js'
import type { PageLink } from '../web/page.js'

/** A person as the selection page and the dialog show one. */
export interface PersonRow {
  id: string
  label: Label
  key: string
  /** there is no key, nor what stands in for it: why the list begins with this one */
  noKey: string | null
  name: string
  kana: string
  detail: string
  /** null: cannot be chosen */
  ticked: boolean | null
  /** no button takes this one along; `hint` says so until it is ticked, null where a problem says it */
  ownTick: { hint: string | null } | null
  reason: string
  problems: string[]
  notes: string[]
  /** to the person's story; null: SmartHR has nobody yet */
  story: string | null
  /** to where something is to be put right, each in a new tab */
  remedies: readonly PageLink[]
  changeList: ChangeList
}

const OWN_TICK = 'まとめて選択する操作では選択されません。問題がなければ、この行にチェックを入れてください。'

/** What stands above a person's changes. */
const changesTitle = (isNew: boolean, { kind }: Flow): string =>
  isNew ? (kind === 'sync' ? '登録する項目' : '項目') : '変更する項目'

export function personRow(
  item: ItemWithContent,
  flow: Flow,
  remedies: readonly PageLink[] = [],
  asked: string | null = null,
): PersonRow {
  const { problems, notes } = item.content
  const isNew = item.class === 'new'
  const key = shownKey(item)
  const ticked = (isNew || item.class === 'changed') && !item.blocked ? item.selected : null
  return {
    id: item.id,
    label: classLabel(flow.words, item.class),
    key,
    noKey: key === '' ? `${flow.words.key}がありません` : null,
    name: item.name,
    kana: item.kana,
    detail: item.detail,
    ticked,
    ownTick: item.ownTick || problems.length > 0 ? { hint: item.ownTick && ticked === false ? OWN_TICK : null } : null,
    reason: item.excludedReason ?? (item.class === 'same' ? '変更する項目はありません。' : ''),
    problems: problemsOf(problems, flow),
    notes,
    story: storyLink(flow, item),
    remedies,
    changeList: changeListOf(item, flow, changesTitle(isNew, flow), asked),
  }
}

/** Shown wherever people are taken by the page or all at once. */
export const ownTicksText = ({ words }: Pick<Flow, 'words'>, count: number): string =>
  `${words.key}がほかとよく似た${words.item}が、${amount(count)}${words.counter}${thereAre(words)}。まとめて選択する操作では選択されません。内容を確認し、問題がない${words.item}だけ、1${words.counter}ずつチェックを入れてください。`
