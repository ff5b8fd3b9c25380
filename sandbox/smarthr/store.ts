/** One SmartHR 企業アカウント in memory. */
export type Json = Record<string, unknown>

export interface Crew extends Json {
  id: string
  emp_code: string | null
  emp_status: string
  created_at: string
  updated_at: string
}

export interface Master extends Json {
  id: string
  name: string
}

export interface Tenant {
  id: string
  name: string
  subdomain: string
  crews: Map<string, Crew>
  byCode: Map<string, string>
  departments: Master[]
  employmentTypes: Master[]
  jobTitles: Master[]
  grades: Master[]
  jobCategories: Master[]
  recruitmentTypes: Master[]
  paymentPeriods: Master[]
  bizEstablishments: Master[]
  companies: Master[]
  bankAccountSettings: Master[]
  templateGroups: Master[]
  templates: Master[]
  users: User[]
  /** whether the app was added to this company */
  installed: boolean
}

export interface User {
  id: string
  email: string
  admin: boolean
  crewId: string | null
}

export interface Grant {
  id: string
  userId: string
  tenantId: string
  scope: string
  accessToken: string
  accessUntil: number
  refreshToken: string
  /** what the refresh token was before, good for a moment after rotation */
  formerRefresh: { token: string; until: number } | null
  idleUntil: number
  ended: boolean
  code: string
}

export interface Switches {
  'tokenResponse.includeTenant': boolean
  'usersMe.tenants': boolean
  rotateRefreshTokens: boolean
  omitNewRefreshToken: boolean
  /** seconds; 0 = the answer names no lifetime */
  accessTokenLifetime: number
  forbiddenAttributes: { read: string[]; write: string[]; onWrite: 'refuse' | 'ignore' }
  headCountLimit: number | null
  appUrl: string
}

export interface SmarthrStore {
  tenants: Tenant[]
  grants: Grant[]
  switches: Switches
}

export function defaultSwitches(appUrl: string): Switches {
  return {
    'tokenResponse.includeTenant': false,
    'usersMe.tenants': true,
    rotateRefreshTokens: true,
    omitNewRefreshToken: false,
    accessTokenLifetime: 7200,
    forbiddenAttributes: { read: [], write: [], onWrite: 'refuse' },
    headCountLimit: null,
    appUrl,
  }
}

/** Adds or replaces a crew and keeps the index of numbers. */
export function putCrew(tenant: Tenant, crew: Crew): void {
  const before = tenant.crews.get(crew.id)
  if (before?.emp_code) tenant.byCode.delete(before.emp_code)
  tenant.crews.set(crew.id, crew)
  if (crew.emp_code) tenant.byCode.set(crew.emp_code, crew.id)
}

export function removeCrew(tenant: Tenant, crew: Crew): void {
  tenant.crews.delete(crew.id)
  if (crew.emp_code) tenant.byCode.delete(crew.emp_code)
}
