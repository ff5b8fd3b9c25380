import { Router } from 'express'
import { stepOf } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import { paths } from '../paths.js'
import { nextStep, whereItStands } from '../runs/step-urls.js'
import { pathOf, mayBeAsked, type WizardDeps } from './wizard.deps.js'

/** The file of a run that is there: its columns are next. Another file is another run's (dashboard/upload.routes.ts). */
export function uploadRoutes({ loadRun, uploading }: Pick<WizardDeps, 'loadRun' | 'uploading'>): Router {
  const router = Router()

  router.get(pathOf('upload'), async (req, res) => {
    const { run, connector, flow } = await loadRun(req, res)
    if (!stepOf(flow, 'upload') || !connector.file) throw new NotFound()
    const hasFile = (await uploading.columnsOf(run, connector.file)) !== null
    if (hasFile) return res.redirect(mayBeAsked(run) ? nextStep(run, flow, 'upload') : whereItStands(run, flow))
    if (!mayBeAsked(run)) return res.redirect(paths.report.to({ id: run.id }))
    res.redirect(paths.newRun.to({ connector: connector.id }, { flow: flow.id }))
  })

  return router
}
