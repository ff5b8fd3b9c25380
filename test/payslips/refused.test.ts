import { expect } from 'chai'
import {
  choose,
  deleteCrew,
  fault,
  itemsIn,
  mailOf,
  payrollsIn,
  payslipOf,
  planned,
  postsOf,
  rowsOf,
  switches,
  toDialog,
} from '../helpers/payslips.js'
import { tablesWith } from '../helpers/dump.js'
import type { Visitor } from '../helpers/visitor.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { toSelection } from '../helpers/walking.js'

const UNKNOWN = 'SmartHRに存在しない従業員が指定されています'

describe('freee 給与明細 that SmartHR does not take', () => {
  const world = useWorld({ at: '2026-11-20T01:00:00Z', limitsOff: ['smarthr'] })
  let visitor: Visitor
  beforeEach(async () => {
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

  describe('when one of five people was deleted in SmartHR after the dialog', () => {
    const PEOPLE = ['001002', '001003', '001004', '001012', '001014']
    const STOPPED =
      '社員番号「001003」の従業員がSmartHRに存在しないため、取り込みを中断しました。この明細は取り込んでいません。［未実行の対象だけ再実行］で、取り込み直してください。'
    let runId: string
    let report: Awaited<ReturnType<typeof reportOf>>
    beforeEach(async () => {
      runId = await toDialog(visitor, '2026-10', PEOPLE)
      await deleteCrew(world, '001003')
      await visitor.press('取り込み')
      report = await reportOf(visitor, runId)
    })

    it('takes nobody, names the one, and tells the others why', async () => {
      expect(report.text).to.include('成功 0件').and.include('失敗 1件').and.include('未実行 4件')
      expect(await payrollsIn(world)).to.deep.equal([])
      expect(report.text).not.to.include('SmartHRの給与明細を開く')
      expect((await visitor.get('/freee')).text).to.match(/給与明細同期終了.*失敗/)
      const { rows } = await world.container.ownerPool.query<{ key: string; outcome: string; reason: string }>(
        'select key, outcome, reason from run_items where run_id = $1 and selected order by key',
        [runId],
      )
      expect(rows.map(({ key, outcome }) => `${key} ${outcome}`)).to.deep.equal(
        PEOPLE.map(key => `${key} ${key === '001003' ? 'failed' : 'not_run'}`),
      )
      for (const { key, reason } of rows) {
        if (key === '001003') expect(reason).to.include(`${UNKNOWN}。`).and.match(/。$/)
        else expect(reason).to.equal(STOPPED.replace('社員番号「001003」', 'ほか'))
      }
      expect(report.text.split(STOPPED), 'to each of the others').to.have.length(1 + 4)
      expect((await mailOf(world, runId)).text)
        .to.include(`従業員番号: 【001003】\n失敗理由: ${UNKNOWN}。`)
        .and.not.include('001002')
    })

    it('repeats those alone who were not reached, and those alone who failed', async () => {
      expect(report.html).to.include('失敗した対象だけ再実行').and.include('未実行の対象だけ再実行')
      await visitor.press('失敗した対象だけ再実行')
      await planned(visitor)
      expect([...rowsOf(visitor.page().html).keys()]).to.deep.equal(['001003'])

      await visitor.get(`/runs/${runId}`)
      await visitor.press('未実行の対象だけ再実行')
      const again = await planned(visitor)
      await visitor.press('確認')
      await visitor.press('取り込み')
      expect((await reportOf(visitor, again)).text).to.include('成功 4件')
      expect((await payrollsIn(world)).map(({ people }) => people)).to.deep.equal([
        PEOPLE.filter(code => code !== '001003'),
      ])
    })
  })

  it('says in our words that somebody was deleted between the last look and the write', async () => {
    await fault(world, { method: 'POST', path: '/payslips/bulk$', delayMs: 1500 })
    const runId = await toDialog(visitor, '2026-10', ['001002', '001003'])
    await visitor.press('取り込み')
    await eventually('the order of the payroll', async () => (await postsOf(world, /payrolls$/)).length > 0)
    await deleteCrew(world, '001003')
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('取り込みの途中でSmartHRから削除されたため').and.include('成功 1件')
    expect(report.text).not.to.include('従業員IDは一覧にありません')
    expect((await mailOf(world, runId)).text).not.to.include('従業員IDは一覧にありません')
  })

  it('says so in a mail, in the words the help prints, with the link to the report', async () => {
    const runId = await toDialog(visitor, '2026-10', ['001002', '001003'])
    await deleteCrew(world, '001003')
    await visitor.press('取り込み')

    const mail = await mailOf(world, runId)
    expect(mail.subject).to.equal('freee人事労務からSmartHRへ給与明細の取り込みが失敗しました｜株式会社みどり商会')
    expect(mail.text.trim()).to.equal(
      `
いつも SmartHRをご利用いただきありがとうございます。

freee人事労務からSmartHRへの給与明細の取り込みに失敗しました

ほかの1名は、下記の従業員が理由で取り込んでいません（未実行）。対応してから、連携レポートの［未実行の対象だけ再実行］で取り込んでください。

下記のURLで、取り込みの結果を確認してください。
${world.appUrl}/runs/${runId}

-------------------------------------------------
従業員番号: 【001003】
失敗理由: SmartHRに存在しない従業員が指定されています。freee人事労務と同じ社員番号の従業員が、SmartHRに登録されているか確認してください。SmartHRから削除した従業員の明細は、選択せずに取り込んでください。

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
      expect(visitor.page().text)
        .to.match(/取り込んだことのない項目（[^）]*「在宅勤務手当」[^）]*）があります。/)
        .and.not.include('「基本給」')
      const { report } = await failTo('001013')

      expect(report.text).to.include('成功 1件')
      const slip = await payslipOf(world, (await payrollsIn(world))[0], '001013')
      expect(JSON.stringify(slip)).to.include('在宅勤務手当')
      expect(await itemsIn(world)).to.include('在宅勤務手当')

      // From now on SmartHR knows it.
      await toDialog(visitor, '2026-10', ['001013'])
      expect(visitor.page().text).not.to.include('取り込んだことのない項目')
    })

    it('says so on the selection page, and in the dialog of those alone who have it', async () => {
      await toSelection(visitor, 'salary-payslips', '2026-10')
      expect(visitor.page().text).to.match(/取り込んだことのない項目（[^）]*「在宅勤務手当」/)
      await choose(visitor, ['001002'])

      expect(visitor.page().text).to.include('取り込んだことのない項目').and.not.include('在宅勤務手当')
    })

    it('fails with its name where SmartHR refuses it, and leaves nothing behind', async () => {
      await switches(world, 'smarthr', { unknownPayslipItems: 'refuse' })
      const { runId, report } = await failTo('001013')

      expect(report.text).to.include('在宅勤務手当は登録されていない項目です。').and.include('失敗 1件')
      expect(await payrollsIn(world)).to.deep.equal([])
      expect((await mailOf(world, runId)).text).to.include('在宅勤務手当は登録されていない項目です。')
      // SmartHR's words, which may name somebody
      expect(await tablesWith(world, ['は登録されていない項目です'])).to.deep.equal([])
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
