import type { MadeUpAddress, MadeUpPerson } from '../people.js'
import { effectiveMonth, readMonth, type SentMonth } from './months.js'
import {
  firstMonth,
  type BankAccount,
  type BasicPay,
  type Employee,
  type HealthInsurance,
  type PensionInsurance,
  type Profile,
  type ReferenceDateRule,
  type WorkingHoursSystem,
} from './store.js'

/** The prefecture's position is freee's code: JIS code − 1. */
const PREFECTURES = [
  ...['北海道', '青森県', '岩手県', '宮城県', '秋田県', '山形県', '福島県', '茨城県', '栃木県', '群馬県'],
  ...['埼玉県', '千葉県', '東京都', '神奈川県', '新潟県', '富山県', '石川県', '福井県', '山梨県', '長野県'],
  ...['岐阜県', '静岡県', '愛知県', '三重県', '滋賀県', '京都府', '大阪府', '兵庫県', '奈良県', '和歌山県'],
  ...['鳥取県', '島根県', '岡山県', '広島県', '山口県', '徳島県', '香川県', '愛媛県', '高知県', '福岡県'],
  ...['佐賀県', '長崎県', '熊本県', '大分県', '宮崎県', '鹿児島県', '沖縄県'],
]

/** A new employee as freee keeps them: what the create call cannot carry is empty (freee §3.5). */
export function newEmployee(given: {
  id: number
  companyId: number
  num: string
  lastName: string
  firstName: string
  lastNameKana: string
  firstNameKana: string
  birthDate: string
  entryDate: string
  gender: Employee['gender']
  married: boolean
  payroll: { group: ReferenceDateRule; workingHoursSystem: WorkingHoursSystem; basicPay: BasicPay } | null
}): Employee {
  const { payroll } = given
  const from = payroll ? firstMonth(given.entryDate, payroll.group) : 0
  return {
    id: given.id,
    companyId: given.companyId,
    num: given.num,
    displayName: `${given.lastName} ${given.firstName}`,
    birthDate: given.birthDate,
    entryDate: given.entryDate,
    retireDate: null,
    basePensionNum: null,
    employmentInsuranceReferenceNumber: '',
    gender: given.gender,
    userId: null,
    loginEmail: null,
    payroll: payroll && {
      group: payroll.group,
      workingHoursSystem: payroll.workingHoursSystem,
      profile: [
        {
          from,
          value: {
            ...EMPTY_PROFILE,
            last_name: given.lastName,
            first_name: given.firstName,
            last_name_kana: given.lastNameKana,
            first_name_kana: given.firstNameKana,
            married: given.married,
          },
        },
      ],
      health: [{ from, value: EMPTY_HEALTH }],
      pension: [{ from, value: EMPTY_PENSION }],
      bank: [{ from, value: EMPTY_BANK }],
      basicPay: [{ from, value: payroll.basicPay }],
    },
  }
}

/** A made-up person as a freee employee with everything filled in, holding since the month of 入社日. */
export function employeeOf(
  person: MadeUpPerson,
  place: { id: number; companyId: number; group: ReferenceDateRule; workingHoursSystem: WorkingHoursSystem },
): Employee {
  const from = firstMonth(person.entryDate, place.group)
  return {
    id: place.id,
    companyId: place.companyId,
    num: person.code,
    displayName: `${person.lastName} ${person.firstName}`,
    birthDate: person.birthDate,
    entryDate: person.entryDate,
    retireDate: person.retireDate,
    basePensionNum: person.basicPensionNumber,
    employmentInsuranceReferenceNumber: person.employmentInsuranceNumber ?? '',
    gender: person.gender,
    userId: null,
    loginEmail: null,
    payroll: {
      group: place.group,
      workingHoursSystem: place.workingHoursSystem,
      profile: [{ from, value: profileOf(person) }],
      health: [
        {
          from,
          value: {
            ...EMPTY_HEALTH,
            reference_num: person.healthInsuranceNumber,
            standard_monthly_remuneration: person.healthStandardPay ?? 0,
          },
        },
      ],
      pension: [
        {
          from,
          value: {
            ...EMPTY_PENSION,
            reference_num: person.pensionInsuranceNumber,
            standard_monthly_remuneration: person.pensionStandardPay ?? 0,
          },
        },
      ],
      bank: [{ from, value: bankOf(person) }],
      basicPay: [{ from, value: { pay_calc_type: 'monthly', pay_amount: person.healthStandardPay ?? 220_000 } }],
    },
  }
}

function profileOf(person: MadeUpPerson): Profile {
  const resident = addressOf(person.resident)
  const home = addressOf(person.home)
  const [phone1, phone2, phone3] = person.phone
  return {
    ...EMPTY_PROFILE,
    last_name: person.lastName,
    first_name: person.firstName,
    last_name_kana: person.lastNameKana,
    first_name_kana: person.firstNameKana,
    zipcode1: resident.zipcode1,
    zipcode2: resident.zipcode2,
    prefecture_code: resident.prefectureCode,
    address: resident.address,
    address_kana: resident.kana,
    phone1,
    phone2,
    phone3,
    residential_zipcode1: home.zipcode1,
    residential_zipcode2: home.zipcode2,
    residential_prefecture_code: home.prefectureCode,
    residential_address: home.address,
    residential_address_kana: home.kana,
    title: person.title,
    married: person.married,
    is_working_student: person.workingStudent,
    widow_type: person.widow === 'single_parent' ? 'one_parent' : (person.widow ?? 'na'),
    disability_type: person.disability ?? 'na',
  }
}

function addressOf(address: MadeUpAddress) {
  return {
    zipcode1: address.zip[0],
    zipcode2: address.zip[1],
    prefectureCode: PREFECTURES.indexOf(address.prefecture),
    address: address.city + address.street,
    kana: address.kana,
  }
}

function bankOf({ bank }: MadeUpPerson): BankAccount {
  if (!bank) return EMPTY_BANK
  return {
    ...EMPTY_BANK,
    bank_code: bank.bankCode,
    branch_code: bank.branchCode,
    account_number: bank.number,
    account_name: bank.holderKana,
    account_type: bank.type,
  }
}

/** The answer's `employee` object (freee §3.6): the monthly parts as they stand in the sent month, shifted for 翌月払い. */
export function employeeJson(employee: Employee, sent: SentMonth) {
  const { payroll } = employee
  const month = effectiveMonth(sent, payroll?.group ?? null)
  return {
    id: employee.id,
    company_id: employee.companyId,
    num: employee.num,
    display_name: employee.displayName,
    base_pension_num: employee.basePensionNum,
    employment_insurance_reference_number: employee.employmentInsuranceReferenceNumber,
    birth_date: employee.birthDate,
    entry_date: employee.entryDate,
    retire_date: employee.retireDate,
    user_id: employee.userId,
    profile_rule: payroll && profileJson(employee, readMonth(payroll.profile, month)),
    health_insurance_rule: payroll && ruleJson(employee, readMonth(payroll.health, month)),
    welfare_pension_insurance_rule: payroll && ruleJson(employee, readMonth(payroll.pension, month)),
    dependent_rules: [],
    bank_account_rule: payroll && ruleJson(employee, readMonth(payroll.bank, month)),
    basic_pay_rule: payroll && ruleJson(employee, readMonth(payroll.basicPay, month)),
    payroll_calculation: payroll !== null,
    company_reference_date_rule_name: payroll?.group.name ?? null,
  }
}

/** `profile_rule`, into which freee puts the month-independent gender (freee §5.3). */
export function profileJson(employee: Employee, profile: Profile) {
  return { ...ruleJson(employee, profile), gender: employee.gender }
}

/** Any rule with its ids; one rule of each kind per employee, so its id is the employee's. */
export function ruleJson<T extends object>(employee: Employee, rule: T) {
  return { id: employee.id, company_id: employee.companyId, employee_id: employee.id, ...rule }
}

/** A row of `companies/{id}/employees`, the only place where 締め日 and 支払い日 can be read. */
export function companyEmployeeJson(employee: Employee) {
  const group = employee.payroll?.group
  return {
    id: employee.id,
    num: employee.num,
    display_name: employee.displayName,
    entry_date: employee.entryDate,
    retire_date: employee.retireDate,
    user_id: employee.userId,
    email: employee.loginEmail,
    payroll_calculation: employee.payroll !== null,
    closing_day: group?.closingDay ?? null,
    pay_day: group?.payDay ?? null,
    month_of_pay_day: group?.monthOfPayDay ?? null,
  }
}

const EMPTY_PROFILE: Readonly<Profile> = {
  last_name: '',
  first_name: '',
  last_name_kana: '',
  first_name_kana: '',
  zipcode1: null,
  zipcode2: null,
  prefecture_code: null,
  address: null,
  address_kana: '',
  phone1: null,
  phone2: null,
  phone3: null,
  residential_zipcode1: null,
  residential_zipcode2: null,
  residential_prefecture_code: null,
  residential_address: null,
  residential_address_kana: null,
  employment_type: 'regular',
  title: null,
  married: false,
  is_working_student: false,
  widow_type: 'na',
  disability_type: 'na',
  email: null,
  householder_name: '',
  householder: 'myself',
}

const EMPTY_HEALTH: Readonly<HealthInsurance> = {
  entried: true,
  health_insurance_salary_calc_type: 'auto',
  health_insurance_bonus_calc_type: 'auto',
  manual_health_insurance_amount_of_employee_salary: null,
  manual_health_insurance_amount_of_employee_bonus: null,
  manual_health_insurance_amount_of_company_salary: null,
  manual_health_insurance_amount_of_company_bonus: null,
  care_insurance_salary_calc_type: 'auto',
  care_insurance_bonus_calc_type: 'auto',
  manual_care_insurance_amount_of_employee_salary: null,
  manual_care_insurance_amount_of_employee_bonus: null,
  manual_care_insurance_amount_of_company_salary: null,
  manual_care_insurance_amount_of_company_bonus: null,
  child_support_fund_salary_calc_type: 'auto',
  child_support_fund_bonus_calc_type: 'auto',
  manual_child_support_fund_amount_of_employee_salary: null,
  manual_child_support_fund_amount_of_employee_bonus: null,
  manual_child_support_fund_amount_of_company_salary: null,
  manual_child_support_fund_amount_of_company_bonus: null,
  health_insurance_qualification_required: false,
  reference_num: null,
  // The schema allows no null here, so an amount never entered is 0.
  standard_monthly_remuneration: 0,
}

const EMPTY_PENSION: Readonly<PensionInsurance> = {
  entried: true,
  welfare_pension_insurance_salary_calc_type: 'auto',
  welfare_pension_insurance_bonus_calc_type: 'auto',
  manual_welfare_pension_insurance_amount_of_employee_salary: null,
  manual_welfare_pension_insurance_amount_of_employee_bonus: null,
  manual_welfare_pension_insurance_amount_of_company_salary: null,
  manual_welfare_pension_insurance_amount_of_company_bonus: null,
  child_allowance_contribution_salary_calc_type: 'auto',
  child_allowance_contribution_bonus_calc_type: 'auto',
  manual_child_allowance_contribution_amount_salary: null,
  manual_child_allowance_contribution_amount_bonus: null,
  reference_num: null,
  standard_monthly_remuneration: 0,
}

const EMPTY_BANK: Readonly<BankAccount> = {
  bank_name: null,
  bank_name_kana: null,
  bank_code: null,
  branch_name: null,
  branch_name_kana: null,
  branch_code: null,
  account_number: null,
  account_name: null,
  account_type: null,
}
