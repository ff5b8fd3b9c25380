/** What ミキワメ keeps. Attributes are named as in its API (assumed contract, §7). */
export interface Division {
  id: string
  code: string
  name: string
  parent_code: string | null
}

export interface Employee {
  id: string
  email: string
  last_name: string
  first_name: string
  last_name_kana: string
  first_name_kana: string
  employee_number: string | null
  gender: 'male' | 'female' | null
  birth_on: string | null
  division_code: string | null
  job_title: string | null
  joined_on: string | null
  retired_on: string | null
  employment_type: string | null
  /** 退職者フラグ */
  retired: boolean
}

export interface Admin {
  id: string
  email: string
  last_name: string
  first_name: string
  /** 管理者権限; without it every call is refused */
  administrator: boolean
}

export interface Company {
  id: string
  name: string
  token: string
  admins: readonly Admin[]
  divisions: Division[]
  employees: Employee[]
  /** the employees again, by `emailKey`: tens of thousands are looked up one by one */
  byEmail: Map<string, Employee>
}

export interface MikiwameSwitches {
  /** every call answers 503 */
  maintenance: boolean
  /** false: みどり商会's token is refused with 401 */
  tokenValid: boolean
  /** false: whoever acts has lost 管理者権限, 403 */
  administrator: boolean
}

export interface MikiwameStore {
  companies: Company[]
  switches: MikiwameSwitches
  nextDivision: number
  nextEmployee: number
}

export const defaultSwitches = (): MikiwameSwitches => ({ maintenance: false, tokenValid: true, administrator: true })

/** An address is the key whatever its case, and whatever blanks surround it (§5.1). */
export const emailKey = (email: string) => email.trim().toLowerCase()

/** Names compare without surrounding blanks and in compatibility form (§4.2). */
export const nameKey = (name: string) => name.normalize('NFKC').trim()

export const newDivision = (store: MikiwameStore, fields: Omit<Division, 'id'>): Division => ({
  id: `dv_${store.nextDivision++}`,
  ...fields,
})

const BLANK: Omit<Employee, 'id'> = {
  email: '',
  last_name: '',
  first_name: '',
  last_name_kana: '',
  first_name_kana: '',
  employee_number: null,
  gender: null,
  birth_on: null,
  division_code: null,
  job_title: null,
  joined_on: null,
  retired_on: null,
  employment_type: null,
  retired: false,
}

/** With every attribute; what `fields` leaves out is blank. */
export const newEmployee = (store: MikiwameStore, fields: Partial<Omit<Employee, 'id'>>): Employee => ({
  id: `em_${store.nextEmployee++}`,
  ...BLANK,
  ...fields,
})

/** The company's employees are these from now on. */
export function setEmployees(company: Company, employees: Employee[]): void {
  company.employees = employees
  company.byEmail = new Map(employees.map(employee => [emailKey(employee.email), employee]))
}

export function addEmployee(company: Company, employee: Employee): void {
  company.employees.push(employee)
  company.byEmail.set(emailKey(employee.email), employee)
}

/** Changes an employee, address included. */
export function changeEmployee(company: Company, employee: Employee, fields: Partial<Employee>): void {
  company.byEmail.delete(emailKey(employee.email))
  Object.assign(employee, fields)
  company.byEmail.set(emailKey(employee.email), employee)
}
