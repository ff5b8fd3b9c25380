import { Router, type Request, type Response } from 'express'
import { stepOf, type Area, type AreaStep } from '../contract/contract.js'
import { AppError, NotFound } from '../errors.js'
import { paths } from '../paths.js'
import type { Loaded } from '../runs/load-run.js'
import { whereItStands } from '../runs/step-urls.js'
import { notChosen, textField } from '../web/form.js'
import { flash } from '../web/session.js'
import { areaPage } from './area.view.js'
import { parseScope, scopeAsked, type ScopeAsked } from './scope-choice.js'
import { pathOf, closedNow, FETCHED_ELSEWHERE, mayBeAsked, type WizardDeps } from './wizard.deps.js'

type Deps = Pick<WizardDeps, 'loadRun' | 'clock' | 'beginning' | 'choices'>

/** Which of the account's areas to work in; the service names them while the page is drawn. */
export function areaRoutes({ loadRun, clock, beginning, choices }: Deps): Router {
  const router = Router()

  const open = async (req: Request, res: Response) => {
    const loaded = await loadRun(req, res)
    const step = stepOf(loaded.flow, 'area')
    if (!step) throw new NotFound()
    return { ...loaded, step }
  }

  const show = async (
    req: Request,
    res: Response,
    { run, connector, flow, step, tenantId }: Loaded & { step: AreaStep },
    shown: { areas?: readonly Area[]; error?: string; scope?: ScopeAsked } = {},
  ) => {
    let { areas } = shown
    let last: string | null = null
    let problem = closedNow({ connector }, clock)
    try {
      if (!areas) ({ areas, last } = await choices.openAreas(run))
    } catch (error) {
      // The page stays, with what happened and a way to try again.
      if (!(error instanceof AppError)) throw error
      res.status(error.status)
      problem = error.message
    }
    const kind = typeof req.query.kind === 'string' ? req.query.kind : null
    const scope = shown.scope ?? scopeAsked(await beginning.scopesFor(tenantId, connector.id, flow), run)
    const page = areaPage({
      flow,
      step,
      run,
      areas: areas ?? [],
      kind,
      last,
      error: shown.error ?? null,
      problem,
      scope,
    })
    res.render('pages/wizard/area', { connector, run, page })
  }

  router.get(pathOf('area'), async (req, res) => {
    const loaded = await open(req, res)
    if (!mayBeAsked(loaded.run)) return res.redirect(whereItStands(loaded.run, loaded.flow))
    await show(req, res, loaded)
  })

  router.post(pathOf('area'), async (req, res) => {
    const loaded = await open(req, res)
    const { run, connector, flow, step, tenantId } = loaded
    const options = await beginning.scopesFor(tenantId, connector.id, flow)
    const { asked, scope } = parseScope(req.body, options, run)
    let areas: readonly Area[]
    try {
      ;({ areas } = await choices.openAreas(run))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return show(req, res, loaded, { scope: asked })
    }
    const { value } = textField(req.body, 'area')
    const area = areas.find(candidate => candidate.value === value)
    if (!area) {
      const error =
        value === '' ? notChosen(step.label) : `選択した${step.label}が見つかりません。選択し直してください。`
      res.status(422)
      return show(req, res, loaded, { areas, error, scope: asked })
    }
    const isClosed = closedNow({ connector }, clock) !== null
    if (asked.error !== null || isClosed) {
      res.status(asked.error !== null ? 422 : 409)
      return show(req, res, loaded, { areas, scope: asked })
    }
    const begun = await beginning.startFetch(tenantId, run.id, {
      area: { value: area.value, label: `${area.label}（${area.detail}）` },
      ...(scope && { scope }),
    })
    if (!begun) flash(req, { kind: 'warning', text: FETCHED_ELSEWHERE })
    res.redirect(303, paths.step.to({ id: run.id, step: 'fetch' }))
  })

  return router
}
