import { writtenPeriod, type Connector, type Flow, type Words } from '../contract/contract.js'
import { amount } from '../contract/conversions.js'
import { paths } from '../paths.js'
import { jstDate, jstDateTime } from '../platform/clock.js'
import { closedSpell, nextClosedSpell } from '../calls/maintenance.js'
import type { Label } from '../web/page.js'
import {
  hadSelection,
  isAsked,
  isHeldBack,
  isPublished,
  type ItemClass,
  type ItemWithContent,
  type Outcome,
  type RepeatedOutcome,
  type Run,
  type RunState,
} from './run.js'

/** The words of states, classes and outcomes; one place for screens, so that they never differ. */
export type { Label }

export const runLabels: Readonly<Record<RunState, Label>> = {
  draft: { label: '下書き', look: 'st-grey' },
  fetching: { label: '取得中', look: 'st-blue' },
  ready: { label: '同期待ち', look: 'st-blue-filled' },
  queued: { label: '受付済み', look: 'st-grey' },
  running: { label: '同期中', look: 'st-blue' },
  succeeded: { label: '成功', look: 'st-grey' },
  partly_failed: { label: '一部失敗', look: 'st-warning' },
  failed: { label: '失敗', look: 'st-error' },
  aborted: { label: '中止', look: 'st-grey' },
  cancelled: { label: 'キャンセル', look: 'st-grey' },
  expired: { label: '期限切れ', look: 'st-grey' },
  checking: { label: '確認中', look: 'st-blue' },
  checked: { label: '確認済み', look: 'st-grey' },
}

/** 「2026年11月分の情報として登録します。」 where the target keeps several periods; null elsewhere. */
export function periodSentence(flow: Flow, run: Pick<Run, 'fetchBegunAt' | 'undoneAt'>): string | null {
  const period = run.fetchBegunAt && writtenPeriod(flow, jstDate(run.fetchBegunAt))
  if (period === null) return null
  return run.undoneAt ? `${period}の情報を、元に戻します。` : `${period}の情報として登録します。`
}

/** What new people get by the connector's settings, for the dialog and the report. */
export const settingFacts = ({ settings }: Pick<Connector, 'settings'>, options: Run['options']): [string, string][] =>
  (settings?.fields ?? []).flatMap(({ name, label }): [string, string][] =>
    options[name] ? [[`新規登録の${label}`, options[name].label]] : [],
  )

/** A run's state in words; a snapshot on offer is not at work. */
export const runLabel = (
  run: Pick<Run, 'state' | 'publishedAt' | 'atOnce' | 'automatic' | 'approval'>,
  { act }: Pick<Words, 'act'>,
): Label => {
  const { label, look } = runLabels[run.state]
  if (isAsked(run)) return { label: '承認待ち', look: 'st-warning' }
  if (isHeldBack(run)) return { label: '確認待ち', look: 'st-warning' }
  return isPublished(run) ? { label: '公開中', look: 'st-blue' } : { label: label.replace('同期', act), look }
}

/** A state as a connector's runs show it: where flows do different things, each one's word. */
export const stateLabel = ({ flows }: Pick<Connector, 'flows'>, state: RunState): string =>
  [...new Set(flows.map(({ words }) => runLabels[state].label.replace('同期', words.act)))].join('・')

export const classLabels: Readonly<Record<ItemClass, Label>> = {
  new: { label: '新規登録', look: 'st-green' },
  changed: { label: '差分あり', look: 'st-blue' },
  same: { label: '差分なし', look: 'st-grey' },
  excluded: { label: '対象外', look: 'st-grey' },
}

/** A class in the words of a flow. */
export const classLabel = (words: Pick<Words, 'new'>, name: ItemClass): Label =>
  name === 'new' ? { ...classLabels.new, label: words.new } : classLabels[name]

/** What the classes are called together: 変更差分 only where records are compared. */
export const classTitle = ({ kind }: Pick<Flow, 'kind'>): string => (kind === 'sync' ? '変更差分' : '区分')

export const outcomeLabels: Readonly<Record<Outcome | 'pending', Label>> = {
  succeeded: { label: '成功', look: 'st-grey' },
  failed: { label: '失敗', look: 'st-error' },
  unconfirmed: { label: '要確認', look: 'st-doubt' },
  not_run: { label: '未実行', look: 'st-grey' },
  pending: { label: '処理待ち', look: 'st-blue' },
}

/** What went through and needs a look says both. */
export const outcomeLabel = ({ outcome, reason }: Pick<ItemWithContent, 'outcome' | 'reason'>): Label =>
  outcome === 'succeeded' && reason !== null
    ? { ...outcomeLabels.unconfirmed, label: `${outcomeLabels.succeeded.label}・${outcomeLabels.unconfirmed.label}` }
    : outcomeLabels[outcome ?? 'pending']

/** 「います」 or 「あります」: people and things have different verbs. */
export const thereAre = ({ counter }: Pick<Words, 'counter'>): string => (counter === '名' ? 'います' : 'あります')

/** 「いません」 or 「ありません」 */
export const noneOf = ({ counter }: Pick<Words, 'counter'>): string => (counter === '名' ? 'いません' : 'ありません')

/** The answer to a button that takes those who are ticked. */
export const noneChosen = ({ item }: Pick<Words, 'item'>): string =>
  `${item}が選択されていません。${item}にチェックを入れてください。`

/** The report's buttons that begin a new run of just those. */
export const repeatButtons: Readonly<Record<RepeatedOutcome, string>> = {
  failed: '失敗した対象だけ再実行',
  unconfirmed: '要確認の対象だけ再実行',
  not_run: '未実行の対象だけ再実行',
}

export { amount }

/** 「2026年11月」 of a plain date. */
export const monthOf = (date: string): string => `${Number(date.slice(0, 4))}年${Number(date.slice(5, 7))}月`

export const at = (date: Date | null): string => (date ? jstDateTime(date) : '')

/** 「1分未満」「3分」「1時間2分」 */
export function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return '1分未満'
  const hours = Math.floor(minutes / 60)
  if (hours === 0) return `${minutes}分`
  return minutes % 60 === 0 ? `${hours}時間` : `${hours}時間${minutes % 60}分`
}

/** 「成功: 60件 失敗: 2件」 */
export const resultCounts = (run: Pick<Run, 'succeededCount' | 'failedCount'>): string =>
  `成功: ${amount(run.succeededCount)}件 失敗: ${amount(run.failedCount)}件`

/** 「要確認 1件」, and the part of the report that names them; null where there are none. */
export const unconfirmedOf = (run: Pick<Run, 'id' | 'unconfirmedCount'>): { status: Label; href: string } | null =>
  run.unconfirmedCount > 0
    ? {
        status: { ...outcomeLabels.unconfirmed, label: `要確認 ${amount(run.unconfirmedCount)}件` },
        href: `${paths.report.to({ id: run.id })}#unconfirmed`,
      }
    : null

/** 「8:30〜10:00、17:30〜18:30」 */
const hoursOf = ({ maintenance }: Connector): string =>
  (maintenance?.windows ?? []).map(({ from, to }) => `${unpadded(from)}〜${unpadded(to)}`).join('、')

const unpadded = (time: string) => time.replace(/^0/, '')

/** Why a service can't be used at this hour, and from when it can; null while it is open. */
export function closedSentence(connector: Connector, now: Date): string | null {
  const spell = closedSpell(connector.maintenance, now)
  if (!spell) return null
  return `${connector.labels.product}のメンテナンス時間（${hoursOf(connector)}）のため、連携機能を利用できません。${unpadded(spell.opensAt)}以降に、やり直してください。`
}

/** Beside a time of day that is chosen: what becomes of one that lies within the closed hours; '' for a service without. */
export const closedHoursHelp = (connector: Connector): string =>
  connector.maintenance
    ? `${connector.labels.product}のメンテナンス時間（${hoursOf(connector)}）にあたるときは、終わってから確認します。`
    : ''

const SOON_MS = 10 * 60_000

/** Notice that a service closes within ten minutes; null when it does not. */
export function closesSoonSentence(connector: Connector, now: Date): string | null {
  const spell = nextClosedSpell(connector.maintenance, now)
  if (!spell || spell.from <= now || spell.from.getTime() - now.getTime() > SOON_MS) return null
  return `まもなく${connector.labels.product}のメンテナンス時間（${hoursOf(connector)}）です。メンテナンス時間中は、取得と同期を一時停止し、${unpadded(spell.opensAt)}に再開します。`
}

/** How many the flow's rule has left out, for a run whose selection was not shown; null where it left out none. */
export const leftOutSentence = (flow: Flow, run: Pick<Run, 'counts' | 'atOnce'>): string | null =>
  !hadSelection(flow, run) && run.counts.leftOut > 0 && flow.words.leftOut !== null
    ? flow.words.leftOut.replace('{n}', amount(run.counts.leftOut)).replace('表示していません', '対象にしていません')
    : null

/** Why a person took no part: a reason of the plan's, or a tick of their own that was not given. */
export const leftReason = ({ excludedReason, content }: Pick<ItemWithContent, 'excludedReason' | 'content'>): string =>
  excludedReason ??
  `${content.notes.join('')}チェックが入っていないため、対象にしていません。対象にする場合は、内容を確認してチェックを入れてください。`
