import type { Entry, EntryOf, PlainDate } from './contract.js'

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

/**
 * 勤怠 · 支給 · 控除 · 合計: 差引支給額, 支給合計, 控除合計, その他.
 */
export type ItemKind = 'attendance' | 'payment' | 'deduction' | 'net' | 'gross' | 'deductions' | 'other'

export interface StatementItem {
  kind: ItemKind
  name: string
  value: string
}

export const itemKinds: Readonly<Record<ItemKind, string>> = {
  attendance: '勤怠',
  payment: '支給',
  deduction: '控除',
  net: '差引支給額',
  gross: '支給合計',
  deductions: '控除合計',
  other: 'その他・合計',
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
