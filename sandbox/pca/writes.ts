import { malformed, PROBLEMS, tooManyElements } from './errors.js'
import { blankEmployee, isObject, isProblem, withFields } from './records.js'
import type { Area, Employee, PcaSwitches, Problem } from './store.js'
import { bare } from './table.js'

/** As both public clients send at most (reference §4.4); that PCA itself refuses more is assumed. */
export const LARGEST_BATCH = 10

const RESULT = 'BEPayIntegrationResultOfBEEmployee'

type Sent = Record<string, unknown>

export interface Write {
  kind: 'Create' | 'Modify'
  area: Area
  switches: PcaSwitches
  /** The update stamp of now. */
  stamp: string
}

/**
 * `Create/Employee` and `Modify/Employee` (reference §4.4, §4.5, §5.2). Every element succeeds or fails alone, and what
 * succeeds is stored also when the answer is a 400.
 */
export function writeEmployees(write: Write, query: Sent, body: unknown): { status: 200 | 400; body: object } {
  const array = query.Element === 'Array'
  const elements = elementsOf(body, array)
  if (elements.length > LARGEST_BATCH) throw tooManyElements()

  const results = elements.map((element, index) => {
    const saved = failureAskedFor(write, element, index) ?? (write.kind === 'Create' ? create : modify)(write, element)
    if (isProblem(saved)) return { InnerStatus: 'Failure', ...saved, ErrorLevel: 'None' }
    return { InnerStatus: 'Success', Target: { Id: saved.Id, Code: saved.Code, UpdateTime: saved.UpdateTime } }
  })
  const envelope = array ? { [`ArrayOf${RESULT}`]: { [RESULT]: results } } : { [RESULT]: results[0] }
  return results.every(result => result.InnerStatus === 'Success')
    ? { status: 200, body: envelope }
    : { status: 400, body: { BusinessValue: envelope } }
}

/** 社員コード of the elements, as far as the body has the right form. */
export function codesSent(query: Sent, body: unknown): string[] {
  try {
    return elementsOf(body, query.Element === 'Array').map(({ Code }) => (typeof Code === 'string' ? Code : ''))
  } catch {
    return []
  }
}

function elementsOf(body: unknown, array: boolean): Sent[] {
  if (!isObject(body)) throw malformed()
  const list = array ? isObject(body.ArrayOfBEEmployee) && body.ArrayOfBEEmployee.BEEmployee : [body.BEEmployee]
  if (!Array.isArray(list) || list.length === 0 || !list.every(isObject)) throw malformed()
  return list
}

function failureAskedFor({ switches, area }: Write, element: Sent, index: number): Problem | undefined {
  if (switches.failElement === index + 1) return PROBLEMS.asked
  const code = typeof element.Code === 'string' ? element.Code : area.employees.get(Number(element.Id))?.Code
  const failures = new Map(Object.entries(switches.failElements))
  return code === undefined ? undefined : failures.get(bare(code))
}

function create({ area, stamp }: Write, element: Sent): Employee | Problem {
  const code = typeof element.Code === 'string' ? bare(element.Code) : ''
  if (!allowed(area, code)) return PROBLEMS.wrongCode
  if (area.employees.withCode(code).length > 0) return PROBLEMS.duplicateCode
  const employee = withFields(blankEmployee(area, code), element)
  if (isProblem(employee)) return employee
  return problemOf(area, employee) ?? area.employees.add(employee, stamp)
}

function modify({ area, switches, stamp }: Write, element: Sent): Employee | Problem {
  const found = typeof element.Id === 'number' ? area.employees.get(element.Id) : undefined
  if (!found) return PROBLEMS.unknownEmployee
  const current = editedBySomebodyElse(area, found, switches, stamp)
  if (element.UpdateTime !== current.UpdateTime) return PROBLEMS.stale
  if (typeof element.Code === 'string' && bare(element.Code) !== bare(current.Code)) return PROBLEMS.codeChanged
  // The reference's contract: what is not sent is lost, so a client copies it from a fresh read.
  const base = switches.unsent === 'keep' ? current : { ...current, ...blankEmployee(area, current.Code) }
  const employee = withFields(base, element)
  if (isProblem(employee)) return employee
  return problemOf(area, employee) ?? area.employees.save(employee, stamp)
}

function editedBySomebodyElse(area: Area, employee: Employee, switches: PcaSwitches, stamp: string): Employee {
  const code = bare(employee.Code)
  if (!switches.editDuringRun.includes(code)) return employee
  switches.editDuringRun = switches.editDuringRun.filter(candidate => candidate !== code)
  return area.employees.save(employee, stamp)
}

const allowed = ({ codes }: Area, code: string): boolean =>
  code.length <= codes.length && (codes.letters ? /^[0-9A-Za-z-]+$/ : /^[0-9]+$/).test(code)

function problemOf(area: Area, { LastName, DepartmentCode }: { LastName: string; DepartmentCode: string }) {
  if (LastName.trim() === '') return PROBLEMS.noLastName
  if (!area.departments.some(department => department.Code === DepartmentCode)) return PROBLEMS.unknownDepartment
  return undefined
}
