import { expect } from 'chai'
import type { ItemKind, Statement, StatementItem } from '../../../server/contract/statement.js'
import {
  doubtSentence,
  itemFindings,
  kindsOfNames,
  mismatches,
  newItemsNote,
  toldApart,
  unusable,
  type RegisteredItem,
} from '../../../server/payslips/statement-items.js'
import { payslipContent } from '../../../server/payslips/payslip.js'
import { presetNames } from '../../../server/payslips/payroll-names.js'

const aStatement = (items: StatementItem[]): Statement => ({
  paymentType: 'salary',
  paidAt: '2026-11-25',
  periodStart: '2026-10-01',
  periodEnd: '2026-10-31',
  memo: '',
  items,
  group: {},
})

const payment = (name: string, value: string): StatementItem => ({ kind: 'payment', name, value })
const deduction = (name: string, value: string): StatementItem => ({ kind: 'deduction', name, value })
const attendance = (name: string, value: string): StatementItem => ({ kind: 'attendance', name, value })
const totals = (gross: string, deductions: string, net: string): StatementItem[] => [
  { kind: 'gross', name: '支給合計', value: gross },
  { kind: 'deductions', name: '控除合計', value: deductions },
  { kind: 'net', name: '差引支給額', value: net },
]

describe('payslip items of one name and several kinds', () => {
  const both = aStatement([payment('調整', '5000'), deduction('調整', '300')])
  const paidOnly = aStatement([payment('調整', '100')])
  const namesIn = (one: Statement, all: Statement[]) => toldApart(one, kindsOfNames(all)).items.map(({ name }) => name)

  it('carry their kind, and none of them vanishes', () => {
    expect(toldApart(both, kindsOfNames([both])).items).to.deep.equal([
      payment('調整(支給)', '5000'),
      deduction('調整(控除)', '300'),
    ])
  })

  it('carry it with everybody, also with people who have one of them', () => {
    expect(namesIn(paidOnly, [both, paidOnly])).to.deep.equal(['調整(支給)'])
    expect(namesIn(paidOnly, [paidOnly])).to.deep.equal(['調整'])
    expect(namesIn(paidOnly, [paidOnly, aStatement([deduction('調整', '1')])])).to.deep.equal(['調整(支給)'])
  })

  it('leave figures of 勤怠 and totals their names', () => {
    const slip = aStatement([attendance('休日労働', '1:00'), payment('休日労働', '2000'), ...totals('1', '2', '3')])

    expect(namesIn(slip, [slip])).to.deep.equal(['休日労働', '休日労働(支給)', '支給合計', '控除合計', '差引支給額'])
  })
})

describe('values SmartHR does not take', () => {
  const vectors: [StatementItem, string | null][] = [
    [payment('基本給', '300000'), null],
    [payment('欠勤控除', '-8000'), null],
    [payment('基本給', ''), null],
    [attendance('労働日数', '20.5'), null],
    [attendance('時間外労働', '25:30'), null],
    [{ kind: 'other', name: '課税区分', value: '甲欄' }, null],
    [payment('基本給', '300000.5'), '「基本給」の金額（300000.5円）に、1円未満の端数があります。'],
    [deduction('所得税', '12.5'), '「所得税」の金額（12.5円）に、1円未満の端数があります。'],
    [{ kind: 'net', name: '差引支給額', value: '0.1' }, '「差引支給額」の金額（0.1円）に、1円未満の端数があります。'],
    [payment('基本給', '300,000'), '「基本給」の値（300,000）を、金額として読み取れません。'],
    [attendance('労働日数', '二十日'), '「労働日数」の値（二十日）を、日数または時間として読み取れません。'],
  ]
  for (const [item, reason] of vectors) {
    it(`${item.kind} 「${item.value}」: ${reason ?? 'none'}`, () =>
      expect(unusable([item], 'freee人事労務')).to.equal(
        reason === null
          ? null
          : `${reason}このままでは取り込めません。freee人事労務で修正してから、もう一度取り込んでください。`,
      ))
  }

  it('are two values for one name as well', () => {
    expect(unusable([payment('手当', '1'), payment('手当', '2')], 'A')).to.include('「手当」という項目が2つあります。')
  })
})

describe('sums that do not add up', () => {
  const registry = (changes: Record<string, Partial<RegisteredItem>>, items: readonly StatementItem[]) =>
    new Map(items.map(({ name, kind }) => [name, { name, kind, shown: true, ...changes[name] }]))
  const items = [payment('基本給', '300000'), payment('在宅勤務手当', '5000'), ...totals('305000', '0', '305000')]
  const notesWith = (changes: Record<string, Partial<RegisteredItem>>) =>
    payslipContent(aStatement(items), 'c1', registry(changes, items)).notes

  it('name the item that is another kind here', () => {
    expect(notesWith({ 在宅勤務手当: { kind: 'other' } })).to.deep.equal([
      '支給項目の合計（300,000円）と支給合計（305,000円）が一致していません。「在宅勤務手当」の種別、または従業員に表示するかどうかを確認してください。',
    ])
  })

  it('name the item that is left out', () => {
    expect(notesWith({ 在宅勤務手当: { shown: false } }).join('')).to.include('「在宅勤務手当」の種別')
  })

  it("name none where the service's own figures do not add up", () => {
    const [wrong] = mismatches(
      [payment('基本給', '1'), ...totals('2', '0', '2')].map(item => ({ item, kind: item.kind })),
    )

    expect(wrong?.because).to.deep.equal([])
    expect(wrong?.sentence).to.equal('支給項目の合計（1円）と支給合計（2円）が一致していません。')
  })

  it('are none where they add up', () => expect(notesWith({})).to.deep.equal([]))
})

describe('the names a payroll is proposed', () => {
  const rules = { names: (month: string, what: string) => month + what }
  const group = { paymentType: 'salary', paidAt: '2026-11-25', periodStart: '', periodEnd: '' } as const

  it('are of the month and the kind', () => {
    expect(presetNames(group, rules, { admin: [], crew: [] })).to.deep.equal({
      admin: '2026年11月給与',
      crew: '2026年11月給与',
    })
  })

  it('are never those of another one', () => {
    const taken = ['2026年11月給与', '2026年11月給与（2）']

    expect(presetNames(group, rules, { admin: taken, crew: ['2026年11月給与'] })).to.deep.equal({
      admin: '2026年11月給与（3）',
      crew: '2026年11月給与（2）',
    })
  })
})

describe('items SmartHR may not know', () => {
  it('are named, and what becomes of them', () => {
    expect(newItemsNote(['在宅勤務手当']))
      .to.include('「在宅勤務手当」')
      .and.include('自動で登録されます。')
    expect(newItemsNote([])).to.equal(null)
  })
})

describe('a payslip whose sums SmartHR finds not to add up', () => {
  const meant = new Map(
    Object.entries({
      基本給: 'payment',
      在宅勤務手当: 'payment',
      社宅費: 'deduction',
      労働日数: 'attendance',
    } as const).map(([name, kind]) => [name, { kind }]),
  )

  it('is told of with the items that are of another kind there', () => {
    const theirs = new Map<string, ItemKind>([
      ['基本給', 'payment'],
      ['在宅勤務手当', 'other'],
      ['社宅費', 'payment'],
      ['労働日数', 'other'],
      ['支給合計', 'gross'],
    ])
    expect(doubtSentence(meant, theirs)).to.include(
      '種別が異なる項目：「在宅勤務手当」（支給として取り込み、SmartHRではその他・合計）「社宅費」（控除として取り込み、SmartHRでは支給）。確定する前に、',
    )
  })

  it('is told of without, where every item is what was meant', () => {
    expect(doubtSentence(meant, new Map([['基本給', 'payment']])))
      .to.include('登録されていない項目か')
      .and.not.include('「')
  })
})

describe('items that are about to be registered', () => {
  const items = [payment('基本給', '300000'), payment('在宅勤務手当', '5000'), ...totals('305000', '0', '305000')]
  const registered = (changes: Record<string, Partial<RegisteredItem>>) =>
    new Map(items.map(({ name, kind }) => [name, { name, kind, shown: true, ...changes[name] }]))
  const people = ['0001', '0002'].map(key => ({ key, lines: items }))

  it('are told of by name where their kind makes a sum not add up, with whom and how many', () => {
    const { doubtful, refused } = itemFindings(people, registered({ 在宅勤務手当: { kind: 'other' } }), 'A')

    expect([...refused]).to.deep.equal([])
    expect([...doubtful.keys()]).to.deep.equal(['在宅勤務手当'])
    expect(doubtful.get('在宅勤務手当'))
      .to.include('支給項目の合計（300,000円）と支給合計（305,000円）が一致していません。')
      .and.include('社員番号0001など2名')
  })

  it('are refused with a fraction of a yen, unless they are no money or not sent', () => {
    const lines = [payment('単価', '1234.5')]
    const as = (item: Partial<RegisteredItem>) =>
      itemFindings(
        [{ key: '0001', lines }],
        new Map([['単価', { name: '単価', kind: 'payment', shown: true, ...item }]]),
        'A',
      ).refused.get('単価')

    expect(as({})).to.equal(
      '「単価」の金額（1234.5円）に、1円未満の端数があります。（社員番号0001）種別を変更するか、チェックを外してください。または、Aで修正してください。',
    )
    expect(as({ kind: 'other' })).to.equal(undefined)
    expect(as({ shown: false })).to.equal(undefined)
  })

  it('may be left out without more ado', () => {
    const { doubtful } = itemFindings(people, registered({ 在宅勤務手当: { shown: false } }), 'A')

    expect([...doubtful]).to.deep.equal([])
  })
})
