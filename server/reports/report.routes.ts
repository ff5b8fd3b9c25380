import { Router, type Request, type Response } from 'express'
import { errorFileOf, type Connector } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import type { Tenant } from '../install/tenant.store.js'
import { paths } from '../paths.js'
import type { Data } from '../stores.js'
import { textField } from '../web/form.js'
import { signedIn } from '../install/guard.js'
import { flashBlocked } from '../dashboard/dashboard.routes.js'
import { writeErrorFile, writeReportCsv } from '../runs/errors-csv.js'
import { reportPage } from './report.view.js'
import { outcomeFilters } from './result.view.js'
import { progressOf } from './under-way.view.js'
import { repeatedOutcomes, type ItemWithContent, type Outcome, type Run } from '../runs/run.js'
import { isRunId, parseIdPlace } from '../wizard/wizard.form.js'
import { whereItStands } from '../runs/step-urls.js'
import type { Wizard } from '../wizard/wizard.service.js'
import { jstStamp } from '../platform/clock.js'

/** People read at once for a CSV. */
const CSV_CHUNK = 500

/** When a run ended, for file names: YYYYMMDDhhmmss in Japan. */
const stampOf = (run: Run): string => jstStamp(run.endedAt ?? run.queuedAt ?? run.createdAt)

const runIdIn = (req: Request): string => {
  const { id } = req.params
  if (!isRunId(id)) throw new NotFound()
  return id
}

/** The report of a run: page, progress, CSV, repeat. E-mails link here. */
export function reportRoutes({
  wizard,
  connectorOf,
  data,
  siteOf,
}: {
  wizard: Wizard
  connectorOf(id: string): Connector
  data: Data
  /** a company's SmartHR as its people see it */
  siteOf(tenant: Tenant): string
}): Router {
  const router = Router()
  const who = (res: Response) => ({ tenantId: signedIn(res).tenant.id, adminId: signedIn(res).admin.id })

  router.get(paths.progress.pattern, async (req, res) => {
    const run = await wizard.run(who(res).tenantId, runIdIn(req))
    res.json(progressOf(run, wizard.flowOf(run.connector, run.flow).flow.words))
  })

  router.get(paths.errorsCsv.pattern, async (req, res) => {
    const { tenantId } = who(res)
    const run = await wizard.run(tenantId, runIdIn(req))
    const { flow } = wizard.flowOf(run.connector, run.flow)
    const encoding = req.query.encoding === 'sjis' ? 'sjis' : 'utf8'
    const type = `text/csv; charset=${encoding === 'sjis' ? 'Shift_JIS' : 'utf-8'}`
    const errorFile = errorFileOf(flow)
    if (errorFile && req.query.all !== '1') {
      res.attachment(`${errorFile.stem}_${stampOf(run)}.csv`).type(type)
      return writeErrorFile(
        flow,
        errorFile,
        run.failure,
        peopleOf(data, tenantId, run.id, ['failed', 'not_run']),
        encoding,
        res,
      )
    }
    const outcomes: Outcome[] | null = req.query.all === '1' ? null : ['failed', 'not_run']
    const id = `renkei-report-${outcomes ? 'errors' : 'all'}.csv`
    const name = `${flow.historyLabel}_${outcomes ? 'エラー' : '結果'}_${stampOf(run).slice(0, 12)}.csv`
    res.set('Content-Disposition', `attachment; filename="${id}"; filename*=UTF-8''${encodeURIComponent(name)}`)
    res.type(type)
    await writeReportCsv(flow, peopleOf(data, tenantId, run.id, outcomes), encoding, res)
  })

  router.post(paths.retryRun.pattern, async (req, res) => {
    const old = await wizard.run(who(res).tenantId, runIdIn(req))
    const asked = textField(req.body, 'outcome').value
    const started = await wizard.retry(who(res), old.id, repeatedOutcomes.find(name => name === asked) ?? null)
    if ('runId' in started) return res.redirect(303, paths.step.to({ id: started.runId, step: 'fetch' }))
    flashBlocked(req, connectorOf(old.connector), started.blocked)
    res.redirect(303, paths.report.to({ id: old.id }))
  })

  router.get(paths.report.pattern, async (req, res) => {
    const { tenantId } = who(res)
    const filter = outcomeFilters.find(name => name === req.query.outcome) ?? null
    const outcomes = filter === null ? {} : { outcomes: [filter === 'pending' ? null : filter] }
    const report = await wizard.report(tenantId, runIdIn(req), { ...parseIdPlace(req.query), ...outcomes })
    const { run } = report
    const { connector, flow } = wizard.flowOf(run.connector, run.flow)
    const stands = whereItStands(run, flow)
    // Where the wizard shows the fetch there is nothing to report before 同期.
    if (stands !== paths.report.to({ id: run.id })) return res.redirect(stands)
    // assumed: SmartHR's page of a payroll; its address is not public
    const payroll =
      run.groupId === null ? null : `${siteOf(signedIn(res).tenant)}/payrolls/${encodeURIComponent(run.groupId)}`
    const page = reportPage({ connector, flow, filter, payroll, ...report })
    res.render('pages/report', { connector, flow, run, page })
  })

  return router
}

/** The run's people by id, a chunk at a time: a file of any size needs little memory. */
async function* peopleOf(
  data: Data,
  tenantId: string,
  runId: string,
  outcomes: Outcome[] | null,
): AsyncIterable<ItemWithContent> {
  for (let after = '0'; ;) {
    const { items, hasNext } = await data.inTenant(tenantId, stores =>
      stores.items.chosen(runId, { after, limit: CSV_CHUNK, ...(outcomes && { outcomes }) }),
    )
    yield* items
    const last = items.at(-1)
    if (!hasNext || !last) return
    after = last.id
  }
}
