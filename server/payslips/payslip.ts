import { createHash } from 'node:crypto'
import { payslipValues } from '../contract/payslip.js'
import { itemKinds, type Statement, TOTALS } from '../contract/statement.js'
import type { ItemContent } from '../runs/run.js'
import { groupFacts } from './payroll-group.js'
import { chosenItems, isTotal, mismatches, type RegisteredItem, shown } from './statement-items.js'

/** Why a statement without all of its sums is not imported; `asked`: the items are registered here. */
export const lackingTotals = (missing: readonly string[], asked: boolean): string =>
  `${missing.join('、')}の項目がないため、取り込めません。給与明細には、差引支給額・支給合計・控除合計の3つが必要です。${asked ? '［給与明細の項目］で、従業員に表示する項目と種別を確認してください。' : ''}`

/** A digest that changes with anything that would be written. */
export const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url')

/**
 * What is written for one statement: the items as the company wants them. Items without a value are left out, as
 * SmartHR would drop an empty item. `registry` null: every item is sent as the service has it. Pure.
 */
export function payslipContent(
  statement: Statement,
  crewId: string,
  registry: ReadonlyMap<string, RegisteredItem> | null,
): ItemContent {
  const chosen = chosenItems(statement, registry)
  const items = chosen.flatMap(({ item, kind }) => (kind === null ? [] : [{ ...item, kind }]))
  const missing = TOTALS.filter(kind => !items.some(item => item.kind === kind)).map(kind => itemKinds[kind])
  return {
    set: payslipValues(crewId, statement.memo, items),
    target: null,
    changes: [
      // What people look for first stands first.
      ...[...items.filter(isTotal), ...items.filter(item => !isTotal(item))].map(item => ({
        field: item.name,
        label: item.name,
        before: '',
        after: shown(item),
      })),
      ...(statement.memo === '' ? [] : [{ field: '備考', label: '備考', before: '', after: statement.memo }]),
    ],
    problems: missing.length > 0 ? [lackingTotals(missing, registry !== null)] : [],
    notes: mismatches(chosen).map(({ sentence }) => sentence),
    group: groupFacts(statement),
  }
}
