import { isObject, parseFields } from './checks.js'
import { badRequest, Refused } from './errors.js'
import { CREATE_FIELDS, type ManualAmounts, PAYROLL_ONLY_KEYS, REQUIRED_NAMES, UPDATE_FIELDS } from './fields.js'
import { newEmployee } from './records.js'
import type { BasicPay, Company, Employee, FreeeStore, Payroll, Profile, WorkingHoursSystem } from './store.js'

/** A new employee as the API takes one. Throws Refused with every attribute that is wrong. */
export function createEmployee(company: Company, source: unknown, switches: FreeeStore['switches']): Employee {
  const withoutPayroll = isObject(source) && source.no_payroll_calculation === true
  const values = parseFields(source, CREATE_FIELDS, [
    ...REQUIRED_NAMES,
    'birth_date',
    'entry_date',
    ...(withoutPayroll ? [] : ['pay_calc_type', 'pay_amount']),
  ])
  if (withoutPayroll && PAYROLL_ONLY_KEYS.some(key => key in values)) {
    throw new Refused(badRequest(['給与計算対象外の従業員には給与計算の項目を指定できません。']))
  }
  const num = textOf(values.num)
  refuseDuplicateNum(company, num, null, switches)
  // The keys below were checked just now; the schema's types are theirs.
  const given = values as {
    last_name: string
    first_name: string
    last_name_kana: string
    first_name_kana: string
    birth_date: string
    entry_date: string
    pay_calc_type: BasicPay['pay_calc_type']
    pay_amount: number
    gender?: Employee['gender']
    married?: boolean
  }
  return newEmployee({
    id: company.employees.nextId(),
    companyId: company.id,
    num,
    lastName: given.last_name,
    firstName: given.first_name,
    lastNameKana: given.last_name_kana,
    firstNameKana: given.first_name_kana,
    birthDate: given.birth_date,
    entryDate: given.entry_date,
    gender: given.gender ?? 'unselected',
    married: given.married ?? false,
    payroll: withoutPayroll
      ? null
      : {
          group: namedGroup(company, values.company_reference_date_rule_name),
          workingHoursSystem: namedSystem(company, values.working_hours_system_name, given.pay_calc_type),
          basicPay: { pay_calc_type: given.pay_calc_type, pay_amount: given.pay_amount },
        },
  })
}

/** Changes the month's attributes that are named. Throws Refused; nothing is changed then. */
export function updateEmployee(
  company: Company,
  employee: Employee,
  source: unknown,
  switches: FreeeStore['switches'],
) {
  const { payroll } = employee
  const values = parseFields(source, UPDATE_FIELDS, ['birth_date', 'entry_date', ...(payroll ? [] : ['display_name'])])
  const forbiddenKeys = ['employment_insurance_reference_number', 'company_reference_date_rule_name']
  if (!payroll && forbiddenKeys.some(key => key in values)) {
    throw new Refused(badRequest(['給与計算対象外の従業員には給与計算の項目を指定できません。']))
  }
  const entryDate = textOf(values.entry_date)
  const retireDate = 'retire_date' in values ? nullableText(values.retire_date) : employee.retireDate
  if (retireDate !== null && retireDate < entryDate) {
    throw new Refused(badRequest(['退職日は入社日以降の日付を入力してください。']))
  }
  if ('num' in values) refuseDuplicateNum(company, textOf(values.num), employee.id, switches)
  if (payroll && 'company_reference_date_rule_name' in values) {
    payroll.group = changedGroup(company, employee, payroll, values.company_reference_date_rule_name)
  }
  employee.entryDate = entryDate
  employee.birthDate = textOf(values.birth_date)
  employee.retireDate = retireDate
  if ('num' in values) employee.num = textOf(values.num)
  if ('display_name' in values) employee.displayName = textOf(values.display_name)
  if ('base_pension_num' in values) employee.basePensionNum = textOf(values.base_pension_num)
  if ('employment_insurance_reference_number' in values) {
    employee.employmentInsuranceReferenceNumber = textOf(values.employment_insurance_reference_number)
  }
}

function refuseDuplicateNum(company: Company, num: string, own: number | null, switches: FreeeStore['switches']) {
  if (switches.duplicateNum === 'accept' || num === '') return
  if (company.employees.all().some(other => other.num === num && other.id !== own)) {
    throw new Refused(badRequest(['従業員番号はすでに使用されています。']))
  }
}

/** Omitted: the first one registered. A name must match character for character. */
function namedGroup(company: Company, name: unknown) {
  const group = name === undefined ? company.groups[0] : company.groups.find(candidate => candidate.name === name)
  if (!group) throw new Refused(badRequest(['締め日支払い日グループ名が存在しません。']))
  return group
}

function namedSystem(company: Company, name: unknown, payCalcType: unknown): WorkingHoursSystem {
  const systems = company.workingHoursSystems
  const system = name === undefined ? systems[0] : systems.find(candidate => candidate.name === name)
  if (!system) throw new Refused(badRequest(['勤務・賃金設定名が存在しません。']))
  refuseFlexUnlessMonthly(system, payCalcType)
  return system
}

export function refuseFlexUnlessMonthly(system: WorkingHoursSystem, payCalcType: unknown) {
  if (system.flex && payCalcType !== 'monthly') {
    throw new Refused(badRequest(['フレックスタイム制の場合、給与方式は月給以外指定できません。']))
  }
}

/** Not while there are confirmed statements, nor with フレックスタイム制 (freee §5.2). */
function changedGroup(company: Company, employee: Employee, payroll: Payroll, name: unknown) {
  const group = namedGroup(company, name)
  if (group === payroll.group) return group
  const confirmed = [...company.salaryStatements, ...company.bonusStatements].some(
    statement => statement.employee_id === employee.id && statement.fixed,
  )
  if (confirmed || payroll.workingHoursSystem.flex) {
    throw new Refused(badRequest(['締め日支払い日を変更できません。']))
  }
  return group
}

/** Gender goes to the employee, for every month; the householder's name is freee's own while it is the person itself. */
export function profileChanges(values: Record<string, unknown>, current: Profile, employee: Employee) {
  const { gender, ...changes } = values
  const householder = 'householder' in changes ? changes.householder : current.householder
  if ('householder_name' in changes && householder === 'myself') {
    throw new Refused(badRequest(['世帯主の続柄が本人の場合、世帯主の名前は指定できません。']))
  }
  if (gender === 'unselected' || gender === 'male' || gender === 'female') employee.gender = gender
  return householder === 'myself' ? { ...changes, householder_name: '' } : changes
}

export function withoutUnusedAmounts(
  values: Record<string, unknown>,
  current: object,
  manual: readonly ManualAmounts[],
) {
  const after: Record<string, unknown> = { ...current, ...values }
  const unused = manual.filter(({ calcType }) => after[calcType] !== 'manual').flatMap(({ amounts }) => amounts)
  return { ...values, ...Object.fromEntries(unused.map(key => [key, null])) }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

const nullableText = (value: unknown) => (typeof value === 'string' ? value : null)
