import { Router, type Response } from 'express'
import type { Change } from '../audit/acts.js'
import type { Recorder } from '../audit/audit.store.js'
import type { Connector } from '../contract/contract.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { ruleAt } from '../runs/approval.js'
import type { ApprovalStore } from '../runs/approval.store.js'
import { limitsOf, type GuardLimits } from '../runs/guard.js'
import type { GuardStore } from '../runs/guard.store.js'
import { textField } from '../web/form.js'
import { flash } from '../web/session.js'
import { changedSince, sinceShown, type Pairs } from '../web/since-shown.js'
import { limitNames, loosened, parseLimits } from './limits.form.js'
import { LIMITS_TITLE, limitsPage, type RestingFlow } from './limits.view.js'

interface LimitsStores {
  guard: Pick<GuardStore, 'saved' | 'save' | 'lockLimits'>
  approvals: Pick<ApprovalStore, 'rules'>
  audit: Recorder
}

export interface LimitsDeps {
  inTenant: InTenant<LimitsStores>
  clock: Clock
  connectors: readonly Connector[]
}

/**
 * The flows whose rule is 大きな変更だけ承認, or will be: the limits decide there whether a second administrator is asked, so
 * nobody loosens them alone.
 */
async function restingOn(
  { approvals }: LimitsStores,
  { connectors, clock }: Pick<LimitsDeps, 'connectors' | 'clock'>,
): Promise<RestingFlow[]> {
  const flows: RestingFlow[] = []
  for (const connector of connectors) {
    const saved = await approvals.rules(connector.id)
    for (const flow of connector.flows) {
      const { mode, next } = ruleAt(saved.find(rule => rule.flow === flow.id) ?? null, clock.now())
      const waits = next?.mode === 'dangerous'
      if (mode === 'dangerous' || waits) flows.push({ connector, flow, waits })
    }
  }
  return flows
}

/** What was another number before, in the words of the page. */
const changesOf = (before: GuardLimits, after: GuardLimits): Change[] =>
  limitNames.flatMap(({ name, label, unit }) =>
    before[name] === after[name]
      ? []
      : [{ label: `${LIMITS_TITLE}：${label}`, before: `${before[name]}${unit}`, after: `${after[name]}${unit}` }],
  )

/** A company's own limits for the question before 同期. */
export function limitsRoutes({ inTenant, ...deps }: LimitsDeps): Router {
  const router = Router()

  const storedIn = (limits: GuardLimits): Pairs => limitNames.map(({ name }) => [name, String(limits[name])])
  const show = (res: Response, page: Parameters<typeof limitsPage>[0]) =>
    res.render('pages/limits', { page: limitsPage(page) })

  router.get(paths.limits.pattern, async (_req, res) => {
    const { saved, resting } = await inTenant(signedIn(res).tenant.id, async stores => ({
      saved: await stores.guard.saved(),
      resting: await restingOn(stores, deps),
    }))
    const stored = storedIn(limitsOf(saved))
    show(res, { typed: Object.fromEntries(stored), resting, since: sinceShown(stored) })
  })

  router.post(paths.limits.pattern, async (req, res) => {
    const { tenant, admin } = signedIn(res)
    const parsed = parseLimits(req.body)
    const refused = await inTenant(tenant.id, async stores => {
      await stores.guard.lockLimits()
      const resting = await restingOn(stores, deps)
      const { guard, audit } = stores
      const before = limitsOf(await guard.saved())
      const stored = storedIn(before)
      const typed = limitNames.map(({ name }) => [name, textField(req.body, name).value] as const)
      const merged = changedSince(req.body, { typed, stored })
      if (merged) return { typed: Object.fromEntries(merged), resting, since: sinceShown(stored, { changed: true }) }
      const again = { typed: parsed.typed, resting, since: sinceShown(stored) }
      if (!parsed.ok) return { ...again, errors: parsed.errors }
      const errors = resting.length > 0 ? loosened(before, parsed.limits) : {}
      if (Object.keys(errors).length > 0) return { ...again, errors }
      await guard.save(parsed.limits, admin.id, deps.clock.now())
      await audit.add({ act: 'settings.saved', details: { changes: changesOf(before, parsed.limits) } })
      return null
    })
    if (refused) return show(res.status(422), refused)
    flash(req, { kind: 'success', text: '大きな変更の確認の基準を保存しました' })
    res.redirect(303, paths.limits.to())
  })

  return router
}
