import { Router, type Response } from 'express'
import type { Change } from '../audit/acts.js'
import type { Recorder } from '../audit/audit.store.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { limitsOf, type GuardLimits } from '../runs/guard.js'
import type { GuardStore } from '../runs/guard.store.js'
import type { FieldErrors } from '../web/form.js'
import { flash } from '../web/session.js'
import { limitNames, parseLimits } from './limits.form.js'
import { LIMITS_TITLE, limitsPage } from './limits.view.js'

export interface LimitsDeps {
  inTenant: InTenant<{ guard: Pick<GuardStore, 'saved' | 'save'>; audit: Recorder }>
  clock: Clock
}

/** What was another number before, in the words of the page. */
const changesOf = (before: GuardLimits, after: GuardLimits): Change[] =>
  limitNames.flatMap(({ name, label, unit }) =>
    before[name] === after[name]
      ? []
      : [{ label: `${LIMITS_TITLE}：${label}`, before: `${before[name]}${unit}`, after: `${after[name]}${unit}` }],
  )

/** A company's own limits for the question before 同期. */
export function limitsRoutes({ inTenant, clock }: LimitsDeps): Router {
  const router = Router()

  const show = (res: Response, typed: Readonly<Record<string, string>>, errors: FieldErrors) =>
    res.render('pages/limits', { page: limitsPage(typed, errors) })

  router.get(paths.limits.pattern, async (_req, res) => {
    const limits = limitsOf(await inTenant(signedIn(res).tenant.id, ({ guard }) => guard.saved()))
    show(res, Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, String(limit)])), {})
  })

  router.post(paths.limits.pattern, async (req, res) => {
    const { tenant, admin } = signedIn(res)
    const parsed = parseLimits(req.body)
    if (!parsed.ok) {
      res.status(422)
      return show(res, parsed.typed, parsed.errors)
    }
    await inTenant(tenant.id, async ({ guard, audit }) => {
      const changes = changesOf(limitsOf(await guard.saved()), parsed.limits)
      await guard.save(parsed.limits, admin.id, clock.now())
      await audit.add({ act: 'settings.saved', details: { changes } })
    })
    flash(req, { kind: 'success', text: '大きな変更の確認の基準を保存しました' })
    res.redirect(303, paths.limits.to())
  })

  return router
}
