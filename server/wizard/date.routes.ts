import { Router } from 'express'
import { stepOf, type Flow } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import { paths } from '../paths.js'
import { isFollowUp, type Run } from '../runs/run.js'
import { firstStep, whereItStands } from '../runs/step-urls.js'
import { flash } from '../web/session.js'
import { parseReferenceDate } from './date.form.js'
import { datePage, presetDate } from './date.view.js'
import { parseScope, scopeAsked } from './scope-choice.js'
import { askingOf } from './steps.view.js'
import { pathOf, closedNow, FETCHED_ELSEWHERE, mayBeAsked, type WizardDeps } from './wizard.deps.js'

/** What is asked before the date is not answered yet. */
const lacksPeriod = (run: Run, flow: Flow): boolean => stepOf(flow, 'period') !== undefined && run.period === null

/** 情報取得基準日, 支給月 or 年度 */
export function dateRoutes({ loadRun, clock, beginning }: Pick<WizardDeps, 'loadRun' | 'clock' | 'beginning'>): Router {
  const router = Router()

  router.get(pathOf('date'), async (req, res) => {
    const { run, connector, flow, tenantId } = await loadRun(req, res)
    if (!mayBeAsked(run) || isFollowUp(run)) return res.redirect(whereItStands(run, flow))
    const step = stepOf(flow, 'date')
    if (!step || lacksPeriod(run, flow)) return res.redirect(firstStep(run, flow))
    const today = clock.today()
    const typed = run.referenceDate ?? presetDate(step, today)
    const asking = askingOf(run, 'date')
    const scope = scopeAsked(await beginning.scopesFor(tenantId, connector.id, flow), run)
    const problem = closedNow({ connector }, clock)
    const page = datePage({ flow, step, asking, typed, error: null, problem, scope, today })
    res.render('pages/wizard/date', { connector, run, page })
  })

  router.post(pathOf('date'), async (req, res) => {
    const { run, connector, flow, tenantId } = await loadRun(req, res)
    const step = stepOf(flow, 'date')
    if (!step) throw new NotFound()
    if (lacksPeriod(run, flow)) return res.redirect(303, firstStep(run, flow))
    const today = clock.today()
    const problem = closedNow({ connector }, clock)
    const options = await beginning.scopesFor(tenantId, connector.id, flow)
    const parsed = parseReferenceDate(req.body, step, today)
    const { asked, scope } = parseScope(req.body, options, run)
    const again = (status: number, typed: string, error: string | null) => {
      const asking = askingOf(run, 'date')
      const page = datePage({ flow, step, asking, typed, error, problem, scope: asked, today })
      res.status(status).render('pages/wizard/date', { connector, run, page })
    }
    if (!parsed.ok) return again(422, parsed.typed, parsed.error)
    if (asked.error !== null) return again(422, parsed.value, null)
    if (problem !== null) return again(409, parsed.value, null)
    const begun = await beginning.startFetch(tenantId, run.id, {
      referenceDate: parsed.value,
      ...(scope && { scope }),
    })
    if (!begun) flash(req, { kind: 'warning', text: FETCHED_ELSEWHERE })
    res.redirect(303, paths.step.to({ id: run.id, step: 'fetch' }))
  })

  return router
}
