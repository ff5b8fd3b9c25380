import { Router, type Request, type Response } from 'express'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import { paths } from '../paths.js'
import { endSession, renewSession } from '../web/session.js'
import { textField } from '../web/form.js'
import type { Consent } from './consent.js'
import { safeReturnTo } from './return-to.js'
import type { Newcomer, SignIn, SignInOutcome } from './sign-in.service.js'
import { chooseTenantPage, notAdminPage, signInFailedPage, type SignInFailure } from './sign-in.view.js'
import { subdomainOf } from './smarthr-account.js'

/** Where to go after sign-in, and the service that consent was given for, if that was the purpose. */
interface Onward {
  returnTo: string
  connects?: string
}

declare module 'express-session' {
  interface SessionData {
    /** between consent and the choice of a company */
    newcomer: Newcomer & Onward
  }
}

export interface SignInRoutesDeps {
  signIn: SignIn
  consent: Consent
  clock: Clock
  log: Logger
}

/** Sign-in with SmartHR, the choice of a company, sign-out. */
export function signInRoutes({ signIn, consent, clock, log }: SignInRoutesDeps): Router {
  const router = Router()

  const failed = (res: Response, status: number, reason: SignInFailure) =>
    res.status(status).render('pages/sign-in-failed', { page: signInFailedPage(reason) })

  const proceed = async (
    req: Request,
    res: Response,
    outcome: SignInOutcome,
    { returnTo, connects }: Onward,
  ): Promise<void> => {
    switch (outcome.kind) {
      case 'signed-in': {
        await renewSession(req)
        const now = clock.now().getTime()
        Object.assign(req.session, {
          tenantId: outcome.tenant.id,
          adminId: outcome.admin.id,
          signedInAt: now,
          adminCheckedAt: now,
          ...(connects !== undefined && { consentedTo: connects }),
        })
        log.info('signed in', { tenantId: outcome.tenant.id })
        res.redirect(303, returnTo)
        return
      }
      case 'choose':
      case 'ask-subdomain':
        req.session.newcomer = { ...outcome.newcomer, returnTo, ...(connects !== undefined && { connects }) }
        res.redirect(303, paths.chooseTenant.to())
        return
      case 'not-admin':
        res.status(403).render('pages/not-admin', { page: notAdminPage })
        return
      case 'unavailable':
        failed(res, 503, 'unavailable')
        return
      case 'refused':
        failed(res, 403, 'failed')
    }
  }

  router.get(paths.signIn.pattern, (req, res, next) => {
    consent.begin(req, res, next, { returnTo: safeReturnTo(req.query.returnTo) })
  })

  router.get(paths.signInCallback.pattern, async (req, res) => {
    const outcome = await consent.outcome(req, res)
    if (outcome.kind === 'granted') {
      const { connects } = outcome.carried
      const onward = { returnTo: safeReturnTo(outcome.carried.returnTo), ...(connects !== undefined && { connects }) }
      await proceed(req, res, await signIn.afterConsent(outcome.token), onward)
      return
    }
    if (outcome.kind === 'failed') log.warn('sign-in failed', { err: outcome.error })
    failed(res, outcome.kind === 'failed' ? 502 : 403, outcome.kind)
  })

  router.get(paths.chooseTenant.pattern, (req, res) => {
    const { newcomer } = req.session
    if (!newcomer) {
      res.redirect(paths.home.to())
      return
    }
    const { candidates } = newcomer
    res.render('pages/choose-tenant', { page: chooseTenantPage({ candidates, typed: '', error: null }) })
  })

  router.post(paths.chooseTenant.pattern, async (req, res) => {
    const { newcomer } = req.session
    if (!newcomer) {
      failed(res, 403, 'stale')
      return
    }
    const { candidates } = newcomer
    const again = (error: string, typed = '') =>
      res.status(422).render('pages/choose-tenant', { page: chooseTenantPage({ candidates, typed, error }) })

    if (newcomer.candidates.length > 0) {
      const outcome = await signIn.choose(newcomer, textField(req.body, 'tenant').value)
      if (outcome.kind === 'not-listed') again('企業アカウントが選択されていません。')
      else await proceed(req, res, outcome, newcomer)
      return
    }
    if (textField(req.body, 'op').value === 'without') {
      const outcome = await signIn.withoutSubdomain(newcomer)
      await proceed(req, res, outcome, newcomer)
      return
    }
    const { typed, value } = textField(req.body, 'subdomain')
    const subdomain = subdomainOf(value)
    if (subdomain === null) {
      again(value === '' ? 'サブドメインが入力されていません。' : 'サブドメインが正しくありません。', typed)
      return
    }
    const outcome = await signIn.withSubdomain(newcomer, subdomain)
    if (outcome.kind === 'refused') {
      again('このサブドメインの企業アカウントを確認できませんでした。SmartHRのURLの先頭部分を入力してください。', typed)
      return
    }
    await proceed(req, res, outcome, newcomer)
  })

  router.post(paths.signOut.pattern, async (req, res) => {
    await endSession(req)
    res.redirect(303, paths.home.to())
  })

  return router
}
