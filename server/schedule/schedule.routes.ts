import { Router, type Request, type Response } from 'express'
import type { Recorder } from '../audit/audit.store.js'
import type { Connection, ConnectionStore } from '../connections/connection.store.js'
import { checkableFlows } from '../contract/checkable.js'
import type { ScopeStore } from '../connections/scopes.store.js'
import type { AdminStore } from '../install/admin.store.js'
import type { Connector, SyncFlow } from '../contract/contract.js'
import { isScoped } from '../contract/scope.js'
import { NotFound } from '../errors.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { ruleAt } from '../runs/approval.js'
import type { ApprovalStore } from '../runs/approval.store.js'
import { blockedMessage } from '../runs/blocked.view.js'
import type { RunStore } from '../runs/run.store.js'
import { beginsWithFetch, whereItStands } from '../runs/step-urls.js'
import { isUuid } from '../web/ids.js'
import { flash } from '../web/session.js'
import { textField } from '../web/form.js'
import type { Beginning } from '../wizard/begin.service.js'
import type { CheckStore } from './check.store.js'
import { asksDay } from './checkable.js'
import { planSince } from './plan-age.js'
import { formSince, isAsSaved } from './form-since.js'
import { notYetAutomatic, parseSchedule, RUNS_BEFORE, type Offered } from './schedule.form.js'
import type { Order, Schedule, ScheduleStore } from './schedule.store.js'
import { scheduleChanges, schedulePage, type ScheduleInput } from './schedule.view.js'
import { minuteOf, nextSlot, referenceDateOf, type Rhythm } from './slots.js'

interface ScheduleStores {
  connections: Pick<ConnectionStore, 'current'>
  schedules: ScheduleStore
  approvals: Pick<ApprovalStore, 'rule'>
  checks: Pick<CheckStore, 'take' | 'ofRun' | 'wellInARow'>
  scopes: Pick<ScopeStore, 'options'>
  admins: Pick<AdminStore, 'administrators'>
  runs: Pick<RunStore, 'find'>
  audit: Recorder
}

export interface ScheduleRoutesDeps {
  inTenant: InTenant<ScheduleStores>
  clock: Clock
  connectorOf(id: string): Connector
  beginning: Pick<Beginning, 'begin'>
}

interface Subject {
  tenantId: string
  adminId: string
  connector: Connector
  flow: SyncFlow
}

/** What a flow's form offers, with the schedule as it stands. */
async function offeredFor(
  { schedules, scopes, checks, approvals, admins }: ScheduleStores,
  connector: Connector,
  flow: SyncFlow,
  { connectionId, now }: { connectionId: string; now: Date },
): Promise<Offered> {
  const schedule = await schedules.ofFlow(connector.id, flow.id)
  const other = checkableFlows(connector).find(
    ({ dataset, direction }) => dataset === flow.dataset && direction !== flow.direction,
  )
  const otherWay = other ? await schedules.ofFlow(connector.id, other.id) : null
  const against = other && otherWay?.mode === 'auto' ? other : null
  return {
    schedule,
    approval: ruleAt(await approvals.rule(connector.id, flow.id), now).mode,
    scopes: isScoped(flow) ? await scopes.options(connector.id, flow.id) : [],
    administrators: await admins.administrators(),
    notYet: notYetAutomatic(await checks.wellInARow(connectionId, flow.id, RUNS_BEFORE), { schedule, against }),
  }
}

/** What is done to a schedule; each in the name of whoever presses. */
function changing({ clock }: Pick<ScheduleRoutesDeps, 'clock'>) {
  const from = (order: Rhythm, connectionId: string) => nextSlot(order, minuteOf(connectionId), clock.now())

  return {
    async save(
      { schedules, audit }: ScheduleStores,
      { connector, flow, adminId }: Subject,
      { id, accountId }: Pick<Connection, 'id' | 'accountId'>,
      order: Order,
      offered: Offered,
    ) {
      const at = { adminId, accountId, slotAt: from(order, id), now: clock.now() }
      await schedules.save(connector.id, flow.id, { ...order, ...at })
      const details = { name: flow.panel.title, changes: scheduleChanges(flow, order, offered) }
      await audit.add({ act: 'schedule.saved', connector: connector.id, details })
    },

    async stop({ schedules, audit }: ScheduleStores, { connector, flow }: Subject, schedule: Schedule) {
      await schedules.change(schedule.id, { paused: 'stopped', pausedAt: clock.now(), recountAt: null })
      await audit.add({ act: 'schedule.stopped', connector: connector.id, details: { name: flow.panel.title } })
    },

    /** 再開する, or 引き継ぐ where whoever it read for is no administrator any more. */
    async resume(
      { schedules, audit }: ScheduleStores,
      { connector, flow, adminId }: Subject,
      connectionId: string,
      schedule: Schedule,
    ) {
      const slotAt = from(schedule, connectionId)
      const course = { paused: null, pausedAt: null, adminId, slotAt, nextAt: slotAt, tries: 0, failures: 0 }
      await schedules.change(schedule.id, course)
      const act = schedule.paused === 'owner-left' ? 'schedule.taken-over' : 'schedule.resumed'
      await audit.add({ act, connector: connector.id, details: { name: flow.panel.title } })
    },
  }
}

const CHANGED_SINCE =
  'この画面を開いた後に、別の画面での操作か自動の停止により、定期チェックの設定が変わったため、保存していません。現在の設定に、この画面で変更した項目を反映して表示しています。内容を確認して、もう一度ボタンを押してください。'

/** 定期チェック, and the way from its figure to the people. */
export function scheduleRoutes(deps: ScheduleRoutesDeps): Router {
  const { inTenant, clock, connectorOf } = deps
  const router = Router()
  const { save, stop, resume } = changing(deps)

  const flowsOf = (req: Request) => {
    const connector = connectorOf(String(req.params.connector))
    const flows = checkableFlows(connector)
    if (flows.length === 0) throw new NotFound()
    return { connector, flows }
  }
  const subjectOf = (req: Request, res: Response): Subject => {
    const { connector, flows } = flowsOf(req)
    const { tenant, admin } = signedIn(res)
    const { value } = textField(req.body, 'flow')
    const flow = flows.find(({ id }) => id === value)
    if (!flow) throw new NotFound()
    return { tenantId: tenant.id, adminId: admin.id, connector, flow }
  }
  const show = async (req: Request, res: Response, refused?: ScheduleInput['refused']) => {
    const { connector, flows } = flowsOf(req)
    const offered = await inTenant(signedIn(res).tenant.id, async stores => {
      const connection = await stores.connections.current(connector.id)
      if (!connection) return null
      const all: ScheduleInput['flows'][number][] = []
      const at = { connectionId: connection.id, now: clock.now() }
      for (const flow of flows) all.push({ flow, ...(await offeredFor(stores, connector, flow, at)) })
      return all
    })
    if (!offered) return res.redirect(303, paths.connection.to({ connector: connector.id }))
    if (refused) res.status(422)
    const page = schedulePage({ connector, flows: offered, ...(refused && { refused }) })
    res.render('pages/schedule', { connector, page })
  }
  const said = (req: Request, res: Response, { connector }: Subject, text: string) => {
    flash(req, { kind: 'success', text })
    res.redirect(303, paths.schedule.to({ connector: connector.id }))
  }

  router.get(paths.schedule.pattern, (req, res) => show(req, res))

  router.post(paths.schedule.pattern, async (req, res) => {
    const subject = subjectOf(req, res)
    const { connector, flow, tenantId } = subject
    const { value: op } = textField(req.body, 'op')
    const done = await inTenant(tenantId, async stores => {
      const connection = await stores.connections.current(connector.id)
      if (!connection) return null
      const schedule = await stores.schedules.lockFlow(connector.id, flow.id)
      const offered = await offeredFor(stores, connector, flow, { connectionId: connection.id, now: clock.now() })
      // Stopping writes nothing anywhere: no page is too old for it.
      const changed = op === 'stop' ? null : formSince(flow, req.body, offered)
      if (changed) return { typed: changed, errors: {}, changed: CHANGED_SINCE }
      if (op === 'save') {
        const parsed = parseSchedule(flow, req.body, offered)
        if (!parsed.ok) return parsed
        await save(stores, subject, connection, parsed.order, offered)
        return '定期チェックを保存しました'
      }
      if (!schedule || !['stop', 'resume'].includes(op)) throw new NotFound()
      if (op === 'stop') {
        if (schedule.paused !== 'stopped') await stop(stores, subject, schedule)
        return '定期チェックを停止しました'
      }
      const order = isAsSaved(flow, req.body, offered) ? null : parseSchedule(flow, req.body, offered)
      if (order?.ok === false) return order
      if (schedule.paused !== null) await resume(stores, subject, connection.id, schedule)
      if (order) await save(stores, subject, connection, order.order, offered)
      return order ? '定期チェックを保存し、再開しました' : '定期チェックを再開しました'
    })
    if (done === null) return res.redirect(303, paths.connection.to({ connector: connector.id }))
    if (typeof done !== 'string') return show(req, res, { flow: flow.id, ...done })
    said(req, res, subject, done)
  })

  router.use(checkPlanRoutes(deps, subjectOf))
  return router
}

const READ_AGAIN = '定期チェックの内容が古いか、使用済みのため、最新の情報を取得しています。'

/** ［内容を確認］: the plan of a check becomes the run of whoever looks at it; one that is out of date is read anew. */
function checkPlanRoutes(
  { inTenant, clock, beginning }: ScheduleRoutesDeps,
  subjectOf: (req: Request, res: Response) => Subject,
): Router {
  const router = Router()

  /** Where the check's plan is looked at; null: it is gone, or out of date. */
  const planAt = ({ tenantId, adminId, connector, flow }: Subject, runId: string): Promise<string | null> =>
    inTenant(tenantId, async ({ checks, schedules, runs, audit }) => {
      if (!(await checks.ofRun(runId))) return null
      const schedule = await schedules.ofFlow(connector.id, flow.id)
      const now = clock.now()
      const readSince = planSince(schedule?.mode ?? 'notify', now)
      const isTaken = await checks.take(runId, { adminId, readSince, now })
      if (isTaken) await audit.add({ act: 'check.opened', connector: connector.id, runId })
      const run = await runs.find(runId)
      return run?.state === 'ready' && run.flow === flow.id ? whereItStands(run, flow) : null
    })

  router.post(paths.checkPlan.pattern, async (req, res) => {
    const subject = subjectOf(req, res)
    const { tenantId, adminId, connector, flow } = subject
    const { value: runId } = textField(req.body, 'run')
    const there = isUuid(runId) ? await planAt(subject, runId) : null
    if (there !== null) return res.redirect(303, there)
    const schedule = await inTenant(tenantId, ({ schedules }) => schedules.ofFlow(connector.id, flow.id))
    const { reference = 'today', scopeId = null } = schedule ?? {}
    const answer = {
      ...(asksDay(flow) && { referenceDate: referenceDateOf(reference, clock.today()) }),
      ...(scopeId !== null && { scope: { id: scopeId } }),
    }
    const begun = await beginning.begin({ tenantId, adminId }, connector.id, flow.id, answer)
    if ('blocked' in begun) {
      flash(req, { kind: 'warning', ...blockedMessage(connector, begun.blocked) })
      return res.redirect(303, paths.dashboard.to({ connector: connector.id }))
    }
    if (asksDay(flow) || beginsWithFetch(flow)) flash(req, { kind: 'info', text: READ_AGAIN })
    const run = await inTenant(tenantId, ({ runs }) => runs.find(begun.runId))
    res.redirect(303, run ? whereItStands(run, flow) : paths.dashboard.to({ connector: connector.id }))
  })

  return router
}
