import { expect } from 'chai'
import { choose, mailOf, payrollsIn, payslipOf, postsOf, rowsOf, switches, toDialog } from '../helpers/payslips.js'
import type { Visitor } from '../helpers/visitor.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { toSelection } from '../helpers/walking.js'

interface FreeeState {
  companies: { id: number; salaryStatements: { employee_num: string; pay_date: string; fixed: boolean }[] }[]
}

describe('freee 給与明細, from the wizard to the payroll', () => {
  const world = useWorld({ at: '2026-11-20T01:00:00Z', limitsOff: ['smarthr'] })
  let visitor: Visitor
  beforeEach(async () => {
    visitor = await world.connected()
  })

  const statementsOf = async (month: string) => {
    const { companies } = (await world.control('GET', '/state?service=freee')) as FreeeState
    const midori = companies.find(company => company.id === 123)
    return (midori?.salaryStatements ?? []).filter(({ pay_date: day }) => day.startsWith(month))
  }
  const slipOf = async (code: string) => payslipOf(world, (await payrollsIn(world))[0], code)

  it('takes the chosen statements into one payroll that waits for its confirmation', async () => {
    const runId = await toDialog(visitor, '2026-10', ['001002', '001003', '001012'])
    expect(visitor.page().text)
      .to.include('従業員の給与明細を取り込みますか？')
      .and.include('freee人事労務からSmartHRへ、3名の給与明細を取り込みます。')
      .and.include('対象期間 2026/10/01〜2026/10/31')
    await visitor.press('取り込み')
    await reportOf(visitor, runId)

    const [payroll, ...others] = await payrollsIn(world)
    expect(others).to.deep.equal([])
    expect(payroll).to.include({
      status: 'wip',
      payment_type: 'salary',
      paid_at: '2026-10-23',
      period_start_at: '2026-10-01',
      period_end_at: '2026-10-31',
      numeral_system_handle_type: 'as_is',
      name_for_admin: '2026年10月給与（freee人事労務）',
      name_for_crew: '2026年10月給与（freee人事労務）',
      published_at: null,
    })
    expect(payroll?.people).to.deep.equal(['001002', '001003', '001012'])
    expect((await postsOf(world, /payslips\/bulk$/)).length).to.equal(1)
  })

  it('asks for the 支給月 first, then shows what each statement holds', async () => {
    await visitor.get('/freee')
    expect(visitor.page().text).to.include('従業員の給与明細を取り込む').and.include('同期を開始')
    await visitor.begin('/freee/runs/new?flow=salary-payslips')
    expect(visitor.page().text).to.include('支給月').and.include('2026年12月').and.include('2026年11月')
    expect(visitor.page().html).to.match(/<option value="2026-11" selected/)

    await toSelection(visitor, 'salary-payslips', '2026-10')

    const row = rowsOf(visitor.page().html).get('001002')
    expect(row?.words)
      .to.include('月給 2026/10/23支給（2026/10/01〜2026/10/31）')
      .and.include('差引支給額： 226,516円')
      .and.include('支給合計： 279,400円')
      .and.include('控除合計： 52,884円')
  })

  it('writes exactly the items of the statement, under the names SmartHR knows', async () => {
    const runId = await toDialog(visitor, '2026-10', ['001002'])
    await visitor.press('取り込み')
    await reportOf(visitor, runId)

    const slip = await slipOf('001002')
    expect(slip).to.include({ mismatch: false, memo: null })
    expect(slip.allowances).to.deep.equal([
      { name: '基本給', amount: 260_000 },
      { name: '遅刻早退控除', amount: -3_000 },
      { name: '欠勤控除', amount: 0 },
      { name: '残業代', amount: 10_400 },
      { name: '通勤手当', amount: 12_000 },
    ])
    expect(slip.deductions.map(({ name, amount }) => `${name} ${amount}`)).to.deep.equal([
      '健康保険料 12974',
      '厚生年金保険料 23790',
      '雇用保険料 1560',
      '所得税 5460',
      '住民税 9100',
    ])
    expect(slip.attendances.map(({ name, amount }) => `${name} ${amount}`)).to.deep.equal([
      '労働日数 20',
      '労働時間のうち、所定労働時間に該当するもの 160',
      '所定労働出勤日数 20',
      '有給休暇時間数 8',
      '有給日数 1',
      '遅刻・早退 1',
      '欠勤 0',
      '法定内残業 2',
      '時間外労働 5',
      '休日労働 0',
      '深夜労働 0',
    ])
    expect(slip.payroll_aggregates.map(({ name, aggregate_type }) => `${name} ${aggregate_type}`)).to.deep.equal([
      '勤怠控除額合計 others',
      '支給手当額合計 others',
      '課税対象支給額 others',
      '総振込額 others',
      '課税支給累計額 others',
      '差引支給額 net_payment',
      '支給合計 total_payment',
      '控除合計 deduction',
    ])
  })

  it('keeps 25 hours and a half as 25:30, zero, a negative allowance, 役員報酬 and the remark', async () => {
    const runId = await toDialog(visitor, '2026-10', ['001003', '001009', '001011', '001012', '001014'])
    await visitor.press('取り込み')
    await reportOf(visitor, runId)

    const overtime = (await slipOf('001012')).attendances.find(({ name }) => name === '時間外労働')
    expect(overtime).to.include({ amount: 25.5, numeral_system_type: 'sexagesimal' })
    const [sent] = await postsOf(world, /payslips\/bulk$/)
    expect(JSON.stringify(sent?.body)).to.include('{"key":"時間外労働","value":"25:30"}')
    const nothing = await slipOf('001009')
    expect(nothing.payroll_aggregates).to.deep.include({
      name: '差引支給額',
      aggregate_type: 'net_payment',
      amount: 0,
      value: null,
    })
    expect((await slipOf('001011')).allowances).to.deep.include({ name: '調整手当', amount: -5_000 })
    expect((await slipOf('001014')).allowances).to.deep.include({ name: '基本給', amount: 800_000 })
    expect((await slipOf('001003')).memo).to.equal('10月分\n通勤経路の変更により精算')
    for (const slip of (await payrollsIn(world))[0]?.payslips ?? []) expect(slip.mismatch).to.equal(false)
  })

  it('tells it in the history, by mail and in a report that leads to the payroll in SmartHR', async () => {
    const runId = await toDialog(visitor, '2026-10', ['001002', '001003'])
    await visitor.press('取り込み')
    expect(visitor.page().url).to.match(/\/freee$/)
    expect(visitor.page().text)
      .to.include('SmartHRへ選択した従業員の給与明細同期を開始しました')
      .and.include('給与明細同期開始')

    const report = await reportOf(visitor, runId)
    const [payroll] = await payrollsIn(world)
    expect(report.text).to.include('成功 2件').and.include('失敗 0件').and.include('支給月 2026年10月')
    expect(report.html).to.include(`/t/midori-shokai/payrolls/${payroll?.id}"`)
    expect((await visitor.get('/freee')).text)
      .to.include('給与明細同期開始')
      .and.match(/給与明細同期終了.*成功/)
    const mail = await mailOf(world, runId)
    expect(mail.subject).to.equal('freee人事労務からSmartHRへ給与明細を取り込みました｜株式会社みどり商会')
    expect(mail.to).to.deep.equal(['hanako@midori.example'])
    expect(mail.text).to.include('成功: 2件').and.include(`/runs/${runId}`)
  })

  it('opens the payroll where SmartHR shows it', async () => {
    const runId = await toDialog(visitor, '2026-10', ['001002'])
    await visitor.press('取り込み')
    const report = await reportOf(visitor, runId)
    const link = /href="([^"]+\/payrolls\/[^"]+)"/.exec(report.html)?.[1] ?? ''

    expect((await visitor.get(link)).text)
      .to.include('2026年10月給与（freee人事労務）')
      .and.include('未確定')
  })

  it('lists what is 確定 only, and says how many are not', async () => {
    const all = await statementsOf('2026-11')
    const fixed = all.filter(statement => statement.fixed)
    await toSelection(visitor, 'salary-payslips', '2026-11')

    expect([...rowsOf(visitor.page().html).keys()].sort()).to.deep.equal(
      fixed.map(({ employee_num: code }) => code).sort(),
    )
    expect(visitor.page().text).to.include(
      `freee人事労務で確定していない明細（${all.length - fixed.length}件）は、表示していません。`,
    )
  })

  it('says that a month has no statements', async () => {
    await toSelection(visitor, 'salary-payslips', '2026-08')

    expect(visitor.page().text).to.include('対象の従業員はいません。支給月を確認してください。')
  })

  it('leaves out a statement that freee could not calculate, with the reason', async () => {
    await switches(world, 'freee', {
      changeStatement: { employee_num: '001002', month: '2026-10', field: 'calc_status', value: 'error' },
    })
    await toSelection(visitor, 'salary-payslips', '2026-10')

    const row = rowsOf(visitor.page().html).get('001002')
    expect(row?.id).to.equal(null)
    expect(row?.words)
      .to.include('対象外')
      .and.include('freee人事労務での計算が終わっていないか、エラーになっています。')
  })

  it('shows sums that do not add up before anything is written', async () => {
    await switches(world, 'freee', {
      changeStatement: { employee_num: '001002', month: '2026-10', field: 'gross_payment_amount', value: '279401.0' },
    })
    await toDialog(visitor, '2026-10', ['001002'])

    expect(visitor.page().text).to.include('支給項目の合計（279,400円）と支給合計（279,401円）が一致していません。')
  })

  it('lets both names be edited, and refuses an empty one', async () => {
    const runId = await toDialog(visitor, '2026-10', ['001002'])
    expect(visitor.page().html).to.match(/name="name_for_crew"[^>]*value="2026年10月給与（freee人事労務）"/)
    await visitor.press('取り込み', { name_for_admin: '本社', name_for_crew: '' })
    expect(visitor.page().status).to.equal(422)
    expect(visitor.page().text).to.include('給与明細の名前（従業員向け）が入力されていません。')
    await visitor.press('取り込み', { name_for_crew: '10月の給与' })
    await reportOf(visitor, runId)

    expect((await payrollsIn(world))[0]).to.include({ name_for_admin: '本社', name_for_crew: '10月の給与' })
  })

  it('keeps two items of one name apart, one 支給 and one 控除', async () => {
    await switches(world, 'freee', {
      changeStatement: {
        employee_num: '001002',
        month: '2026-10',
        field: 'deductions',
        value: [{ name: '通勤手当', amount: '52884.0' }],
      },
    })
    const runId = await toDialog(visitor, '2026-10', ['001002', '001003'])
    expect(visitor.page().text)
      .to.match(/取り込んだことのない項目（[^）]*「通勤手当\(支給\)」「?/)
      .and.include('通勤手当(控除)')
    await visitor.press('取り込み')
    await reportOf(visitor, runId)

    const sent = JSON.stringify((await postsOf(world, /payslips\/bulk$/))[0]?.body)
    expect(sent)
      .to.include('{"key":"通勤手当(支給)","value":"12000"}')
      .and.include('{"key":"通勤手当(控除)","value":"52884"}')
      .and.not.include('"key":"通勤手当"')
  })

  it('does not offer a statement with a fraction of a yen, and says why', async () => {
    await switches(world, 'freee', {
      changeStatement: { employee_num: '001002', month: '2026-10', field: 'basic_pay_amount', value: '260000.5' },
    })
    await toSelection(visitor, 'salary-payslips', '2026-10')

    const row = rowsOf(visitor.page().html).get('001002')
    expect(row?.id).to.equal(null)
    expect(row?.words).to.include('対象外').and.include('「基本給」の金額（260000.5円）に、1円未満の端数があります。')
  })

  describe('statements that cannot share a payroll', () => {
    const REFUSED = '支給日（2026/10/23：2名、2026/10/30：1名）が異なる従業員は、一緒に取り込めません。'

    it('are refused at ［確認］, with the values that differ and how many have each', async () => {
      await toSelection(visitor, 'salary-payslips', '2026-10')
      await choose(visitor, ['001001', '001002', '001003'])

      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().text).to.include(REFUSED).and.include('分けて取り込んでください')
      expect(visitor.page().text).not.to.include('給与形態（').and.not.include('給与計算締日（')
      expect(visitor.page().text).to.include('3名の従業員が選択されています。')
    })

    it('have every value named that differs', async () => {
      await toSelection(visitor, 'salary-payslips', '2026-10')
      await choose(visitor, ['001002', '001005', '001006', '001008'])

      expect(visitor.page().text)
        .to.include('給与形態（月給：3名、時給：1名）')
        .and.include('支給日（2026/10/23：3名、2026/10/15：1名）')
        .and.include('給与計算開始日（')
        .and.include('給与計算締日（')
    })

    it('are refused by the dialog too, whoever posts to it', async () => {
      const runId = await toSelection(visitor, 'salary-payslips', '2026-10')
      await choose(visitor, ['001001', '001002', '001003'])
      await visitor.get(`/runs/${runId}/confirm`)
      await visitor.press('取り込み')

      expect(visitor.page().url).to.match(/\/select$/)
      expect(visitor.page().text).to.include(REFUSED)
      expect(await payrollsIn(world)).to.deep.equal([])
      expect((await visitor.get('/freee')).text).not.to.include('給与明細同期開始')
    })

    it('go into payrolls of their own, one after the other', async () => {
      for (const people of [['001001'], ['001002', '001003'], ['001005', '001010'], ['001006']]) {
        const runId = await toDialog(visitor, '2026-10', people)
        await visitor.press('取り込み')
        expect((await reportOf(visitor, runId)).text).to.include(`成功 ${people.length}件`)
      }

      const payrolls = await payrollsIn(world)
      expect(payrolls.map(({ people }) => people.join(' '))).to.deep.equal([
        '001001',
        '001002 001003',
        '001005 001010',
        '001006',
      ])
      const name = '2026年10月給与（freee人事労務）'
      expect(payrolls.map(({ name_for_admin: given }) => given)).to.deep.equal([
        name,
        `${name}（2）`,
        `${name}（3）`,
        `${name}（4）`,
      ])
      expect(payrolls.map(({ paid_at: day }) => day)).to.deep.equal([
        '2026-10-30',
        '2026-10-23',
        '2026-10-15',
        '2026-10-23',
      ])
    })
  })

  it('says that the plan of freee is too low, and goes on from there once it is not', async () => {
    await switches(world, 'freee', { plan: 'free' })
    await visitor.begin('/freee/runs/new?flow=salary-payslips')
    await visitor.press('次へ', { referenceDate: '2026-10' })
    const { url } = visitor.page()
    await eventually('the failure', async () => (await visitor.get(url)).text.includes('取得に失敗しました'))

    expect(visitor.page().text)
      .to.include('freee人事労務のご契約プランでは、この連携を利用できません。')
      .and.include('ミニマムプラン以上')
      .and.include('どちらのサービスにも、書き込みは行なっていません。')
    await switches(world, 'freee', { plan: 'minimum' })
    await visitor.press('取得し直す')
    await eventually('the plan', async () => (await visitor.get(url)).url.includes('/select'))
    expect(visitor.page().text).to.include('支給月：2026年10月')
  })
})
