import type { ItemKind } from './item-kinds.js'
import type { Entry, EntryOf, PlainDate } from './contract.js'

export { itemKinds, type ItemKind } from './item-kinds.js'

/**
 * One statement (明細) of a payroll service, in words both sides share. Values are texts as SmartHR takes them: yen
 * without commas, days and hours as decimals or `H:MM`.
 */
export interface Statement {
  paymentType: 'salary' | 'bonus'
  paidAt: PlainDate
  periodStart: PlainDate
  periodEnd: PlainDate
  memo: string
  items: readonly StatementItem[]
  /** what must be equal for statements to share a payroll: label → value as people read it */
  group: Readonly<Record<string, string>>
}

export interface StatementItem {
  kind: ItemKind
  name: string
  value: string
}

/** The three totals SmartHR wants on every payslip. */
export const TOTALS: readonly ItemKind[] = ['net', 'gross', 'deductions']

/** A statement is handed on whole: its items differ from person to person. */
export const statementEntry = (
  about: Pick<Entry, 'id' | 'key' | 'name'> & Partial<Pick<Entry, 'personId' | 'excluded' | 'values'>>,
  statement: Statement,
  /** what tells groups of statements apart, in words */
  detail: string,
): EntryOf<Statement> => ({ kana: '', values: {}, ...about, detail, payload: statement })
