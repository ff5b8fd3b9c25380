import { z } from 'zod'
import { createShortCall } from '../calls/short-calls.js'
import { mailbox } from '../platform/mailbox.js'

/** A company the person belongs to, as `users/me` may list it. */
export interface CandidateTenant {
  smarthrId: string
  name: string
  subdomain: string
}

export interface SmarthrUser {
  id: string
  email: string
  isAdmin: boolean
  /** the employee the user is; null: none, or not told (also of a session that an older release began) */
  crewId?: string | null
  /** empty when `users/me` names none (SmartHR §1.3: unknown today) */
  tenants: CandidateTenant[]
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** A bare subdomain out of whatever form it comes in (`midori`, `midori.smarthr.jp`); null when it is none. */
export function subdomainOf(text: string): string | null {
  const label = text
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/s, '')
    .replace(/\.(smarthr\.jp|daruma\.space)$/, '')
  return LABEL.test(label) ? label : null
}

const userShape = z.looseObject({
  id: z.string().min(1),
  email: z.string().min(1),
  notification_email: z.string().nullish(),
  admin: z.boolean().nullish(),
  crew_id: z.string().min(1).nullish(),
  role: z.looseObject({ preset_type: z.string().nullish() }).nullish(),
  tenants: z
    .array(
      z.looseObject({
        id: z.string().min(1),
        name: z.string(),
        subdomains: z.array(z.looseObject({ name: z.string(), active: z.boolean().nullish() })).nullish(),
      }),
    )
    .nullish(),
})

/** `users/me` (SmartHR §1.5), with and without `tenants`; unknown keys are ignored. Throws when it is no user. */
export function readUser(body: unknown): SmarthrUser {
  const user = userShape.parse(body)
  return {
    id: user.id,
    email: [user.notification_email, user.email].find(address => address && mailbox(address)) ?? user.email,
    crewId: user.crew_id ?? null,
    isAdmin: user.admin === true || user.role?.preset_type === 'admin',
    tenants: (user.tenants ?? []).flatMap(tenant => {
      const active = tenant.subdomains?.find(entry => entry.active !== false)
      const subdomain = active && subdomainOf(active.name)
      return subdomain ? [{ smarthrId: tenant.id, name: tenant.name, subdomain }] : []
    }),
  }
}

const companiesShape = z.array(z.looseObject({ id: z.string().min(1), name: z.string() })).min(1)

const NAME_FIELDS = 'id,last_name,first_name,business_last_name,business_first_name'

/** Longer ones are no names, and would burst every list. */
const LONGEST_NAME = 100

const nameShape = z.looseObject({
  last_name: z.string().nullish(),
  first_name: z.string().nullish(),
  business_last_name: z.string().nullish(),
  business_first_name: z.string().nullish(),
})

/** What an employee is called at work: by ビジネスネーム where there is one. Null: there is no name. */
export function readName(body: unknown): string | null {
  const crew = nameShape.parse(body)
  const written = (parts: readonly (string | null | undefined)[]) =>
    parts
      .flatMap(part => part?.replace(/\p{Cc}/gu, '').trim() || [])
      .join(' ')
      .slice(0, LONGEST_NAME) || null
  return written([crew.business_last_name, crew.business_first_name]) ?? written([crew.last_name, crew.first_name])
}

/** What SmartHR answers to a question: the data, a clear no, or nothing usable. */
export type Asked<T> = { kind: 'ok'; value: T } | { kind: 'refused' } | { kind: 'unavailable' }

export interface SmarthrAccounts {
  me(accessToken: string): Promise<Asked<SmarthrUser>>
  /** What an employee of the company is called; SmartHR may be asked for no longer than a sign-in can bear. */
  nameOf(accessToken: string, subdomain: string, crewId: string): Promise<Asked<string | null>>
  /** The companies of a subdomain, as far as this token may see them: proof that the token is good for it. */
  companies(accessToken: string, subdomain: string): Promise<Asked<{ id: string; name: string }[]>>
  /** The same on the common host, when no subdomain is known. */
  companiesOfToken(accessToken: string): Promise<Asked<{ id: string; name: string }[]>>
}

/** A page waits for it. */
const TIMEOUT_MS = 15_000
/** … and can do without it. */
const NAME_TIMEOUT_MS = 3_000

/** Questions asked before sign-in is complete, so without stored tokens or limits. */
export function createSmarthrAccounts({
  authUrl,
  apiUrl,
  timeoutMs = TIMEOUT_MS,
}: {
  authUrl: string
  apiUrl: string
  timeoutMs?: number
}): SmarthrAccounts {
  const [callUpTo, callBriefly] = [createShortCall(timeoutMs), createShortCall(Math.min(timeoutMs, NAME_TIMEOUT_MS))]
  const ask = async <T>(
    url: string,
    accessToken: string,
    read: (body: unknown) => T,
    call = callUpTo,
  ): Promise<Asked<T>> => {
    try {
      const { status, data } = await call<unknown>({ url, headers: { Authorization: `Bearer ${accessToken}` } })
      if (status === 200) return { kind: 'ok', value: read(data) }
      return status === 401 || status === 403 || status === 404 ? { kind: 'refused' } : { kind: 'unavailable' }
    } catch {
      // What was thrown carries the token; only the fact leaves.
      return { kind: 'unavailable' }
    }
  }
  const readCompanies = (body: unknown) => companiesShape.parse(body)
  return {
    me: token => ask(`${authUrl}/api/v1/users/me`, token, readUser),
    nameOf: (token, subdomain, crewId) =>
      ask(
        `${apiUrl.replace('{subdomain}', subdomain)}/api/v1/crews/${encodeURIComponent(crewId)}?fields=${NAME_FIELDS}`,
        token,
        readName,
        callBriefly,
      ),
    companies: (token, subdomain) =>
      ask(`${apiUrl.replace('{subdomain}', subdomain)}/api/v1/companies`, token, readCompanies),
    companiesOfToken: token => ask(`${authUrl}/api/v1/companies`, token, readCompanies),
  }
}
