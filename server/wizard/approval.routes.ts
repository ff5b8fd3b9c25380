import { Router, type Request, type Response } from 'express'
import { fieldsOf } from '../contract/value-tables.js'
import { Forbidden, NotFound } from '../errors.js'
import { paths } from '../paths.js'
import { isOpen } from '../runs/approval.js'
import { NEWER_REQUEST, staleText } from '../runs/approval.words.js'
import { parseIdPlace } from '../runs/id-place.js'
import type { Loaded } from '../runs/load-run.js'
import { one } from '../web/fields.js'
import { flash } from '../web/session.js'
import { COMMENT, parseDecision, type ParsedDecision } from './approval.form.js'
import { approvalPage } from './approval.view.js'
import { besidePeople, startedMessage, stoodInTheWay } from './confirm.routes.js'
import { fieldOf } from './list-view.js'
import type { WizardDeps } from './wizard.deps.js'

type Deps = Pick<WizardDeps, 'loadRun' | 'clock' | 'selecting' | 'dialog' | 'guard' | 'approving' | 'siteOf'>

/** The page of a request for 承認: the same plan as in the dialog, ［承認して同期］ and ［差し戻す］. */
export function approvalRoutes(deps: Deps): Router {
  const { loadRun, clock, dialog, approving } = deps
  const router = Router()

  /** What the dialog showed to whoever asked. */
  const planOf = async (req: Request, loaded: Loaded) => {
    const { run, flow } = loaded
    const field = fieldOf(fieldsOf(flow), one(req.query.field))
    const shown = await dialog.shown(run, { ...parseIdPlace(req.query), field })
    return { ...(await besidePeople(deps, loaded)), ...shown, names: null, field }
  }

  const show = async (req: Request, res: Response, loaded: Loaded, refused?: ParsedDecision) => {
    const { run, connector, flow, adminId } = loaded
    const approval = await approving.latest(run)
    if (!approval) throw new NotFound()
    if (approval.state === 'approved') return res.redirect(303, paths.report.to({ id: run.id }))
    const now = clock.now()
    const plan = run.state === 'ready' && isOpen(approval, now) ? await planOf(req, loaded) : null
    const why = await approving.whyEnded(run, approval)
    const page = approvalPage({ flow, run, approval, adminId, now, why, ...refused }, plan)
    if (refused) res.status(422)
    res.render('pages/wizard/approval', { connector, run, page })
  }

  router.get(paths.approval.pattern, async (req, res) => show(req, res, await loadRun(req, res)))

  router.post(paths.approval.pattern, async (req, res) => {
    const loaded = await loadRun(req, res)
    const { run, connector, flow, tenantId, adminId } = loaded
    const parsed = parseDecision(req.body)
    const { op, id, comment, errors } = parsed
    const approval = await approving.latest(run)
    if (!approval || op === null) throw new NotFound()
    if (Object.keys(errors).length > 0 && isOpen(approval, clock.now())) return show(req, res, loaded, parsed)
    // What was typed about another request is kept, and looked at beside the new one.
    if (op === 'return' && approval.id !== id && isOpen(approval, clock.now()))
      return show(req, res, loaded, { ...parsed, errors: { [COMMENT]: NEWER_REQUEST } })
    const who = { tenantId, adminId }
    const here = (kind: 'warning' | 'success', text: string) => {
      flash(req, { kind, text })
      res.redirect(303, paths.approval.to({ id: run.id }))
    }
    try {
      if (op === 'return') {
        await approving.sendBack(who, run.id, { id, comment })
        return here('success', '差し戻しました。依頼した管理者にメールで知らせます')
      }
      if (op === 'withdraw') {
        await approving.withdraw(who, run.id, id)
        return here('success', '承認の依頼を取り下げました')
      }
      const begun = await approving.approve(who, run.id, id)
      if ('stale' in begun) return here('warning', staleText(approval.requestedByName, begun.stale))
      flash(req, startedMessage(loaded, begun.gone))
      res.redirect(303, paths.dashboard.to({ connector: connector.id }))
    } catch (error) {
      if (error instanceof Forbidden || !stoodInTheWay(error, flow)) throw error
      here('warning', error.message)
    }
  })

  return router
}
