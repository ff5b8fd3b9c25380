import type { Connection } from '../connections/connection.store.js'
import { daysLeft, hasExpired } from '../connections/link.js'
import {
  atOnceOf,
  errorFileOf,
  needsSettings,
  peopleWords,
  type AtOnce,
  type Connector,
  type Flow,
  type Words,
} from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { paths } from '../paths.js'
import { publishedFor } from '../runs/publications.js'
import { isPublished, type Run } from '../runs/run.js'
import { dateText } from '../wizard/wizard.view.js'
import { at, plainDate, resultCounts, runLabel, type Label } from '../runs/labels.js'

export interface HistoryRow {
  at: string
  label: string
  href: string
  direction: string
  result: Label | null
  counts: string
  by: string
}

const flowOfRun = (connector: Connector, run: Run) => connector.flows.find(flow => flow.id === run.flow)

/** A run of a flow that is no more was a 同期. */
const wordsOf = (connector: Connector, run: Run): Words => flowOfRun(connector, run)?.words ?? peopleWords

/** What the run does; the year, too, where two of them may be on offer side by side. */
function titleOf(connector: Connector, run: Run): string {
  const flow = flowOfRun(connector, run)
  const year = flow ? publishedFor(flow, run) : ''
  return `${flow?.panel.title ?? ''}${year === '' ? '' : `（${year}年）`}`
}

const labelOf = (connector: Connector, run: Run) =>
  connector.flows.find(flow => flow.id === run.flow)?.historyLabel ?? ''

/** The history: one entry when a run starts and one when it ends, newest first. */
export function historyRows(connector: Connector, runs: readonly Run[], limit: number): HistoryRow[] {
  const entries = runs.flatMap(run => {
    const common = {
      href: paths.report.to({ id: run.id }),
      direction: titleOf(connector, run),
      by: run.adminName,
    }
    const label = labelOf(connector, run)
    const started = {
      ...common,
      time: run.queuedAt,
      label: `${label}開始`,
      result: isPublished(run) ? runLabel(run, wordsOf(connector, run)) : null,
      counts: '',
    }
    const ended = {
      ...common,
      time: run.endedAt,
      label: `${label}終了`,
      result: runLabel(run, wordsOf(connector, run)),
      counts: resultCounts(run),
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
  /** one click instead of a wizard: the flow to post, its words */
  atOnce: AtOnce | null
  /** why there is no button, and where to go about it */
  reason: { text: string; href: string | null; label: string } | null
}

export interface DashboardPage {
  title: string
  notice: { kind: 'info' | 'warning' | 'sync'; text: string; href: string | null; label: string } | null
  panels: Panel[]
  status: {
    label: Label
    account: string
    code: string
    daysLeft: string | null
    since: string
    by: string
    edit: string
  } | null
  /** entries of runs, or the runs themselves; see the connector's dashboard.recent */
  history: HistoryRow[]
  reports: RunRow[]
  all: string
}

/** What a dashboard shows for a connector in any state. */
export function dashboardPage(input: {
  connector: Connector
  connection: Connection | null
  smarthrActive: boolean
  settingsSaved: boolean
  /** what the service has tokens to fetch */
  fetchable: readonly string[]
  active: Run | null
  runs: readonly Run[]
  /** why the service can't be reached at this hour, or soon will not be */
  closed: string | null
  closesSoon: string | null
  now: Date
}): DashboardPage {
  const { connector, connection, active } = input
  const { id, labels, auth } = connector
  const { link } = auth
  const expired = connection !== null && hasExpired(connection, input.now)
  const connectionPath = paths.connection.to({ connector: id })
  const broken = connection?.state === 'reconnect_needed'

  const notice = (): DashboardPage['notice'] => {
    if (!connection) {
      return { kind: 'info', text: auth.texts.notice, href: connectionPath, label: auth.texts.noticeLink }
    }
    if (link && connection.validUntil) {
      if (expired) return { kind: 'warning', text: link.texts.expired, href: connectionPath, label: link.texts.renew }
      const left = daysLeft(connection.validUntil, input.now)
      if (left <= link.warnDays) {
        const text = `${labels.product}との連携の有効期限まで、あと${left}日です。期限が切れると、同期できなくなります。`
        return { kind: 'warning', text, href: connectionPath, label: link.texts.renew }
      }
    }
    if (broken) {
      const cause = auth.consent
        ? '連携の有効期限が切れたか、許可が取り消されています。'
        : '保存している内容では接続できません。'
      const text = `${labels.product}との再連携が必要です。${cause}`
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
        text: `データ連携を実行中です。${active.waitingReason ?? ''}`,
        href: paths.report.to({ id: active.id }),
        label: `${wordsOf(connector, active).act}の実行状況を確認する`,
      }
    }
    const hours = input.closed ?? input.closesSoon
    return hours === null
      ? null
      : { kind: input.closed === null ? 'info' : 'warning', text: hours, href: null, label: '' }
  }

  const reasonFor = (flow: Flow): Panel['reason'] => {
    if (!connection)
      return {
        text: `${labels.product}と連携すると、開始できます。`,
        href: connectionPath,
        label: auth.texts.noticeLink,
      }
    if (broken || !input.smarthrActive)
      return { text: '再連携すると、開始できます。', href: connectionPath, label: '連携状況を編集' }
    if (needsSettings(flow) && !input.settingsSaved) {
      const { missing, title } = declared(connector.settings, 'settings')
      return { text: missing, href: paths.settings.to({ connector: id }), label: title }
    }
    if (flow.kind === 'publication' && !input.fetchable.includes(flow.publication.resource)) {
      const { missing, title } = declared(connector.accessTokens, 'accessTokens')
      return { text: missing, href: paths.accessTokens.to({ connector: id }), label: title }
    }
    return input.closed === null ? null : { text: input.closed, href: null, label: '' }
  }

  return {
    title: labels.dashboard,
    notice: notice(),
    panels: connector.flows.map(flow => {
      const reason = reasonFor(flow)
      return {
        id: flow.id,
        ...flow.panel,
        href: reason ? null : paths.newRun.to({ connector: id }, { flow: flow.id }),
        atOnce: atOnceOf(flow) ?? null,
        reason,
      }
    }),
    status: connection && {
      label: expired
        ? { label: '有効期限切れ', look: 'st-error' }
        : broken
          ? { label: '再連携が必要', look: 'st-error' }
          : { label: '連携中', look: 'st-green' },
      account: connection.accountName,
      code: connection.accountCode,
      daysLeft: link ? `${daysLeft(connection.validUntil, input.now)}日` : null,
      since: at(connection.createdAt),
      by: connection.createdByName,
      edit: connectionPath,
    },
    history: connector.dashboard.recent === 'history' ? historyRows(connector, input.runs, RECENT) : [],
    reports: connector.dashboard.recent === 'reports' ? runRows(connector, input.runs) : [],
    all: paths.runs.to({ connector: id }),
  }
}

const dateOf = (connector: Connector, run: Run) => {
  const flow = flowOfRun(connector, run)
  return flow ? dateText(flow, run.referenceDate) : plainDate(run.referenceDate)
}

const stateOf = (connector: Connector, run: Run): Label => {
  const label = runLabel(run, wordsOf(connector, run))
  return { ...label, label: connector.dashboard.states?.[run.state] ?? label.label }
}

export interface RunRow {
  href: string
  state: Label
  title: string
  date: string
  received: string
  ended: string
  /** the flow's own error file, when there is something in it */
  errorFile: string | null
  summary: string
  by: string
}

/** The report list: every run from the reading on. */
export const runRows = (connector: Connector, runs: readonly Run[]): RunRow[] =>
  runs.map(run => {
    const flow = flowOfRun(connector, run)
    const errorFile = flow && errorFileOf(flow)
    return {
      href: paths.report.to({ id: run.id }),
      state: stateOf(connector, run),
      title: errorFile ? labelOf(connector, run) : titleOf(connector, run),
      date: dateOf(connector, run),
      received: at(run.createdAt),
      ended: at(run.endedAt),
      errorFile:
        errorFile !== undefined && (run.failedCount > 0 || run.failure !== null)
          ? paths.errorsCsv.to({ id: run.id })
          : null,
      summary: run.queuedAt ? resultCounts(run) : '',
      by: run.adminName,
    }
  })
