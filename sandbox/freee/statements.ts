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
  peculiar?: Peculiar
}

/** What makes one statement unlike the others of its month. */
export interface Peculiar {
  /** further 支給, also negative; registered nowhere else */
  allowances?: readonly (readonly [name: string, amount: number])[]
  /** minutes of 時間外労働; 300 otherwise */
  overtimeMinutes?: number
  /** 役員報酬 in the place of 基本給, and neither overtime nor absence */
  boardMember?: boolean
  /** `overwritten`, `imported` or `error` in the place of `calculated` */
  calcStatus?: 'overwritten' | 'imported' | 'error'
  remark?: string
}

/**
 * A salary statement as the HR API answers it: amounts, days and minutes are texts with a decimal. While it is being
 * calculated every figure is null and every list empty. An amount of 0 makes everything 0.
 */
export function salaryStatement(
  given: StatementOf & { startDate: string; closingDate: string; payCalcType: 'monthly' | 'daily' | 'hourly' },
): SalaryStatement {
  const { amount, peculiar = {} } = given
  const calculating = given.state === 'calculating'
  const { boardMember = false, overtimeMinutes = 300, allowances = [], remark = '' } = peculiar
  const paid = amount > 0
  const works = paid && !boardMember
  const overtime = works ? Math.round(amount * 0.04) : 0
  const commuting = paid ? 12_000 : 0
  const absence = works ? 3_000 : 0
  const further = sum(allowances.map(([, value]) => value))
  const health = Math.round(amount * 0.0499)
  const pension = Math.round(amount * 0.0915)
  const employment = boardMember ? 0 : Math.round(amount * 0.006)
  const incomeTax = Math.round(amount * 0.021)
  const residentTax = Math.round(amount * 0.035)
  const deduction = health + pension + employment + incomeTax + residentTax
  const gross = amount + overtime + commuting + further - absence
  const net = gross - deduction
  const figure = (value: number) => (calculating ? null : decimal(value))
  const list = <T>(items: T[]) => (calculating ? [] : items)
  const within = Math.round(overtime * 0.3)
  return {
    ...heading(given),
    start_date: given.startDate,
    closing_date: given.closingDate,
    variable_pay_start_date: given.startDate,
    variable_pay_closing_date: given.closingDate,
    pay_calc_type: calculating ? '' : given.payCalcType,
    board_member_remuneration_amount: figure(boardMember ? amount : 0),
    basic_pay_amount: figure(boardMember ? 0 : amount),
    work_days: figure(paid ? 20 : 0),
    normal_work_time: figure(paid ? 9600 : 0),
    normal_work_days: figure(20),
    work_mins_by_paid_holiday: figure(works ? 480 : 0),
    num_paid_holidays: figure(works ? 1 : 0),
    is_board_member: boardMember,
    total_attendance_deduction_amount: figure(absence),
    total_allowance_amount: figure(overtime + commuting + further),
    total_deduction_amount: figure(deduction),
    total_deduction_employer_share: figure(health + pension),
    net_payment_amount: figure(net),
    gross_payment_amount: figure(gross),
    total_worked_days_count: figure(paid ? 20 : 0),
    total_taxable_payment_amount: figure(gross - commuting),
    total_expense_amount: figure(0),
    total_transfer_amount: figure(net),
    total_annual_payment_amount: figure((gross - commuting) * 10),
    payments: list([
      item(boardMember ? '役員報酬' : '基本給', amount),
      ...(works ? [item('残業代', overtime)] : []),
      item('通勤手当', commuting),
      ...allowances.map(([name, value]) => item(name, value)),
    ]),
    deductions: list([
      item('健康保険料', health),
      item('厚生年金保険料', pension),
      item('雇用保険料', employment),
      item('所得税', incomeTax),
      item('住民税', residentTax),
    ]),
    deductions_employer_share: list([item('健康保険料', health), item('厚生年金保険料', pension)]),
    attendances: list([
      { name: '遅刻・早退', time: decimal(works ? 60 : 0), amount: decimal(absence) },
      { name: '欠勤', time: decimal(0), amount: decimal(0) },
    ]),
    overtime_pays: list([
      { name: '法定内残業', time: decimal(works ? 120 : 0), amount: decimal(within), code: null },
      {
        name: '時間外労働',
        time: decimal(works ? overtimeMinutes : 0),
        amount: decimal(overtime - within),
        code: null,
      },
      { name: '法定休日労働', time: decimal(0), amount: decimal(0), code: null },
      { name: '深夜労働', time: decimal(0), amount: decimal(0), code: null },
    ]),
    remark,
  }
}

/** A bonus statement; it knows neither a period nor a 給与方式 (freee §5.6). */
export function bonusStatement(given: StatementOf & { closingDate: string }): BonusStatement {
  const { amount, peculiar: { allowances = [], remark = '' } = {} } = given
  const calculating = given.state === 'calculating'
  const merit = amount > 0 ? 10_000 : 0
  const allowance = merit + sum(allowances.map(([, value]) => value))
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
    allowances: list([item('業績手当', merit), ...allowances.map(([name, value]) => item(name, value))]),
    deductions: list([
      item('健康保険料', health),
      item('厚生年金保険料', pension),
      item('雇用保険料', employment),
      item('所得税', incomeTax),
    ]),
    remark,
  }
}

const heading = ({ id, employee, name, payDate, state, peculiar }: StatementOf) => ({
  id,
  company_id: employee.companyId,
  employee_id: employee.id,
  employee_name: name,
  employee_display_name: employee.displayName,
  employee_num: employee.num,
  pay_date: payDate,
  fixed: state === 'fixed',
  calc_status: state === 'calculating' ? 'calculating' : (peculiar?.calcStatus ?? 'calculated'),
  calculated_at: state === 'calculating' ? null : `${payDate}T00:00:00.000Z`,
})

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

const item = (name: string, amount: number) => ({ name, amount: decimal(amount) })

const decimal = (value: number) => value.toFixed(1)
