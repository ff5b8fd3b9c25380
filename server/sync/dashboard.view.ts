import type { Connection } from '../connections/connection.store.js'
import type { Connector } from '../connectors/contract.js'
import { paths } from '../paths.js'
import type { Run } from './run.js'
import { at, plainDate, resultCounts, runLabels, type Label } from './words.js'

export interface HistoryRow {
  at: string
  label: string
  href: string
  direction: string
  result: Label | null
  counts: string
  by: string
}

const titleOf = (connector: Connector, run: Run) =>
  connector.flows.find(flow => flow.id === run.flow)?.panel.title ?? ''

const labelOf = (connector: Connector, run: Run) =>
  connector.flows.find(flow => flow.id === run.flow)?.historyLabel ?? ''

/** The history: one entry when a run starts and one when it ends (freee §7.3), newest first. */
export function historyRows(connector: Connector, runs: readonly Run[], limit: number): HistoryRow[] {
  const entries = runs.flatMap(run => {
    const common = {
      href: paths.report.to({ id: run.id }),
      direction: titleOf(connector, run),
      by: run.adminName,
    }
    const label = labelOf(connector, run)
    const started = { ...common, time: run.queuedAt, label: `${label}開始`, result: null, counts: '' }
    const ended = {
      ...common,
      time: run.endedAt,
      label: `${label}終了`,
      result: runLabels[run.state],
      counts: resultCounts(run),
    }
    return run.endedAt ? [ended, started] : [started]
  })
  return entries
    .sort((a, b) => (b.time?.getTime() ?? 0) - (a.time?.getTime() ?? 0))
    .slice(0, limit)
    .map(({ time, ...row }) => ({ ...row, at: at(time) }))
}

export interface Panel {
  id: string
  title: string
  lead: string
  button: string
  href: string | null
  /** why there is no button, and where to go about it */
  reason: { text: string; href: string; label: string } | null
}

export interface DashboardPage {
  title: string
  notice: { kind: 'info' | 'warning' | 'sync'; text: string; href: string; label: string } | null
  panels: Panel[]
  status: { label: Label; account: string; code: string; since: string; by: string; edit: string } | null
  history: HistoryRow[]
  all: string
}

/** What a dashboard shows for a connector in any state (freee §7.1). */
export function dashboardPage(input: {
  connector: Connector
  connection: Connection | null
  smarthrActive: boolean
  settingsSaved: boolean
  active: Run | null
  history: readonly Run[]
}): DashboardPage {
  const { connector, connection, active } = input
  const { id, labels, auth } = connector
  const connectionPath = paths.connection.to({ connector: id })
  const broken = connection?.state === 'reconnect_needed'

  const notice = (): DashboardPage['notice'] => {
    if (!connection) {
      return { kind: 'info', text: auth.texts.notice, href: connectionPath, label: auth.texts.noticeLink }
    }
    if (broken) {
      const text = `${labels.product}との再連携が必要です。連携の有効期限が切れたか、許可が取り消されています。`
      return { kind: 'warning', text, href: connectionPath, label: '再連携する' }
    }
    if (!input.smarthrActive) {
      const text = 'SmartHRとの再連携が必要です。連携の有効期限が切れたか、許可が取り消されています。'
      return {
        kind: 'warning',
        text,
        href: paths.signIn.to({}, { returnTo: paths.dashboard.to({ connector: id }) }),
        label: '再連携する',
      }
    }
    if (active) {
      return {
        kind: 'sync',
        text: 'データ連携を実行中です。',
        href: paths.report.to({ id: active.id }),
        label: '同期の実行状況を確認する',
      }
    }
    return null
  }

  const reasonFor = (needsSettings: boolean): Panel['reason'] => {
    if (!connection)
      return {
        text: `${labels.product}と連携すると、同期を開始できます。`,
        href: connectionPath,
        label: auth.texts.noticeLink,
      }
    if (broken || !input.smarthrActive)
      return { text: '再連携すると、同期を開始できます。', href: connectionPath, label: '連携状況を編集' }
    if (needsSettings && !input.settingsSaved && connector.settings) {
      return {
        text: connector.settings.missing,
        href: paths.settings.to({ connector: id }),
        label: connector.settings.title,
      }
    }
    return null
  }

  return {
    title: labels.dashboard,
    notice: notice(),
    panels: connector.flows.map(flow => {
      const reason = reasonFor(flow.needsSettings)
      return {
        id: flow.id,
        ...flow.panel,
        href: reason ? null : paths.newRun.to({ connector: id }, { flow: flow.id }),
        reason,
      }
    }),
    status: connection && {
      label: broken ? { label: '再連携が必要', look: 'st-error' } : { label: '連携中', look: 'st-green' },
      account: connection.accountName,
      code: connection.accountCode,
      since: at(connection.createdAt),
      by: connection.createdByName,
      edit: connectionPath,
    },
    history: historyRows(connector, input.history, 10),
    all: paths.runs.to({ connector: id }),
  }
}

export interface RunRow {
  href: string
  state: Label
  title: string
  date: string
  received: string
  summary: string
  by: string
}

/** The report list: every run from the reading on. */
export const runRows = (connector: Connector, runs: readonly Run[]): RunRow[] =>
  runs.map(run => ({
    href: paths.report.to({ id: run.id }),
    state: runLabels[run.state],
    title: titleOf(connector, run),
    date: plainDate(run.referenceDate),
    received: at(run.queuedAt ?? run.createdAt),
    summary: run.queuedAt ? resultCounts(run) : '',
    by: run.adminName,
  }))
