/** What an item of a payslip can be in SmartHR. */

/**
 * 勤怠 · 支給 · 控除 · 合計: 差引支給額, 支給合計, 控除合計, その他.
 */
export type ItemKind = 'attendance' | 'payment' | 'deduction' | 'net' | 'gross' | 'deductions' | 'other'

export const itemKinds: Readonly<Record<ItemKind, string>> = {
  attendance: '勤怠',
  payment: '支給',
  deduction: '控除',
  net: '差引支給額',
  gross: '支給合計',
  deductions: '控除合計',
  other: 'その他・合計',
}
