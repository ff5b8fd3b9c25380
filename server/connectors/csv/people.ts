/** A row of the file as the engine knows people. */
import type { Columns, Person, Scalar } from '../../contract/contract.js'
import { mappedValues, personFrom } from '../../contract/person.js'
import { cellText, columnOf, type Column } from './columns.js'
import { employees } from './employees.mapping.js'
import type { Row } from './rows.js'

/** What is wrong with a row as a whole or with its cells: each a sentence, with what to do. */
export const WIDTH =
  '列の数が見出しと合わないため、値の位置がずれている可能性があります。CSVファイルで、この行の列の数（カンマと引用符）を確認してください。'
export const FORMULA = 'に数式が入力されています。数式ではなく、値を入力してください。'
export const LINES = 'に改行が入っているため、値を特定できません。改行を削除して、1行で入力してください。'
export const NO_NUMBER = '社員番号が空欄です。CSVファイルで、社員番号を入力してください。'
export const AGAIN = '修正したファイルを選択し直すと、同期できます。'

/** The columns that are taken, by place. */
export const chosenColumns = (heading: readonly string[], chosen: Columns): readonly (Column | undefined)[] =>
  heading.map(name => (Object.hasOwn(chosen, name) ? columnOf(chosen[name]) : undefined))

const hasWidth = ({ cells }: Row, width: number): boolean =>
  cells.length >= width && cells.slice(width).every(cell => cellText(cell) === null)

/** What is wrong with a cell whatever its column; null: nothing. */
function unfit(written: string): { fault: string } | null {
  if (/[\r\n]/.test(written)) return { fault: LINES }
  return written.startsWith('=') ? { fault: FORMULA } : null
}

/** Whoever stands in a row; one with a fault takes no part, and says why by the row's number. */
export function personOf(row: Row, heading: readonly string[], columns: readonly (Column | undefined)[]): Person {
  const values: Record<string, Scalar> = {}
  const faults: string[] = hasWidth(row, heading.length) ? [] : [WIDTH]
  for (const [index, column] of columns.entries()) {
    const written = (row.cells[index] ?? '').trim()
    const text = cellText(written)
    if (!column || text === null) continue
    const cell = unfit(written) ?? column.read(text)
    if ('fault' in cell) faults.push(`「${heading[index] ?? column.label}」${cell.fault}`)
    else Object.assign(values, cell.values)
  }
  const place = `${row.number}行目`
  const person = personFrom(
    employees,
    `row-${row.number}`,
    mappedValues(employees, path => values[path] ?? null),
    place,
  )
  if (person.key === null && faults.length === 0) faults.push(NO_NUMBER)
  return faults.length === 0 ? person : { ...person, excluded: `${place}：${faults.join('')}${AGAIN}` }
}
