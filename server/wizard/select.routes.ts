import { parse } from 'node:querystring'
import { Router, type Request, type Response } from 'express'
import { stepOf, usesSettings, type FieldPair, type Flow } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import { paths } from '../paths.js'
import { noneChosen } from '../runs/labels.js'
import type { Loaded } from '../runs/load-run.js'
import { firstView, isFollowUp, type ItemClass, type Run, type SelectionView } from '../runs/run.js'
import { firstStep, nextStep, whereItStands } from '../runs/step-urls.js'
import { keptReason, mayBeOmitted } from '../runs/omitting.js'
import { flash } from '../web/session.js'
import type { OmitOrder } from './begin.service.js'
import { keepList, listOfEarlierRun } from './last-list.js'
import { forLater, parseView, queryOf } from './list-view.js'
import { decodePlace, parseSelection, type SelectionForm } from './select.form.js'
import type { Selecting } from './select.service.js'
import { selectPage } from './select.view.js'
import { CHANGED } from './refusals.js'
import { pathOf, closedNow, type WizardDeps } from './wizard.deps.js'

/** The list as a URL that can be read, reloaded and kept. `#found`: the browser goes to what was found. */
function listUrl(run: Run, query: string, isAnswer = false): string {
  const base = paths.step.to({ id: run.id, step: 'select' })
  return `${base}${query === '' ? '' : `?${query}`}${isAnswer ? '#found' : ''}`
}

/** Classes with this one besides, or without it. */
const toggled = (shown: readonly ItemClass[], name: ItemClass | null): ItemClass[] =>
  name === null ? [...shown] : shown.includes(name) ? shown.filter(one => one !== name) : [...shown, name]

/** What the list shows once a button was pressed; null: what it showed before. */
function viewAfter(flow: Flow, { op, view }: SelectionForm): SelectionView | null {
  switch (op.kind) {
    case 'unfilter':
      return { ...firstView(flow), sort: view.sort, descending: view.descending, rows: view.rows }
    case 'class':
      return { ...view, classes: toggled(view.classes, op.name) }
    case 'field':
      return { ...view, field: op.field }
    case 'doomed':
      return { ...view, doomed: op.doomed }
    case 'warned':
      return { ...view, warned: op.warned }
    case 'search':
    case 'filter':
      return view
    default:
      return null
  }
}

/** Where a pressed button leads once the ticks are stored. */
function afterOp(run: Run, flow: Flow, form: SelectionForm, here: string): string {
  const { op, view } = form
  const answer = viewAfter(flow, form)
  if (answer) return listUrl(run, queryOf(flow, answer), true)
  switch (op.kind) {
    case 'confirm':
      return nextStep(run, flow, 'select')
    case 'back':
      return isFollowUp(run) ? paths.step.to({ id: run.id, step: 'select' }) : firstStep(run, flow)
    case 'page':
      return listUrl(run, queryOf(flow, view, op.place), true)
    case 'sort': {
      const descending = view.sort === op.column && !view.descending
      return listUrl(run, queryOf(flow, { ...view, sort: op.column, descending }))
    }
    default:
      return listUrl(run, queryOf(flow, view, here))
  }
}

const placeIn = (req: Request): string => (typeof req.query.at === 'string' ? req.query.at : '')

/** The list in the address, kept for the way back to it and for a later run. */
function viewed(req: Request, { run, flow }: Loaded): SelectionView {
  const view = parseView(req.query, flow)
  const query = queryOf(flow, view, placeIn(req))
  if (run.state === 'ready') keepList(req, run, { query, forLater: queryOf(flow, forLater(flow, view)) })
  return view
}

/** The list as an earlier run was narrowed, as far as it shows anybody of this plan; '' for the one it begins with. */
async function carriedList(req: Request, { run, flow }: Loaded, selecting: Selecting): Promise<string> {
  const earlier = Object.keys(req.query).length === 0 && run.state === 'ready' ? listOfEarlierRun(req, run) : ''
  if (earlier === '') return ''
  const view = forLater(flow, parseView(parse(earlier), flow))
  return queryOf(flow, await selecting.carried(run, firstView(flow), view))
}

/** A field that is to be left out, or to come back. */
type Omission = Pick<OmitOrder, 'isBack'> & { field: FieldPair }

function omissionOf(flow: Flow, op: SelectionForm['op']): Omission | null {
  if (flow.kind !== 'sync' || (op.kind !== 'omit' && op.kind !== 'restore')) return null
  const field = flow.mapping.find(pair => pair.id === op.field)
  return field ? { field, isBack: op.kind === 'restore' } : null
}

/** Why the field is not left out; null: it is. */
const keptText = (loaded: Loaded, { field, isBack }: Omission): string | null =>
  isBack || mayBeOmitted(loaded, field) ? null : keptReason(loaded.flow, field)

/** What each button adds to the ticks of the page. */
const bulk = { 'select-page': 'page', 'select-all': 'all', clear: 'none' } as const

/** Who takes part. */
export function selectRoutes({
  loadRun,
  clock,
  choices,
  selecting,
  beginning,
  siteOf,
}: Pick<WizardDeps, 'loadRun' | 'clock' | 'choices' | 'selecting' | 'beginning' | 'siteOf'>): Router {
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
    const [at, place] = [placeIn(req), decodePlace(placeIn(req))]
    const people = await selecting.people(run, view, place)
    const page = selectPage({
      connector,
      flow,
      run,
      view,
      place,
      at,
      error,
      settings: await settingsShown(loaded),
      site: siteOf(loaded.tenant),
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
    const list = await carriedList(req, loaded, selecting)
    if (list !== '') return res.redirect(303, listUrl(loaded.run, list))
    return show(req, res, loaded, null, viewed(req, loaded))
  })

  /** Leaves a field out of the run, or takes it back, and shows how the plan is made anew. */
  const omit = async (req: Request, res: Response, loaded: Loaded, form: SelectionForm, wanted: Omission) => {
    const { run, flow, tenantId } = loaded
    const why = closedNow(loaded, clock) ?? keptText(loaded, wanted)
    if (why !== null) return show(req, res, loaded, why, form.view)
    const begun = await beginning.omit(tenantId, run.id, { revision: form.revision, ...wanted })
    if (!begun) flash(req, { kind: 'warning', text: CHANGED })
    res.redirect(303, whereItStands((await loadRun(req, res)).run, flow))
  }

  router.post(pathOf('select'), async (req, res) => {
    const loaded = await open(req, res)
    const { run, flow, tenantId } = loaded
    const form = parseSelection(req.body, flow)
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
    res.redirect(303, afterOp(run, flow, form, placeIn(req)))
  })

  return router
}
