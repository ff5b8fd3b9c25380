import { Router, type Request, type Response } from 'express'
import { fieldsOf } from '../contract/value-tables.js'
import { Forbidden, NotFound, VendorUnavailable } from '../errors.js'
import { paths } from '../paths.js'
import { isOpen } from '../runs/approval.js'
import { NEWER_REQUEST, staleText } from '../runs/approval.words.js'
import { parseIdPlace } from '../runs/id-place.js'
import type { Loaded } from '../runs/load-run.js'
import { one } from '../web/fields.js'
import type { FieldErrors } from '../web/form.js'
import { flash } from '../web/session.js'
import { COMMENT, parseDecision } from './approval.form.js'
import { approvalPage } from './approval.view.js'
import { parseTurn } from './confirm.form.js'
import { besidePeople, startedMessage, stoodInTheWay } from './confirm.routes.js'
import { fieldOf } from './list-view.js'
import type { WizardDeps } from './wizard.deps.js'

type Deps = Pick<WizardDeps, 'loadRun' | 'clock' | 'selecting' | 'dialog' | 'guard' | 'approving' | 'siteOf'>

/** What was pressed and not done: what was typed, and why. */
interface Pressed {
  typed?: string
  errors?: FieldErrors
  problem?: string
  status?: number
}

interface ShownPart {
  place: ReturnType<typeof parseIdPlace>
  field: string
}

/** The part of the people that is shown: that of a button that turns to another one, or what the address names. */
function partOf(req: Request): ShownPart {
  const { turns, place, field } = parseTurn(req.body)
  return turns ? { place, field } : { place: parseIdPlace(req.query), field: one(req.query.field) }
}

/** The page of a request for 承認: the same plan as in the dialog, ［承認して同期］ and ［差し戻す］. */
export function approvalRoutes(deps: Deps): Router {
  const { loadRun, clock, dialog, approving } = deps
  const router = Router()

  /** What the dialog showed to whoever asked. */
  const planOf = async (loaded: Loaded, { place, field: named }: ShownPart) => {
    const { run, flow } = loaded
    const field = fieldOf(fieldsOf(flow), named)
    const shown = await dialog.shown(run, { ...place, field })
    return { ...(await besidePeople(deps, loaded)), ...shown, names: null, field }
  }

  const show = async (req: Request, res: Response, loaded: Loaded, pressed: Pressed = {}) => {
    const { run, connector, flow, adminId } = loaded
    const approval = await approving.latest(run)
    if (!approval) throw new NotFound()
    if (approval.state === 'approved') {
      if (pressed.problem) flash(req, { kind: 'warning', text: pressed.problem })
      return res.redirect(303, paths.report.to({ id: run.id }))
    }
    const now = clock.now()
    const part = partOf(req)
    const plan = run.state === 'ready' && isOpen(approval, now) ? await planOf(loaded, part) : null
    const why = await approving.whyNot(run, approval)
    const page = approvalPage({ flow, run, approval, adminId, now, why, place: part.place, ...pressed }, plan)
    res.status(pressed.status ?? 200).render('pages/wizard/approval', { connector, run, page })
  }

  router.get(paths.approval.pattern, async (req, res) => show(req, res, await loadRun(req, res)))

  router.post(paths.approval.pattern, async (req, res) => {
    const loaded = await loadRun(req, res)
    const { run, connector, flow, tenantId, adminId } = loaded
    const { op, id, comment, typed, errors } = parseDecision(req.body)
    const approval = await approving.latest(run)
    if (!approval) throw new NotFound()
    // Another part of the people is looked at; the comment stays.
    if (op === null && parseTurn(req.body).turns) return show(req, res, loaded, { typed })
    if (op === null) throw new NotFound()
    const waits = isOpen(approval, clock.now())
    if (Object.keys(errors).length > 0 && waits) return show(req, res, loaded, { typed, errors, status: 422 })
    // What was typed about another request is kept, and looked at beside the new one.
    if (op === 'return' && approval.id !== id && waits)
      return show(req, res, loaded, { typed, errors: { [COMMENT]: NEWER_REQUEST }, status: 422 })
    const who = { tenantId, adminId }
    const done = (text: string) => {
      flash(req, { kind: 'success', text })
      res.redirect(303, paths.approval.to({ id: run.id }))
    }
    /** The page as it stands now, with what was typed. */
    const refuse = async (problem: string, status: number) =>
      show(req, res, await loadRun(req, res), { typed, problem, status })
    try {
      if (op === 'return') {
        await approving.sendBack(who, run.id, { id, comment })
        return done('差し戻しました。依頼した管理者にメールで知らせます')
      }
      if (op === 'withdraw') {
        await approving.withdraw(who, run.id, id)
        return done('承認の依頼を取り下げました')
      }
      const begun = await approving.approve(who, run.id, id)
      if ('stale' in begun) return await refuse(staleText(approval.requestedByName, begun.stale), 409)
      flash(req, startedMessage(loaded, begun.gone))
      res.redirect(303, paths.dashboard.to({ connector: connector.id }))
    } catch (error) {
      const stays = error instanceof VendorUnavailable || stoodInTheWay(error, flow)
      if (error instanceof Forbidden || !stays) throw error
      await refuse(error.message, error.status)
    }
  })

  return router
}
