import { Router } from 'express'
import { errorFileOf } from '../contract/contract.js'
import { NotOffered } from '../errors.js'
import type { Tenant } from '../install/tenant.store.js'
import { paths } from '../paths.js'
import { textField } from '../web/form.js'
import { flash } from '../web/session.js'
import { blockedMessage } from '../runs/blocked.view.js'
import type { Beginning } from '../wizard/begin.service.js'
import { firstToDo } from '../wizard/first-to-do.js'
import type { LoadRun } from '../runs/load-run.js'
import type { Reports } from './report.service.js'
import { writeErrorFile, writeReportCsv } from '../runs/errors-csv.js'
import { reportPage } from './report.view.js'
import { undoSection } from './undo.view.js'
import type { Undoing } from '../wizard/undo.service.js'
import { outcomeFilters } from './result.view.js'
import { progressOf } from '../runs/progress.view.js'
import { repeatedOutcomes, type Outcome, type Run } from '../runs/run.js'
import { parseIdPlace } from '../runs/id-place.js'
import { whereItStands } from '../runs/step-urls.js'
import { jstStamp, type Clock } from '../platform/clock.js'

/** When a run ended, for file names: YYYYMMDDhhmmss in Japan. */
const stampOf = (run: Run): string => jstStamp(run.endedAt ?? run.queuedAt ?? run.createdAt)

const NOTHING_TO_REPEAT =
  '再実行する対象を読み取れませんでした。連携レポートを再読み込みして、再実行のボタンを押してください。'

export interface ReportDeps {
  loadRun: LoadRun
  reports: Reports
  beginning: Pick<Beginning, 'retry' | 'blocked' | 'scopesFor'>
  undoing: Pick<Undoing, 'look'>
  clock: Clock
  /** a company's SmartHR as its people see it */
  siteOf(tenant: Tenant): string
}

/** The report of a run: page, progress, CSV, repeat. E-mails link here. */
export function reportRoutes({ loadRun, reports, beginning, undoing, clock, siteOf }: ReportDeps): Router {
  const router = Router()

  router.get(paths.progress.pattern, async (req, res) => {
    const { run, flow } = await loadRun(req, res)
    res.json(progressOf(run, flow.words, clock.now()))
  })

  router.get(paths.errorsCsv.pattern, async (req, res) => {
    const { run, flow } = await loadRun(req, res)
    const encoding = req.query.encoding === 'sjis' ? 'sjis' : 'utf8'
    const type = `text/csv; charset=${encoding === 'sjis' ? 'Shift_JIS' : 'utf-8'}`
    const outcomes: Outcome[] | null = req.query.all === '1' ? null : [...repeatedOutcomes]
    const people = reports.people(run, outcomes)
    // Whoever asks for the head alone takes nothing away.
    const isTaken = req.method !== 'HEAD'
    if (isTaken) await reports.exported(run, outcomes, { file: outcomes ? 'エラー' : '結果', encoding })
    const errorFile = errorFileOf(flow)
    if (errorFile && outcomes) {
      res.attachment(`${errorFile.stem}_${stampOf(run)}.csv`).type(type)
      return isTaken ? writeErrorFile(flow, errorFile, run.failure, people, encoding, res) : void res.end()
    }
    const id = `renkei-report-${outcomes ? 'errors' : 'all'}.csv`
    const name = `${flow.historyLabel}_${outcomes ? 'エラー' : '結果'}_${stampOf(run).slice(0, 12)}.csv`
    res.set('Content-Disposition', `attachment; filename="${id}"; filename*=UTF-8''${encodeURIComponent(name)}`)
    res.type(type)
    if (isTaken) await writeReportCsv(flow, people, encoding, res)
    else res.end()
  })

  router.post(paths.retryRun.pattern, async (req, res) => {
    const { run, connector, ...who } = await loadRun(req, res)
    const asked = textField(req.body, 'outcome').value
    const outcome = repeatedOutcomes.find(name => name === asked)
    if (!outcome) throw new NotOffered(NOTHING_TO_REPEAT)
    const begun = await beginning.retry(who, run.id, outcome)
    if ('runId' in begun) return res.redirect(303, paths.step.to({ id: begun.runId, step: 'fetch' }))
    flash(req, { kind: 'warning', ...blockedMessage(connector, begun.blocked) })
    res.redirect(303, paths.report.to({ id: run.id }))
  })

  router.get(paths.report.pattern, async (req, res) => {
    const { run, connector, flow, tenant, ...who } = await loadRun(req, res)
    const stands = whereItStands(run, flow)
    // Where the wizard shows the fetch there is nothing to report before 同期.
    if (stands !== paths.report.to({ id: run.id })) return res.redirect(stands)
    const filter = outcomeFilters.find(name => name === req.query.outcome) ?? null
    // 要確認 is also what went through and needs a look.
    const remarked = filter === 'unconfirmed'
    const outcomes = filter === null ? {} : { outcomes: [filter === 'pending' ? null : filter], remarked }
    const report = await reports.report(who.tenantId, run.id, { ...parseIdPlace(req.query), ...outcomes })
    const site = siteOf(tenant)
    // assumed: SmartHR's page of a payroll; its address is not public
    const payroll = run.groupId === null ? null : `${site}/payrolls/${encodeURIComponent(run.groupId)}`
    const at = { run, connector, flow, ...who }
    const first = await firstToDo(beginning, at, paths.report.to({ id: run.id }))
    const undo = undoSection(flow, run, await undoing.look(who, run.id))
    const page = reportPage({ connector, flow, filter, payroll, first, site, undo, now: clock.now(), ...report })
    res.render('pages/report', { connector, run, page })
  })

  return router
}
