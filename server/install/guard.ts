import { actingAs } from '../audit/actor.js'
import type { Request, RequestHandler, Response } from 'express'
import type { Admin, AdminStore } from './admin.store.js'
import { safeReturnTo } from './return-to.js'
import { authorisationLostPage, notAdminPage, signedOutPage } from './sign-in.view.js'
import { askWhoIs } from './right.js'
import type { SmarthrAccounts } from './smarthr-account.js'
import type { Withdrawal } from './withdrawal.js'
import type { Tenant, TenantStore } from './tenant.store.js'
import { VendorUnavailable } from '../errors.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import { withLogContext } from '../platform/logger.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { GrantTokens } from '../smarthr/grant.service.js'
import { renewSession } from '../web/session.js'

const MINUTE = 60_000

/** Rights are asked for again after so long; after an hour without an answer no page opens. */
const RECHECK_AFTER_MS = 50 * MINUTE
const CHECK_VALID_MS = 60 * MINUTE

/** Who is signed in; on every page behind `signedInOnly`. */
export interface SignedIn {
  tenant: Tenant
  admin: Admin
}

/** Who asks for this page. Only for routes behind `signedInOnly`. */
export function signedIn(res: Response): SignedIn {
  const { tenant, admin }: Partial<SignedIn> = res.locals
  if (!tenant || !admin) throw new Error('a route that is not behind signedInOnly')
  return { tenant, admin }
}

/** Since when the company's data are being deleted; null where they are not. */
export const deletedSince = (res: Response): Date | null =>
  (res.locals as { deletedSince?: Date | null }).deletedSince ?? null

export interface WhoDeps {
  inTenant: InTenant<{ admins: AdminStore; companyEnds: { askedAt(): Promise<Date | null> } }>
  tenants: Pick<TenantStore, 'find'>
}

export interface GuardDeps {
  clock: Clock
  accounts: SmarthrAccounts
  grants: GrantTokens
  withdrawal: Pick<Withdrawal, 'rightLost'>
}

/** Loads the administrator who is signed in, if there is one. Pages open to all show it too. */
export const loadWho =
  ({ inTenant, tenants }: WhoDeps): RequestHandler =>
  async (req, res, next) => {
    const { tenantId, adminId } = req.session
    if (tenantId && adminId) {
      const [tenant, { admin, deletedSince }] = await Promise.all([
        tenants.find(tenantId),
        inTenant(tenantId, async ({ admins, companyEnds }) => ({
          admin: await admins.find(adminId),
          deletedSince: await companyEnds.askedAt(),
        })),
      ])
      if (tenant && admin) {
        Object.assign(res.locals, { tenant, admin, deletedSince })
        withLogContext({ tenantId }, () => actingAs({ kind: 'admin', admin }, () => next()))
        return
      }
    }
    next()
  }

/** Where a page with a form stands: a POST with an ended session goes back there after sign-in. */
function pageOf(req: Request): string {
  if (req.method === 'GET') return req.originalUrl
  const referer = req.get('referer')
  if (referer === undefined) return '/'
  try {
    const url = new URL(referer)
    return url.host === req.get('host') ? url.pathname + url.search : '/'
  } catch {
    return '/'
  }
}

const wantsJson = (req: Request) => req.accepts(['html', 'json']) === 'json'

/** Sends a visitor who is not signed in to sign in, and back to where they were. */
export const signedInOnly =
  (deps: GuardDeps): RequestHandler =>
  async (req, res, next) => {
    if (!res.locals.admin) {
      if (wantsJson(req)) {
        res.status(401).json({ error: 'signed-out' })
        return
      }
      const returnTo = safeReturnTo(pageOf(req))
      if (req.method === 'GET') res.redirect(paths.signIn.to({}, { returnTo }))
      else res.status(401).render('pages/signed-out', { page: signedOutPage(returnTo) })
      return
    }
    if (await stillAdmin(deps, req, res)) next()
  }

/** Administrators only, and asked again at least hourly. False: the request is answered. */
async function stillAdmin(
  { clock, accounts, grants, withdrawal }: GuardDeps,
  req: Request,
  res: Response,
): Promise<boolean> {
  const age = clock.now().getTime() - (req.session.adminCheckedAt ?? 0)
  if (age < RECHECK_AFTER_MS) return true
  const { tenant, admin } = signedIn(res)
  const answer = await askWhoIs({ accounts, grants }, tenant.id, admin.id)
  if (answer.kind === 'ok' && answer.value.isAdmin) {
    req.session.adminCheckedAt = clock.now().getTime()
    return true
  }
  if (answer.kind === 'unavailable') {
    if (age < CHECK_VALID_MS) return true
    throw new VendorUnavailable(
      'SmartHRに接続できないため、管理者権限を確認できませんでした。時間をおいて、画面を再読み込みしてください。',
      new Date(Date.now() + MINUTE),
    )
  }
  if (answer.kind === 'ok') {
    await withdrawal.rightLost(tenant.id, admin.id)
    await renewSession(req)
    res.status(403).render('pages/not-admin', { page: notAdminPage(safeReturnTo(pageOf(req))) })
    return false
  }
  // SmartHR no longer honours this authorisation: only a new consent helps. It is said here and now, since the session
  // that could tell it later ends with the sign-in.
  const returnTo = safeReturnTo(pageOf(req))
  await renewSession(req)
  delete res.locals.admin
  if (wantsJson(req)) res.status(401).json({ error: 'signed-out' })
  else res.status(401).render('pages/signed-out', { page: authorisationLostPage(returnTo) })
  return false
}
