import type { Employee } from './store.js'

/** An employee without what the table gives: id and update stamp. */
export type NewEmployee = Omit<Employee, 'Id' | 'UpdateTime'>

/** 社員コード comes padded with blanks from some areas and means the same without. */
export const bare = (code: string) => code.trim()

/** The employees of one area. Records are replaced, never changed, so that a list taken earlier stays as it was. */
export function createEmployeeTable() {
  let byId = new Map<number, Employee>()
  let byCode = new Map<string, Set<number>>()
  let nextId = 1
  const put = (employee: Employee): Employee => {
    byId.set(employee.Id, employee)
    const code = bare(employee.Code)
    byCode.set(code, (byCode.get(code) ?? new Set()).add(employee.Id))
    return employee
  }
  return {
    all: (): Employee[] => [...byId.values()],
    size: () => byId.size,
    get: (id: number) => byId.get(id),
    /** One at most, unless a test made it otherwise. */
    withCode: (code: string): Employee[] => [...(byCode.get(bare(code)) ?? [])].flatMap(id => byId.get(id) ?? []),
    add: (employee: NewEmployee, stamp: string): Employee => put({ ...employee, Id: nextId++, UpdateTime: stamp }),
    /** Saves under the same id with a stamp that differs from the one before, also within one second. */
    save(employee: Employee, stamp: string): Employee {
      const before = byId.get(employee.Id)?.UpdateTime ?? ''
      return put({ ...employee, UpdateTime: stamp > before ? stamp : secondAfter(before) })
    },
    clear() {
      byId = new Map()
      byCode = new Map()
      nextId = 1
    },
  }
}

export type EmployeeTable = ReturnType<typeof createEmployeeTable>

/** PCA's stamps: Japan time, no zone, whole seconds. */
export const stampOf = (milliseconds: number): string =>
  new Date(milliseconds + 9 * 3_600_000).toISOString().slice(0, 19)

const secondAfter = (stamp: string): string => new Date(Date.parse(`${stamp}Z`) + 1000).toISOString().slice(0, 19)
