import { Router } from 'express'
import type { Flow } from '../contract/contract.js'
import { paths } from '../paths.js'
import { textField } from '../web/form.js'
import { flash } from '../web/session.js'
import type { WizardDeps } from './wizard.deps.js'

/** What became of 中止 or ［公開を終了］. */
const outcomes: Readonly<Record<'stopping' | 'withdrawn' | 'ended' | 'begun', (flow: Flow) => string>> = {
  stopping: ({ words }) => `${words.act}の中止を受け付けました。処理中の${words.item}が終わりしだい、停止します。`,
  withdrawn: ({ to }) => `公開を終了しました。${to}は、この内容を取り込めなくなりました。`,
  begun: flow =>
    flow.kind === 'publication'
      ? 'この内容は、すでに公開されています。取り下げる場合は、この画面で公開を終了してください。'
      : `この${flow.words.act}は、すでに開始されているため、キャンセルしていません。止める場合は、この画面で中止してください。`,
  ended: ({ words }) => `この${words.act}は、すでに終了しています。この画面で結果を確認してください。`,
}

/** キャンセル before 同期, 中止 after it. */
export function cancelRoutes({ loadRun, cancel }: Pick<WizardDeps, 'loadRun' | 'cancel'>): Router {
  const router = Router()

  router.post(paths.cancelRun.pattern, async (req, res) => {
    const { run, connector, flow, tenantId } = await loadRun(req, res)
    const outcome = await cancel(tenantId, run.id, { preparing: textField(req.body, 'preparing').value === '1' })
    if (outcome === 'cancelled') {
      const text = `${flow.words.act}をキャンセルしました。どちらのサービスにも、書き込みは行なっていません。`
      flash(req, { kind: 'info', text })
      return res.redirect(303, paths.dashboard.to({ connector: connector.id }))
    }
    flash(req, { kind: ['ended', 'begun'].includes(outcome) ? 'warning' : 'info', text: outcomes[outcome](flow) })
    res.redirect(303, paths.report.to({ id: run.id }))
  })

  return router
}
