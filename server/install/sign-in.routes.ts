import { Router } from 'express'
import type { Recorder } from '../audit/audit.store.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import { paths } from '../paths.js'
import type { InTenant } from '../platform/in-tenant.js'
import { noHead } from '../web/security.js'
import { endSession, flash } from '../web/session.js'
import { sessionHash } from '../web/session.store.js'
import type { AdminStore } from './admin.store.js'
import { chooseTenantRoutes } from './choose-tenant.routes.js'
import type { Consent } from './consent.js'
import type { SignedIn } from './guard.js'
import { safeReturnTo } from './return-to.js'
import { showOutcome, signInFailed } from './sign-in-outcome.js'
import type { SignIn } from './sign-in.service.js'

export interface SignInRoutesDeps {
  inTenant: InTenant<{ admins: AdminStore; audit: Recorder }>
  signIn: SignIn
  consent: Consent
  clock: Clock
  log: Logger
}

/** Sign-in with SmartHR, the choice of a company, sign-out. */
export function signInRoutes(deps: SignInRoutesDeps): Router {
  const { inTenant, signIn, consent, log } = deps
  const router = Router()

  router.get(paths.signIn.pattern, noHead, (req, res, next) => {
    consent.begin(req, res, next, { returnTo: safeReturnTo(req.query.returnTo) })
  })

  router.get(paths.signInCallback.pattern, noHead, async (req, res) => {
    const outcome = await consent.outcome(req, res)
    if (outcome.kind === 'granted') {
      const { connects } = outcome.carried
      const onward = { returnTo: safeReturnTo(outcome.carried.returnTo), ...(connects !== undefined && { connects }) }
      await showOutcome(req, res, await signIn.afterConsent(outcome.token), onward, deps)
      return
    }
    if (outcome.kind === 'failed') log.warn('sign-in failed', { err: outcome.error })
    const returnTo = outcome.kind === 'stale' ? '/' : safeReturnTo(outcome.carried.returnTo)
    signInFailed(res, outcome.kind === 'failed' ? 502 : 403, outcome.kind, returnTo)
  })

  router.use(chooseTenantRoutes(deps))

  // 「ほかの端末からログアウト」: a machine left behind, or somebody who has got in.
  router.post(paths.signOutElsewhere.pattern, async (req, res) => {
    const { tenantId, adminId } = req.session
    if (tenantId && adminId && res.locals.admin) {
      const ended = await inTenant(tenantId, async ({ admins, audit }) => {
        const others = await admins.endOtherSessions(adminId, sessionHash(req.sessionID))
        await audit.add({ act: 'sign-out.elsewhere', details: { total: others } })
        return others
      })
      log.info('signed out elsewhere', { ended })
      const text =
        ended > 0 ? `ほかの端末（${ended}件）からログアウトしました。` : 'ほかの端末では、ログインしていません。'
      flash(req, { kind: 'success', text })
    }
    res.redirect(303, paths.home.to())
  })

  router.post(paths.signOut.pattern, async (req, res) => {
    const { tenant }: Partial<SignedIn> = res.locals
    if (tenant) await inTenant(tenant.id, ({ audit }) => audit.add({ act: 'sign-out' }))
    await endSession(req)
    res.redirect(303, paths.home.to())
  })

  return router
}
