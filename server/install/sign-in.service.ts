import type { Recorder } from '../audit/audit.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { GrantStore } from '../smarthr/grant.store.js'
import type { TokenAnswer } from '../contract/contract.js'
import type { Admin, AdminStore } from './admin.store.js'
import { subdomainOf, type CandidateTenant, type SmarthrAccounts, type SmarthrUser } from './smarthr-account.js'
import type { SeenCompany, Tenant, TenantStore } from './tenant.store.js'
import type { Withdrawal } from './withdrawal.js'

/** What is kept in the session between consent and the choice of a company. */
export interface Newcomer {
  user: SmarthrUser
  token: { accessToken: string; refreshToken: string | null; expiresIn: number | null }
  candidates: CandidateTenant[]
}

export type SignInOutcome =
  | { kind: 'signed-in'; tenant: Tenant; admin: Admin }
  | { kind: 'choose'; newcomer: Newcomer }
  | { kind: 'ask-subdomain'; newcomer: Newcomer }
  | { kind: 'not-admin' }
  | { kind: 'unavailable' }
  | { kind: 'refused' }

/** An uninstalled company that is about to go stays when somebody signs in. */
interface Ending {
  cameBack(): Promise<boolean>
}

export interface SignInDeps {
  inTenant: InTenant<{ admins: AdminStore; grants: GrantStore; audit: Recorder; companyEnds: Ending }>
  tenants: Pick<TenantStore, 'remember' | 'known' | 'knownSubdomain'>
  operatorAudit: Recorder
  clock: Clock
  accounts: SmarthrAccounts
  withdrawal: Withdrawal
}

const REFUSALS = { 'not-admin': '管理者権限がありません', refused: '企業アカウントを確認できませんでした' } as const

const idsOf = (companies: readonly { id: string }[]) => companies.map(({ id }) => id)

/** A company known by what its token sees alone: keyed by SmartHR's company ids, so that no two companies meet. */
const unnamed = (companies: readonly { id: string; name: string }[]) => ({
  smarthrId: null,
  companyIds: idsOf(companies),
  name: companies[0]?.name ?? '',
})

/** The subdomain a token answer may name (SmartHR §1.3 step 1). */
const named = (raw: Readonly<Record<string, unknown>>): string | null => {
  const tenant = raw.tenant as { subdomain?: unknown } | string | undefined
  const text = raw.subdomain ?? (typeof tenant === 'object' ? tenant.subdomain : tenant)
  return typeof text === 'string' ? subdomainOf(text) : null
}

/** Those of the candidates that the token opens; null when one can't be asked. */
async function openedBy(accessToken: string, candidates: readonly CandidateTenant[], accounts: SmarthrAccounts) {
  const good: CandidateTenant[] = []
  for (const candidate of candidates) {
    const proof = await accounts.companies(accessToken, candidate.subdomain)
    if (proof.kind === 'unavailable') return null
    if (proof.kind === 'ok') good.push(candidate)
  }
  return good
}

/** The employee's name, the address of who is none; undefined: SmartHR can't be asked, and what is known may stay. */
async function nameOf(
  { user, token }: Newcomer,
  { subdomain }: Tenant,
  accounts: SmarthrAccounts,
): Promise<string | undefined> {
  const { crewId = null } = user
  if (crewId === null || subdomain === null) return user.email
  const asked = await accounts.nameOf(token.accessToken, subdomain, crewId)
  if (asked.kind === 'unavailable') return undefined
  return (asked.kind === 'ok' ? asked.value : null) ?? user.email
}

/** Who signed in, and for which company (SmartHR §1.3). */
export function createSignIn({ inTenant, tenants, operatorAudit, clock, accounts, withdrawal }: SignInDeps) {
  const finish = async (newcomer: Newcomer, company: SeenCompany): Promise<SignInOutcome> => {
    const { user, token } = newcomer
    const tenant = await tenants.remember(company)
    if (!tenant) return refused(user, 'refused')
    const [name, now] = [await nameOf(newcomer, tenant, accounts), clock.now()]
    const admin = await inTenant(tenant.id, async ({ admins, grants, audit, companyEnds }) => {
      const known = await admins.signedIn({ smarthrUserId: user.id, email: user.email, name }, now)
      const expiresAt = token.expiresIn === null ? null : new Date(now.getTime() + token.expiresIn * 1000)
      await grants.replace(known.id, token, expiresAt)
      await audit.add({ act: 'sign-in', admin: known })
      if (await companyEnds.cameBack()) await audit.add({ act: 'company.kept', admin: known })
      return known
    })
    return { kind: 'signed-in', tenant, admin }
  }

  /** Told to the companies that the person belongs to and that we know; to the operator where there is none. */
  const refused = async (user: SmarthrUser, kind: 'not-admin' | 'refused'): Promise<SignInOutcome> => {
    const event = { act: 'sign-in.refused', details: { person: user.id, reason: REFUSALS[kind] } } as const
    const companies = await tenants.known(user.tenants.map(({ smarthrId }) => smarthrId))
    for (const tenantId of companies) {
      const known = await inTenant(tenantId, async ({ admins, audit }) => {
        await audit.add(event)
        return admins.bySmarthrUser(user.id)
      })
      if (known && kind === 'not-admin') await withdrawal.rightLost(tenantId, known.id)
    }
    if (companies.length === 0) await operatorAudit.add(event)
    return { kind }
  }

  /** Named by users/me. By the companies seen there it is found again when users/me names none; they may be away. */
  const finishNamed = async (newcomer: Newcomer, company: CandidateTenant): Promise<SignInOutcome> => {
    const seen = await accounts.companies(newcomer.token.accessToken, company.subdomain)
    return finish(newcomer, { ...company, companyIds: seen.kind === 'ok' ? idsOf(seen.value) : [] })
  }

  return {
    async afterConsent(answer: TokenAnswer): Promise<SignInOutcome> {
      const asked = await accounts.me(answer.accessToken)
      if (asked.kind !== 'ok') return { kind: asked.kind }
      const user = asked.value
      if (!user.isAdmin) {
        await withdrawal.revoke(answer.refreshToken ?? answer.accessToken)
        return refused(user, 'not-admin')
      }
      const { accessToken, refreshToken, expiresIn } = answer
      const newcomer: Newcomer = { user, token: { accessToken, refreshToken, expiresIn }, candidates: user.tenants }

      const subdomain = named(answer.raw)
      const byAnswer = user.tenants.find(tenant => tenant.subdomain === subdomain)
      if (byAnswer) return finishNamed(newcomer, byAnswer)
      if (subdomain) return this.withSubdomain(newcomer, subdomain)

      const [only, second] = user.tenants
      if (only && !second) return finishNamed(newcomer, only)
      if (only) {
        // A token is good for one company; only the administrator can say which when several take it.
        const good = await openedBy(accessToken, user.tenants, accounts)
        if (!good) return { kind: 'unavailable' }
        const [single, another] = good
        if (single && !another) return finishNamed(newcomer, single)
        return single ? { kind: 'choose', newcomer: { ...newcomer, candidates: good } } : refused(user, 'refused')
      }
      return { kind: 'ask-subdomain', newcomer }
    },

    async choose(newcomer: Newcomer, smarthrId: string): Promise<SignInOutcome | { kind: 'not-listed' }> {
      const chosen = newcomer.candidates.find(candidate => candidate.smarthrId === smarthrId)
      return chosen ? finishNamed(newcomer, chosen) : { kind: 'not-listed' }
    },

    /** A typed subdomain counts only when the token opens it. */
    async withSubdomain(newcomer: Newcomer, subdomain: string): Promise<SignInOutcome> {
      const proof = await accounts.companies(newcomer.token.accessToken, subdomain)
      if (proof.kind === 'unavailable') return { kind: proof.kind }
      if (proof.kind !== 'ok') return refused(newcomer.user, 'refused')
      return finish(newcomer, { ...unnamed(proof.value), subdomain })
    },

    /** The common host answers, also where no subdomain is known (SmartHR §1.3 step 4); the one we know may still be good. */
    async withoutSubdomain(newcomer: Newcomer): Promise<SignInOutcome> {
      const { accessToken } = newcomer.token
      const proof = await accounts.companiesOfToken(accessToken)
      if (proof.kind === 'unavailable') return { kind: proof.kind }
      if (proof.kind !== 'ok') return refused(newcomer.user, 'refused')
      const known = await tenants.knownSubdomain(idsOf(proof.value))
      const opened = known !== null && (await accounts.companies(accessToken, known)).kind === 'ok'
      return finish(newcomer, { ...unnamed(proof.value), subdomain: opened ? known : null })
    },
  }
}

export type SignIn = ReturnType<typeof createSignIn>
