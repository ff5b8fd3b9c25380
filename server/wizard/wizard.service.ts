import {
  atOnceOf,
  createOptionsOf,
  needsSettings,
  usesSettings,
  writtenPeriod,
  type Area,
  type Choice,
  type Connector,
  type CreateOption,
  type Flow,
  type Period,
  type Publication,
  type PublicationFlow,
} from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { presetsOf, settingChoices } from '../connections/settings.form.js'
import { Conflict, NotFound, ReconnectNeeded } from '../errors.js'
import type { Connection } from '../connections/connection.store.js'
import { hasExpired } from '../connections/link.js'
import type { Clock } from '../platform/clock.js'
import type { Data, Stores } from '../stores.js'
import type { ItemPage } from '../runs/item.rows.js'
import type { Result } from '../runs/item.store.js'
import type { ItemCursor } from './selection.store.js'
import {
  differingGroups,
  digestOf,
  itemFindings,
  itemsToRegister,
  nameOptions,
  namesOf,
  presetNames,
  type GroupFacts,
  type ItemFindings,
  type PayrollNames,
  type RegisteredItem,
} from '../payslips/payslips.js'
import type { RunFailures } from '../runs/run-failures.js'
import { planDay, type OpenAreas, type OpenSides } from '../runs/sides.js'
import type { StatementItem } from '../contract/statement.js'
import { endPublication, goneReason, publishedFor } from '../runs/publications.js'
import { closedSentence } from '../runs/labels.js'
import {
  endStates,
  hadSelection,
  isPublished,
  wholeView,
  type ItemWithContent,
  type Outcome,
  type RepeatedOutcome,
  type Run,
  type SelectionView,
} from '../runs/run.js'

const CHANGED = '対象が変わりました。内容を確認してください。'
const OVERTAKEN =
  'この同期を準備した後に、別の同期が実行されました。古い内容で上書きしないように、取得し直してから同期してください。'
const settingsChanged = (title: string) =>
  `${title}が変更されました。新しく登録する従業員に適用される内容を確認してから、もう一度［同期］を押してください。`
const ANOTHER_PERIOD = (before: string, now: string) =>
  `この同期は${before}の情報と比較して準備されましたが、いま同期すると${now}の情報として登録されます。確認していない内容で上書きしないように、取得し直してから同期してください。`
const RECONNECT_SMARTHR = 'SmartHRとの再連携が必要です。連携状況を確認してください。'

export const RUNNING_ALREADY = '同期処理を実行中です。完了後に再度お試しください。'

const EVERYBODY_GONE =
  '選択した従業員は、情報を取得した後に全員がSmartHRから削除されたか、対象外になったため、公開していません。取得し直してください。'

const NEW_ITEMS = '登録されていない項目があります。項目を登録してから、もう一度取り込んでください。'

export const REPEATED = '同じ明細が取り込み済みです。もう一度取り込む場合は、確認欄にチェックを入れてください。'

export const FEWER =
  '取得できた人数が、前回より大きく減っています。間違いがないことを確認して、確認欄にチェックを入れてください。'

export const OPTIONS_MISSING =
  '新規登録の設定が選択されていません。新しく登録する従業員に適用する値を選択してください。'

/** Whose connection counts: the company's, or each administrator's own. */
export const ownerOf = (connector: Connector, adminId: string): string | null => (connector.auth.link ? adminId : null)

/** Whether values for everybody new have yet to be chosen. */
export const lacksOptions = (flow: Flow, run: Pick<Run, 'options'>): boolean =>
  createOptionsOf(flow).some(({ name }) => !run.options[name])

/** Two clicks of one person within so long are one start. */
const SECOND_CLICK_MS = 10_000

/** Look-alikes are few; the dialog shows so many of them. */
const MOST_OWN_TICKS = 500

/** Rows per page of every list of people (design reference §2.6). */
export const PAGE_ROWS = 50

/** Statements read at a time. */
const STATEMENTS = 500

export interface Who {
  tenantId: string
  adminId: string
}

/** Why a flow can't be started now, and where to go about it. */
export type Blocked =
  | { because: 'not-connected' }
  | { because: 'reconnect'; side: 'smarthr' | 'service' }
  | { because: 'settings-missing' }
  | { because: 'token-missing' }
  | { because: 'running'; runId: string }
  | { because: 'closed'; sentence: string }
  | { because: 'expired' }

export interface Selection {
  page: ItemPage
  selected: { total: number; new: number; changed: number }
  /** what everybody new gets by the connector's settings */
  forNew: Run['options']
  /** changes with every tick */
  mark: string
  /** how many of them an earlier run has imported */
  repeated: number
  /** for payslips: items of the selected that SmartHR may not know */
  newItems: readonly string[]
  /** for payslips: what their payroll is to be called */
  names: PayrollNames | null
}

/** People who can take no part: the first of them, and how many there are. */
export interface LeftOut {
  items: readonly ItemWithContent[]
  total: number
}

/** What the dialog showed, and what was typed there. */
export interface Confirmation {
  revision: number
  mark: string
  names: PayrollNames | null
  /** ticked: records that were imported before are imported again */
  again: boolean
  /** ticked: a side lists far fewer people than before, and that is right */
  fewer: boolean
}

export interface WizardDeps {
  data: Data
  clock: Clock
  connectorOf(id: string): Connector
  openSides: OpenSides
  openAreas: OpenAreas
  failures: RunFailures
}

/** A choice for everybody new, with the entries of the target's list as they are now. */
export interface OpenOption extends CreateOption {
  choices: readonly Choice[]
}

/** The wizard's and the report's rules; every method is one transaction. A foreign or unknown run throws NotFound. */
export function createWizard({ data, clock, connectorOf, openSides, openAreas, failures }: WizardDeps) {
  const flowOf = (connectorId: string, flowId: string): { connector: Connector; flow: Flow } => {
    const connector = connectorOf(connectorId)
    const flow = connector.flows.find(candidate => candidate.id === flowId)
    if (!flow) throw new NotFound()
    return { connector, flow }
  }

  const mustFind = async ({ runs }: Stores, runId: string): Promise<Run> => {
    const run = await runs.find(runId)
    if (!run) throw new NotFound()
    return run
  }

  /** What keeps a flow from being started; null when nothing does. */
  const blocked = async (stores: Stores, who: Who, connector: Connector, flow: Flow): Promise<Blocked | null> => {
    const connection = await stores.connections.current(connector.id, ownerOf(connector, who.adminId))
    if (!connection) return { because: 'not-connected' }
    if (hasExpired(connection, clock.now())) return { because: 'expired' }
    if (connection.state === 'reconnect_needed') return { because: 'reconnect', side: 'service' }
    if ((await stores.grants.state(who.adminId)) !== 'active') {
      return { because: 'reconnect', side: 'smarthr' }
    }
    if (needsSettings(flow) && !(await stores.settings.find(connector.id, connection.accountId))) {
      return { because: 'settings-missing' }
    }
    if (flow.kind === 'publication' && !(await fetchable(stores, connection.id, flow.publication))) {
      return { because: 'token-missing' }
    }
    const sentence = closedSentence(connector, clock.now())
    if (sentence !== null) return { because: 'closed', sentence }
    const active = (await stores.runs.active(connection.id)) ?? (await stores.runs.activeOf(connector.id, flow.id))
    return active ? { because: 'running', runId: active.id } : null
  }

  /** The settings that shape a plan, as they are now: what is saved, or what holds while nothing is. */
  const settingsNow = async ({ settings }: Stores, connection: Connection, connector: Connector, flow: Flow) =>
    usesSettings(flow)
      ? ((await settings.find(connector.id, connection.accountId)) ??
        presetsOf(declared(connector.settings, 'settings')))
      : {}

  /** What everybody new gets by the connector's settings, as they are saved now: by the field's name. Nobody new, nothing. */
  const settingsForNew = async (
    { settings }: Stores,
    run: Run,
    { accountId, newcomers }: { accountId: string; newcomers: number },
  ): Promise<Run['options']> => {
    const { connector, flow } = flowOf(run.connector, run.flow)
    if (newcomers === 0 || !needsSettings(flow)) return {}
    const saved = await settings.find(run.connector, accountId)
    return saved ? settingChoices(declared(connector.settings, 'settings'), saved) : {}
  }

  /** Changes with whatever the dialog shows of whom and what; what was confirmed must be what is written. */
  const markOf = async (stores: Stores, run: Run, forNew: Run['options']) =>
    `${await stores.selection.mark(run.id)}${Object.keys(forNew).length > 0 ? digestOf(forNew) : ''}`

  /** Whether somebody could fetch what is published. */
  const fetchable = async (
    { accessTokens }: Stores,
    connectionId: string,
    { resource }: Pick<Publication, 'resource'>,
  ) => (await accessTokens.resourcesInForce(connectionId)).includes(resource)

  /** What the dialog proposes: a repeat goes on with the payroll of the run before, everything else is another one. */
  const proposedNames = async (
    { runs, payrolls }: Stores,
    run: Run,
    group: GroupFacts | undefined,
  ): Promise<PayrollNames | null> => {
    const { flow } = flowOf(run.connector, run.flow)
    if (flow.kind !== 'import' || !group) return null
    const before = run.retryOf !== null && run.groupId !== null ? await runs.find(run.retryOf) : null
    return (before && namesOf(before)) ?? presetNames(group, flow.payslips, await payrolls.names())
  }

  const selectedNewItems = async ({ items }: Stores, { id, newItems }: Run): Promise<string[]> => {
    if (newItems.length === 0) return []
    const sent = new Set(await items.changedFields(id))
    return newItems.flatMap(({ name }) => (sent.has(name) ? [name] : []))
  }

  /** The first people who can take no part, and how many there are. */
  const leftOut = async ({ selection }: Stores, { id }: Run): Promise<LeftOut> => {
    const excluded = { ...wholeView, classes: ['excluded' as const] }
    return {
      items: (await selection.page(id, excluded, null, PAGE_ROWS)).items,
      total: await selection.count(id, excluded),
    }
  }

  /** The second of two clicks finds its work begun; it is told what the first was told. */
  const isSecondClick = async ({ runs }: Stores, who: Who, runId: string): Promise<boolean> => {
    const run = await runs.find(runId)
    return (
      run !== null && run.adminId === who.adminId && clock.now().getTime() - run.createdAt.getTime() < SECOND_CLICK_MS
    )
  }

  /** A question to the service while a page is drawn. */
  const asking = async <T>(run: Run, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask()
    } catch (error) {
      if (error instanceof ReconnectNeeded) await failures.markReconnect(run, error)
      throw error
    }
  }

  const stillConnected = async ({ connections }: Stores, run: Run): Promise<Connection> => {
    const connection = await connections.find(run.connectionId)
    if (!connection || !['active', 'reconnect_needed'].includes(connection.state)) {
      throw new Conflict(
        'この同期を準備したときの連携は解除されています。ダッシュボードから、同期を開始し直してください。',
      )
    }
    return connection
  }

  /** The snapshot on offer that this run's would take the place of: the one for the same year, where a flow goes by years. */
  const replacedBy = async ({ publications }: Stores, run: Run, flow: Flow): Promise<Run | null> =>
    (await publications.onOffer(run.connectionId, run.flow)).find(
      before => publishedFor(flow, before) === publishedFor(flow, run),
    ) ?? null

  /** Whose record is gone, or no longer to be passed on, since the plan: asked before anything is published, outside any transaction. */
  const goneSince = async (run: Run): Promise<Result[]> => {
    const { flow } = flowOf(run.connector, run.flow)
    if (flow.kind !== 'publication' || run.state !== 'ready') return []
    const chosen = await data.inTenant(run.tenantId, ({ publications }) => publications.sources(run.id))
    const asOf = run.referenceDate ?? clock.today()
    const { source, close } = await openSides(run)
    try {
      const found = await source.present?.(
        chosen.map(({ sourceId }) => sourceId),
        asOf,
      )
      return chosen.flatMap(({ id, sourceId }): Result[] => {
        const person = found?.get(sourceId)
        const gone = found && person === undefined ? goneReason : null
        const reason = gone ?? (person ? flow.publication.publish(person, { asOf }).excluded : null)
        return reason === null ? [] : [{ itemId: id, outcome: 'not_run', reason }]
      })
    } finally {
      await close()
    }
  }

  /**
   * 公開: the snapshot takes the place of the one before, in one transaction. There is nothing for a worker to do. Who is
   * `gone` is no part of it. False: the plan is not the one that was shown.
   */
  const publish = async (
    stores: Stores,
    { adminId, connector, flow }: Who & { connector: Connector; flow: PublicationFlow },
    run: Run,
    { revision, total, gone }: { revision: number; total: number; gone: readonly Result[] },
  ): Promise<boolean> => {
    const now = clock.now()
    if (run.state !== 'ready' || run.revision !== revision) return false
    // Two who publish at once take turns, and so does whoever disconnects.
    await stores.connections.lock(run.connectionId)
    await stillConnected(stores, run)
    if (!(await fetchable(stores, run.connectionId, flow.publication))) {
      throw new Conflict(declared(connector.accessTokens, 'accessTokens').missing)
    }
    if (gone.length === total) throw new Conflict(EVERYBODY_GONE)
    await stores.items.settle(run.id, gone, now)
    const before = await replacedBy(stores, run, flow)
    if (before) await endPublication(stores, before.id, 'replaced', now)
    return stores.publications.publish(run.id, {
      revision,
      selected: total - gone.length,
      adminId,
      publishedFor: publishedFor(flow, run),
      now,
    })
  }

  return {
    flowOf,

    run: (tenantId: string, runId: string) => data.inTenant(tenantId, stores => mustFind(stores, runId)),

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
        const connection = await stores.connections.current(connectorId, ownerOf(connector, who.adminId))
        if (!connection) return { blocked: { because: 'not-connected' } }
        const draft = await stores.choices.openDraft(connection.id, flowId, who.adminId)
        if (draft) return { runId: draft.id }
        return {
          runId: await stores.runs.create({
            adminId: who.adminId,
            connectionId: connection.id,
            connector: connectorId,
            flow: flowId,
            now: clock.now(),
          }),
        }
      })
    },

    /** One click: reads, plans and writes without another question; or why that can't be now. */
    startAtOnce: (who: Who, connectorId: string, flowId: string): Promise<{ runId: string } | { blocked: Blocked }> => {
      const { connector, flow } = flowOf(connectorId, flowId)
      if (!atOnceOf(flow)) throw new NotFound()
      return data.inTenant(who.tenantId, async stores => {
        const reason = await blocked(stores, who, connector, flow)
        if (reason?.because === 'running' && (await isSecondClick(stores, who, reason.runId)))
          return { runId: reason.runId }
        if (reason) return { blocked: reason }
        const connection = await stores.connections.current(connectorId, ownerOf(connector, who.adminId))
        if (!connection) return { blocked: { because: 'not-connected' } }
        const runId = await stores.fetches.beginAtOnce({
          adminId: who.adminId,
          connectionId: connection.id,
          connector: connectorId,
          flow: flowId,
          now: clock.now(),
        })
        if (runId === null) {
          const active = await stores.runs.activeOf(connectorId, flowId)
          if (active && (await isSecondClick(stores, who, active.id))) return { runId: active.id }
          return { blocked: { because: 'running', runId: active?.id ?? '' } }
        }
        await stores.jobs.enqueue('run.fetch', runId)
        return { runId }
      })
    },

    /** 次へ on the first page: starts reading both sides. False: another page was faster, and the run is left alone. */
    fetch: (tenantId: string, runId: string, chosen: { referenceDate?: string; area?: Choice }) =>
      data.inTenant(tenantId, async stores => {
        const run = await mustFind(stores, runId)
        const connection = await stillConnected(stores, run)
        const { connector, flow } = flowOf(run.connector, run.flow)
        const begun = await stores.fetches.begin(runId, {
          referenceDate: chosen.referenceDate ?? null,
          area: chosen.area ?? null,
          settings: await settingsNow(stores, connection, connector, flow),
          now: clock.now(),
        })
        if (!begun) return false
        await stores.staging.clear(runId)
        await stores.plannedItems.clear(runId)
        await stores.jobs.enqueue('run.fetch', runId)
        return true
      }),

    /** 対象期間, kept for the fetch. */
    choosePeriod: (tenantId: string, runId: string, period: Period) =>
      data.inTenant(tenantId, ({ choices }) => choices.period(runId, period)),

    /** The items registered so far for the account of a run. */
    registeredItems: (run: Run): Promise<Map<string, RegisteredItem>> =>
      data.inTenant(run.tenantId, async stores => {
        const { accountId } = await stillConnected(stores, run)
        return stores.payslipItems.of({ connector: run.connector, accountId })
      }),

    /** What the run's statements have against items chosen like this; nothing is kept. */
    tryItems: async (run: Run, chosen: readonly RegisteredItem[]): Promise<ItemFindings> => {
      const registry = new Map([
        ...(await data.inTenant(run.tenantId, async stores => {
          const { accountId } = await stillConnected(stores, run)
          return stores.payslipItems.of({ connector: run.connector, accountId })
        })),
        ...chosen.map(item => [item.name, item] as const),
      ])
      const statements: { key: string | null; lines: readonly StatementItem[] }[] = []
      for (let after = '0'; ;) {
        const { items, hasNext } = await data.inTenant(run.tenantId, stores =>
          stores.items.chosen(run.id, { after, limit: STATEMENTS }),
        )
        for (const { key, content } of items) if (content.lines) statements.push({ key, lines: content.lines })
        const last = items.at(-1)
        if (!hasNext || !last) break
        after = last.id
      }
      return itemFindings(statements, registry, flowOf(run.connector, run.flow).flow.from)
    },

    /** 項目登録: keeps the new items and reads the statements again. False: the plan has changed since the page was drawn. */
    registerItems: (run: Run, revision: number, items: readonly RegisteredItem[]): Promise<boolean> =>
      data.inTenant(run.tenantId, async stores => {
        const { id: runId } = run
        const now = await stores.runs.lock(runId)
        if (now?.state !== 'ready' || now.revision !== revision) return false
        const connection = await stillConnected(stores, now)
        const { connector, flow } = flowOf(now.connector, now.flow)
        const account = { connector: connector.id, accountId: connection.accountId }
        await stores.payslipItems.add(account, items, clock.now())
        await stores.fetches.begin(runId, {
          referenceDate: now.referenceDate,
          area: now.area,
          settings: await settingsNow(stores, connection, connector, flow),
          now: clock.now(),
        })
        await stores.staging.clear(runId)
        await stores.plannedItems.clear(runId)
        await stores.jobs.enqueue('run.fetch', runId)
        return true
      }),

    /** People who are written only with a tick of their own, for a flow whose people nobody selects. */
    ownTicks: (run: Run) => data.inTenant(run.tenantId, ({ selection }) => selection.ownTicks(run.id, MOST_OWN_TICKS)),

    /** The first people who will not be written, and how many there are. */
    leftOut: (run: Run): Promise<LeftOut> => data.inTenant(run.tenantId, stores => leftOut(stores, run)),

    /** Why the selected can't be imported together; null when they can. */
    differing: (run: Run): Promise<string | null> =>
      data.inTenant(run.tenantId, async ({ selection }) => {
        const { flow } = flowOf(run.connector, run.flow)
        return differingGroups(await selection.groups(run.id), flow.words.counter)
      }),

    /** Why a service can't be reached at this hour; null while it is open. */
    closed: (connector: Connector): string | null => closedSentence(connector, clock.now()),

    /** The settings a flow would use now, to tell whether they changed since the run's fetch. */
    settingsNow: (run: Run) =>
      data.inTenant(run.tenantId, async stores => {
        const { connector, flow } = flowOf(run.connector, run.flow)
        return settingsNow(stores, await stillConnected(stores, run), connector, flow)
      }),

    /** The areas to choose from, as they are now, and the one chosen last. Throws like any call there. */
    openAreas: (run: Run): Promise<{ areas: readonly Area[]; last: string | null }> =>
      asking(run, async () => ({
        areas: await openAreas(run),
        last: await data.inTenant(run.tenantId, ({ choices }) => choices.lastArea(run.connectionId)),
      })),

    /** What has to be chosen for everybody new, with the target's lists as they are now. Throws like any call there. */
    openOptions: (run: Run): Promise<OpenOption[]> =>
      asking(run, async () => {
        const { flow } = flowOf(run.connector, run.flow)
        const { target, close } = await openSides(run)
        try {
          const options: OpenOption[] = []
          for (const option of createOptionsOf(flow)) {
            options.push({ ...option, choices: (await target.choices?.(option.list)) ?? [] })
          }
          return options
        } finally {
          await close()
        }
      }),

    /** Keeps what was chosen for everybody new; false when the plan has changed since the page was drawn. */
    chooseOptions: (tenantId: string, runId: string, revision: number, chosen: Readonly<Record<string, Choice>>) =>
      data.inTenant(tenantId, ({ choices }) => choices.options(runId, revision, chosen)),

    people: (tenantId: string, runId: string, view: SelectionView, cursor: ItemCursor | null) =>
      data.inTenant(tenantId, async ({ items, selection }) => ({
        page: await selection.page(runId, view, cursor, PAGE_ROWS),
        total: await selection.count(runId, view),
        selectable: await selection.countSelectable(runId, view),
        selected: await items.selected(runId),
        ownTicks: (await selection.ownTicks(runId, 0)).total,
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
        const run = await stores.runs.lock(runId)
        if (!run) throw new NotFound()
        if (run.state !== 'ready' || run.revision !== order.revision) return { stale: true, selected: 0 }
        const { items, selection } = stores
        if (order.then === 'none') await selection.clear(runId)
        else await selection.tick(runId, order.shown, order.chosen, order.then === 'page')
        if (order.then === 'all') await selection.selectAll(runId, order.view)
        return { stale: false, selected: (await items.selected(runId)).total }
      }),

    selection: (run: Run, place: { after?: string; before?: string }) =>
      data.inTenant(run.tenantId, async (stores): Promise<Selection> => {
        const { id: runId } = run
        const { items, selection } = stores
        const { accountId } = await stillConnected(stores, run)
        const selected = await items.selected(runId)
        const forNew = await settingsForNew(stores, run, { accountId, newcomers: selected.new })
        const page = await items.chosen(runId, { ...place, limit: PAGE_ROWS })
        return {
          page,
          selected,
          forNew,
          mark: await markOf(stores, run, forNew),
          repeated: await selection.countRepeated(runId),
          newItems: await selectedNewItems(stores, run),
          names: await proposedNames(stores, run, page.items[0]?.content.group),
        }
      }),

    /**
     * 同期: queues the run for exactly the people the page showed; or publishes them, but for those who are gone by now,
     * and says how many they are. Throws Conflict with what happened instead.
     */
    start: async ({ tenantId, adminId }: Who, runId: string, shown: Confirmation): Promise<{ gone: number }> => {
      const before = await data.inTenant(tenantId, stores => mustFind(stores, runId))
      const gone = before.revision === shown.revision ? await asking(before, () => goneSince(before)) : []
      await data.inTenant(tenantId, async stores => {
        const { revision } = shown
        const run = await stores.runs.lock(runId)
        if (!run) throw new NotFound()
        const { accountId } = await stillConnected(stores, run)
        const { total, new: newcomers } = await stores.items.selected(runId)
        const forNew = await settingsForNew(stores, run, { accountId, newcomers })
        if (run.state === 'ready' && run.revision === revision && total === 0) {
          throw new Conflict(`${flowOf(run.connector, run.flow).flow.words.item}が選択されていません。`)
        }
        if (run.state === 'ready') {
          if ((await markOf(stores, run, forNew)) !== shown.mark) {
            const same = shown.mark.startsWith(await stores.selection.mark(runId))
            const { settings } = flowOf(run.connector, run.flow).connector
            throw new Conflict(same && settings ? settingsChanged(settings.title) : CHANGED)
          }
          if (itemsToRegister(flowOf(run.connector, run.flow).flow, run).length > 0) throw new Conflict(NEW_ITEMS)
          const apart = differingGroups(
            await stores.selection.groups(runId),
            flowOf(run.connector, run.flow).flow.words.counter,
          )
          if (apart !== null) throw new Conflict(apart)
          if (!shown.again && (await stores.selection.countRepeated(runId)) > 0) throw new Conflict(REPEATED)
          if (!shown.fewer && run.shortfalls.length > 0) throw new Conflict(FEWER)
          // A publication writes nothing over anything.
          const { flow } = flowOf(run.connector, run.flow)
          if (flow.kind !== 'publication' && (await stores.choices.overtaken(run))) throw new Conflict(OVERTAKEN)
          const [before, period] = [writtenPeriod(flow, planDay(run, clock)), writtenPeriod(flow, clock.today())]
          if (before !== null && period !== null && before !== period) {
            throw new Conflict(ANOTHER_PERIOD(before, period))
          }
          if ((await stores.grants.state(adminId)) !== 'active') throw new Conflict(RECONNECT_SMARTHR)
          const { connector } = flowOf(run.connector, run.flow)
          const mine = await stores.connections.current(run.connector, ownerOf(connector, adminId))
          if (!mine) throw new Conflict(connector.auth.texts.notice)
          if (hasExpired(mine, clock.now())) throw new Conflict(declared(connector.auth.link, 'link').texts.expired)
        }
        const { connector, flow } = flowOf(run.connector, run.flow)
        const connection = await stillConnected(stores, run)
        if (newcomers > 0 && lacksOptions(flow, run)) throw new Conflict(OPTIONS_MISSING)
        const closed = closedSentence(connector, clock.now())
        if (closed !== null) throw new Conflict(closed)
        if (needsSettings(flow) && !(await stores.settings.find(connector.id, connection.accountId))) {
          throw new Conflict(declared(connector.settings, 'settings').missing)
        }
        if (
          flow.kind === 'publication' &&
          (await publish(stores, { tenantId, adminId, connector, flow }, run, { revision, total, gone }))
        )
          return
        const options = { ...run.options, ...forNew, ...(shown.names && nameOptions(shown.names)) }
        if (
          flow.kind !== 'publication' &&
          (await stores.choices.queue(runId, { revision, selected: total, adminId, options, now: clock.now() }))
        ) {
          await stores.jobs.enqueue('run.apply', runId)
          return
        }
        const now = await mustFind(stores, runId)
        if (now.state === 'expired') throw new Conflict('取得した情報が古くなっています。取得し直してください。')
        // Another page has gone back to what is asked first.
        if (['draft', 'fetching'].includes(now.state)) throw new Conflict(CHANGED)
        if (now.state !== 'ready') throw new Conflict(`この${flow.words.act}は、すでに受付済みです。`)
        if (now.revision !== revision) throw new Conflict(CHANGED)
        throw new Conflict(RUNNING_ALREADY)
      })
      return { gone: gone.length }
    },

    /** The snapshot that a publication would take the place of. */
    replaced: (run: Run): Promise<Run | null> =>
      data.inTenant(run.tenantId, stores => replacedBy(stores, run, flowOf(run.connector, run.flow).flow)),

    /** キャンセル before 同期, 中止 after it; a snapshot goes at once. */
    cancel: (tenantId: string, runId: string): Promise<'cancelled' | 'stopping' | 'withdrawn' | 'ended'> =>
      data.inTenant(tenantId, async stores => {
        if (await stores.runs.giveUp(runId, clock.now())) return 'cancelled'
        const run = await mustFind(stores, runId)
        if (isPublished(run)) {
          return (await endPublication(stores, runId, 'withdrawn', clock.now())) ? 'withdrawn' : 'ended'
        }
        if (!(await stores.runs.requestCancel(runId, clock.now()))) return 'ended'
        // A waiting run has no worker that could notice.
        if (run.state === 'queued' || run.waitingUntil !== null) {
          await stores.jobs.enqueue('run.apply', runId)
        }
        return 'stopping'
      }),

    /** 「失敗した対象だけ再実行」, 「未実行の対象だけ再実行」: a new run of just those, read and previewed afresh. */
    retry: (
      who: Who,
      runId: string,
      asked: RepeatedOutcome | null,
    ): Promise<{ runId: string } | { blocked: Blocked }> =>
      data.inTenant(who.tenantId, async stores => {
        const old = await mustFind(stores, runId)
        const { connector, flow } = flowOf(old.connector, old.flow)
        if (!endStates.includes(old.state) || old.queuedAt === null || old.peopleDeletedAt !== null)
          throw new NotFound()
        const counts = await stores.items.countOutcomes(runId)
        const outcome = asked ?? (counts.failed > 0 ? 'failed' : 'not_run')
        if (counts[outcome] === 0) throw new NotFound()
        const reason = await blocked(stores, who, connector, flow)
        if (reason) return { blocked: reason }
        const connection = await stores.connections.current(connector.id, ownerOf(connector, who.adminId))
        if (!connection) throw new NotFound()
        const newId = await stores.runs.create({
          adminId: who.adminId,
          connectionId: connection.id,
          connector: connector.id,
          flow: flow.id,
          ...(old.referenceDate !== null && { referenceDate: old.referenceDate }),
          ...(old.area && { area: old.area }),
          ...(old.period && { period: old.period }),
          ...(old.groupId !== null && { groupId: old.groupId }),
          retryOf: old.id,
          retryOutcome: outcome,
          now: clock.now(),
        })
        await stores.fetches.begin(newId, {
          referenceDate: old.referenceDate,
          area: old.area,
          settings: await settingsNow(stores, connection, connector, flow),
          now: clock.now(),
        })
        await stores.jobs.enqueue('run.fetch', newId)
        return { runId: newId }
      }),

    report: (
      tenantId: string,
      runId: string,
      place: { after?: string; before?: string; outcomes?: readonly (Outcome | null)[] },
    ) =>
      data.inTenant(tenantId, async stores => {
        const run = await mustFind(stores, runId)
        return {
          run,
          counts: await stores.items.countOutcomes(runId),
          page: await stores.items.chosen(runId, { ...place, limit: PAGE_ROWS }),
          failures: await stores.items.chosen(runId, { limit: PAGE_ROWS, outcomes: ['failed'] }),
          remarks: await stores.items.countRemarks(runId),
          unwritable: await stores.items.countUnwritable(runId),
          // Where nobody chose whom, who was left out is part of the result.
          left: hadSelection(flowOf(run.connector, run.flow).flow, run)
            ? { items: [], total: 0 }
            : await stores.items.left(run.id, PAGE_ROWS),
        }
      }),
  }
}

export type Wizard = ReturnType<typeof createWizard>
