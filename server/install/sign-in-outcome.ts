import type { Request, Response } from 'express'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import { renewSession } from '../web/session.js'
import type { Newcomer, SignInOutcome } from './sign-in.service.js'
import { notAdminPage, signInFailedPage, type SignInFailure } from './sign-in.view.js'

/** Where to go after sign-in, and the service that consent was given for, if that was the purpose. */
export interface Onward {
  returnTo: string
  connects?: string
}

declare module 'express-session' {
  interface SessionData {
    /** between consent and the choice of a company */
    newcomer: Newcomer & Onward
  }
}

/** `returnTo`: where who tries again wants to be, as far as it is known. */
export const signInFailed = (res: Response, status: number, reason: SignInFailure, returnTo = '/') =>
  res.status(status).render('pages/sign-in-failed', { page: signInFailedPage(reason, returnTo) })

/** The page that follows: the one asked for, the choice of a company, or why not. */
export async function showOutcome(
  req: Request,
  res: Response,
  outcome: SignInOutcome,
  { returnTo, connects }: Onward,
  { clock, log }: { clock: Clock; log: Logger },
): Promise<void> {
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
      res.status(403).render('pages/not-admin', { page: notAdminPage(returnTo) })
      return
    case 'unavailable':
      signInFailed(res, 503, 'unavailable', returnTo)
      return
    case 'refused':
      signInFailed(res, 403, 'failed', returnTo)
  }
}
