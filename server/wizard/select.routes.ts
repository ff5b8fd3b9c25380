import { Router, type Request, type Response } from 'express'
import { mappingOf, stepOf, usesSettings, type Flow } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import { paths } from '../paths.js'
import { noneChosen } from '../runs/labels.js'
import type { Loaded } from '../runs/load-run.js'
import type { Run, SelectionView } from '../runs/run.js'
import { firstStep, nextStep, whereItStands } from '../runs/step-urls.js'
import { mayBeOmitted } from '../runs/omitting.js'
import { flash } from '../web/session.js'
import type { OmitOrder } from './begin.service.js'
import { decodePlace, parseSelection, parseView, viewQuery, type SelectionForm } from './select.form.js'
import { selectPage } from './select.view.js'
import { CHANGED } from './refusals.js'
import { pathOf, closedNow, type WizardDeps } from './wizard.deps.js'

/** The list as a URL that can be read, reloaded and kept. */
function listUrl(run: Run, view: SelectionView, place?: string): string {
  const query = viewQuery(view)
  if (place) query.set('at', place)
  const base = paths.step.to({ id: run.id, step: 'select' })
  return query.size > 0 ? `${base}?${query.toString()}` : base
}

/** Where a pressed button leads once the ticks are stored. */
function afterOp(run: Run, flow: Flow, { op, view }: SelectionForm, here: string | undefined): string {
  switch (op.kind) {
    case 'confirm':
      return nextStep(run, flow, 'select')
    case 'back':
      return run.retryOf ? paths.step.to({ id: run.id, step: 'select' }) : firstStep(run, flow)
    case 'page':
      return listUrl(run, view, op.place)
    case 'unfilter':
      return listUrl(run, { ...view, classes: [], field: null, doomed: false })
    case 'field':
      return listUrl(run, { ...view, field: op.field })
    case 'doomed':
      return listUrl(run, { ...view, doomed: op.doomed })
    case 'sort':
      return listUrl(run, { ...view, sort: op.column, descending: view.sort === op.column && !view.descending })
    case 'search':
    case 'filter':
      return listUrl(run, view)
    default:
      return listUrl(run, view, here)
  }
}

/** A field that may be left out, and whether it comes back. */
type Omission = Pick<OmitOrder, 'field' | 'isBack'>

function omissionOf(flow: Flow, op: SelectionForm['op']): Omission | null {
  if (flow.kind !== 'sync' || (op.kind !== 'omit' && op.kind !== 'restore')) return null
  const field = flow.mapping.find(pair => pair.id === op.field && mayBeOmitted(flow, pair))
  return field ? { field, isBack: op.kind === 'restore' } : null
}

/** What each button adds to the ticks of the page. */
const bulk = { 'select-page': 'page', 'select-all': 'all', clear: 'none' } as const

/** Who takes part. */
export function selectRoutes({
  loadRun,
  clock,
  choices,
  selecting,
  beginning,
}: Pick<WizardDeps, 'loadRun' | 'clock' | 'choices' | 'selecting' | 'beginning'>): Router {
  const router = Router()

  /** The settings the plan was made with; and whether they have changed since. */
  const settingsShown = async ({ run, connector: { settings }, flow }: Loaded) => {
    if (!usesSettings(flow) || !settings?.summary) return null
    const text = settings.summary(run.settings)
    return { text, changed: settings.summary(await choices.settingsNow(run)) !== text }
  }

  const show = async (req: Request, res: Response, loaded: Loaded, error: string | null, view: SelectionView) => {
    const { run, connector, flow } = loaded
    if (run.state !== 'ready') return res.redirect(303, whereItStands(run, flow))
    const where = typeof req.query.at === 'string' ? req.query.at : ''
    const place = decodePlace(where)
    const people = await selecting.people(run, view, place.cursor)
    const page = selectPage({
      flow,
      run,
      view,
      place,
      at: where,
      error,
      settings: await settingsShown(loaded),
      ...people,
    })
    res.status(error === null ? 200 : 422).render('pages/wizard/select', { connector, run, page })
  }

  const open = async (req: Request, res: Response) => {
    const loaded = await loadRun(req, res)
    if (!stepOf(loaded.flow, 'select')) throw new NotFound()
    return loaded
  }

  router.get(pathOf('select'), async (req, res) => {
    const loaded = await open(req, res)
    return show(req, res, loaded, null, parseView(req.query, mappingOf(loaded.flow)))
  })

  /** Leaves a field out of the run, or takes it back, and shows how the plan is made anew. */
  const omit = async (req: Request, res: Response, loaded: Loaded, form: SelectionForm, wanted: Omission) => {
    const { run, flow, tenantId } = loaded
    const closed = closedNow(loaded, clock)
    if (closed !== null) return show(req, res, loaded, closed, form.view)
    const begun = await beginning.omit(tenantId, run.id, { revision: form.revision, ...wanted })
    if (!begun) flash(req, { kind: 'warning', text: CHANGED })
    res.redirect(303, whereItStands((await loadRun(req, res)).run, flow))
  }

  router.post(pathOf('select'), async (req, res) => {
    const loaded = await open(req, res)
    const { run, flow, tenantId } = loaded
    const form = parseSelection(req.body, mappingOf(flow))
    const wanted = omissionOf(flow, form.op)
    if (wanted) return omit(req, res, loaded, form, wanted)
    const { stale, selected } = await selecting.choose(tenantId, run.id, {
      revision: form.revision,
      shown: form.shown,
      chosen: form.chosen,
      view: form.view,
      then: bulk[form.op.kind as keyof typeof bulk] ?? 'keep',
      pressed: form.op.kind === 'keep' ? null : form.op.kind,
    })
    // Ticks that the page stores by itself: no person waits for an answer.
    if (form.op.kind === 'keep') return res.status(stale ? 409 : 204).end()
    if (stale) {
      flash(req, { kind: 'warning', text: CHANGED })
      return res.redirect(303, whereItStands(run, flow))
    }
    if (form.op.kind === 'confirm') {
      const none = selected === 0 ? noneChosen(flow.words) : null
      const why = closedNow(loaded, clock) ?? none ?? (await selecting.differing(run))
      if (why !== null) return show(req, res, { ...loaded, run: { ...run, chosen: null } }, why, form.view)
    }
    res.redirect(303, afterOp(run, flow, form, typeof req.query.at === 'string' ? req.query.at : undefined))
  })

  return router
}
