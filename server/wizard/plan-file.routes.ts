import { Router, type Request, type Response } from 'express'
import { Conflict } from '../errors.js'
import { paths } from '../paths.js'
import { hasPlan, wholeView } from '../runs/run.js'
import { announceSheet, fileLabel, sendSheet, sheetForm } from '../runs/sheet.js'
import { planFileName, planSheet } from './plan-file.view.js'
import { conditionsOf } from './list-bar.view.js'
import { parseWholeView } from './list-view.js'
import type { WizardDeps } from './wizard.deps.js'

const NO_PLAN =
  '取得した内容がないため、一覧をダウンロードできません。取得していないか、取得中か、保存期間が過ぎています。もう一度取得してから、ダウンロードしてください。'

/** The plan as a file, narrowed as the selection page is, before and after 同期. */
export function planFileRoutes({ loadRun, planFiles }: Pick<WizardDeps, 'loadRun' | 'planFiles'>): Router {
  const send = async (req: Request, res: Response) => {
    const { run, flow } = await loadRun(req, res)
    if (!hasPlan(run)) throw new Conflict(NO_PLAN)
    const view = parseWholeView(req.query, flow)
    const form = sheetForm(req)
    const conditions = conditionsOf(flow, view, wholeView)
    const sheet = planSheet(flow, run, { conditions, people: planFiles.people(run, view) })
    // Whoever asks for the head alone takes nothing away.
    if (req.method === 'HEAD') {
      announceSheet(res, sheet, form)
      res.end()
      return
    }
    // What was searched for may be somebody's name.
    const narrowed = [...(view.q === '' ? [] : ['検索']), ...conditionsOf(flow, { ...view, q: '' }, wholeView)]
    await planFiles.exported(run, { file: fileLabel(planFileName(flow), form), narrowed })
    await sendSheet(res, sheet, form)
  }
  return Router().get(paths.planXlsx.pattern, send).get(paths.planCsv.pattern, send)
}
