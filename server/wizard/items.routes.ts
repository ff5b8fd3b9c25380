import { Router } from 'express'
import { parseItems } from '../payslips/registered-item.form.js'
import { itemsToRegister } from '../runs/run.js'
import { whereItStands } from '../runs/step-urls.js'
import { ticked, type FieldErrors } from '../web/form.js'
import { flash } from '../web/session.js'
import { itemsPage } from './items.view.js'
import { pathOf, type WizardDeps } from './wizard.deps.js'

/** 項目登録: payslip items that are new here. */
export function itemsRoutes({ loadRun, itemRegistration }: Pick<WizardDeps, 'loadRun' | 'itemRegistration'>): Router {
  const router = Router()

  router.get(pathOf('items'), async (req, res) => {
    const { run, connector, flow } = await loadRun(req, res)
    if (run.state !== 'ready' || itemsToRegister(flow, run).length === 0) return res.redirect(whereItStands(run, flow))
    res.render('pages/wizard/items', { connector, run, page: itemsPage({ flow, run, chosen: null, errors: {} }) })
  })

  router.post(pathOf('items'), async (req, res) => {
    const { run, connector, flow } = await loadRun(req, res)
    if (run.state !== 'ready' || itemsToRegister(flow, run).length === 0)
      return res.redirect(303, whereItStands(run, flow))
    const registered = await itemRegistration.registered(run)
    const { revision, items, errors } = parseItems(run.newItems, registered.values(), req.body)
    const anyway = ticked(req.body, 'anyway')
    const again = (why: FieldErrors, doubted = false) => {
      const page = itemsPage({ flow, run, chosen: items, errors: why, doubted, anyway })
      res.status(422).render('pages/wizard/items', { connector, run, page })
    }
    if (Object.keys(errors).length > 0) return again(errors)
    if (revision === run.revision) {
      const { refused, doubtful } = await itemRegistration.tryItems(run, items)
      const byField = (found: ReadonlyMap<string, string>) =>
        Object.fromEntries(
          items.flatMap(({ name }, index) => {
            const reason = found.get(name)
            return reason === undefined ? [] : [[`kind-${index}`, reason]]
          }),
        )
      const doubts = byField(doubtful)
      const why = { ...(anyway ? {} : doubts), ...byField(refused) }
      if (Object.keys(why).length > 0) return again(why, Object.keys(doubts).length > 0)
    }
    if (await itemRegistration.register(run, revision, items))
      flash(req, { kind: 'success', text: '項目を登録しました。もう一度、明細を取り込んでいます。' })
    else flash(req, { kind: 'warning', text: '別の画面で、すでに項目が登録されています。内容を確認してください。' })
    const { run: now } = await loadRun(req, res)
    res.redirect(303, whereItStands(now, flow))
  })

  return router
}
