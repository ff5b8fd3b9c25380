import { expect } from 'chai'
import {
  choose,
  deleteCrew,
  mailOf,
  payrollsIn,
  payslipOf,
  postsOf,
  rowsOf,
  toBonusSelection,
} from '../helpers/payslips.js'
import type { Visitor } from '../helpers/visitor.js'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'

describe('freee 賞与明細, from the two dates to the payroll', () => {
  const world = useWorld({ at: '2026-07-20T01:00:00Z', limitsOff: ['smarthr'] })
  let visitor: Visitor
  beforeEach(async () => {
    visitor = await world.connected()
  })

  const take = async (...codes: string[]) => {
    const runId = await toBonusSelection(visitor, '2026-06')
    await choose(visitor, codes)
    await visitor.press('取り込み')
    return { runId, report: await reportOf(visitor, runId) }
  }

  it('asks for ［賞与対象開始日］ and ［賞与対象締日］, then for ［支給月］', async () => {
    await visitor.get('/freee')
    expect(visitor.page().text).to.include('従業員の賞与明細を取り込む')
    await visitor.begin('/freee/runs/new?flow=bonus-payslips')
    expect(visitor.page().text)
      .to.include('賞与対象開始日と締日')
      .and.include('賞与対象開始日')
      .and.include('賞与対象締日')
    await visitor.press('次へ', { from: '2025-12-01', to: '2026-05-31' })

    expect(visitor.page().url).to.match(/\/date$/)
    expect(visitor.page().text).to.include('支給月')
  })

  it('makes one payroll of type bonus, whose period is what was typed', async () => {
    await take('001004', '001006', '001011')

    const [payroll, ...others] = await payrollsIn(world)
    expect(others).to.deep.equal([])
    expect(payroll).to.include({
      status: 'wip',
      payment_type: 'bonus',
      paid_at: '2026-06-10',
      period_start_at: '2025-12-01',
      period_end_at: '2026-05-31',
      name_for_admin: '2026年6月賞与（freee人事労務）',
      name_for_crew: '2026年6月賞与（freee人事労務）',
    })
    expect(payroll?.people).to.deep.equal(['001004', '001006', '001011'])
  })

  it('writes 賞与, allowances, deductions and totals, and no 勤怠', async () => {
    await take('001009', '001011', '001013')

    const [payroll] = await payrollsIn(world)
    const negative = await payslipOf(world, payroll, '001011')
    expect(negative.allowances.map(({ name }) => name)).to.deep.equal(['賞与', '業績手当', '調整手当'])
    expect(negative.allowances.at(-1)?.amount).to.equal(-5_000)
    expect(negative.deductions.map(({ name }) => name)).to.deep.equal([
      '健康保険料',
      '厚生年金保険料',
      '雇用保険料',
      '所得税',
    ])
    expect(negative.payroll_aggregates.map(({ name }) => name)).to.deep.equal([
      '課税対象支給額',
      '差引支給額',
      '支給合計',
      '控除合計',
    ])
    expect(negative).to.include({ mismatch: false })
    expect((await payslipOf(world, payroll, '001009')).allowances).to.deep.include({ name: '賞与', amount: 0 })
    expect((await payslipOf(world, payroll, '001013')).memo).to.equal('6月賞与')
    for (const slip of payroll?.payslips ?? []) expect(slip.attendances).to.deep.equal([])
  })

  it('tells it in the dialog, the history, the report and the mail', async () => {
    const runId = await toBonusSelection(visitor, '2026-06')
    await choose(visitor, ['001004', '001006'])
    expect(visitor.page().text)
      .to.include('従業員の賞与明細を取り込みますか？')
      .and.include('freee人事労務からSmartHRへ、2名の賞与明細を取り込みます。')
      .and.include('対象期間 2025/12/01〜2026/05/31')
      .and.include('支給タイプ 賞与')
    await visitor.press('取り込み')
    expect(visitor.page().text)
      .to.include('SmartHRへ選択した従業員の賞与明細同期を開始しました')
      .and.include('賞与明細同期開始')
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('成功 2件').and.include('2025/12/01〜2026/05/31')
    expect(report.html).to.include(`/payrolls/${(await payrollsIn(world))[0]?.id}"`)
    expect((await visitor.get('/freee')).text).to.match(/賞与明細同期終了.*成功/)
    const mail = await mailOf(world, runId)
    expect(mail.subject).to.equal('freee人事労務からSmartHRへ賞与明細を取り込みました｜株式会社みどり商会')
    expect(mail.text).to.include('成功: 2件')
  })

  it('lists what is 確定 only, and who SmartHR does not know as 対象外', async () => {
    await toBonusSelection(visitor, '2026-06')
    const rows = rowsOf(visitor.page().html)

    expect([...rows.keys()])
      .to.include('001004')
      .and.not.include('001002')
      .and.not.include('001003')
    expect(rows.get('F0002')?.words).to.include('SmartHRに存在しない従業員が指定されています')
    expect(visitor.page().text).to.include('freee人事労務で確定していない明細（2件）は、表示していません。')
  })

  it('refuses bonuses of two payment days together, and names them', async () => {
    await toBonusSelection(visitor, '2026-06')
    await choose(visitor, ['001001', '001004', '001006'])

    expect(visitor.page().status).to.equal(422)
    expect(visitor.page().text).to.include(
      '支給日（2026/06/10：2名、2026/06/19：1名）が異なる従業員は、一緒に取り込めません。',
    )
  })

  it('sends the mail of bonuses when somebody was deleted meanwhile', async () => {
    const runId = await toBonusSelection(visitor, '2026-06')
    await choose(visitor, ['001004', '001006'])
    await deleteCrew(world, '001006')
    await visitor.press('取り込み')

    const mail = await mailOf(world, runId)
    expect(mail.subject).to.equal('freee人事労務からSmartHRへ賞与明細の取り込みが失敗しました｜株式会社みどり商会')
    expect(mail.text)
      .to.include('freee人事労務からSmartHRへの賞与明細の取り込みに失敗しました')
      .and.include('従業員番号: 【001006】\n失敗理由: SmartHRに存在しない従業員が指定されています。')
      .and.include('freee人事労務連携アプリ( https://freee.smarthr.plus )')
      .and.include('SmartHRとfreee人事労務の仕様の違いにより')
      .and.include('freee人事労務上の「残業手当合計」の内訳を')
    expect(await payrollsIn(world)).to.deep.equal([])
  })

  describe('the two dates', () => {
    const answers: [string, { from: string; to: string }, string[]][] = [
      ['blank', { from: '', to: '' }, ['賞与対象開始日が入力されていません。', '賞与対象締日が入力されていません。']],
      [
        'swapped',
        { from: '2026-05-31', to: '2025-12-01' },
        ['賞与対象締日は、賞与対象開始日以降の日付を指定してください。'],
      ],
      [
        'nonsense',
        { from: '2026-02-30', to: 'いつか' },
        ['賞与対象開始日が正しくありません。', '賞与対象締日が正しくありません。'],
      ],
    ]
    for (const [what, typed, sentences] of answers) {
      it(`are refused when ${what}, and stay as typed`, async () => {
        await visitor.begin('/freee/runs/new?flow=bonus-payslips')
        await visitor.press('次へ', typed)

        expect(visitor.page().status).to.equal(422)
        for (const sentence of sentences) expect(visitor.page().text).to.include(sentence)
        for (const [name, value] of Object.entries(typed))
          expect(visitor.page().html).to.match(new RegExp(`<input[^>]*name="${name}"[^>]*value="${value}"`))
      })
    }

    it('may be one and the same day', async () => {
      await toBonusSelection(visitor, '2026-06', { from: '2026-05-31', to: '2026-05-31' })

      expect(visitor.page().url).to.include('/select')
    })

    it('come before ［支給月］: the month cannot be reached without them', async () => {
      await visitor.begin('/freee/runs/new?flow=bonus-payslips')
      expect(visitor.page().html).to.include('name="from"').and.not.include('name="referenceDate"')
      await visitor.press('次へ', { from: '2025-12-01', to: '2026-05-31' })
      expect(visitor.page().url).to.match(/\/date$/)
      // As a draft of the release before has it, which was made by a look.
      await world.container.ownerPool.query('update runs set period = null')
      await visitor.get(visitor.page().url)

      expect(visitor.page().url).to.match(/\/period$/)
    })

    it('end the plan they were not typed for: what was planned with others is not written', async () => {
      const runId = await toBonusSelection(visitor, '2026-06')
      await choose(visitor, ['001004'])
      const dialog = visitor.page()
      await visitor.get(`/runs/${runId}/period`)
      await visitor.press('次へ', { from: '2026-01-01', to: '2026-06-30' })
      const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(dialog.html)?.[1] ?? ''
      const order = { _csrf: field('_csrf'), revision: field('revision'), selection: field('selection') }
      await visitor.post(`/runs/${runId}/confirm`, order)

      expect(visitor.page().text).to.include('対象が変わりました。内容を確認してください。')
      expect(visitor.page().url).to.match(/\/period$/)
      expect(await postsOf(world, /payrolls/)).to.deep.equal([])
    })
  })
})
