import type { BonusStatement, Employee, SalaryStatement } from './store.js'

/** How far the payroll of a statement has come: only 確定 ones may be imported (freee §5.5). */
export type StatementState = 'fixed' | 'unfixed' | 'calculating'

interface StatementOf {
  id: number
  employee: Employee
  name: string
  payDate: string
  state: StatementState
  /** Yen per month, or the bonus. */
  amount: number
}

/**
 * A salary statement as the HR API answers it: amounts, days and minutes are texts with a decimal. While it is being
 * calculated every figure is null and every list empty.
 */
export function salaryStatement(
  given: StatementOf & { startDate: string; closingDate: string; payCalcType: 'monthly' | 'daily' | 'hourly' },
): SalaryStatement {
  const { amount } = given
  const calculating = given.state === 'calculating'
  const overtime = Math.round(amount * 0.04)
  const commuting = 12_000
  const absence = 3_000
  const health = Math.round(amount * 0.0499)
  const pension = Math.round(amount * 0.0915)
  const employment = Math.round(amount * 0.006)
  const incomeTax = Math.round(amount * 0.021)
  const residentTax = Math.round(amount * 0.035)
  const deduction = health + pension + employment + incomeTax + residentTax
  const gross = amount + overtime + commuting - absence
  const net = gross - deduction
  const figure = (value: number) => (calculating ? null : decimal(value))
  const list = <T>(items: T[]) => (calculating ? [] : items)
  return {
    ...heading(given),
    start_date: given.startDate,
    closing_date: given.closingDate,
    variable_pay_start_date: given.startDate,
    variable_pay_closing_date: given.closingDate,
    pay_calc_type: calculating ? '' : given.payCalcType,
    board_member_remuneration_amount: figure(0),
    basic_pay_amount: figure(amount),
    work_days: figure(20),
    normal_work_time: figure(9600),
    normal_work_days: figure(20),
    work_mins_by_paid_holiday: figure(480),
    num_paid_holidays: figure(1),
    is_board_member: false,
    total_attendance_deduction_amount: figure(absence),
    total_allowance_amount: figure(overtime + commuting),
    total_deduction_amount: figure(deduction),
    total_deduction_employer_share: figure(health + pension),
    net_payment_amount: figure(net),
    gross_payment_amount: figure(gross),
    total_worked_days_count: figure(20),
    total_taxable_payment_amount: figure(gross - commuting),
    total_expense_amount: figure(0),
    total_transfer_amount: figure(net),
    total_annual_payment_amount: figure((gross - commuting) * 10),
    payments: list([item('基本給', amount), item('残業代', overtime), item('通勤手当', commuting)]),
    deductions: list([
      item('健康保険料', health),
      item('厚生年金保険料', pension),
      item('雇用保険料', employment),
      item('所得税', incomeTax),
      item('住民税', residentTax),
    ]),
    deductions_employer_share: list([item('健康保険料', health), item('厚生年金保険料', pension)]),
    attendances: list([
      { name: '遅刻・早退', time: decimal(60), amount: decimal(absence) },
      { name: '欠勤', time: decimal(0), amount: decimal(0) },
    ]),
    overtime_pays: list([
      { name: '法定内残業', time: decimal(120), amount: decimal(Math.round(overtime * 0.3)), code: null },
      { name: '時間外労働', time: decimal(300), amount: decimal(overtime - Math.round(overtime * 0.3)), code: null },
      { name: '法定休日労働', time: decimal(0), amount: decimal(0), code: null },
      { name: '深夜労働', time: decimal(0), amount: decimal(0), code: null },
    ]),
    remark: '',
  }
}

/** A bonus statement; it knows neither a period nor a 給与方式 (freee §5.6). */
export function bonusStatement(given: StatementOf & { closingDate: string }): BonusStatement {
  const { amount } = given
  const calculating = given.state === 'calculating'
  const allowance = 10_000
  const health = Math.round(amount * 0.0499)
  const pension = Math.round(amount * 0.0915)
  const employment = Math.round(amount * 0.006)
  const incomeTax = Math.round(amount * 0.0613)
  const deduction = health + pension + employment + incomeTax
  const gross = amount + allowance
  const figure = (value: number) => (calculating ? null : decimal(value))
  const list = <T>(items: T[]) => (calculating ? [] : items)
  return {
    ...heading(given),
    closing_date: given.closingDate,
    bonus_amount: figure(amount),
    total_allowance_amount: figure(allowance),
    total_deduction_amount: figure(deduction),
    net_payment_amount: figure(gross - deduction),
    gross_payment_amount: figure(gross),
    total_taxable_payment_amount: figure(gross),
    allowances: list([item('業績手当', allowance)]),
    deductions: list([
      item('健康保険料', health),
      item('厚生年金保険料', pension),
      item('雇用保険料', employment),
      item('所得税', incomeTax),
    ]),
    remark: '',
  }
}

const heading = ({ id, employee, name, payDate, state }: StatementOf) => ({
  id,
  company_id: employee.companyId,
  employee_id: employee.id,
  employee_name: name,
  employee_display_name: employee.displayName,
  employee_num: employee.num,
  pay_date: payDate,
  fixed: state === 'fixed',
  calc_status: state === 'calculating' ? 'calculating' : 'calculated',
  calculated_at: state === 'calculating' ? null : `${payDate}T00:00:00.000Z`,
})

const item = (name: string, amount: number) => ({ name, amount: decimal(amount) })

const decimal = (value: number) => value.toFixed(1)
