import type { AccessCode } from './errors.js'
import { effectiveMonth, isEmployedIn, monthOf, type Monthly, type SentMonth } from './months.js'

/** Everything the stand-in remembers. One object, so that a reset replaces it and a test can look at it. */
export interface FreeeStore {
  companies: Map<number, Company>
  users: User[]
  codes: Map<string, AuthorizationCode>
  /** Every token pair ever issued, by access token; the ones no longer valid stay, marked. */
  grants: Map<string, Grant>
  /** Who is logged in on the accounts site, by cookie: the user's id. */
  logIns: Map<string, number>
  switches: FreeeSwitches
}

export interface FreeeSwitches {
  /** IPアドレス制限 of every company (freee §6.3). */
  ipRestricted: boolean
  /** 無料プラン cannot read statements. */
  plan: 'free' | 'minimum'
  /** Whether a second employee with the same 従業員番号 is accepted; freee's own answer is unknown (freee §5.1). */
  duplicateNum: 'accept' | 'reject'
  /** Role of the administrators from now on, or null for their own. */
  role: string | null
  /** Any code of shape B for every call of the HR API, or null. */
  refuseWith: AccessCode | null
  /** Excessive access: 403 for everything. */
  blocked: boolean
  /** Hourly limit used up: 429 for everything. */
  exhausted: boolean
  /** Status that goes with `expired_access_token`: observed 401, documented 403. */
  expiredTokenStatus: 401 | 403
  /** Lists leave a new employee out for so long. */
  listedAfterMs: number
}

export const DEFAULT_SWITCHES: Readonly<FreeeSwitches> = {
  ipRestricted: false,
  plan: 'minimum',
  duplicateNum: 'accept',
  role: null,
  refuseWith: null,
  blocked: false,
  exhausted: false,
  expiredTokenStatus: 401,
  listedAfterMs: 0,
}

export interface Company {
  id: number
  /** 事業所番号: 10 characters, digits and for newer companies also a–f. */
  externalCid: string
  name: string
  /** In the order of registration: the first is used when a create names none. */
  groups: ReferenceDateRule[]
  workingHoursSystems: WorkingHoursSystem[]
  employees: EmployeeTable
  salaryStatements: SalaryStatement[]
  bonusStatements: BonusStatement[]
}

/** 締め日支払い日グループ */
export interface ReferenceDateRule {
  name: string
  /** 31 stands for 月末. */
  closingDay: number
  payDay: number
  monthOfPayDay: 'this_month' | 'next_month'
}

/** 勤務・賃金設定 */
export interface WorkingHoursSystem {
  name: string
  flex: boolean
}

export interface User {
  id: number
  email: string
  password: string
  roles: { companyId: number; role: string }[]
}

export interface AuthorizationCode {
  code: string
  clientId: string
  redirectUri: string
  userId: number
  companyId: number | null
  /** Milliseconds. */
  expiresAt: number
  used: boolean
}

export interface Grant {
  accessToken: string
  refreshToken: string
  clientId: string
  userId: number
  /** The one company chosen with prompt=select_company; null: all companies of the user. */
  companyId: number | null
  issuedAt: number
  accessExpiresAt: number
  refreshExpiresAt: number
  /** Replaced by a refresh or taken back: neither token works any more. */
  ended: 'refreshed' | 'revoked' | null
}

/** Month-independent data (freee §5.3), gender among them although the API shows it in a monthly object. */
export interface Employee {
  id: number
  companyId: number
  num: string
  displayName: string
  birthDate: string
  entryDate: string
  retireDate: string | null
  basePensionNum: string | null
  employmentInsuranceReferenceNumber: string
  gender: 'unselected' | 'male' | 'female'
  userId: number | null
  loginEmail: string | null
  /** Null: 給与計算対象外, which also has no monthly data. */
  payroll: Payroll | null
}

export interface Payroll {
  group: ReferenceDateRule
  workingHoursSystem: WorkingHoursSystem
  profile: Monthly<Profile>
  health: Monthly<HealthInsurance>
  pension: Monthly<PensionInsurance>
  bank: Monthly<BankAccount>
  basicPay: Monthly<BasicPay>
}

export interface Profile {
  last_name: string
  first_name: string
  last_name_kana: string
  first_name_kana: string
  zipcode1: string | null
  zipcode2: string | null
  prefecture_code: number | null
  address: string | null
  address_kana: string
  phone1: string | null
  phone2: string | null
  phone3: string | null
  residential_zipcode1: string | null
  residential_zipcode2: string | null
  residential_prefecture_code: number | null
  residential_address: string | null
  residential_address_kana: string | null
  employment_type: string | null
  title: string | null
  married: boolean
  is_working_student: boolean
  widow_type: string
  disability_type: string
  email: string | null
  householder_name: string
  householder: string | null
}

type CalcType = 'auto' | 'manual'

export interface HealthInsurance {
  entried: boolean
  health_insurance_salary_calc_type: CalcType
  health_insurance_bonus_calc_type: CalcType
  manual_health_insurance_amount_of_employee_salary: number | null
  manual_health_insurance_amount_of_employee_bonus: number | null
  manual_health_insurance_amount_of_company_salary: number | null
  manual_health_insurance_amount_of_company_bonus: number | null
  care_insurance_salary_calc_type: CalcType
  care_insurance_bonus_calc_type: CalcType
  manual_care_insurance_amount_of_employee_salary: number | null
  manual_care_insurance_amount_of_employee_bonus: number | null
  manual_care_insurance_amount_of_company_salary: number | null
  manual_care_insurance_amount_of_company_bonus: number | null
  child_support_fund_salary_calc_type: CalcType
  child_support_fund_bonus_calc_type: CalcType
  manual_child_support_fund_amount_of_employee_salary: number | null
  manual_child_support_fund_amount_of_employee_bonus: number | null
  manual_child_support_fund_amount_of_company_salary: number | null
  manual_child_support_fund_amount_of_company_bonus: number | null
  health_insurance_qualification_required: boolean
  reference_num: string | null
  /** Yen; 0 as long as nothing was entered. */
  standard_monthly_remuneration: number
}

export interface PensionInsurance {
  entried: boolean
  welfare_pension_insurance_salary_calc_type: CalcType
  welfare_pension_insurance_bonus_calc_type: CalcType
  manual_welfare_pension_insurance_amount_of_employee_salary: number | null
  manual_welfare_pension_insurance_amount_of_employee_bonus: number | null
  manual_welfare_pension_insurance_amount_of_company_salary: number | null
  manual_welfare_pension_insurance_amount_of_company_bonus: number | null
  child_allowance_contribution_salary_calc_type: CalcType
  child_allowance_contribution_bonus_calc_type: CalcType
  manual_child_allowance_contribution_amount_salary: number | null
  manual_child_allowance_contribution_amount_bonus: number | null
  reference_num: string | null
  standard_monthly_remuneration: number
}

export interface BankAccount {
  bank_name: string | null
  bank_name_kana: string | null
  bank_code: string | null
  branch_name: string | null
  branch_name_kana: string | null
  branch_code: string | null
  account_number: string | null
  account_name: string | null
  account_type: string | null
}

export interface BasicPay {
  pay_calc_type: 'monthly' | 'daily' | 'hourly'
  pay_amount: number
}

/** As answered; `pay_date` decides the month it is listed in, without any shift. */
export interface SalaryStatement {
  id: number
  employee_id: number
  pay_date: string
  fixed: boolean
  [key: string]: unknown
}

export type BonusStatement = SalaryStatement

/** The employees of one company in the order of their ids, found by id, and the ones of a month without counting again. */
export interface EmployeeTable {
  get(id: number): Employee | undefined
  all(): readonly Employee[]
  /** Those visible in the sent month; 給与計算対象外 only on request. Kept until `changed` is called. */
  employedIn(sent: SentMonth, withNoPayroll: boolean): readonly Employee[]
  /** Everyone of all periods. */
  listed(withNoPayroll: boolean): readonly Employee[]
  nextId(): number
  add(employee: Employee): void
  remove(id: number): boolean
  /** To be called after 入社日, 退職日 or 給与計算対象 of somebody changed. */
  changed(): void
  replaceAll(employees: Employee[], nextId: number): void
}

export function createEmployeeTable(firstId: number): EmployeeTable {
  let byId = new Map<number, Employee>()
  let next = firstId
  const cache = new Map<string, readonly Employee[]>()
  const cached = (key: string, pick: (employee: Employee) => boolean) => {
    let found = cache.get(key)
    if (!found) {
      found = [...byId.values()].filter(pick)
      cache.set(key, found)
    }
    return found
  }
  return {
    get: id => byId.get(id),
    all: () => cached('all', () => true),
    employedIn: (sent, withNoPayroll) =>
      cached(
        `${sent.year}-${sent.month}-${withNoPayroll}`,
        employee => (withNoPayroll || employee.payroll !== null) && isEmployedIn(sent, employee),
      ),
    listed: withNoPayroll => cached(`listed-${withNoPayroll}`, employee => withNoPayroll || employee.payroll !== null),
    nextId: () => next,
    add(employee) {
      byId.set(employee.id, employee)
      next = Math.max(next, employee.id + 1)
      cache.clear()
    },
    remove(id) {
      cache.clear()
      return byId.delete(id)
    },
    changed: () => cache.clear(),
    replaceAll(employees, nextId) {
      byId = new Map(employees.map(employee => [employee.id, employee]))
      next = nextId
      cache.clear()
    },
  }
}

/** The month a new employee's data holds from: the create call has no month, so it is that of 入社日 (freee §9). */
export function firstMonth(entryDate: string, group: ReferenceDateRule) {
  return effectiveMonth(monthOf(entryDate), group)
}
