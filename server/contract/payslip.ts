import type { Values } from './contract.js'
import type { StatementItem } from './statement.js'

/** SmartHR's payslip as a flat record: whose it is, a memo, and each item's value by its name. Names are unique. */
const ITEM = 'values.'

export const payslipValues = (
  crewId: string,
  memo: string,
  items: readonly Pick<StatementItem, 'name' | 'value'>[],
): Values => ({
  crew_id: crewId,
  memo,
  ...Object.fromEntries(items.map(({ name, value }) => [ITEM + name, value])),
})

/** Its items as SmartHR takes them, in the order they were given. */
export function payslipItems(values: Values): { key: string; value: string }[] {
  // A plan of the release before has them as one text. It is written within two days or not at all.
  if (typeof values.values === 'string') return JSON.parse(values.values) as { key: string; value: string }[]
  return Object.entries(values).flatMap(([path, value]) =>
    path.startsWith(ITEM) ? [{ key: path.slice(ITEM.length), value: String(value) }] : [],
  )
}

/** Confirming and deleting are the administrator's, also in the middle of an import. */
export const PAYROLL_CLOSED =
  '取り込み先の給与明細が、SmartHRで確定または削除されたため、残りの明細を取り込めませんでした。SmartHRの給与明細を確認してから、再度取り込んでください。'
