import { Router, type Request, type Response } from 'express'
import { atOnceOf, stepOf, type Connector, type DateStep, type Flow, type Period } from '../contract/contract.js'
import type { ScopeOption } from '../connections/scopes.store.js'
import { declared } from '../contract/declared.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import { blockedMessage, wayOut } from '../runs/blocked.view.js'
import type { FlowOf } from '../runs/flow-of.js'
import type { Blocked, Who } from '../runs/may-start.js'
import { firstStep, nextStep } from '../runs/step-urls.js'
import { one } from '../web/fields.js'
import { notChosen, textField, type FieldErrors } from '../web/form.js'
import { flash } from '../web/session.js'
import type { Beginning, FirstAnswer } from '../wizard/begin.service.js'
import { parseReferenceDate } from '../wizard/date.form.js'
import { datePage, presetDate } from '../wizard/date.view.js'
import { parsePeriod } from '../wizard/period.form.js'
import { periodPage } from '../wizard/period.view.js'
import { uploadPage } from '../wizard/upload.view.js'
import { parseScope, scopeAsked, type ScopeAsked } from '../wizard/scope-choice.js'
import { askingFirst } from '../wizard/steps.view.js'
import { closedNow } from '../wizard/wizard.deps.js'
import { beginPage } from './begin.view.js'

export interface BeginDeps {
  clock: Clock
  beginning: Beginning
  flowOf: FlowOf
  connectorOf(id: string): Connector
}

/** What was typed on a first page, and what is wrong with it. */
interface Typed {
  scope?: ScopeAsked
  date?: { value: string; error: string | null }
  period?: { value: Period; errors: FieldErrors }
}

export const whoAsks = (res: Response): Who => {
  const { tenant, admin } = signedIn(res)
  return { tenantId: tenant.id, adminId: admin.id }
}

/** What a page for a date was answered; null: it is shown again, with what is wrong. */
function dated(
  req: Request,
  step: DateStep,
  { options, clock, connector }: { options: readonly ScopeOption[]; clock: Clock; connector: Connector },
): { answer: FirstAnswer | null; status: number; typed: Typed } {
  const parsed = parseReferenceDate(req.body, step, clock.today())
  const { asked, scope } = parseScope(req.body, options)
  const date = parsed.ok ? { value: parsed.value, error: null } : { value: parsed.typed, error: parsed.error }
  const isRight = parsed.ok && asked.error === null
  const isOpen = closedNow({ connector }, clock) === null
  return {
    answer: isRight && isOpen ? { referenceDate: parsed.value, ...(scope && { scope }) } : null,
    status: isRight ? 409 : 422,
    typed: { date, scope: asked },
  }
}

/** Says why nothing was started. Returns where to go: the dashboard, or the page that is the way out. */
export function whenBlocked(req: Request, connector: Connector, blocked: Blocked): string {
  flash(req, { kind: 'warning', ...blockedMessage(connector, blocked) })
  return wayOut(connector, blocked) ?? paths.dashboard.to({ connector: connector.id })
}

/** The page on which a file is chosen, with what is wrong with the last one. */
export function showUpload(
  res: Response,
  { connector, flow, clock }: { connector: Connector; flow: Flow; clock: Clock },
  error: string | null = null,
): void {
  const step = declared(stepOf(flow, 'upload'), 'upload step')
  const source = declared(connector.file, 'file')
  const problem = closedNow({ connector }, clock)
  res.render('pages/wizard/upload', {
    connector,
    page: uploadPage({ connector, flow, step, source, error, problem }),
  })
}

/** A flow's first page. Another site may lead a browser there: a look makes nothing, its button makes the run. */
export function beginRoutes({ clock, beginning, flowOf, connectorOf }: BeginDeps): Router {
  const router = Router()

  const askedFor = (req: Request, flow: string) => flowOf(connectorOf(String(req.params.connector)).id, flow)

  const show = (res: Response, connector: Connector, flow: Flow, typed: Typed = {}) => {
    const [step] = flow.steps
    const asking = askingFirst(connector, flow)
    const today = clock.today()
    if (step.kind === 'date') {
      const { value, error } = typed.date ?? { value: presetDate(step, today), error: null }
      const problem = closedNow({ connector }, clock)
      const { scope = scopeAsked([]) } = typed
      const page = datePage({ flow, step, asking, typed: value, error, problem, scope, today })
      res.render('pages/wizard/date', { connector, page })
    } else if (step.kind === 'period') {
      const { value, errors } = typed.period ?? { value: { from: '', to: '' }, errors: {} }
      res.render('pages/wizard/period', { connector, page: periodPage({ flow, step, asking, typed: value, errors }) })
    } else if (step.kind === 'upload') showUpload(res, { connector, flow, clock })
    else res.render('pages/begin', { connector, page: beginPage(connector, flow) })
  }

  /** The answer to a first page; null: it was shown again, with what is wrong. */
  const answerTo = async (
    req: Request,
    res: Response,
    connector: Connector,
    flow: Flow,
  ): Promise<FirstAnswer | null> => {
    const [step] = flow.steps
    if (step.kind === 'date') {
      const options = await beginning.scopesFor(whoAsks(res).tenantId, connector.id, flow)
      const { answer, status, typed } = dated(req, step, { options, clock, connector })
      if (!answer) show(res.status(status), connector, flow, typed)
      return answer
    }
    if (step.kind === 'period') {
      const { typed, value, errors } = parsePeriod(req.body, step)
      if (value) return { period: value }
      show(res.status(422), connector, flow, { period: { value: typed, errors } })
      return null
    }
    if (step.kind === 'upload') {
      showUpload(res.status(422), { connector, flow, clock }, notChosen(step.label))
      return null
    }
    return {}
  }

  router.get(paths.newRun.pattern, async (req, res) => {
    const { connector, flow } = askedFor(req, one(req.query.flow))
    const blocked = await beginning.blocked(whoAsks(res), connector.id, flow.id)
    if (blocked) return res.redirect(whenBlocked(req, connector, blocked))
    const scope = scopeAsked(await beginning.scopesFor(whoAsks(res).tenantId, connector.id, flow))
    show(res, connector, flow, { scope })
  })

  const byStep = async (req: Request, res: Response, connector: Connector, flow: Flow) => {
    const answer = await answerTo(req, res, connector, flow)
    if (answer === null) return
    const begun = await beginning.begin(whoAsks(res), connector.id, flow.id, answer)
    if ('blocked' in begun) return res.redirect(303, whenBlocked(req, connector, begun.blocked))
    const run = { id: begun.runId }
    const [{ kind }] = flow.steps
    const isAnswered = answer.period !== undefined || answer.referenceDate !== undefined
    res.redirect(303, isAnswered ? nextStep(run, flow, kind) : firstStep(run, flow))
  }

  const atOnce = async (req: Request, res: Response, connector: Connector, flow: Flow) => {
    const started = await beginning.startAtOnce(whoAsks(res), connector.id, flow.id)
    if ('blocked' in started) return res.redirect(303, whenBlocked(req, connector, started.blocked))
    const link = { href: paths.runs.to({ connector: connector.id }), label: '同期の実行状況を確認する' }
    flash(req, { kind: 'success', text: declared(atOnceOf(flow), 'atOnce').accepted, link })
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
  }

  // 次へ of a first page; one click, 「SmartHRと同期」, asks nothing.
  router.post(paths.newRun.pattern, async (req, res) => {
    const { connector, flow } = askedFor(req, textField(req.body, 'flow').value)
    await (textField(req.body, 'how').value === 'steps' ? byStep : atOnce)(req, res, connector, flow)
  })

  return router
}
