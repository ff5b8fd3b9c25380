import { Router } from 'express'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import { notChosen, notReadable, notTyped, textField } from '../web/form.js'
import { showOutcome, signInFailed } from './sign-in-outcome.js'
import type { SignIn } from './sign-in.service.js'
import { chooseTenantPage } from './sign-in.view.js'
import { subdomainOf } from './smarthr-account.js'

/** 企業アカウントの選択: one of several, or the subdomain where SmartHR names none. */
export function chooseTenantRoutes(deps: { signIn: SignIn; clock: Clock; log: Logger }): Router {
  const { signIn } = deps
  const router = Router()

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
      signInFailed(res, 403, 'stale')
      return
    }
    const { candidates } = newcomer
    const again = (error: string, typed = '') =>
      res.status(422).render('pages/choose-tenant', { page: chooseTenantPage({ candidates, typed, error }) })

    if (newcomer.candidates.length > 0) {
      const outcome = await signIn.choose(newcomer, textField(req.body, 'tenant').value)
      if (outcome.kind === 'not-listed') again(notChosen('企業アカウント'))
      else await showOutcome(req, res, outcome, newcomer, deps)
      return
    }
    if (textField(req.body, 'op').value === 'without') {
      const outcome = await signIn.withoutSubdomain(newcomer)
      await showOutcome(req, res, outcome, newcomer, deps)
      return
    }
    const { typed, value } = textField(req.body, 'subdomain')
    const subdomain = subdomainOf(value)
    if (subdomain === null) {
      again((value === '' ? notTyped : notReadable)('サブドメイン'), typed)
      return
    }
    const outcome = await signIn.withSubdomain(newcomer, subdomain)
    if (outcome.kind === 'refused') {
      again(
        'このサブドメインの企業アカウントを確認できませんでした。企業アカウントが見つからないか、利用する権限がありません。SmartHRのURLの先頭部分を入力してください。',
        typed,
      )
      return
    }
    await showOutcome(req, res, outcome, newcomer, deps)
  })

  return router
}
