import { expect } from 'chai'
import { deleteCrew, fault, inSmarthr, mailOf, payrollsIn, planned, postsOf } from '../helpers/payslips.js'
import type { Visitor } from '../helpers/visitor.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { toSelection } from '../helpers/walking.js'

/** Every tenth is paid on another day: of so many, 101 or 225 are paid on the 25th. */
const FOR_101 = 112
const FOR_225 = 250

/** 社員番号 of those who are paid on the 25th. */
const codesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => index)
    .filter(index => index % 10 !== 9)
    .map(index => `P${String(index + 1).padStart(6, '0')}`)

describe('freee 給与明細 of more people than one call takes', () => {
  const world = useWorld({ at: '2026-11-20T01:00:00Z', limitsOff: ['smarthr'] })
  let visitor: Visitor
  beforeEach(async () => {
    visitor = await world.connected()
  })

  /** To the dialog with everybody who is paid on the 25th, found by searching. */
  const toDialogOf = async (employees: number) => {
    await world.control('POST', '/populate', { service: 'freee', employees, overlap: 1 })
    const runId = await toSelection(visitor, 'salary-payslips', '2026-11')
    await visitor.press('search', { q: '2026/11/25' })
    await visitor.press('select-all')
    await visitor.press('確認')
    return runId
  }
  const bulks = () => postsOf(world, /payslips\/bulk$/)
  /** Until the first call was answered. The next one takes its time, and something else happens meanwhile. */
  const firstHundred = () => eventually('the first hundred', async () => (await bulks()).length > 0)
  const slowly = (times?: number) =>
    fault(world, { method: 'POST', path: '/payslips/bulk$', after: 1, ...(times && { times }), delayMs: 1_500 })
  const sizes = async () => (await bulks()).map(({ body }) => (body as { payslips: unknown[] }).payslips.length)
  const peopleOf = async () => (await payrollsIn(world)).map(({ people }) => people)

  it('writes 101 in two calls into one payroll', async () => {
    const runId = await toDialogOf(FOR_101)
    expect(visitor.page().text).to.include('101名の給与明細を取り込みます。')
    await visitor.press('取り込み')

    expect((await reportOf(visitor, runId)).text)
      .to.include('成功 101件')
      .and.include('失敗 0件')
    expect(await sizes()).to.deep.equal([100, 1])
    expect(await peopleOf()).to.deep.equal([codesOf(FOR_101)])
  })

  it('understands the answer that SmartHR documents: one payslip for all of them', async () => {
    await world.control('PUT', '/switches', { service: 'smarthr', bulkAnswer: 'one' })
    const runId = await toDialogOf(FOR_101)
    await visitor.press('取り込み')

    expect((await reportOf(visitor, runId)).text).to.include('成功 101件')
    expect(await peopleOf()).to.deep.equal([codesOf(FOR_101)])
    expect(await sizes()).to.deep.equal([100, 1])
  })

  const lost: Record<string, object> = {
    'the line is cut after it was stored': { drop: true, applyFirst: true },
    'SmartHR answers 500 after it was stored': { status: 500, applyFirst: true },
    'nothing comes back though it was stored': { hang: true, applyFirst: true },
    'the answer is half a JSON': { truncate: true },
    'the line is cut before': { drop: true },
    'SmartHR answers 500 and stores nothing': { status: 500 },
    'SmartHR answers 429': { status: 429, headers: { 'Retry-After': '0' } },
  }
  for (const [what, how] of Object.entries(lost)) {
    it(`gives everybody exactly one payslip when at the second call ${what}`, async () => {
      const runId = await toDialogOf(FOR_101)
      await fault(world, { method: 'POST', path: '/payslips/bulk$', after: 1, times: 1, ...how })
      await visitor.press('取り込み')

      expect((await reportOf(visitor, runId)).text)
        .to.include('成功 101件')
        .and.include('失敗 0件')
      expect(await peopleOf()).to.deep.equal([codesOf(FOR_101)])
    })
  }

  it('gives everybody exactly one when the first call of a hundred is stored and its answer lost', async () => {
    const runId = await toDialogOf(FOR_101)
    await fault(world, { method: 'POST', path: '/payslips/bulk$', times: 1, drop: true, applyFirst: true })
    await visitor.press('取り込み')

    expect((await reportOf(visitor, runId)).text).to.include('成功 101件')
    expect(await peopleOf()).to.deep.equal([codesOf(FOR_101)])
    expect(await postsOf(world, /payslips$/)).to.deep.equal([])
  })

  it('sends each alone when a call is refused as a whole', async () => {
    const runId = await toDialogOf(FOR_101)
    await fault(world, {
      method: 'POST',
      path: '/payslips/bulk$',
      times: 1,
      status: 400,
      body: { code: 1, message: '不正なリクエストです', errors: [] },
    })
    await visitor.press('取り込み')

    expect((await reportOf(visitor, runId)).text).to.include('成功 101件')
    expect(await peopleOf()).to.deep.equal([codesOf(FOR_101)])
  })

  it('imports all but the one who was deleted while it ran, and names that one', async () => {
    const runId = await toDialogOf(FOR_225)
    await fault(world, { method: 'POST', path: '/payslips/bulk$', times: 1, delayMs: 500 })
    await visitor.press('取り込み')
    await eventually('the payroll', async () => (await payrollsIn(world)).length === 1)
    await deleteCrew(world, 'P000199')
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('成功 224件').and.include('失敗 1件')
    expect(await peopleOf()).to.deep.equal([codesOf(FOR_225).filter(code => code !== 'P000199')])
    const mail = await mailOf(world, runId)
    expect(mail.subject).to.include('給与明細を取り込みました')
    expect(mail.text).to.include('成功: 224件\n失敗: 1件').and.include('従業員番号: 【P000199】')
  })

  it('stops with a sentence when the payroll is confirmed in SmartHR meanwhile, and repeats into a new one', async () => {
    const runId = await toDialogOf(FOR_225)
    await slowly(1)
    await visitor.press('取り込み')
    await firstHundred()
    await inSmarthr(world, 'PATCH', `/payrolls/${(await payrollsIn(world))[0]?.id}/fix`)
    const report = await reportOf(visitor, runId)

    expect(report.text)
      .to.include('取り込み先の給与明細が、SmartHRで確定または削除されたため')
      .and.include('成功 100件')
      .and.include('失敗 125件')
    await visitor.press('失敗した対象だけ再実行')
    const again = await planned(visitor)
    await visitor.press('確認')
    await visitor.press('取り込み')
    expect((await reportOf(visitor, again)).text).to.include('成功 125件')
    const people = await peopleOf()
    expect(people.map(({ length }) => length)).to.deep.equal([100, 125])
    expect(people.flat().sort()).to.deep.equal(codesOf(FOR_225))
  })

  it('stops with a sentence when the payroll is deleted in SmartHR meanwhile', async () => {
    const runId = await toDialogOf(FOR_225)
    await slowly(1)
    await visitor.press('取り込み')
    await firstHundred()
    await inSmarthr(world, 'DELETE', `/payrolls/${(await payrollsIn(world))[0]?.id}`)
    const report = await reportOf(visitor, runId)

    expect(report.text)
      .to.include('取り込み先の給与明細が、SmartHRで確定または削除されたため')
      .and.include('失敗 125件')
      .and.not.include('対象の従業員が見つかりません')
    expect(await payrollsIn(world)).to.deep.equal([])
  })

  it('keeps a payroll that has payslips when the administrator stops in the middle, and reports it', async () => {
    const runId = await toDialogOf(FOR_225)
    await slowly()
    await visitor.press('取り込み')
    await firstHundred()
    await visitor.get(`/runs/${runId}`)
    await visitor.press('取り込みを中止')
    const report = await reportOf(visitor, runId)

    const [payroll, ...others] = await payrollsIn(world)
    expect(others).to.deep.equal([])
    const done = payroll?.people.length ?? 0
    expect(done).to.be.within(100, 200)
    expect(report.text)
      .to.include(`成功 ${done}件`)
      .and.include(`未実行 ${225 - done}件`)
    expect(report.html).to.include(`/payrolls/${payroll?.id}"`)
    const mail = await mailOf(world, runId)
    expect(mail.subject).to.include('給与明細の取り込みを中止しました')
    expect(mail.text)
      .to.include(`成功: ${done}件`)
      .and.include(`中止により取り込みを行なっていない従業員: ${225 - done}件`)
  })

  it('puts the rest into the same payroll when a stopped run is repeated', async () => {
    const runId = await toDialogOf(FOR_225)
    await slowly(1)
    await visitor.press('取り込み')
    await firstHundred()
    await visitor.get(`/runs/${runId}`)
    await visitor.press('取り込みを中止')
    await reportOf(visitor, runId)
    await visitor.press('未実行の対象だけ再実行')
    const again = await planned(visitor)
    await visitor.press('確認')
    await visitor.press('取り込み')
    await reportOf(visitor, again)

    expect(await peopleOf()).to.deep.equal([codesOf(FOR_225)])
  })
})
