import { expect } from 'chai'
import {
  bonusOf,
  hours,
  salaryOf,
  type BonusStatement,
  type SalaryStatement,
} from '../../../server/connectors/freee/statements.js'
import type { Statement } from '../../../server/contract/statement.js'

/** A salary statement as freee's API answers it; every figure differs from every other. */
const aSalary = (changes: Partial<SalaryStatement> = {}): SalaryStatement => ({
  id: 1,
  employee_id: 10,
  employee_name: '村上 理恵',
  employee_num: '001002',
  pay_date: '2026-10-23',
  start_date: '2026-10-01',
  closing_date: '2026-10-31',
  fixed: true,
  calc_status: 'calculated',
  pay_calc_type: 'monthly',
  is_board_member: false,
  board_member_remuneration_amount: '0.0',
  basic_pay_amount: '260000.0',
  work_days: '20.5',
  normal_work_time: '9600.0',
  normal_work_days: '21.0',
  work_mins_by_paid_holiday: '480.0',
  num_paid_holidays: '1.0',
  total_attendance_deduction_amount: '15000.0',
  total_allowance_amount: '22400.0',
  total_deduction_amount: '52884.0',
  net_payment_amount: '214516.0',
  gross_payment_amount: '267400.0',
  total_taxable_payment_amount: '255400.0',
  total_transfer_amount: '214500.0',
  total_annual_payment_amount: '2554000.0',
  payments: [
    { name: '基本給', amount: '260000.0' },
    { name: '残業代', amount: '10400.0' },
    { name: '通勤手当', amount: '12000.0' },
  ],
  deductions: [
    { name: '健康保険料', amount: '12974.0' },
    { name: '厚生年金保険料', amount: '23790.0' },
    { name: '介護保険料', amount: '0.0' },
    { name: '雇用保険料', amount: '1560.0' },
    { name: '所得税', amount: '5460.0' },
    { name: '住民税', amount: '9100.0' },
  ],
  attendances: [
    { name: '遅刻・早退', time: '60.0', amount: '3000.0' },
    { name: '欠勤', time: '1.0', amount: '12000.0' },
  ],
  overtime_pays: [
    { name: '法定内残業', time: '120.0', amount: '3120.0' },
    { name: '時間外労働', time: '1530.0', amount: '7280.0' },
    { name: '法定休日労働', time: '0.0', amount: '0.0' },
    { name: '深夜労働', time: '5.0', amount: '0.0' },
  ],
  remark: '10月分',
  ...changes,
})

const aBonus = (changes: Partial<BonusStatement> = {}): BonusStatement => ({
  id: 2,
  employee_id: 10,
  employee_name: '村上 理恵',
  employee_num: '001002',
  pay_date: '2026-06-10',
  closing_date: '2026-06-03',
  fixed: true,
  calc_status: 'calculated',
  net_payment_amount: '421530.0',
  gross_payment_amount: '530000.0',
  total_deduction_amount: '108470.0',
  total_taxable_payment_amount: '530000.0',
  bonus_amount: '520000.0',
  allowances: [{ name: '業績手当', amount: '10000.0' }],
  deductions: [
    { name: '健康保険料', amount: '25948.0' },
    { name: '所得税', amount: '31876.0' },
  ],
  remark: null,
  ...changes,
})

const valueOf = ({ items }: Statement, name: string) => items.find(item => item.name === name)?.value
const lines = ({ items }: Statement) => items.map(({ kind, name, value }) => [kind, name, value])

/** The published table of items, in freee's screen's order (freee §5.5). */
const PUBLISHED = [
  ['attendance', '労働日数', '20.5'],
  ['attendance', '労働時間のうち、所定労働時間に該当するもの', '160:00'],
  ['attendance', '所定労働出勤日数', '21'],
  ['attendance', '有給休暇時間数', '8:00'],
  ['attendance', '有給日数', '1'],
  ['attendance', '遅刻・早退', '1:00'],
  ['attendance', '欠勤', '1'],
  ['attendance', '法定内残業', '2:00'],
  ['attendance', '時間外労働', '25:30'],
  ['attendance', '休日労働', '0:00'],
  ['attendance', '深夜労働', '0:05'],
  ['payment', '基本給', '260000'],
  ['payment', '遅刻早退控除', '-3000'],
  ['payment', '欠勤控除', '-12000'],
  ['payment', '残業代', '10400'],
  ['payment', '通勤手当', '12000'],
  ['deduction', '健康保険料', '12974'],
  ['deduction', '厚生年金保険料', '23790'],
  ['deduction', '介護保険料', '0'],
  ['deduction', '雇用保険料', '1560'],
  ['deduction', '所得税', '5460'],
  ['deduction', '住民税', '9100'],
  ['other', '勤怠控除額合計', '15000'],
  ['other', '支給手当額合計', '22400'],
  ['other', '課税対象支給額', '255400'],
  ['other', '総振込額', '214500'],
  ['other', '課税支給累計額', '2554000'],
  ['net', '差引支給額', '214516'],
  ['gross', '支給合計', '267400'],
  ['deductions', '控除合計', '52884'],
]

describe("freee's salary statement in SmartHR's items", () => {
  it('has every published item under its SmartHR name, and no other', () => {
    expect(lines(salaryOf(aSalary()))).to.deep.equal(PUBLISHED)
  })

  it('becomes a salary of its own payment day and period, with the remark as 備考', () => {
    expect(salaryOf(aSalary())).to.include({
      paymentType: 'salary',
      paidAt: '2026-10-23',
      periodStart: '2026-10-01',
      periodEnd: '2026-10-31',
      memo: '10月分',
    })
  })

  it('belongs to a group by the four values that must be equal, as people read them', () => {
    expect(salaryOf(aSalary({ pay_calc_type: 'hourly' })).group).to.deep.equal({
      給与形態: '時給',
      支給日: '2026/10/23',
      給与計算開始日: '2026/10/01',
      給与計算締日: '2026/10/31',
    })
    expect(salaryOf(aSalary({ pay_calc_type: 'daily' })).group.給与形態).to.equal('日給')
  })

  it('adds up: 支給 makes 支給合計, 控除 makes 控除合計', () => {
    const { items } = salaryOf(aSalary())
    const sum = (kind: string) =>
      items.filter(item => item.kind === kind).reduce((total, item) => total + Number(item.value), 0)

    expect(sum('payment')).to.equal(267_400)
    expect(sum('deduction')).to.equal(52_884)
  })

  it('takes 役員報酬 for the 基本給 of a board member', () => {
    const board = salaryOf(
      aSalary({
        is_board_member: true,
        basic_pay_amount: '0.0',
        board_member_remuneration_amount: '800000.0',
        payments: [{ name: '役員報酬', amount: '800000.0' }],
      }),
    )

    expect(valueOf(board, '基本給')).to.equal('800000')
    expect(valueOf(board, '役員報酬')).to.equal(undefined)
  })

  it('takes further allowances by their own names, also negative ones', () => {
    const slip = salaryOf(
      aSalary({
        payments: [
          { name: '在宅勤務手当', amount: '5000.0' },
          { name: '調整手当', amount: '-5000.0' },
        ],
      }),
    )

    expect(lines(slip)).to.deep.include(['payment', '在宅勤務手当', '5000'])
    expect(lines(slip)).to.deep.include(['payment', '調整手当', '-5000'])
  })

  it('takes further deductions and 勤怠控除 by their own names', () => {
    const slip = salaryOf(
      aSalary({
        deductions: [{ name: '組合費', amount: '500.0' }],
        attendances: [{ name: '私用外出', time: '90.0', amount: '1200.0' }],
      }),
    )

    expect(lines(slip)).to.deep.include(['deduction', '組合費', '500'])
    expect(lines(slip)).to.deep.include(['attendance', '私用外出', '1:30'])
    expect(lines(slip)).to.deep.include(['payment', '私用外出控除', '-1200'])
  })

  it('leaves a figure blank that freee has not calculated', () => {
    const calculating = salaryOf(
      aSalary({
        pay_calc_type: '',
        basic_pay_amount: null,
        work_days: null,
        normal_work_time: null,
        net_payment_amount: null,
        payments: [],
        deductions: [],
        attendances: [],
        overtime_pays: null,
        remark: null,
      }),
    )

    for (const name of ['基本給', '労働日数', '労働時間のうち、所定労働時間に該当するもの', '差引支給額', '残業代'])
      expect(valueOf(calculating, name), name).to.equal('')
    expect(calculating).to.include({ memo: '' })
    expect(calculating.group.給与形態).to.equal('')
  })

  it('counts 固定残業代 in 残業代, though it has no time', () => {
    const slip = salaryOf(
      aSalary({
        overtime_pays: [
          { name: '時間外労働', time: '60.0', amount: '1000.0' },
          { name: 'カスタム固定残業代', time: null, amount: '10000.0' },
        ],
      }),
    )

    expect(valueOf(slip, '残業代')).to.equal('11000')
    expect(valueOf(slip, 'カスタム固定残業代')).to.equal('')
  })

  it('adds up what freee lists twice, since a name stands once in SmartHR', () => {
    const slip = salaryOf(
      aSalary({
        payments: [
          { name: '通勤手当', amount: '12000.0' },
          { name: '通勤手当', amount: '500.0' },
        ],
        overtime_pays: [
          { name: '時間外労働', time: null, amount: '10000.0' },
          { name: '時間外労働', time: '90.0', amount: '1000.0' },
          { name: '休日労働', time: '45.0', amount: '0.0' },
          { name: '法定休日労働', time: '30.0', amount: '0.0' },
        ],
      }),
    )

    expect(valueOf(slip, '通勤手当')).to.equal('12500')
    expect(valueOf(slip, '時間外労働')).to.equal('1:30')
    expect(valueOf(slip, '休日労働')).to.equal('1:15')
    expect(new Set(slip.items.map(({ name }) => name)).size).to.equal(slip.items.length)
  })
})

describe('minutes as hours', () => {
  const vectors: [string | null, string][] = [
    ['1530.0', '25:30'],
    ['0.0', '0:00'],
    ['5.0', '0:05'],
    ['60', '1:00'],
    ['-90.0', '-1:30'],
    ['59.6', '1:00'],
    ['', ''],
    [null, ''],
  ]
  for (const [minutes, text] of vectors) {
    it(`${JSON.stringify(minutes)} is 「${text}」`, () => {
      expect(hours(minutes)).to.equal(text)
    })
  }
})

describe("freee's bonus statement in SmartHR's items", () => {
  const period = { from: '2025-12-01', to: '2026-05-31' }

  it('has the published items, no 勤怠, and the period that was typed', () => {
    const slip = bonusOf(aBonus(), period)

    expect(lines(slip)).to.deep.equal([
      ['payment', '賞与', '520000'],
      ['payment', '業績手当', '10000'],
      ['deduction', '健康保険料', '25948'],
      ['deduction', '所得税', '31876'],
      ['other', '課税対象支給額', '530000'],
      ['net', '差引支給額', '421530'],
      ['gross', '支給合計', '530000'],
      ['deductions', '控除合計', '108470'],
    ])
    expect(slip).to.include({
      paymentType: 'bonus',
      paidAt: '2026-06-10',
      periodStart: '2025-12-01',
      periodEnd: '2026-05-31',
    })
  })

  it('is grouped by its payment day alone', () => {
    expect(bonusOf(aBonus(), period).group).to.deep.equal({ 支給日: '2026/06/10' })
  })
})
