import { Router } from 'express'
import { NotFound } from '../errors.js'
import { paths } from '../paths.js'
import { beginsWithFetch, whereItStands } from '../runs/step-urls.js'
import { firstToDo } from './first-to-do.js'
import { fetchPage } from './fetch.view.js'
import { pathOf, type WizardDeps } from './wizard.deps.js'

/** Both sides are read: how far that is, or why it failed. */
export function fetchRoutes({
  loadRun,
  beginning,
  clock,
}: Pick<WizardDeps, 'loadRun' | 'beginning' | 'clock'>): Router {
  const router = Router()

  router.get(pathOf('fetch'), async (req, res) => {
    const { run, connector, flow, ...who } = await loadRun(req, res)
    const here = paths.step.to({ id: run.id, step: 'fetch' })
    const stands = whereItStands(run, flow)
    if (stands !== here) return res.redirect(stands)
    const page = fetchPage(flow, run, await firstToDo(beginning, { run, connector, flow, ...who }, here), clock.now())
    res.render('pages/wizard/fetch', { connector, run, page })
  })

  // Read once more, where there is nothing to ask first.
  router.post(pathOf('fetch'), async (req, res) => {
    const { run, flow, tenantId } = await loadRun(req, res)
    if (!beginsWithFetch(flow)) throw new NotFound()
    await beginning.startFetch(tenantId, run.id, {})
    res.redirect(303, paths.step.to({ id: run.id, step: 'fetch' }))
  })

  return router
}
