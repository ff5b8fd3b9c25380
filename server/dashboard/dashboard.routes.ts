import { Router, type Request } from 'express'
import { z } from 'zod'
import { atOnceOf, type Connector } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { Data } from '../stores.js'
import { signedIn } from '../install/guard.js'
import { textField } from '../web/form.js'
import { flash } from '../web/session.js'
import { dashboardPage, RECENT, runRows } from './dashboard.view.js'
import type { Run, RunState } from '../runs/run.js'
import { closedSentence, closesSoonSentence, stateLabel } from '../runs/labels.js'
import { beginsWithFetch, firstStep } from '../runs/step-urls.js'
import { ownerOf, RUNNING_ALREADY, type Blocked, type Wizard } from '../wizard/wizard.service.js'

/** Runs per page of the report list. */
const ROWS = 20

const shownStates: readonly RunState[] = [
  'fetching',
  'ready',
  'queued',
  'running',
  'succeeded',
  'partly_failed',
  'failed',
  'aborted',
  'expired',
]

const place = z.object({ at: z.iso.datetime(), id: z.uuid() })

/** The page before's last run: its time and id. Nonsense leads to the first page. */
function decodeBefore(text: unknown): { createdAt: Date; id: string } | undefined {
  try {
    const { at, id } = place.parse(JSON.parse(Buffer.from(String(text), 'base64url').toString()))
    return { createdAt: new Date(at), id }
  } catch {
    return undefined
  }
}

const encodeBefore = (run: Run) =>
  Buffer.from(JSON.stringify({ at: run.createdAt.toISOString(), id: run.id })).toString('base64url')

/** Says why nothing was started; where the way out is another page, the browser goes there. */
export function flashBlocked(req: Request, connector: Connector, blocked: Blocked): string | null {
  sayBlocked(req, connector, blocked)
  return blocked.because === 'expired' || (blocked.because === 'not-connected' && connector.auth.link)
    ? paths.connection.to({ connector: connector.id })
    : null
}

function sayBlocked(req: Request, connector: Connector, blocked: Blocked): void {
  const id = connector.id
  const settings = () => declared(connector.settings, 'settings')
  const tokens = () => declared(connector.accessTokens, 'accessTokens')
  switch (blocked.because) {
    case 'running':
      return flash(req, {
        kind: 'warning',
        text: RUNNING_ALREADY,
        link: { href: paths.report.to({ id: blocked.runId }), label: '同期の実行状況を確認する' },
      })
    case 'settings-missing':
      return flash(req, {
        kind: 'warning',
        text: settings().missing,
        link: { href: paths.settings.to({ connector: id }), label: settings().title },
      })
    case 'token-missing':
      return flash(req, {
        kind: 'warning',
        text: tokens().missing,
        link: { href: paths.accessTokens.to({ connector: id }), label: tokens().title },
      })
    case 'not-connected':
      return flash(req, { kind: 'warning', text: connector.auth.texts.notice })
    case 'expired':
      return flash(req, { kind: 'warning', text: declared(connector.auth.link, 'link').texts.expired })
    case 'closed':
      return flash(req, { kind: 'warning', text: blocked.sentence })
    case 'reconnect':
      return flash(req, { kind: 'warning', text: '再連携が必要です。連携状況を確認してください。' })
  }
}

/** A connector's dashboard, its reports, and the start of a run. */
export function dashboardRoutes({
  data,
  clock,
  wizard,
  connectorOf,
}: {
  data: Data
  clock: Clock
  wizard: Wizard
  connectorOf(id: string): Connector
}): Router {
  const router = Router()
  const connectorIn = (req: Request) => connectorOf(String(req.params.connector))

  router.get(paths.runs.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant } = signedIn(res)
    const state = shownStates.find(name => name === req.query.state)
    const flow = connector.flows.find(candidate => candidate.id === req.query.flow)?.id
    const before = decodeBefore(req.query.before)
    const filter = { ...(state && { states: [state] }), ...(flow && { flow }), ...(before && { before }) }
    const runs = await data.inTenant(tenant.id, stores => stores.runs.list(connector.id, filter, ROWS + 1))
    const shown = runs.slice(0, ROWS)
    const last = shown.at(-1)
    res.render('pages/runs', {
      connector,
      rows: runRows(connector, shown),
      filter: { state: state ?? '', flow: flow ?? '' },
      states: shownStates.map(name => ({
        value: name,
        label: connector.dashboard.states?.[name] ?? stateLabel(connector, name),
      })),
      first: before ? paths.runs.to({ connector: connector.id }, { state, flow }) : null,
      next:
        runs.length > ROWS && last
          ? paths.runs.to({ connector: connector.id }, { state, flow, before: encodeBefore(last) })
          : null,
    })
  })

  router.get(paths.newRun.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    const flow = typeof req.query.flow === 'string' ? req.query.flow : ''
    const opened = await wizard.open({ tenantId: tenant.id, adminId: admin.id }, connector.id, flow)
    if ('runId' in opened) {
      const begins = wizard.flowOf(connector.id, flow).flow
      // Nothing to ask first: both sides are read at once.
      if (beginsWithFetch(begins)) await wizard.fetch(tenant.id, opened.runId, {})
      res.redirect(firstStep({ id: opened.runId }, begins))
      return
    }
    const elsewhere = flashBlocked(req, connector, opened.blocked)
    res.redirect(elsewhere ?? paths.dashboard.to({ connector: connector.id }))
  })

  // One click: 「SmartHRと同期」.
  router.post(paths.newRun.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    const flowId = textField(req.body, 'flow').value
    const started = await wizard.startAtOnce({ tenantId: tenant.id, adminId: admin.id }, connector.id, flowId)
    if ('blocked' in started) {
      const elsewhere = flashBlocked(req, connector, started.blocked)
      return res.redirect(303, elsewhere ?? paths.dashboard.to({ connector: connector.id }))
    }
    const { flow } = wizard.flowOf(connector.id, flowId)
    const link = { href: paths.runs.to({ connector: connector.id }), label: '同期の実行状況を確認する' }
    flash(req, { kind: 'success', text: declared(atOnceOf(flow), 'atOnce').accepted, link })
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
  })

  router.get(paths.dashboard.pattern, async (req, res) => {
    const connector = connectorIn(req)
    const { tenant, admin } = signedIn(res)
    const input = await data.inTenant(tenant.id, async ({ connections, grants, settings, runs, accessTokens }) => {
      const connection = await connections.current(connector.id, ownerOf(connector, admin.id))
      return {
        connection,
        smarthrActive: (await grants.state(admin.id)) === 'active',
        settingsSaved: connection !== null && (await settings.find(connector.id, connection.accountId)) !== null,
        fetchable: connection && connector.accessTokens ? await accessTokens.resourcesInForce(connection.id) : [],
        active: connection && (await runs.active(connection.id)),
        runs:
          connector.dashboard.recent === 'history'
            ? await runs.history(connector.id, RECENT)
            : await runs.list(connector.id, {}, RECENT),
      }
    })
    const now = clock.now()
    const hours = { closed: closedSentence(connector, now), closesSoon: closesSoonSentence(connector, now), now }
    res.render('pages/dashboard', { connector, page: dashboardPage({ connector, ...input, ...hours }) })
  })

  return router
}
