import type { Recorder } from '../audit/audit.store.js'
import { atOnceOf, readsFile, type Choice, type Columns, type Flow, type Period } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import type { JobStore } from '../jobs/job.store.js'
import { beginFetch, type FetchStores } from '../plan/begin-fetch.js'
import type { FetchStore } from '../plan/fetch.store.js'
import { isScoped, type RunScope } from '../contract/scope.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { findRun, type FlowOf } from '../runs/flow-of.js'
import type { ItemStore } from '../runs/item.store.js'
import { flowFacts, mayStart, type Blocked, type StartStores, type Who } from '../runs/may-start.js'
import {
  keyNow,
  rulesNow,
  scopeNow,
  settingsNow,
  stillConnected,
  tablesNow,
  type ScopeChoice,
} from '../runs/run-settings.js'
import { endStates, type RepeatedOutcome, type Run } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import { beginsWithFetch } from '../runs/step-urls.js'
import { outcomeLabels } from '../runs/labels.js'
import { mayBeOmitted, together } from '../runs/omitting.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import type { FieldRulesStore } from '../connections/field-rules.store.js'
import type { FlowKeyStore } from '../connections/flow-key.store.js'
import type { ScopeOption, ScopeStore } from '../connections/scopes.store.js'
import type { ValueTableStore } from '../connections/value-tables.store.js'
import type { ChoiceStore } from './choice.store.js'

export interface BeginStores extends StartStores, FetchStores {
  audit: Recorder
  connections: Pick<ConnectionStore, 'current' | 'find'>
  fieldRules: Pick<FieldRulesStore, 'find'>
  flowKeys: Pick<FlowKeyStore, 'find'>
  scopes: Pick<ScopeStore, 'frozen' | 'options'>
  valueTables: Pick<ValueTableStore, 'current'>
  runs: RunStore
  fetches: FetchStore
  choices: Pick<ChoiceStore, 'oneAtATime' | 'openDraft' | 'beingRead' | 'repeat' | 'period'>
  items: Pick<ItemStore, 'countOutcomes'>
  jobs: JobStore
}

/** A run that was begun, or why there can be none now. */
export type Begun = { runId: string } | { blocked: Blocked }

/** Two clicks of one person within so long are one start. */
export const SECOND_CLICK_MS = 10_000

export interface BeginningDeps {
  inTenant: InTenant<BeginStores>
  clock: Clock
  flowOf: FlowOf
}

/** The second of two clicks on one button finds its work begun; it is told what the first was told. */
async function isSecondClick(
  { runs }: BeginStores,
  who: Who,
  { runId, flow, now }: { runId: string; flow: Flow; now: Date },
): Promise<boolean> {
  const run = await runs.find(runId)
  if (run === null || run.adminId !== who.adminId || run.flow !== flow.id) return false
  return now.getTime() - run.createdAt.getTime() < SECOND_CLICK_MS
}

/** The stores that a reading begins with. */
export interface ReadStores extends FetchStores {
  connections: Pick<ConnectionStore, 'find'>
  settings: StartStores['settings']
  fieldRules: Pick<FieldRulesStore, 'find'>
  flowKeys: Pick<FlowKeyStore, 'find'>
  scopes: Pick<ScopeStore, 'frozen'>
  valueTables: Pick<ValueTableStore, 'current'>
  runs: Pick<RunStore, 'find'>
}

/** Reads both sides of a run with the settings as they are now. */
export async function readSides(
  { clock, flowOf }: Pick<BeginningDeps, 'clock' | 'flowOf'>,
  stores: ReadStores,
  run: Run,
  {
    columns,
    scope: chosenScope,
    from = run,
    ...chosen
  }: {
    referenceDate: string | null
    area: Choice | null
    omit?: readonly string[]
    columns?: Columns
    scope?: ScopeChoice
    from?: Run
    isCheck?: boolean
  },
): Promise<{ scope: RunScope | null } | null> {
  const { accountId } = await stillConnected(stores, run)
  // What a run has written goes back whatever is chosen since, and its people are called as they were.
  const key =
    run.undoOf === null
      ? await keyNow(stores, { ...flowOf(run.connector, run.flow), accountId })
      : (await findRun(stores, run.undoOf)).keyed
  const account = { ...flowOf(run.connector, run.flow, { state: 'fetching', key, keyed: null }), accountId }
  // What each column holds was said of this run's own file.
  const settings = readsFile(account.flow) ? (columns ?? run.settings) : await settingsNow(stores, account)
  const rules = run.undoOf === null ? await rulesNow(stores, account) : null
  const tables = run.undoOf === null ? await tablesNow(stores, account) : (await findRun(stores, run.undoOf)).tabled
  const scope = await scopeNow(stores, run, { ...(chosenScope && { chosen: chosenScope }), from })
  const begun = await beginFetch(stores, run.id, { ...chosen, settings, rules, tables, key, scope, now: clock.now() })
  return begun ? { scope: scope?.scope ?? null } : null
}

/** What 操作履歴 says of a run's 対象範囲. */
const scopeTold = (read: { scope: RunScope | null } | null) => (read?.scope ? { scope: read.scope.name } : {})

/** What is answered on a flow's first page; nothing, where that page is about a run already. */
export interface FirstAnswer {
  referenceDate?: string
  period?: Period
  scope?: ScopeChoice
}

/** The run of this start: one that is about to be read with the same answer, a draft nobody has touched, or a new one. */
async function runFor(
  { choices, runs }: BeginStores,
  who: Who,
  { connection, connector, flow, now }: { connection: { id: string }; connector: string; flow: string; now: Date },
  answer: FirstAnswer,
): Promise<{ id: string; isRead: boolean }> {
  await choices.oneAtATime(connection.id, flow, who.adminId)
  const reading =
    answer.referenceDate === undefined
      ? null
      : await choices.beingRead(connection.id, flow, who.adminId, {
          referenceDate: answer.referenceDate,
          scopeId: answer.scope === undefined || answer.scope === 'everybody' ? null : answer.scope.id,
        })
  if (reading) return { id: reading.id, isRead: true }
  const draft = await choices.openDraft(connection.id, flow, who.adminId)
  const id =
    draft?.id ?? (await runs.create({ adminId: who.adminId, connectionId: connection.id, connector, flow, now }))
  return { id, isRead: false }
}

/**
 * The button of a flow's first page makes its run and does what that page asks for, or says why there can be none now.
 * Pressed twice, it gives the same run.
 */
const begin =
  (deps: BeginningDeps) =>
  (who: Who, connectorId: string, flowId: string, answer: FirstAnswer): Promise<Begun> => {
    const { connector, flow } = deps.flowOf(connectorId, flowId)
    const now = deps.clock.now()
    return deps.inTenant(who.tenantId, async stores => {
      const start = mayStart(connector, flow, await flowFacts(stores, who, { connector, flow }, now))
      if ('blocked' in start) return start
      const { connection } = start
      const { id, isRead } = await runFor(
        stores,
        who,
        { connection, connector: connectorId, flow: flowId, now },
        answer,
      )
      if (isRead) return { runId: id }
      const { period, referenceDate = null, scope } = answer
      const event = { connector: connectorId, runId: id }
      if (period) {
        await stores.choices.period(id, period)
        await stores.audit.add({ act: 'run.period', ...event, details: period })
      } else if (referenceDate !== null || beginsWithFetch(flow)) {
        const order = { referenceDate, area: null, ...(scope && { scope }) }
        const told = scopeTold(await readSides(deps, stores, await findRun(stores, id), order))
        await stores.audit.add({
          act: 'run.fetched',
          ...event,
          details: { ...(referenceDate !== null && { date: referenceDate }), ...told },
        })
      } else if (!readsFile(flow)) await stores.audit.add({ act: 'run.prepared', ...event })
      return { runId: id }
    })
  }

/** One click: reads, plans and writes without another question; or why that can't be now. */
const startAtOnce =
  ({ inTenant, clock, flowOf }: BeginningDeps) =>
  (who: Who, connectorId: string, flowId: string): Promise<Begun> => {
    const { connector, flow } = flowOf(connectorId, flowId)
    if (!atOnceOf(flow)) throw new NotFound()
    const isSecond = (stores: BeginStores, runId: string) =>
      isSecondClick(stores, who, { runId, flow, now: clock.now() })
    return inTenant(who.tenantId, async stores => {
      const start = mayStart(connector, flow, await flowFacts(stores, who, { connector, flow }, clock.now()))
      if ('blocked' in start) {
        const runId = start.blocked.because === 'running' ? start.blocked.runId : null
        return runId !== null && (await isSecond(stores, runId)) ? { runId } : start
      }
      const runId = await stores.fetches.beginAtOnce({
        adminId: who.adminId,
        connectionId: start.connection.id,
        connector: connectorId,
        flow: flowId,
        now: clock.now(),
      })
      if (runId === null) {
        const active = await stores.runs.activeOf(connectorId, flowId)
        if (active && (await isSecond(stores, active.id))) return { runId: active.id }
        return { blocked: { because: 'running', runId: active?.id ?? null } }
      }
      await stores.jobs.enqueue('run.fetch', runId)
      await stores.audit.add({ act: 'run.at-once', connector: connectorId, runId })
      return { runId }
    })
  }

/**
 * 「失敗した対象だけ再実行」, 「未実行の対象だけ再実行」: a new run of just those, read and previewed afresh. Pressed again in the
 * same moment, it gives the same run.
 */
const retry =
  (deps: BeginningDeps) =>
  (who: Who, runId: string, outcome: RepeatedOutcome): Promise<Begun> =>
    deps.inTenant(who.tenantId, async stores => {
      const { clock, flowOf } = deps
      const old = await findRun(stores, runId)
      const { connector, flow } = flowOf(old.connector, old.flow, old)
      if (readsFile(flow) || !endStates.includes(old.state) || old.queuedAt === null || old.peopleDeletedAt !== null)
        throw new NotFound()
      const counts = await stores.items.countOutcomes(runId)
      if (counts[outcome] === 0) throw new NotFound()
      const now = clock.now()
      const start = mayStart(connector, flow, await flowFacts(stores, who, { connector, flow }, now))
      if ('blocked' in start) return start
      await stores.choices.oneAtATime(start.connection.id, flow.id, who.adminId)
      const since = new Date(now.getTime() - SECOND_CLICK_MS)
      const pressed = await stores.choices.repeat(old.id, outcome, who.adminId, since)
      if (pressed) return { runId: pressed.id }
      const newId = await stores.runs.create({
        adminId: who.adminId,
        connectionId: start.connection.id,
        connector: connector.id,
        flow: flow.id,
        ...(old.referenceDate !== null && { referenceDate: old.referenceDate }),
        ...(old.area && { area: old.area }),
        ...(old.period && { period: old.period }),
        ...(old.groupId !== null && { groupId: old.groupId }),
        omit: old.omitted,
        retryOf: old.id,
        ...(old.undoOf !== null && { undoOf: old.undoOf }),
        retryOutcome: outcome,
        now,
      })
      const { referenceDate, area } = old
      const told = scopeTold(
        await readSides(deps, stores, await findRun(stores, newId), { referenceDate, area, from: old }),
      )
      const details = { outcome: outcomeLabels[outcome].label, total: counts[outcome], ...told }
      await stores.audit.add({ act: 'run.repeated', connector: connector.id, runId: newId, about: old.id, details })
      return { runId: newId }
    })

/** What a field that is left out of a run is called in the record. */
const [SYNCED, OMITTED] = ['同期する', '同期しない']

/**
 * ［この項目は同期しない］, and the way back: both sides are read once more, and the plan is made without the fields. False:
 * another page was faster.
 */
const omit =
  (deps: BeginningDeps) =>
  (tenantId: string, runId: string, { revision, field, isBack }: OmitOrder): Promise<boolean> =>
    deps.inTenant(tenantId, async stores => {
      const run = await stores.runs.lock(runId)
      if (run?.state !== 'ready' || run.revision !== revision) return false
      const { connector, flow } = deps.flowOf(run.connector, run.flow, run)
      const fields = together(flow, field.id)
      if (!isBack && !fields.every(pair => mayBeOmitted({ connector, flow, run }, pair))) return false
      const ids = fields.map(({ id }) => id)
      const omit = [...run.omitted.filter(id => !ids.includes(id)), ...(isBack ? [] : ids)]
      const { referenceDate, area } = run
      if (!(await readSides(deps, stores, run, { referenceDate, area, omit }))) return false
      const [before, after] = isBack ? [OMITTED, SYNCED] : [SYNCED, OMITTED]
      const details = { changes: fields.map(({ label }) => ({ label, before, after })) }
      await stores.audit.add({ act: 'run.omitted', connector: run.connector, runId, details })
      return true
    })

/** A field that is to be left out of a run, or to come back. */
export interface OmitOrder {
  /** of the plan that was looked at */
  revision: number
  field: { id: string }
  isBack: boolean
}

/** How a run begins: by the wizard, by one click or as a repeat, up to the reading of both sides. */
export const createBeginning = (deps: BeginningDeps) => ({
  begin: begin(deps),
  startAtOnce: startAtOnce(deps),
  retry: retry(deps),
  omit: omit(deps),

  /** 対象範囲 that a run of the flow may be read by; none where everybody is, in any case. */
  scopesFor: (tenantId: string, connectorId: string, flow: Flow): Promise<readonly ScopeOption[]> =>
    isScoped(flow)
      ? deps.inTenant(tenantId, ({ scopes }) => scopes.options(connectorId, flow.id))
      : Promise.resolve([]),

  /** Why no run of the flow can be begun now; null: one can. */
  blocked: (who: Who, connectorId: string, flowId: string): Promise<Blocked | null> =>
    deps.inTenant(who.tenantId, async stores => {
      const at = deps.flowOf(connectorId, flowId)
      const start = mayStart(at.connector, at.flow, await flowFacts(stores, who, at, deps.clock.now()))
      return 'blocked' in start ? start.blocked : null
    }),

  /** 対象期間, kept for the fetch. */
  choosePeriod: (tenantId: string, runId: string, period: Period) =>
    deps.inTenant(tenantId, async stores => {
      const chosen = await stores.choices.period(runId, period)
      const { connector } = await findRun(stores, runId)
      if (chosen) await stores.audit.add({ act: 'run.period', connector, runId, details: period })
      return chosen
    }),

  /** 次へ on the page before the fetch. False: another page was faster, and the run is left alone. */
  startFetch: (
    tenantId: string,
    runId: string,
    chosen: { referenceDate?: string; area?: Choice; columns?: Columns; scope?: ScopeChoice },
  ): Promise<boolean> =>
    deps.inTenant(tenantId, async stores => {
      const run = await findRun(stores, runId)
      const { referenceDate = null, area = null, columns, scope } = chosen
      const order = { referenceDate, area, ...(columns && { columns }), ...(scope && { scope }) }
      const begun = await readSides(deps, stores, run, order)
      if (!begun) return false
      const asked = { ...(referenceDate !== null && { date: referenceDate }), ...(area && { name: area.label }) }
      const details = { ...asked, ...scopeTold(begun) }
      await stores.audit.add({ act: 'run.fetched', connector: run.connector, runId, details })
      return true
    }),
})

export type Beginning = ReturnType<typeof createBeginning>
