import type { Connector, Flow } from '../connectors/contract.js'
import { Conflict, NotFound } from '../errors.js'
import type { Connection } from '../connections/connection.store.js'
import type { Clock } from '../platform/clock.js'
import type { Data, Stores } from '../stores.js'
import type { ItemCursor, ItemPage } from './item.store.js'
import { endStates, type Outcome, type Run, type SelectionView } from './run.js'

export const RUNNING_ALREADY = '同期処理を実行中です。完了後に再度お試しください。'

/** Rows per page of every list of people (design reference §2.6). */
export const PAGE_ROWS = 50

export interface Who {
  tenantId: string
  adminId: string
}

/** Why a flow can't be started now, and where to go about it. */
export type Blocked =
  | { because: 'not-connected' }
  | { because: 'reconnect'; side: 'smarthr' | 'service' }
  | { because: 'settings-missing' }
  | { because: 'running'; runId: string }

export interface WizardDeps {
  data: Data
  clock: Clock
  connectorOf(id: string): Connector
}

/** The wizard's and the report's rules; every method is one transaction. A foreign or unknown run throws NotFound. */
export function createWizard({ data, clock, connectorOf }: WizardDeps) {
  const flowOf = (connectorId: string, flowId: string): { connector: Connector; flow: Flow } => {
    const connector = connectorOf(connectorId)
    const flow = connector.flows.find(candidate => candidate.id === flowId)
    if (!flow) throw new NotFound()
    return { connector, flow }
  }

  const mustFind = async ({ runs }: Stores, tenantId: string, runId: string): Promise<Run> => {
    const run = await runs.find(tenantId, runId)
    if (!run) throw new NotFound()
    return run
  }

  /** What keeps a flow from being started; null when nothing does. */
  const blocked = async (stores: Stores, who: Who, connector: Connector, flow: Flow): Promise<Blocked | null> => {
    const connection = await stores.connections.current(who.tenantId, connector.id)
    if (!connection) return { because: 'not-connected' }
    if (connection.state === 'reconnect_needed') return { because: 'reconnect', side: 'service' }
    if ((await stores.grants.state(who.tenantId, who.adminId)) !== 'active') {
      return { because: 'reconnect', side: 'smarthr' }
    }
    if (flow.needsSettings && !(await stores.settings.find(who.tenantId, connector.id, connection.accountId))) {
      return { because: 'settings-missing' }
    }
    const active = await stores.runs.active(who.tenantId, connection.id)
    return active ? { because: 'running', runId: active.id } : null
  }

  const stillConnected = async ({ connections }: Stores, run: Run): Promise<Connection> => {
    const connection = await connections.current(run.tenantId, run.connector)
    if (connection?.id !== run.connectionId) {
      throw new Conflict(
        'この同期を準備したときの連携は解除されています。ダッシュボードから、同期を開始し直してください。',
      )
    }
    return connection
  }

  return {
    flowOf,

    run: (tenantId: string, runId: string) => data.inTenant(tenantId, stores => mustFind(stores, tenantId, runId)),

    blocked: (who: Who, connectorId: string, flowId: string) => {
      const { connector, flow } = flowOf(connectorId, flowId)
      return data.inTenant(who.tenantId, stores => blocked(stores, who, connector, flow))
    },

    /** 「同期を開始」: a draft of the flow, or why there can be none now. Opening it twice gives the same draft. */
    open: (who: Who, connectorId: string, flowId: string): Promise<{ runId: string } | { blocked: Blocked }> => {
      const { connector, flow } = flowOf(connectorId, flowId)
      return data.inTenant(who.tenantId, async stores => {
        const reason = await blocked(stores, who, connector, flow)
        if (reason) return { blocked: reason }
        const connection = await stores.connections.current(who.tenantId, connectorId)
        if (!connection) return { blocked: { because: 'not-connected' } }
        const draft = await stores.runs.openDraft(who.tenantId, connection.id, flowId, who.adminId)
        if (draft) return { runId: draft.id }
        return {
          runId: await stores.runs.create({
            ...who,
            connectionId: connection.id,
            connector: connectorId,
            flow: flowId,
            now: clock.now(),
          }),
        }
      })
    },

    /** 次へ on the date page: starts reading both sides. A run already past that point is left alone. */
    fetch: (tenantId: string, runId: string, referenceDate: string) =>
      data.inTenant(tenantId, async stores => {
        const run = await mustFind(stores, tenantId, runId)
        await stillConnected(stores, run)
        const begun = await stores.runs.beginFetch(tenantId, runId, referenceDate)
        if (!begun) return
        await stores.staging.clear(tenantId, runId)
        await stores.items.clear(tenantId, runId)
        await stores.jobs.enqueue('run.fetch', { tenantId, runId }, `run.fetch:${runId}`)
      }),

    people: (tenantId: string, runId: string, view: SelectionView, cursor: ItemCursor | null) =>
      data.inTenant(tenantId, async ({ items }) => ({
        page: await items.page(tenantId, runId, view, cursor, PAGE_ROWS),
        total: await items.count(tenantId, runId, view),
        selectable: await items.countSelectable(tenantId, runId, view),
        selected: await items.selected(tenantId, runId),
      })),

    /** Stores the ticks of a page, then does what the pressed button says. */
    choose: (
      tenantId: string,
      runId: string,
      order: {
        revision: number
        shown: readonly string[]
        chosen: readonly string[]
        view: SelectionView
        then: 'keep' | 'page' | 'all' | 'none'
      },
    ): Promise<{ stale: boolean; selected: number }> =>
      data.inTenant(tenantId, async stores => {
        const run = await mustFind(stores, tenantId, runId)
        if (run.state !== 'ready' || run.revision !== order.revision) return { stale: true, selected: 0 }
        const { items } = stores
        if (order.then === 'none') await items.clearSelection(tenantId, runId)
        else await items.tick(tenantId, runId, order.shown, order.then === 'page' ? order.shown : order.chosen)
        if (order.then === 'all') await items.selectAll(tenantId, runId, order.view)
        return { stale: false, selected: (await items.selected(tenantId, runId)).total }
      }),

    selection: (tenantId: string, runId: string, place: { after?: string; before?: string }) =>
      data.inTenant(
        tenantId,
        async ({ items }): Promise<{ page: ItemPage; selected: { total: number; new: number; changed: number } }> => ({
          page: await items.chosen(tenantId, runId, { ...place, limit: PAGE_ROWS }),
          selected: await items.selected(tenantId, runId),
        }),
      ),

    /** 同期: queues the run. Throws Conflict with what happened instead. */
    start: (tenantId: string, runId: string, revision: number) =>
      data.inTenant(tenantId, async stores => {
        const run = await mustFind(stores, tenantId, runId)
        await stillConnected(stores, run)
        const { total } = await stores.items.selected(tenantId, runId)
        if (run.state === 'ready' && run.revision === revision && total === 0) {
          throw new Conflict('従業員が選択されていません。')
        }
        const { connector, flow } = flowOf(run.connector, run.flow)
        const connection = await stillConnected(stores, run)
        if (flow.needsSettings && !(await stores.settings.find(tenantId, connector.id, connection.accountId))) {
          throw new Conflict(connector.settings?.missing ?? '')
        }
        if (await stores.runs.queue(tenantId, runId, revision, total, clock.now())) {
          await stores.jobs.enqueue('run.apply', { tenantId, runId }, `run.apply:${runId}`)
          return
        }
        const now = await mustFind(stores, tenantId, runId)
        if (now.state === 'expired') throw new Conflict('取得した情報が古くなっています。取得し直してください。')
        if (now.state !== 'ready') throw new Conflict('この同期は、すでに受付済みです。')
        if (now.revision !== revision) throw new Conflict('対象が変わりました。内容を確認してください。')
        throw new Conflict(RUNNING_ALREADY)
      }),

    /** キャンセル before 同期, 中止 after it. */
    cancel: (tenantId: string, runId: string): Promise<'cancelled' | 'stopping' | 'ended'> =>
      data.inTenant(tenantId, async stores => {
        const run = await mustFind(stores, tenantId, runId)
        if (await stores.runs.giveUp(tenantId, runId, clock.now())) return 'cancelled'
        if (!(await stores.runs.requestCancel(tenantId, runId, clock.now()))) return 'ended'
        // A waiting run has no worker that could notice.
        if (run.state === 'queued' || run.waitingUntil !== null) {
          await stores.jobs.enqueue('run.apply', { tenantId, runId }, `run.apply:${runId}`)
        }
        return 'stopping'
      }),

    /** 「失敗した対象だけ再実行」: a new run of just those, read and previewed afresh. */
    retry: (who: Who, runId: string): Promise<{ runId: string } | { blocked: Blocked }> =>
      data.inTenant(who.tenantId, async stores => {
        const old = await mustFind(stores, who.tenantId, runId)
        const { connector, flow } = flowOf(old.connector, old.flow)
        if (!endStates.includes(old.state) || old.queuedAt === null || old.peopleDeletedAt !== null)
          throw new NotFound()
        const reason = await blocked(stores, who, connector, flow)
        if (reason) return { blocked: reason }
        const connection = await stores.connections.current(who.tenantId, connector.id)
        if (!connection || old.referenceDate === null) throw new NotFound()
        const newId = await stores.runs.create({
          ...who,
          connectionId: connection.id,
          connector: connector.id,
          flow: flow.id,
          referenceDate: old.referenceDate,
          retryOf: old.id,
          now: clock.now(),
        })
        await stores.runs.beginFetch(who.tenantId, newId, old.referenceDate)
        await stores.jobs.enqueue('run.fetch', { tenantId: who.tenantId, runId: newId }, `run.fetch:${newId}`)
        return { runId: newId }
      }),

    report: (
      tenantId: string,
      runId: string,
      place: { after?: string; before?: string; outcomes?: readonly (Outcome | null)[] },
    ) =>
      data.inTenant(tenantId, async stores => {
        const run = await mustFind(stores, tenantId, runId)
        return {
          run,
          counts: await stores.items.countOutcomes(tenantId, runId),
          page: await stores.items.chosen(tenantId, runId, { ...place, limit: PAGE_ROWS }),
          failures: await stores.items.chosen(tenantId, runId, { limit: PAGE_ROWS, outcomes: ['failed'] }),
        }
      }),
  }
}

export type Wizard = ReturnType<typeof createWizard>
