import { Router, type Request, type Response } from 'express'
import {
  hasSelection,
  stepOf,
  usesSettings,
  type Area,
  type AreaStep,
  type Connector,
  type Flow,
  type Limits,
  type OptionsStep,
} from '../contract/contract.js'
import { AppError, Conflict, NotFound } from '../errors.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import { payslipLimits, smarthrLimits } from '../smarthr/limits.js'
import { textField, type FieldErrors } from '../web/form.js'
import { flash } from '../web/session.js'
import { runLoader } from './load-run.js'
import { payslipRoutes } from './payslip.routes.js'
import { itemsToRegister, type PayrollNames } from '../payslips/payslips.js'
import { beginsWithFetch, firstStep, nextStep, whereItStands } from '../runs/step-urls.js'
import type { Run, SelectionView } from '../runs/run.js'
import {
  decodePlace,
  parseConfirmation,
  parseIdPlace,
  parseNames,
  parseOptions,
  parseOwnTicks,
  parseReferenceDate,
  parseSelection,
  parseView,
  type SelectionForm,
} from './wizard.form.js'
import { FEWER, lacksOptions, REPEATED, type OpenOption, type Wizard } from './wizard.service.js'
import { confirmPage, dialogOf } from './confirm.view.js'
import { selectPage } from './select.view.js'
import { areaPage, datePage, fetchPage, presetDate } from './wizard.view.js'
import { optionsPage } from './options.view.js'

const STALE = '対象が変わりました。内容を確認してください。'
const FETCHED_ELSEWHERE = '別の画面で、すでに取得が始まっています。この画面で指定した内容は使われていません。'
const TICKS_TAKEN = 'チェックを反映しました。対象の人数と内容を確認して、もう一度ボタンを押してください。'
/** What is asked before the date is not answered yet. */
const lacksPeriod = (run: Run, flow: Flow): boolean => stepOf(flow, 'period') !== undefined && run.period === null

/** How fast a run of the flow may write. */
function limitsOf(connector: Connector, flow: Flow): Limits {
  if (flow.kind === 'import') return payslipLimits
  return flow.direction === 'to-smarthr' ? smarthrLimits : connector.limits
}

const nobody = (flow: Flow) => `${flow.words.item}が選択されていません。`

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

/** The steps 情報取得基準日 or データ領域 → 取得 → 選択 → 新規登録の設定 → 確認, as far as a flow has them. A step that is not the run's turn leads to where the run stands. */
export function wizardRoutes({ wizard, clock }: { wizard: Wizard; clock: Clock }): Router {
  const router = Router()
  const at = (step: string) => paths.step.pattern.replace(':step', step)

  const load = runLoader(wizard)
  router.use(payslipRoutes({ wizard, load }))

  router.get(at('date'), async (req, res) => {
    const { run, connector, flow } = await load(req, res)
    const open = ['draft', 'ready'].includes(run.state) || (run.state === 'failed' && run.queuedAt === null)
    if (!open || run.retryOf) return res.redirect(whereItStands(run, flow))
    const step = stepOf(flow, 'date')
    if (!step || lacksPeriod(run, flow)) return res.redirect(firstStep(run, flow))
    const typed = run.referenceDate ?? presetDate(step, clock.today())
    const problem = wizard.closed(connector)
    res.render('pages/wizard/date', {
      connector,
      flow,
      run,
      page: datePage({ flow, step, run, typed, error: null, problem, today: clock.today() }),
    })
  })

  router.post(at('date'), async (req, res) => {
    const { run, connector, flow, tenantId } = await load(req, res)
    const step = stepOf(flow, 'date')
    if (!step) throw new NotFound()
    if (lacksPeriod(run, flow)) return res.redirect(303, firstStep(run, flow))
    const parsed = parseReferenceDate(req.body, step, clock.today())
    const problem = wizard.closed(connector)
    if (!parsed.ok || problem !== null) {
      const { typed, error } = parsed.ok ? { typed: parsed.value, error: null } : parsed
      res.status(parsed.ok ? 409 : 422)
      const page = datePage({ flow, step, run, typed, error, problem, today: clock.today() })
      return res.render('pages/wizard/date', { connector, flow, run, page })
    }
    const begun = await wizard.fetch(tenantId, run.id, { referenceDate: parsed.value })
    if (!begun) flash(req, { kind: 'warning', text: FETCHED_ELSEWHERE })
    res.redirect(303, paths.step.to({ id: run.id, step: 'fetch' }))
  })

  const showAreas = async (
    req: Request,
    res: Response,
    step: AreaStep,
    shown: { areas?: readonly Area[]; error?: string; status?: number },
  ) => {
    const { run, connector, flow } = await load(req, res)
    let { areas } = shown
    let last: string | null = null
    let problem = wizard.closed(connector)
    try {
      if (!areas) ({ areas, last } = await wizard.openAreas(run))
    } catch (error) {
      // The page stays, with what happened and a way to try again.
      if (!(error instanceof AppError)) throw error
      res.status(error.status)
      problem = error.message
    }
    if (shown.status) res.status(shown.status)
    const kind = typeof req.query.kind === 'string' ? req.query.kind : null
    const page = areaPage({ flow, step, run, areas: areas ?? [], kind, last, error: shown.error ?? null, problem })
    res.render('pages/wizard/area', { connector, run, page })
  }

  router.get(at('area'), async (req, res) => {
    const { run, flow } = await load(req, res)
    const step = stepOf(flow, 'area')
    if (!step) throw new NotFound()
    const open = ['draft', 'ready'].includes(run.state) || (run.state === 'failed' && run.queuedAt === null)
    if (!open) return res.redirect(whereItStands(run, flow))
    await showAreas(req, res, step, {})
  })

  router.post(at('area'), async (req, res) => {
    const { run, connector, flow, tenantId } = await load(req, res)
    const step = stepOf(flow, 'area')
    if (!step) throw new NotFound()
    let areas: readonly Area[]
    try {
      ;({ areas } = await wizard.openAreas(run))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return showAreas(req, res, step, {})
    }
    const { value } = textField(req.body, 'area')
    const area = areas.find(candidate => candidate.value === value)
    if (!area || wizard.closed(connector) !== null) {
      const error =
        value === ''
          ? `${step.label}が選択されていません。`
          : `選択した${step.label}が見つかりません。選択し直してください。`
      return showAreas(req, res, step, { areas, status: area ? 409 : 422, ...(!area && { error }) })
    }
    const begun = await wizard.fetch(tenantId, run.id, {
      area: { value: area.value, label: `${area.label}（${area.detail}）` },
    })
    if (!begun) flash(req, { kind: 'warning', text: FETCHED_ELSEWHERE })
    res.redirect(303, paths.step.to({ id: run.id, step: 'fetch' }))
  })

  router.get(at('fetch'), async (req, res) => {
    const { run, connector, flow } = await load(req, res)
    const stands = whereItStands(run, flow)
    if (stands !== paths.step.to({ id: run.id, step: 'fetch' })) return res.redirect(stands)
    res.render('pages/wizard/fetch', { connector, run, page: fetchPage(flow, run) })
  })

  /** The settings the plan was made with; and whether they have changed since. */
  const settingsShown = async (run: Run, { settings }: Connector, flow: Flow) => {
    if (!usesSettings(flow) || !settings?.summary) return null
    const text = settings.summary(run.settings)
    return { text, changed: settings.summary(await wizard.settingsNow(run)) !== text }
  }

  // Read once more, where there is nothing to ask first.
  router.post(at('fetch'), async (req, res) => {
    const { run, flow, tenantId } = await load(req, res)
    if (!beginsWithFetch(flow)) throw new NotFound()
    await wizard.fetch(tenantId, run.id, {})
    res.redirect(303, paths.step.to({ id: run.id, step: 'fetch' }))
  })

  const showSelect = async (req: Request, res: Response, error: string | null, view: SelectionView) => {
    const { run, connector, flow, tenantId } = await load(req, res)
    if (run.state !== 'ready') return res.redirect(303, whereItStands(run, flow))
    const where = typeof req.query.at === 'string' ? req.query.at : ''
    const place = decodePlace(where)
    const people = await wizard.people(tenantId, run.id, view, place.cursor)
    const settings = await settingsShown(run, connector, flow)
    const page = selectPage({
      flow,
      run,
      view,
      place,
      at: where,
      error,
      settings,
      ...people,
      selected: people.selected.total,
    })
    res.status(error === null ? 200 : 422).render('pages/wizard/select', { connector, flow, run, page })
  }

  router.get(at('select'), (req, res) => showSelect(req, res, null, parseView(req.query)))

  router.post(at('select'), async (req, res) => {
    const { run, connector, flow, tenantId } = await load(req, res)
    const form = parseSelection(req.body)
    const then = { 'select-page': 'page', 'select-all': 'all', clear: 'none' } as const
    const { stale, selected } = await wizard.choose(tenantId, run.id, {
      revision: form.revision,
      shown: form.shown,
      chosen: form.chosen,
      view: form.view,
      then: then[form.op.kind as keyof typeof then] ?? 'keep',
    })
    // Ticks that the page stores by itself: nobody waits for an answer.
    if (form.op.kind === 'keep') return res.status(stale ? 409 : 204).end()
    if (stale) {
      flash(req, { kind: 'warning', text: STALE })
      return res.redirect(303, whereItStands(run, flow))
    }
    if (form.op.kind === 'confirm') {
      const closed = wizard.closed(connector)
      const why = closed ?? (selected === 0 ? nobody(flow) : await wizard.differing(run))
      if (why !== null) return showSelect(req, res, why, form.view)
    }
    res.redirect(303, afterOp(run, flow, form, typeof req.query.at === 'string' ? req.query.at : undefined))
  })

  /** Nothing is asked where nobody is new: the step leads to the next one. */
  const newcomersOf = async (run: Run) => (await wizard.selection(run, {})).selected.new

  const showOptions = async (
    req: Request,
    res: Response,
    step: OptionsStep,
    shown: { typed?: Record<string, string>; errors?: FieldErrors; options?: OpenOption[] },
  ) => {
    const { run, connector, flow } = await load(req, res)
    const newcomers = await newcomersOf(run)
    let { options } = shown
    let problem: string | null = null
    try {
      options ??= await wizard.openOptions(run)
    } catch (error) {
      // The page stays, with what happened and a way to try again.
      if (!(error instanceof AppError)) throw error
      res.status(error.status)
      problem = error.message
    }
    const { typed = {}, errors = {} } = shown
    const page = optionsPage({ flow, step, run, newcomers, options: options ?? [], typed, errors, problem })
    res.render('pages/wizard/options', { connector, flow, run, page })
  }

  router.get(at('options'), async (req, res) => {
    const { run, flow } = await load(req, res)
    const step = stepOf(flow, 'options')
    if (run.state !== 'ready' || !step) return res.redirect(whereItStands(run, flow))
    if ((await newcomersOf(run)) === 0) return res.redirect(nextStep(run, flow, 'options'))
    await showOptions(req, res, step, {})
  })

  router.post(at('options'), async (req, res) => {
    const { run, flow, tenantId } = await load(req, res)
    const step = stepOf(flow, 'options')
    if (run.state !== 'ready' || !step) return res.redirect(303, whereItStands(run, flow))
    let options: OpenOption[]
    try {
      options = await wizard.openOptions(run)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return showOptions(req, res, step, {})
    }
    const { revision, chosen, typed, errors } = parseOptions(options, req.body)
    if (Object.keys(errors).length > 0) {
      res.status(422)
      return showOptions(req, res, step, { typed, errors, options })
    }
    if (!(await wizard.chooseOptions(tenantId, run.id, revision, chosen))) {
      flash(req, { kind: 'warning', text: STALE })
      return res.redirect(303, whereItStands(run, flow))
    }
    res.redirect(303, nextStep(run, flow, 'options'))
  })

  const showConfirm = async (
    req: Request,
    res: Response,
    shown: {
      names?: PayrollNames
      again?: boolean
      fewer?: boolean
      errors?: FieldErrors
      place?: { after?: string; before?: string }
    },
  ) => {
    const { run, connector, flow } = await load(req, res)
    if (run.state !== 'ready' || itemsToRegister(flow, run).length > 0) return res.redirect(whereItStands(run, flow))
    const selection = await wizard.selection(run, shown.place ?? parseIdPlace(req.query))
    // Where nobody is asked whom, the page itself says that there is nobody.
    if (selection.selected.total === 0 && hasSelection(flow))
      return res.redirect(paths.step.to({ id: run.id, step: 'select' }))
    if (selection.selected.new > 0 && lacksOptions(flow, run)) {
      return res.redirect(paths.step.to({ id: run.id, step: 'options' }))
    }
    const limits = limitsOf(connector, flow)
    const left = hasSelection(flow) ? null : await wizard.leftOut(run)
    const ownTicks = hasSelection(flow) ? null : await wizard.ownTicks(run)
    const replaces = flow.kind === 'publication' ? await wizard.replaced(run) : null
    const now = clock.now()
    const page = confirmPage({ connector, flow, run, limits, now, left, ownTicks, replaces, ...selection, ...shown })
    res.render('pages/wizard/confirm', { connector, flow, run, page })
  }

  router.get(at('confirm'), (req, res) => showConfirm(req, res, {}))

  router.post(at('confirm'), async (req, res) => {
    const { run, connector, flow, tenantId, adminId } = await load(req, res)
    const { revision, mark, again, fewer } = parseConfirmation(req.body)
    const asked = flow.kind === 'import' ? parseNames(req.body) : null
    // The list turns a page; what was typed stays.
    const place = parseIdPlace(req.body)
    const typed = { ...(asked && { names: asked.typed }), again, fewer }
    const ticks = parseOwnTicks(req.body)
    if (!hasSelection(flow) && run.state === 'ready' && ticks.shown.length > 0) {
      const before = new Set((await wizard.ownTicks(run)).items.filter(item => item.selected).map(item => item.id))
      const same = ticks.shown.every(id => before.has(id) === ticks.chosen.includes(id))
      const order = { revision, shown: ticks.shown, chosen: ticks.chosen, view: parseView(null), then: 'keep' } as const
      if (!same && (await wizard.choose(tenantId, run.id, order)).stale) {
        flash(req, { kind: 'warning', text: STALE })
        return res.redirect(303, whereItStands(run, flow))
      }
      // Nobody is written whom the dialog did not show among those who are.
      if (!same && !ticks.pressed) res.status(422)
      if (!same || ticks.pressed)
        return showConfirm(req, res, { ...typed, ...(!ticks.pressed && { errors: { ownTicks: TICKS_TAKEN } }) })
    }
    if (asked && (place.after ?? place.before) !== undefined) return showConfirm(req, res, { ...typed, place })
    if (asked && run.state === 'ready' && Object.keys(asked.errors).length > 0) {
      res.status(422)
      return showConfirm(req, res, { ...typed, errors: asked.errors })
    }
    let gone: number
    try {
      ;({ gone } = await wizard.start({ tenantId, adminId }, run.id, {
        revision,
        mark,
        again,
        fewer,
        names: asked?.typed ?? null,
      }))
    } catch (error) {
      // A publication asks SmartHR once more: what it answers is told like everything else that stood in the way.
      if (!(error instanceof Conflict) && !(flow.kind === 'publication' && error instanceof AppError)) throw error
      const tick = { [REPEATED]: 'again', [FEWER]: 'fewer' }[error.message]
      if (tick !== undefined && run.state === 'ready') {
        res.status(422)
        return showConfirm(req, res, { ...typed, errors: { [tick]: error.message } })
      }
      flash(req, { kind: 'warning', text: error.message })
      return res.redirect(303, whereItStands(await wizard.run(tenantId, run.id), flow))
    }
    const link = {
      href: paths.report.to({ id: run.id }),
      label: flow.kind === 'publication' ? '公開の状況を確認する' : `${flow.words.act}の実行状況を確認する`,
    }
    const { started } = dialogOf(flow, run)
    const left = `SmartHRから削除されたか、対象外になった${gone}${flow.words.counter}は、公開していません`
    const text = gone > 0 ? `${started}。${left}` : started
    flash(req, { kind: 'success', text, link })
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
  })

  router.post(paths.cancelRun.pattern, async (req, res) => {
    const { run, connector, flow, tenantId } = await load(req, res)
    const outcome = await wizard.cancel(tenantId, run.id)
    if (outcome === 'cancelled') {
      flash(req, {
        kind: 'info',
        text: `${flow.words.act}をキャンセルしました。どちらのサービスにも、書き込みは行なっていません。`,
      })
      return res.redirect(303, paths.dashboard.to({ connector: connector.id }))
    }
    const text =
      outcome === 'stopping'
        ? `${flow.words.act}の中止を受け付けました。処理中の${flow.words.item}が終わりしだい、停止します。`
        : outcome === 'withdrawn'
          ? `公開を終了しました。${flow.to}は、この内容を取り込めなくなりました。`
          : `この${flow.words.act}は、すでに終了しています。`
    flash(req, { kind: outcome === 'ended' ? 'warning' : 'info', text })
    res.redirect(303, paths.report.to({ id: run.id }))
  })

  return router
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
