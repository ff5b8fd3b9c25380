import type { Connection } from '../connections/connection.store.js'
import { unseenText } from '../connections/field-rules.view.js'
import { daysLeft, hasExpired } from '../connections/own-connection.js'
import { atOnceOf, type AtOnce, type Connector, type Flow } from '../contract/contract.js'
import { FIELD_RULES, type RuledField } from '../contract/field-rules.js'
import { paths } from '../paths.js'
import { blockedMessage, connectLink, reconnectLink } from '../runs/blocked.view.js'
import { progressBar, type ProgressBar } from '../runs/progress.view.js'
import { mayStart, type StartFacts } from '../runs/may-start.js'
import { startedBy, type Run } from '../runs/run.js'
import { asksFirst } from '../runs/step-urls.js'
import {
  at,
  closedSentence,
  closesSoonSentence,
  resultCounts,
  runLabel,
  unconfirmedOf,
  type Label,
} from '../runs/labels.js'
import type { WatchSection } from '../schedule/watch.view.js'
import type { Fact, Page, PageLink, Table } from '../web/page.js'
import { waitingApprovals, type ApprovalsInput, type WaitingApproval } from './waiting-approvals.view.js'
import { labelOf, listTitle, runList, titleOf, wordsOf, type RunList } from './run-list.view.js'

export interface HistoryRow {
  at: string
  label: string
  href: string
  direction: string
  result: Label | null
  counts: string
  /** 要確認, where there is something to look at */
  unconfirmed: ReturnType<typeof unconfirmedOf>
  by: string
}

/** The history: one entry when a run starts and one when it ends, newest first. */
export function historyRows(connector: Connector, runs: readonly Run[], limit: number): HistoryRow[] {
  const entries = runs.flatMap(run => {
    const common = {
      href: paths.report.to({ id: run.id }),
      direction: titleOf(connector, run),
      by: startedBy(run),
    }
    const label = labelOf(connector, run)
    const started = {
      ...common,
      time: run.queuedAt,
      label: `${label}開始`,
      result: run.endedAt ? null : runLabel(run, wordsOf(connector, run)),
      counts: '',
      unconfirmed: null,
    }
    const ended = {
      ...common,
      time: run.endedAt,
      label: `${label}終了`,
      result: runLabel(run, wordsOf(connector, run)),
      counts: resultCounts(run),
      unconfirmed: unconfirmedOf(run),
    }
    return run.endedAt ? [ended, started] : [started]
  })
  return entries
    .sort((a, b) => (b.time?.getTime() ?? 0) - (a.time?.getTime() ?? 0))
    .slice(0, limit)
    .map(({ time, ...row }) => ({ ...row, at: at(time) }))
}

/** Entries on a dashboard. */
export const RECENT = 10

export interface Panel {
  id: string
  title: string
  lead: string
  button: string
  href: string | null
  /** its first page makes the run; otherwise the button here does */
  asksFirst: boolean
  /** one click instead of a wizard: the flow to post, its words */
  atOnce: AtOnce | null
  /** why there is no button, and where to go about it */
  reason: { text: string; link: PageLink | null } | null
}

/** The history as a table, and which template draws a row of it. */
export interface HistoryList extends Table {
  rowView: '/partials/rows/history'
  rows: HistoryRow[]
}

/** The newest entries of runs, or the runs themselves; see the connector's dashboard.recent. */
export interface Recent {
  title: string
  list: HistoryList | RunList
  /** null: there are none to see */
  all: PageLink | null
  /** 変更者一覧 */
  changes: PageLink
}

export interface Status {
  label: Label
  facts: Fact[]
  edit: string
}

export interface DashboardPage extends Page {
  notice: {
    kind: 'info' | 'warning' | 'sync'
    text: string
    link: PageLink | null
    primary?: true
    progress?: ProgressBar
  } | null
  /** runs that wait for an administrator's agreement: the others' to decide on, and one's own; see docs/approval.md */
  approvals: WaitingApproval[]
  /** what to press, or what is to be seen where there is nothing to press */
  lead: string
  /** what the service can't do */
  alert: { text: string; instead: PageLink | null; links: readonly PageLink[] } | null
  panels: Panel[]
  recent: Recent
  /** 定期チェック */
  watch: WatchSection | null
  status: Status | null
  /** what to know all the time */
  advice: Connector['dashboard']['advice'] | null
}

function statusOf(connector: Connector, connection: Connection, now: Date): Status {
  const { labels, auth } = connector
  const look = hasExpired(connection, now)
    ? { label: '有効期限切れ', look: 'st-error' }
    : connection.state === 'reconnect_needed'
      ? { label: '再連携が必要', look: 'st-error' }
      : { label: '連携中', look: 'st-green' }
  return {
    label: look,
    facts: [
      [labels.account, connection.accountName],
      ...(connection.accountCode ? [[labels.accountCode, connection.accountCode] as const] : []),
      ...(auth.perAdmin ? [[auth.perAdmin.texts.daysLeft, `${daysLeft(connection.validUntil, now)}日`] as const] : []),
      ['連携日時', at(connection.createdAt)],
    ],
    edit: paths.connection.to({ connector: connector.id }),
  }
}

const HISTORY_COLUMNS = [{ label: '日時' }, { label: '操作内容' }, { label: '実行結果' }, { label: '実行者' }]

function recentOf({ connector, runs, now }: DashboardInput): Recent {
  const { recent, recentTitle } = connector.dashboard
  const list: Recent['list'] =
    recent === 'reports'
      ? runList(connector, runs, now)
      : {
          caption: { table: recentTitle, region: `${recentTitle}の表` },
          columns: HISTORY_COLUMNS,
          rowView: '/partials/rows/history',
          rows: historyRows(connector, runs, RECENT),
        }
  return {
    title: recentTitle,
    list,
    changes: { href: paths.changes.to({ connector: connector.id }), label: '変更者一覧' },
    all:
      list.rows.length > 0 ? { href: paths.runs.to({ connector: connector.id }), label: listTitle(connector) } : null,
  }
}

interface DashboardInput extends StartFacts, ApprovalsInput {
  connector: Connector
  active: Run | null
  runs: readonly Run[]
  /** fields that came with a later release than the 項目の設定 were saved under */
  unseen: readonly RuledField[]
  /** 定期チェック; null: nothing could be checked */
  watch: WatchSection | null
}

const connectionPath = ({ id }: Connector): string => paths.connection.to({ connector: id })

/** A connection of limited life that has ended, or is about to. */
function endNotice({ connector, connection, now }: DashboardInput): DashboardPage['notice'] {
  const { perAdmin } = connector.auth
  if (!perAdmin || !connection?.validUntil) return null
  const renew = { href: connectionPath(connector), label: perAdmin.texts.renew }
  if (hasExpired(connection, now)) return { kind: 'warning', text: perAdmin.texts.expired, link: renew }
  const left = daysLeft(connection.validUntil, now)
  if (left > perAdmin.warnDays) return null
  const text = `${connector.labels.product}との連携の有効期限まで、あと${left}日です。期限が切れると、同期できなくなります。`
  return { kind: 'warning', text, link: renew }
}

/** The one thing to know first: no connection, a broken one, a run at work, the service's hours. */
function noticeOf(input: DashboardInput): DashboardPage['notice'] {
  const { connector, connection, active } = input
  const { labels, auth } = connector
  const here = paths.dashboard.to({ connector: connector.id })
  if (!connection) {
    return { kind: 'info', text: auth.texts.notice, link: connectLink(connector), primary: true }
  }
  const ending = endNotice(input)
  if (ending) return ending
  if (connection.state === 'reconnect_needed') {
    const cause = auth.consent
      ? '連携の有効期限が切れたか、許可が取り消されています。もう一度許可してください。'
      : '保存している内容では接続できません。入力し直してください。'
    const text = `${labels.product}との再連携が必要です。${cause}`
    return { kind: 'warning', text, link: reconnectLink(connector, 'service', here) }
  }
  if (!input.smarthrActive) {
    const text =
      'SmartHRとの再連携が必要です。連携の有効期限が切れたか、許可が取り消されています。もう一度許可してください。'
    return { kind: 'warning', text, link: reconnectLink(connector, 'smarthr', here) }
  }
  if (active) {
    return {
      kind: 'sync',
      text: 'データ連携を実行中です。',
      progress: progressBar(active, wordsOf(connector, active), input.now),
      link: {
        href: paths.report.to({ id: active.id }),
        label: `${wordsOf(connector, active).act}の実行状況を確認する`,
      },
    }
  }
  const closed = closedSentence(connector, input.now)
  if (closed !== null) return { kind: 'warning', text: closed, link: null }
  if (input.unseen.length > 0) {
    const link = { href: paths.fieldRules.to({ connector: connector.id }), label: FIELD_RULES }
    return { kind: 'info', text: unseenText(input.unseen), link }
  }
  const soon = closesSoonSentence(connector, input.now)
  return soon === null ? null : { kind: 'info', text: soon, link: null }
}

/** Why a flow has no button, and where to go about it; null where it has one. */
function reasonFor(flow: Flow, input: DashboardInput): Panel['reason'] {
  const { connector } = input
  const start = mayStart(connector, flow, input)
  if (!('blocked' in start)) return null
  const { blocked } = start
  switch (blocked.because) {
    case 'not-connected':
      return { text: `${connector.labels.product}と連携すると、開始できます。`, link: null }
    case 'reconnect': {
      const { link = null } = blockedMessage(connector, blocked)
      return { text: '再連携すると、開始できます。', link }
    }
    case 'settings-missing':
    case 'token-missing':
    case 'closed': {
      const { text, link = null } = blockedMessage(connector, blocked)
      return { text, link }
    }
    // The notice above leads to it.
    case 'running':
      return { text: '実行中の処理が終わると、開始できます。', link: null }
    // The notice above has said so, and the button leads to what can be done.
    case 'expired':
      return null
  }
}

function alertOf({ dashboard: { alert } }: Connector): DashboardPage['alert'] {
  if (!alert) return null
  const { text, links, instead } = alert
  const there = instead && { href: paths.dashboard.to({ connector: instead.connector }), label: instead.label }
  return { text, instead: there ?? null, links }
}

/** What the page is for just now: it names no buttons where there are none. */
function leadOf({ connector, connection, active }: DashboardInput, panels: readonly Panel[]): string {
  if (panels.some(({ href }) => href !== null)) return connector.dashboard.lead
  if (!connection) return connector.labels.summary
  if (active)
    return `実行中の${wordsOf(connector, active).act}の進み具合と、これまでの結果を確認できます。終わると、次の処理を開始できます。`
  return 'これまでの結果を確認できます。表示されている理由に対応すると、開始できるようになります。'
}

/** What a dashboard shows for a connector in any state. */
export function dashboardPage(input: DashboardInput): DashboardPage {
  const { connector, connection } = input
  const { labels, dashboard } = connector
  const panels = connector.flows.map(flow => {
    const reason = reasonFor(flow, input)
    return {
      id: flow.id,
      ...flow.panel,
      href: reason ? null : paths.newRun.to({ connector: connector.id }, { flow: flow.id }),
      asksFirst: asksFirst(flow),
      atOnce: atOnceOf(flow) ?? null,
      reason,
    }
  })
  return {
    title: labels.dashboard,
    wide: true,
    notice: noticeOf(input),
    approvals: waitingApprovals(connector, input),
    lead: leadOf(input, panels),
    alert: alertOf(connector),
    panels,
    recent: recentOf(input),
    watch: input.watch,
    status: connection && statusOf(connector, connection, input.now),
    advice: dashboard.advice ?? null,
  }
}
