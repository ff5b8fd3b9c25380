import { Router, type Request, type Response } from 'express'
import { stepOf, type OptionsStep } from '../contract/contract.js'
import { askedOptions } from '../contract/value-tables.js'
import { AppError } from '../errors.js'
import type { Loaded } from '../runs/load-run.js'
import type { Run } from '../runs/run.js'
import { nextStep, whereItStands } from '../runs/step-urls.js'
import type { FieldErrors } from '../web/form.js'
import { flash } from '../web/session.js'
import type { OpenOption } from './choices.service.js'
import { parseOptions, typedOptions } from './options.form.js'
import { optionsPage } from './options.view.js'
import { CHANGED } from './refusals.js'
import { pathOf, type WizardDeps } from './wizard.deps.js'

type Deps = Pick<WizardDeps, 'loadRun' | 'choices' | 'dialog'>

/** Values for new people, from lists of the service; it is asked while the page is drawn. */
export function optionsRoutes({ loadRun, choices, dialog }: Deps): Router {
  const router = Router()

  /** Nothing is asked where no person is new: the step leads to the next one. */
  const newcomersOf = async (run: Run) => (await dialog.shown(run, {})).selected.new

  /** … or where tables answer everything. */
  const isNeeded = async ({ run, flow }: Loaded) =>
    askedOptions(flow, run.tabled).length > 0 && (await newcomersOf(run)) > 0

  const show = async (
    res: Response,
    { run, connector, flow }: Loaded,
    step: OptionsStep,
    shown: { typed?: Record<string, string>; errors?: FieldErrors; options?: OpenOption[]; failure?: AppError } = {},
  ) => {
    const newcomers = await newcomersOf(run)
    let { options } = shown
    let problem: string | null = null
    try {
      // Who has just not answered is not asked again.
      if (shown.failure) throw shown.failure
      options ??= await choices.openOptions(run)
    } catch (error) {
      // The page stays, with what happened and a way to try again.
      if (!(error instanceof AppError)) throw error
      res.status(error.status)
      problem = error.message
    }
    const { typed = {}, errors = {} } = shown
    const page = optionsPage({ flow, step, run, newcomers, options: options ?? [], typed, errors, problem })
    res.render('pages/wizard/options', { connector, run, page })
  }

  /** The run, where it is this page's turn. */
  const open = async (req: Request, res: Response) => {
    const loaded = await loadRun(req, res)
    const step = stepOf(loaded.flow, 'options')
    return { loaded, step: loaded.run.state === 'ready' ? step : undefined }
  }

  router.get(pathOf('options'), async (req, res) => {
    const { loaded, step } = await open(req, res)
    const { run, flow } = loaded
    if (!step) return res.redirect(whereItStands(run, flow))
    if (!(await isNeeded(loaded))) return res.redirect(nextStep(run, flow, 'options'))
    await show(res, loaded, step)
  })

  router.post(pathOf('options'), async (req, res) => {
    const { loaded, step } = await open(req, res)
    const { run, flow } = loaded
    if (!step) return res.redirect(303, whereItStands(run, flow))
    let options: OpenOption[]
    try {
      options = await choices.openOptions(run)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const typed = typedOptions(askedOptions(flow, run.tabled), req.body)
      return show(res, loaded, step, { typed, failure: error })
    }
    const { revision, chosen, typed, errors } = parseOptions(options, req.body)
    if (Object.keys(errors).length > 0) {
      res.status(422)
      return show(res, loaded, step, { typed, errors, options })
    }
    if (!(await choices.chooseOptions(run, revision, chosen))) {
      flash(req, { kind: 'warning', text: CHANGED })
      return res.redirect(303, whereItStands(run, flow))
    }
    res.redirect(303, nextStep(run, flow, 'options'))
  })

  return router
}
