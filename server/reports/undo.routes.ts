import { Router } from 'express'
import { NotFound } from '../errors.js'
import { paths } from '../paths.js'
import { blockedMessage } from '../runs/blocked.view.js'
import type { Loaded, LoadRun } from '../runs/load-run.js'
import { ticked } from '../web/form.js'
import { flash } from '../web/session.js'
import type { TakingBack } from '../wizard/take-back.service.js'
import type { Undoing } from '../wizard/undo.service.js'
import { takeBackPage } from './undo.view.js'

export interface UndoDeps {
  loadRun: LoadRun
  undoing: Undoing
  takingBack: TakingBack
}

const NOT_SURE = '取り込みを取り消す場合は、チェックを入れてください。'

/** ［この同期を取り消す］, and ［この取り込みを取り消す］ with its question. */
export function undoRoutes({ loadRun, undoing, takingBack }: UndoDeps): Router {
  const router = Router()

  /** Null: it can't be taken back by now, and its report says why. */
  const questionOf = async ({ run, flow, ...who }: Loaded, error: string | null) => {
    const look = flow.kind === 'import' ? await undoing.look(who, run.id) : null
    return look === null || look.why !== null ? null : takeBackPage(flow, run, { look, error })
  }

  router.get(paths.undoRun.pattern, async (req, res) => {
    const loaded = await loadRun(req, res)
    const { run, connector, flow } = loaded
    if (flow.kind !== 'import') throw new NotFound()
    const page = await questionOf(loaded, null)
    if (page === null) return res.redirect(paths.report.to({ id: run.id }))
    res.render('pages/take-back', { connector, run, page })
  })

  router.post(paths.undoRun.pattern, async (req, res) => {
    const loaded = await loadRun(req, res)
    const { run, connector, flow, ...who } = loaded
    const report = paths.report.to({ id: run.id })
    if (flow.kind === 'import') {
      const page = ticked(req.body, 'sure') ? null : await questionOf(loaded, NOT_SURE)
      if (page !== null) return res.status(422).render('pages/take-back', { connector, run, page })
      await takingBack.takeBack(who, run.id)
      flash(req, { kind: 'success', text: `${flow.words.act}を取り消しました` })
      return res.redirect(303, report)
    }
    const begun = await undoing.begin(who, run.id)
    if ('runId' in begun) return res.redirect(303, paths.step.to({ id: begun.runId, step: 'fetch' }))
    flash(req, { kind: 'warning', ...blockedMessage(connector, begun.blocked) })
    res.redirect(303, report)
  })

  return router
}
