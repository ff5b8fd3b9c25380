import { Router, type Request, type Response } from 'express'
import { stepOf, type Columns } from '../contract/contract.js'
import { FILE_GONE } from '../contract/file.js'
import { NotFound } from '../errors.js'
import { paths } from '../paths.js'
import { whereItStands } from '../runs/step-urls.js'
import type { FieldErrors } from '../web/form.js'
import { flash } from '../web/session.js'
import { parseColumns } from './columns.form.js'
import { columnsPage } from './columns.view.js'
import { pathOf, closedNow, FETCHED_ELSEWHERE, mayBeAsked, type WizardDeps } from './wizard.deps.js'

/** Which column of the file holds what. */
export function columnsRoutes({
  loadRun,
  clock,
  uploading,
}: Pick<WizardDeps, 'loadRun' | 'clock' | 'uploading'>): Router {
  const router = Router()

  /** The run and its file; null where the answer is given already: it is elsewhere by now, or its file is gone. */
  const open = async (req: Request, res: Response) => {
    const loaded = await loadRun(req, res)
    const { run, connector, flow, adminId } = loaded
    const step = stepOf(flow, 'columns')
    const source = connector.file
    if (!step || !source) throw new NotFound()
    if (!mayBeAsked(run)) {
      res.redirect(303, whereItStands(run, flow))
      return null
    }
    const known = await uploading.columnsOf(run, source)
    if (!known) {
      flash(req, { kind: 'warning', text: FILE_GONE })
      res.redirect(303, paths.newRun.to({ connector: connector.id }, { flow: flow.id }))
      return null
    }
    const show = (chosen: Columns, errors: FieldErrors = {}, problem: string | null = null) => {
      const page = columnsPage({ flow, step, run, file: known.file, chosen, fields: source.fields, errors, problem })
      res.render('pages/wizard/columns', { connector, run, page })
    }
    return { run, connector, adminId, source, known, show }
  }

  router.get(pathOf('columns'), async (req, res) => {
    const opened = await open(req, res)
    if (opened) opened.show(opened.known.chosen, {}, closedNow(opened, clock))
  })

  router.post(pathOf('columns'), async (req, res) => {
    const opened = await open(req, res)
    if (!opened) return
    const { run, adminId, source, known, show } = opened
    // 取得し直す: what was chosen before holds.
    const isAgain = (req.body as Record<string, unknown> | undefined)?.again === 'yes'
    const { chosen, errors } = isAgain
      ? { chosen: known.chosen, errors: {} }
      : parseColumns(req.body, known.file.columns, source)
    const problem = closedNow(opened, clock)
    if (problem !== null || Object.keys(errors).length > 0) {
      res.status(problem === null ? 422 : 409)
      return show(chosen, errors, problem)
    }
    const begun = await uploading.take(run, adminId, source, chosen)
    if (!begun) flash(req, { kind: 'warning', text: FETCHED_ELSEWHERE })
    res.redirect(303, paths.step.to({ id: run.id, step: 'fetch' }))
  })

  return router
}
