import { expect } from 'chai'
import {
  deleteCrew,
  fault,
  itemsIn,
  mailOf,
  payrollsIn,
  payslipOf,
  rowsOf,
  switches,
  toDialog,
} from '../helpers/payslips.js'
import type { Visitor } from '../helpers/visitor.js'
import { reportOf, startWorld, toSelection, type World } from '../helpers/world.js'

const UNKNOWN = 'SmartHRに存在しない従業員が指定されています'

describe('freee 給与明細 that SmartHR does not take', () => {
  let world: World
  let visitor: Visitor
  before(async () => {
    world = await startWorld({ at: '2026-11-20T01:00:00Z' })
  })
  after(() => world.close())
  beforeEach(async () => {
    await world.reset()
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
    visitor = await world.connected()
  })

  const failTo = async (...codes: string[]) => {
    const runId = await toDialog(visitor, '2026-10', codes)
    await visitor.press('取り込み')
    return { runId, report: await reportOf(visitor, runId) }
  }

  it('shows somebody SmartHR does not know as 対象外, with the reason', async () => {
    await toSelection(visitor, 'salary-payslips', '2026-10')

    const row = rowsOf(visitor.page().html).get('F0002')
    expect(row?.id).to.equal(null)
    expect(row?.words).to.include('対象外').and.include(UNKNOWN)
  })

  it('takes nobody when one of them was deleted in SmartHR meanwhile', async () => {
    const runId = await toDialog(visitor, '2026-10', ['001002', '001003', '001004'])
    await deleteCrew(world, '001003')
    await visitor.press('取り込み')
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include(UNKNOWN).and.include('成功 0件').and.include('失敗 3件')
    expect(await payrollsIn(world)).to.deep.equal([])
    expect(report.text).not.to.include('SmartHRの給与明細を開く')
    expect((await visitor.get('/freee')).text).to.match(/給与明細同期終了.*失敗/)
  })

  it('says so in a mail, word for word as the help prints it, with the link to the report', async () => {
    const runId = await toDialog(visitor, '2026-10', ['001002', '001003'])
    await deleteCrew(world, '001003')
    await visitor.press('取り込み')

    const mail = await mailOf(world, runId)
    expect(mail.subject).to.equal('freee人事労務からSmartHRへ給与明細の取り込みが失敗しました｜株式会社みどり商会')
    expect(mail.text.trim()).to.equal(
      `
いつも SmartHRをご利用いただきありがとうございます。

freee人事労務からSmartHRへの給与明細の取り込みに失敗しました

下記のURLで、取り込みの結果を確認してください。
${world.appUrl}/runs/${runId}

-------------------------------------------------
SmartHRに存在しない従業員が指定されています

また、再試行しても解消しない場合は、freee連携アプリ( https://freee.smarthr.plus ) に再度アクセスしてから、画面左上のSmartHRロゴをクリックしてSmartHRトップページの画面右下チャットアイコンよりお問い合わせください。
-------------------------------------------------
※ freee人事労務連携では、SmartHRとfreeeの仕様の違いにより以下の項目は完全一致の同期とならない場合がございます。あらかじめご了承ください。

【残業実績】
freee上の「残業手当合計」の内訳を、SmartHRでは「残業代」の支給項目として取り込んでおります。
尚、実績時間の内訳は、勤怠項目に取り込んでおります。

-------------------------------------------------

このメールは SmartHR をご利用いただいているお客さまに送信しています。
送信専用アドレスのため、ご返信いただいても、ご返事ができません。
あらかじめご了承ください。
`.trim(),
    )
  })

  describe('when one of the three totals is not registered in SmartHR', () => {
    beforeEach(() => switches(world, 'smarthr', { payslipItems: { remove: ['支給合計', '控除合計'] } }))

    it('fails, names them, and leaves no empty payroll behind', async () => {
      const { runId, report } = await failTo('001002', '001003')

      expect(report.text)
        .to.include('給与明細項目に「支給合計」が登録されていません。')
        .and.include('給与明細項目に「控除合計」が登録されていません。')
        .and.include('失敗 2件')
      expect(await payrollsIn(world)).to.deep.equal([])
      expect((await mailOf(world, runId)).text)
        .to.match(/支給合計」が登録されていません。.*控除合計」が登録されていません。/)
        .and.not.include('従業員番号')
    })

    it('lets the same people be repeated once they are', async () => {
      await failTo('001002', '001003')
      await switches(world, 'smarthr', {
        payslipItems: {
          add: [
            { name: '支給合計', kind: '合計', aggregate_type: 'total_payment' },
            { name: '控除合計', kind: '合計', aggregate_type: 'deduction' },
          ],
        },
      })
      const { report } = await failTo('001002', '001003')

      expect(report.text).to.include('成功 2件')
      expect((await payrollsIn(world)).map(({ people }) => people)).to.deep.equal([['001002', '001003']])
    })
  })

  describe('when SmartHR does not know an item', () => {
    it('has it registered by SmartHR, and says beforehand that this happens', async () => {
      await toDialog(visitor, '2026-10', ['001013'])
      expect(visitor.page().text).to.include('SmartHRの給与明細項目にない項目は、自動で登録されます。')
      const { report } = await failTo('001013')

      expect(report.text).to.include('成功 1件')
      const slip = await payslipOf(world, (await payrollsIn(world))[0], '001013')
      expect(JSON.stringify(slip)).to.include('在宅勤務手当')
      expect(await itemsIn(world)).to.include('在宅勤務手当')
    })

    it('fails with its name where SmartHR refuses it, and leaves nothing behind', async () => {
      await switches(world, 'smarthr', { unknownPayslipItems: 'refuse' })
      const { runId, report } = await failTo('001013')

      expect(report.text).to.include('在宅勤務手当は登録されていない項目です。').and.include('失敗 1件')
      expect(await payrollsIn(world)).to.deep.equal([])
      expect((await mailOf(world, runId)).text).to.include('在宅勤務手当は登録されていない項目です。')
    })

    it('imports the others where only one statement has it, and says who is missing', async () => {
      await switches(world, 'smarthr', { unknownPayslipItems: 'refuse' })
      const { runId, report } = await failTo('001002', '001013', '001016')

      expect(report.text).to.include('成功 2件').and.include('失敗 1件')
      expect((await payrollsIn(world)).map(({ people }) => people)).to.deep.equal([['001002', '001016']])
      const mail = await mailOf(world, runId)
      expect(mail.text).to.include('従業員番号: 【001013】\n失敗理由: 在宅勤務手当は登録されていない項目です。')
      expect(mail.text).to.include('成功: 2件\n失敗: 1件')
    })

    it('treats an item that was renamed in SmartHR like any it does not know', async () => {
      await switches(world, 'smarthr', {
        unknownPayslipItems: 'refuse',
        payslipItems: { remove: ['通勤手当'], add: [{ name: '交通費', kind: '支給' }] },
      })
      const { report } = await failTo('001002')

      expect(report.text).to.include('通勤手当は登録されていない項目です。')
      expect(await payrollsIn(world)).to.deep.equal([])
    })
  })

  it('fails with a sentence when SmartHR no longer honours the authorisation, and writes nothing', async () => {
    const runId = await toDialog(visitor, '2026-10', ['001002'])
    await fault(world, { method: 'POST', path: '/v1/payrolls$', status: 403, body: { code: 3, message: '禁止' } })
    await visitor.press('取り込み')
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('SmartHRへのアクセスが禁止されています。')
    expect(await payrollsIn(world)).to.deep.equal([])
  })
})
