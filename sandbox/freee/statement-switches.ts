import type { Company, SalaryStatement } from './store.js'

const isText = (value: unknown): value is string => typeof value === 'string'

/** The statement of a person in a month (`2026-10`), by 従業員番号; throws when there is none. */
function statementOf(company: Company, value: unknown, known: readonly string[]): SalaryStatement {
  const given = (value ?? {}) as Record<string, unknown>
  const { employee_num: num, month, kind = 'salaries' } = given
  const unknown = Object.keys(given).filter(key => !['employee_num', 'month', 'kind', ...known].includes(key))
  if (unknown.length > 0 || !isText(num) || !isText(month) || (kind !== 'salaries' && kind !== 'bonuses'))
    throw new Error(
      `A statement is { employee_num, month: "2026-10", kind?: "salaries" | "bonuses" }: ${JSON.stringify(value)}`,
    )
  const list = kind === 'bonuses' ? company.bonusStatements : company.salaryStatements
  const found = list.find(statement => statement.employee_num === num && statement.pay_date.startsWith(`${month}-`))
  if (!found) throw new Error(`${num} has no statement in ${month}`)
  return found
}

/** Switches that change one statement of みどり商会 instead of how freee behaves. */
export const STATEMENT_SWITCHES: Readonly<Record<string, (company: Company, value: unknown) => void>> = {
  /** `{ employee_num, month }`: 確定 is taken back, say between the list and the import. */
  unfixStatement(company, value) {
    statementOf(company, value, []).fixed = false
  },
  /** `{ kind, list }`: these are the statements of that kind from now on, as the API answers them. */
  statements(company, value) {
    const { kind, list } = (value ?? {}) as { kind?: unknown; list?: unknown }
    const isStatement = (one: unknown): one is SalaryStatement =>
      typeof one === 'object' && one !== null && isText((one as SalaryStatement).pay_date)
    if ((kind !== 'salaries' && kind !== 'bonuses') || !Array.isArray(list) || !list.every(isStatement))
      throw new Error('statements is { kind: "salaries" | "bonuses", list: [{ pay_date, … }] }')
    if (kind === 'salaries') company.salaryStatements = list
    else company.bonusStatements = list
  },
  /** `{ employee_num, month, field, value }`: any key a statement has gets another value. */
  changeStatement(company, value) {
    const statement = statementOf(company, value, ['field', 'value'])
    const { field, value: next } = value as Record<string, unknown>
    if (!isText(field) || !(field in statement)) throw new Error(`A statement has no ${JSON.stringify(field)}`)
    if (next === undefined) throw new Error('changeStatement needs a value')
    statement[field] = next
  },
}
