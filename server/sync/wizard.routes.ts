import { Router, type Request, type Response } from 'express'
import { Conflict, NotFound } from '../errors.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import { smarthrLimits } from '../smarthr/limits.js'
import { signedIn } from '../web/guard.js'
import { flash } from '../web/session.js'
import type { Run, SelectionView } from './run.js'
import {
  decodePlace,
  isRunId,
  parseIdPlace,
  parseReferenceDate,
  parseSelection,
  parseView,
  type SelectionForm,
} from './wizard.form.js'
import type { Wizard } from './wizard.service.js'
import { confirmPage, selectPage, steps } from './wizard.view.js'

const STALE = '対象が変わりました。内容を確認してください。'
const NOBODY = '従業員が選択されていません。'

/** The page of the wizard where a run stands, or its report. */
export function whereItStands(run: Run): string {
  const step = { draft: 'date', fetching: 'fetch', ready: 'select' }[run.state as string]
  if (step) return paths.step.to({ id: run.id, step })
  // A fetch that failed is shown where it was started.
  if (run.state === 'failed' && run.queuedAt === null) return paths.step.to({ id: run.id, step: 'fetch' })
  return paths.report.to({ id: run.id })
}

/** The list as a URL that can be read, reloaded and kept. */
function listUrl(run: Run, view: SelectionView, place?: string): string {
  const pairs: [string, string][] = [
    ...(view.q ? [['q', view.q]] : []),
    ...view.classes.map(name => ['class', name]),
    ...(view.sort === 'key' ? [] : [['sort', view.sort]]),
    ...(view.descending ? [['desc', '1']] : []),
    ...(place ? [['at', place]] : []),
  ].map(([name = '', value = '']) => [name, value])
  const query = new URLSearchParams(pairs)
  const base = paths.step.to({ id: run.id, step: 'select' })
  return query.size > 0 ? `${base}?${query.toString()}` : base
}

/** The steps 情報取得基準日 → 取得 → 選択 → 確認. A step that is not the run's turn leads to where the run stands. */
export function wizardRoutes({ wizard, clock }: { wizard: Wizard; clock: Clock }): Router {
  const router = Router()
  const at = (step: string) => paths.step.pattern.replace(':step', step)

  const load = async (req: Request, res: Response) => {
    const { id } = req.params
    if (!isRunId(id)) throw new NotFound()
    const { tenant, admin } = signedIn(res)
    const run = await wizard.run(tenant.id, id)
    return { run, tenantId: tenant.id, adminId: admin.id, ...wizard.flowOf(run.connector, run.flow) }
  }

  router.get(at('date'), async (req, res) => {
    const { run, connector, flow } = await load(req, res)
    const open = ['draft', 'ready'].includes(run.state) || (run.state === 'failed' && run.queuedAt === null)
    if (!open || run.retryOf) return res.redirect(whereItStands(run))
    const typed = run.referenceDate ?? clock.today()
    res.render('pages/wizard/date', { connector, flow, run, typed, error: null, ...steps(flow, 0) })
  })

  router.post(at('date'), async (req, res) => {
    const { run, connector, flow, tenantId } = await load(req, res)
    const parsed = parseReferenceDate(req.body, flow.date.heading, clock.today(), flow.date)
    if (!parsed.ok) {
      const { typed, error } = parsed
      return res.status(422).render('pages/wizard/date', { connector, flow, run, typed, error, ...steps(flow, 0) })
    }
    await wizard.fetch(tenantId, run.id, parsed.value)
    res.redirect(303, paths.step.to({ id: run.id, step: 'fetch' }))
  })

  router.get(at('fetch'), async (req, res) => {
    const { run, connector, flow } = await load(req, res)
    const here = run.state === 'fetching' || (run.state === 'failed' && run.queuedAt === null)
    if (!here) return res.redirect(whereItStands(run))
    res.render('pages/wizard/fetch', { connector, flow, run, ...steps(flow, 0) })
  })

  const showSelect = async (req: Request, res: Response, error: string | null, view: SelectionView) => {
    const { run, connector, flow, tenantId } = await load(req, res)
    if (run.state !== 'ready') return res.redirect(303, whereItStands(run))
    const where = typeof req.query.at === 'string' ? req.query.at : ''
    const place = decodePlace(where)
    const people = await wizard.people(tenantId, run.id, view, place.cursor)
    const page = selectPage({ flow, run, view, place, at: where, error, ...people, selected: people.selected.total })
    res.status(error === null ? 200 : 422).render('pages/wizard/select', { connector, flow, run, page })
  }

  router.get(at('select'), (req, res) => showSelect(req, res, null, parseView(req.query)))

  router.post(at('select'), async (req, res) => {
    const { run, tenantId } = await load(req, res)
    const form = parseSelection(req.body)
    const then = { 'select-page': 'page', 'select-all': 'all', clear: 'none' } as const
    const { stale, selected } = await wizard.choose(tenantId, run.id, {
      revision: form.revision,
      shown: form.shown,
      chosen: form.chosen,
      view: form.view,
      then: then[form.op.kind as keyof typeof then] ?? 'keep',
    })
    if (stale) {
      flash(req, { kind: 'warning', text: STALE })
      return res.redirect(303, whereItStands(run))
    }
    if (form.op.kind === 'confirm' && selected === 0) return showSelect(req, res, NOBODY, form.view)
    res.redirect(303, afterOp(run, form, typeof req.query.at === 'string' ? req.query.at : undefined))
  })

  router.get(at('confirm'), async (req, res) => {
    const { run, connector, flow, tenantId } = await load(req, res)
    if (run.state !== 'ready') return res.redirect(whereItStands(run))
    const selection = await wizard.selection(tenantId, run.id, parseIdPlace(req.query))
    if (selection.selected.total === 0) return res.redirect(whereItStands(run))
    const limits = flow.direction === 'to-smarthr' ? smarthrLimits : connector.limits
    const page = confirmPage({ connector, flow, run, limits, ...selection })
    res.render('pages/wizard/confirm', { connector, flow, run, page })
  })

  router.post(at('confirm'), async (req, res) => {
    const { run, connector, flow, tenantId } = await load(req, res)
    const revision = Number((req.body as { revision?: unknown } | undefined)?.revision)
    try {
      await wizard.start(tenantId, run.id, Number.isSafeInteger(revision) ? revision : 0)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      flash(req, { kind: 'warning', text: error.message })
      return res.redirect(303, whereItStands(await wizard.run(tenantId, run.id)))
    }
    const link = { href: paths.report.to({ id: run.id }), label: '同期の実行状況を確認する' }
    flash(req, { kind: 'success', text: `${flow.to}へ選択した従業員の同期を開始しました`, link })
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
  })

  router.post(paths.cancelRun.pattern, async (req, res) => {
    const { run, connector, tenantId } = await load(req, res)
    const outcome = await wizard.cancel(tenantId, run.id)
    if (outcome === 'cancelled') return res.redirect(303, paths.dashboard.to({ connector: connector.id }))
    const text =
      outcome === 'stopping'
        ? '同期の中止を受け付けました。処理中の従業員が終わりしだい、停止します。'
        : 'この同期は、すでに終了しています。'
    flash(req, { kind: outcome === 'stopping' ? 'info' : 'warning', text })
    res.redirect(303, paths.report.to({ id: run.id }))
  })

  return router
}

/** Where a pressed button leads once the ticks are stored. */
function afterOp(run: Run, { op, view }: SelectionForm, here: string | undefined): string {
  switch (op.kind) {
    case 'confirm':
      return paths.step.to({ id: run.id, step: 'confirm' })
    case 'back':
      return paths.step.to({ id: run.id, step: run.retryOf ? 'select' : 'date' })
    case 'page':
      return listUrl(run, view, op.place)
    case 'unfilter':
      return listUrl(run, { ...view, classes: [] })
    case 'sort':
      return listUrl(run, { ...view, sort: op.column, descending: view.sort === op.column && !view.descending })
    case 'search':
    case 'filter':
      return listUrl(run, view)
    default:
      return listUrl(run, view, here)
  }
}
