import type { SyncFlow } from '../contract/contract.js'
import { amount } from '../contract/conversions.js'
import { paths } from '../paths.js'
import type { Label, PageLink, Table } from '../web/page.js'
import type { Check } from './check.store.js'
import { checkedAt, dayAndTime, differences, doomedAmong, postponed } from './check.words.js'
import { autoOffReasons, pausedReasons } from './pausing.js'
import { planSince } from './plan-age.js'
import type { Mode, Schedule } from './schedule.store.js'

/** A schedule and its newest checks. */
export interface Watched {
  schedule: Schedule
  /** newest first */
  checks: readonly Check[]
  /** the check that is under way */
  reading: Pick<Check, 'begunAt' | 'slotAt'> | null
  /** a run of the flow that is on, or has ended, since the newest check was read */
  ran: 'on' | 'over' | null
}

/** Checks in the chart. */
export const CHARTED = 30

/** 定期チェック of one flow on the dashboard. */
export interface Watch {
  id: string
  flow: string
  title: string
  status: Label | null
  text: string
  /** beside it: nothing is started by itself any more */
  warning: { text: string; link: PageLink } | null
  /** after the text: the report of what was started by itself, or where a check that is stopped goes on */
  link: PageLink | null
  /** there is something to look at: the run that holds the plan, or '' where it is to be read anew */
  look: { run: string; label: string } | null
  chart: Chart | null
}

/** What a bar stands for, by its look; see watch.css. */
const KEYS = {
  'bar-of-new': '新規',
  'bar-of-changed': '更新',
  'bar-of-failed': '確認できなかった回',
} as const

interface Bar {
  x: number
  y: number
  height: number
  look: keyof typeof KEYS
}

/** The last checks as bars, oldest first, and the same figures as a table. */
export interface Chart {
  label: string
  width: number
  height: number
  barWidth: number
  bars: Bar[]
  legend: readonly { look: string; label: string }[]
  table: Table & { rowView: string; rows: string[][] }
}

export interface WatchSection {
  watches: Watch[]
  link: PageLink
}

const DAY_MS = 24 * 3_600_000
/** After so long a figure says little. */
const OLD_MS = 2 * DAY_MS

const LOOKS: Readonly<Record<Mode, string>> = { notify: '内容を確認', confirm: '確認して同期', auto: '内容を確認' }

/** 「3日前」 */
const daysAgo = (at: Date, now: Date): string => `${amount(Math.floor((now.getTime() - at.getTime()) / DAY_MS))}日前`

const WAITING: Label = { label: '未確認', look: 'st-grey' }
const READING: Label = { label: '確認中', look: 'st-blue' }
const FAILED: Label = { label: '確認失敗', look: 'st-error' }
const SAME: Label = { label: '差分なし', look: 'st-grey' }
const DIFFERS: Label = { label: '差分あり', look: 'st-blue' }
const OLD: Label = { label: '最終確認', look: 'st-grey' }
const HELD: Label = { label: '確認待ち', look: 'st-warning' }
const STARTED: Label = { label: '自動で同期', look: 'st-blue' }
const STOPPED: Label = { label: '停止中', look: 'st-warning' }

const next = (schedule: Schedule): string => postponed(schedule) || `次回：${dayAndTime(schedule.nextAt)}`
const settingsOf = (connectorId: string): string => paths.schedule.to({ connector: connectorId })

type State = Pick<Watch, 'status' | 'text'> & Partial<Pick<Watch, 'link' | 'look'>>

/** What a check has found, when, and why the next one is late where it is. */
const checkedState = (schedule: Schedule, last: Check): string => {
  const found = last.new + last.changed > 0 ? differences(last) : ''
  return [`${found}${checkedAt(last)}確認`, doomedAmong(last), postponed(schedule)]
    .filter(part => part !== '')
    .join('　')
}

/** Something was found: what becomes of it. */
function foundState(schedule: Schedule, last: Check): State {
  const { mode } = schedule
  const found = checkedState(schedule, last)
  const look = { run: last.runId ?? '', label: LOOKS[mode] }
  if (last.automatic === 'started')
    return {
      status: STARTED,
      text: found,
      link: last.runId === null ? null : { href: paths.report.to({ id: last.runId }), label: '連携レポートを表示' },
    }
  if (last.automatic === 'held')
    return {
      status: HELD,
      text: `${found}　自動では同期していません。${(last.cause ?? '').split('\n').join('')}`,
      look,
    }
  return { status: DIFFERS, text: found, look }
}

const RAN = '同期が終わりました。'

/** A check is under way, or a run of the flow: what was found before says nothing of now. Null: it does. */
function unknownState({ schedule, checks, reading, ran }: Watched, now: Date): State | null {
  const [last] = checks
  if (reading)
    return {
      status: READING,
      text: `${reading.slotAt === null ? `${RAN}差分を確認し直しています` : '差分を確認しています'}（${checkedAt(reading)}開始）。終わると、ここに結果を表示します。`,
    }
  if (schedule.recountAt !== null) {
    const later = schedule.recountAt > now ? `${dayAndTime(schedule.recountAt)}に` : ''
    return { status: WAITING, text: `${RAN}差分を${later}確認し直します。` }
  }
  if (!last)
    return { status: WAITING, text: postponed(schedule) || `初回：${dayAndTime(schedule.nextAt)}に確認します。` }
  // What a check has started itself is told with its report.
  if (ran === 'on' && last.automatic !== 'started')
    return { status: WAITING, text: '同期を実行しています。終わった後に、差分を確認し直します。' }
  if (ran === 'over') return { status: WAITING, text: `${RAN}差分は、まだ確認し直していません。${next(schedule)}` }
  return null
}

/** What is known now, and since when; a figure that is out of date, or was not got, is not shown. */
function stateOf(watched: Watched, now: Date): State {
  const { schedule, checks } = watched
  const [last] = checks
  if (schedule.paused !== null) {
    const link = { href: settingsOf(schedule.connector), label: '定期チェックの設定を開く' }
    return { status: STOPPED, text: pausedReasons[schedule.paused], link }
  }
  const unknown = unknownState(watched, now)
  if (unknown || !last) return unknown ?? { status: null, text: '' }
  const differ = last.state === 'done' && last.new + last.changed > 0
  if (now.getTime() - last.begunAt.getTime() > OLD_MS) {
    // A plan that is to be gone on with is there until the next check.
    const isReady = differ && last.automatic === null && last.begunAt >= planSince(schedule.mode, now)
    const look = { run: last.runId ?? '', label: LOOKS[schedule.mode] }
    const text = `${daysAgo(last.begunAt, now)}　${next(schedule)}`
    return { status: OLD, text, ...(isReady && { look }) }
  }
  if (last.state !== 'done')
    return { status: FAILED, text: `${last.cause ?? ''}（${checkedAt(last)}）${next(schedule)}` }
  return differ ? foundState(schedule, last) : { status: SAME, text: checkedState(schedule, last) }
}

const BAR = 6
const STEP = 8
const HEIGHT = 48

/** A figure's bar; the highest takes all the height, and the smallest can be seen. */
const tall = (count: number, most: number): number =>
  count === 0 ? 0 : Math.max(2, Math.round((count / most) * HEIGHT))

const COLUMNS = [{ label: '確認日時' }, { label: '新規' }, { label: '更新' }, { label: '結果' }]

function chartOf(checks: readonly Check[]): Chart | null {
  if (checks.length < 2) return null
  const inOrder = [...checks].reverse()
  const most = Math.max(1, ...inOrder.map(check => check.new + check.changed))
  const bars = inOrder.flatMap((check, index): Bar[] => {
    const x = index * STEP
    if (check.state !== 'done') return [{ x, y: 0, height: HEIGHT, look: 'bar-of-failed' }]
    const [low, high] = [tall(check.changed, most), tall(check.new, most)]
    const all: Bar[] = [
      { x, y: HEIGHT - low, height: low, look: 'bar-of-changed' },
      { x, y: Math.max(0, HEIGHT - low - high), height: Math.min(high, HEIGHT - low), look: 'bar-of-new' },
    ]
    return all.filter(({ height }) => height > 0)
  })
  const label = `直近${String(checks.length)}回の定期チェック`
  return {
    label,
    width: CHARTED * STEP,
    height: HEIGHT,
    barWidth: BAR,
    bars,
    legend: Object.entries(KEYS).map(([look, label]) => ({ look, label })),
    table: {
      caption: { table: label, region: `${label}の表` },
      columns: COLUMNS,
      rowView: '/partials/rows/check',
      rows: checks.map(check =>
        check.state === 'done'
          ? [checkedAt(check), amount(check.new), amount(check.changed), '確認済み']
          : [dayAndTime(check.slotAt ?? check.begunAt), '―', '―', check.state === 'missed' ? '未実施' : '失敗'],
      ),
    },
  }
}

/** The dashboard's part about 定期チェック; null where the service has nothing that could be checked. */
export function watchSection(
  connectorId: string,
  { flows, watched, now }: { flows: readonly SyncFlow[]; watched: readonly Watched[]; now: Date },
): WatchSection | null {
  if (flows.length === 0) return null
  return {
    watches: flows.flatMap(flow => {
      const found = watched.find(({ schedule }) => schedule.flow === flow.id)
      if (!found) return []
      return [
        {
          id: `w-${flow.id}`,
          flow: flow.id,
          title: flow.panel.title,
          link: null,
          look: null,
          ...stateOf(found, now),
          warning:
            found.schedule.autoOff === null
              ? null
              : {
                  text: autoOffReasons[found.schedule.autoOff],
                  link: { href: settingsOf(connectorId), label: '定期チェックの設定を開く' },
                },
          chart: chartOf(found.checks),
        },
      ]
    }),
    link: {
      href: settingsOf(connectorId),
      label: watched.length > 0 ? '定期チェックの設定' : '定期チェックを始める',
    },
  }
}
