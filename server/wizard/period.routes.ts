import { Router, type Request, type Response } from 'express'
import { stepOf } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import { isFollowUp } from '../runs/run.js'
import { nextStep, whereItStands } from '../runs/step-urls.js'
import { parsePeriod } from './period.form.js'
import { periodPage } from './period.view.js'
import { askingOf } from './steps.view.js'
import { pathOf, mayBeAsked, type WizardDeps } from './wizard.deps.js'

/** 対象期間 */
export function periodRoutes({ loadRun, beginning }: Pick<WizardDeps, 'loadRun' | 'beginning'>): Router {
  const router = Router()

  const open = async (req: Request, res: Response) => {
    const loaded = await loadRun(req, res)
    const step = stepOf(loaded.flow, 'period')
    if (!step) throw new NotFound()
    return { ...loaded, step, open: mayBeAsked(loaded.run) && !isFollowUp(loaded.run) }
  }

  router.get(pathOf('period'), async (req, res) => {
    const { run, connector, flow, step, ...page } = await open(req, res)
    if (!page.open) return res.redirect(whereItStands(run, flow))
    const typed = run.period ?? { from: '', to: '' }
    res.render('pages/wizard/period', {
      connector,
      run,
      page: periodPage({ flow, step, asking: askingOf(run, 'period'), typed, errors: {} }),
    })
  })

  router.post(pathOf('period'), async (req, res) => {
    const { run, connector, flow, step, tenantId, ...page } = await open(req, res)
    if (!page.open) return res.redirect(303, whereItStands(run, flow))
    const { typed, value, errors } = parsePeriod(req.body, step)
    if (!value) {
      res.status(422)
      return res.render('pages/wizard/period', {
        connector,
        run,
        page: periodPage({ flow, step, asking: askingOf(run, 'period'), typed, errors }),
      })
    }
    await beginning.choosePeriod(tenantId, run.id, value)
    res.redirect(303, nextStep(run, flow, 'period'))
  })

  return router
}
