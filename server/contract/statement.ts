import type { Person, PlainDate } from './contract.js'

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

/** A statement as a record of a run. It is kept whole: its items differ from person to person. */
export const statementRecord = (
  about: Pick<Person, 'id' | 'key' | 'name'> & Partial<Pick<Person, 'personId' | 'excluded'>>,
  statement: Statement,
  /** what tells groups of statements apart, in words */
  detail: string,
): Person => ({
  kana: '',
  department: detail,
  employedFrom: null,
  employedUntil: null,
  ...about,
  values: { document: JSON.stringify(statement) },
})

export const statementOf = ({ values }: Pick<Person, 'values'>): Statement =>
  JSON.parse(String(values.document)) as Statement
