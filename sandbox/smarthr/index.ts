import { randomUUID } from 'node:crypto'
import { Router, type NextFunction, type Request, type Response } from 'express'
import { createSeeded } from '../core/seeded.js'
import type { StandIn } from '../core/stand-in.js'
import type { MadeUpPerson } from '../people.js'
import { crewsRouter } from './crews.js'
import { dependentsRouter } from './dependents.js'
import { badRequest, internalError, notFound, Refused, tooMany, unauthorized } from './errors.js'
import { createLimits } from './limits.js'
import { mastersRouter, userShown } from './masters.js'
import { createOAuth } from './oauth.js'
import { pagesRouter } from './pages.js'
import { payrollPagesRouter } from './payroll-pages.js'
import { payrollsRouter } from './payrolls.js'
import { changePayslipItems } from './payslip-items.js'
import { payslipsRouter } from './payslips.js'
import {
  deleteCustomField,
  numberOfAccounts,
  renameEmploymentType,
  replaceByPeople,
  replaceCrews,
  replaceDepartments,
} from './replace.js'
import { furtherTenants, seedTenants } from './seed.js'
import {
  defaultSwitches,
  putCrew,
  removeCrew,
  type Crew,
  type Grant,
  type SmarthrStore,
  type Switches,
  type Tenant,
} from './store.js'
import { yearEndRouter } from './year-end.js'

/** Switches that change what みどり商会 holds instead of how the stand-in behaves. */
const REPLACEMENTS: Record<string, (tenant: Tenant, value: unknown) => void> = {
  departments: replaceDepartments,
  crews: replaceCrews,
  renameEmploymentType,
  deleteCustomField,
  bankAccountSettings: numberOfAccounts,
  payslipItems: changePayslipItems,
}

/** Who calls, as the API's middleware found out. */
interface Caller {
  grant: Grant
  tenant: Tenant
}

const callerOf = (res: Response) => res.locals as Caller
const tenantOf = (res: Response) => callerOf(res).tenant

/** Bearer, or Basic with the token as user name (SmartHR API reference, §2.1). */
function tokenOf(req: Request): string | undefined {
  const [scheme, value] = (req.get('authorization') ?? '').split(' ')
  if (scheme?.toLowerCase() === 'bearer') return value
  if (scheme?.toLowerCase() === 'basic')
    return Buffer.from(value ?? '', 'base64')
      .toString()
      .split(':')[0]
  return undefined
}

/** The stand-in for SmartHR: auth site, REST API on the common and the companies' hosts, app store. */
export function createSmarthr({ clock, appUrl }: { clock: { now(): Date }; appUrl: string }): StandIn {
  const seeded = createSeeded<SmarthrStore>(() => ({
    tenants: seedTenants(),
    grants: [],
    codes: [],
    logIns: new Map(),
    switches: defaultSwitches(appUrl),
  }))
  const store = seeded.now
  const now = () => clock.now()
  const limits = createLimits()
  const oauth = createOAuth({ store, now: () => now().getTime() })

  const api = Router({ mergeParams: true })
  api.use((req: Request<{ subdomain?: string }>, res, next) => {
    res.set({ 'X-Request-Id': randomUUID(), 'Content-Type': 'application/json;charset=utf-8' })
    const token = tokenOf(req)
    const { subdomain } = req.params
    const { allowed, headers } = limits.arrive(token ?? req.ip ?? '', subdomain ?? 'app')
    res.set(headers)
    if (!allowed) throw tooMany()
    const grant = store().grants.find(candidate => candidate.accessToken === token)
    const tenant = store().tenants.find(candidate => candidate.id === grant?.tenantId)
    const here = subdomain === undefined || tenant?.subdomain === subdomain
    if (!grant || !tenant || !here || grant.ended || grant.accessUntil <= now().getTime()) throw unauthorized()
    Object.assign(res.locals, { grant, tenant })
    next()
  })
  api.get('/v1/users/me', (_req, res) => {
    const { grant } = callerOf(res)
    const user = tenantOf(res).users.find(candidate => candidate.id === grant.userId)
    if (!user) throw unauthorized()
    const mine = store().tenants.filter(tenant => tenant.users.some(candidate => candidate.id === user.id))
    const tenants = mine.map(tenant => ({
      id: tenant.id,
      name: tenant.name,
      subdomains: [
        { name: `${tenant.subdomain}-old`, active: false },
        { name: tenant.subdomain, active: true },
      ],
      customer_id: null,
      trial_start_at: null,
      trial_end_at: null,
      addon_subscribable: true,
      subscribed_plan: { name: '人事・労務エッセンシャル' },
      general_setting: { show_agreement_for_electronic_delivery_in_invitation: true, multilingualization: false },
      updated_at: '2026-04-01T09:00:00.000+09:00',
      created_at: '2024-04-01T09:00:00.000+09:00',
    }))
    res.json(userShown(user, store().switches['usersMe.tenants'] ? { tenants } : {}))
  })
  api.use('/v1/crews', crewsRouter(store, tenantOf, now))
  api.use('/v1', dependentsRouter(tenantOf))
  api.use('/v1', yearEndRouter(tenantOf))
  api.use('/v1', payrollsRouter(tenantOf, now))
  api.use('/v1', payslipsRouter(store, tenantOf))
  api.use('/v1', mastersRouter(store, tenantOf, now))
  api.use(() => {
    throw notFound()
  })
  api.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    const refused =
      error instanceof Refused
        ? error
        : (error as { type?: string }).type === 'entity.parse.failed'
          ? badRequest()
          : internalError()
    res.status(refused.status).json(refused.body)
  })

  const router = Router()
  router.use('/oauth', oauth.router)
  router.use('/api', api)
  router.use('/t/:subdomain/api', api)
  const { loggedIn, logIn, logout } = oauth
  router.use(pagesRouter({ store, loggedIn, logIn, logout }))
  router.use(payrollPagesRouter({ store, now, loggedIn }))

  return {
    name: 'smarthr',
    router,
    reset() {
      seeded.reset()
      limits.reset()
    },
    keepConnections() {
      const bringBack = seeded.keep('grants', 'codes', 'logIns')
      // Apps add custom items when they are connected.
      const added = new Map(
        store().tenants.map(({ id, installed, templateGroups, templates }) => [
          id,
          structuredClone({ installed, templateGroups, templates }),
        ]),
      )
      return () => {
        bringBack()
        for (const tenant of store().tenants) Object.assign(tenant, structuredClone(added.get(tenant.id)))
      }
    },
    state: () => ({
      switches: store().switches,
      grants: store().grants.map(({ id, userId, tenantId, ended }) => ({ id, userId, tenantId, ended })),
      tenants: store().tenants.map(tenant => ({
        ...tenant,
        crews: [...tenant.crews.values()],
        payslips: [...tenant.payslips.values()].flat(),
        dependents: [...tenant.dependents.values()].flat(),
        byCode: undefined,
      })),
    }),
    populate(people: readonly MadeUpPerson[]) {
      const [tenant] = store().tenants
      if (tenant) replaceByPeople(tenant, people, now())
    },
    people(records) {
      const [tenant] = store().tenants
      if (tenant) replaceCrews(tenant, records)
    },
    move() {
      const [tenant] = store().tenants
      const crews = [...(tenant?.crews.values() ?? [])]
      const joined = (crew: Crew) => String(crew.created_at)
      crews.sort((one, other) => (joined(one) < joined(other) ? -1 : 1))
      const [first, last] = [crews[0], crews.at(-1)]
      if (!tenant || !first || !last) return
      removeCrew(tenant, first)
      putCrew(tenant, { ...last, id: randomUUID(), emp_code: `J${randomUUID()}` })
    },
    switches(patch) {
      const known = defaultSwitches(appUrl)
      for (const [name, value] of Object.entries(patch)) {
        if (name === 'revoke') {
          // Uninstalled: every token of the company dies at once (§1.3).
          for (const grant of store().grants) {
            const tenant = store().tenants.find(candidate => candidate.id === grant.tenantId)
            if (tenant?.subdomain === value) Object.assign(grant, { ended: true })
          }
          for (const tenant of store().tenants) if (tenant.subdomain === value) tenant.installed = false
          continue
        }
        if (name === 'demote') {
          for (const tenant of store().tenants)
            for (const user of tenant.users) if (user.email === value) user.admin = false
          continue
        }
        if (name === 'companies') {
          store().tenants.push(...furtherTenants(value as number[], now()))
          continue
        }
        const replace = REPLACEMENTS[name]
        if (replace) {
          const [midori] = store().tenants
          if (midori) replace(midori, value)
          continue
        }
        if (!(name in known)) throw new Error(`SmartHR's stand-in has no switch "${name}"`)
      }
      const kept = Object.fromEntries(Object.entries(patch).filter(([name]) => name in known))
      store().switches = { ...store().switches, ...(kept as Partial<Switches>) }
    },
    limits: patch => limits.set(patch),
  }
}
