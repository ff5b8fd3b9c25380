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

/** 給与明細グループ (SmartHR API reference, §3.10). */
export interface Payroll extends Json {
  id: string
  payment_type: string
  paid_at: string
  period_start_at: string
  period_end_at: string
  status: 'wip' | 'fixed'
  published_at: string | null
  notify_with_publish: boolean
  numeral_system_handle_type: string
  name_for_admin: string
  name_for_crew: string
}

export interface Payslip extends Json {
  id: string
  crew_id: string
  payroll_id: string
}

/** 給与明細項目: what a name on a payslip means; the API knows no such list (§3.11). */
export interface PayslipItem {
  name: string
  kind: '支給' | '控除' | '勤怠' | '合計'
  /** with 合計 only */
  aggregate_type: 'net_payment' | 'total_payment' | 'deduction' | 'others' | null
  /** with 勤怠 only */
  unit_type: 'hours' | 'days' | null
}

export interface Dependent extends Json {
  id: string
  crew_id: string
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
  payslipItems: PayslipItem[]
  payrolls: Payroll[]
  /** by payroll */
  payslips: Map<string, Payslip[]>
  dependentRelations: Master[]
  /** by crew; nobody without any is in it */
  dependents: Map<string, Dependent[]>
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
  /** what becomes of a payslip's item nobody registered; SmartHR's own answer is unknown (§3.11) */
  unknownPayslipItems: 'register' | 'refuse'
  /** the schema names one payslip as the answer of `bulk`, which cannot be all of it (§3.11) */
  bulkAnswer: 'list' | 'one'
  /** lists leave a new crew out for so long */
  listedAfterMs: number
  appUrl: string
}

/** What consent gives, to be exchanged for tokens once. */
export interface Code {
  value: string
  userId: string
  tenantId: string
  redirectUri: string
  scope: string
  challenge: string | null
  until: number
  used: boolean
}

export interface SmarthrStore {
  tenants: Tenant[]
  grants: Grant[]
  codes: Code[]
  /** by cookie: the user's id */
  logIns: Map<string, string>
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
    unknownPayslipItems: 'register',
    bulkAnswer: 'list',
    listedAfterMs: 0,
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

/** Payslips and family go with the person (§4.1). */
export function removeCrew(tenant: Tenant, crew: Crew): void {
  tenant.crews.delete(crew.id)
  if (crew.emp_code) tenant.byCode.delete(crew.emp_code)
  tenant.dependents.delete(crew.id)
  for (const [payroll, payslips] of tenant.payslips)
    tenant.payslips.set(
      payroll,
      payslips.filter(payslip => payslip.crew_id !== crew.id),
    )
}

/** Nobody works here any more, and nothing about them is left. */
export function clearCrews(tenant: Tenant): void {
  tenant.crews = new Map()
  tenant.byCode = new Map()
  tenant.dependents = new Map()
  tenant.payrolls = []
  tenant.payslips = new Map()
}
