import { expect } from 'chai'
import {
  namesOf,
  statementOfPayslip,
  type Item,
  type Payroll,
} from '../../../server/connectors/money-forward/payrolls.js'

const payroll: Payroll = {
  id: 'pr_1',
  payment_type: 'salary',
  state: 'finalized',
  paid_on: '2026-11-25',
  period_start_on: '2026-10-01',
  period_end_on: '2026-10-31',
  employees_count: 1,
}

const named = (...names: string[]): Item[] => names.map((name, index) => ({ id: `i${index}`, kind: 'payment', name }))

describe("names of Money Forward's payslip items in SmartHR", () => {
  const vectors: [what: string, given: string[], wanted: string[]][] = [
    [
      'without the suffix of their kind',
      ['通勤手当(支給)', '社宅費(控除)', '基本給'],
      ['通勤手当', '社宅費', '基本給'],
    ],
    ['with it where it alone tells two apart', ['調整(支給)', '調整(控除)'], ['調整(支給)', '調整(控除)']],
    ['with it where one of the two has none', ['調整', '調整(控除)'], ['調整', '調整(控除)']],
    ['in half-width signs, whichever were typed', ['調整（支給）', '調整（控除）'], ['調整(支給)', '調整(控除)']],
  ]
  for (const [what, given, wanted] of vectors) {
    it(`stand ${what}`, () => expect([...namesOf(named(...given)).values()]).to.deep.equal(wanted))
  }

  it('keep the amounts of two items of one name apart', () => {
    const items: Item[] = [
      { id: 'p1', kind: 'payment', name: '調整(支給)' },
      { id: 'd1', kind: 'deduction', name: '調整(控除)' },
      { id: 't1', kind: 'total', name: '支給合計' },
      { id: 't2', kind: 'total', name: '扶養人数' },
    ]
    const slip = {
      employee_code: '0001',
      employee_name: '山田 太郎',
      memo: null,
      values: { p1: '5000', d1: '300', t1: '5000', t2: '1' },
    }

    expect(statementOfPayslip(payroll, items, slip).items).to.deep.equal([
      { kind: 'payment', name: '調整(支給)', value: '5000' },
      { kind: 'deduction', name: '調整(控除)', value: '300' },
      { kind: 'gross', name: '支給合計', value: '5000' },
    ])
  })
})
