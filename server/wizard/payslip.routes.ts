import { Router, type Request, type Response } from 'express'
import { stepOf } from '../contract/contract.js'
import { paths } from '../paths.js'
import { NotFound } from '../errors.js'
import { ticked, type FieldErrors } from '../web/form.js'
import { flash } from '../web/session.js'
import type { LoadRun } from './load-run.js'
import { nextStep, whereItStands } from '../runs/step-urls.js'
import { periodPage, itemsPage } from './payslip.view.js'
import { itemsToRegister } from '../payslips/payslips.js'
import { parseItems, parsePeriod } from './wizard.form.js'
import type { Wizard } from './wizard.service.js'

/** The wizard's pages that only statements need: 対象期間 and 項目登録. */
export function payslipRoutes({ wizard, load }: { wizard: Wizard; load: LoadRun }): Router {
  const router = Router()
  const at = (step: string) => paths.step.pattern.replace(':step', step)

  const openPeriod = async (req: Request, res: Response) => {
    const loaded = await load(req, res)
    const { run, flow } = loaded
    const step = stepOf(flow, 'period')
    if (!step) throw new NotFound()
    const open = ['draft', 'ready'].includes(run.state) || (run.state === 'failed' && run.queuedAt === null)
    return { ...loaded, open: open && run.retryOf === null, step }
  }

  router.get(at('period'), async (req, res) => {
    const { run, connector, flow, open, step } = await openPeriod(req, res)
    if (!open) return res.redirect(whereItStands(run, flow))
    const typed = run.period ?? { from: '', to: '' }
    res.render('pages/wizard/period', {
      connector,
      flow,
      run,
      page: periodPage({ flow, step, run, typed, errors: {} }),
    })
  })

  router.post(at('period'), async (req, res) => {
    const { run, connector, flow, open, step, tenantId } = await openPeriod(req, res)
    if (!open) return res.redirect(303, whereItStands(run, flow))
    const { typed, value, errors } = parsePeriod(req.body, step)
    if (!value) {
      res.status(422)
      return res.render('pages/wizard/period', {
        connector,
        flow,
        run,
        page: periodPage({ flow, step, run, typed, errors }),
      })
    }
    await wizard.choosePeriod(tenantId, run.id, value)
    res.redirect(303, nextStep(run, flow, 'period'))
  })

  router.get(at('items'), async (req, res) => {
    const { run, connector, flow } = await load(req, res)
    if (run.state !== 'ready' || itemsToRegister(flow, run).length === 0) return res.redirect(whereItStands(run, flow))
    res.render('pages/wizard/items', { connector, flow, run, page: itemsPage({ flow, run, chosen: null, errors: {} }) })
  })

  router.post(at('items'), async (req, res) => {
    const { run, connector, flow } = await load(req, res)
    if (run.state !== 'ready' || itemsToRegister(flow, run).length === 0)
      return res.redirect(303, whereItStands(run, flow))
    const registered = await wizard.registeredItems(run)
    const { revision, items, errors } = parseItems(run.newItems, registered.values(), req.body)
    const again = (why: FieldErrors, doubted = false) => {
      const page = itemsPage({ flow, run, chosen: items, errors: why, doubted, anyway })
      res.status(422).render('pages/wizard/items', { connector, flow, run, page })
    }
    const anyway = ticked(req.body, 'anyway')
    if (Object.keys(errors).length > 0) return again(errors)
    if (revision === run.revision) {
      const { refused, doubtful } = await wizard.tryItems(run, items)
      const at = (found: ReadonlyMap<string, string>) =>
        Object.fromEntries(
          items.flatMap(({ name }, index) => {
            const reason = found.get(name)
            return reason === undefined ? [] : [[`kind-${index}`, reason]]
          }),
        )
      const doubts = at(doubtful)
      const why = { ...(anyway ? {} : doubts), ...at(refused) }
      if (Object.keys(why).length > 0) return again(why, Object.keys(doubts).length > 0)
    }
    if (await wizard.registerItems(run, revision, items))
      flash(req, { kind: 'success', text: '項目を登録しました。もう一度、明細を取り込んでいます。' })
    else flash(req, { kind: 'warning', text: '別の画面で、すでに項目が登録されています。内容を確認してください。' })
    res.redirect(303, whereItStands(await wizard.run(run.tenantId, run.id), flow))
  })

  return router
}
