import { Router, type Request, type Response } from 'express'
import { hasSelection, type Connector, type Flow, type Limits } from '../contract/contract.js'
import { fieldsOf } from '../contract/value-tables.js'
import { AppError, Conflict } from '../errors.js'
import { paths } from '../paths.js'
import type { PayrollNames } from '../payslips/payroll-names.js'
import { isOpen } from '../runs/approval.js'
import { parseIdPlace } from '../runs/id-place.js'
import { one } from '../web/fields.js'
import type { Loaded } from '../runs/load-run.js'
import { itemsToRegister, wholeView } from '../runs/run.js'
import { undoLabel } from '../runs/undoing.words.js'
import { whereItStands } from '../runs/step-urls.js'
import { payslipLimits, smarthrLimits } from '../smarthr/limits.js'
import type { FieldErrors } from '../web/form.js'
import { flash } from '../web/session.js'
import { parseConfirmation, parseNames, parseOwnTicks, parseTurn } from './confirm.form.js'
import { confirmPage, dialogOf } from './confirm.view.js'
import { lastList } from './last-list.js'
import { fieldOf } from './list-view.js'
import { COUNT_FIELD, parseCount } from './guard.form.js'
import { WrongCount } from './guard.service.js'
import { CHANGED, FEWER, lacksOptions, REPEATED } from './refusals.js'
import type { Selecting } from './select.service.js'
import { pathOf, type WizardDeps } from './wizard.deps.js'

const TICKS_TAKEN = 'チェックを反映しました。対象の人数と内容を確認して、もう一度ボタンを押してください。'

/** What was typed in the dialog, and what is said of it. */
interface Typed {
  names?: PayrollNames
  again?: boolean
  fewer?: boolean
  count?: string
  errors?: FieldErrors
  place?: { after?: string; before?: string }
  /** whose people alone are shown */
  field?: string
}

/** How fast a run of the flow may write. */
function limitsOf(connector: Connector, flow: Flow): Limits {
  if (flow.kind === 'import') return payslipLimits
  return flow.direction === 'to-smarthr' ? smarthrLimits : connector.limits
}

/** … and where another administrator is asked first. */
const askedMessage = ({ flow, run }: Loaded) => ({
  kind: 'success' as const,
  text: `承認を依頼しました。ほかの管理者が承認すると、${undoLabel(flow.words.act, run)}を開始します`,
  link: { href: paths.approval.to({ id: run.id }), label: '依頼を確認する' },
})

/** A publication asks SmartHR once more: what it answers is told like everything else that stood in the way. */
export const stoodInTheWay = (error: unknown, flow: Flow): error is AppError =>
  error instanceof Conflict || (flow.kind === 'publication' && error instanceof AppError)

/** The message on the dashboard once the run is on its way. */
export function startedMessage({ flow, run }: Loaded, gone: number) {
  const link = {
    href: paths.report.to({ id: run.id }),
    label:
      flow.kind === 'publication' ? '公開の状況を確認する' : `${undoLabel(flow.words.act, run)}の実行状況を確認する`,
  }
  const { started } = dialogOf(flow, run)
  const left = `SmartHRから削除されたか、対象外になった${gone}${flow.words.counter}は、公開していません。連携レポートで確認してください`
  return { kind: 'success' as const, text: gone > 0 ? `${started}。${left}` : started, link }
}

type Deps = Pick<
  WizardDeps,
  'loadRun' | 'clock' | 'selecting' | 'dialog' | 'starting' | 'guard' | 'approving' | 'siteOf'
>

/** Stores ticks that stand in the dialog itself. `changed`: they were others before. */
async function takeTicks(selecting: Selecting, req: Request, { run, flow, tenantId }: Loaded, revision: number) {
  const { shown, chosen, pressed } = parseOwnTicks(req.body)
  if (hasSelection(flow) || run.state !== 'ready' || shown.length === 0)
    return { pressed: false, changed: false, stale: false }
  const before = new Set((await selecting.ownTicks(run)).items.flatMap(item => (item.selected ? [item.id] : [])))
  if (shown.every(id => before.has(id) === chosen.includes(id))) return { pressed, changed: false, stale: false }
  const order = { revision, shown, chosen, view: wholeView, then: 'keep', pressed: 'own-ticks' } as const
  return { pressed, changed: true, stale: (await selecting.choose(tenantId, run.id, order)).stale }
}

/** What stands beside the people of a plan, for the dialog and for whoever is asked to agree to it. */
export const besidePeople = async (
  { clock, selecting, dialog, guard, siteOf }: Pick<Deps, 'clock' | 'selecting' | 'dialog' | 'guard' | 'siteOf'>,
  { connector, flow, run, tenant }: Pick<Loaded, 'connector' | 'flow' | 'run' | 'tenant'>,
) => ({
  connector,
  flow,
  run,
  limits: limitsOf(connector, flow),
  now: clock.now(),
  left: hasSelection(flow) ? null : await selecting.leftOut(run),
  replaces: await dialog.replaced(run),
  fired: await guard.fired(run),
  site: siteOf(tenant),
})

/** The dialog, and 同期. */
export function confirmRoutes(deps: Deps): Router {
  const { loadRun, clock, selecting, dialog, starting, approving } = deps
  const router = Router()

  const show = async (req: Request, res: Response, loaded: Loaded, typed: Typed = {}) => {
    const { run, connector, flow } = loaded
    if (run.state !== 'ready' || itemsToRegister(flow, run).length > 0) return res.redirect(whereItStands(run, flow))
    const field = fieldOf(fieldsOf(flow), typed.field ?? one(req.query.field))
    const shown = await dialog.shown(run, { ...(typed.place ?? parseIdPlace(req.query)), field })
    // Where people are not chosen, the page itself says that there are none.
    if (shown.selected.total === 0 && hasSelection(flow))
      return res.redirect(paths.step.to({ id: run.id, step: 'select' }))
    if (shown.selected.new > 0 && lacksOptions(flow, run))
      return res.redirect(paths.step.to({ id: run.id, step: 'options' }))
    const asked = await approving.latest(run)
    if (asked && isOpen(asked, clock.now())) return res.redirect(303, paths.approval.to({ id: run.id }))
    const beside = await besidePeople(deps, loaded)
    const total = shown.selected.total
    const page = confirmPage({
      ...beside,
      ownTicks: hasSelection(flow) ? null : await selecting.ownTicks(run),
      asked,
      asks: await approving.needed(run, { fired: beside.fired.map(one => one.fired), total }),
      ...shown,
      ...typed,
      field,
      list: lastList(req, run),
    })
    res.render('pages/wizard/confirm', { connector, run, page })
  }

  router.get(pathOf('confirm'), async (req, res) => show(req, res, await loadRun(req, res)))

  router.post(pathOf('confirm'), async (req, res) => {
    const loaded = await loadRun(req, res)
    const { run, connector, flow, tenantId, adminId } = loaded
    const sent = parseConfirmation(req.body)
    const { revision, again, fewer } = sent
    const asked = flow.kind === 'import' ? parseNames(req.body) : null
    const typed: Typed = { ...(asked && { names: asked.typed }), again, fewer, count: parseCount(req.body).typed }
    const turnBack = async (text: string) => {
      flash(req, { kind: 'warning', text })
      res.redirect(303, whereItStands((await loadRun(req, res)).run, flow))
    }

    const ticks = await takeTicks(selecting, req, loaded, revision)
    if (ticks.stale) return turnBack(CHANGED)
    if (ticks.pressed) return show(req, res, loaded, typed)
    if (ticks.changed) {
      // Only people that the dialog showed are written.
      res.status(422)
      return show(req, res, loaded, { ...typed, errors: { ownTicks: TICKS_TAKEN } })
    }
    // The list turns a page, or is narrowed to a field; what was typed stays.
    const { place, turns, field } = parseTurn(req.body)
    typed.field = field
    if (turns) return show(req, res, loaded, { ...typed, place })
    if (asked && run.state === 'ready' && Object.keys(asked.errors).length > 0) {
      res.status(422)
      return show(req, res, loaded, { ...typed, errors: asked.errors })
    }
    try {
      const begun = await starting.start({ tenantId, adminId }, run.id, { ...sent, names: asked?.typed ?? null })
      flash(req, begun.asked ? askedMessage(loaded) : startedMessage(loaded, begun.gone))
      res.redirect(303, paths.dashboard.to({ connector: connector.id }))
    } catch (error) {
      if (!stoodInTheWay(error, flow)) throw error
      const tick = error instanceof WrongCount ? COUNT_FIELD : { [REPEATED]: 'again', [FEWER]: 'fewer' }[error.message]
      if (tick === undefined || run.state !== 'ready') return turnBack(error.message)
      res.status(422)
      await show(req, res, loaded, { ...typed, errors: { [tick]: error.message } })
    }
  })

  return router
}
