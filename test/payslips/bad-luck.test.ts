import { expect } from 'chai'
import {
  choose,
  fault,
  inSmarthr,
  mailOf,
  payrollsIn,
  planned,
  postsOf,
  rowsOf,
  switches,
  toDialog,
} from '../helpers/payslips.js'
import type { Visitor } from '../helpers/visitor.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { toSelection } from '../helpers/walking.js'

const MOVED = 'freee人事労務の明細が、内容を確認した後に変更されたか、確定が解除されています。取り込んでいません。'

const change = (code: string, field: string, value: unknown) => ({
  changeStatement: { employee_num: code, month: '2026-10', field, value },
})

describe('freee 給与明細 and bad luck', () => {
  const world = useWorld({ at: '2026-11-20T01:00:00Z', limitsOff: ['smarthr'] })
  let visitor: Visitor
  beforeEach(async () => {
    visitor = await world.connected()
  })

  const peopleOf = async () => (await payrollsIn(world)).map(({ people }) => people)
  const take = async (...codes: string[]) => {
    const runId = await toDialog(visitor, '2026-10', codes)
    await visitor.press('取り込み')
    return { runId, report: await reportOf(visitor, runId) }
  }
  /** 「失敗した対象だけ再実行」 to its dialog; the new run's id. */
  const repeat = async () => {
    await visitor.press('失敗した対象だけ再実行')
    const runId = await planned(visitor)
    await visitor.press('確認')
    return runId
  }

  describe('a statement that is no longer what was confirmed', () => {
    it('is not imported when its 確定 was taken back; the others are', async () => {
      const runId = await toDialog(visitor, '2026-10', ['001002', '001003', '001004'])
      await switches(world, 'freee', { unfixStatement: { employee_num: '001003', month: '2026-10' } })
      await visitor.press('取り込み')
      const report = await reportOf(visitor, runId)

      expect(report.text).to.include(MOVED).and.include('成功 2件').and.include('失敗 1件')
      expect(await peopleOf()).to.deep.equal([['001002', '001004']])
      expect((await mailOf(world, runId)).text).to.include('従業員番号: 【001003】')
    })

    it('is not imported when a figure was changed', async () => {
      const runId = await toDialog(visitor, '2026-10', ['001002', '001003'])
      await switches(world, 'freee', change('001002', 'net_payment_amount', '1.0'))
      await visitor.press('取り込み')

      expect((await reportOf(visitor, runId)).text).to.include(MOVED)
      expect(await peopleOf()).to.deep.equal([['001003']])
    })

    it('makes no payroll at all when it was the only one', async () => {
      const runId = await toDialog(visitor, '2026-10', ['001003'])
      await switches(world, 'freee', { unfixStatement: { employee_num: '001003', month: '2026-10' } })
      await visitor.press('取り込み')
      const report = await reportOf(visitor, runId)

      expect(report.text).to.include(MOVED).and.include('失敗 1件')
      expect(await postsOf(world, /payrolls/)).to.deep.equal([])
      expect((await mailOf(world, runId)).text).to.include(MOVED)
    })
  })

  describe('the order of a payroll', () => {
    const answers: Record<string, object> = {
      'the line is cut after it was stored': { drop: true, applyFirst: true },
      'the line is cut before': { drop: true },
      'SmartHR answers 500': { status: 500 },
      'SmartHR answers 500 after it was stored': { status: 500, applyFirst: true },
      'the answer is half a JSON': { truncate: true },
      'nothing comes back': { hang: true, applyFirst: true },
    }
    for (const [what, how] of Object.entries(answers)) {
      it(`makes exactly one when ${what}`, async () => {
        await fault(world, { method: 'POST', path: '/v1/payrolls$', times: 1, ...how })
        const { report } = await take('001002', '001003')

        expect(report.text).to.include('成功 2件')
        expect(await peopleOf()).to.deep.equal([['001002', '001003']])
      })
    }

    it('is not confused by one like it that was there before', async () => {
      await take('001002')
      await fault(world, { method: 'POST', path: '/v1/payrolls$', times: 1, drop: true, applyFirst: true })
      // The same names, typed: else the second would be no payroll like the first.
      const name = '2026年10月給与（freee人事労務）'
      const runId = await toDialog(visitor, '2026-10', ['001003'])
      await visitor.press('取り込み', { name_for_admin: name, name_for_crew: name })
      await reportOf(visitor, runId)

      expect(await peopleOf()).to.deep.equal([['001002'], ['001003']])
      expect((await payrollsIn(world)).map(({ name_for_admin: given }) => given)).to.deep.equal([name, name])
    })
  })

  describe('中止', () => {
    it('before the first payslip removes the empty payroll, and says so by mail', async () => {
      await fault(world, { method: 'POST', path: '/v1/payrolls$', delayMs: 800 })
      const runId = await toDialog(visitor, '2026-10', ['001002', '001003'])
      await visitor.press('取り込み')
      await visitor.get(`/runs/${runId}`)
      await eventually('the start', async () => (await visitor.get(`/runs/${runId}`)).text.includes('取り込み中'))
      await visitor.press('取り込みを中止')
      const report = await reportOf(visitor, runId)

      expect(report.text).to.include('中止').and.include('未実行 2件')
      expect(await payrollsIn(world)).to.deep.equal([])
      expect(report.text).not.to.include('SmartHRの給与明細を開く')
      const mail = await mailOf(world, runId)
      expect(mail.subject).to.equal('freee人事労務からSmartHRへ給与明細の取り込みを中止しました｜株式会社みどり商会')
      expect(mail.text).to.include('中止により取り込みを行なっていない従業員: 2件')
    })

    it('finds and removes the payroll whose order was never answered', async () => {
      await fault(world, { method: 'POST', path: '/v1/payrolls$', drop: true, applyFirst: true, times: 1 })
      await fault(world, { method: 'GET', path: '/v1/payrolls$', status: 503, after: 1 })
      const runId = await toDialog(visitor, '2026-10', ['001002', '001003'])
      await visitor.press('取り込み')
      await eventually('the wait', async () =>
        (await visitor.get(`/runs/${runId}`)).text.includes('一時停止しています'),
      )
      expect(await peopleOf()).to.deep.equal([[]])
      // Only now: a wait that ends by itself is over before a slow machine has looked.
      await world.control('DELETE', '/faults')
      await visitor.press('取り込みを中止')
      const report = await reportOf(visitor, runId)

      expect(report.text).to.include('未実行 2件')
      expect(await payrollsIn(world)).to.deep.equal([])
    })
  })

  describe('「失敗した対象だけ再実行」', () => {
    beforeEach(async () => {
      const runId = await toDialog(visitor, '2026-10', ['001002', '001003', '001004'])
      await switches(world, 'freee', { unfixStatement: { employee_num: '001003', month: '2026-10' } })
      await visitor.press('取り込み')
      await reportOf(visitor, runId)
      await switches(world, 'freee', change('001003', 'fixed', true))
    })

    it('goes into the same payroll while that is 未確定', async () => {
      const again = await repeat()
      await visitor.press('取り込み')

      expect((await reportOf(visitor, again)).text).to.include('成功 1件')
      expect(await peopleOf()).to.deep.equal([['001002', '001003', '001004']])
    })

    it('gives that payroll the names that are typed for the repeat', async () => {
      const again = await repeat()
      expect(visitor.page().html).to.include('value="2026年10月給与（freee人事労務）"')
      await visitor.press('取り込み', { name_for_crew: '10月の給与' })
      await reportOf(visitor, again)

      expect(
        (await payrollsIn(world)).map(({ name_for_admin: admin, name_for_crew: crew }) => [admin, crew]),
      ).to.deep.equal([['2026年10月給与（freee人事労務）', '10月の給与']])
    })

    it('goes into a new one after it was confirmed', async () => {
      const [first] = await payrollsIn(world)
      await inSmarthr(world, 'PATCH', `/payrolls/${first?.id}/fix`)
      const again = await repeat()
      await visitor.press('取り込み')
      const report = await reportOf(visitor, again)

      expect(await peopleOf()).to.deep.equal([['001002', '001004'], ['001003']])
      expect(report.html).to.include(`/payrolls/${(await payrollsIn(world))[1]?.id}"`)
    })

    it('goes into a new one when the payment day was corrected meanwhile', async () => {
      await switches(world, 'freee', change('001003', 'pay_date', '2026-10-30'))
      const again = await repeat()
      await visitor.press('取り込み')
      await reportOf(visitor, again)

      expect((await payrollsIn(world)).map(({ people, paid_at: day }) => [day, ...people])).to.deep.equal([
        ['2026-10-23', '001002', '001004'],
        ['2026-10-30', '001003'],
      ])
    })

    it('leaves no empty payroll behind when it fails after that', async () => {
      const [first] = await payrollsIn(world)
      await inSmarthr(world, 'PATCH', `/payrolls/${first?.id}/fix`)
      await switches(world, 'smarthr', { payslipItems: { remove: ['支給合計'] } })
      const again = await repeat()
      await visitor.press('取り込み')

      expect((await reportOf(visitor, again)).text).to.include('失敗 1件')
      expect(await peopleOf()).to.deep.equal([['001002', '001004']])
    })

    it('keeps the payroll of the run before when it fails', async () => {
      await switches(world, 'smarthr', { payslipItems: { remove: ['支給合計'] } })
      const again = await repeat()
      await visitor.press('取り込み')

      expect((await reportOf(visitor, again)).text).to.include('失敗 1件')
      expect(await peopleOf()).to.deep.equal([['001002', '001004']])
    })
  })

  describe('the same month once more', () => {
    const REPEATED = '同じ明細が取り込み済みです'

    it('is marked on the selection page and asked for in the dialog', async () => {
      await take('001002')
      await toSelection(visitor, 'salary-payslips', '2026-10')
      expect(rowsOf(visitor.page().html).get('001002')?.words).to.match(
        /同じ明細が2026\/11\/20 10:\d\dに取り込み済みです。/,
      )
      expect(rowsOf(visitor.page().html).get('001003')?.words).not.to.include('取り込み済み')
      await choose(visitor, ['001002', '001003'])

      expect(visitor.page().text).to.include(`${REPEATED}（1名）。`)
    })

    it('is not started without the tick, and nothing is lost of the page', async () => {
      await take('001002')
      await toDialog(visitor, '2026-10', ['001002', '001003'])
      await visitor.press('取り込み')

      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().text)
        .to.include('もう一度取り込む場合は、確認欄にチェックを入れてください。')
        .and.include('従業員の給与明細を取り込みますか？')
      expect(await peopleOf()).to.deep.equal([['001002']])
    })

    it('goes into a payroll of its own with the tick', async () => {
      await take('001002')
      const runId = await toDialog(visitor, '2026-10', ['001002', '001003'])
      await visitor.press('取り込み', { again: 'yes' })
      await reportOf(visitor, runId)

      expect(await peopleOf()).to.deep.equal([['001002'], ['001002', '001003']])
    })

    it('asks nothing of people whose first try failed', async () => {
      await switches(world, 'smarthr', { unknownPayslipItems: 'refuse' })
      await take('001013')
      await toDialog(visitor, '2026-10', ['001013'])

      expect(visitor.page().text).not.to.include(REPEATED)
    })
  })

  it('imports once when ［取り込み］ is pressed twice', async () => {
    const runId = await toDialog(visitor, '2026-10', ['001002', '001003'])
    await Promise.all([visitor.press('取り込み'), visitor.press('取り込み')])
    await reportOf(visitor, runId)

    expect(await peopleOf()).to.deep.equal([['001002', '001003']])
  })

  it('lets the first of two administrators import, and tells the second', async () => {
    const second = await world.signedIn('jiro@midori.example')
    const firstRun = await toDialog(visitor, '2026-10', ['001002', '001003'])
    await toDialog(second, '2026-10', ['001002', '001003'])
    await visitor.press('取り込み')
    await reportOf(visitor, firstRun)
    await second.press('取り込み')

    expect(second.page().text).to.include('この同期を準備した後に、別の同期が実行されました。')
    expect(await peopleOf()).to.deep.equal([['001002', '001003']])
  })
})
